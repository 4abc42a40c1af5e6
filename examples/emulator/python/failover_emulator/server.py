"""A server in a process of its own, or one that runs elsewhere."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import sysconfig
import tempfile
import threading
from types import TracebackType
from typing import IO, Optional, Type

from .control import Account

#: How long a server may take to start, and to end, in seconds.
PATIENCE = 20.0


class NotStarted(Exception):
    """The server did not start; why, in its own words."""


def binary() -> str:
    """The server's program, which was installed with this package.

    Raises ``FileNotFoundError`` if it is in none of the places where a wheel's programs are put.
    """
    name = "failover-emulator"
    here = os.path.dirname(os.path.abspath(__file__))
    places = [
        sysconfig.get_path("scripts"),
        os.path.dirname(sys.executable),
        # pip install --user, and pip install --target
        sysconfig.get_path("scripts", scheme=sysconfig.get_preferred_scheme("user"))
        if sys.version_info >= (3, 10)
        else os.path.expanduser("~/.local/bin"),
        os.path.join(os.path.dirname(here), "bin"),
    ]
    for place in places:
        path = os.path.join(place, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError(f"{name} is in none of {', '.join(places)}")


class Emulator:
    """A server. As a context it stops at the end, if it was started here."""

    def __init__(
        self,
        url: str,
        process: Optional[subprocess.Popen[str]] = None,
        log: Optional[IO[str]] = None,
    ) -> None:
        """Use :meth:`start` or :meth:`at`."""
        #: ``http://HOST:PORT``: the vendor's protocol at ``/``, a page for people at ``/_emulator/``.
        self.url = url.rstrip("/")
        self._process = process
        self._log = log

    @classmethod
    def start(cls, *flags: str) -> Emulator:
        """Starts a server on a free port of the loopback address, with these flags of the program.

        Raises :class:`NotStarted` if the flags cannot be meant, or it does not listen within 20 seconds.
        """
        log = tempfile.TemporaryFile("w+", prefix="failover-emulator-")
        process = subprocess.Popen(
            [binary(), "--listen", "127.0.0.1:0", *flags],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        late = threading.Timer(PATIENCE, process.kill)
        late.start()
        try:
            line = process.stdout.readline().strip()
        finally:
            late.cancel()
        greeting = "listening on "
        if not line.startswith(greeting):
            process.kill()
            process.wait()
            process.stdout.close()
            log.seek(0)
            why = log.read().strip()
            log.close()
            raise NotStarted(why or f"it said {line!r} and not where it listens")
        return cls(line[len(greeting) :], process, log)

    @classmethod
    def at(cls, url: str) -> Emulator:
        """A server that runs already. It is not stopped from here."""
        return cls(url)

    def account(self, id: Optional[str] = None) -> Account:
        """An account of this server: this one, or a fresh one of sixteen digits, drawn at random."""
        return Account(self.url, id or str(random.SystemRandom().randrange(10**15, 10**16)))

    def log(self) -> str:
        """What the server logged so far, one JSON object a line; empty for a server elsewhere."""
        if self._log is None:
            return ""
        # The server writes through the same open file: its place is the server's, and must stay at the end.
        return os.pread(self._log.fileno(), os.fstat(self._log.fileno()).st_size, 0).decode()

    def stop(self) -> None:
        """Ends the server, if it was started here: calls in flight are finished, within a second or two."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def __enter__(self) -> Emulator:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.stop()

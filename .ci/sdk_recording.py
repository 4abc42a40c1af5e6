#!/usr/bin/env python3
"""Plays the scripts of docs/recording.md with the vendor's official SDKs: each session against an emulator of each value of its
reading, which records it; the recording is accepted under that value, and refuted under those that the page says.

Run from the repository root after `cargo build --workspace --bins --examples`:

    python3 .ci/sdk_recording.py [target/debug/failover-emulator [target/debug/examples/explain]]
"""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile

import sdk_check
from sdk_check import Checks, Server

PAGE = os.path.join(sdk_check.ROOT, "docs", "recording.md")

# What a person does or waits for, by how the script asks for it, and the fault that does it to an emulator.
BY_HAND = {
    "is attached to an instance": lambda of: {"kind": "disk", "disk": of, "attached": True},
    "is detached": lambda of: {"kind": "disk", "disk": of, "attached": False},
    "stays attached, and its instance is stopped": lambda of: {"kind": "disk", "disk": of, "up": False},
    "goes down": lambda of: {"kind": "node", "node": of, "up": False},
    "comes back": lambda of: {"kind": "node", "node": of, "up": True},
    "gets another address, and shows NetAddressModifying":
        lambda of: {"kind": "cluster", "cluster": of, "status": "NetAddressModifying"},
    "has it, and shows Running again": lambda of: {"kind": "cluster", "cluster": of, "status": "Running"},
}
WAITS = 8
ACCEPTED, REFUTED = 0, 1


def sessions(page):
    """The script that goes before each session; and of each its reading, what it tells by value, and its script."""
    before, rest = page.split("\n## Sessions\n", 1)
    prelude = re.search(r"```python\n(.*?)```", before, re.S).group(1)
    found = []
    for section in re.split(r"^### ", rest, flags=re.M)[1:]:
        reading = re.match(r"`([\w.]+)`", section).group(1)
        told = {}
        for has, refuted in re.findall(r"^\* a service with `(\w+)` refutes (.*)$", section, re.M):
            told[has] = re.findall(r"`(\w+)`", refuted)
        found.append((reading, told, re.search(r"```python\n(.*?)```", section, re.S).group(1)))
    return prelude, found


class Player:
    """Who plays a session: time and hidden work are the emulator's, and whoever plays it sees to them."""

    def __init__(self, server):
        self.server = server

    def effects(self):
        return self.server.control("GET", "effects")["effects"]

    def advance(self, seconds):
        self.server.control("POST", "clock", {"advance_ms": int(seconds * 1000)})

    def end(self, outcome):
        for effect in self.effects():
            chooses = effect["kind"] == "choose_node"
            try:
                self.server.control("POST", f"effects/{effect['id']}", {"outcome": "auto"} if chooses else outcome)
            except OSError as stale:  # Another's end superseded it.
                if getattr(stale, "code", None) not in (404, 409):
                    raise

    def wait(self, seconds=0):
        self.advance(seconds)
        for _ in range(WAITS):
            if not self.effects():
                return
            self.advance(5)
            self.end({"outcome": "auto"})

    def by_hand(self, what):
        if what == "what is under way fails":
            self.advance(5)
            if any(effect["kind"] == "choose_node" for effect in self.effects()):
                self.end({"outcome": "auto"})
            self.end({"outcome": "failed", "reason": "network"})
            return
        self.advance(1)
        of, what = what.split(" ", 1)
        if what != "goes down with all nodes of its zone":
            self.server.control("POST", "faults", BY_HAND[what](of))
            return
        try:
            self.server.control("POST", "faults", {"kind": "zone", "zone": "cn-hangzhou-i", "up": False})
        except OSError:  # A switch to the standby cluster moved all nodes to the other zone.
            self.server.control("POST", "faults", {"kind": "zone", "zone": "cn-hangzhou-j", "up": False})

    def play(self, prelude, script):
        names = {}
        exec(compile(prelude, "the script before each session", "exec"), names)
        call = names["call"]

        def slower(*arguments):
            self.advance(1)
            return call(*arguments)

        names.update(wait=self.wait, meanwhile=self.advance, by_hand=self.by_hand, call=slower)
        # It says which calls are refused.
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(script, "a session", "exec"), names)


def policy(folder, reading, value):
    section, field = reading.split(".")
    path = os.path.join(folder, f"{reading}-{value}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({section: {field: value}}, file)
    return path


def main():
    sdk_check.enter_environment(__file__)
    target = os.path.join(sdk_check.ROOT, "target", "debug")
    binary = sys.argv[1] if len(sys.argv) > 1 else os.path.join(target, "failover-emulator")
    explain = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(binary), "examples", "explain")
    with open(PAGE, encoding="utf-8") as file:
        prelude, found = sessions(file.read())
    checks = Checks()
    checks.that("the page has sessions, each with what it tells", found and all(any(told.values()) for _, told, _ in found))
    with tempfile.TemporaryDirectory() as folder:
        for number, (reading, told, script) in enumerate(found):
            for value, refuted in told.items():
                record = os.path.join(folder, f"{number}-{value}.jsonl")
                server = Server(binary, "--clock", "manual", "--transitions", "manual", "--record", record,
                                "--policy", policy(folder, reading, value))
                os.environ.update(ACCESS_KEY_ID="1234567890123456", ACCESS_KEY_SECRET="any",
                                  ENDPOINT=server.address, PROTOCOL="http")
                try:
                    Player(server).play(prelude, script)
                finally:
                    server.end()

                def verdict(under):
                    command = [explain, "--policy", policy(folder, reading, under), record]
                    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                          timeout=sdk_check.PATIENCE, check=False).returncode

                found_as = [other for other in refuted if verdict(other) == REFUTED]
                checks.equal(f"{reading} = {value} is accepted as what it is, and not as {', '.join(refuted) or 'anything else'}",
                             (verdict(value), found_as), (ACCEPTED, refuted))
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""The fixtures.

``failover_emulator`` is one server for the whole run, on a free port, with a clock that stands until it is moved; under
pytest-xdist one for each worker, since each worker is a run of its own. ``failover_account`` is a fresh account of it for
each test: whatever a test does to time, faults and readings, no other test notices. It is removed when the test ends, so that
a server which serves for months does not fill up.

``--failover-emulator-url`` takes a server that runs already, then one for all workers. The ini option
``failover_emulator_flags`` has the flags of the one that is started.
"""

from __future__ import annotations

from typing import Iterator

import pytest

from .control import Account, Refused
from .server import Emulator


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("failover-emulator")
    group.addoption(
        "--failover-emulator-url",
        metavar="URL",
        help="use the emulator that runs there, and start none",
    )
    parser.addini(
        "failover_emulator_flags",
        "flags of the emulator that is started",
        type="args",
        default=["--clock", "manual"],
    )


@pytest.fixture(scope="session")
def failover_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A server for the whole run."""
    url = request.config.getoption("--failover-emulator-url")
    flags = request.config.getini("failover_emulator_flags")
    with Emulator.at(url) if url else Emulator.start(*flags) as emulator:
        yield emulator


@pytest.fixture
def failover_account(failover_emulator: Emulator) -> Iterator[Account]:
    """A fresh account for a test, removed at its end."""
    account = failover_emulator.account()
    yield account
    try:
        account.remove()
    except Refused as refused:
        # A test that never asked for its account, or removed it, leaves nothing behind.
        if refused.status != 404:
            raise

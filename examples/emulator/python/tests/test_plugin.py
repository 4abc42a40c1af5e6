"""The fixtures, in runs of their own."""

import json
import subprocess
import sys
import urllib.request

from failover_emulator import Emulator

EACH = """
import os
import pytest

@pytest.mark.parametrize("at", range(6))
def test_each(failover_emulator, failover_account, at):
    failover_account.advance(at + 1)
    with open({file!r}, "a") as file:
        file.write(f"{{failover_emulator.url}} {{failover_account.id}} {{failover_account.health()['seed']}}\\n")
"""


def run(pytester, *arguments):
    """A run of six tests; the server, account and seed of each."""
    file = pytester.path / "seen"
    pytester.makepyfile(EACH.format(file=str(file)))
    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=6)
    return [line.split() for line in file.read_text().splitlines()]


def test_a_run_has_one_server_and_each_test_an_account(pytester):
    seen = run(pytester, "-p", "no:xdist")
    assert len({url for url, _, _ in seen}) == 1 and len({account for _, account, _ in seen}) == 6


def test_each_worker_has_a_server(pytester):
    seen = run(pytester, "-n", "2")
    assert len({url for url, _, _ in seen}) == 2 and len({account for _, account, _ in seen}) == 6


def test_all_workers_share_a_server_that_runs_already(pytester):
    with Emulator.start("--clock", "manual") as emulator:
        seen = run(pytester, "-n", "2", "--failover-emulator-url", emulator.url)
        assert {url for url, _, _ in seen} == {emulator.url}
        assert len({account for _, account, _ in seen}) == 6
        # Each was removed when its test ended.
        with urllib.request.urlopen(f"{emulator.url}/_emulator/accounts") as answer:
            assert json.load(answer)["accounts"] == []


def test_the_flags_of_a_run_are_in_force(pytester):
    pytester.makeini("[pytest]\nfailover_emulator_flags = --clock manual --account 1 --seed 5\n")
    pytester.makepyfile(
        "def test_it(failover_emulator): assert failover_emulator.account('1').health()['seed'] == 5"
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_flags_that_cannot_be_meant_fail_the_test_with_the_words_of_the_program(pytester):
    pytester.makeini("[pytest]\nfailover_emulator_flags = --clock lunar\n")
    pytester.makepyfile("def test_it(failover_account): pass")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*NotStarted*lunar*"])


def test_the_server_itself_can_be_run():
    run = subprocess.run([sys.executable, "-m", "failover_emulator", "--version"], capture_output=True, text=True)
    assert run.stdout.startswith("failover-emulator ") and run.returncode == 0

"""Every mutant that `cargo mutants` makes of src/, in one program.

`cargo mutants` builds and tests each mutant by itself, which is better than half a minute for each of some thousands here.
This builds them once: a function with mutants becomes a choice between its bodies, and the environment says which one
is in force. A first run of each test notes which functions it reaches, so that a mutant is given only the tests that
can see it, the one that killed its neighbour first.

What cannot be had in one program is left to `cargo mutants` itself: functions that must stay `const`, a few whose
type is hidden, what stands in no function. A mutant that does not compile is no mutant. A test that takes longer
than three seconds is not asked, and a mutant that only such a test would kill counts as alive.

    python3 .ci/mutants build             the program, under target/mutants
    python3 .ci/mutants run               every mutant; exit status 1 if one survives that docs/mutants.md does not list
    python3 .ci/mutants run --shard 3/8   an eighth of them
    python3 .ci/mutants run --missed      those that no test has killed yet, in functions as they are now
    python3 .ci/mutants prove --test pair_rules --only src/ebs/decide.rs
                                             builds one test file anew and says which of the matching mutants it kills
    python3 .ci/mutants leftover          lets `cargo mutants` try what is left to it, with the test files
                                             that take no longer than that

Needs cargo-mutants (`cargo install cargo-mutants --locked`). Writes target/mutants/outcomes.json.
"""

import argparse
import sys

from build import build
from run import leftover, prove, run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["build", "run", "prove", "leftover"])
    parser.add_argument("--shard", default="1/1")
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("--at-most", type=float, default=3.0, metavar="SECONDS", help="leave out tests that take longer (3)")
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--test", default="", metavar="NAME")
    given = parser.parse_args()
    if given.what == "build":
        build()
    elif given.what == "prove":
        prove(given.test, given.only)
    elif given.what == "leftover":
        sys.exit(leftover(given.at_most))
    else:
        sys.exit(run(given.shard, given.missed, given.at_most, given.only))


if __name__ == "__main__":
    main()

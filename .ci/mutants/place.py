"""Where everything stands."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "target" / "mutants"
# The library with all its mutants, as a copy of the checkout.
TREE = WORK / "tree"
# What was built: mutants, functions, programs, which test reaches what.
STATE = WORK / "state.json"
# What killed each mutant of what was built; null if nothing did.
OUTCOMES = WORK / "outcomes.json"
# What holds from one build to the next, by a mutant's function and change.
KNOWN = WORK / "known.json"
PAGE = ROOT / "docs" / "mutants.md"

"""What kills each mutant."""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import time

from attempt import attempt, tests_of
from place import KNOWN, OUTCOMES, PAGE, ROOT, STATE, TREE, WORK
from tree import cargo, put


def examine(mutant, tests, first, killers, at_most):
    """What kills a mutant, or None: what killed it before, then what kills in its function, then the cheap, a few at once."""
    order = sorted(tests, key=lambda test: (test[2] != first, -killers[test[2]], test[3]))
    batch, spent = [], 0.0

    def flush():
        nonlocal batch, spent
        if not batch:
            return None
        program, manifest = batch[0][:2]
        end, _ = attempt(program, manifest, [t[2] for t in batch], 20 + 10 * spent, MUTANT=str(mutant))
        batch, spent = [], 0.0
        return end

    for test in order:
        if test[3] > at_most and test[2] != first:
            continue
        if batch and (batch[0][0] != test[0] or spent + test[3] > 0.5 or len(batch) >= 16):
            if end := flush():
                return end
        batch.append(test)
        spent += test[3]
    return flush()


def plain(mutant):
    """A mutant's name without the place, which moves."""
    return re.sub(r"^(\S+?):\d+:\d+: ", r"\1: ", mutant["name"])


def argued():
    """How many survivors of each name docs/mutants.md lists."""
    rows = re.findall(r"^\| `(src/[^`]+)` \| (\d+) \|", PAGE.read_text(), re.M) if PAGE.exists() else []
    return collections.Counter({name.replace("\\|", "|"): int(count) for name, count in rows})


def run(shard, missed, at_most, only):
    state = json.loads(STATE.read_text())
    known = json.loads(KNOWN.read_text())
    mutants = {mutant["number"]: mutant for mutant in state["mutants"]}
    outcomes = json.loads(OUTCOMES.read_text()) if OUTCOMES.exists() else {}
    if missed:
        # What was killed in a function that is as it was is dead.
        outcomes.update((str(n), known["killers"][m["key"]]) for n, m in mutants.items() if m["key"] in known["killers"])
    reached = collections.defaultdict(list)
    for row in state["reach"]:
        for function in row[4]:
            reached[function].append(row)
    part, parts = map(int, shard.split("/"))
    jobs = []
    for function, numbers in enumerate(state["functions"]):
        for number in numbers:
            skip = missed and outcomes.get(str(number)) is not None
            if number % parts == part % parts and not skip and re.search(only, mutants[number]["name"]):
                jobs.append((function, number))
    killers = collections.defaultdict(collections.Counter)

    def one(job):
        function, number = job
        key = mutants[number]["key"]
        end = examine(number, reached[function], known["killers"].get(key), killers[function], at_most)
        if end:
            killers[function][end] += 1
            known["killers"][key] = end
        return number, end

    began, done = time.monotonic(), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, end in pool.map(one, jobs):
            outcomes[str(number)] = end
            done += 1
            if done % 200 == 0:
                left = sum(1 for value in outcomes.values() if value is None)
                print(f"{done} of {len(jobs)}, {left} live, {time.monotonic() - began:.0f} s", flush=True)
                OUTCOMES.write_text(json.dumps(outcomes))
    OUTCOMES.write_text(json.dumps(outcomes))
    KNOWN.write_text(json.dumps(known))
    alive = [mutants[number] for _, number in jobs if outcomes[str(number)] is None]
    allowed, unargued = argued(), []
    for mutant in alive:
        allowed[plain(mutant)] -= 1
        if allowed[plain(mutant)] < 0:
            unargued.append(mutant)
    for mutant in unargued:
        print("survived:", mutant["name"])
    built = {number for numbers in state["functions"] for number in numbers}
    ends = [outcomes[str(number)] for number in built if outcomes.get(str(number))]
    print(f"{len(jobs)} tried in {time.monotonic() - began:.0f} s; of {len(state['mutants'])} mutants {len(state['unviable'])} "
          f"do not compile, {len(state['left'])} are left to cargo mutants, {len(ends)} are killed "
          f"({ends.count('time ran out')} by time), {len(alive)} live, of which {len(unargued)} are not argued in {PAGE.name}")
    return 1 if unargued else 0


def leftover(at_most):
    """Hands what could not be had in one program to `cargo mutants`, each by its whole name, with the quick test files."""
    state = json.loads(STATE.read_text())
    names = [m["name"] for m in state["mutants"] if m["number"] in set(state["left"])]
    chosen = [word for name in names for word in ("--re", f"^{re.escape(name)}$")]
    # A mutant that leaves out a field is chosen whatever the expression says, so by its file too.
    chosen += [word for file in sorted({name.split(":")[0] for name in names}) for word in ("--file", file)]
    seconds = collections.Counter()
    for program, _, _, taken, _ in state["reach"]:
        seconds[re.sub("-[0-9a-f]+$", "", pathlib.Path(program).name)] += taken
    files = sorted(path.stem for path in (ROOT / "tests").glob("*.rs") if seconds[path.stem] < at_most)
    quick = [word for file in files for word in ("--test", file)]
    return subprocess.run(
        ["cargo", "mutants", "--no-config", "--package", "failover-model", "--cap-lints=true", "--output", WORK, *chosen, "--", *quick],
        cwd=ROOT,
    ).returncode


def prove(test, only):
    """Builds one test file as it stands now, and tries the matching mutants on it."""
    state = json.loads(STATE.read_text())
    for path in (ROOT / "tests").rglob("*"):
        if path.is_file() and "target" not in path.parts:
            data = path.read_bytes()
            put(TREE / path.relative_to(ROOT), data.replace(b"max_shrink_iters: 20_000", b"max_shrink_iters: 0"))
    ran, messages = cargo("test", "--no-run", "--test", test)
    if ran.returncode != 0:
        raise SystemExit("".join(m["message"]["rendered"] for m in messages if m.get("message")) or ran.stderr)
    program, manifest = next((m["executable"], m["manifest_path"]) for m in messages if m.get("executable") and m["profile"]["test"])
    names = tests_of(program, manifest)
    built = {number for numbers in state["functions"] for number in numbers}
    meant = [m for m in state["mutants"] if m["number"] in built and re.search(only, m["name"])]
    if end := attempt(program, manifest, names, 600, MUTANT="0")[0]:
        raise SystemExit(f"{end} fails without a mutant")
    for mutant in meant:
        end, _ = attempt(program, manifest, names, 120, MUTANT=str(mutant["number"]))
        print(f"{'LIVES ' if end is None else 'killed'} {mutant['name']}{f' by {end}' if end else ''}", flush=True)

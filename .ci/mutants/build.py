"""All mutants in one program."""

import collections
import hashlib
import json
import re
import shutil
import subprocess

from attempt import reach
from place import KNOWN, OUTCOMES, ROOT, STATE, TREE, WORK
from source import SWITCH, Source
from tree import cargo, copy_tree, put


def listed():
    """The mutants, numbered from 1, as `cargo mutants` lists them."""
    text = subprocess.run(
        ["cargo", "mutants", "--list", "--json"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    mutants = json.loads(text)
    lines = {}
    for number, mutant in enumerate(mutants, 1):
        mutant["number"] = number
        del mutant["diff"]
        source = lines.setdefault(mutant["file"], (ROOT / mutant["file"]).read_text().split("\n"))
        span, around = mutant["span"], (mutant["function"] or mutant)["span"]
        within = "\n".join(source[around["start"]["line"] - 1 : around["end"]["line"]])
        place = (span["start"]["line"] - around["start"]["line"], span["start"]["column"], span["end"]["column"])
        told = repr((mutant["file"], within, place, mutant["genre"], mutant["replacement"]))
        mutant["key"] = hashlib.sha256(told.encode()).hexdigest()[:24]
    return mutants


def build():
    mutants = listed()
    WORK.mkdir(parents=True, exist_ok=True)
    # What did not compile in a function that is as it was needs no second try.
    known = json.loads(KNOWN.read_text()) if KNOWN.exists() else {"dropped": {}, "const": [], "killers": {}}
    copy_tree()
    by_file = collections.defaultdict(list)
    for mutant in mutants:
        by_file[mutant["file"]].append(mutant)
    kept_const, whole = set(known["const"]), set()
    dropped = {m["number"]: known["dropped"][m["key"]] for m in mutants if m["key"] in known["dropped"]}
    while True:
        functions, sources = [], {}
        for name, of_file in by_file.items():
            source = Source(name, (ROOT / name).read_text(), of_file, sorted(kept_const))
            text = source.write(dropped, functions)
            if name == "src/lib.rs":
                raise SystemExit("src/lib.rs has mutants; the switch is declared there")
            put(TREE / name, text)
            sources[name] = source
        for path in (ROOT / "src").rglob("*.rs"):
            name = str(path.relative_to(ROOT))
            if name not in by_file and name != "src/lib.rs":
                put(TREE / name, Source(name, path.read_text(), [], sorted(kept_const)).text)
        library = Source("src/lib.rs", (ROOT / "src/lib.rs").read_text(), [], sorted(kept_const)).text
        put(TREE / "src/lib.rs", library.rstrip() + "\n#[doc(hidden)]\npub mod mutant;\n")
        put(TREE / "src/mutant.rs", SWITCH.replace("FUNCTIONS", str(max(1, len(functions)))))
        print(f"{len(mutants)} mutants, {len(dropped)} of them do not compile here", flush=True)
        ran, messages = cargo("check", "--package", "failover-model", "--lib", "--all-features")
        if ran.returncode == 0:
            break
        before = (len(kept_const), len(dropped))
        strange = []
        for message in messages:
            message = message.get("message")
            if not isinstance(message, dict) or message.get("level") != "error":
                continue
            called = re.search(r"non-const (?:associated )?(?:function|method) `(.*)`", message["message"])
            if called:
                owner, name = ([""] + re.sub(r"(?:::)?<[^>]*>", "", called.group(1)).split("::"))[-2:]
                kept_const.add(f"{owner}::{name}" if owner[:1].isupper() else name)
                continue
            spans = [span for span in message["spans"] if span["is_primary"]] + message["spans"]
            numbers = [sources[s["file_name"]].mutant_at(s["byte_start"]) for s in spans if s["file_name"] in sources]
            number = next((number for number in numbers if number), None)
            if number:
                dropped.setdefault(number, message["message"])
            elif spans:
                # Not this or that body: the function cannot choose among them.
                inside = {
                    number for s in spans if s["file_name"] in sources
                    for number in sources[s["file_name"]].choice_at(s["byte_start"])
                }
                whole |= inside
                dropped.update((number, message["message"]) for number in inside)
                strange.append(message["rendered"])
        known["const"] = sorted(kept_const)
        known["dropped"].update((m["key"], dropped[m["number"]])
                                for m in mutants if m["number"] in dropped and m["number"] not in whole)
        KNOWN.write_text(json.dumps(known))
        if (len(kept_const), len(dropped)) == before:
            raise SystemExit("".join(strange) or ran.stderr)
    left = {
        mutant["number"]
        for source in sources.values()
        for span, of_function in source.functions.items()
        for mutant in of_function
        if (source.stays_const(span) and mutant["number"] not in dropped)
        or re.search("incompatible types|captures lifetime", dropped.get(mutant["number"], ""))
    } | whole | {mutant["number"] for mutant in mutants if not mutant["function"]}
    unviable = sorted(set(dropped) - left)
    print(f"{len(unviable)} do not compile, {len(left)} are left to cargo mutants", flush=True)
    ran, messages = cargo("test", "--workspace", "--no-run")
    if ran.returncode != 0:
        raise SystemExit(ran.stderr[-6000:])
    programs = sorted({
        (keep(m["executable"]), m["manifest_path"]) for m in messages if m.get("executable") and m["profile"]["test"]
    })
    STATE.write_text(json.dumps({
        "mutants": mutants, "functions": functions, "unviable": unviable, "left": sorted(left),
        "programs": programs, "dropped": dropped, "reach": reach(programs),
    }))
    if OUTCOMES.exists():
        OUTCOMES.unlink()


def keep(program):
    """A copy, which stays as it is while `prove` builds others."""
    (WORK / "programs").mkdir(exist_ok=True)
    return shutil.copy2(program, WORK / "programs")

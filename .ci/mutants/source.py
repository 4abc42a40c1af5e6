"""A source file whose functions choose their bodies."""

import bisect
import re

SWITCH = """//! Which mutant is in force. Not part of the library.
extern crate std;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::io::Write;

const UNREAD: u32 = u32::MAX;
const NOTING: u32 = u32::MAX - 1;
static ACTIVE: AtomicU32 = AtomicU32::new(UNREAD);
static NOTED: [AtomicBool; FUNCTIONS] = [const { AtomicBool::new(false) }; FUNCTIONS];

#[inline]
pub fn at(function: usize) -> u32 {
    let active = ACTIVE.load(Relaxed);
    if active < NOTING { active } else { slow(function) }
}

#[cold]
fn slow(function: usize) -> u32 {
    if let Some(number) = std::env::var("MUTANT").ok().and_then(|text| text.parse().ok()) {
        ACTIVE.store(number, Relaxed);
        return number;
    }
    let Ok(path) = std::env::var("MUTANTS_NOTED") else {
        ACTIVE.store(0, Relaxed);
        return 0;
    };
    ACTIVE.store(NOTING, Relaxed);
    if !NOTED[function].swap(true, Relaxed) {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "{function}").unwrap();
    }
    0
}
"""


def offsets(text):
    """Where each line begins."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def body_of(text, start):
    """Where the body's brace opens, of the function that begins at `start`."""
    depth, at = 0, start
    skip = re.compile(
        r'//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?\'(?:\\[^\']+|[^\'\\])\'', re.S
    )
    while True:
        skipped = skip.match(text, at)
        if skipped:
            at = skipped.end()
            continue
        char = text[at]
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "{" and depth == 0:
            return at
        at += 1


def boxed(mutant, body):
    """Bodies of one hidden type are many types: a box makes them one, or a list where what is hidden is cloned."""
    hidden = re.fullmatch(r"-> impl (Iterator<Item ?=.*>|Strategy<.*>?)(\+Clone)?(\+'\w+)?", mutant["function"]["return_type"] or "")
    if not hidden:
        return body
    if hidden.group(1).startswith("Strategy"):
        return "{ proptest::strategy::Strategy::boxed(%s) }" % body
    if hidden.group(2):
        return "{ let listed: alloc::vec::Vec<_> = Iterator::collect(%s); listed.into_iter() }" % body
    return "{ let boxed: alloc::boxed::Box<dyn %s + '_> = alloc::boxed::Box::new(%s); boxed }" % (hidden.group(1), body)


class Source:
    """A file, and its outermost functions that have mutants."""

    def __init__(self, path, text, mutants, kept_const):
        self.arms, self.choices = [], []
        starts = offsets(text)
        place = lambda point: starts[point["line"] - 1] + point["column"] - 1
        spans = {}
        for mutant in mutants:
            function = mutant["function"]
            if function:
                span = (place(function["span"]["start"]), place(function["span"]["end"]))
                spans.setdefault(span, []).append(mutant)
        self.functions = {}
        for span in sorted(spans, key=lambda span: (span[0], -span[1])):
            outer = next((o for o in self.functions if o[0] <= span[0] and span[1] <= o[1]), span)
            self.functions.setdefault(outer, []).extend(spans[span])
        self.place = place
        # What is `const` cannot choose at run time. It need not be, but where a constant or another such function calls it.
        short = {name.rsplit("::", 1)[-1] for name in kept_const}
        self.kept = {
            span for span, of_span in self.functions.items()
            if any(re.sub("<.*?>", "", mutant["function"]["function_name"]) in kept_const for mutant in of_span)
        }

        def strip(found):
            span = next((span for span in self.functions if span[0] <= found.start() < span[1]), None)
            keeps = span in self.kept if span else found.group(1) in short
            return found.group() if keeps else " " * 6 + found.group()[6:]

        self.text = re.sub(r"\bconst fn (\w+)", strip, text)

    def stays_const(self, span):
        return span in self.kept and "const fn" in self.text[span[0] : body_of(self.text, span[0])]

    def write(self, dropped, functions):
        """The text in which each function chooses its body; notes where the mutants' bodies stand."""
        out, at, self.arms, self.choices = [], 0, [], []
        length = 0

        def put(piece):
            nonlocal length
            out.append(piece)
            length += len(piece.encode())

        for span, mutants in self.functions.items():
            alive = [mutant for mutant in mutants if mutant["number"] not in dropped]
            if not alive or self.stays_const(span):
                continue
            start = body_of(self.text, span[0])
            put(self.text[at:start])
            put("{ match crate::mutant::at(%d) {\n" % len(functions))
            functions.append([mutant["number"] for mutant in alive])
            begins = length
            for mutant in alive:
                begin, end = self.place(mutant["span"]["start"]), self.place(mutant["span"]["end"])
                body = self.text[start:begin] + mutant["replacement"] + " " + self.text[end : span[1]]
                put("%d => " % mutant["number"])
                self.arms.append((length, mutant["number"]))
                put(boxed(mutants[0], body))
                put("\n")
                self.arms.append((length, None))
            put("_ => " + boxed(mutants[0], self.text[start : span[1]]) + "\n} }")
            self.choices.append((begins, length, functions[-1]))
            at = span[1]
        put(self.text[at:])
        return "".join(out)

    def choice_at(self, byte):
        """All mutants of the function that a byte stands in, its signature, which is up to 200 bytes before, included."""
        return next((numbers for begins, ends, numbers in self.choices if begins <= byte + 200 and byte < ends), [])

    def mutant_at(self, byte):
        """The mutant in whose body a byte stands."""
        found = bisect.bisect_right(self.arms, byte, key=lambda arm: arm[0])
        return self.arms[found - 1][1] if found else None

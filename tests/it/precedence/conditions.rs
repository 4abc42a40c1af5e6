//! No list lacks the fault of a condition: what the source can refuse for is counted in its text.
//!
//! `conditions.txt` has a line for each function that can refuse a call and for each that such a one asks: how many
//! conditions it has, and the faults that they make, in the words of the lists. A condition more or less is another number;
//! whoever changes it looks whether a list lacks a fault now.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::cases;

/// Where calls are decided, and where they come in.
const DECIDED: &[&str] = &[
    "src/control_plane/call.rs",
    "src/control_plane/ebs",
    "src/control_plane/list.rs",
    "src/control_plane/polardb",
    "src/ebs",
    "src/polardb",
];

/// A function's file and name.
type Key = (String, String);

/// The functions of one name in one file, as one text without comments.
#[derive(Default)]
struct Function {
    text: String,
    refuses: bool,
    is_predicate: bool,
}

impl Function {
    fn add(&mut self, text: &str) {
        let head = text.split('{').next().unwrap_or_default();
        let returns = head.rsplit_once("->").map_or("", |(_, returns)| returns);
        self.refuses |= ["Refusal", "Decision", "NoCandidate"].iter().any(|name| returns.contains(name));
        self.is_predicate |= returns.split_whitespace().next() == Some("bool");
        self.text.push_str(text);
    }

    /// How often it branches: `if`, the arms of a `match` and their patterns, the parts of a condition, and what is asked of an
    /// iterator or an option. Formatted text has blanks around these; a closure without arguments follows `=`, `(` or `,`.
    fn conditions(&self) -> usize {
        const ASKED: [&str; 7] =
            [".ok_or", ".filter(", ".find(", ".any(", ".all(", "is_some_and(", "is_none_or("];
        let (mut count, mut before) = (0, "");
        for word in self.text.split_whitespace() {
            let branches =
                matches!(word, "if" | "&&" | "|" | "=>") || (word == "||" && !before.ends_with('='));
            count += usize::from(branches);
            count += ASKED.iter().map(|asked| word.matches(asked).count()).sum::<usize>();
            before = word;
        }
        count
    }

    /// The names of what it calls.
    fn calls(&self) -> impl Iterator<Item = &str> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        self.text.split('(').map(move |before| before.rsplit(|c| !is_name(c)).next().unwrap_or_default())
    }
}

fn files(path: PathBuf, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| files(entry.unwrap().path(), found));
    } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("refusal.rs") {
        found.push(path);
    }
}

/// The name of the function whose first line this is.
fn named(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let (before, after) =
        line.strip_prefix("fn ").map(|after| ("", after)).or_else(|| line.split_once(" fn "))?;
    let is_head = before.is_empty() || before == "const" || before.starts_with("pub");
    let name = after.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
    name.filter(|_| is_head && !line.ends_with(';'))
}

fn functions() -> BTreeMap<Key, Function> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    DECIDED.iter().for_each(|path| files(root.join(path), &mut paths));
    let mut functions: BTreeMap<Key, Function> = BTreeMap::new();
    for path in paths {
        let source = fs::read_to_string(&path).unwrap();
        let file = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        let mut lines = source.lines();
        while let Some(first) = lines.next() {
            let Some(name) = named(first) else { continue };
            // Formatted text closes a function where it opens it.
            let indent = &first[..first.len() - first.trim_start().len()];
            let end = format!("{indent}}}");
            let mut text = format!("{first}\n");
            let mut last = first;
            while last != end && !first.ends_with('}') {
                last = lines.next().expect("the end of a function");
                if !last.trim_start().starts_with("//") {
                    text.push_str(last);
                    text.push('\n');
                }
            }
            functions.entry((file.clone(), name.into())).or_default().add(&text);
        }
    }
    functions
}

/// The functions that can refuse a call, and those that answer yes or no to one of these, by name.
fn decisive(functions: &BTreeMap<Key, Function>) -> BTreeSet<&Key> {
    let mut found: BTreeSet<&Key> = BTreeSet::new();
    let mut open: Vec<&Key> = functions.iter().filter(|(_, it)| it.refuses).map(|(key, _)| key).collect();
    while let Some(key) = open.pop() {
        if found.insert(key) {
            let called: BTreeSet<&str> = functions[key].calls().collect();
            let asked =
                functions.iter().filter(|((_, name), it)| it.is_predicate && called.contains(&**name));
            open.extend(asked.map(|(key, _)| key));
        }
    }
    found
}

/// The lines of the table: for each function the number of its conditions and the faults that they make.
fn table() -> BTreeMap<Key, (usize, Vec<&'static str>)> {
    let mut table = BTreeMap::new();
    let mut file = "";
    for line in include_str!("conditions.txt").lines().filter(|line| !line.is_empty()) {
        let Some((function, faults)) = line.split_once(": ") else {
            file = line;
            continue;
        };
        let (name, count) = function.split_once(' ').expect("a function and a number");
        let faults: Vec<&str> = faults.split("; ").filter(|fault| *fault != "nothing").collect();
        let before = table.insert((file.into(), name.into()), (count.parse().expect("a number"), faults));
        assert!(before.is_none(), "{file} {name} has two lines");
    }
    table
}

#[test]
fn each_condition_by_which_a_call_is_refused_is_counted() {
    let (functions, table) = (functions(), table());
    let mut wrong = Vec::new();
    for key in decisive(&functions) {
        let (file, name) = key;
        let conditions = functions[key].conditions();
        if conditions > 0 && !table.contains_key(key) {
            wrong.push(format!("{file} {name} has {conditions} conditions and no line"));
        }
    }
    for (key, (told, _)) in &table {
        let (file, name) = key;
        match functions.get(key).map(Function::conditions) {
            Some(found) if found == *told => {}
            Some(found) => wrong.push(format!("{file} {name} has {found} conditions, not {told}")),
            None => wrong.push(format!("{file} {name} is not there")),
        }
    }
    assert!(
        wrong.is_empty(),
        "a list may lack a fault; add it to the lists and to conditions.txt:\n{}",
        wrong.join("\n")
    );
    assert!(table.len() > 100, "{}", table.len());
}

#[test]
fn each_fault_has_a_function_that_finds_it() {
    let cases = cases();
    // The parameters have a test of their own, and the token cache knows no operation.
    let faults = cases.iter().flat_map(|(_, faults)| faults);
    let faults = faults.filter(|fault| !fault.is_read && !fault.rule().starts_with("T-"));
    let listed: BTreeSet<&str> = faults.map(|fault| &*fault.says).collect();
    let told: BTreeSet<&str> = table().into_values().flat_map(|(_, faults)| faults).collect();
    let lacking: Vec<&&str> = listed.difference(&told).collect();
    let idle: Vec<&&str> = told.difference(&listed).collect();
    assert!(
        lacking.is_empty() && idle.is_empty(),
        "of no function: {lacking:#?}\nof no operation: {idle:#?}"
    );
}

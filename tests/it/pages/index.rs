//! The index of rules: for each rule, the tests and scenarios that show it.
//!
//! A test shows a rule if it names the rule's number: in its comment, in its body, or in an item of its file that the
//! body names, directly or through other items. A file of cases without a test of its own counts for its folder. A
//! scenario shows what its transcript names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use failover_model::catalogue;

use super::catalogue::{numbers, sources};
use super::{compare, root};

/// A function, constant or macro of a test file.
struct Item<'a> {
    /// Names of the inline modules around it, and its own.
    path: Vec<&'a str>,
    is_test: bool,
    /// Comments and attributes directly over it, and its text.
    text: String,
}

/// Cuts a formatted file into its items: each ends where a line closes it at the indentation at which it begins.
fn items(source: &str) -> Vec<Item<'_>> {
    let (mut items, mut modules, mut over) = (Vec::new(), Vec::<(usize, &str)>::new(), String::new());
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if modules.last().is_some_and(|(begins, _)| *begins == indent) && code == "}" {
            modules.pop();
        } else if code.starts_with("///") || code.starts_with("#[") {
            writeln!(over, "{code}").unwrap();
        } else if let Some((keyword, name)) = begins(code) {
            if keyword == "mod" && code.ends_with('{') {
                modules.push((indent, name));
                over.clear();
                continue;
            }
            let mut text = std::mem::take(&mut over);
            let is_test = text.contains("#[test]");
            writeln!(text, "{line}").unwrap();
            if !line.ends_with(['}', ';']) {
                for line in lines.by_ref() {
                    writeln!(text, "{line}").unwrap();
                    let code = line.trim_start();
                    if line.len() - code.len() == indent && code.ends_with(['}', ';']) {
                        break;
                    }
                }
            }
            let path = modules.iter().map(|(_, module)| *module).chain([name]).collect();
            items.push(Item { path, is_test, text });
        } else {
            over.clear();
        }
    }
    items
}

/// The keyword and the name of the item that a line begins, if it begins one.
fn begins(code: &str) -> Option<(&str, &str)> {
    let code = code.strip_prefix("pub(super) ").or(code.strip_prefix("pub ")).unwrap_or(code);
    let (keyword, rest) = code.split_once(' ')?;
    let known = ["fn", "const", "static", "mod", "struct", "enum", "macro_rules!"].contains(&keyword);
    let name = rest.split(|byte: char| !byte.is_alphanumeric() && byte != '_').next()?;
    (known && !name.is_empty()).then_some((keyword, name))
}

/// The text of an item with all that it names in its file.
fn closure<'a>(item: &'a Item<'a>, items: &'a [Item<'a>]) -> Vec<&'a str> {
    let (mut texts, mut open, mut met) = (Vec::new(), vec![item], BTreeSet::from([item.path.join("::")]));
    while let Some(item) = open.pop() {
        texts.push(item.text.as_str());
        let words: BTreeSet<&str> =
            item.text.split(|byte: char| !byte.is_alphanumeric() && byte != '_').collect();
        let named =
            |other: &&Item| !other.is_test && other.path.last().is_some_and(|name| words.contains(name));
        open.extend(items.iter().filter(named).filter(|other| met.insert(other.path.join("::"))));
    }
    texts
}

/// The module that a file under `tests` is.
fn module(file: &Path) -> Vec<String> {
    let parts = file.with_extension("");
    let parts = parts.iter().map(|part| part.to_str().unwrap().to_owned());
    parts.filter(|part| part != "it" && part != "mod").collect()
}

/// For each rule, what shows it.
pub(super) type Shown = BTreeMap<String, BTreeSet<String>>;

/// For each rule, the tests that name it.
pub(super) fn tests() -> Shown {
    let mut shown = Shown::new();
    let tests = root().join("tests");
    for (path, source) in sources(&tests) {
        let file = path.strip_prefix(&tests).unwrap();
        // What is in `pages` names numbers to speak of numbers, and what is in `kit` does not assert.
        if ["fuzz", "it/pages", "it/kit"].iter().any(|folder| file.starts_with(folder)) {
            continue;
        }
        let (module, items) = (module(file), items(&source));
        let mut show = |text: &str, test: &str| {
            for number in numbers(text) {
                shown.entry(number.to_owned()).or_default().insert(test.to_owned());
            }
        };
        for test in items.iter().filter(|item| item.is_test) {
            let name = format!("{}::{}", module.join("::"), test.path.join("::"));
            closure(test, &items).into_iter().for_each(|text| show(text, &name));
        }
        if !items.iter().any(|item| item.is_test) {
            show(&source, &module[..module.len() - 1].join("::"));
        }
    }
    shown
}

/// For each rule, the scenarios whose transcript names it.
pub(super) fn scenarios() -> Shown {
    let mut shown = Shown::new();
    for entry in std::fs::read_dir(root().join("tests/scenarios")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        for number in numbers(&std::fs::read_to_string(&path).unwrap()) {
            shown.entry(number.to_owned()).or_default().insert(name.to_owned());
        }
    }
    shown
}

#[test]
fn every_rule_is_shown_by_a_test_or_a_scenario_and_the_index_says_by_which() {
    let (tests, scenarios) = (tests(), scenarios());
    let mut page = String::from(
        "# Rules and their tests\n\nFor each [rule](rules.md) the tests under `tests/` and the scenarios under \
         `tests/scenarios` that name it. A test alone:\n`cargo test --test it NAME`. A folder of tests is named for \
         the tables of cases in it.\n\n| Rule | Tests | Scenarios |\n|---|---|---|\n",
    );
    let mut shown_by_none = Vec::new();
    for rule in catalogue::rules() {
        let of = |shown: &Shown| {
            let names = shown.get(rule.id.as_str()).into_iter().flatten();
            names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ")
        };
        let (tests, scenarios) = (of(&tests), of(&scenarios));
        if tests.is_empty() && scenarios.is_empty() {
            shown_by_none.push(rule.id.as_str());
        }
        writeln!(page, "| {} | {tests} | {scenarios} |", rule.id).unwrap();
    }
    assert!(shown_by_none.is_empty(), "rules that no test and no scenario shows: {shown_by_none:?}");
    compare("docs/tests.md", &page);
}

#[test]
fn a_test_shows_what_its_comment_its_body_and_what_the_body_names_hold() {
    let source = "
const CASES: [&str; 1] = [
    \"P-130\",
];

fn named() -> &'static str {
    CASES[0]
}

const OTHER: &str = \"P-131\";

mod inner {
    proptest! {
        /// P-132.
        #[test]
        fn one(number in 1..4) {
            named(\"E-210\");
        }
    }

    #[test]
    fn two() {}
}
";
    let items = items(source);
    let of = |number: usize| {
        let test = items.iter().filter(|item| item.is_test).nth(number).unwrap();
        let mut found: Vec<&str> = closure(test, &items).into_iter().flat_map(numbers).collect();
        found.sort_unstable();
        (test.path.join("::"), found)
    };
    assert_eq!(of(0), ("inner::one".to_owned(), vec!["E-210", "P-130", "P-132"]));
    assert_eq!(of(1), ("inner::two".to_owned(), vec![]));
}

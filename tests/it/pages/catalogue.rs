//! The catalogue: numbers and sources, and that prose, code and tests speak of the same rules.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use failover_model::catalogue;
use failover_model::ebs::{GroupLifecycle, PairLifecycle};

#[test]
fn the_catalogue_is_sorted_and_every_rule_has_a_number_a_source_and_a_sentence_of_its_own() {
    let rules = catalogue::rules();
    assert!(rules.windows(2).all(|two| two[0].id < two[1].id), "numbers ascend, so none is given twice");
    let mut sentences = BTreeSet::new();
    for rule in &rules {
        let (family, number) = rule.id.as_str().split_once('-').unwrap();
        assert!(["E", "G", "D", "P", "T", "C", "W"].contains(&family) && number.len() == 3, "{}", rule.id);
        assert!(number.parse::<u16>().is_ok(), "{}", rule.id);
        assert!(!rule.source.is_empty(), "{} has no source", rule.id);
        assert!(rule.says.ends_with('.') && rule.says.len() > 10, "{} says nothing", rule.id);
        assert!(sentences.insert((family, rule.says)), "{} says what another rule says", rule.id);
    }
}

#[test]
fn code_prose_and_tests_mention_the_rules_of_the_catalogue_and_all_of_them() {
    let catalogued: BTreeSet<String> =
        catalogue::rules().iter().map(|rule| rule.id.as_str().to_string()).collect();
    let root = super::root();
    let mut mentioned = BTreeSet::new();
    for (path, text) in sources(&root.join("src")) {
        for (line_number, line) in text.lines().enumerate() {
            let line = line.trim();
            for number in numbers(line) {
                let place = format!("{}:{}", path.display(), line_number + 1);
                assert!(catalogued.contains(number), "{place} mentions {number}, which is no rule");
                mentioned.insert(number.to_string());
            }
        }
    }
    for (path, text) in sources(&root.join("tests")) {
        if path.file_name().is_some_and(|name| name == "catalogue.rs" || name == "index.rs") {
            continue;
        }
        for number in numbers(&text) {
            assert!(catalogued.contains(number), "{} mentions {number}, which is no rule", path.display());
            mentioned.insert(number.to_string());
        }
    }
    // The rows of the tables are asserted cell by cell in `tables`.
    mentioned.extend(PairLifecycle::ROWS.iter().map(|row| row.rule.as_str().to_string()));
    mentioned.extend(GroupLifecycle::ROWS.iter().map(|row| row.rule.as_str().to_string()));
    let forgotten: Vec<&String> = catalogued.difference(&mentioned).collect();
    assert_eq!(forgotten, Vec::<&String>::new(), "rules that no code and no test mentions");
}

/// Everything in a text that looks like a rule's number.
pub fn numbers(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for (start, _) in text.match_indices('-') {
        let Some(family) = start.checked_sub(1) else { continue };
        let begins = family == 0
            || !(bytes[family - 1].is_ascii_alphanumeric() || b"-_%".contains(&bytes[family - 1]));
        let digits = bytes[start + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let after = bytes.get(start + 1 + digits);
        let ends = !after.is_some_and(|byte| byte.is_ascii_alphanumeric());
        if begins && b"EGDPTCW".contains(&bytes[family]) && digits == 3 && ends {
            found.push(&text[family..start + 4]);
        }
    }
    found
}

#[test]
fn the_scan_for_numbers_finds_them_and_nothing_else() {
    assert_eq!(numbers("by E-210, (`P-130`): \"T-040\""), ["E-210", "P-130", "T-040"]);
    assert!(numbers("UTF-800 E-21 E-2100 xE-210 X-210 E-210a cn-100").is_empty());
}

pub fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

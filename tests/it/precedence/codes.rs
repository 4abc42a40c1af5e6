//! Every code that the vendor lists for an operation is the answer to a fault of its list, or [scope](docs/scope.md) says why
//! no call is answered with it.

use std::collections::BTreeSet;
use std::fs;

use failover_model::Operation;

use super::cases;

type Codes = BTreeSet<(Operation, String)>;

/// What the metadata and dated pages list.
fn listed() -> Codes {
    let of = |operation: &Operation| {
        let operation = *operation;
        operation.listed_codes().map(move |(code, _)| (operation, code.to_owned()))
    };
    Operation::ALL.iter().flat_map(of).collect()
}

/// The codes that some fault is answered with; that it is, another test shows.
fn answered() -> Codes {
    let mut codes = Codes::new();
    for (case, faults) in cases() {
        let code = |answer: &str| answer.split(' ').nth(1).expect("a code").to_owned();
        codes.extend(faults.iter().map(|fault| (super::operation(&case), code(&fault.answer))));
    }
    codes
}

fn in_backticks(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The rows of the table in scope, each a name of operations with a code: the name of an operation, which both products may
/// have, or of a product, for those of its operations that list the code.
fn argued() -> Vec<(String, String)> {
    let scope = fs::read_to_string(crate::pages::root().join("docs/scope.md")).unwrap();
    let table = scope.split("## Listed codes that no call is answered with").nth(1).expect("the table");
    let table = table.split("\n## ").next().unwrap_or_default();
    let mut argued = Vec::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [whose, codes, why] = cells[..] else { panic!("three cells: {row}") };
        assert!(!why.trim().is_empty(), "no reason: {row}");
        for name in in_backticks(whose) {
            argued.extend(in_backticks(codes).map(|code| (name.to_owned(), code.to_owned())));
        }
    }
    argued
}

#[test]
fn a_listed_code_is_answered_to_some_call_or_argued_away() {
    let mut open: Codes = listed().difference(&answered()).cloned().collect();
    let mut idle = Vec::new();
    for (name, code) in argued() {
        let left = open.len();
        let means =
            |operation: &Operation| [operation.as_str(), operation.product().code()].contains(&&*name);
        open.retain(|(operation, listed)| !(means(operation) && *listed == code));
        if open.len() == left {
            idle.push(format!("{name} {code}"));
        }
    }
    let open: Vec<String> = open.iter().map(|(operation, code)| format!("{operation} {code}")).collect();
    assert!(open.is_empty(), "neither answered nor argued away:\n{}", open.join("\n"));
    assert!(
        idle.is_empty(),
        "argued away though it is answered, not listed or argued twice:\n{}",
        idle.join("\n")
    );
}

/// The codes on the page, and whether they have the star of a code that is not listed.
fn on_the_page() -> BTreeSet<(Operation, String, bool)> {
    let page = fs::read_to_string(crate::pages::root().join("docs/precedence.md")).unwrap();
    let mut codes = BTreeSet::new();
    for section in page.split("\n## ").skip(1) {
        let name = section.lines().next().expect("a heading");
        let operation: Operation = serde_json::from_value(name.into()).expect("an operation");
        for row in section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |")) {
            let answers = row.split(" | ").nth(2).expect("the answers");
            codes.extend(answers.split(", ").map(|answer| {
                let code = answer.split(' ').nth(1).expect("a code");
                let bare = code.trim_end_matches("\\*");
                (operation, bare.to_owned(), bare != code)
            }));
        }
    }
    codes
}

#[test]
fn an_answered_code_has_a_star_on_the_page_iff_it_is_not_listed() {
    let (listed, page) = (listed(), on_the_page());
    let operations: BTreeSet<Operation> = page.iter().map(|(operation, ..)| *operation).collect();
    assert_eq!(operations, Operation::ALL.iter().copied().collect());
    let told: Codes = page.iter().map(|(operation, code, _)| (*operation, code.clone())).collect();
    assert_eq!(told, answered(), "the page has the codes of all lists");
    let marked = |starred: bool| page.iter().filter(move |(.., star)| *star == starred);
    let key = |(operation, code, _): &(Operation, String, bool)| (*operation, code.clone());
    let wrong: Vec<String> = (marked(true).filter(|row| listed.contains(&key(row))))
        .chain(marked(false).filter(|row| !listed.contains(&key(row))))
        .map(|(operation, code, star)| {
            format!("{operation} {code}: {}", if *star { "a star" } else { "none" })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(marked(true).count() > 100 && marked(false).count() > 100);
}

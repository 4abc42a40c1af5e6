//! Every code that the vendor lists for an operation is the answer to a fault of its list, or [scope](docs/scope.md) says why
//! no call is answered with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use failover_model::{Operation, Product};

use super::cases;

/// The products of which all codes are accounted for.
const ACCOUNTED: &[Product] = &[Product::Ebs, Product::PolarDb];

/// Codes of layers before the model, which every operation lists.
const OUTSIDE: &[&str] =
    &["Forbidden", "Forbidden.Action", "Forbidden.RAM", "InternalError", "RequestTimeout"];

type Codes = BTreeSet<(Operation, String)>;

/// The name of an operation in data, which tells apart what two products call alike.
fn key(operation: Operation) -> String {
    serde_json::from_value(serde_json::to_value(operation).unwrap()).unwrap()
}

/// What the metadata and dated pages list.
fn listed() -> Codes {
    let metadata: BTreeMap<String, BTreeMap<String, serde_json::Value>> =
        serde_json::from_str(include_str!("../../fixtures/error-codes.json")).unwrap();
    let mut codes = Codes::new();
    for operation in Operation::ALL.iter().filter(|operation| ACCOUNTED.contains(&operation.product())) {
        let of_metadata = metadata.get(&key(*operation)).into_iter().flat_map(|codes| codes.keys().cloned());
        let of_pages = operation.listed_codes().map(|(code, _)| code.to_owned());
        let all = of_metadata.chain(of_pages).filter(|code| !OUTSIDE.contains(&code.as_str()));
        codes.extend(all.map(|code| (*operation, code)));
    }
    codes
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

/// A row of the table in scope.
struct Argument {
    operations: Vec<Operation>,
    codes: Vec<String>,
    /// Whether it names products, for those of their operations that list the code.
    of_product: bool,
}

fn argued() -> Vec<Argument> {
    let scope = fs::read_to_string(crate::pages::root().join("docs/scope.md")).unwrap();
    let table = scope.split("## Listed codes that no call is answered with").nth(1).expect("the table");
    let table = table.split("\n## ").next().unwrap_or_default();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [whose, codes, why] = cells[..] else { panic!("three cells: {row}") };
        assert!(!why.trim().is_empty(), "no reason: {row}");
        let names: Vec<&str> = in_backticks(whose).collect();
        let known = |operation: &&Operation| {
            names.iter().any(|name| [operation.as_str(), operation.product().code()].contains(name))
        };
        let operations: Vec<Operation> = Operation::ALL.iter().filter(known).copied().collect();
        let of_product = names.iter().all(|name| ["ebs", "polardb"].contains(name));
        // Both products may have an operation of a name.
        let found: BTreeSet<&str> = operations.iter().map(|operation| operation.as_str()).collect();
        assert!(of_product || found.len() == names.len(), "an unknown operation: {row}");
        Argument { operations, codes: in_backticks(codes).map(str::to_owned).collect(), of_product }
    })
    .collect()
}

#[test]
fn a_listed_code_is_answered_to_some_call_or_argued_away() {
    let (listed, answered) = (listed(), answered());
    let mut open: Codes = listed.difference(&answered).cloned().collect();
    let mut idle = Vec::new();
    for Argument { operations, codes, of_product } in argued() {
        for code in codes {
            let argued = operations.iter().filter(|operation| ACCOUNTED.contains(&operation.product()));
            let (needed, needless): (Vec<&Operation>, Vec<&Operation>) =
                argued.partition(|operation| open.remove(&(**operation, code.clone())));
            // Of two operations of one name it is enough that one needs it.
            let twin = |it: &&Operation| !needed.iter().any(|needed| needed.as_str() == it.as_str());
            let needless: Vec<&Operation> = needless.into_iter().filter(twin).collect();
            if !needless.is_empty() && (needed.is_empty() || !of_product) {
                idle.push(format!("{code}: {needless:?}"));
            }
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

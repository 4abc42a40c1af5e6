//! Of two faults in one call, the earlier answers.
//!
//! For each operation there is a call that is accepted, and a list of faults in the order in which the checks run. Each
//! fault alone gives the answer that it names; any two together give the answer of the earlier one. The lists are
//! `docs/precedence.md`, which this test makes (`UPDATE=1`), so that the order stands in one place to be read.
//!
//! A fault is text, as in a scenario: commands that come before the call, or a parameter of the call that is replaced.

mod precedence {
    pub mod cases;
    pub mod polardb;
}

use std::collections::BTreeSet;
use std::fmt::Write;

use failover_model::operation::{Operation, Product};
use failover_model::scenario;

/// A call that is accepted, and what can be wrong with it.
pub struct Case {
    pub operation: &'static str,
    /// Commands that come before.
    pub stage: String,
    /// The parameters.
    pub call: &'static str,
    /// Parameters of another call of the same operation that is accepted on the same stage.
    pub other: &'static str,
    pub faults: Vec<Fault>,
}

/// Something wrong.
#[derive(Clone)]
pub struct Fault {
    /// What the answer is, up to the rule: `403 OperationDenied (E-623`.
    pub answer: &'static str,
    /// What is wrong, in words.
    pub says: &'static str,
    pub how: How,
}

#[derive(Clone)]
pub enum How {
    /// Commands after the stage.
    Before(&'static str),
    /// A policy, in force from the beginning.
    Policy(&'static str),
    /// A parameter gets this value; without one it goes.
    Parameter(&'static str, Option<&'static str>),
    /// The token was used by the other call.
    Used,
}

impl Fault {
    /// Whether two faults can be had together. They cannot if both want one parameter; and a token is used in one region
    /// and by a call that is accepted, so elsewhere, or under a policy that refuses it, it is new.
    fn goes_with(&self, other: &Self) -> bool {
        match (&self.how, &other.how) {
            (How::Parameter(one, _), How::Parameter(two, _)) => one != two,
            (How::Policy(_), How::Policy(_)) => false,
            (How::Used, how) | (how, How::Used) => {
                !matches!(how, How::Parameter("ClientToken" | "RegionId", _) | How::Policy(_))
            }
            _ => true,
        }
    }
}

pub fn fault(answer: &'static str, says: &'static str, how: How) -> Fault {
    Fault { answer, says, how }
}

/// The faults that every operation has, before its own: they need no look at any resource.
fn common(case: &Case) -> Vec<Fault> {
    let operation =
        Operation::ALL.iter().find(|operation| operation.as_str() == case.operation).expect("an operation");
    let ebs = operation.product() == Product::Ebs;
    let mut faults = vec![fault(
        "400 InvalidParameter (W-014",
        "two versions are named",
        How::Parameter("Version", Some("2000-01-01")),
    )];
    if case.call.contains("RegionId=") {
        let answer = if ebs { "400 MissingParameter (E-600" } else { "400 MissingParameter (P-600" };
        faults.push(fault(answer, "a required parameter is missing", How::Parameter("RegionId", None)));
    }
    if operation.takes_token() {
        let long = "0123456789012345678901234567890123456789012345678901234567890123456789";
        let (bad, mismatch) = if ebs {
            ("400 InvalidParameter (E-601", "400 IdempotentParameterMismatch (T-090")
        } else {
            ("400 InvalidClientToken.Malformed (P-601", "400 IdempotentParameterMismatch (T-090")
        };
        faults.push(fault(
            bad,
            "a token of more than 64 characters",
            How::Parameter("ClientToken", Some(long)),
        ));
        if !case.other.is_empty() {
            faults.push(fault(mismatch, "a token that another request has used", How::Used));
        }
    }
    faults
}

/// The stage, the faults and the call as a scenario; the answer to the call.
fn answer(case: &Case, faults: &[&Fault]) -> String {
    let mut call: Vec<(String, String)> = vec![];
    for (name, value) in case.call.split_whitespace().map(|pair| pair.split_once('=').expect("name=value")) {
        call.push((name.into(), value.into()));
    }
    let (mut policy, mut before) = (None, String::new());
    for fault in faults {
        match &fault.how {
            How::Policy(text) => policy = Some(*text),
            How::Before(commands) => {
                before.push_str(commands.trim_end());
                before.push('\n');
            }
            How::Parameter(name, value) => {
                call.retain(|(known, _)| known != name);
                call.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
            }
            How::Used => {
                writeln!(before, "call {} {} ClientToken=T", case.operation, case.other).unwrap();
                call.push(("ClientToken".into(), "T".into()));
            }
        }
    }
    let mut text = String::new();
    if let Some(policy) = policy {
        writeln!(text, "policy {policy}\n----\n").unwrap();
    }
    writeln!(text, "{}{before}----\n", case.stage).unwrap();
    let call: Vec<String> = call.iter().map(|(name, value)| format!("{name}={value}")).collect();
    writeln!(text, "call {} {}\n----\n", case.operation, call.join(" ")).unwrap();
    let told = scenario::replay(&text).unwrap_or_else(|bad| panic!("{bad} in\n{text}"));
    let last = told.rsplit("----\n").next().unwrap_or_default();
    last.lines().next().unwrap_or_default().to_owned()
}

fn cases() -> Vec<(Case, Vec<Fault>)> {
    let cases = precedence::cases::all().into_iter().chain(precedence::polardb::all());
    cases
        .map(|case| {
            let faults: Vec<Fault> = common(&case).into_iter().chain(case.faults.iter().cloned()).collect();
            (case, faults)
        })
        .collect()
}

#[test]
fn every_operation_has_its_list() {
    let listed: BTreeSet<&str> = cases().iter().map(|(case, _)| case.operation).collect();
    let all: BTreeSet<&str> = Operation::ALL.iter().map(|operation| operation.as_str()).collect();
    assert_eq!(listed, all);
}

#[test]
fn a_call_without_a_fault_is_accepted_and_each_fault_alone_gives_its_answer() {
    let mut wrong = Vec::new();
    for (case, faults) in cases() {
        let none = answer(&case, &[]);
        if !none.starts_with("200") {
            wrong.push(format!("{}: {none}", case.operation));
        }
        for fault in &faults {
            let got = answer(&case, &[fault]);
            if !got.starts_with(fault.answer) {
                wrong.push(format!("{}, {}: {got}, not {}", case.operation, fault.says, fault.answer));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn of_two_faults_the_earlier_answers() {
    let (mut pairs, mut wrong) = (0, Vec::new());
    for (case, faults) in cases() {
        for (at, first) in faults.iter().enumerate() {
            for second in faults.iter().skip(at + 1).filter(|second| first.goes_with(second)) {
                let got = answer(&case, &[first, second]);
                let (one, two) = (first.says, second.says);
                if !got.starts_with(first.answer) {
                    wrong.push(format!("{}, {one} and {two}: {got}", case.operation));
                }
                pairs += 1;
            }
        }
    }
    println!("{pairs} pairs of faults");
    assert_eq!(wrong, Vec::<String>::new());
    assert!(pairs > 300, "{pairs}");
}

#[test]
fn the_page_lists_the_order() {
    let mut page = String::from(include_str!("precedence/head.md"));
    for (case, faults) in cases() {
        writeln!(page, "\n## {}\n\n| | What is wrong | Answer | Rule |\n|---:|---|---|---|", case.operation)
            .unwrap();
        for (number, fault) in faults.iter().enumerate() {
            let (answer, rule) = fault.answer.split_once(" (").expect("an answer with a rule");
            writeln!(page, "| {} | {} | {answer} | {rule} |", number + 1, fault.says).unwrap();
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/precedence.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap_or_default(),
        page,
        "UPDATE=1 cargo test --test precedence"
    );
}

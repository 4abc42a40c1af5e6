//! Of two faults in one call, the earlier answers.
//!
//! For each operation there is a call that is accepted, and a list of faults in the order in which the checks run. Each
//! fault alone gives the answer that it names; any two together give the answer of the earlier one. The lists are
//! `docs/precedence.md`, which this test makes (`UPDATE=1`), so that the order stands in one place to be read.
//!
//! A fault is text, as in a scenario: commands that come before the call, or a parameter of the call that is replaced.
//!
//! That no list lacks a fault is a test too: what any scenario and many random sequences are refused for, and what each
//! parameter is refused for when it is spoilt, must be in the list of its operation, or among [`LEFT_OUT`] with a reason.

mod cases;
mod codes;
mod complete;
mod drills;
mod gateway;
mod groups;
mod networks;
mod parameters;
mod polardb;

use std::collections::BTreeSet;
use std::fmt::Write;

use failover_model::scenario;
use failover_model::{Operation, Product};

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
    pub answer: String,
    /// What the message names besides.
    pub naming: String,
    /// What is wrong, in words.
    pub says: String,
    /// All of these together.
    pub how: Vec<How>,
    /// Whether it is found by reading the call, without a look at any resource.
    pub is_read: bool,
    /// The rules of faults that are not there beside this one, since it changes what they are about.
    pub apart: &'static [&'static str],
}

#[derive(Clone, PartialEq)]
pub enum How {
    /// Commands after the stage.
    Before(&'static str),
    /// A policy, in force from the beginning.
    Policy(&'static str),
    /// A parameter gets this value; without one it goes.
    Parameter(&'static str, Option<&'static str>),
    /// The token was used by the other call.
    Used,
    /// The other call has a token, and this one another.
    Crowded,
}

impl How {
    /// Whether two faults can be had together. They cannot if both want one parameter; and a token is used in one region,
    /// so elsewhere it is new.
    fn goes_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Parameter(one, _), Self::Parameter(two, _)) => one != two,
            (Self::Used | Self::Crowded, how) | (how, Self::Used | Self::Crowded) => {
                !matches!(how, Self::Used | Self::Crowded | Self::Parameter("ClientToken" | "RegionId", _))
            }
            _ => true,
        }
    }
}

impl Fault {
    pub fn apart(self, apart: &'static [&'static str]) -> Self {
        Self { apart, ..self }
    }

    fn goes_with(&self, other: &Self) -> bool {
        let together = self.how.iter().all(|one| other.how.iter().all(|two| one.goes_with(two)));
        together && !self.apart.contains(&other.rule()) && !other.apart.contains(&self.rule())
    }

    /// Whether this is its answer. What does not follow from the status may choose the row of the table.
    fn is_answered(&self, answer: &str) -> bool {
        let rule = answer.split('(').nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
        let code = self.answer.split('(').next().unwrap_or_default();
        let same = complete::class(rule) == complete::class(self.rule());
        answer.starts_with(code) && same && answer.contains(&self.naming)
    }

    fn comes_before(&self) -> bool {
        self.how.iter().any(|how| matches!(how, How::Before(_) | How::Used | How::Crowded))
    }

    /// The number of its rule.
    pub fn rule(&self) -> &str {
        self.answer.rsplit('(').next().unwrap_or_default()
    }
}

pub fn fault(answer: &str, says: &str, how: How) -> Fault {
    together(answer, says, vec![how])
}

pub fn together(answer: &str, says: &str, how: Vec<How>) -> Fault {
    Fault { answer: answer.into(), naming: String::new(), says: says.into(), how, is_read: false, apart: &[] }
}

pub fn operation(case: &Case) -> Operation {
    serde_json::from_value(case.operation.into()).expect("an operation")
}

const GRAPHIC: How = How::Policy(r#"{"tokens":{"alphabet":"graphic"}}"#);

const ONE_TOKEN: How = How::Policy(r#"{"tokens":{"capacity":1}}"#);

/// The faults that every operation has, before its own: they need no look at any resource.
fn common(case: &Case) -> Vec<Fault> {
    let operation = operation(case);
    let ebs = operation.product() == Product::Ebs;
    let version = How::Parameter("Version", Some("2000-01-01"));
    let two = fault("400 InvalidParameter (W-014", "two versions are named", version);
    let mut faults = vec![Fault { is_read: true, ..two }];
    faults.extend(parameters::faults(case));
    if !operation.takes_token() {
        return faults;
    }
    let bad = if ebs { "400 InvalidParameter (E-601" } else { "400 InvalidClientToken.Malformed (P-601" };
    let token = |text| How::Parameter("ClientToken", Some(text));
    faults.push(together(
        bad,
        "a token with a character that the policy does not admit",
        vec![GRAPHIC, token("a\u{1}b")],
    ));
    if !case.other.is_empty() {
        faults.push(fault(
            "400 IdempotentParameterMismatch (T-090",
            "a token that another request has used",
            How::Used,
        ));
        faults.push(together(
            "503 ServiceUnavailable (T-180",
            "a new token, where the policy admits no more and forgets none",
            vec![ONE_TOKEN, How::Crowded],
        ));
    }
    faults
}

/// A policy over another.
fn merge(base: &mut serde_json::Value, over: serde_json::Value) {
    match (base, over) {
        (serde_json::Value::Object(base), serde_json::Value::Object(over)) => {
            for (name, value) in over {
                merge(base.entry(name).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

/// The answer to the call after the stage and the faults. `None` if a command before it is refused: then the fault that
/// it was to bring about is not there.
fn answer(case: &Case, faults: &[&Fault]) -> Option<String> {
    let mut call: Vec<(String, String)> = vec![];
    for (name, value) in case.call.split_whitespace().map(|pair| pair.split_once('=').expect("name=value")) {
        call.push((name.into(), value.into()));
    }
    let (mut policy, mut before) = (serde_json::Value::Null, String::new());
    for how in faults.iter().flat_map(|fault| &fault.how) {
        match how {
            How::Policy(text) => {
                if policy.is_null() {
                    policy = serde_json::json!({});
                }
                merge(&mut policy, serde_json::from_str(text).expect("a policy"));
            }
            How::Before(commands) => {
                before.push_str(commands.trim_end());
                before.push('\n');
            }
            How::Parameter(name, value) => {
                call.retain(|(known, _)| known != name);
                call.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
            }
            How::Used | How::Crowded => {
                writeln!(before, "call {} {} ClientToken=T", operation(case), case.other).unwrap();
                let token = if *how == How::Used { "T" } else { "N" };
                call.push(("ClientToken".into(), token.into()));
            }
        }
    }
    let mut text = String::new();
    if !policy.is_null() {
        writeln!(text, "policy {policy}\n----\n").unwrap();
    }
    // What is only read needs no stage.
    let stage =
        if faults.iter().all(|fault| fault.is_read) && !faults.is_empty() { "" } else { &*case.stage };
    if !stage.is_empty() || !before.is_empty() {
        writeln!(text, "{stage}{before}----\n").unwrap();
    }
    let call: Vec<String> = call.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    writeln!(text, "call {} {}\n----\n", operation(case), call.join(" ")).unwrap();
    let told = scenario::replay(&text).unwrap_or_else(|bad| panic!("{bad} in\n{text}"));
    let mut blocks = told.rsplit("----\n");
    let last = blocks.next().unwrap_or_default();
    let refused = |line: &str| line.starts_with("misuse") || is_refusal(line);
    let brought_about = blocks.next().is_none_or(|block| !block.lines().any(refused));
    brought_about.then(|| last.lines().next().unwrap_or_default().to_owned())
}

/// Whether a line is a refusal as a scenario tells it.
pub fn is_refusal(line: &str) -> bool {
    let status = line.get(..4).unwrap_or_default();
    matches!(status.as_bytes(), [b'4' | b'5', one, two, b' '] if one.is_ascii_digit() && two.is_ascii_digit())
        && line.contains('(')
}

pub fn cases() -> Vec<(Case, Vec<Fault>)> {
    let cases = cases::all().into_iter().chain(groups::all()).chain(drills::all()).chain(polardb::all());
    cases
        .map(|case| {
            let faults: Vec<Fault> = common(&case).into_iter().chain(case.faults.iter().cloned()).collect();
            (case, faults)
        })
        .collect()
}

#[test]
fn every_operation_has_its_list() {
    let listed: BTreeSet<Operation> = cases().iter().map(|(case, _)| operation(case)).collect();
    let all: BTreeSet<Operation> = Operation::ALL.iter().copied().collect();
    assert_eq!(listed, all);
}

#[test]
fn a_call_without_a_fault_is_accepted_and_each_fault_alone_gives_its_answer() {
    let mut wrong = Vec::new();
    for (case, faults) in cases() {
        let none = answer(&case, &[]).unwrap_or_else(|| "its stage is refused".into());
        if !none.starts_with("200") {
            wrong.push(format!("{}: {none}", case.operation));
        }
        for fault in &faults {
            let got = answer(&case, &[fault]).unwrap_or_else(|| "it is not brought about".into());
            if !fault.is_answered(&got) {
                wrong.push(format!("{}, {}: {got}, not {}", case.operation, fault.says, fault.answer));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where both have one and the same answer, it does not tell which of them came first; such pairs count for nothing.
#[test]
fn of_two_faults_the_earlier_answers() {
    let (mut pairs, mut alike, mut wrong, mut apart) = (0, 0, Vec::new(), Vec::new());
    for (case, faults) in cases() {
        let alone: Vec<String> = faults.iter().filter_map(|fault| answer(&case, &[fault])).collect();
        let faults: Vec<(&Fault, &String)> = faults.iter().zip(&alone).collect();
        for (at, (first, its)) in faults.iter().enumerate() {
            // What is only read is answered to the letter, whatever else is wrong; else the state may choose the rule.
            let answers_first =
                |got: &String| if first.is_read { got == *its } else { first.is_answered(got) };
            for (second, other) in faults.iter().skip(at + 1).filter(|(second, _)| first.goes_with(second)) {
                let (one, two) = (&first.says, &second.says);
                if its == other {
                    alike += 1;
                    continue;
                }
                if answers_first(other) {
                    wrong.push(format!("{}, {one} and {two} are not told apart: {other}", case.operation));
                }
                // What brings one about may forbid what brings the other about, but for another order of the two.
                let both_ways = first.comes_before() && second.comes_before();
                let orders = [[*first, *second], [*second, *first]];
                let orders = if both_ways { &orders[..] } else { &orders[..1] };
                let answers: Vec<String> = orders.iter().filter_map(|both| answer(&case, both)).collect();
                if answers.is_empty() {
                    apart.push(format!("{}, {one} and {two}", case.operation));
                    continue;
                }
                for got in answers.iter().filter(|got| !answers_first(got)) {
                    wrong.push(format!("{}, {one} and {two}: {got}", case.operation));
                }
                pairs += 1;
            }
        }
    }
    println!("{pairs} pairs of faults, {alike} whose answers are one; never together:\n{}", apart.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((pairs, alike, apart.len()), (6_922, 25, 13), "pin them anew if a list was meant to change");
}

/// The rows of the page: what is wrong with one parameter, missing or not valid, is one. A code that the vendor does not
/// list for the operation has a star.
fn rows(operation: Operation, faults: &[Fault]) -> Vec<(String, String, String)> {
    let mut rows: Vec<(String, String, String)> = Vec::new();
    for fault in faults {
        let (answer, rule) = fault.answer.split_once(" (").expect("an answer with a rule");
        let listed = operation.listed_codes().any(|(code, _)| answer.ends_with(&format!(" {code}")));
        let answer = &*if listed { answer.to_owned() } else { format!("{answer}\\*") };
        let of_it = fault.says.strip_suffix(" is not valid").map(|name| format!("{name} is missing"));
        match rows.last_mut() {
            Some((says, answers, rules)) if Some(&*says) == of_it.as_ref() => {
                says.push_str(" or not valid");
                answers.push_str(", ");
                answers.push_str(answer);
                rules.push_str(", ");
                rules.push_str(rule);
            }
            _ => rows.push((fault.says.clone(), answer.into(), rule.into())),
        }
    }
    rows
}

#[test]
fn the_page_lists_the_order() {
    let mut page = String::from(include_str!("head.md"));
    for (case, faults) in cases() {
        writeln!(page, "\n## {}\n\n| | What is wrong | Answer | Rule |\n|---:|---|---|---|", case.operation)
            .unwrap();
        for (number, (says, answer, rule)) in rows(operation(&case), &faults).iter().enumerate() {
            writeln!(page, "| {} | {says} | {answer} | {rule} |", number + 1).unwrap();
        }
    }
    crate::pages::compare("docs/precedence.md", &page);
}

//! Of two faults in one call, the earlier answers.
//!
//! For each operation there is a call that is accepted, and a list of faults in the order in which the checks run. Each
//! fault alone gives the answer that it names; any two together give the answer of the earlier one. The lists are
//! `docs/precedence.md`, which this test makes, so that the order stands in one place to be read.
//!
//! A fault is text, as in a scenario: commands that come before the call, or a parameter of the call that is replaced.
//!
//! That no list lacks a fault is tested too: by rule and by the rows of the tables in [`complete`], by the conditions in the
//! source in [`conditions`].

mod cases;
mod codes;
mod complete;
mod conditions;
mod drills;
mod gateway;
mod groups;
mod labels;
mod networks;
mod nodes;
mod parameters;
mod polardb;
mod standby;

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
    /// The token was used by another operation.
    Shared,
    /// The other call has a token, and this one another.
    Crowded,
}

/// The account that calls where a call must not be that of the owner.
pub const STRANGER: &str = "2000000000000000";

impl How {
    /// Whether two faults can be had together. They cannot if both want one parameter; and a token is used in one region
    /// and by one account, so elsewhere it is new.
    fn goes_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Parameter(one, _), Self::Parameter(two, _)) => one != two,
            (Self::Used | Self::Shared | Self::Crowded, how)
            | (how, Self::Used | Self::Shared | Self::Crowded) => !matches!(
                how,
                Self::Used
                    | Self::Shared
                    | Self::Crowded
                    | Self::Parameter("ClientToken" | "RegionId" | "by", _)
            ),
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
        // What is refused for a status has one.
        let of = complete::class(self.rule());
        let one_status = of != self.rule() && of == complete::class(other.rule());
        // What is not known is nobody's.
        let foreign = |fault: &Self| fault.how.contains(&How::Parameter("by", Some(STRANGER)));
        let nobodys = |one: &Self, two: &Self| one.says.ends_with(UNKNOWN) && foreign(two);
        let one_look_up = self.rule() == other.rule() && (nobodys(self, other) || nobodys(other, self));
        let apart = self.apart.contains(&other.rule()) || other.apart.contains(&self.rule());
        together && !one_status && !one_look_up && !apart
    }

    /// Whether this is its answer. What does not follow from the status may choose the row of the table.
    fn is_answered(&self, answer: &str) -> bool {
        let rule = answer.split('(').nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
        let code = self.answer.split('(').next().unwrap_or_default();
        let same = complete::class(rule) == complete::class(self.rule());
        answer.starts_with(code) && same && answer.contains(&self.naming)
    }

    fn comes_before(&self) -> bool {
        self.how.iter().any(|how| matches!(how, How::Before(_) | How::Used | How::Shared | How::Crowded))
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

const ONE_SCOPE: How = How::Policy(r#"{"tokens":{"scope":"product"}}"#);

/// A call of another operation with the token, in the region of this one: the creation of something beside.
fn shared(case: &Case) -> String {
    let region = case.call.split_whitespace().find_map(|pair| pair.strip_prefix("RegionId="));
    let call = match (operation(case).product(), case.operation) {
        (Product::PolarDb, "CreateDBNodes") => {
            "DeleteDBNodes DBClusterId=pc-2 DBNodeId.1=pi-f fresh=order:o-31".into()
        }
        (Product::PolarDb, _) => {
            "CreateDBNodes DBClusterId=pc-4 DBNode.1.TargetClass=polar.mysql.x4.large fresh=nodes:pi-31"
                .into()
        }
        (Product::Ebs, of) => {
            let (region, other) = match region {
                Some("cn-beijing") => ("cn-beijing", "cn-shanghai"),
                _ => ("cn-shanghai", "cn-beijing"),
            };
            let places = format!(
                "RegionId={region} SourceZoneId={region}-x DestinationRegionId={other} DestinationZoneId={other}-x"
            );
            match of {
                "CreateDiskReplicaGroup" => {
                    format!("CreateDiskReplicaPair {places} DiskId=s-31 DestinationDiskId=t-31 fresh=pair-31")
                }
                _ => format!("CreateDiskReplicaGroup {places} fresh=pg-31"),
            }
        }
    };
    format!("call {call} ClientToken=T\n")
}

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
            "400 IdempotentParameterMismatch (T-090",
            "a token that another operation has used, where policy has one scope for the product",
            vec![ONE_SCOPE, How::Shared],
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
            How::Shared => {
                before.push_str(&shared(case));
                call.push(("ClientToken".into(), "T".into()));
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

const UNKNOWN: &str = " that is not known";

pub fn cases() -> Vec<(Case, Vec<Fault>)> {
    let cases = cases::all().into_iter().chain(groups::all()).chain(drills::all()).chain(polardb::all());
    cases
        .map(|case| {
            let faults = common(&case).into_iter().chain(case.faults.iter().cloned());
            let mut faults: Vec<Fault> = faults.collect();
            // What is looked up first is looked up in the account that calls.
            let unknown = |fault: &Fault| fault.says.ends_with(UNKNOWN);
            if let Some(at) = faults.iter().position(unknown) {
                let says = faults[at].says.replace(UNKNOWN, " of another account");
                let foreign = fault(&faults[at].answer, &says, How::Parameter("by", Some(STRANGER)));
                faults.insert(at + 1, foreign);
            }
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
            // Alone, it gives the rule itself and not another of the same table.
            if !fault.is_answered(&got) || !got.contains(&format!("({},", fault.rule())) {
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
    assert_eq!((pairs, alike, apart.len()), (9_517, 73, 46), "pin them anew if a list was meant to change");
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

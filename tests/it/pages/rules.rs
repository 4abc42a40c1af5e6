//! The pages that reviewers read are made from the rows that the model runs on.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};
use std::fs;

use failover_model::catalogue;
use failover_model::ebs::{
    GroupEvent, GroupLifecycle, GroupStatus, PairEvent, PairLifecycle, PairStatus, shown_by,
};
use failover_model::lifecycle::{Enumerated, Row, Verdict};
use failover_model::polardb::{FAILOVER_TRANSITIONS, FailoverTransition};
use failover_model::policy::{EbsPolicy, Policy, READINGS};
use failover_model::{Basis, Rule};

use super::{compare, root};

fn counts(rules: &[Rule]) -> String {
    let count = |basis| rules.iter().filter(|rule| rule.basis == basis).count();
    format!(
        "{} rules: {} documented, {} carried over from a sibling, {} inferred",
        rules.len(),
        count(Basis::Documented),
        count(Basis::Sibling),
        count(Basis::Inferred)
    )
}

/// A source whose links to sections can be followed.
fn linked(source: &str) -> String {
    let word = |word: &str| {
        let link = word.trim_end_matches([',', ';', '.', ')']);
        let rest = &word[link.len()..];
        if link.contains(".md#") { format!("[{link}]({link}){rest}") } else { word.to_owned() }
    };
    source.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn rules_page() -> String {
    let rules = catalogue::rules();
    let mut page = String::from(
        "# Rules\n\nMade from the rows in `src/`. **Documented**: the vendor says so for this operation. **Sibling**: \
         the vendor says so for a\nsibling operation or product. **Inferred**: no source says so; the evidence is given. \
         Where a rule is contested, the other\nreading is a policy field ([policies](policies.md)). Sources are\nlinks to what the vendor's \
         pages, SDKs and metadata say, and to what is inferred from them.\n\n",
    );
    writeln!(page, "{}.\n", counts(&rules)).unwrap();
    let families = [
        ('C', "Calls"),
        ('E', "EBS replication pairs"),
        ('G', "EBS consistent groups"),
        ('D', "EBS drills"),
        ('P', "PolarDB clusters"),
        ('T', "Idempotency tokens"),
        ('W', "Gateway"),
    ];
    for (family, title) in families {
        writeln!(page, "## {title}\n\n| Rule | Says | Basis | Source |\n|---|---|---|---|").unwrap();
        for rule in rules.iter().filter(|rule| rule.id.as_str().starts_with(family)) {
            let source = linked(rule.source);
            writeln!(page, "| {} | {} | {} | {source} |", rule.id, rule.says, rule.basis).unwrap();
        }
        page.push('\n');
    }
    page.push_str("## The pair table\n\nEach cell is the row that decides. A status: the pair moves there. `=`: accepted, nothing changes. A number alone:\nrefused. A star: another reading exists as policy.\n\n");
    push_table(&mut page, PairLifecycle::lookup);
    page.push_str("## The group table\n\nRead likewise. It is asked with the status that the group shows; outcomes and the clock with its own.\n\n");
    push_table(&mut page, GroupLifecycle::lookup);
    page.push_str(&members_table());
    page.push_str(&failover_table());
    page.trim_end().to_owned() + "\n"
}

/// The table of a lifecycle, six events at a time.
fn push_table<S: Enumerated + Display, E: Enumerated>(
    page: &mut String,
    lookup: fn(S, E) -> &'static Row<S, E, EbsPolicy>,
) {
    for events in E::ALL.chunks(6) {
        let names: Vec<String> = events.iter().map(|event| format!("{event:?}")).collect();
        writeln!(page, "| Status | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len())).unwrap();
        for status in S::ALL {
            let cells: Vec<String> = events.iter().map(|event| cell(lookup(*status, *event))).collect();
            writeln!(page, "| `{status}` | {} |", cells.join(" | ")).unwrap();
        }
        page.push('\n');
    }
}

fn cell<S: Enumerated + Display, E: Enumerated>(row: &Row<S, E, EbsPolicy>) -> String {
    let star = if row.unless.is_empty() { "" } else { "\\*" };
    match row.then {
        Verdict::Move(to) => format!("`{to}` {}{star}", row.rule),
        Verdict::NoOp => format!("= {}{star}", row.rule),
        Verdict::Refuse => format!("{}{star}", row.rule),
    }
}

/// What members show, for each status of their group.
fn members_table() -> String {
    let mut page = String::from(
        "## What members show\n\nFor each own status of a group the statuses in which its members rest, with the rule; an \
         invalid member stays so\n(G-402).\n\n| Group | Members |\n|---|---|\n",
    );
    for group in GroupStatus::ALL {
        let resting = PairStatus::ALL.iter().filter_map(|pair| {
            let (rule, shown) = shown_by(*group, *pair)?;
            (shown == *pair && *pair != PairStatus::Invalid).then(|| format!("`{pair}` {rule}"))
        });
        let members: Vec<String> = resting.collect();
        writeln!(page, "| `{group}` | {} |", members.join(", ")).unwrap();
    }
    page
}

/// What follows what in one failover of a cluster.
fn failover_table() -> String {
    let mut page = String::from(
        "\n## The failover table\n\nWhat follows what in one failover of a cluster. A node that was not offered leaves the choice \
         open; an outcome of any effect but\nthe pending one is not taken.\n\n| From | On | When | To | Rule |\n|---|---|---|---|---|\n",
    );
    for FailoverTransition { from, on, when, to, rule } in FAILOVER_TRANSITIONS {
        let (from, to) = (from.as_str(), to.as_str());
        writeln!(page, "| `{from}` | {} | {when} | `{to}` | {rule} |", on.as_str()).unwrap();
    }
    page
}

fn failover_diagram() -> String {
    let mut page =
        String::from("\n## A failover of a cluster\n\n```mermaid\nstateDiagram-v2\n    [*] --> idle\n");
    for FailoverTransition { from, on, when, to, rule } in FAILOVER_TRANSITIONS {
        let when = if when.is_empty() { String::new() } else { format!(", {when}") };
        writeln!(page, "    {} --> {} : {}{when} {rule}", from.as_str(), to.as_str(), on.as_str()).unwrap();
    }
    page + "    over --> [*]\n```\n"
}

fn diagrams_page() -> String {
    let mut page = String::from(
        "# Diagrams\n\nMade from the tables of pairs, groups and failovers, one for each story. Every arrow bears the number of its \
         row.\n",
    );
    let stories: [(&str, &[PairEvent]); 4] = [
        (
            "Replication",
            &[
                PairEvent::CreateSucceeded,
                PairEvent::CreateFailed,
                PairEvent::StartFirst,
                PairEvent::StartAgain,
                PairEvent::StartOneShot,
                PairEvent::CopySucceeded,
                PairEvent::CopyFailed,
                PairEvent::CycleDue,
                PairEvent::Stop,
                PairEvent::StopSucceeded,
                PairEvent::StopFailed,
            ],
        ),
        ("Failover", &[PairEvent::Failover, PairEvent::FailoverSucceeded, PairEvent::FailoverFailed]),
        ("Reprotect", &[PairEvent::Reprotect, PairEvent::ReprotectSucceeded, PairEvent::ReprotectFailed]),
        ("Delete", &[PairEvent::Delete, PairEvent::DeleteSucceeded, PairEvent::DeleteFailed]),
    ];
    for (title, events) in stories {
        push_diagram(&mut page, title, events, PairLifecycle::ROWS);
    }
    let stories: [(&str, &[GroupEvent]); 4] = [
        (
            "Group: replication",
            &[
                GroupEvent::CreateSucceeded,
                GroupEvent::CreateFailed,
                GroupEvent::Start,
                GroupEvent::StartOneShot,
                GroupEvent::RoundSucceeded,
                GroupEvent::RoundFailed,
                GroupEvent::CycleDue,
                GroupEvent::Stop,
                GroupEvent::StopSucceeded,
                GroupEvent::StopFailed,
            ],
        ),
        (
            "Group: failover",
            &[GroupEvent::Failover, GroupEvent::FailoverSucceeded, GroupEvent::FailoverFailed],
        ),
        (
            "Group: reprotect",
            &[GroupEvent::Reprotect, GroupEvent::ReprotectSucceeded, GroupEvent::ReprotectFailed],
        ),
        ("Group: delete", &[GroupEvent::Delete, GroupEvent::DeleteSucceeded, GroupEvent::DeleteFailed]),
    ];
    for (title, events) in stories {
        push_diagram(&mut page, title, events, GroupLifecycle::ROWS);
    }
    page + &failover_diagram()
}

/// The arrows of these events.
fn push_diagram<S: Enumerated + Display, E: Enumerated>(
    page: &mut String,
    title: &str,
    events: &[E],
    rows: &[Row<S, E, EbsPolicy>],
) {
    write!(page, "\n## {title}\n\n```mermaid\nstateDiagram-v2\n").unwrap();
    for row in rows {
        let Verdict::Move(to) = row.then else { continue };
        for event in row.on.iter().filter(|event| events.contains(event)) {
            for from in row.from.iter() {
                writeln!(page, "    {from} --> {to} : {event:?} {}", row.rule).unwrap();
            }
        }
    }
    page.push_str("```\n");
}

#[test]
fn a_rule_is_shown_by_its_number_alone() {
    let id = catalogue::rules()[0].id;
    assert_eq!((format!("{id}"), format!("{id:?}")), ("C-010".to_owned(), "C-010".to_owned()));
}

#[test]
fn the_rules_page_is_made_from_the_rows() {
    compare("docs/rules.md", &rules_page());
}

#[test]
fn the_diagrams_are_made_from_the_rows() {
    compare("docs/diagrams.md", &diagrams_page());
}

#[test]
fn the_readme_counts_the_rules_as_they_are() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let counted = counts(&catalogue::rules());
    assert!(readme.contains(&counted), "README.md does not say: {counted}");
}

/// The part of the page that is made from the rows; what follows it is kept.
fn policies_page() -> String {
    let mut page = String::from(
        "# Policies\n\nMade from the rows in `src/policy.rs`. Every contested reading is a field of `Policy`. The default is \
         the reading with the\nbetter evidence; each alternative is one that the sources also support. In JSON, and so in the \
         emulator's `--policy FILE` and\n`PUT policy`, a policy is an object of three sections; fields left out keep their \
         defaults.\n\n| Field | Decides | Default | Alternatives | Source |\n|---|---|---|---|---|\n",
    );
    let defaults = serde_json::to_value(Policy::default()).unwrap();
    for reading in READINGS {
        let (section, field) = reading.name;
        let default = match &defaults[section][field] {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Null => "null".to_owned(),
            other => other.to_string(),
        };
        // As JSON has it: each value in turn, put into the policy.
        let values: Vec<String> = (0..reading.values.len())
            .map(|index| {
                let mut policy = Policy::default();
                (reading.set)(&mut policy, index);
                assert_eq!((reading.get)(&policy), index, "{field}");
                let name = serde_json::to_value(&policy).unwrap()[section][field].clone();
                format!("`{}`: {}", name.as_str().unwrap(), reading.values[index].says.trim())
            })
            .collect();
        let (first, others) = match values.split_first() {
            Some((first, others)) => (first.clone(), others.join("<br>")),
            None => (format!("`{default}`"), String::new()),
        };
        assert!(first.starts_with(&format!("`{default}`")), "{field}");
        let (says, source) = (reading.says.trim(), reading.source);
        writeln!(page, "| `{section}.{field}` | {says} | {first} | {others} | [{source}]({source}) |")
            .unwrap();
    }
    page + "\n"
}

#[test]
fn the_policies_page_is_made_from_the_rows() {
    let page = fs::read_to_string(root().join("docs/policies.md")).unwrap_or_default();
    let rest = page.find("A policy can be changed at any time").map_or("", |at| &page[at..]);
    compare("docs/policies.md", &(policies_page() + rest));
}

#[test]
fn every_policy_field_is_a_reading() {
    let policy = serde_json::to_value(Policy::default()).unwrap();
    let fields: Vec<(&str, &str)> = policy
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(section, fields)| {
            fields.as_object().unwrap().keys().map(move |field| (&**section, &**field))
        })
        .collect();
    let readings: BTreeSet<(&str, &str)> = READINGS.iter().map(|reading| reading.name).collect();
    assert_eq!(readings, fields.into_iter().collect());
    assert_eq!(readings.len(), READINGS.len());
}

/// An index that no value has changes nothing, and a number or a set is never changed by one.
#[test]
fn a_reading_is_set_by_its_index_alone() {
    for reading in READINGS {
        let mut policy = Policy::default();
        (reading.set)(&mut policy, reading.values.len().max(1));
        assert_eq!(policy, Policy::default(), "{:?}", reading.name);
        for index in 0..reading.values.len() {
            (reading.set)(&mut policy, index);
            assert_eq!(policy == Policy::default(), index == 0, "{:?}", reading.name);
        }
    }
}

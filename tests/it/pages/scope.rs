//! `docs/scope.md` names what is modelled, and of the vendor's other operations all that are about failover, high
//! availability and replication.

use std::collections::BTreeSet;
use std::fs;

use failover_model::{Operation, Product};

use super::root;

/// The actions of the newest SDKs that are not modelled, and how scope calls the product.
fn others() -> [(&'static str, BTreeSet<&'static str>); 2] {
    let ebs = include_str!("../../../src/wire/actions-ebs.txt");
    let polardb = include_str!("../../../src/wire/actions-polardb.txt");
    [("EBS", Product::Ebs, ebs), ("PolarDB", Product::PolarDb, polardb)].map(|(name, product, all)| {
        let modelled = |action: &&str| Operation::find(product, action).is_some();
        (name, all.split_ascii_whitespace().filter(|action| !modelled(action)).collect())
    })
}

/// The words in backquotes of each row of a section whose first cell begins so.
fn rows(section: &str, begin: &str) -> BTreeSet<String> {
    let scope = fs::read_to_string(root().join("docs/scope.md")).unwrap();
    let section = scope.split(&format!("## {section}\n")).nth(1).expect("the section is there").to_owned();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with(begin));
    let names = rows.flat_map(|row| row.split(" | ").nth(1).unwrap().split('`').skip(1).step_by(2));
    names.map(ToOwned::to_owned).collect()
}

#[test]
fn what_is_modelled_is_named() {
    for (product, begin) in [(Product::Ebs, "| `ebs`"), (Product::PolarDb, "| `polardb`")] {
        let modelled = Operation::ALL.iter().filter(|operation| operation.product() == product);
        let modelled: BTreeSet<String> = modelled.map(ToString::to_string).collect();
        assert_eq!(rows("Modelled", begin), modelled);
    }
}

/// Families that are about something else, whatever their names share with the words below.
const ELSEWHERE: [&str; 16] = [
    "Account",
    "Agentic",
    "Application",
    "AITask",
    "AIDB",
    "Batch",
    "Claw",
    "Gateway",
    "KB",
    "KnowledgeBase",
    "License",
    "PolarAgent",
    "PolarFs",
    "VSwitch",
    "Lens",
    "Rds",
];

/// Words of failover, high availability and replication, and of what they move.
const WORDS: [&str; 24] = [
    "Arch",
    "Backup",
    "Drill",
    "Endpoint",
    "Event",
    "Failover",
    "GlobalData",
    "HA",
    "Maint",
    "Migration",
    "Node",
    "Primary",
    "Recover",
    "Replica",
    "Restart",
    "Restore",
    "Schedule",
    "Serverless",
    "Snapshot",
    "Standby",
    "Switch",
    "Sync",
    "Task",
    "Upgrade",
];

#[test]
fn no_operation_about_failover_is_left_out_in_silence() {
    for (product, others) in others() {
        let named = rows("Operations left out", &format!("| {product} |"));
        let unknown: Vec<&String> = named.iter().filter(|name| !others.contains(name.as_str())).collect();
        assert!(unknown.is_empty(), "{product} has no {unknown:?}, or it is modelled");
        let about = |action: &&&str| {
            WORDS.iter().any(|word| action.contains(word))
                && !ELSEWHERE.iter().any(|word| action.contains(word))
        };
        let silent: Vec<&&str> =
            others.iter().filter(about).filter(|action| !named.contains(**action)).collect();
        assert!(silent.is_empty(), "{product}: {silent:?}");
    }
}

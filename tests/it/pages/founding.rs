//! The two founding documents, statement by statement: which rules implement each, and which tests and scenarios show those.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use failover_model::catalogue;

use super::{compare, index};

/// A statement: where in the document it stands, what it says in our words with the terms that one would search for, and the
/// rules that implement it; or, if it asks nothing of a model, why.
struct Statement {
    at: &'static str,
    says: &'static str,
    by: By,
}

enum By {
    Rules(&'static [&'static str]),
    Nothing(&'static str),
}

const fn rules(at: &'static str, says: &'static str, rules: &'static [&'static str]) -> Statement {
    Statement { at, says, by: By::Rules(rules) }
}

const fn nothing(at: &'static str, says: &'static str, why: &'static str) -> Statement {
    Statement { at, says, by: By::Nothing(why) }
}

const EXPLORER: Statement = nothing(
    "Debugging",
    "A web console calculates the signature value",
    "HTTP and signatures are the embedder's",
);

/// What both pages say of the token.
const TOKEN: &[Statement] = &[
    rules(
        "ClientToken",
        "An optional token from the client ensures the idempotence of the request",
        &["T-030", "T-070", "T-080", "C-020", "C-023"],
    ),
    rules("ClientToken", "It must be unique among different requests", &["T-090", "C-021"]),
    rules("ClientToken", "Only ASCII characters, at most 64 of them", &["C-010", "T-010", "T-050"]),
];

/// What the page of PolarDB says of it besides.
const CASE: &[Statement] = &[rules("ClientToken", "The token is case-sensitive", &["T-020"])];

/// What both pages say of the answer.
const ANSWER: &[Statement] = &[
    rules("RequestId", "The answer holds the ID of the request and nothing else", &["W-030"]),
    rules("Samples", "Success is 200 OK, as XML or as JSON", &["W-030"]),
];

const EBS: &[Statement] = &[
    rules(
        "Description",
        "Failover is a sub-feature of asynchronous replication and is asked for one replication pair",
        &["E-213"],
    ),
    rules(
        "Description",
        "When the primary disk fails, failover enables read and write permissions on the secondary disk",
        &["E-670", "E-671", "E-672"],
    ),
    rules(
        "Usage notes",
        "Async replication is supported in four regions: China (Shanghai), (Beijing), (Heyuan), (Chengdu)",
        &["E-010", "C-060"],
    ),
    rules(
        "Usage notes",
        "The pair cannot be in the state Invalid or Deleted",
        &["E-210", "E-213", "E-214", "E-215", "E-216"],
    ),
    rules(
        "Usage notes",
        "After the failover the pair is in the state Failovered",
        &["E-340", "G-340", "E-212"],
    ),
    EXPLORER,
    rules("Action", "The name of the operation, FailoverDiskReplicaPair", &["W-010", "W-014"]),
    rules(
        "RegionId",
        "The region ID of the secondary disk; DescribeDiskReplicaPairs tells it",
        &["E-621", "E-691"],
    ),
    rules(
        "RegionId",
        "Failover must be enabled from the region where the secondary disk is located",
        &["E-620", "E-621"],
    ),
    rules("ReplicaPairId", "The ID of the replication pair is required", &["E-610", "W-021"]),
];

const POLARDB: &[Statement] = &[
    rules(
        "Description",
        "A failover switches between the primary node and a read-only node of a cluster",
        &["P-110", "P-160"],
    ),
    EXPLORER,
    rules("Action", "The name of the operation, FailoverDBCluster", &["W-010", "W-014"]),
    rules("DBClusterId", "The ID of the cluster is required", &["P-100", "W-021"]),
    rules(
        "TargetDBNodeId",
        "The ID of the read-only node that becomes the new primary node; DescribeDBClusters tells node IDs",
        &["P-103", "P-104", "P-140"],
    ),
    rules(
        "TargetDBNodeId",
        "Left empty, the system automatically selects a read-only node",
        &["P-110", "P-141", "P-142"],
    ),
    rules(
        "TargetDBNodeId",
        "Selected are one or more nodes that have the highest priority among the available read-only nodes",
        &["P-113", "P-114", "P-120", "P-130", "P-131", "P-142", "P-151", "P-152"],
    ),
    rules(
        "TargetDBNodeId",
        "If the switch to the first node fails due to network issues, abnormal replication status or other reasons, another read-only node is tried",
        &["P-132", "P-161"],
    ),
    rules(
        "TargetDBNodeId",
        "This goes on until the failover succeeds",
        &["P-132", "P-160", "P-170", "P-181", "P-183"],
    ),
    rules(
        "TargetDBNodeId",
        "Required for the O Edition (Oracle) and for PostgreSQL, optional for MySQL",
        &["P-102"],
    ),
];

#[test]
fn the_page_of_the_founding_documents_is_up_to_date() {
    let (tests, scenarios) = (index::tests(), index::scenarios());
    let known: BTreeSet<&str> = catalogue::rules().into_iter().map(|rule| rule.id.as_str()).collect();
    let mut page = String::from(
        "# The founding documents\n\nWhat the vendor's pages of the two founding operations say, statement by statement in the \
         order of the pages and in our words. For\neach: the [rules](rules.md) that implement it, and how many tests and \
         scenarios name one of them; [tests](tests.md) lists all.\n",
    );
    let documents: [(&str, &[&[Statement]]); 2] = [
        ("FailoverDiskReplicaPair", &[EBS, TOKEN, ANSWER]),
        ("FailoverDBCluster", &[POLARDB, TOKEN, CASE, ANSWER]),
    ];
    let mut listed = BTreeSet::new();
    for (title, statements) in documents {
        write!(
            page,
            "\n## {title}\n\n| Where | Statement | Rules | Tests | Scenarios |\n|---|---|---|---|---|\n"
        )
        .unwrap();
        for Statement { at, says, by } in statements.iter().copied().flatten() {
            let rules = match by {
                By::Nothing(why) => {
                    writeln!(page, "| {at} | {says} | none: {why} | | |").unwrap();
                    continue;
                }
                By::Rules(rules) => rules,
            };
            listed.extend(rules.iter().copied());
            let unknown: Vec<_> = rules.iter().filter(|rule| !known.contains(*rule)).collect();
            assert!(unknown.is_empty(), "{says}: there are no rules {unknown:?}");
            let of = |shown: &index::Shown| {
                rules.iter().filter_map(|rule| shown.get(*rule)).flatten().cloned().collect::<BTreeSet<_>>()
            };
            let (tests, scenarios) = (of(&tests), of(&scenarios));
            assert!(!tests.is_empty(), "no test shows: {says}");
            let first =
                scenarios.iter().take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ");
            let more = scenarios.len().saturating_sub(3);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            writeln!(page, "| {at} | {says} | {} | {} | {first}{more} |", rules.join(", "), tests.len())
                .unwrap();
        }
    }
    let founded = catalogue::rules().into_iter().filter(|rule| rule.source.starts_with("founding page"));
    let absent: Vec<&str> =
        founded.map(|rule| rule.id.as_str()).filter(|rule| !listed.contains(rule)).collect();
    assert!(absent.is_empty(), "rules from the founding pages that no statement names: {absent:?}");
    compare("docs/founding.md", &page);
}

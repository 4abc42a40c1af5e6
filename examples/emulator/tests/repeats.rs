//! Each cell of `docs/repeats.md` over HTTP: a failover, and a second call at a moment of the first.

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{Server, text};

const SOURCE: &str = "cn-shanghai";
const DESTINATION: &str = "cn-beijing";

/// A table of the page: its title, its moments, and its rows with a name each.
struct Table {
    title: String,
    moments: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

fn tables(page: &str) -> Vec<Table> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let table = |section: &str| {
        let (title, rest) = section.split_once('\n').expect("a title");
        let mut lines = rest.lines().filter(|line| line.starts_with('|'));
        let moments = cells(lines.next().expect("a head"))[1..].to_vec();
        let rows = lines.skip(1).map(|line| {
            let mut cells = cells(line);
            (cells.remove(0), cells)
        });
        Table { title: title.to_owned(), moments, rows: rows.collect() }
    };
    page.split("\n## ").skip(1).map(table).collect()
}

fn seed(server: &Server) {
    server.delete("state").done();
    let pair = |number: u32| {
        json!({
            "ReplicaPairId": format!("pair-{number}"), "Status": "normal", "LastRecoverPoint": 1_767_225_000,
            "SourceRegion": SOURCE, "SourceZoneId": "cn-shanghai-a", "SourceDiskId": format!("s-{number}"),
            "DestinationRegion": DESTINATION, "DestinationZoneId": "cn-beijing-b",
            "DestinationDiskId": format!("t-{number}"),
        })
    };
    let group = |number: u32, members: [&str; 2]| {
        json!({
            "ReplicaGroupId": format!("group-{number}"), "Status": "normal", "PairIds": members,
            "SourceRegionId": SOURCE, "SourceZoneId": "cn-shanghai-a",
            "DestinationRegionId": DESTINATION, "DestinationZoneId": "cn-beijing-b",
        })
    };
    let node = |id: &str, role: &str, priority: u8| json!({ "DBNodeId": id, "DBNodeRole": role, "FailoverPriority": priority });
    let nodes =
        [node("w", "Writer", 1), node("a", "Reader", 5), node("b", "Reader", 5), node("c", "Reader", 3)];
    let told = server.post(
        "seed",
        &json!({
            "ReplicaPairs": (1..=6).map(pair).collect::<Vec<_>>(),
            "ReplicaGroups": [group(1, ["pair-3", "pair-4"]), group(2, ["pair-5", "pair-6"])],
            "Clusters": [{ "DBClusterId": "pc-1", "RegionId": SOURCE, "DBType": "MySQL", "DBVersion": "8.0", "DBNodes": nodes }],
        }),
    );
    assert_eq!(told.ok()["left_out"], json!([]));
}

/// A call by what the page says of it.
fn call(server: &Server, title: &str, asked: &str, token: Option<&str>) -> String {
    let mut parameters = Vec::new();
    let pair = |id: &'static str, region| {
        ("FailoverDiskReplicaPair", vec![("RegionId", region), ("ReplicaPairId", id)])
    };
    let group = |id: &'static str| {
        ("FailoverDiskReplicaGroup", vec![("RegionId", DESTINATION), ("ReplicaGroupId", id)])
    };
    let cluster = |target: &'static str| {
        ("FailoverDBCluster", vec![("RegionId", SOURCE), ("DBClusterId", "pc-1"), ("TargetDBNodeId", target)])
    };
    let (action, asks) = match (title, asked) {
        ("Pairs", "at the other site") => pair("pair-1", SOURCE),
        ("Pairs", "another pair") => pair("pair-2", DESTINATION),
        ("Pairs", _) => pair("pair-1", DESTINATION),
        ("Groups", "a member alone") => pair("pair-3", DESTINATION),
        ("Groups", "another group") => group("group-2"),
        ("Groups", _) => group("group-1"),
        (_, "b is named") => cluster("b"),
        (_, "c is named") => cluster("c"),
        ("Clusters, with a named target", _) => cluster("a"),
        ("Clusters, without a target", _) => cluster(""),
        other => panic!("the page has {other:?}, which this test does not know"),
    };
    parameters.extend(asks);
    parameters.extend(token.map(|token| ("ClientToken", token)));
    // A failover may supersede an effect, so that their number says nothing.
    let outstanding = || {
        let effects = server.get("effects").ok()["effects"].as_array().expect("effects").clone();
        effects.iter().map(|effect| text(effect, "/id")).collect::<BTreeSet<String>>()
    };
    let before = outstanding();
    let version = if action == "FailoverDBCluster" { support::POLARDB } else { support::EBS };
    let answer = server.call(version, action, &parameters);
    let events = server.events("limit=20000");
    let event = events.iter().rfind(|event| event["kind"] == "call").expect("the call's event");
    let rule = text(event, "/rule");
    if answer.status != 200 {
        return format!("`{}` ({rule})", answer.code(answer.status));
    }
    let what = match (text(event, "/detail/outcome").as_str(), outstanding().is_subset(&before)) {
        ("replayed", _) => "as before",
        (_, false) => "begins",
        (_, true) => "nothing new",
    };
    format!("{what} ({rule})")
}

/// Ends what is outstanding: a is chosen first, and promotions and failovers end so.
fn end(server: &Server, outcome: &str) {
    while let Some(effect) = server.get("effects").ok()["effects"].get(0).cloned() {
        let ends = match effect.pointer("/detail/tier/0") {
            Some(first) => json!({ "outcome": "chosen", "node": first }),
            None => json!({ "outcome": outcome }),
        };
        end_one(server, &effect, &ends);
    }
}

fn end_one(server: &Server, effect: &Value, ends: &Value) {
    let ended = server.post(&format!("effects/{}", text(effect, "/id")), ends);
    assert!(ended.status < 300, "{} for {effect}", ended.body);
}

fn bring(server: &Server, moment: &str) {
    match moment {
        "a choice is pending" => {}
        "it is under way" => {
            let effect = server.get("effects").ok()["effects"][0].clone();
            if effect.pointer("/detail/tier").is_some() {
                end_one(server, &effect, &json!({ "outcome": "chosen", "node": "a" }));
            }
        }
        "it succeeded" => end(server, "succeeded"),
        "and the window is over" => {
            end(server, "succeeded");
            server.advance(600_000);
        }
        "and a day is over" => {
            end(server, "succeeded");
            server.advance(86_400_000);
        }
        "it failed" => end(server, "failed"),
        other => panic!("the page has a moment {other:?}, which this test does not know"),
    }
}

#[test]
fn every_cell_of_the_page_of_repeats_is_so_over_http() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/repeats.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let server = Server::start(&["--clock", "manual", "--seed", "7", "--transitions", "manual"]);
    let mut cells = 0;
    for Table { title, moments, rows } in tables(&page) {
        for (name, row) in rows {
            let (who, asked) = name.split_once(", ").unwrap_or((&name, "the same"));
            let token = match who {
                "repeated under its token" | "under its token" => Some("first"),
                "another caller" => Some("second"),
                "repeated without a token" => None,
                other => panic!("the page has {other:?}, which this test does not know"),
            };
            for (moment, wanted) in moments.iter().zip(row) {
                seed(&server);
                if moment != "the first was lost on its way" {
                    let began = call(&server, &title, "the same", token.map(|_| "first"));
                    assert!(began.starts_with("begins"), "{title}: {began}");
                    bring(&server, moment);
                }
                assert_eq!(call(&server, &title, asked, token), wanted, "{title}: {name}, {moment}");
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 5 * (5 + 5 + 7 + 6));
}

//! The status and operation matrices of pairs and groups, cell by cell over HTTP, against the library's own rows.
//!
//! Each cell is a server that has one pair or group seeded in that status, and one call. What is compared is what a
//! client and a reader of the feed see: the answer's code, the rule of the call's event, and the status afterwards.

mod support;

use failover_model::ebs::{GroupEvent, GroupLifecycle, GroupStatus, PairEvent, PairLifecycle, PairStatus};
use failover_model::lifecycle::Verdict;
use failover_model::policy::EbsPolicy;
use serde_json::{Value, json};
use support::{Server, text};

/// An event of the table, the action that causes it, and its parameters.
type Operation<E> = (E, &'static str, Vec<(&'static str, &'static str)>);

const PRODUCTION: &str = "cn-shanghai";
const BACKUP: &str = "cn-beijing";

fn pair(id: &str, status: &str, copied: bool) -> Value {
    json!({
        "ReplicaPairId": id, "Status": status, "LastRecoverPoint": copied.then_some(1_767_225_000),
        "SourceRegion": PRODUCTION, "SourceZoneId": "cn-shanghai-a", "SourceDiskId": format!("s-{id}"),
        "DestinationRegion": BACKUP, "DestinationZoneId": "cn-beijing-a", "DestinationDiskId": format!("t-{id}"),
    })
}

fn group(status: &str, members: &[&str]) -> Value {
    json!({
        "ReplicaGroupId": "pg-1", "Status": status, "PairIds": members,
        "SourceRegionId": PRODUCTION, "SourceZoneId": "cn-shanghai-a",
        "DestinationRegionId": BACKUP, "DestinationZoneId": "cn-beijing-a",
    })
}

fn seed(server: &Server, pairs: &[Value], groups: &[Value]) {
    assert!(can_seed(server, pairs, groups), "{pairs:?} {groups:?}");
}

/// Seeds what can be: no group without members has got to a status that needs them.
fn can_seed(server: &Server, pairs: &[Value], groups: &[Value]) -> bool {
    server.delete("state").done();
    let told = server.post("seed", &json!({ "ReplicaPairs": pairs, "ReplicaGroups": groups })).ok();
    told["left_out"] == json!([])
}

/// Makes a call; the answer's code (`OK` if accepted) and the rule that its event bears.
fn call(server: &Server, action: &str, parameters: &[(&str, &str)]) -> (String, String) {
    let answer = server.ebs(action, parameters);
    let code = if answer.status == 200 { "OK".to_owned() } else { text(&answer.json(), "/Code") };
    let events = server.events("limit=20000");
    let last = events.iter().rfind(|event| event["kind"] == "call").expect("the call's event");
    (code, text(last, "/rule"))
}

fn status(server: &Server, list: &str, key: &str, id: &str) -> Option<String> {
    let action = format!("Describe{list}");
    let answer = server.ebs(&action, &[("RegionId", PRODUCTION), (key, id)]).ok();
    let items = &answer[list.trim_start_matches("Disk")];
    items[0]["Status"].as_str().map(str::to_owned)
}

#[test]
fn every_cell_of_the_pair_matrix_is_what_its_row_says() {
    let server = Server::start(&["--clock", "manual", "--seed", "7", "--transitions", "manual"]);
    let policy = EbsPolicy::default();
    let id = ("ReplicaPairId", "pair-1");
    let (at_source, at_destination) = (("RegionId", PRODUCTION), ("RegionId", BACKUP));
    let (one_shot, name) = (("OneShot", "true"), ("PairName", "renamed"));
    let operations: [Operation<PairEvent>; 9] = [
        (PairEvent::StartFirst, "StartDiskReplicaPair", vec![at_source, id]),
        (PairEvent::StartAgain, "StartDiskReplicaPair", vec![at_source, id]),
        (PairEvent::StartOneShot, "StartDiskReplicaPair", vec![at_source, id, one_shot]),
        (PairEvent::Stop, "StopDiskReplicaPair", vec![at_source, id]),
        (PairEvent::Failover, "FailoverDiskReplicaPair", vec![at_destination, id]),
        (PairEvent::Reprotect, "ReprotectDiskReplicaPair", vec![at_destination, id]),
        (PairEvent::Delete, "DeleteDiskReplicaPair", vec![at_source, id]),
        (PairEvent::Modify, "ModifyDiskReplicaPair", vec![at_source, id, name]),
        (PairEvent::AddToGroup, "AddDiskReplicaPair", vec![at_source, ("ReplicaGroupId", "pg-1"), id]),
    ];
    let mut cells = 0;
    for from in PairStatus::ALL {
        for (event, action, parameters) in &operations {
            let row = PairLifecycle::lookup(*from, *event);
            let copied = *event != PairEvent::StartFirst;
            seed(&server, &[pair("pair-1", from.as_str(), copied)], &[group("created", &[])]);
            let (code, rule) = call(&server, action, parameters);
            let after = status(&server, "DiskReplicaPairs", "PairIds", "pair-1");
            let cell = format!("{action} ({event:?}) from {from}");
            let shown =
                |status: PairStatus| (status != PairStatus::Deleted).then(|| status.as_str().to_owned());
            match row.verdict(&policy) {
                Verdict::Move(to) => {
                    assert_eq!((code.as_str(), rule.as_str()), ("OK", row.rule.as_str()), "{cell}");
                    assert_eq!(after, shown(to), "{cell}");
                }
                Verdict::NoOp => {
                    // A pair that joins is accepted by the group's row.
                    let rule_of = if *event == PairEvent::AddToGroup { "G-280" } else { row.rule.as_str() };
                    assert_eq!((code.as_str(), rule.as_str()), ("OK", rule_of), "{cell}");
                    assert_eq!(after, shown(*from), "{cell}");
                }
                Verdict::Refuse => {
                    let initializing = matches!(from, PairStatus::Creating | PairStatus::InitialSyncing);
                    let wanted = match event {
                        PairEvent::AddToGroup if initializing => {
                            ("OperationDenied.PairInitializing", "G-682")
                        }
                        PairEvent::AddToGroup => {
                            ("OperationDenied.PairStatusCannotAddToGroup", row.rule.as_str())
                        }
                        _ => ("OperationDenied.InvalidStatus", row.rule.as_str()),
                    };
                    assert_eq!((code.as_str(), rule.as_str()), wanted, "{cell}");
                    assert_eq!(after, shown(*from), "{cell}");
                }
            }
            cells += 1;
        }
    }
    assert_eq!(cells, 19 * 9);
}

#[test]
fn every_cell_of_the_group_matrix_is_what_its_row_says() {
    let server = Server::start(&["--clock", "manual", "--seed", "7", "--transitions", "manual"]);
    let policy = EbsPolicy::default();
    let id = ("ReplicaGroupId", "pg-1");
    let (at_production, at_backup) = (("RegionId", PRODUCTION), ("RegionId", BACKUP));
    let operations: [Operation<GroupEvent>; 9] = [
        (GroupEvent::Start, "StartDiskReplicaGroup", vec![at_production, id]),
        (GroupEvent::StartOneShot, "StartDiskReplicaGroup", vec![at_production, id, ("OneShot", "true")]),
        (GroupEvent::Stop, "StopDiskReplicaGroup", vec![at_production, id]),
        (GroupEvent::Failover, "FailoverDiskReplicaGroup", vec![at_backup, id]),
        (GroupEvent::Reprotect, "ReprotectDiskReplicaGroup", vec![at_backup, id]),
        (GroupEvent::Delete, "DeleteDiskReplicaGroup", vec![at_production, id]),
        (GroupEvent::Modify, "ModifyDiskReplicaGroup", vec![at_production, id, ("GroupName", "renamed")]),
        (GroupEvent::AddPair, "AddDiskReplicaPair", vec![at_production, id, ("ReplicaPairId", "pair-9")]),
        (
            GroupEvent::RemovePair,
            "RemoveDiskReplicaPair",
            vec![at_production, id, ("ReplicaPairId", "pair-1")],
        ),
    ];
    let memberless = [
        GroupStatus::Creating,
        GroupStatus::CreateFailed,
        GroupStatus::Deleting,
        GroupStatus::DeleteFailed,
        GroupStatus::Deleted,
    ];
    let (mut cells, mut full) = (0, 0);
    for from in GroupStatus::ALL {
        for (event, action, parameters) in &operations {
            let row = GroupLifecycle::lookup(*from, *event);
            // Only an empty group is deleted, and a group that is not yet or no more has no members to be about.
            let empty = *event == GroupEvent::Delete || memberless.contains(from);
            let member = pair("pair-1", from.as_str(), true);
            let other = pair("pair-9", "created", false);
            let lone = [pair("pair-1", "created", false), other.clone()];
            let seeded_empty = empty && can_seed(&server, &lone, &[group(from.as_str(), &[])]);
            if !seeded_empty {
                seed(&server, &[member, other], &[group(from.as_str(), &["pair-1"])]);
            }
            let (code, rule) = call(&server, action, parameters);
            let after = status(&server, "DiskReplicaGroups", "GroupIds", "pg-1");
            let cell = format!("{action} ({event:?}) from {from}");
            let shown =
                |status: GroupStatus| (status != GroupStatus::Deleted).then(|| status.as_str().to_owned());
            if empty && !seeded_empty {
                let wanted = ("OperationDenied.GroupHasPair", "G-671");
                assert_eq!((code.as_str(), rule.as_str()), wanted, "{cell}");
                full += 1;
                continue;
            }
            // What needs members finds that there are none before it looks at the status.
            let needs_members = match event {
                GroupEvent::RemovePair => Some("G-690"),
                GroupEvent::Start | GroupEvent::StartOneShot => Some("G-670"),
                GroupEvent::Failover | GroupEvent::Reprotect => Some("G-670"),
                _ => None,
            };
            if let (true, Some(empty)) = (empty, needs_members) {
                let wanted = ("OperationDenied.NoPairInGroup", empty);
                assert_eq!((code.as_str(), rule.as_str()), wanted, "{cell}");
                continue;
            }
            match row.verdict(&policy) {
                Verdict::Move(to) => {
                    assert_eq!((code.as_str(), rule.as_str()), ("OK", row.rule.as_str()), "{cell}");
                    assert_eq!(after, shown(to), "{cell}");
                }
                Verdict::NoOp => {
                    assert_eq!((code.as_str(), rule.as_str()), ("OK", row.rule.as_str()), "{cell}");
                    assert_eq!(after, shown(*from), "{cell}");
                }
                Verdict::Refuse => {
                    let wanted = match event {
                        GroupEvent::AddPair => "OperationDenied.GroupStatusCannotAddPair",
                        GroupEvent::RemovePair => "OperationDenied.GroupStatusCannotRemovePair",
                        _ => "OperationDenied.InvalidStatus",
                    };
                    assert_eq!((code.as_str(), rule.as_str()), (wanted, row.rule.as_str()), "{cell}");
                    assert_eq!(after, shown(*from), "{cell}");
                }
            }
            cells += 1;
        }
    }
    assert_eq!(cells + full, 18 * 9 - 5 * memberless.len());
    assert!(full < 10, "{full} statuses need members");
}

//! Snapshots of what cannot be.

use super::*;

fn hostile(change: impl FnOnce(&mut Value)) -> Result<ControlPlane, String> {
    let mut snapshot = value(&rich().plane);
    change(&mut snapshot);
    restore(&snapshot)
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Value)) -> String {
    hostile(change).expect_err("the snapshot is refused")
}

/// The entry of a sequence whose field has this value.
fn entry<'a>(snapshot: &'a mut Value, sequence: &str, field: &str, is: &str) -> &'a mut Value {
    let entries = snapshot[sequence].as_array_mut().unwrap();
    entries.iter_mut().find(|entry| entry[field] == is).expect("there is such an entry")
}

#[test]
fn another_version_is_refused() {
    for version in [0, 2, u32::MAX] {
        let mut snapshot = value(&ControlPlane::new(Policy::default()));
        snapshot["version"] = json!(version);
        let snapshot: Snapshot = serde_json::from_value(snapshot).unwrap();
        assert_eq!(ControlPlane::restore(snapshot), Err(RestoreError::Version(version)));
    }
    refused(|snapshot| snapshot["tokens"]["version"] = json!(2));
}

#[test]
fn counters_that_nobody_counted_are_refused() {
    for counter in [0, u64::MAX, u64::MAX / 2 + 1] {
        assert!(refused(|snapshot| snapshot["next_id"] = json!(counter)).contains("counter"), "{counter}");
        refused(|snapshot| snapshot["tokens"]["next"] = json!(counter));
    }
    assert!(refused(|snapshot| snapshot["next_id"] = json!(1)).contains("out of order"));
    hostile(|snapshot| snapshot["next_id"] = json!(u64::MAX / 2)).unwrap();
}

#[test]
fn two_entries_of_one_id_are_refused() {
    for sequence in ["pairs", "clusters", "networks", "disks"] {
        let why = refused(|snapshot| {
            let entries = snapshot[sequence].as_array_mut().unwrap();
            entries.push(entries[0].clone());
        });
        assert!(why.contains("repeats the key"), "{why}");
    }
    let why = refused(|snapshot| {
        let node = snapshot["clusters"][0]["nodes"][1].clone();
        snapshot["clusters"][1]["nodes"].as_array_mut().unwrap().push(node);
    });
    assert!(why.contains("exists twice"), "{why}");
    let why = refused(|snapshot| {
        let disk = snapshot["pairs"][0]["primary"]["disk"].clone();
        snapshot["pairs"][1]["primary"]["disk"] = disk;
    });
    assert!(why.contains("part of two pairs"), "{why}");
    let why = refused(|snapshot| {
        let pending = snapshot["clusters"][2]["pending"]["id"].clone();
        let pair = entry(snapshot, "pairs", "status", "reprotecting");
        (pair["latest"]["free"], pair["pending"]["id"]) = (json!(pending.as_u64().unwrap() + 1), pending);
    });
    assert!(why.contains("pending twice"), "{why}");
}

#[test]
fn a_cluster_has_one_writer_in_a_snapshot_too() {
    for roles in [["Writer", "Writer"], ["Reader", "Reader"]] {
        let why = refused(|snapshot| {
            snapshot["clusters"][3]["nodes"][0]["role"] = json!(roles[0]);
            snapshot["clusters"][3]["nodes"][1]["role"] = json!(roles[1]);
        });
        assert!(why.contains("exactly one writer"), "{why}");
    }
    refused(|snapshot| snapshot["clusters"][3]["nodes"] = json!([]));
    let why = refused(|snapshot| snapshot["clusters"][3]["nodes"][0]["kind"] = json!("ai"));
    assert!(why.contains("kind"), "{why}");
}

#[test]
fn times_that_lie_ahead_are_refused() {
    let later = json!(u64::MAX);
    for (sequence, field, is, path) in [
        ("pairs", "status", "failovered", "/created_at"),
        ("pairs", "status", "failovered", "/last_recover_point"),
        ("pairs", "id", "pair-1", "/last_one_shot"),
        ("pairs", "status", "reprotecting", "/pending/since"),
        ("clusters", "id", "pc-1", "/created_at"),
        ("clusters", "id", "pc-1", "/failover/since"),
        ("clusters", "id", "pc-1", "/failover/started_at"),
        ("clusters", "id", "pc-2", "/last_switch"),
        ("clusters", "id", "pc-3", "/pending/since"),
    ] {
        let why = refused(|snapshot| {
            *entry(snapshot, sequence, field, is).pointer_mut(path).unwrap() = later.clone();
        });
        assert!(why.contains("after the clock"), "{path}: {why}");
    }
    refused(|snapshot| snapshot["tokens"]["tenants"][0]["completed"][0]["completed_at"] = later.clone());
    assert!(refused(|snapshot| snapshot["tokens"]["clock"] = json!(0)).contains("clock"));
    refused(|snapshot| snapshot["clock"] = json!(0));
}

#[test]
fn what_points_nowhere_is_refused() {
    let cluster =
        |change: fn(&mut Value)| refused(|snapshot| change(entry(snapshot, "clusters", "id", "pc-1")));
    let switching =
        |change: fn(&mut Value)| refused(|snapshot| change(entry(snapshot, "clusters", "id", "pc-2")));
    assert!(cluster(|it| it["failover"]["tried"] = json!(["nobody"])).contains("tried a node"));
    assert!(
        switching(|it| it["failover"]["stage"]["switching"]["node"] = json!("nobody")).contains("promotes")
    );
    // The writer itself, and a node that was tried.
    assert!(switching(|it| it["failover"]["stage"]["switching"]["node"] = json!("a-2")).contains("promotes"));
    assert!(
        switching(|it| {
            it["failover"]["tried"] = json!(["w-2"]);
            it["failover"]["attempts"] = json!(2);
        })
        .contains("promotes")
    );
    assert!(switching(|it| it["nodes"][0]["kind"] = json!("ai")).contains("promotes"));
    assert!(cluster(|it| it["nodes"][1]["up"] = json!(false)).contains("fewer than two"));
    assert!(cluster(|it| it["failover"]["attempts"] = json!(7)).contains("counts"));
    assert!(cluster(|it| it["failover"]["round"] = json!(0)).contains("counts"));
    assert!(
        cluster(|it| it["pending"] = json!({"id": 1, "effect": "delete", "since": 0}))
            .contains("created or released")
    );
}

#[test]
fn a_pair_that_disagrees_with_itself_is_refused() {
    let pair = |status: &str, change: &dyn Fn(&mut Value)| {
        refused(|snapshot| change(entry(snapshot, "pairs", "status", status)))
    };
    assert!(pair("reprotecting", &|it| it["pending"] = Value::Null).contains("pending effect"));
    assert!(
        pair("failovered", &|it| it["pending"] = json!({"id": 1, "effect": "copy", "since": 0}))
            .contains("pending effect")
    );
    assert!(pair("reprotecting", &|it| it["pending"]["effect"] = json!("copy")).contains("pending effect"));
    assert!(pair("normal", &|it| it["due"] = Value::Null).contains("deadline"));
    assert!(pair("stopped", &|it| it["due"] = json!(5)).contains("deadline"));
    assert!(pair("deleted", &|it| it["due"] = Value::Null).contains("deadline"));
    assert!(pair("normal", &|it| it["status_message"] = json!("x")).contains("status message"));
    assert!(pair("normal", &|it| it["copied"] = json!(false)).contains("never copied"));
    assert!(pair("failovered", &|it| it["switched"] = json!(false)).contains("writable"));
    assert!(pair("normal", &|it| it["switched"] = json!(true)).contains("writable"));
    assert!(pair("normal", &|it| it["standby"] = it["primary"].clone()).contains("one place"));
    assert!(
        pair("normal", &|it| {
            it["settings"]["charge"] = json!({"PREPAY": {"bandwidth": 10240, "period": 11, "unit": "Month"}});
        })
        .contains("not sold")
    );
    assert!(pair("reprotecting", &|it| it["pending"]["id"] = json!(0)).contains("never minted"));
    assert!(pair("reprotecting", &|it| it["pending"]["id"] = json!(1_000_000)).contains("has not taken"));
    assert!(
        refused(|snapshot| snapshot["pairs"].as_array_mut().unwrap().swap(0, 1)).contains("out of order")
    );
    assert!(
        refused(|snapshot| {
            let disk = json!({"account": OWNER, "id": "d", "up": true, "attached": false, "removed": false});
            snapshot["disks"].as_array_mut().unwrap().push(disk);
        })
        .contains("nothing was reported")
    );
}

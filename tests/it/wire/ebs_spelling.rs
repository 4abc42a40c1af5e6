//! How EBS spells requests and answers where a first implementation gets it wrong, each as a numbered test. The same
//! numbers in `traps/ebs.rs` are about the control plane.

use failover_model::ebs::{
    Charge, FreshDrill, Page, ReprotectDiskReplicaGroup, ReprotectDiskReplicaPair, StartDiskReplicaGroup,
    StartDiskReplicaPair,
};
use failover_model::{Call, ControlPlane, Response};
use failover_model::{Fresh, Outcome, Report};
use serde_json::{Value, json};

use super::bodies::{NOW, account, answer, as_json, entered, plane};
use super::*;

/// A pair that has been copied, with these fields instead of its own.
fn pair(changes: Value) -> Value {
    let mut pair = json!({
        "ReplicaPairId": "pair-1", "Status": "normal", "LastRecoverPoint": 1_767_225_000,
        "SourceRegion": "cn-shanghai", "SourceZoneId": "cn-shanghai-a", "SourceDiskId": "d-1",
        "DestinationRegion": "cn-beijing", "DestinationZoneId": "cn-beijing-b", "DestinationDiskId": "d-2",
        "PrimaryRegion": "cn-shanghai", "PrimaryZone": "cn-shanghai-a", "StandbyRegion": "cn-beijing", "StandbyZone": "cn-beijing-b",
    });
    for (name, value) in changes.as_object().unwrap() {
        pair[name] = value.clone();
    }
    pair
}

/// A plane with one group of one pair.
fn grouped() -> ControlPlane {
    let group = json!({
        "ReplicaGroupId": "pg-1", "GroupName": "orders", "Status": "normal", "PairIds": ["pair-1"],
        "SourceRegionId": "cn-shanghai", "SourceZoneId": "cn-shanghai-a",
        "DestinationRegionId": "cn-beijing", "DestinationZoneId": "cn-beijing-b",
    });
    let (plane, entered) = entered(&json!({ "ReplicaPairs": [pair(json!({}))], "ReplicaGroups": [group] }));
    assert_eq!(entered.left_out, []);
    plane
}

fn listed(
    plane: &mut ControlPlane,
    operation: Operation,
    list: &str,
    region: &str,
    more: &[(&str, &str)],
) -> Value {
    let given = and(with(operation, "RegionId", region), more);
    as_json(operation, &answer(plane, operation, &given))[list].clone()
}

#[test]
fn rule_06_reverse_replicate_is_true_and_one_shot_false_by_default() {
    let request = |operation| accepted(operation, &least(operation)).request;
    let (pair, group) = ("pair-cn-dsa".parse().unwrap(), "pg-cn-dsa".parse().unwrap());
    let reprotect = ReprotectDiskReplicaPair::new(pair).reverse_replicate(true);
    assert_eq!(request(Operation::ReprotectDiskReplicaPair), reprotect.clone().into());
    let start = StartDiskReplicaPair::new(reprotect.pair);
    assert_eq!(request(Operation::StartDiskReplicaPair), start.into());
    let reprotect = ReprotectDiskReplicaGroup::new(group).reverse_replicate(true);
    assert_eq!(request(Operation::ReprotectDiskReplicaGroup), reprotect.clone().into());
    let start = StartDiskReplicaGroup::new(reprotect.group);
    assert_eq!(request(Operation::StartDiskReplicaGroup), start.into());
}

#[test]
fn rule_16_pairs_and_groups_spell_the_same_things_differently() {
    let mut plane = grouped();
    let pair =
        &listed(&mut plane, Operation::DescribeDiskReplicaPairs, "ReplicaPairs", "cn-shanghai", &[])[0];
    let group =
        &listed(&mut plane, Operation::DescribeDiskReplicaGroups, "ReplicaGroups", "cn-shanghai", &[])[0];
    assert_eq!((&pair["SourceRegion"], &pair["SourceRegionId"]), (&json!("cn-shanghai"), &Value::Null));
    assert_eq!((&group["SourceRegionId"], &group["SourceRegion"]), (&json!("cn-shanghai"), &Value::Null));
    assert_eq!(
        (&group["DestinationRegionId"], &pair["DestinationRegion"]),
        (&json!("cn-beijing"), &json!("cn-beijing"))
    );
    assert_eq!((&pair["ReplicaGroupId"], &pair["ReplicaGroupName"]), (&json!("pg-1"), &json!("orders")));
    assert_eq!(
        (&group["GroupName"], &group["PairIds"], &group["PairNumber"]),
        (&json!("orders"), &json!(["pair-1"]), &json!(1))
    );
    // Create says DiskId where describe says SourceDiskId; drills say PairId where all others say ReplicaPairId.
    expect(
        Operation::CreateDiskReplicaPair,
        &without(Operation::CreateDiskReplicaPair, "DiskId"),
        400,
        "MissingParameter",
    );
    assert_eq!(pair["SourceDiskId"], json!("d-1"));
    let drill = Operation::StartPairDrill;
    expect(drill, &[("RegionId", "cn-beijing"), ("ReplicaPairId", "pair-1")], 400, "MissingParameter");
}

/// W-035.
#[test]
fn the_members_of_a_group_are_listed_one_id_an_element() {
    let other = json!({"ReplicaPairId": "pair-2", "SourceDiskId": "d-3", "DestinationDiskId": "d-4"});
    // The vendor's sample joins them with commas, which is read too.
    let group = json!({
        "ReplicaGroupId": "pg-1", "Status": "normal", "PairIds": ["pair-1,pair-2"],
        "SourceRegionId": "cn-shanghai", "SourceZoneId": "cn-shanghai-a",
        "DestinationRegionId": "cn-beijing", "DestinationZoneId": "cn-beijing-b",
    });
    let pairs = [pair(json!({})), pair(other)];
    let (mut plane, entered) = entered(&json!({ "ReplicaPairs": pairs, "ReplicaGroups": [group] }));
    assert_eq!((entered.left_out, entered.ignored), (vec![], vec![]));
    let operation = Operation::DescribeDiskReplicaGroups;
    let groups = listed(&mut plane, operation, "ReplicaGroups", "cn-shanghai", &[]);
    assert_eq!(groups[0]["PairIds"], json!(["pair-1", "pair-2"]));
}

#[test]
fn rule_17_the_record_is_stamped_with_the_site_that_was_asked_for() {
    let mut plane = grouped();
    for (operation, list) in [
        (Operation::DescribeDiskReplicaPairs, "ReplicaPairs"),
        (Operation::DescribeDiskReplicaGroups, "ReplicaGroups"),
    ] {
        assert_eq!(listed(&mut plane, operation, list, "cn-beijing", &[]), json!([]), "{operation}");
        let seen = listed(&mut plane, operation, list, "cn-beijing", &[("Site", "backup")]);
        assert_eq!(seen[0]["Site"], json!("backup"), "{operation}");
    }
}

#[test]
fn rule_23_a_token_switches_page_numbers_off_ids_are_one_string_and_a_hyphen_is_no_group() {
    let operation = Operation::DescribeDiskReplicaPairs;
    let page = |more: &[(&'static str, &'static str)]| match accepted(operation, &and(least(operation), more))
        .request
    {
        Request::DescribeDiskReplicaPairs(request) => *request,
        other => panic!("{other:?}"),
    };
    let token = failover_model::wire::DescribeDiskReplicaPairsResponse::new(
        &failover_model::ebs::PairPage {
            pairs: vec![],
            group_names: Default::default(),
            site: Default::default(),
            next: Some(failover_model::Cursor { at: 7, list: 9 }),
            page: Page::default(),
            total: 0,
            other_site: vec![],
        },
        "R",
    );
    let token: &'static str = Box::leak(token.next_token.unwrap().into_boxed_str());
    let both = page(&[("NextToken", token), ("PageNumber", "3"), ("PageSize", "5")]);
    assert_eq!(
        both.page,
        Page::Token { max_results: 10, after: Some(failover_model::Cursor { at: 7, list: 9 }) }
    );
    assert_eq!(page(&[("PageNumber", "3"), ("PageSize", "5")]).page, Page::Number { number: 3, size: 5 });
    let ids: Vec<String> =
        page(&[("PairIds", "pair-1,pair-2")]).pairs.iter().map(ToString::to_string).collect();
    assert_eq!(ids, ["pair-1", "pair-2"]);
    let mut plane = grouped();
    let count = |plane: &mut ControlPlane, group: &str| {
        let seen = listed(plane, operation, "ReplicaPairs", "cn-shanghai", &[("ReplicaGroupId", group)]);
        seen.as_array().unwrap().len()
    };
    assert_eq!((count(&mut plane, "-"), count(&mut plane, "pg-1"), count(&mut plane, "pg-2")), (0, 1, 0));
}

/// W-033.
#[test]
fn rule_24_a_recover_point_is_absent_and_in_seconds() {
    let without = pair(json!({ "Status": "created", "LastRecoverPoint": null }));
    let operation = Operation::DescribeDiskReplicaPairs;
    let seen = |object: Value| {
        listed(&mut plane(&[object], &[]), operation, "ReplicaPairs", "cn-shanghai", &[])[0].clone()
    };
    assert!(seen(without.clone()).get("LastRecoverPoint").is_none(), "absent, not 0 and not null");
    assert_eq!(seen(pair(json!({})))["LastRecoverPoint"], json!(1_767_225_000));
    let progress = Operation::DescribeDiskReplicaPairProgress;
    let given = [("RegionId", "cn-shanghai"), ("ReplicaPairId", "pair-1")];
    let told = as_json(progress, &answer(&mut plane(&[without], &[]), progress, &given));
    assert_eq!(told, json!({ "Progress": 0, "RequestId": "R-1" }));
}

#[test]
fn rule_25_postpay_forbids_a_bandwidth_and_reports_zero() {
    let operation = Operation::CreateDiskReplicaPair;
    let asked = accepted(operation, &with(operation, "Bandwidth", "10240"));
    let call = Call { now: NOW, account: account(), region: asked.region.unwrap(), token: None };
    let refused = plane(&[], &[]).call_any(&call, &asked.request, &Fresh::None).unwrap();
    let wire = refused.result.unwrap().unwrap_err().wire();
    assert_eq!((wire.status, &*wire.code), (400, "InvalidParameter"));
    match accepted(operation, &least(operation)).request {
        Request::CreateDiskReplicaPair(request) => assert_eq!(request.settings.charge, Charge::PostPay),
        other => panic!("{other:?}"),
    }
    let list = Operation::DescribeDiskReplicaPairs;
    let seen = listed(&mut plane(&[pair(json!({}))], &[]), list, "ReplicaPairs", "cn-shanghai", &[]);
    assert_eq!((&seen[0]["ChargeType"], &seen[0]["Bandwidth"]), (&json!("POSTPAY"), &json!(0)));
}

/// W-014, W-022.
#[test]
fn rule_26_the_action_comes_in_a_header_or_in_the_query_and_booleans_in_any_case() {
    let operation = Operation::StartDiskReplicaPair;
    let (action, version) = (operation.as_str(), operation.product().version());
    let given: Parameters = with(operation, "OneShot", "True").into_iter().collect();
    let modern = parse(Some(action), Some(version), &given).unwrap();
    let older: Parameters =
        and(with(operation, "OneShot", "true"), &[("Action", action), ("Version", version)])
            .into_iter()
            .collect();
    assert_eq!(parse(None, None, &older).unwrap(), modern);
    // One client names the action in both places, in the header with a small first letter.
    let small = format!("s{}", &action[1..]);
    assert_eq!(parse(Some(&small), Some(version), &older).unwrap(), modern);
    assert!(parse(Some(&small), Some(version), &given).is_err(), "alone it names nothing");
    assert!(matches!(
        modern.request,
        Request::StartDiskReplicaPair(StartDiskReplicaPair { one_shot: true, .. })
    ));
}

#[test]
fn rule_28_clearing_a_drill_takes_no_token_and_its_disk_may_show_an_error() {
    for operation in [Operation::ClearPairDrill, Operation::ClearReplicaGroupDrill] {
        assert!(!operation.takes_token());
        assert_eq!(accepted(operation, &with(operation, "ClientToken", &"x".repeat(65))).token, None);
    }
    let mut plane = grouped();
    let call = Call { now: NOW, account: account(), region: "cn-beijing".parse().unwrap(), token: None };
    let start =
        accepted(Operation::StartReplicaGroupDrill, &[("RegionId", "cn-beijing"), ("GroupId", "pg-1")]);
    let fresh = FreshDrill { drill: "pg-drill-1".parse().unwrap(), disks: vec!["d-9".parse().unwrap()] };
    let output = plane.call_any(&call, &start.request, &Fresh::Drill(fresh)).unwrap();
    assert!(matches!(output.result, Some(Ok(Response::DrillStarted(_)))));
    let describe = Operation::DescribeReplicaGroupDrills;
    let drills = |plane: &mut ControlPlane| {
        let given = [("RegionId", "cn-beijing"), ("GroupId", "pg-1")];
        as_json(describe, &answer(plane, describe, &given))["Drills"].clone()
    };
    assert_eq!(
        drills(&mut plane)[0]["PairsInfo"],
        json!([{ "PairId": "pair-1", "DrillDiskId": "d-9", "DrillDiskStatus": "creating" }])
    );
    let message = failover_model::text::StatusMessage::parse("QuotaExceed.Disk").ok();
    let failed = Outcome::Failed { failure: failover_model::polardb::Failure::Other, message };
    let _ = plane.report(NOW, &Report::Outcome { id: output.step.effects[0].id, outcome: failed }).unwrap();
    let shown = &drills(&mut plane)[0];
    assert_eq!(
        (&shown["Status"], &shown["PairsInfo"][0]["DrillDiskStatus"]),
        (&json!("execute_failed"), &json!("QuotaExceed.Disk"))
    );
}

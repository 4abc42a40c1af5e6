//! Describe answers, pasted, back to what they describe.

use failover_model::Timestamp;
use failover_model::ebs::{Bandwidth, Charge, PairStatus, PeriodUnit};
use failover_model::polardb::{
    ClusterSeed, ClusterStatus, Edition, Engine, NodeKind, PayType, Priority, Role,
};
use failover_model::wire::{
    Defaults, SeedError, SeedList, SeedProblem, SeededPair, seed_clusters, seed_pairs,
};
use serde_json::{Value, json};

use super::bodies::{NOW, answer, as_json, mint, plane};
use super::*;

fn with_defaults<T>(read: impl FnOnce(&mut Defaults<'_>) -> T) -> T {
    let mut mint = mint();
    let region = "cn-chengdu".parse().unwrap();
    read(&mut Defaults { now: NOW, region, mint: &mut mint })
}

fn pairs(objects: &[Value]) -> Result<Vec<SeededPair>, SeedError> {
    with_defaults(|defaults| seed_pairs(objects, defaults))
}

fn clusters(objects: &[Value]) -> Result<Vec<ClusterSeed>, SeedError> {
    with_defaults(|defaults| seed_clusters(objects, defaults))
}

fn pair(object: Value) -> SeededPair {
    pairs(&[object]).unwrap().remove(0)
}

fn cluster(object: Value) -> ClusterSeed {
    clusters(&[object]).unwrap().remove(0)
}

fn sample(operation: Operation) -> Value {
    let samples: Value = serde_json::from_str(include_str!("../../fixtures/vendor-samples.json")).unwrap();
    samples[operation.as_str()]["json"].clone()
}

#[test]
fn a_flag_may_be_spelled_as_a_text_of_any_case() {
    let rtc = |spelled: Value| pairs(&[json!({ "EnableRtc": spelled })]);
    let enabled = |spelled: Value| pair(json!({ "EnableRtc": spelled })).seed.request.settings.enable_rtc;
    assert!(enabled(json!(true)) && enabled(json!("true")) && enabled(json!("TRUE")));
    assert!(!enabled(json!(false)) && !enabled(json!("False")) && !enabled(json!("")));
    assert!(rtc(json!("yes")).is_err() && rtc(json!(1)).is_err());
}

#[test]
fn a_node_follows_its_cluster_into_being_or_is_busy_with_something_of_its_own() {
    let busy = |node: &str, status: &str| {
        let nodes = json!([{ "DBNodeRole": "Writer", "DBNodeStatus": node }]);
        let seed = cluster(json!({ "DBClusterStatus": status, "DBNodes": nodes }));
        seed.nodes[0].busy.as_ref().map(ToString::to_string)
    };
    assert_eq!(busy("Creating", "Creating"), None);
    assert_eq!(busy("ClassChanging", "Creating").as_deref(), Some("ClassChanging"));
    assert_eq!(busy("Deleting", "Creating").as_deref(), Some("Deleting"));
    assert_eq!(busy("Creating", "Running").as_deref(), Some("Creating"));
}

#[test]
fn defaults_tell_everything_but_how_ids_are_made() {
    let told = with_defaults(|defaults| format!("{defaults:?}"));
    assert!(told.contains("cn-chengdu") && told.contains(&format!("{NOW:?}")), "{told}");
}

#[test]
fn an_empty_pair_takes_defaults() {
    let SeededPair { region, seed, .. } = pair(json!({}));
    assert_eq!(region.as_str(), "cn-chengdu");
    assert_eq!((seed.id.as_str(), seed.status, seed.reversed), ("pair-1", PairStatus::Created, false));
    assert_eq!((seed.created_at, seed.last_recover_point), (NOW, None));
    let request = seed.request;
    assert_eq!((request.source_disk.as_str(), request.source_zone.as_str()), ("d-2", "cn-chengdu-a"));
    assert_eq!(
        (request.destination_disk.as_str(), request.destination_zone.as_str()),
        ("d-3", "cn-chengdu-b")
    );
    assert_eq!(request.destination_region.as_str(), "cn-chengdu");
    assert_eq!(request.settings.charge, Charge::PostPay);
    // Null and empty are like absent.
    let nothing = json!({
        "ReplicaPairId": "", "Status": null, "SourceDiskId": "", "Tags": null, "CreateTime": null, "Bandwidth": "",
        "EnableRtc": "", "ChargeType": "",
    });
    assert_eq!(pair(nothing), pair(json!({})));
}

#[test]
fn a_missing_zone_is_another_than_the_one_given_and_a_zone_names_its_region() {
    let zones = |object| {
        let SeededPair { region, seed, .. } = pair(object);
        let request = seed.request;
        let text = |text: &str| String::from(text);
        (
            text(region.as_str()),
            text(request.source_zone.as_str()),
            text(request.destination_region.as_str()),
            text(request.destination_zone.as_str()),
        )
    };
    let of = |texts: [&str; 4]| texts.map(String::from).into();
    let a = "cn-chengdu-a";
    let b = "cn-chengdu-b";
    let c = "cn-chengdu";
    assert_eq!(zones(json!({"DestinationZoneId": a})), of([c, b, c, a]));
    assert_eq!(zones(json!({"DestinationZoneId": b})), of([c, a, c, b]));
    assert_eq!(zones(json!({"SourceZoneId": a})), of([c, a, c, b]));
    assert_eq!(zones(json!({"SourceZoneId": b})), of([c, b, c, a]));
    assert_eq!(zones(json!({"StandbyZone": a})), of([c, b, c, a]));
    let apart = json!({"SourceZoneId": "us-east-1a", "DestinationZoneId": "cn-beijing-f"});
    assert_eq!(zones(apart), of(["us-east-1", "us-east-1a", "cn-beijing", "cn-beijing-f"]));
    let apart = json!({"SourceRegion": "cn-beijing"});
    assert_eq!(zones(apart), of(["cn-beijing", "cn-beijing-a", c, a]));
}

/// W-040.
#[test]
fn the_direction_follows_from_where_the_pair_was_created() {
    let place = |source: &str, destination: &str| {
        json!({
            "SourceRegion": source, "DestinationRegion": destination, "SourceDiskId": "d-s", "DestinationDiskId": "d-d",
            "PrimaryRegion": "cn-beijing", "StandbyRegion": "cn-shanghai",
        })
    };
    let forward = pair(place("cn-beijing", "cn-shanghai"));
    assert!(!forward.seed.reversed);
    assert_eq!(forward.region.as_str(), "cn-beijing");
    assert_eq!(forward.seed.request.source_disk.as_str(), "d-s");
    let reversed = pair(place("cn-shanghai", "cn-beijing"));
    assert!(reversed.seed.reversed);
    assert_eq!(reversed.region.as_str(), "cn-beijing");
    assert_eq!(reversed.seed.request.source_disk.as_str(), "d-d");
    assert_eq!(reversed.seed.request.destination_disk.as_str(), "d-s");
    assert_eq!(reversed.seed.request.destination_region.as_str(), "cn-shanghai");
    let neither = pairs(&[place("cn-beijing", "cn-beijing")]).unwrap_err();
    assert_eq!(neither.problem, SeedProblem::Direction);
    // In one region the zones tell.
    let zones = json!({
        "SourceZoneId": "cn-hangzhou-h", "DestinationZoneId": "cn-hangzhou-i",
        "PrimaryRegion": "cn-hangzhou", "PrimaryZone": "cn-hangzhou-i", "StandbyRegion": "cn-hangzhou", "StandbyZone": "cn-hangzhou-h",
    });
    let within = pair(zones);
    assert!(within.seed.reversed);
    assert_eq!(within.seed.request.source_zone.as_str(), "cn-hangzhou-i");
    // Half of it is enough, as long as it tells.
    assert!(pair(json!({"SourceRegion": "cn-shanghai", "PrimaryRegion": "cn-beijing"})).seed.reversed);
    assert!(!pair(json!({"SourceRegion": "cn-shanghai", "StandbyRegion": "cn-beijing"})).seed.reversed);
}

#[test]
fn the_vendors_own_sample_of_a_pair_can_be_pasted() {
    let list = sample(Operation::DescribeDiskReplicaPairs);
    let objects = list["ReplicaPairs"].as_array().unwrap();
    let SeededPair { region, seed, .. } = pairs(objects).unwrap().remove(0);
    assert_eq!(region.as_str(), "cn-beijing");
    assert_eq!(seed.id.as_str(), "pair-cn-dsa****");
    // The sample shows a status message with a status that has none.
    assert_eq!((seed.status, seed.status_message), (PairStatus::Created, None));
    assert_eq!(seed.created_at, Timestamp::from_millis(1_649_750_977_000));
    assert_eq!(seed.last_recover_point, Some(Timestamp::from_millis(1_649_751_977_000)));
    assert_eq!(seed.expires_at, Some(Timestamp::from_millis(1_649_750_977_000)));
    let prepaid = Charge::PrePay { bandwidth: Bandwidth::Kbps10240, period: 1, unit: PeriodUnit::Month };
    assert_eq!(seed.request.settings.charge, prepaid);
    assert_eq!(seed.request.settings.tags.len(), 1);
    plane(objects, &[]);
}

/// E-697.
#[test]
fn when_a_pair_expires_can_be_pasted_and_comes_out_again() {
    let shown = |object: Value| {
        let mut plane = plane(&[object], &[]);
        let operation = Operation::DescribeDiskReplicaPairs;
        let response = answer(&mut plane, operation, &[("RegionId", "cn-hangzhou")]);
        as_json(operation, &response)["ReplicaPairs"][0]["ExpiredTime"].clone()
    };
    let prepaid = json!({"ChargeType": "PREPAY", "CreateTime": 1_649_750_977});
    // 2022-04-12 and 2022-05-12.
    assert_eq!(shown(prepaid.clone()), json!(1_652_342_977_u64));
    let renewed = json!({"ChargeType": "PREPAY", "CreateTime": 1_649_750_977, "ExpiredTime": 1_700_000_000});
    assert_eq!(shown(renewed), json!(1_700_000_000));
    assert_eq!(shown(json!({"ChargeType": "POSTPAY", "ExpiredTime": 1_700_000_000})), Value::Null);
}

#[test]
fn every_status_and_its_message_can_be_pasted_and_comes_out_again() {
    for &status in PairStatus::ALL {
        let object = json!({"Status": status.as_str(), "StatusMessage": "DeviceRemoved"});
        let seed = pair(object.clone()).seed;
        assert_eq!(seed.status, status);
        let shown = matches!(status, PairStatus::Invalid | PairStatus::CreateFailed);
        assert_eq!(seed.status_message.is_some(), shown, "{status}");
        let mut plane = plane(&[object], &[]);
        let operation = Operation::DescribeDiskReplicaPairs;
        let response = answer(&mut plane, operation, &[("RegionId", "cn-hangzhou")]);
        let listed = &as_json(operation, &response)["ReplicaPairs"];
        if status != PairStatus::Deleted {
            assert_eq!(listed[0]["Status"], status.as_str());
        }
        for object in listed.as_array().unwrap() {
            let again = pair(object.clone());
            assert_eq!((again.seed.status, again.region.as_str()), (status, "cn-hangzhou"));
        }
    }
}

#[test]
fn what_is_missing_of_the_charge_follows_from_the_bandwidth() {
    let charge = |object| pair(object).seed.request.settings.charge;
    let prepaid = |bandwidth| Charge::PrePay { bandwidth, period: 1, unit: PeriodUnit::Month };
    assert_eq!(charge(json!({"Bandwidth": 0})), Charge::PostPay);
    assert_eq!(charge(json!({"Bandwidth": 102400})), prepaid(Bandwidth::Kbps102400));
    assert_eq!(charge(json!({"ChargeType": "PREPAY"})), prepaid(Bandwidth::Kbps10240));
    assert_eq!(charge(json!({"ChargeType": "POSTPAY", "Bandwidth": 10240})), Charge::PostPay);
}

#[test]
fn a_bad_pair_is_named_by_its_place() {
    let cases = [
        (json!([]), "", "it should be an object"),
        (json!({"Status": "Created"}), "Status", "unknown pair status"),
        (json!({"Status": 1}), "Status", "it should be a string"),
        (json!({"ReplicaPairId": "a b"}), "ReplicaPairId", "byte 1"),
        (json!({"SourceDiskId": "ä"}), "SourceDiskId", "byte 0"),
        (json!({"PrimaryZone": "?"}), "PrimaryZone", "byte 0"),
        (json!({"CreateTime": "yesterday"}), "CreateTime", "a whole number"),
        (json!({"LastRecoverPoint": -1}), "LastRecoverPoint", "a whole number"),
        (json!({"LastRecoverPoint": 1.5}), "LastRecoverPoint", "a whole number"),
        (json!({"PairName": "1"}), "PairName", "2 to 128"),
        (json!({"ChargeType": "FREE"}), "ChargeType", "PREPAY"),
        (json!({"ChargeType": "PREPAY", "Bandwidth": 1}), "Bandwidth", "sold"),
        (json!({"EnableRtc": 1}), "EnableRtc", "true or false"),
        (json!({"Tags": {}}), "Tags", "a list"),
        (json!({"Tags": [1]}), "Tags[0]", "an object"),
        (json!({"Tags": [{"TagKey": "a"}, {"TagValue": "b"}]}), "Tags[1].TagKey", "has a key"),
        (json!({"Tags": [{"TagKey": "acs:a"}]}), "Tags[0].TagKey", "prefix"),
        (json!({"SourceDiskId": "d-x", "DestinationDiskId": "d-x"}), "", "one disk"),
        (json!({"SourceZoneId": "cn-chengdu-a", "DestinationZoneId": "cn-chengdu-a"}), "", "one zone"),
        (json!({"Status": "deleted", "SourceZoneId": "z-a", "DestinationZoneId": "z-a"}), "", "one zone"),
    ];
    for (object, field, says) in cases {
        let error = pairs(&[json!({}), object.clone()]).unwrap_err();
        assert_eq!(
            (error.list, error.index, error.field.as_str()),
            (SeedList::ReplicaPairs, 1, field),
            "{object}"
        );
        assert!(error.to_string().starts_with("ReplicaPairs[1]"), "{error}");
        assert!(error.to_string().contains(says), "{error} does not say {says}");
    }
    let mut broken = |_| String::from("a b");
    let mut defaults = Defaults { now: NOW, region: "cn-x".parse().unwrap(), mint: &mut broken };
    assert_eq!(seed_pairs(&[json!({})], &mut defaults).unwrap_err().field, "ReplicaPairId");
}

#[test]
fn a_cluster_takes_defaults_but_no_nodes() {
    let seed = cluster(json!({"DBNodes": [{}, {}]}));
    assert_eq!((seed.id.as_str(), seed.region.as_str()), ("pc-1", "cn-chengdu"));
    assert_eq!((seed.engine, &*seed.version, seed.edition), (Engine::MySql, "8.0", Edition::Normal));
    assert_eq!(
        (seed.pay_type, seed.deletion_lock, seed.status),
        (PayType::Postpaid, false, ClusterStatus::Running)
    );
    assert_eq!(seed.created_at, NOW);
    let nodes: Vec<_> = seed.nodes.iter().map(|node| (node.id.as_str(), node.role, node.priority)).collect();
    assert_eq!(nodes, [("pi-2", Role::Writer, Priority::MIN), ("pi-3", Role::Reader, Priority::MIN)]);
    let node = &seed.nodes[1];
    assert_eq!((node.zone.as_str(), node.class.as_str()), ("cn-chengdu-a", "polar.mysql.x4.large"));
    assert_eq!((node.created_at, node.kind, node.busy.as_ref()), (NOW, NodeKind::Ordinary, None));
    for none in [json!({}), json!({"DBNodes": []}), json!({"DBNodes": null})] {
        let error = clusters(&[none]).unwrap_err();
        assert_eq!((error.field.as_str(), &error.problem), ("DBNodes", &SeedProblem::Writers(0)));
        assert!(error.to_string().contains("exactly one Writer"), "{error}");
    }
    let postgres = cluster(json!({"DBType": "PostgreSQL", "DBNodes": [{}]}));
    assert_eq!((&*postgres.version, postgres.nodes[0].class.as_str()), ("18", "polar.pg.x4.large"));
}

/// W-041.
#[test]
fn the_writer_is_the_one_that_says_so_and_else_the_first() {
    let roles = |nodes: Value| -> Vec<Role> {
        cluster(json!({"DBNodes": nodes})).nodes.iter().map(|node| node.role).collect()
    };
    assert_eq!(roles(json!([{}, {"DBNodeRole": "Writer"}])), [Role::Reader, Role::Writer]);
    assert_eq!(roles(json!([{}, {"DBNodeRole": "Reader"}])), [Role::Writer, Role::Reader]);
    let writers = |nodes: Value| clusters(&[json!({"DBNodes": nodes})]).unwrap_err().problem;
    assert_eq!(writers(json!([{"DBNodeRole": "Reader"}, {}])), SeedProblem::Writers(0));
    let two = json!([{"DBNodeRole": "Writer"}, {"DBNodeRole": "Writer"}]);
    assert_eq!(writers(two), SeedProblem::Writers(2));
}

#[test]
fn kinds_and_statuses_of_nodes_are_read_from_where_they_show() {
    let seed = cluster(json!({"DBClusterStatus": "ClassChanging", "DBNodes": [
        {"DBNodeRole": "Writer", "ImciSwitch": "ON", "SubCluster": "Standby", "DBNodeStatus": "Switching"},
        {"ImciSwitch": "ON"},
        {"DBNodeRole": "ColumnReader"},
        {"DBNodeRole": "AI"},
        {"SubCluster": "Standby"},
        {"SubCluster": "Primary", "DBNodeStatus": "Rebooting", "HotReplicaMode": "ON", "FailoverPriority": "15"},
    ]}));
    let kinds: Vec<_> = seed.nodes.iter().map(|node| node.kind).collect();
    use NodeKind::{Ai, ColumnStore, Ordinary, Standby};
    assert_eq!(kinds, [Ordinary, ColumnStore, ColumnStore, Ai, Standby, Ordinary]);
    assert_eq!(seed.status.as_str(), "ClassChanging");
    assert!(matches!(seed.status, ClusterStatus::Busy(_)));
    assert_eq!(seed.nodes[0].busy, None);
    let last = &seed.nodes[5];
    assert_eq!(last.busy.as_ref().map(|busy| busy.as_str()), Some("Rebooting"));
    assert!(last.hot_replica && last.up && last.replicating);
    assert_eq!(last.priority, Priority::MAX);
    for status in ["Creating", "Deleting"] {
        let follows = json!({"DBClusterStatus": status, "DBNodes": [{"DBNodeStatus": status}]});
        assert_eq!(cluster(follows).nodes[0].busy, None);
        let alone = json!({"DBNodes": [{"DBNodeStatus": status}]});
        assert!(cluster(alone).nodes[0].busy.is_some());
    }
}

/// W-041.
#[test]
fn the_vendors_own_sample_of_a_cluster_lacks_a_writer_and_is_fine_with_one() {
    let mut pasted = sample(Operation::DescribeDbClusterAttribute);
    let error = clusters(std::slice::from_ref(&pasted)).unwrap_err();
    assert_eq!(error.problem, SeedProblem::Writers(0));
    pasted["DBNodes"][0]["DBNodeRole"] = json!("Writer");
    let seed = cluster(pasted.clone());
    assert_eq!(seed.created_at, Timestamp::from_millis(1_597_384_722_000));
    assert_eq!(seed.nodes[0].created_at, Timestamp::from_millis(1_584_999_343_000));
    assert_eq!(seed.pay_type, PayType::Prepaid);
    plane(&[], &[pasted]);
}

#[test]
fn a_bad_cluster_is_named_by_its_place() {
    let node = |node: Value| json!({"DBNodes": [{"DBNodeRole": "Writer"}, node]});
    let cases = [
        (json!("pc-1"), "", "an object"),
        (json!({"DBClusterId": "a b", "DBNodes": [{}]}), "DBClusterId", "byte 1"),
        (json!({"DBType": "Sybase", "DBNodes": [{}]}), "DBType", "no such engine"),
        (json!({"Category": "Gold", "DBNodes": [{}]}), "Category", "no such edition"),
        (json!({"PayType": "Free", "DBNodes": [{}]}), "PayType", "Postpaid"),
        (json!({"DeletionLock": 2, "DBNodes": [{}]}), "DeletionLock", "0 nor 1"),
        (json!({"CreationTime": "2021-02-29T00:00:00Z", "DBNodes": [{}]}), "CreationTime", "YYYY"),
        (json!({"DBClusterStatus": "x".repeat(257), "DBNodes": [{}]}), "DBClusterStatus", "1 to 256"),
        (json!({"DBNodes": {"DBNode": []}}), "DBNodes", "a list"),
        (node(json!(1)), "DBNodes[1]", "an object"),
        (node(json!({"FailoverPriority": 0})), "DBNodes[1].FailoverPriority", "1 to 15, not 0"),
        (node(json!({"FailoverPriority": 272})), "DBNodes[1].FailoverPriority", "1 to 15, not 272"),
        (node(json!({"FailoverPriority": true})), "DBNodes[1].FailoverPriority", "a whole number"),
        (node(json!({"DBNodeRole": "Boss"})), "DBNodes[1].DBNodeRole", "Writer"),
        (node(json!({"DBNodeId": "é"})), "DBNodes[1].DBNodeId", "byte 0"),
        (node(json!({"ZoneId": "é"})), "DBNodes[1].ZoneId", "byte 0"),
        (node(json!({"ImciSwitch": "on"})), "DBNodes[1].ImciSwitch", "ON nor OFF"),
    ];
    for (object, field, says) in cases {
        let error = clusters(&[json!({"DBNodes": [{}]}), object.clone()]).unwrap_err();
        assert_eq!(
            (error.list, error.index, error.field.as_str()),
            (SeedList::Clusters, 1, field),
            "{object}"
        );
        assert!(error.to_string().contains(says), "{error} does not say {says}");
    }
}

//! What requests come out as, and the rules that join two parameters.

use failover_model::Cursor;
use failover_model::ebs::{
    Bandwidth, Charge, CreateDiskReplicaPair, DescribeDiskReplicaPairs, Page, PeriodUnit,
    ReprotectDiskReplicaPair, Site, StartDiskReplicaPair,
};
use failover_model::polardb::{
    CreateDbCluster, DescribeDbClusters, Edition, Engine, FailoverDbCluster, HotStandby, ModifyDbNodeConfig,
    PayType, Priority, TargetZoneType,
};

use super::*;
use crate::kit::tag;

const CREATE: Operation = Operation::CreateDiskReplicaPair;
const DESCRIBE: Operation = Operation::DescribeDiskReplicaPairs;
const CREATE_CLUSTER: Operation = Operation::CreateDbCluster;

fn pair(given: &[(&str, &str)]) -> CreateDiskReplicaPair {
    request(CREATE, &and(least(CREATE), given), |request| match request {
        Request::CreateDiskReplicaPair(request) => Some(*request),
        _ => None,
    })
}

fn list(given: &[(&str, &str)]) -> DescribeDiskReplicaPairs {
    request(DESCRIBE, &and(least(DESCRIBE), given), |request| match request {
        Request::DescribeDiskReplicaPairs(request) => Some(*request),
        _ => None,
    })
}

fn cluster(given: &[(&str, &str)]) -> CreateDbCluster {
    request(CREATE_CLUSTER, given, |request| match request {
        Request::CreateDbCluster(request) => Some(*request),
        _ => None,
    })
}

#[test]
fn the_least_create_of_a_pair_has_the_published_defaults() {
    let expected = CreateDiskReplicaPair::new(
        ("cn-beijing-f".parse().unwrap(), "d-iq80sgp4d0xbk24q".parse().unwrap()),
        (
            "cn-shanghai".parse().unwrap(),
            "cn-shanghai-e".parse().unwrap(),
            "d-sa1f82p58p1tdw9g".parse().unwrap(),
        ),
    );
    assert_eq!(pair(&[]), expected);
    assert_eq!(pair(&[("ChargeType", "POSTPAY"), ("Bandwidth", "0"), ("RPO", "900")]), expected);
    // A period means nothing to a postpaid pair.
    assert_eq!(pair(&[("Period", "99"), ("PeriodUnit", "Week")]), expected);
}

#[test]
fn a_full_create_of_a_pair_keeps_everything() {
    let full = pair(&[
        ("PairName", "TestReplicaPair"),
        ("Description", "This is description."),
        ("ChargeType", "PREPAY"),
        ("Period", "12"),
        ("PeriodUnit", "Month"),
        ("Bandwidth", "51200"),
        ("EnableRtc", "True"),
        ("ResourceGroupId", "rg-acfmvs****"),
        ("Tag.1.Key", "TestKey"),
        ("Tag.1.Value", "TestValue"),
    ]);
    let charge = Charge::PrePay { bandwidth: Bandwidth::Kbps51200, period: 12, unit: PeriodUnit::Month };
    assert_eq!(full.settings.charge, charge);
    assert_eq!(full.settings.name.unwrap().as_str(), "TestReplicaPair");
    assert_eq!(full.settings.description.unwrap().as_str(), "This is description.");
    assert!(full.settings.enable_rtc);
    assert_eq!(full.settings.resource_group.unwrap().as_str(), "rg-acfmvs****");
    assert_eq!(full.settings.tags, [tag("TestKey", "TestValue")]);
}

#[test]
fn what_is_prepaid_needs_a_period_and_only_what_is_sold_can_be_bought() {
    let prepaid = |more: &[(&'static str, &'static str)]| and(with(CREATE, "ChargeType", "PREPAY"), more);
    let (status, code, message) = refused(CREATE, &prepaid(&[]));
    assert_eq!((status, code.as_str()), (400, "MissingParameter"));
    assert!(message.contains(" Period "), "{message}");
    let charge = pair(&[("ChargeType", "PREPAY"), ("Period", "1")]).settings.charge;
    let least = Charge::PrePay { bandwidth: Bandwidth::Kbps10240, period: 1, unit: PeriodUnit::Month };
    assert_eq!(charge, least);
    let charge = pair(&[("ChargeType", "PREPAY"), ("Period", "4"), ("PeriodUnit", "Week")]).settings.charge;
    assert!(matches!(charge, Charge::PrePay { period: 4, unit: PeriodUnit::Week, .. }));
    for wrong in [
        [("Period", "0"), ("PeriodUnit", "Month")],
        [("Period", "10"), ("PeriodUnit", "Month")],
        [("Period", "5"), ("PeriodUnit", "Week")],
        [("Period", "257"), ("PeriodUnit", "Month")],
        [("Period", "1"), ("PeriodUnit", "Year")],
        [("Period", "1"), ("Bandwidth", "0")],
        [("Period", "1"), ("Bandwidth", "10241")],
    ] {
        expect(CREATE, &prepaid(&wrong), 400, "InvalidParameter");
    }
    // Whether a postpaid pair may ask for a bandwidth is a policy, so it is read.
    let charge = pair(&[("Bandwidth", "10240")]).settings.charge;
    assert_eq!(charge, Charge::PostPayWith { bandwidth: 10_240 });
}

#[test]
fn tags_count_from_one_and_may_have_gaps() {
    let tags = [("Tag.3.Key", "c"), ("Tag.1.Value", "x"), ("Tag.1.Key", "a"), ("Tag.20.Key", "z")];
    let expected = [tag("a", "x"), tag("c", ""), tag("z", "")];
    assert_eq!(pair(&tags).settings.tags, expected);
    assert_eq!(list(&tags).tags, expected);
    assert_eq!(cluster(&and(least(CREATE_CLUSTER), &tags)).tags, expected);
    // Not of the list's form, so not defined.
    for name in [
        "Tag.0.Key",
        "Tag.01.Key",
        "Tag.x.Key",
        "Tag.1.Name",
        "Tag.1",
        "Tag..Key",
        "Tag.-1.Key",
        "Tags.1.Key",
    ] {
        assert_eq!(pair(&[(name, "v")]).settings.tags, [], "{name}");
    }
    assert_eq!(pair(&[("Tag.1.Key", ""), ("Tag.1.Value", "")]).settings.tags, []);
}

#[test]
fn bad_tags_are_refused_by_both_products() {
    let long = "v".repeat(129);
    let (missing, bad) = ("MissingParameter", "InvalidParameter");
    for (given, ebs, polardb) in [
        (&[("Tag.1.Value", "x")][..], missing, missing),
        (&[("Tag.2.Key", ""), ("Tag.2.Value", "x")], missing, missing),
        (&[("Tag.21.Key", "k")], bad, "NumberExceed.Tags"),
        (&[("Tag.99999999999999999999.Key", "k")], bad, "NumberExceed.Tags"),
        (&[("Tag.1.Key", "acs:x")], bad, "InvalidTag.Malformed"),
        (&[("Tag.1.Key", "aliyunx")], bad, "InvalidTag.Malformed"),
        (&[("Tag.1.Key", "a https://b")], bad, "InvalidTag.Malformed"),
        (&[("Tag.1.Key", "k"), ("Tag.1.Value", "http://")], bad, "InvalidTag.Malformed"),
        (&[("Tag.1.Key", &long)], bad, "InvalidTag.Malformed"),
        (&[("Tag.1.Key", "k"), ("Tag.1.Value", &long)], bad, "InvalidTag.Malformed"),
    ] {
        for operation in [CREATE, DESCRIBE] {
            expect(operation, &and(least(operation), given), 400, ebs);
        }
        for operation in [CREATE_CLUSTER, Operation::DescribeDbClusters] {
            expect(operation, &and(least(operation), given), 400, polardb);
        }
    }
    let twice = and(least(CREATE), &[("Tag.1.Key", "k"), ("Tag.1.Value", "a"), ("Tag.1.Value", "b")]);
    let (.., message) = refused(CREATE, &twice);
    assert_eq!(message, "The parameter Tag.1.Value is invalid.");
}

#[test]
fn twenty_tags_are_allowed() {
    let names: Vec<String> = (1..=20).map(|number| format!("Tag.{number}.Key")).collect();
    let tags: Given<'_> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    assert_eq!(pair(&tags).settings.tags.len(), 20);
}

#[test]
fn flags_have_the_published_defaults() {
    let start = |given: &[(&'static str, &'static str)]| {
        let operation = Operation::StartDiskReplicaPair;
        accepted(operation, &and(least(operation), given)).request
    };
    let pair = || "pair-cn-dsa".parse().unwrap();
    assert_eq!(start(&[]), StartDiskReplicaPair::new(pair()).into());
    assert_eq!(start(&[("OneShot", "True")]), StartDiskReplicaPair::new(pair()).one_shot(true).into());
    let reprotect = |given: &[(&'static str, &'static str)]| {
        let operation = Operation::ReprotectDiskReplicaPair;
        accepted(operation, &and(least(operation), given)).request
    };
    let reverse =
        |reverse_replicate| ReprotectDiskReplicaPair::new(pair()).reverse_replicate(reverse_replicate).into();
    assert_eq!(reprotect(&[]), reverse(true));
    assert_eq!(reprotect(&[("ReverseReplicate", "FALSE")]), reverse(false));
}

#[test]
fn pages_are_by_token_unless_only_number_or_size_is_given() {
    let token = |max_results, after| Page::Token { max_results, after };
    assert_eq!(list(&[]), DescribeDiskReplicaPairs::default());
    assert_eq!(list(&[("MaxResults", "500")]).page, token(500, None));
    assert_eq!(list(&[("PageNumber", "3")]).page, Page::Number { number: 3, size: 10 });
    assert_eq!(list(&[("PageSize", "100")]).page, Page::Number { number: 1, size: 100 });
    assert_eq!(list(&[("PageSize", "100"), ("MaxResults", "7")]).page, token(7, None));
    let filtered = list(&[
        ("PairIds", "pair-1,pair-2"),
        ("Site", "backup"),
        ("ReplicaGroupId", "-"),
        ("ResourceGroupId", "rg-1"),
        ("Name", "ä b"),
    ]);
    assert_eq!(filtered.pairs.len(), 2);
    assert_eq!(filtered.site, Site::Backup);
    assert_eq!(filtered.group.as_deref(), Some("-"));
    assert_eq!(filtered.name.as_deref(), Some("ä b"));
    assert_eq!(filtered.resource_group.unwrap().as_str(), "rg-1");
}

#[test]
fn a_cursor_survives_its_token() {
    use failover_model::wire::DescribeDiskReplicaPairsResponse;
    let lists = [0, 1, 0x1234_5678, u32::MAX];
    let positions = [0, 1, 10, 4_096, u64::MAX - 1, u64::MAX];
    for cursor in lists.iter().flat_map(|list| positions.map(|at| Cursor { at, list: *list })) {
        let page = failover_model::ebs::PairPage {
            pairs: vec![],
            group_names: std::collections::BTreeMap::new(),
            site: Site::Production,
            next: Some(cursor),
            page: Page::default(),
            total: 0,
            other_site: vec![],
        };
        let token = DescribeDiskReplicaPairsResponse::new(&page, "r").next_token.unwrap();
        assert_eq!(list(&[("NextToken", &token)]).page, Page::Token { max_results: 10, after: Some(cursor) });
        for mangled in [
            token.to_uppercase(),
            format!("{token}0"),
            token.replacen('0', "1", 1),
            token[1..].into(),
            token[..20].into(),
        ] {
            if mangled != token {
                expect(DESCRIBE, &with(DESCRIBE, "NextToken", &mangled), 400, "InvalidParameter");
            }
        }
    }
}

#[test]
fn the_least_create_of_a_cluster_has_the_published_defaults() {
    let expected = CreateDbCluster::new(Engine::MySql, "8.0", "polar.mysql.x4.medium".parse().unwrap())
        .edition(Edition::Normal)
        .node_number(2)
        .pay_type(PayType::Postpaid)
        .hot_standby(HotStandby::Storage);
    assert_eq!(cluster(&least(CREATE_CLUSTER)), expected);
}

/// P-017, P-018.
#[test]
fn what_stands_by_follows_from_the_edition_and_the_call() {
    let given = |more: &[(&'static str, &'static str)]| and(least(CREATE_CLUSTER), more);
    let of = |more: &[(&'static str, &'static str)]| {
        let request = cluster(&given(more));
        (request.hot_standby, request.standby_zone.map(|zone| zone.to_string()))
    };
    assert_eq!(of(&[("CreationCategory", "SENormal")]).0, HotStandby::Standard);
    assert_eq!(of(&[("CreationCategory", "Basic")]).0, HotStandby::Off);
    assert_eq!(of(&[("HotStandbyCluster", "OFF")]), (HotStandby::Off, None));
    assert_eq!(of(&[("StandbyAZ", "auto")]), (HotStandby::Storage, None));
    let zone = ("StandbyAZ", "cn-shanghai-c");
    assert_eq!(of(&[zone]), (HotStandby::Storage, Some("cn-shanghai-c".into())));
    assert_eq!(of(&[("HotStandbyCluster", "EQUAL"), zone]).0, HotStandby::Compute);
    expect(
        CREATE_CLUSTER,
        &given(&[("HotStandbyCluster", "BOGUS")]),
        400,
        "InvalidHotStandbyCluster.Malformed",
    );
    expect(CREATE_CLUSTER, &given(&[("HotStandbyCluster", "EQUAL")]), 400, "MissingParameter");
    expect(CREATE_CLUSTER, &given(&[("StandbyAZ", "!")]), 400, "InvalidStandbyAZ.Malformed");
}

#[test]
fn the_edition_decides_how_many_nodes_there_may_be() {
    fn given<'a>(category: &'a str, number: &'a str) -> Given<'a> {
        and(least(CREATE_CLUSTER), &[("CreationCategory", category), ("DBNodeNum", number)])
    }
    for (category, edition, default, most) in [
        ("Normal", Edition::Normal, 2, 16),
        ("Basic", Edition::Basic, 1, 1),
        ("ArchiveNormal", Edition::Archive, 2, 16),
        ("NormalMultimaster", Edition::NormalMultimaster, 2, 16),
        ("SENormal", Edition::SeNormal, 1, 8),
    ] {
        let found = cluster(&given(category, ""));
        assert_eq!((found.edition, found.node_number), (edition, default));
        assert_eq!(cluster(&given(category, &most.to_string())).node_number, most);
        for number in [0, most + 1] {
            expect(CREATE_CLUSTER, &given(category, &number.to_string()), 400, "InvalidDBNodeNum.Malformed");
        }
    }
    // Answers spell this edition otherwise.
    expect(CREATE_CLUSTER, &given("Archive", ""), 400, "InvalidCreationCategory.Malformed");
}

#[test]
fn a_version_belongs_to_its_engine() {
    let given = |operation, engine, version| {
        let mut given = without(operation, "DBType");
        given.retain(|(name, _)| *name != "DBVersion");
        and(given, &[("DBType", engine), ("DBVersion", version)])
    };
    let list = Operation::DescribeDbClusters;
    for (engine, version) in [("MySQL", "5.6"), ("PostgreSQL", "15"), ("Oracle", "14")] {
        accepted(CREATE_CLUSTER, &given(CREATE_CLUSTER, engine, version));
        accepted(list, &given(list, engine, version));
    }
    for (engine, version) in [("MySQL", "14"), ("PostgreSQL", "8.0"), ("Oracle", "15")] {
        expect(CREATE_CLUSTER, &given(CREATE_CLUSTER, engine, version), 400, "DBTypeOrDBVersion.Malformed");
        expect(list, &given(list, engine, version), 404, "DBTypeOrDBVersion.Malformed");
    }
    // Without an engine there is nothing that the version could contradict.
    accepted(list, &with(list, "DBVersion", "14"));
}

#[test]
fn what_create_defines_and_the_model_does_not_use_is_kept_and_nothing_else() {
    let more = [
        ("VPCId", "vpc-1"),
        ("AutoRenew", "True"),
        ("Period", "Month"),
        ("UsedTime", ""),
        ("CreationOption", "Normal"),
        ("OwnerAccount", "x"),
        ("ResourceOwnerId", "1"),
        ("SecurityToken", "x"),
        ("SignatureNonce", "x"),
        ("Version", "2017-08-01"),
        ("NotDefined", "x"),
    ];
    let other = cluster(&and(least(CREATE_CLUSTER), &more)).other;
    let other: Vec<(&str, &str)> = other.iter().map(|(name, value)| (&**name, &**value)).collect();
    let expected = [("AutoRenew", "True"), ("CreationOption", "Normal"), ("VPCId", "vpc-1")];
    assert_eq!(other, expected);
}

/// P-410: `GDNId` is meant only together with the option, and then neither is a parameter that is not used.
#[test]
fn a_secondary_names_its_network() {
    let create = |more: &[(&str, &str)]| cluster(&and(least(CREATE_CLUSTER), more));
    let option = ("CreationOption", "CreateGdnStandby");
    let joining = create(&[option, ("GDNId", "gdn-1")]);
    assert_eq!((joining.joins, joining.other), (Some("gdn-1".parse().unwrap()), vec![]));
    let alone = create(&[("GDNId", "?")]);
    assert_eq!((alone.joins, alone.other.len()), (None, 1));
    let given = and(least(CREATE_CLUSTER), &[option]);
    expect(CREATE_CLUSTER, &given, 400, "MissParameter.GDNId");
    expect(CREATE_CLUSTER, &and(given, &[("GDNId", "?")]), 400, "InvalidGDNId.Malformed");
}

#[test]
fn failover_and_priority_come_out_as_asked() {
    let failover = Operation::FailoverDbCluster;
    let plain = FailoverDbCluster::new("pc-1".parse().unwrap()).target_zone_type(TargetZoneType::Primary);
    assert_eq!(accepted(failover, &with(failover, "TargetDBNodeId", "")).request, plain.clone().into());
    let full = [("TargetDBNodeId", "pi-2"), ("RollBackForDisaster", "True"), ("TargetZoneType", "Standby")];
    let expected = plain
        .to("pi-2".parse().unwrap())
        .roll_back_for_disaster(true)
        .target_zone_type(TargetZoneType::Standby);
    assert_eq!(accepted(failover, &and(least(failover), &full)).request, expected.into());
    for number in 1..=15 {
        let text = number.to_string();
        let operation = Operation::ModifyDbNodeConfig;
        let expected = ModifyDbNodeConfig::new(
            "pc-1".parse().unwrap(),
            "pi-1".parse().unwrap(),
            Priority::new(number).unwrap(),
        );
        assert_eq!(accepted(operation, &with(operation, "ConfigValue", &text)).request, expected.into());
    }
}

#[test]
fn the_list_of_clusters_has_the_published_defaults_and_keeps_its_filters() {
    let operation = Operation::DescribeDbClusters;
    let found =
        |given: &[(&'static str, &'static str)]| accepted(operation, &and(least(operation), given)).request;
    assert_eq!(found(&[]), DescribeDbClusters::default().into());
    let full = found(&[
        ("DBClusterIds", "pc-1,pc-2"),
        ("DBNodeIds", "pi-1"),
        ("DBClusterDescription", "test"),
        ("DBClusterStatus", "Running"),
        ("DBType", "Oracle"),
        ("DBVersion", "11"),
        ("PayType", "Prepaid"),
        ("ResourceGroupId", "rg-1"),
        ("PageNumber", "2"),
        ("PageSize", "100"),
        ("Expired", "true"),
        ("RecentCreationInterval", "7"),
        ("RecentExpirationInterval", "0"),
    ]);
    let expected = DescribeDbClusters::default()
        .clusters(vec!["pc-1".parse().unwrap(), "pc-2".parse().unwrap()])
        .nodes(vec!["pi-1".parse().unwrap()])
        .description("test".into())
        .status("Running".into())
        .engine(Engine::Oracle)
        .version("11".into())
        .pay_type(PayType::Prepaid)
        .created_within(7)
        .expires_within(0)
        .resource_group("rg-1".parse().unwrap())
        .page_number(2)
        .page_size(100);
    assert_eq!(full, expected.into());
}

/// The least request of each operation names what its parameters name: the drill before its owner, the group before the
/// pair. One that creates a pair, a group or a cluster names nothing yet.
#[test]
fn a_request_names_its_one_resource() {
    let parameters = ["DrillId", "ReplicaGroupId", "GroupId", "ReplicaPairId", "PairId", "DBClusterId"];
    for &operation in Operation::ALL {
        let given = least(operation);
        let value = |wanted: &str| given.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        let mut named = parameters.iter().find_map(|name| value(name));
        let lists = operation == Operation::DescribeGlobalDatabaseNetworks;
        let of_network =
            (operation != Operation::CreateDbCluster && !lists).then(|| value("GDNId")).flatten();
        named = of_network.or(named);
        named = named.or_else(|| value("ResourceId")).or_else(|| value("ResourceId.1"));
        if operation == Operation::RestartDbNode {
            named = value("DBNodeId");
            assert!(named.is_some());
        }
        assert_eq!(accepted(operation, &given).request.resource(), named, "{operation}");
    }
    for (ids, named) in [("pair-1", Some("pair-1")), ("pair-1,pair-2", None)] {
        let asked = accepted(DESCRIBE, &and(least(DESCRIBE), &[("PairIds", ids)]));
        assert_eq!(asked.request.resource(), named);
    }
}

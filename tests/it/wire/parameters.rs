//! Every parameter of every operation: absent, empty, malformed, out of range, given twice.

use super::*;

/// What a parameter holds, and so how it can be wrong.
#[derive(Clone, Copy)]
enum Kind {
    Id,
    Ids {
        most: usize,
    },
    Name,
    /// As a name, without dots.
    GroupName,
    /// As a name, without dots and colons, and shorter.
    NetworkDescription,
    /// The key of a tag, and its value.
    Key,
    Value,
    Description,
    Flag,
    Number(u64, u64),
    /// One of these words.
    Word(&'static [&'static str]),
    Token,
    /// The opaque token of a page.
    Next,
    /// Any text.
    Text,
    /// A time with or without seconds.
    Time,
    /// A whole hour.
    Hour,
}

use Kind::*;

struct Parameter(&'static str, Kind, bool);

const REQUIRED: bool = true;
const OPTIONAL: bool = false;

const TYPES: &[&str] = &["diskreplicapair", "DiskReplicaPair"];

/// The parameters of an operation in the order of the vendor's list.
fn parameters_of(operation: Operation) -> Vec<Parameter> {
    let region = || Parameter("RegionId", Id, REQUIRED);
    let pair = || {
        vec![region(), Parameter("ReplicaPairId", Id, REQUIRED), Parameter("ClientToken", Token, OPTIONAL)]
    };
    let group = || {
        vec![region(), Parameter("ReplicaGroupId", Id, REQUIRED), Parameter("ClientToken", Token, OPTIONAL)]
    };
    let cluster = || vec![Parameter("DBClusterId", Id, REQUIRED)];
    let clusters = || {
        vec![
            region(),
            Parameter("DBClusterIds", Ids { most: usize::MAX }, OPTIONAL),
            Parameter("DBClusterDescription", Text, OPTIONAL),
            Parameter("DBClusterStatus", Text, OPTIONAL),
            Parameter("DBType", Word(&["MySQL", "PostgreSQL", "Oracle"]), OPTIONAL),
            Parameter("DBVersion", Text, OPTIONAL),
            Parameter("PageSize", Word(&["30", "50", "100"]), OPTIONAL),
            Parameter("PageNumber", Number(1, i32::MAX as u64), OPTIONAL),
            Parameter("ResourceGroupId", Id, OPTIONAL),
            Parameter("PayType", Word(&["Postpaid", "Prepaid"]), OPTIONAL),
            Parameter("DBNodeIds", Ids { most: usize::MAX }, OPTIONAL),
        ]
    };
    let and = |mut list: Vec<Parameter>, more| {
        list.push(more);
        list
    };
    match operation {
        Operation::CreateDiskReplicaPair => vec![
            region(),
            Parameter("SourceZoneId", Id, REQUIRED),
            Parameter("DiskId", Id, REQUIRED),
            Parameter("DestinationRegionId", Id, REQUIRED),
            Parameter("DestinationDiskId", Id, REQUIRED),
            Parameter("DestinationZoneId", Id, REQUIRED),
            Parameter("PairName", Name, OPTIONAL),
            Parameter("Description", Description, OPTIONAL),
            Parameter("ChargeType", Word(&["POSTPAY"]), OPTIONAL),
            Parameter("Period", Number(0, i32::MAX as u64), OPTIONAL),
            Parameter("PeriodUnit", Word(&["Month", "Week"]), OPTIONAL),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("Bandwidth", Number(0, i64::MAX as u64), OPTIONAL),
            Parameter("RPO", Number(900, 900), OPTIONAL),
            Parameter("ResourceGroupId", Id, OPTIONAL),
            Parameter("EnableRtc", Flag, OPTIONAL),
        ],
        Operation::StartDiskReplicaPair => and(pair(), Parameter("OneShot", Flag, OPTIONAL)),
        Operation::ReprotectDiskReplicaPair => and(pair(), Parameter("ReverseReplicate", Flag, OPTIONAL)),
        Operation::StopDiskReplicaPair
        | Operation::FailoverDiskReplicaPair
        | Operation::DeleteDiskReplicaPair => pair(),
        Operation::DescribeDiskReplicaPairs => vec![
            region(),
            Parameter("MaxResults", Number(1, 500), OPTIONAL),
            Parameter("NextToken", Next, OPTIONAL),
            Parameter("PairIds", Ids { most: 100 }, OPTIONAL),
            Parameter("Site", Word(&["production", "backup"]), OPTIONAL),
            Parameter("ReplicaGroupId", Id, OPTIONAL),
            Parameter("PageNumber", Number(1, i32::MAX as u64), OPTIONAL),
            Parameter("PageSize", Number(1, 100), OPTIONAL),
            Parameter("ResourceGroupId", Id, OPTIONAL),
            Parameter("Name", Text, OPTIONAL),
        ],
        Operation::CreateDiskReplicaGroup => vec![
            region(),
            Parameter("SourceZoneId", Id, REQUIRED),
            Parameter("DestinationRegionId", Id, REQUIRED),
            Parameter("DestinationZoneId", Id, REQUIRED),
            Parameter("GroupName", GroupName, OPTIONAL),
            Parameter("Description", Description, OPTIONAL),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("RPO", Number(900, 900), OPTIONAL),
            Parameter("Bandwidth", Number(0, i64::MAX as u64), OPTIONAL),
            Parameter("ResourceGroupId", Id, OPTIONAL),
            Parameter("EnableRtc", Flag, OPTIONAL),
        ],
        Operation::ModifyDiskReplicaGroup => vec![
            region(),
            Parameter("ReplicaGroupId", Id, REQUIRED),
            Parameter("GroupName", GroupName, OPTIONAL),
            Parameter("Description", Description, OPTIONAL),
            Parameter("RPO", Number(900, 900), OPTIONAL),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("Bandwidth", Number(0, i64::MAX as u64), OPTIONAL),
            Parameter("EnableRtc", Flag, OPTIONAL),
        ],
        Operation::StartDiskReplicaGroup => and(group(), Parameter("OneShot", Flag, OPTIONAL)),
        Operation::ReprotectDiskReplicaGroup => and(group(), Parameter("ReverseReplicate", Flag, OPTIONAL)),
        Operation::StopDiskReplicaGroup
        | Operation::FailoverDiskReplicaGroup
        | Operation::DeleteDiskReplicaGroup => group(),
        Operation::DescribeDiskReplicaGroups => vec![
            region(),
            Parameter("MaxResults", Number(1, 500), OPTIONAL),
            Parameter("NextToken", Next, OPTIONAL),
            Parameter("GroupIds", Ids { most: 100 }, OPTIONAL),
            Parameter("Site", Word(&["production", "backup"]), OPTIONAL),
            Parameter("PageNumber", Number(1, i32::MAX as u64), OPTIONAL),
            Parameter("PageSize", Number(1, 100), OPTIONAL),
            Parameter("ResourceGroupId", Id, OPTIONAL),
            Parameter("Name", Text, OPTIONAL),
        ],
        Operation::AddDiskReplicaPair | Operation::RemoveDiskReplicaPair => vec![
            region(),
            Parameter("ReplicaGroupId", Id, REQUIRED),
            Parameter("ReplicaPairId", Id, REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
        ],
        Operation::StartPairDrill => {
            vec![region(), Parameter("PairId", Id, REQUIRED), Parameter("ClientToken", Token, OPTIONAL)]
        }
        Operation::ClearPairDrill => {
            vec![region(), Parameter("PairId", Id, REQUIRED), Parameter("DrillId", Id, REQUIRED)]
        }
        Operation::DescribePairDrills => vec![
            region(),
            Parameter("DrillId", Id, OPTIONAL),
            Parameter("PairId", Id, REQUIRED),
            Parameter("MaxResults", Number(1, 500), OPTIONAL),
            Parameter("NextToken", Next, OPTIONAL),
            Parameter("PageNumber", Number(1, i32::MAX as u64), OPTIONAL),
            Parameter("PageSize", Number(1, 100), OPTIONAL),
        ],
        Operation::StartReplicaGroupDrill => {
            vec![region(), Parameter("GroupId", Id, REQUIRED), Parameter("ClientToken", Token, OPTIONAL)]
        }
        Operation::ClearReplicaGroupDrill => {
            vec![region(), Parameter("GroupId", Id, REQUIRED), Parameter("DrillId", Id, REQUIRED)]
        }
        Operation::DescribeReplicaGroupDrills => vec![
            region(),
            Parameter("GroupId", Id, REQUIRED),
            Parameter("DrillId", Id, OPTIONAL),
            Parameter("NextToken", Next, OPTIONAL),
            Parameter("MaxResults", Number(1, 500), OPTIONAL),
            Parameter("PageSize", Number(1, 100), OPTIONAL),
            Parameter("PageNumber", Number(1, i32::MAX as u64), OPTIONAL),
        ],
        Operation::ModifyDiskReplicaPair => vec![
            region(),
            Parameter("ReplicaPairId", Id, REQUIRED),
            Parameter("PairName", Name, OPTIONAL),
            Parameter("Description", Description, OPTIONAL),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("Bandwidth", Number(0, (1 << 63) - 1), OPTIONAL),
            Parameter("RPO", Number(900, 900), OPTIONAL),
            Parameter("EnableRtc", Flag, OPTIONAL),
        ],
        Operation::DescribeDiskReplicaPairProgress => {
            vec![region(), Parameter("ReplicaPairId", Id, REQUIRED)]
        }
        Operation::TagResources => vec![
            region(),
            Parameter("ResourceId.1", Id, REQUIRED),
            Parameter("Tag.1.Key", Key, REQUIRED),
            Parameter("Tag.1.Value", Value, OPTIONAL),
            Parameter("ResourceType", Word(TYPES), REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
        ],
        Operation::UntagResources => vec![
            region(),
            Parameter("ResourceId.1", Id, REQUIRED),
            Parameter("TagKey.1", Key, REQUIRED),
            Parameter("All", Flag, OPTIONAL),
            Parameter("ResourceType", Word(TYPES), REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
        ],
        Operation::ListTagResources => vec![
            region(),
            Parameter("ResourceId.1", Id, OPTIONAL),
            Parameter("Tag.1.Key", Key, OPTIONAL),
            Parameter("NextToken", Next, OPTIONAL),
            Parameter("ResourceType", Word(TYPES), REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
        ],
        Operation::ChangeResourceGroup => vec![
            region(),
            Parameter("ResourceType", Word(TYPES), REQUIRED),
            Parameter("ResourceId", Id, REQUIRED),
            Parameter("NewResourceGroupId", Id, REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
        ],
        Operation::CreateDbCluster => vec![
            region(),
            Parameter("ZoneId", Id, OPTIONAL),
            Parameter("DBType", Word(&["MySQL"]), REQUIRED),
            Parameter("DBVersion", Word(&["5.6", "5.7", "8.0"]), REQUIRED),
            Parameter("DBNodeClass", Id, REQUIRED),
            Parameter("DBClusterDescription", Description, OPTIONAL),
            Parameter("PayType", Word(&["Postpaid", "Prepaid"]), REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("ResourceGroupId", Id, OPTIONAL),
            Parameter(
                "CreationCategory",
                Word(&["Normal", "Basic", "ArchiveNormal", "NormalMultimaster", "SENormal"]),
                OPTIONAL,
            ),
            Parameter("HotStandbyCluster", Word(&["ON", "OFF"]), OPTIONAL),
            Parameter("StandbyAZ", Id, OPTIONAL),
            Parameter("ServerlessType", Word(&["AgileServerless"]), OPTIONAL),
            Parameter("DBNodeNum", Number(1, 16), OPTIONAL),
            Parameter("StorageSpace", Text, OPTIONAL),
        ],
        Operation::ModifyDbNodeConfig => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("DBNodeId", Id, REQUIRED),
            Parameter("ConfigName", Word(&["FailoverPriority"]), REQUIRED),
            Parameter("ConfigValue", Number(1, 15), REQUIRED),
        ],
        Operation::FailoverDbCluster | Operation::FailoverDbClusterZonal => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("TargetDBNodeId", Id, OPTIONAL),
            Parameter("RollBackForDisaster", Flag, OPTIONAL),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("TargetZoneType", Word(&["Primary", "Standby"]), OPTIONAL),
        ],
        Operation::DescribeDbClusters => clusters(),
        Operation::DescribeDbClustersZonal => and(
            and(clusters(), Parameter("MaxResults", Number(1, i32::MAX as u64), OPTIONAL)),
            Parameter("NextToken", Next, OPTIONAL),
        ),
        Operation::DeleteDbCluster
        | Operation::DescribeDbClusterAttribute
        | Operation::DescribeDbClusterAttributeZonal => cluster(),
        Operation::CreateDbNodes => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("PlannedStartTime", Time, OPTIONAL),
            Parameter("DBNodeType", Word(&["RO", "STANDBY", "DLNode"]), OPTIONAL),
            Parameter("ImciSwitch", Word(&["ON", "OFF"]), OPTIONAL),
        ],
        Operation::DeleteDbNodes => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("DBNodeType", Word(&["RO", "STANDBY", "DLNode"]), OPTIONAL),
        ],
        Operation::ModifyDbNodeClass => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("ModifyType", Word(&["Upgrade", "Downgrade"]), REQUIRED),
            Parameter("DBNodeTargetClass", Id, REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("PlannedStartTime", Time, OPTIONAL),
            Parameter("DBNodeType", Word(&["DLNode"]), OPTIONAL),
        ],
        Operation::ModifyDbNodesClass => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("ModifyType", Word(&["Upgrade", "Downgrade"]), REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
            Parameter("PlannedStartTime", Time, OPTIONAL),
        ],
        Operation::RestartDbNode => vec![
            Parameter("DBNodeId", Id, REQUIRED),
            Parameter("PlannedStartTime", Time, OPTIONAL),
            Parameter("FromTimeService", Flag, OPTIONAL),
        ],
        Operation::RestartDbNodeZonal => vec![
            Parameter("DBNodeId", Id, REQUIRED),
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("ClientToken", Token, OPTIONAL),
        ],
        Operation::ModifyDbNodeHotReplicaMode => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("DBNodeId", Id, REQUIRED),
            Parameter("HotReplicaMode", Word(&["ON", "OFF"]), REQUIRED),
        ],
        Operation::ModifyDbClusterPrimaryZone => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("ZoneId", Id, REQUIRED),
            Parameter("ZoneType", Word(&["Primary", "Standby"]), OPTIONAL),
            Parameter("VSwitchId", Text, OPTIONAL),
            Parameter("IsSwitchOverForDisaster", Flag, OPTIONAL),
            Parameter("PlannedStartTime", Time, OPTIONAL),
            Parameter("FromTimeService", Flag, OPTIONAL),
        ],
        Operation::ModifyDbClusterDeletion => and(cluster(), Parameter("Protection", Flag, OPTIONAL)),
        Operation::DescribeEbsRegions => {
            vec![Parameter("ResourceType", Word(&["ear", "lens", "dbsc"]), OPTIONAL)]
        }
        Operation::DescribePolarDbRegions => vec![],
        Operation::ModifyDbClusterMaintainTime => and(cluster(), Parameter("MaintainTime", Hour, REQUIRED)),
        Operation::ModifyDbCluster => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("StandbyHAMode", Word(&["ON", "OFF"]), OPTIONAL),
            Parameter("DataSyncMode", Word(&["AsyncSync", "SemiSync", "AsynSync"]), OPTIONAL),
            Parameter("StorageAutoScale", Text, OPTIONAL),
        ],
        Operation::ModifyDbClusterArch => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("HotStandbyCluster", Word(&["on", "equal"]), REQUIRED),
            Parameter("StandbyAZ", Id, OPTIONAL),
        ],
        Operation::CreateGlobalDatabaseNetwork => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("GDNDescription", NetworkDescription, OPTIONAL),
            Parameter("ResourceGroupId", Id, OPTIONAL),
        ],
        Operation::DeleteGlobalDatabaseNetwork | Operation::DescribeGlobalDatabaseNetwork => {
            vec![Parameter("GDNId", Id, REQUIRED)]
        }
        Operation::RemoveDbClusterFromGdn => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("GDNId", Id, REQUIRED),
            Parameter("Force", Flag, OPTIONAL),
        ],
        Operation::SwitchOverGlobalDatabaseNetwork => vec![
            Parameter("DBClusterId", Id, OPTIONAL),
            Parameter("GDNId", Id, REQUIRED),
            Parameter("Forced", Flag, OPTIONAL),
        ],
        Operation::DescribeGlobalDatabaseNetworks => vec![
            Parameter("FilterRegion", Id, OPTIONAL),
            Parameter("DBClusterId", Id, OPTIONAL),
            Parameter("PageSize", Word(&["30", "50", "100"]), OPTIONAL),
            Parameter("PageNumber", Number(1, i32::MAX as u64), OPTIONAL),
            Parameter("GDNDescription", Text, OPTIONAL),
            Parameter("GDNId", Id, OPTIONAL),
            Parameter("ResourceGroupId", Id, OPTIONAL),
        ],
        Operation::DescribeDbClusterEndpoints | Operation::DescribeDbClusterEndpointsZonal => {
            and(cluster(), Parameter("DBEndpointId", Text, OPTIONAL))
        }
        Operation::DescribeHaLogs => vec![
            Parameter("DBClusterId", Id, REQUIRED),
            Parameter("DBNodeId", Id, OPTIONAL),
            Parameter("PageNumber", Number(1, i32::MAX as u64), OPTIONAL),
            Parameter("PageSize", Number(5, 50), OPTIONAL),
            Parameter("StartTime", Time, OPTIONAL),
            Parameter("EndTime", Time, OPTIONAL),
            Parameter("LogType", Word(&["HaSwitchLogList"]), REQUIRED),
        ],
        other => panic!("{other} has no table"),
    }
}

/// Values that are right and values that are wrong.
fn values(kind: Kind) -> (Vec<String>, Vec<String>) {
    let own = |texts: &[&str]| texts.iter().map(|text| String::from(*text)).collect::<Vec<_>>();
    match kind {
        Id => {
            let mut good = own(&["x", "pair-cn-dsa****", "a:b_c.D-9"]);
            good.push("a".repeat(128));
            let mut bad = own(&[" ", "a b", "a/b", "ä", "a\n", "\u{0}", "a%2Cb", "<x>"]);
            bad.push("a".repeat(129));
            (good, bad)
        }
        Ids { most } => {
            let mut good = own(&["a", "a,b", "a,a"]);
            let mut bad = own(&[",", "a,", ",a", "a,,b", "a, b", "a;b", "ä"]);
            bad.push(format!("a,{}", "b".repeat(129)));
            if most < usize::MAX {
                good.push(vec!["a"; most].join(","));
                bad.push(vec!["a"; most + 1].join(","));
            }
            (good, bad)
        }
        GroupName => {
            let (mut good, mut bad) =
                (own(&["ab", "Test:Group_1-3", "备份对"]), own(&["a", "a.b", "1ab", "a b"]));
            good.push("a".repeat(128));
            bad.push("a".repeat(129));
            (good, bad)
        }
        NetworkDescription => {
            let (mut good, mut bad) =
                (own(&["ab", "Test_1-3", "备份对"]), own(&["a", "a.b", "a:b", "1ab", "a b", "https://ab"]));
            good.push("a".repeat(126));
            bad.push("a".repeat(127));
            (good, bad)
        }
        Name => {
            let mut good = own(&["ab", "Test:Pair_1.2-3", "备份对"]);
            good.push("a".repeat(128));
            let mut bad = own(&["a", "1ab", "a b", "http://ab", "https://ab", "ab\u{0}", "aä"]);
            bad.push("a".repeat(129));
            (good, bad)
        }
        Key => {
            let mut good = own(&["k", "Ü 1", "x-acs:"]);
            good.push("k".repeat(128));
            let mut bad = own(&["aliyun", "acs:k", "a http://b", "https://"]);
            bad.push("k".repeat(129));
            (good, bad)
        }
        Value => {
            let mut good = own(&["v", "Ü 1", "aliyun"]);
            good.push("v".repeat(128));
            let mut bad = own(&["a http://b", "https://"]);
            bad.push("v".repeat(129));
            (good, bad)
        }
        Description => {
            let mut good = own(&["ab", "Ümläute 😀", "a http://b"]);
            good.push("ü".repeat(256));
            let mut bad = own(&["a", "http://ab", "https://ab"]);
            bad.push("ü".repeat(257));
            (good, bad)
        }
        Flag => {
            let good = own(&["true", "false", "True", "False", "TRUE", "fAlSe"]);
            (good, own(&["1", "0", "yes", "true ", "ｔrue", "null"]))
        }
        Number(least, most) => {
            let good = vec![least.to_string(), most.to_string(), format!("00{least}")];
            let mut bad = own(&["-1", "+1", "1.0", "0x1", "1 ", "one", "１", "18446744073709551616", "1e2"]);
            bad.push((most + 1).to_string());
            bad.extend(least.checked_sub(1).map(|number| number.to_string()));
            (good, bad)
        }
        Hour => (
            own(&["00:00Z-01:00Z", "16:00Z-17:00Z", "23:00Z-00:00Z"]),
            own(&[
                "16:00Z",
                "16:30Z-17:30Z",
                "16:00Z-18:00Z",
                "17:00Z-16:00Z",
                "24:00Z-01:00Z",
                "6:00Z-7:00Z",
                "16:00-17:00",
                "+1:00Z-02:00Z",
                "ä",
            ]),
        ),
        Word(words) => (own(words), own(&["no such word", "ä", "\u{0}", "1"])),
        Token => {
            let mut good = own(&["t", "a b", "\u{0}\u{7f}"]);
            good.push("a".repeat(64));
            let mut bad = own(&["ä", "\u{80}"]);
            bad.extend(["a".repeat(65), "ä".repeat(32), "ä".repeat(64)]);
            (good, bad)
        }
        Next => (
            Vec::new(),
            own(&[
                "AAAAAdDWBF2****",
                "0",
                "00000000000000010000",
                "0000000000000001000000000000",
                "+000000000000000000000000000",
                "000000000000000ä00000000000",
                "-1",
                "ä",
                "+0000000000000015bd1",
            ]),
        ),
        Time => (
            own(&["2025-05-01T00:00:00Z", "2020-02-29T23:59:59Z", "2020-05-01T00:00Z"]),
            own(&[
                "2025-05-01",
                "2025-05-01T00:00:00",
                "2025-02-30T00:00:00Z",
                "2025-05-01T24:00Z",
                "now",
                "ä:Z",
            ]),
        ),
        Text => (own(&["x", "ä", "a b"]), Vec::new()),
    }
}

/// Status and code of a bad parameter.
fn bad(operation: Operation, name: &str) -> (u16, String) {
    match (operation.product(), operation, name) {
        (Product::Ebs, operation, "ResourceType") if operation != Operation::DescribeEbsRegions => {
            (404, "InvalidResourceType.NotFound".into())
        }
        (Product::Ebs, ..) => (400, "InvalidParameter".into()),
        (
            _,
            Operation::DescribeDbClusterAttribute
            | Operation::DescribeDbClusterAttributeZonal
            | Operation::DescribeHaLogs,
            "DBClusterId",
        ) => (400, "InvalidDBClusterId.Malformed".into()),
        (_, Operation::ModifyDbCluster, name) if name != "DBClusterId" => (404, "InvalidParam".into()),
        (.., "DBClusterId") => (404, "InvalidDBClusterId.Malformed".into()),
        (.., "TargetDBNodeId") => (400, "InvalidDBNodeId.Malformed".into()),
        (.., "DBVersion") => (400, "DBTypeOrDBVersion.Malformed".into()),
        _ => (400, format!("Invalid{name}.Malformed")),
    }
}

/// A parameter that is not valid is named: by the message on the wire or, where the operation has one for all of them
/// (`P-616`), by the refusal itself.
#[track_caller]
fn assert_names(refusal: &WireRefusal, name: &str) {
    let mut text = refusal.wire().message.to_string();
    if refusal.wire().code == "InvalidParam" {
        assert_eq!(text, "Invalid Parameter.");
        text = refusal.to_string();
    }
    let named = if name == "TargetDBNodeId" { "DBNodeId" } else { name };
    assert!(text.contains(named), "{text}");
}

/// What a value needs beside it (`P-621`).
fn beside(operation: Operation, value: &str) -> &'static [(&'static str, &'static str)] {
    match (operation, value) {
        (Operation::CreateDbCluster, "Prepaid") => &[("Period", "Month"), ("UsedTime", "1")],
        _ => &[],
    }
}

/// P-603.
#[test]
fn a_malformed_cluster_id_has_the_status_that_the_operation_lists() {
    use Operation::{
        DescribeDbClusterAttribute, DescribeDbClusterAttributeZonal, DescribeHaLogs, FailoverDbCluster,
    };
    for (operation, status, basis) in [
        (DescribeHaLogs, 400, failover_model::Basis::Documented),
        (DescribeDbClusterAttribute, 400, failover_model::Basis::Documented),
        (DescribeDbClusterAttributeZonal, 400, failover_model::Basis::Documented),
        (FailoverDbCluster, 404, failover_model::Basis::Documented),
    ] {
        let given = with(operation, "DBClusterId", "!");
        let answer = super::call(operation, &given).unwrap_err().wire();
        assert_eq!((answer.status, &*answer.code), (status, "InvalidDBClusterId.Malformed"), "{operation}");
        assert_eq!(answer.basis, basis, "{operation}");
    }
}

/// Status and code of a parameter that is missing.
fn missing(operation: Operation, name: &str) -> (u16, String) {
    use Operation::{ChangeResourceGroup, TagResources};
    match (operation, name) {
        (TagResources | ChangeResourceGroup, "ResourceType") => (404, "MissingParameter.ResourceType".into()),
        (ChangeResourceGroup, "NewResourceGroupId") => (404, "MissingParameter.ResourceGroup".into()),
        _ => (400, "MissingParameter".into()),
    }
}

/// W-021.
#[test]
fn a_required_parameter_that_is_absent_or_empty_is_named() {
    for &operation in Operation::ALL {
        for Parameter(name, _, required) in parameters_of(operation) {
            if required {
                for given in [without(operation, name), with(operation, name, "")] {
                    let (status, code, message) = refused(operation, &given);
                    assert_eq!((status, code), missing(operation, name), "{operation} {name}");
                    let named = if name == "NewResourceGroupId" { "Resource Group" } else { name };
                    assert!(message.contains(named), "{message}");
                }
            }
        }
    }
}

/// W-021.
#[test]
fn an_empty_optional_parameter_is_absent() {
    for &operation in Operation::ALL {
        let plain = accepted(operation, &least(operation));
        for Parameter(name, _, required) in parameters_of(operation) {
            if !required {
                assert_eq!(accepted(operation, &with(operation, name, "")), plain, "{operation} {name}");
            }
        }
    }
}

#[test]
fn right_values_are_accepted_and_wrong_ones_named_with_the_products_code() {
    let mut wrong = 0;
    for &operation in Operation::ALL {
        for Parameter(name, kind, _) in parameters_of(operation) {
            let (right, bad_values) = values(kind);
            for value in &right {
                accepted(operation, &and(with(operation, name, value), beside(operation, value)));
            }
            for value in &bad_values {
                let refusal = call(operation, &with(operation, name, value)).unwrap_err();
                let wire = refusal.wire();
                assert_eq!(
                    (wire.status, wire.code.into_owned()),
                    bad(operation, name),
                    "{operation} {name}={value:?}"
                );
                assert_names(&refusal, name);
                wrong += 1;
            }
        }
    }
    assert!(wrong > 400, "{wrong}");
}

/// W-046.
#[test]
fn closed_lists_have_a_source_and_a_date() {
    let pages = ["ebs", "polardb"].map(|page| {
        let path = crate::pages::root().join(format!("docs/facts/{page}.md"));
        std::fs::read_to_string(path).unwrap()
    });
    let mut words = 0;
    for &operation in Operation::ALL {
        let page = &pages[usize::from(operation.product() == Product::PolarDb)];
        let table = page.split("### Closed lists of values").nth(1).unwrap().split("\n#").next().unwrap();
        for Parameter(name, kind, _) in parameters_of(operation) {
            let Word(list) = kind else { continue };
            let cells = |row: &str| -> Vec<String> { row.split('|').map(str::to_owned).collect() };
            let of_it =
                |row: &&str| cells(row).get(1).is_some_and(|cell| cell.contains(&format!("`{name}`")));
            let row = table.lines().find(of_it).unwrap_or_else(|| panic!("{operation} {name}"));
            let cells = cells(row);
            assert!(cells[3].contains('[') && cells[3].contains(", 2026-1"), "a source and a date: {row}");
            for word in list {
                let known = cells[2].to_lowercase().contains(&format!("`{}`", word.to_lowercase()));
                assert!(known, "{operation} {name}={word}");
                words += 1;
            }
        }
    }
    assert!(words > 60, "{words}");
}

/// W-020.
#[test]
fn a_parameter_given_twice_counts_once_or_is_bad_whatever_the_order() {
    for &operation in Operation::ALL {
        for Parameter(name, ..) in parameters_of(operation) {
            let (status, code) = bad(operation, name);
            // The version is then bad as a parameter, not for its engine.
            let (status, code) = match name {
                "DBVersion" => (status, "InvalidDBVersion.Malformed".into()),
                "ResourceType" => (400, "InvalidParameter".into()),
                _ => (status, code),
            };
            for pair in [[(name, "1"), (name, "2")], [(name, "2"), (name, "1")], [(name, "1"), (name, "")]] {
                expect(operation, &and(without(operation, name), &pair), status, &code);
            }
        }
        let twice = and(least(operation), &least(operation));
        assert_eq!(accepted(operation, &twice), accepted(operation, &least(operation)));
    }
}

/// W-025.
#[test]
fn of_two_bad_parameters_the_first_in_the_vendors_list_is_named() {
    let position = |operation, name: &str| {
        parameters_of(operation).iter().position(|parameter| parameter.0 == name).unwrap()
    };
    let mut pairs = 0;
    for &operation in Operation::ALL {
        for Parameter(one, one_kind, _) in parameters_of(operation) {
            for Parameter(two, two_kind, _) in parameters_of(operation) {
                let (Some(first), Some(second)) = (values(one_kind).1.pop(), values(two_kind).1.pop()) else {
                    continue;
                };
                if position(operation, one) < position(operation, two) {
                    let mut given = without(operation, one);
                    given.retain(|(name, _)| *name != two);
                    let given = and(given, &[(two, &second), (one, &first)]);
                    let refusal = call(operation, &given).unwrap_err();
                    let wire = refusal.wire();
                    assert_eq!(
                        (wire.status, wire.code.into_owned()),
                        bad(operation, one),
                        "{operation} {one} before {two}"
                    );
                    assert_names(&refusal, one);
                    pairs += 1;
                }
            }
        }
    }
    assert!(pairs > 200, "{pairs}");
}

/// W-024.
#[test]
fn the_region_is_read_where_it_is_defined_and_ignored_elsewhere() {
    for &operation in Operation::ALL {
        let defined = match operation.product() {
            Product::Ebs => operation != Operation::DescribeEbsRegions,
            Product::PolarDb => matches!(
                operation,
                Operation::CreateDbCluster
                    | Operation::DescribeDbClusters
                    | Operation::DescribeDbClustersZonal
            ),
        };
        let parsed = call(operation, &with(operation, "RegionId", "not a region"));
        assert_eq!(parsed.is_err(), defined, "{operation}");
        let region = accepted(operation, &with(operation, "RegionId", "cn-chengdu")).region;
        let expected = defined.then_some("cn-chengdu");
        assert_eq!(region.as_ref().map(|region| region.as_str()), expected, "{operation}");
    }
}

#[test]
fn the_token_is_read_where_it_is_defined_and_ignored_elsewhere() {
    for &operation in Operation::ALL {
        let token = accepted(operation, &with(operation, "ClientToken", "My Token")).token;
        // A listing defines one, though it has nothing to guard (E-711).
        let defined = operation.takes_token() || operation == Operation::ListTagResources;
        let expected = defined.then_some("My Token");
        assert_eq!(token.as_ref().map(|token| token.as_str()), expected, "{operation}");
        let long = call(operation, &with(operation, "ClientToken", &"x".repeat(65))).is_err();
        assert_eq!(long, defined, "{operation}");
        assert_eq!(accepted(operation, &least(operation)).token, None);
    }
}

/// W-026.
#[test]
fn what_an_operation_does_not_define_is_ignored() {
    let common = [
        ("AccessKeyId", "1234567890123456"),
        ("Signature", "ä"),
        ("Timestamp", "x"),
        ("Format", "?"),
        ("OwnerId", "-1"),
        ("pairids", ","),
        ("Nonsense", "\u{0}"),
        ("Nonsense", "again"),
    ];
    for &operation in Operation::ALL {
        assert_eq!(
            accepted(operation, &and(least(operation), &common)),
            accepted(operation, &least(operation))
        );
    }
}

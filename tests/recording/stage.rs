//! The acts among which sessions are searched, by what they are about.

use crate::service::{DESTINATION, PAIR, SOURCE};
use crate::session::{Act, Outside};

/// Acts on the same resources.
pub struct Stage {
    /// What it is for: one reading, which then is searched on its own stages alone, or a section, for all its other readings.
    pub of: &'static str,
    /// What is done before the search begins.
    pub begins: Vec<Act>,
    pub acts: Vec<Act>,
    /// The looks that show what there is.
    pub looks: Vec<Act>,
    /// Whether a client may go on without a look after an act. A look more is a time more at which something can have happened
    /// outside.
    pub blind: bool,
}

impl Stage {
    /// Whether it is for one reading alone.
    pub fn is_own(&self) -> bool {
        self.of.contains('.')
    }
}

pub fn outside(what: Outside, of: &str) -> Act {
    Act::Outside { what, of: of.into() }
}

/// A call with the usual parameters but for those of the names of `more`.
pub fn call(action: &str, usual: &[(&str, &str)], more: &[(&str, &str)]) -> Act {
    let mut all = usual.to_vec();
    all.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    all.extend_from_slice(more);
    Act::call(action, &all)
}

pub fn create_pair(more: &[(&str, &str)]) -> Act {
    call("CreateDiskReplicaPair", &PAIR, more)
}

pub fn pair(action: &str, region: &str, more: &[(&str, &str)]) -> Act {
    call(action, &[("RegionId", region), ("ReplicaPairId", "{pair}")], more)
}

pub fn group(action: &str, region: &str, more: &[(&str, &str)]) -> Act {
    call(action, &[("RegionId", region), ("ReplicaGroupId", "{group}")], more)
}

pub fn look_pair() -> Act {
    Act::call("DescribeDiskReplicaPairs", &[("RegionId", SOURCE), ("PairIds", "{pair}")])
}

pub fn create_group() -> Act {
    Act::call(
        "CreateDiskReplicaGroup",
        &[
            ("RegionId", SOURCE),
            ("SourceZoneId", "cn-shanghai-a"),
            ("DestinationRegionId", DESTINATION),
            ("DestinationZoneId", "cn-beijing-a"),
        ],
    )
}

pub fn look_group() -> Act {
    Act::call("DescribeDiskReplicaGroups", &[("RegionId", SOURCE), ("GroupIds", "{group}")])
}

fn pairs() -> Stage {
    Stage {
        of: "ebs",
        begins: Vec::new(),
        acts: vec![
            create_pair(&[]),
            create_pair(&[("DestinationRegionId", SOURCE), ("DestinationZoneId", "cn-shanghai-b")]),
            Act::Wait,
            pair("StartDiskReplicaPair", SOURCE, &[]),
            pair("StopDiskReplicaPair", SOURCE, &[]),
            pair("FailoverDiskReplicaPair", DESTINATION, &[]),
            pair("ReprotectDiskReplicaPair", DESTINATION, &[]),
            pair("DeleteDiskReplicaPair", SOURCE, &[]),
            pair("FailoverDiskReplicaPair", SOURCE, &[]),
            pair("ReprotectDiskReplicaPair", DESTINATION, &[("ReverseReplicate", "false")]),
            pair("StartDiskReplicaPair", DESTINATION, &[]),
            Act::call("StartPairDrill", &[("RegionId", DESTINATION), ("PairId", "{pair}")]),
            outside(Outside::DiskAttached, "d-source"),
            outside(Outside::HostDown, "d-source"),
            Act::Fails,
        ],
        looks: vec![
            look_pair(),
            Act::call("DescribePairDrills", &[("RegionId", DESTINATION), ("PairId", "{pair}")]),
        ],
        blind: false,
    }
}

fn charges() -> Stage {
    let prepaid = |period: &'static str, unit: &'static str| {
        create_pair(&[
            ("ChargeType", "PREPAY"),
            ("Bandwidth", "10240"),
            ("Period", period),
            ("PeriodUnit", unit),
        ])
    };
    Stage {
        of: "ebs",
        begins: Vec::new(),
        acts: vec![
            create_pair(&[("ChargeType", "POSTPAY"), ("Bandwidth", "10240")]),
            prepaid("1", "Week"),
            prepaid("1", "Month"),
            Act::Wait,
            pair("ModifyDiskReplicaPair", SOURCE, &[("Bandwidth", "20480")]),
        ],
        looks: vec![look_pair()],
        blind: false,
    }
}

fn groups() -> Stage {
    Stage {
        of: "ebs",
        begins: vec![create_pair(&[]), create_group(), Act::Wait],
        acts: vec![
            group("AddDiskReplicaPair", SOURCE, &[("ReplicaPairId", "{pair}")]),
            group("StartDiskReplicaGroup", SOURCE, &[]),
            Act::Wait,
            group("FailoverDiskReplicaGroup", DESTINATION, &[]),
            group("ReprotectDiskReplicaGroup", DESTINATION, &[]),
            group("StopDiskReplicaGroup", SOURCE, &[]),
            group("StopDiskReplicaGroup", DESTINATION, &[]),
            group("RemoveDiskReplicaPair", SOURCE, &[("ReplicaPairId", "{pair}")]),
            group("DeleteDiskReplicaGroup", SOURCE, &[]),
            pair("StartDiskReplicaPair", SOURCE, &[]),
            pair("StopDiskReplicaPair", SOURCE, &[]),
            Act::call("StartReplicaGroupDrill", &[("RegionId", DESTINATION), ("GroupId", "{group}")]),
            Act::Fails,
        ],
        looks: vec![look_group(), look_pair()],
        blind: false,
    }
}

pub fn cluster(action: &str, more: &[(&str, &str)]) -> Act {
    call(action, &[("DBClusterId", "{cluster}")], more)
}

pub fn create_cluster(engine: &str, version: &str, more: &[(&str, &str)]) -> Act {
    let usual = [
        ("RegionId", "cn-hangzhou"),
        ("DBType", engine),
        ("DBVersion", version),
        ("DBNodeClass", "polar.mysql.x4.large"),
        ("PayType", "Postpaid"),
    ];
    call("CreateDBCluster", &usual, more)
}

pub fn look_cluster() -> Act {
    cluster("DescribeDBClusterAttribute", &[])
}

pub fn new_node(more: &[(&str, &str)]) -> Act {
    let mut all = vec![("DBNode.1.TargetClass", "polar.mysql.x4.large")];
    all.extend_from_slice(more);
    cluster("CreateDBNodes", &all)
}

pub fn priority(node: &str, value: &str) -> Act {
    cluster(
        "ModifyDBNodeConfig",
        &[("DBNodeId", node), ("ConfigName", "FailoverPriority"), ("ConfigValue", value)],
    )
}

pub fn begun(create: Act) -> Vec<Act> {
    vec![create, Act::Wait, look_cluster()]
}

fn switches() -> Stage {
    Stage {
        of: "polardb",
        begins: begun(create_cluster("MySQL", "8.0", &[("DBNodeNum", "3")])),
        acts: vec![
            cluster("FailoverDBCluster", &[]),
            Act::Wait,
            cluster("FailoverDBCluster", &[("TargetDBNodeId", "{reader1}")]),
            cluster("FailoverDBCluster", &[("TargetDBNodeId", "{writer}")]),
            priority("{reader1}", "15"),
            Act::call("RestartDBNode", &[("DBNodeId", "{reader1}")]),
            new_node(&[]),
            new_node(&[("ImciSwitch", "ON")]),
            new_node(&[("DBNode.1.ZoneId", "cn-hangzhou-j")]),
            cluster("FailoverDBCluster", &[("TargetDBNodeId", "{new_node}")]),
            priority("{new_node}", "15"),
            Act::call(
                "ModifyDBNodeHotReplicaMode",
                &[("DBClusterId", "{cluster}"), ("DBNodeId", "{reader1}"), ("HotReplicaMode", "ON")],
            ),
            Act::Pass { seconds: 660 },
            Act::Pass { seconds: 595 },
            outside(Outside::NodeDown, "{writer}"),
            outside(Outside::NodeDown, "{reader1}"),
            outside(Outside::NodeDown, "{reader2}"),
            Act::Fails,
        ],
        looks: vec![look_cluster()],
        blind: false,
    }
}

fn engines() -> Stage {
    Stage {
        of: "polardb",
        begins: Vec::new(),
        acts: vec![
            create_cluster("PostgreSQL", "14", &[("DBNodeClass", "polar.pg.x4.medium")]),
            create_cluster("MySQL", "5.7", &[]),
            create_cluster("MySQL", "8.0", &[("CreationCategory", "SENormal"), ("DBNodeNum", "8")]),
            Act::Wait,
            cluster("FailoverDBCluster", &[]),
            Act::call("CreateGlobalDatabaseNetwork", &[("DBClusterId", "{cluster}")]),
            new_node(&[]),
        ],
        looks: vec![look_cluster()],
        blind: false,
    }
}

fn zones() -> Stage {
    Stage {
        of: "polardb",
        begins: begun(create_cluster(
            "MySQL",
            "8.0",
            &[("ZoneId", "cn-hangzhou-i"), ("HotStandbyCluster", "ON"), ("StandbyAZ", "cn-hangzhou-j")],
        )),
        acts: vec![
            cluster("FailoverDBCluster", &[("TargetZoneType", "Standby")]),
            cluster("FailoverDBCluster", &[("TargetZoneType", "Standby"), ("RollBackForDisaster", "true")]),
            cluster("FailoverDBCluster", &[("RollBackForDisaster", "true")]),
            new_node(&[("DBNode.1.ZoneId", "cn-hangzhou-j")]),
            cluster(
                "FailoverDBCluster",
                &[("TargetDBNodeId", "{new_node}"), ("RollBackForDisaster", "true")],
            ),
            Act::Wait,
            Act::Pass { seconds: 660 },
            outside(Outside::ZoneDown, "{writer}"),
        ],
        looks: vec![look_cluster()],
        blind: false,
    }
}

fn tokens() -> Stage {
    let under = [("ClientToken", "one")];
    Stage {
        of: "tokens",
        begins: Vec::new(),
        acts: vec![
            create_pair(&[]),
            Act::Wait,
            pair("StartDiskReplicaPair", SOURCE, &under),
            pair("StopDiskReplicaPair", SOURCE, &under),
            pair("FailoverDiskReplicaPair", DESTINATION, &under),
            pair("ReprotectDiskReplicaPair", DESTINATION, &under),
            pair("StartDiskReplicaPair", SOURCE, &[("ClientToken", "two words")]),
            pair("StartDiskReplicaPair", SOURCE, &[]),
        ],
        looks: vec![look_pair()],
        blind: false,
    }
}

fn polardb_tokens() -> Stage {
    let under = [("ClientToken", "one")];
    Stage {
        of: "polardb",
        begins: begun(create_cluster("MySQL", "8.0", &[("DBNodeNum", "3")])),
        acts: vec![
            cluster("FailoverDBCluster", &under),
            cluster("FailoverDBCluster", &[under[0], ("TargetDBNodeId", "{reader1}")]),
            Act::Wait,
        ],
        looks: vec![look_cluster()],
        blind: false,
    }
}

/// The stages of the sections, those with fewer acts first.
pub fn general() -> Vec<Stage> {
    vec![charges(), pairs(), groups(), polardb_tokens(), engines(), zones(), switches(), tokens()]
}

/// The stages of a reading: its own, or those of its section.
pub fn stages(reading: &str) -> Vec<Stage> {
    let own: Vec<Stage> = crate::own_stage::all().into_iter().filter(|stage| stage.of == reading).collect();
    if !own.is_empty() {
        return own;
    }
    general().into_iter().filter(|stage| reading.split('.').next() == Some(stage.of)).collect()
}

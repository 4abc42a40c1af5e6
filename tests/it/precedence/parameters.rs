//! What is wrong with the parameters by themselves, for each operation in the order in which they are read.
//!
//! A line is a parameter and a value that it must not have; a star behind the name says that it must be given at all;
//! further parameters follow behind `&`. Answers other than the usual ones stand behind `::`, that to the parameter that
//! is missing first. `ClientToken` alone stands where the format of the token is judged.

use failover_model::Product;

use super::{Case, Fault, How, operation};

const LONG: &str = "0123456789012345678901234567890123456789012345678901234567890123456789";

/// The faults of the parameters of a case.
pub fn faults(case: &Case) -> Vec<Fault> {
    let operation = operation(case);
    let ebs = operation.product() == Product::Ebs;
    let region = operation.takes_region();
    let first = region.then_some("RegionId*=!");
    let lines = list(case.operation).lines().map(str::trim).filter(|line| !line.is_empty());
    let mut faults = Vec::new();
    for line in first.into_iter().chain(lines) {
        let (line, words) = line.split_once(" | ").unwrap_or((line, ""));
        let mut parts = line.split("::");
        let given = parts.next().unwrap_or_default();
        let (missing, bad) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let mut how = Vec::new();
        for pair in given.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, LONG));
            how.push(How::Parameter(name.trim_end_matches('*'), Some(value)));
        }
        let name = given.split(['*', '=', '&']).next().unwrap_or_default();
        let required = given.starts_with(&format!("{name}*"));
        let mut push = |custom: &str, usual: (String, String), says, how| {
            let (answer, naming) = if custom.is_empty() { usual } else { (custom.into(), String::new()) };
            faults.push(Fault { answer, naming, says, how, is_read: true, apart: &[] });
        };
        if required {
            let usual = if ebs {
                ("400 MissingParameter (E-600".into(), format!("parameter {name} "))
            } else {
                ("400 MissingParameter (P-600".into(), format!("parameter \"{name}\" "))
            };
            push(missing, usual, format!("`{name}` is missing"), vec![How::Parameter(name, None)]);
        }
        let usual = if ebs {
            ("400 InvalidParameter (E-601".into(), format!("parameter {name} is invalid"))
        } else {
            (format!("400 Invalid{name}.Malformed (P-601"), String::new())
        };
        let says = match given {
            "ClientToken" => "a token of more than 64 characters".into(),
            _ if words.is_empty() => format!("`{name}` is not valid"),
            _ => words.into(),
        };
        push(bad, usual, says, how);
    }
    faults
}

/// Every parameter that any operation is tried with.
pub fn names() -> Vec<&'static str> {
    let mut names = vec!["RegionId"];
    for operation in failover_model::Operation::ALL {
        for line in list(operation.as_str()).lines().map(str::trim).filter(|line| !line.is_empty()) {
            names.push(line.split(['*', '=', '&', ':']).next().unwrap_or_default());
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The name with a letter for each number, since items of lists are alike.
pub fn item(name: &str) -> String {
    let digits: Vec<&str> =
        name.split('.').map(|part| if part.parse::<u32>().is_ok() { "N" } else { part }).collect();
    digits.join(".")
}

/// The parameters of an operation beside its region.
fn list(operation: &str) -> &'static str {
    match operation {
        "CreateDiskReplicaPair" => {
            "SourceZoneId*=!
            DiskId*=!
            DestinationRegionId*=!
            DestinationDiskId*=!
            DestinationZoneId*=!
            PairName=1
            Description=1
            ChargeType=FREE
            Period=x&ChargeType=PREPAY
            ChargeType=PREPAY::::400 MissingParameter (E-600 | a prepaid pair without a `Period`
            PeriodUnit=Year
            Period=99&ChargeType=PREPAY | a `Period` that is not sold
            ClientToken
            Bandwidth=1&ChargeType=PREPAY&Period=1
            RPO=1
            ResourceGroupId=!
            Tag.21.Key=k::::400 InvalidParameter (E-601 | more than 20 tags
            Tag.1.Key=aliyun
            Tag.2.Value=v::::400 MissingParameter (E-600 | a tag without a key
            Tag.3.Key=k&Tag.3.Value=http://v::::400 InvalidParameter (E-601 | `Tag.3.Value` is not valid
            EnableRtc=x"
        }
        "StartDiskReplicaPair" => "ReplicaPairId*=!\nClientToken\nOneShot=x",
        "ReprotectDiskReplicaPair" => "ReplicaPairId*=!\nClientToken\nReverseReplicate=x",
        "StopDiskReplicaPair" | "FailoverDiskReplicaPair" | "DeleteDiskReplicaPair" => {
            "ReplicaPairId*=!\nClientToken"
        }
        "ModifyDiskReplicaPair" => {
            "ReplicaPairId*=!
            PairName=1
            Description=1
            ClientToken
            Bandwidth=x
            RPO=1
            EnableRtc=x"
        }
        "DescribeDiskReplicaPairProgress" => "ReplicaPairId*=!",
        "DescribeDiskReplicaPairs" => {
            "MaxResults=0
            NextToken=x
            PairIds=!
            Site=x
            ReplicaGroupId=!
            PageNumber=0
            PageSize=0
            ResourceGroupId=!
            Tag.21.Key=k::::400 InvalidParameter (E-601 | more than 20 tags
            Tag.1.Key=aliyun
            Tag.2.Value=v::::400 MissingParameter (E-600 | a tag without a key
            Tag.3.Key=k&Tag.3.Value=http://v::::400 InvalidParameter (E-601 | `Tag.3.Value` is not valid"
        }
        "TagResources" => {
            "ResourceId.51=pair-1::::400 NumberExceed.ResourceIds (E-702 | more than 50 resources
            ResourceId.1*=!
            Tag.21.Key=x::::400 NumberExceed.Tags (E-703 | more than 20 tags
            Tag.1.Key*=aliyun
            Tag.2.Value=v::::400 MissingParameter (E-600 | a tag without a key
            Tag.3.Key=k&Tag.3.Value=http://v::::400 InvalidParameter (E-601 | `Tag.3.Value` is not valid
            Tag.4.Key=k&Tag.1.Key=k::::400 Duplicate.TagKey (E-704 | a key that is given twice
            ResourceType*=disk::404 MissingParameter.ResourceType (E-600::404 InvalidResourceType.NotFound (E-700
            ClientToken"
        }
        "UntagResources" => {
            "ResourceId.51=pair-1::::400 NumberExceed.ResourceIds (E-702 | more than 50 resources
            ResourceId.1*=!
            TagKey.21=x::::400 NumberExceed.Tags (E-703 | more than 20 keys
            TagKey.1=aliyun
            TagKey.2=k&TagKey.1=k::::400 Duplicate.TagKey (E-704 | a key that is given twice
            All=x
            TagKey.1=::::400 MissingParameter (E-600 | neither keys nor `All`
            ResourceType*=disk::::404 InvalidResourceType.NotFound (E-700
            ClientToken"
        }
        "ListTagResources" => {
            "ResourceId.51=pair-1::::400 NumberExceed.ResourceIds (E-702 | more than 50 resources
            ResourceId.1=!
            Tag.21.Key=x::::400 NumberExceed.Tags (E-703 | more than 20 tags
            Tag.1.Value=v::::400 InvalidParameter.TagValue (E-708 | a condition without a key
            Tag.3.Key=aliyun
            Tag.6.Key=k&Tag.6.Value=http://v::::400 InvalidParameter (E-601 | `Tag.6.Value` is not valid
            Tag.4.Key=k&Tag.5.Key=k::::400 Duplicate.TagKey (E-704 | a key that is given twice
            NextToken=x
            ResourceType*=disk::::404 InvalidResourceType.NotFound (E-700
            ClientToken"
        }
        "ChangeResourceGroup" => {
            "ResourceType*=disk::404 MissingParameter.ResourceType (E-600::404 InvalidResourceType.NotFound (E-700
            ResourceId*=!
            NewResourceGroupId*=!::404 MissingParameter.ResourceGroup (E-600
            ClientToken"
        }
        "CreateDiskReplicaGroup" => {
            "SourceZoneId*=!
            DestinationRegionId*=!
            DestinationZoneId*=!
            GroupName=1
            Description=1
            ClientToken
            RPO=1
            Bandwidth=x
            ResourceGroupId=!
            Tag.21.Key=k::::400 InvalidParameter (E-601 | more than 20 tags
            Tag.1.Key=aliyun
            Tag.2.Value=v::::400 MissingParameter (E-600 | a tag without a key
            Tag.3.Key=k&Tag.3.Value=http://v::::400 InvalidParameter (E-601 | `Tag.3.Value` is not valid
            EnableRtc=x"
        }
        "ModifyDiskReplicaGroup" => {
            "ReplicaGroupId*=!
            GroupName=1
            Description=1
            RPO=1
            ClientToken
            Bandwidth=x
            EnableRtc=x"
        }
        "StartDiskReplicaGroup" => "ReplicaGroupId*=!\nClientToken\nOneShot=x",
        "ReprotectDiskReplicaGroup" => "ReplicaGroupId*=!\nClientToken\nReverseReplicate=x",
        "StopDiskReplicaGroup" | "FailoverDiskReplicaGroup" | "DeleteDiskReplicaGroup" => {
            "ReplicaGroupId*=!\nClientToken"
        }
        "DescribeDiskReplicaGroups" => {
            "MaxResults=0
            NextToken=x
            GroupIds=!
            Site=x
            PageNumber=0
            PageSize=0
            ResourceGroupId=!
            Tag.21.Key=k::::400 InvalidParameter (E-601 | more than 20 tags
            Tag.1.Key=aliyun
            Tag.2.Value=v::::400 MissingParameter (E-600 | a tag without a key
            Tag.3.Key=k&Tag.3.Value=http://v::::400 InvalidParameter (E-601 | `Tag.3.Value` is not valid"
        }
        "AddDiskReplicaPair" | "RemoveDiskReplicaPair" => "ReplicaGroupId*=!\nReplicaPairId*=!\nClientToken",
        "StartPairDrill" => "PairId*=!\nClientToken",
        "StartReplicaGroupDrill" => "GroupId*=!\nClientToken",
        "ClearPairDrill" => "PairId*=!\nDrillId*=!",
        "ClearReplicaGroupDrill" => "GroupId*=!\nDrillId*=!",
        "DescribePairDrills" => "DrillId=!\nPairId*=!\nMaxResults=0\nNextToken=x\nPageNumber=0\nPageSize=0",
        "DescribeReplicaGroupDrills" => {
            "GroupId*=!\nDrillId=!\nNextToken=x\nMaxResults=0\nPageSize=0\nPageNumber=0"
        }
        "DescribeEbsRegions" => "ResourceType=x",
        other => polardb(other),
    }
}

/// Those of the list of clusters, which both of its operations have.
macro_rules! clusters {
    () => {
        "DBClusterIds=!
        DBType=X
        DBVersion=9&DBType=MySQL::::404 DBTypeOrDBVersion.Malformed (P-012 | a `DBVersion` that the engine does not have
        RecentCreationInterval=99
        RecentExpirationInterval=99
        PageSize=1
        PageNumber=0
        ResourceGroupId=!
        Tag.21.Key=k::::400 NumberExceed.Tags (P-601 | more than 20 tags
        Tag.1.Key=aliyun::::400 InvalidTag.Malformed (P-601
        Tag.2.Value=v::::400 MissingParameter (P-600 | a tag without a key
        Tag.3.Key=k&Tag.3.Value=http://v::::400 InvalidTag.Malformed (P-601 | `Tag.3.Value` is not valid
        PayType=x
        DBNodeIds=!"
    };
}

fn polardb(operation: &str) -> &'static str {
    match operation {
        "CreateDBCluster" => {
            "ZoneId=!
            DBType*=X
            DBVersion*=9::::400 DBTypeOrDBVersion.Malformed (P-012
            DBNodeClass*=!
            DBClusterDescription=1
            PayType*=x
            PayType=Prepaid::::400 MissingParameter (P-600 | a subscription without `Period`
            Period=x&PayType=Prepaid
            UsedTime=10&PayType=Prepaid&Period=Month
            Period=Month&PayType=Prepaid::::400 MissingParameter (P-600 | a subscription without `UsedTime`
            ClientToken
            ResourceGroupId=!
            BackupRetentionPolicyOnClusterDeletion=x
            LowerCaseTableNames=x
            DefaultTimeZone=x
            CreationCategory=x
            HotStandbyCluster=x
            StandbyAZ=!
            HotStandbyCluster=EQUAL&StandbyAZ=::::400 MissingParameter (P-600 | compute standby without a zone
            Tag.21.Key=k::::400 NumberExceed.Tags (P-601 | more than 20 tags
            Tag.1.Key=aliyun::::400 InvalidTag.Malformed (P-601
            Tag.2.Value=v::::400 MissingParameter (P-600 | a tag without a key
            Tag.3.Key=k&Tag.3.Value=http://v::::400 InvalidTag.Malformed (P-601 | `Tag.3.Value` is not valid
            ServerlessType=x
            StrictConsistency=x
            DBNodeNum=99
            GDNId*=!::400 MissParameter.GDNId (P-410::400 InvalidGDNId.Malformed (P-601"
        }
        "FailoverDBCluster" | "FailoverDBClusterZonal" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            TargetDBNodeId=!::::400 InvalidDBNodeId.Malformed (P-601
            RollBackForDisaster=x
            ClientToken
            TargetZoneType=x"
        }
        "ModifyDBClusterPrimaryZone" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            ZoneId*=!
            ZoneType=x
            IsSwitchOverForDisaster=x
            PlannedStartTime=x
            PlannedEndTime=x
            PlannedEndTime=2026-01-01T00:00Z | a `PlannedEndTime` without `PlannedStartTime`
            FromTimeService=x"
        }
        "ModifyDBClusterDeletion" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            Protection=x"
        }
        "DescribeDBClusters" => clusters!(),
        "DescribeDBClustersZonal" => concat!(clusters!(), "\nMaxResults=0\nNextToken=x"),
        "DescribeDBClusterAttribute" | "DescribeDbClusterAttributeZonal" => "DBClusterId*=!",
        "DescribeHALogs" => {
            "DBClusterId*=!
            DBNodeId=!
            PageNumber=0
            PageSize=1
            StartTime=x
            EndTime=x
            EndTime=2025-01-01T00:00Z | an `EndTime` before `StartTime`
            LogType*=x"
        }
        "RestartDBNodeZonal" => {
            "DBNodeId*=!
            DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            ClientToken"
        }
        "DescribePolarDbRegions" => "",
        "CreateGlobalDatabaseNetwork" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            GDNDescription=1
            ResourceGroupId=!"
        }
        "DeleteGlobalDatabaseNetwork" | "DescribeGlobalDatabaseNetwork" => "GDNId*=!",
        "RemoveDBClusterFromGDN" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            GDNId*=!
            Force=x"
        }
        "SwitchOverGlobalDatabaseNetwork" => {
            "DBClusterId=!::::404 InvalidDBClusterId.Malformed (P-601
            GDNId*=!
            Forced=x"
        }
        "DescribeGlobalDatabaseNetworks" => {
            "FilterRegion=!
            DBClusterId=!::::404 InvalidDBClusterId.Malformed (P-601
            PageSize=1
            PageNumber=0
            GDNId=!
            ResourceGroupId=!"
        }
        "ModifyDBNodeConfig" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            DBNodeId*=!
            ConfigName*=x
            ConfigValue*=16"
        }
        "CreateDBNodes" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            ClientToken
            PlannedStartTime=x
            PlannedEndTime=x
            PlannedEndTime=2026-01-01T00:00Z | a `PlannedEndTime` without `PlannedStartTime`
            DBNode.16.TargetClass=polar.mysql.x4.large::::400 InvalidDBNodeNum.Malformed (P-211 | more than 15 nodes
            DBNode.1.TargetClass*=!::400 MissingParameter (P-600::400 InvalidDBNode.Malformed (P-601
            DBNode.1.ZoneId=!&DBNode.1.TargetClass=polar.mysql.x4.large::::400 InvalidDBNode.Malformed (P-601 | `DBNode.1.ZoneId` is not valid
            DBNodeType=x
            ImciSwitch=x"
        }
        "DeleteDBNodes" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            ClientToken
            DBNodeType=x
            DBNodeId.16=pi-b::::400 InvalidDBNodeNum.Malformed (P-211 | more than 15 nodes
            DBNodeId.1*=!::400 MissingParameter (P-600::400 InvalidDBNode.Malformed (P-601"
        }
        "ModifyDBNodeClass" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            ModifyType*=x
            DBNodeTargetClass*=!
            ClientToken
            PlannedStartTime=x
            PlannedEndTime=x
            PlannedEndTime=2026-01-01T00:00Z | a `PlannedEndTime` without `PlannedStartTime`
            DBNodeType=x"
        }
        "ModifyDBNodesClass" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            ModifyType*=x
            DBNode.16.DBNodeId=pi-b&DBNode.16.TargetClass=x::::400 InvalidDBNodeNum.Malformed (P-211 | more than 15 nodes
            DBNode.1.DBNodeId=&DBNode.1.TargetClass=::::400 MissingParameter (P-600 | no node is named
            DBNode.1.DBNodeId=!::::400 InvalidDBNode.Malformed (P-601
            DBNode.1.TargetClass=!::::400 InvalidDBNode.Malformed (P-601
            ClientToken
            PlannedStartTime=x
            PlannedEndTime=x
            PlannedEndTime=2026-01-01T00:00Z | a `PlannedEndTime` without `PlannedStartTime`"
        }
        "RestartDBNode" => {
            "DBNodeId*=!
            PlannedStartTime=x
            PlannedEndTime=x
            PlannedEndTime=2026-01-01T00:00Z | a `PlannedEndTime` without `PlannedStartTime`
            FromTimeService=x"
        }
        "ModifyDBNodeHotReplicaMode" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            DBNodeId*=!
            HotReplicaMode*=x"
        }
        "DeleteDBCluster" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            BackupRetentionPolicyOnClusterDeletion=x"
        }
        "ModifyDBClusterMaintainTime" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            MaintainTime*=x"
        }
        "ModifyDBCluster" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            StandbyHAMode=x::::404 InvalidParam (P-601
            DataSyncMode=x::::404 InvalidParam (P-601
            FaultSimulateMode=x::::404 InvalidParam (P-601
            DBNodeCrashList=!::::404 InvalidParam (P-601
            FaultInjectionType=x::::404 InvalidParam (P-601
            DBNodeCrashList=pi-x&FaultSimulateMode=::::404 InvalidParam (P-601 | a `DBNodeCrashList` without `FaultSimulateMode`
            FaultInjectionType=0&FaultSimulateMode=::::404 InvalidParam (P-601 | a `FaultInjectionType` without `FaultSimulateMode`"
        }
        "ModifyDBClusterArch" => {
            "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601
            HotStandbyCluster*=x
            StandbyAZ=!"
        }
        // DescribeDBClusterEndpoints.
        _ => "DBClusterId*=!::::404 InvalidDBClusterId.Malformed (P-601",
    }
}

//! The rules of clusters: creation, release, status and parameters.

use crate::rule::rules;

rules! {
    P_010 Documented "CreateDBCluster, DBNodeNum: facts/polardb.md#create-cluster, facts/polardb.md#node-counts" => "Create makes one writer and the remaining nodes as readers.";
    P_011 Documented "SDK 9.2.1, DBNodeNum; basic is inferred from its one node: facts/polardb.md#node-counts" => "Cluster edition has 1 to 16 nodes and 2 by default, standard edition 1 to 8 and 1, basic edition 1.";
    P_012 Documented "SDK 9.2.1, DBVersion: facts/polardb.md#engines-and-versions" => "A version belongs to its engine.";
    P_013 Inferred "no source: facts/polardb.md#failed-work-and-lost-clusters" => "Without a zone the first zone of the region is taken: of those given, or by the vendor's naming.";
    P_014 Documented "SDK 9.2.1, CreationCategory; the code is inferred: facts/polardb.md#editions" => "An edition is for some engines and versions.";
    P_015 Documented "cluster status table: facts/polardb.md#create-cluster" => "Creation ends in Running.";
    P_016 Inferred "no status for it exists: facts/polardb.md#failed-work-and-lost-clusters" => "A cluster whose creation fails is gone.";
    P_017 Documented "SDK 9.2.1, HotStandbyCluster; the zone is inferred: facts/polardb.md#hot-standby-cluster" => "A new cluster edition has a hot standby storage cluster unless it is off, and so has a standard edition.";
    P_018 Inferred "a public client demands StandbyAZ with EQUAL; the codes are in the house style: facts/polardb.md#hot-standby-cluster" => "A standby cluster fits the edition, EQUAL names its zone, and that is another than the primary one.";
    P_020 Documented "DeleteDBCluster error list: facts/polardb.md#delete-cluster" => "A cluster is released only while it is running.";
    P_021 Documented "DeleteDBCluster error list: facts/polardb.md#delete-cluster" => "A locked cluster is not released.";
    P_022 Documented "DeleteDBCluster page and error list: facts/polardb.md#delete-cluster" => "A subscription is not released.";
    P_023 Documented "cluster status table: facts/polardb.md#status-table" => "Release shows Deleting.";
    P_024 Inferred "a public client waits for it to be gone; the status table has Deleted: facts/polardb.md#delete-cluster" => "Release ends with the cluster gone.";
    P_025 Inferred "no source: facts/polardb.md#failed-work-and-lost-clusters" => "A release that fails returns to the status before.";
    P_026 Documented "SDK 9.2.1, ModifyDBClusterDeletion; any status is inferred: facts/polardb.md#delete-cluster" => "The lock against release is set and lifted at once.";
    P_115 Inferred "the zonal pages repeat their twins: facts/polardb.md#edge-clusters, facts/polardb.md#edge-clusters-are-clusters" => "Edge clusters are like others: the zonal operations take, and list, any cluster.";
    P_116 Documented "SDK 9.2.1, MaxResults and NextToken; both styles together are inferred: facts/polardb.md#edge-clusters, facts/polardb.md#edge-clusters-are-clusters" => "The zonal list has pages by number, or by token if MaxResults or NextToken is given, and tells the next token in both.";
    P_117 Inferred "as in EBS: facts/polardb.md#edge-clusters-are-clusters, facts/ebs.md#pages-of-lists" => "A NextToken goes on with the list that it was given for; of another account, region or filter it is invalid.";
    P_300 Documented "cluster status table: facts/polardb.md#status-table" => "The status follows from what is pending.";
    P_301 Documented "cluster status table; RoleSwitching is policy: facts/polardb.md#status-table, facts/polardb.md#what-a-cluster-shows" => "A failover shows Switching; by policy RoleSwitching.";
    P_302 Inferred "status table, extended to a lost writer: facts/polardb.md#what-a-cluster-shows" => "Without a running writer the cluster shows Switching, with one that stayed Running.";
    P_303 Documented "cluster status table: facts/polardb.md#status-table" => "Other work shows its own status.";
    P_304 Inferred "no source: facts/polardb.md#failed-work-and-lost-clusters" => "A cluster whose removal is observed is gone.";
    P_305 Inferred "DBNodeStatus values, none says that a node is down: facts/polardb.md#node-statuses, facts/polardb.md#what-a-cluster-shows" => "While a node is promoted, it and the writer show Switching; while a choice is pending no node does. A node that is down shows Rebooting.";
    P_670 Inferred "no source, measurements overtake each other: facts/polardb.md#late-sight" => "Of two measurements of the same thing about a node the later one counts, in whichever order they arrive.";
    P_671 Inferred "a peer sees a priority up to ten seconds late: facts/polardb.md#late-sight" => "By policy what was measured of a node may arrive so many milliseconds later; what is older is not taken.";
    P_310 Inferred "reported from outside: facts/polardb.md#observation" => "A node that goes down, comes back or loses replication is known by observation; several at once, before anybody is elected.";
    P_600 Sibling "gateway codes: facts/polardb.md#parameter-errors, facts/ebs.md#gateway-codes" => "A required parameter that is absent or empty is named.";
    P_601 Sibling "house style of malformed parameters: facts/polardb.md#parameter-errors" => "A parameter that cannot be read or is out of range is named.";
    P_603 Documented "statuses in the lists of the operations; pages of DescribeHALogs and of the zonal describe: facts/polardb.md#parameter-errors, facts/polardb.md#ha-log, facts/polardb.md#edge-clusters" => "A malformed cluster id is 400 where attributes or the log of switches are described, and 404 elsewhere.";
    P_620 Documented "Location.FailedGetSubDomain is listed; that a zone begins with its region is inferred: facts/polardb.md#create-cluster" => "The zone of a new cluster is one of its region.";
    P_621 Documented "SDK 9.2.1, Period, UsedTime and ExpireTime; that it is their sum is inferred: facts/polardb.md#create-cluster" => "A subscription says for how long, and expires then.";
    P_622 Documented "SDK 9.2.1, VSwitchId; the code is inferred: facts/polardb.md#create-cluster" => "A VPC is given with its vSwitch.";
    P_623 Inferred "public clients read back what they wrote: facts/polardb.md#fields-that-are-read-back" => "What a creation gives and an answer has a field for is shown again.";
    P_624 Inferred "an answer in an issue of a public client, of 2026-09; that ScaleMax alone is asked for is ours: facts/polardb.md#serverless-clusters" => "A serverless cluster says up to which size it scales.";
    P_627 Documented "cluster status tables of PostgreSQL and Oracle: facts/polardb.md#status-table" => "PostgreSQL and Oracle spell Transing in capitals.";
    P_629 Documented "SDK 9.2.1, ModifyDBClusterMaintainTime; any status is inferred: facts/polardb.md#fields-that-are-read-back" => "The hour of maintenance is set at once and shown.";
}

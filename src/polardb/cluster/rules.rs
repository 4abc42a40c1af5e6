//! The rules of clusters: creation, release, status and parameters.

use crate::rule::rules;

rules! {
    P_010 Documented "CreateDBCluster page, DBNodeNum"
        => "Create makes one writer and the remaining nodes as readers.";
    P_011 Documented "SDK 9.2.1, DBNodeNum; Basic is inferred from its one node"
        => "Cluster edition has 1 to 16 nodes and 2 by default, standard edition 1 to 8 and 1, basic edition 1.";
    P_012 Documented "SDK 9.2.1, DBVersion"
        => "A version belongs to its engine.";
    P_013 Inferred "no source"
        => "Without a zone the first zone of the region is taken.";
    P_015 Documented "cluster status table"
        => "Creation ends in Running.";
    P_016 Inferred "no status for it exists"
        => "A cluster whose creation fails is gone.";
    P_020 Documented "DeleteDBCluster error list"
        => "A cluster is released only while it is running.";
    P_021 Documented "DeleteDBCluster error list"
        => "A locked cluster is not released.";
    P_022 Documented "DeleteDBCluster page and error list"
        => "A subscription is not released.";
    P_023 Documented "cluster status table"
        => "Release shows Deleting.";
    P_024 Documented "public clients wait for the cluster to be gone"
        => "Release ends with the cluster gone.";
    P_025 Inferred "no source"
        => "A release that fails returns to the status before.";
    P_026 Documented "SDK 9.2.1, ModifyDBClusterDeletion; in any status by inference"
        => "The lock against release is set and lifted at once.";
    P_300 Documented "cluster status table"
        => "The status follows from what is pending.";
    P_301 Documented "cluster status table"
        => "A failover shows Switching; by policy RoleSwitching.";
    P_302 Inferred "cluster status table: Switching while the primary fails over"
        => "Without a running writer the cluster shows Switching, with one that stayed Running.";
    P_303 Documented "cluster status table"
        => "Other work shows its own status.";
    P_304 Inferred "no source"
        => "A cluster whose removal is observed is gone.";
    P_305 Inferred "DBNodeStatus values; none says that a node is down"
        => "The writer and the node being promoted show Switching, a node that is down Rebooting.";
    P_310 Inferred "what the outside observes"
        => "A node that goes down, comes back or loses replication is known by observation; several at once, before anybody is elected.";
    P_600 Sibling "gateway codes"
        => "A required parameter that is absent or empty is named.";
    P_601 Sibling "Invalid<Name>.Malformed is the house style"
        => "A parameter that cannot be read or is out of range is named.";
}

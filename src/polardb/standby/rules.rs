//! The rules of the standby cluster and of fault drills.

use crate::rule::rules;

rules! {
    P_188 Documented "SDK 9.2.1, StandbyHAMode; of a new cluster it is policy, and at once is inferred: facts/polardb.md#modify-cluster, facts/polardb.md#cross-zone-switchover" => "StandbyHAMode decides whether the standby cluster takes over a lost primary zone by itself.";
    P_189 Documented "ModifyDBClusterArch page of 2025-12; what becomes of the nodes is inferred: facts/polardb.md#change-the-standby-cluster" => "Storage standby and compute standby are changed into each other, and a cluster without either gets one; with the change to storage standby the standby nodes leave.";
    P_191 Documented "SDK 9.2.1, FaultSimulateMode; what follows is inferred: facts/polardb.md#fault-drills" => "A drill makes one node or all compute nodes of the primary zone fail; what follows is what follows such a failure.";
    P_192 Documented "SDK 9.2.1, StandbyHAMode of answers; how long is inferred: facts/polardb.md#fault-drills" => "While a drill makes nodes fail StandbyHAMode shows 0; they are down until they are reported up.";
    P_193 Inferred "other features of the call: facts/polardb.md#modify-cluster" => "What ModifyDBCluster switches besides is accepted and decides nothing.";
    P_610 Documented "ModifyDBCluster page, MySQL, and error list; which edition has which code is inferred: facts/polardb.md#modify-cluster" => "The switches and drills of ModifyDBCluster are for MySQL, and for cluster edition.";
    P_611 Documented "InvalidParam.NoChange: facts/polardb.md#modify-cluster" => "A call that would change nothing is refused.";
    P_612 Inferred "IncorrectDBInstance is listed: facts/polardb.md#modify-cluster" => "What concerns the standby cluster is refused where there is none.";
    P_613 Documented "SDK 9.2.1, DBNodeCrashList; the code is inferred: facts/polardb.md#fault-drills" => "A drill names one node, or none or all of the primary zone.";
    P_614 Inferred "StandbyClusterTurnOn is listed for ModifyDBCluster: facts/polardb.md#change-the-standby-cluster" => "A standby cluster that is there already is not built again.";
    P_615 Documented "SDK 9.2.1, StandbyAZ; a zone that is another is inferred: facts/polardb.md#change-the-standby-cluster" => "Compute standby names its zone; it is not the primary one and, where something stands by, the one that it is in.";
    P_616 Inferred "InvalidParam is listed for ModifyDBCluster, and no Invalid<Name>.Malformed: facts/polardb.md#modify-cluster" => "A parameter of ModifyDBCluster that is not valid, or a node that the cluster does not have, is InvalidParam.";
}

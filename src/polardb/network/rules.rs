//! The rules of global database networks.

use crate::rule::rules;

rules! {
    P_400 Documented "CreateGlobalDatabaseNetwork page; status enum: facts/polardb.md#gdn-create, facts/polardb.md#gdn-statuses" => "A network begins with one existing cluster, its primary, and shows creating, then active.";
    P_401 Documented "page on secondary clusters; MemberIns.Exist: facts/polardb.md#gdn-limits, facts/polardb.md#gdn-create" => "A cluster is in one network at most.";
    P_402 Documented "InvalidEngineVersion.Unsupported; which ones is policy: facts/polardb.md#gdn-engines" => "Only some engines and versions have networks.";
    P_403 Inferred "no source: facts/polardb.md#networks-by-analogy" => "A network is made of a running cluster.";
    P_404 Inferred "no status for it exists: facts/polardb.md#networks-by-analogy" => "A network whose creation fails is gone; its cluster stays.";
    P_410 Documented "MissParameter.GDNId: facts/polardb.md#gdn-secondary" => "A secondary is created with CreationOption=CreateGdnStandby and the GDNId; without the option a GDNId means nothing.";
    P_411 Documented "page on secondary clusters; the code is inferred: facts/polardb.md#gdn-limits, facts/polardb.md#gdn-codes" => "Secondaries have the engine and version of the primary.";
    P_412 Documented "page on secondary clusters; the code is inferred: facts/polardb.md#gdn-limits, facts/polardb.md#gdn-codes" => "A network has at most four secondaries.";
    P_413 Inferred "no source: facts/polardb.md#networks-by-analogy" => "A secondary is a member from the call that creates it; if its creation fails, it is none.";
    P_420 Documented "page on secondary clusters; status enum: facts/polardb.md#gdn-remove, facts/polardb.md#gdn-statuses" => "Removal shows removing_member and leaves a cluster of its own that can be written to.";
    P_421 Documented "RemoveDBClusterFromGDN page; MemberRole.NotSupport: facts/polardb.md#gdn-remove" => "The primary does not leave its network.";
    P_422 Inferred "two codes are listed for a cluster that is not found: facts/polardb.md#gdn-codes" => "A cluster that is not in the network is told from one that is not known.";
    P_423 Inferred "what Force forces is not said: facts/polardb.md#networks-by-analogy" => "A secondary is removed while it is running; with Force in any status.";
    P_424 Inferred "no source: facts/polardb.md#networks-by-analogy" => "Removal or deletion that fails leaves the network as it was.";
    P_430 Documented "DeleteGlobalDatabaseNetwork page; MemberNumber.NotSupport: facts/polardb.md#gdn-delete" => "A network is deleted only when its primary is left alone.";
    P_431 Documented "status enum; page on networks: facts/polardb.md#gdn-delete, facts/polardb.md#gdn-statuses" => "Deletion shows deleting and ends with the network gone and its cluster left.";
    P_440 Documented "SwitchOverGlobalDatabaseNetwork page; that it shows locked is inferred: facts/polardb.md#gdn-switch, facts/polardb.md#networks-by-analogy" => "A switch-over shows locked and makes the named secondary the primary.";
    P_441 Inferred "DBClusterId is not required: facts/polardb.md#gdn-switch, facts/polardb.md#networks-by-analogy" => "Without a named cluster the only secondary is meant; of several one must be named.";
    P_442 Inferred "MemberRole.NotSupport is listed for removal: facts/polardb.md#gdn-codes" => "The primary is not switched to.";
    P_443 Documented "pages of PostgreSQL and Oracle; the code is inferred: facts/polardb.md#gdn-switch" => "A forced switch-over is for MySQL alone.";
    P_444 Inferred "no source: facts/polardb.md#planned-and-forced" => "A planned switch-over needs a running primary and a running secondary, a forced one the secondary alone.";
    P_445 Inferred "no source: facts/polardb.md#planned-and-forced" => "A planned switch-over needs a secondary that replicates.";
    P_446 Inferred "no source: facts/polardb.md#planned-and-forced" => "After a planned switch-over nothing is lost, and the old primary replicates from the new one.";
    P_447 Inferred "ResetGlobalDatabaseNetwork builds a secondary anew: facts/polardb.md#planned-and-forced" => "After a forced switch-over what was not replicated is lost, and the old primary does not replicate.";
    P_448 Inferred "no source: facts/polardb.md#planned-and-forced" => "A switch-over that fails leaves the roles as they were.";
    P_450 Documented "status enum, locked; the codes are inferred: facts/polardb.md#gdn-statuses, facts/polardb.md#gdn-codes" => "While a network is locked, its clusters take no call that changes them.";
    P_451 Inferred "status enum; no code is listed: facts/polardb.md#gdn-statuses, facts/polardb.md#gdn-codes" => "Only an active network takes a secondary, a removal, a switch-over or its deletion.";
    P_452 Inferred "OperationDenied.OperateStatus is listed for release: facts/polardb.md#networks-by-analogy" => "A cluster in a network is not released.";
    P_453 Inferred "no source: facts/polardb.md#networks-by-analogy" => "A secondary that is gone is no member; without its primary the network is gone too.";
    P_460 Documented "GDN.NotFound, 400 for the describe: facts/polardb.md#gdn-codes" => "An unknown network, or another account's, is not found.";
    P_461 Documented "SDK 9.2.1, FilterRegion; which have room is inferred: facts/polardb.md#gdn-describe" => "FilterRegion lists the networks that could take another secondary.";
    P_462 Documented "InvalidDBCluster.NotFound of the list: facts/polardb.md#gdn-describe" => "A list by a cluster that is not known is refused.";
}

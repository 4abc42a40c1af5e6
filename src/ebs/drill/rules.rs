//! The rules of drills.

use crate::rule::rules;

rules! {
    D_110 Documented "StartPairDrill and StartReplicaGroupDrill pages"
        => "A drill starts executing, with a disk for each pair.";
    D_111 Inferred "the samples' PAIR_SYNCPOINT_NOT_FOUND and GROUP_SYNCPOINT_NOT_FOUND"
        => "A drill without a recover point fails at once.";
    D_112 Documented "§2.4: replication keeps running"
        => "A drill touches neither the status nor the copies of what it belongs to.";
    D_113 Inferred "no source"
        => "A deleted pair or group starts no drill.";
    D_120 Inferred "drill Status enum; the binding is read from the names"
        => "A drill whose disks are made is executed.";
    D_121 Inferred "drill Status enum; DrillDiskStatus may be an error code"
        => "A drill whose disks cannot be made is execute_failed.";
    D_130 Inferred "no source; a public client clears what it started"
        => "A drill is cleared from executed, execute_failed and clear_failed.";
    D_131 Inferred "no source"
        => "A repeated clearing joins the running one.";
    D_132 Inferred "a public client retries clearing on InvalidStatus (§9)"
        => "A drill that is executing is not cleared.";
    D_140 Inferred "no cleared status; a public client waits for an empty list (§3.4)"
        => "A drill that is cleared vanishes.";
    D_141 Inferred "drill Status enum"
        => "A drill whose disks cannot be deleted is clear_failed.";
    D_150 Inferred "no source"
        => "A drill is forgotten with its pair or group.";
    D_160 Documented "§2.4: a pay-as-you-go disk"
        => "A drill's disks are readable and writable once made.";
    D_610 Documented "NoSuchResource is listed for the drill operations"
        => "An unknown pair, group or drill, or a drill of another, is not found.";
    D_620 Inferred "§6.3"
        => "A drill is not found from a region that is neither end.";
    D_621 Documented "StartDrillShouldOnDestRegion is listed for both starts"
        => "A drill is started at the current destination.";
    D_633 Documented "RecoverPointNotFound is listed for both starts; the samples suggest D-111"
        => "By policy a drill without a recover point is refused.";
    D_690 Inferred "a public client waits for an empty list (§3.4)"
        => "Describe answers an unknown pair, group or drill with an empty list.";
}

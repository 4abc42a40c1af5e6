//! The rules of drills.

use crate::rule::rules;

rules! {
    D_110 Documented "StartPairDrill and StartReplicaGroupDrill pages: facts/ebs.md#drill-pages" => "A drill starts executing, with a disk for each pair.";
    D_111 Inferred "samples with PAIR_SYNCPOINT_NOT_FOUND and its like: facts/ebs.md#drill-statuses, facts/ebs.md#drills-by-analogy" => "A drill without a recover point fails at once.";
    D_112 Documented "drill pages, replication goes on: facts/ebs.md#drill-pages" => "A drill touches neither the status nor the copies of what it belongs to.";
    D_113 Inferred "no source: facts/ebs.md#drills-by-analogy" => "A deleted pair or group starts no drill.";
    D_120 Inferred "drill statuses, bound by name: facts/ebs.md#drill-statuses, facts/ebs.md#bindings-by-name" => "A drill whose disks are made is executed.";
    D_121 Inferred "drill statuses; the disk's may be an error code: facts/ebs.md#drill-statuses" => "A drill whose disks cannot be made is execute_failed.";
    D_130 Inferred "a public client clears what it started: facts/ebs.md#drills-by-analogy" => "A drill is cleared from executed, execute_failed and clear_failed.";
    D_131 Inferred "no source: facts/ebs.md#drills-by-analogy" => "A repeated clearing joins the running one.";
    D_132 Inferred "a public client repeats clearing on InvalidStatus: facts/ebs.md#drill-pages, facts/ebs.md#drills-by-analogy" => "A drill that is executing is not cleared.";
    D_140 Inferred "no cleared status; a client waits for an empty list: facts/ebs.md#drill-statuses" => "A drill that is cleared vanishes.";
    D_141 Inferred "drill statuses: facts/ebs.md#drill-statuses" => "A drill whose disks cannot be deleted is clear_failed.";
    D_150 Inferred "no source: facts/ebs.md#drills-by-analogy" => "A drill is forgotten with its pair or group.";
    D_160 Inferred "drill pages, a disk to test with: facts/ebs.md#drill-pages, facts/ebs.md#drills-by-analogy" => "A drill's disks are readable and writable once made.";
    D_610 Documented "NoSuchResource is listed for drills: facts/ebs.md#drill-pages" => "An unknown pair, group or drill is not found.";
    D_611 Inferred "no source, a drill is named together with its pair or group: facts/ebs.md#drill-pages, facts/ebs.md#drills-by-analogy" => "A drill of another pair or group is not found.";
    D_620 Inferred "neither end knows the drill: facts/ebs.md#not-found-regions-and-precedence" => "A drill is not found from a region that is neither end.";
    D_621 Documented "StartDrillShouldOnDestRegion is listed for both starts: facts/ebs.md#drill-pages" => "A drill is started at the current destination.";
    D_633 Documented "RecoverPointNotFound is listed for both starts: facts/ebs.md#drill-pages, facts/ebs.md#drills-by-analogy" => "By policy a drill without a recover point is refused.";
    D_690 Inferred "a public client waits for an empty list: facts/ebs.md#drill-statuses, facts/ebs.md#unknown-ids" => "Describe answers an unknown pair, group or drill with an empty list.";
}

//! The rules of failover: who is elected, and what follows when a switch fails.

use crate::rule::rules;

rules! {
    P_100 Documented "error lists"
        => "An unknown cluster, or another account's, is not found.";
    P_101 Documented "failover pages on editions; standard edition is inferred"
        => "Cluster and standard edition fail over; basic, archive and multi-master do not.";
    P_102 Documented "founding page; the code is inferred (§10.6)"
        => "PostgreSQL and Oracle need a named target in a manual failover; MySQL may leave it out.";
    P_103 Documented "founding page; InvalidDBNodeId.Malformed is listed"
        => "The target is a node of the same cluster.";
    P_104 Documented "founding page: a read-only node; the code is inferred"
        => "The target is not the primary.";
    P_105 Inferred "HaStatusNotSupport is the only gate listed (§8.11)"
        => "A busy cluster does not fail over.";
    P_106 Documented "UnsupportHighFrequenceSwitchOver; counted from the end of the last switch by inference"
        => "A manual failover waits until the frequency window since the last switch has passed.";
    P_107 Inferred "no source; otherwise nothing leads out"
        => "A cluster without a writer and without a failover under way accepts a manual failover.";
    P_108 Inferred "§2.4; the code is inferred"
        => "TargetZoneType=Standby elects among the standby nodes alone; without any the call is refused.";
    P_109 Inferred "SubCluster marks the zone, not the node"
        => "After a switch between zones the standby cluster is the primary one, and the other way round.";
    P_110 Documented "founding page"
        => "Only read-only nodes are elected.";
    P_112 Documented "OperationDenied.DBNodeType; exclusion from the election is inferred (§2.4)"
        => "Column-store, AI and standby nodes do not become the primary.";
    P_113 Documented "page on automatic failover: nodes that can be elected now; the predicate is inferred"
        => "Only running, reachable nodes are elected.";
    P_114 Documented "UnsupportWitchUnhealthyReplication"
        => "Nodes with abnormal replication are not elected.";
    P_120 Documented "SDK 9.2.1, FailoverPriority; release note of 2019-10"
        => "A priority is 1 to 15, 1 by default; none means never.";
    P_121 Inferred "§1.3"
        => "The priority belongs to the node and survives a promotion.";
    P_122 Documented "release note of 2019-10"
        => "A change of priority takes effect at once.";
    P_130 Documented "founding page"
        => "The nodes of the highest priority come first; larger wins.";
    P_131 Documented "page on automatic failover"
        => "Among equal priorities any node may be chosen, each equally likely.";
    P_132 Documented "founding page; going on to lower priorities is inferred (§10.2)"
        => "When a switch fails the next node is tried until one succeeds.";
    P_140 Documented "founding page"
        => "A named target is promoted.";
    P_141 Documented "founding page"
        => "A single node of the highest priority is promoted.";
    P_142 Documented "founding page; page on automatic failover"
        => "Several nodes of the highest priority are offered for a choice.";
    P_143 Inferred "§1.3"
        => "Without a candidate the call is refused and nothing begins.";
    P_150 Inferred "the election is among the nodes that can be elected when it happens"
        => "A choice is offered anew when its tier changes.";
    P_151 Documented "page on automatic failover"
        => "A chosen node of the tier is promoted.";
    P_152 Documented "founding page"
        => "A node outside the tier cannot be chosen.";
    P_160 Documented "founding page"
        => "A promotion that succeeds moves the writer; the old one becomes a reader.";
    P_161 Documented "founding page"
        => "A promotion that fails, whatever the reason, or loses its node, leads to the next node; once a round.";
    P_162 Inferred "the retry rule is stated only for calls without a target (§10.3)"
        => "A named target that fails ends the failover, by policy.";
    P_170 Inferred "§10.1"
        => "When no eligible node is left the failover ends and the old writer stays.";
    P_171 Inferred "no source"
        => "A failover ends with its cluster.";
    P_172 Inferred "§10.1"
        => "By policy a manual failover without a candidate goes on with the next node to become eligible.";
    P_180 Documented "page on automatic failover"
        => "A writer that fails begins an automatic failover, which elects on every engine.";
    P_181 Inferred "§10.1"
        => "Without a candidate the cluster waits; the next node to become eligible begins a failover.";
    P_182 Inferred "no source"
        => "A writer that fails during a manual failover makes it automatic.";
    P_185 Documented "page on cross-zone switchover: MySQL cluster edition, all compute nodes of the primary zone; StandbyHAMode as policy"
        => "When the whole primary zone is down the standby cluster takes over; if it cannot, the remaining ordinary nodes.";
    P_186 Inferred "§10.9"
        => "By policy the frequency window holds an automatic failover until the first report after it.";
    P_190 Documented "SDK 9.2.1, RollBackForDisaster; when it returns is inferred (§10.10)"
        => "After a switch out of its zone the writer returns when a node there becomes eligible.";
}

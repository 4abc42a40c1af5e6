//! The rules of failover: who is elected, and what follows when a switch fails.

use crate::rule::rules;

rules! {
    P_100 Documented "error lists; another account's is inferred: facts/polardb.md#codes-listed-for-failover" => "An unknown cluster, or another account's, is not found.";
    P_101 Documented "failover pages on editions; standard edition is inferred: facts/polardb.md#editions" => "Cluster and standard edition fail over; basic, archive and multi-master do not.";
    P_102 Documented "founding page; the code is inferred: facts/polardb.md#failover-request, facts/polardb.md#missing-target" => "PostgreSQL and Oracle need a named target in a manual failover; MySQL may leave it out.";
    P_103 Documented "founding page; InvalidDBNodeId.Malformed is listed: facts/polardb.md#target-rules" => "The target is a node of the same cluster.";
    P_104 Documented "founding page, a read-only node; the code is inferred: facts/polardb.md#target-that-is-the-primary" => "The target is not the primary; by policy such a call succeeds without effect while the primary runs.";
    P_105 Inferred "HaStatusNotSupport is the only gate listed: facts/polardb.md#busy-clusters" => "A busy cluster does not fail over.";
    P_106 Documented "UnsupportHighFrequenceSwitchOver; counting is inferred: facts/polardb.md#switch-frequency, facts/polardb.md#frequency-window" => "A manual failover waits until the frequency window since the last switch has passed.";
    P_107 Inferred "no source, nothing else leads out: facts/polardb.md#nobody-is-left" => "A cluster without a writer and without a failover under way accepts a manual failover.";
    P_108 Inferred "TargetZoneType; the code is inferred: facts/polardb.md#switch-to-the-standby-zone" => "TargetZoneType=Standby elects among the standby nodes alone; without a standby cluster the call is refused.";
    P_109 Inferred "SubCluster marks the zone, not the node: facts/polardb.md#switch-to-the-standby-zone" => "After a switch between zones the standby cluster is the primary one, and the other way round.";
    P_110 Documented "founding page: facts/polardb.md#election" => "Only read-only nodes are elected.";
    P_112 Documented "OperationDenied.DBNodeType; the election is inferred: facts/polardb.md#target-rules, facts/polardb.md#excluded-kinds" => "Column-store, AI and standby nodes do not become the primary.";
    P_113 Documented "electable at that moment; the predicate is inferred: facts/polardb.md#who-can-be-elected, facts/polardb.md#excluded-kinds" => "Only running, reachable nodes are elected.";
    P_114 Documented "UnsupportWitchUnhealthyReplication: facts/polardb.md#failover-gates" => "Nodes with abnormal replication are not elected.";
    P_120 Documented "SDK 9.2.1, FailoverPriority; release note of 2019-10: facts/polardb.md#priorities" => "A priority is 1 to 15, 1 by default; none means never.";
    P_121 Inferred "it is a field of the node: facts/polardb.md#priority-belongs-to-the-node" => "The priority belongs to the node and survives a promotion.";
    P_122 Documented "release note of 2019-10: facts/polardb.md#priorities" => "A change of priority takes effect at once.";
    P_123 Inferred "an answer recorded from an account: facts/polardb.md#priorities" => "An answer may show the priority 0, which ranks below all others; no request may set it.";
    P_130 Documented "founding page; SDK 9.2.1 on the direction: facts/polardb.md#election, facts/polardb.md#priorities" => "The nodes of the highest priority come first; larger wins.";
    P_131 Documented "pages on automatic failover, equal odds: facts/polardb.md#election" => "Among equal priorities any node may be chosen, each equally likely.";
    P_132 Documented "founding page; lower priorities are inferred: facts/polardb.md#election, facts/polardb.md#lower-priorities-are-tried" => "When a switch fails the next node is tried until one succeeds.";
    P_140 Documented "founding page: facts/polardb.md#failover-request" => "A named target is promoted.";
    P_141 Documented "founding page; page on automatic failover: facts/polardb.md#election" => "A single node of the highest priority is promoted.";
    P_142 Documented "founding page; page on automatic failover: facts/polardb.md#election" => "Several nodes of the highest priority are offered for a choice.";
    P_143 Inferred "no source for a call that finds no candidate: facts/polardb.md#nobody-is-left" => "Without a candidate the call is refused and nothing begins.";
    P_150 Inferred "the election is among nodes that can be elected then: facts/polardb.md#choice-is-open-until-it-is-made" => "A choice is offered anew when its tier changes.";
    P_151 Documented "page on automatic failover: facts/polardb.md#election" => "A chosen node of the tier is promoted.";
    P_152 Documented "founding page: facts/polardb.md#election" => "A node outside the tier cannot be chosen.";
    P_160 Documented "founding page, a swap with a read-only node: facts/polardb.md#after-a-failover" => "A promotion that succeeds moves the writer; the old one becomes a reader.";
    P_161 Documented "founding page; what counts as a failure is inferred: facts/polardb.md#election, facts/polardb.md#what-ends-an-attempt" => "A promotion that fails, whatever the reason, or whose node goes down or leaves, leads to the next node; once a round. That replication to the node becomes abnormal ends no promotion by itself.";
    P_162 Inferred "the retry rule is stated for calls without a target: facts/polardb.md#a-named-target-that-fails" => "A named target that fails ends the failover, by policy.";
    P_170 Inferred "no source: facts/polardb.md#nobody-is-left" => "When no eligible node is left the failover ends and the old writer stays.";
    P_171 Inferred "no source: facts/polardb.md#failed-work-and-lost-clusters" => "A failover ends with its cluster.";
    P_172 Inferred "no source: facts/polardb.md#nobody-is-left" => "By policy a manual failover without a candidate goes on with the next node to become eligible.";
    P_180 Documented "pages on automatic failover: facts/polardb.md#automatic-failover" => "A writer that fails begins an automatic failover, which elects on every engine.";
    P_181 Inferred "no source: facts/polardb.md#nobody-is-left" => "Without a candidate the cluster waits; the next node to become eligible begins a failover.";
    P_182 Inferred "no source: facts/polardb.md#automatic-failover-during-a-manual-one" => "A writer that fails during a manual failover makes it automatic.";
    P_183 Documented "pages on failover, until one succeeds; the pause is inferred: facts/polardb.md#election, facts/polardb.md#next-round" => "While a node can be elected, a failover that is not over begins again after a pause.";
    P_184 Inferred "the vendor's open-source manager: facts/polardb.md#nobody-is-left" => "By policy a writer that no node can replace is restarted.";
    P_185 Documented "cross-zone page; who is elected is inferred: facts/polardb.md#cross-zone-switchover, facts/polardb.md#switch-to-the-standby-zone" => "When the whole primary zone is down and no ordinary node can be elected, the standby nodes take over; if they cannot, the ordinary nodes that can be elected by then.";
    P_187 Documented "page on the hot standby cluster; the nodes are inferred: facts/polardb.md#hot-standby-cluster, facts/polardb.md#switch-to-the-standby-zone" => "Standby storage without nodes takes over a primary zone that is down where no node can be elected, and any by a call; the nodes of that zone come up in its own.";
    P_186 Inferred "no source for automatic failovers in the window: facts/polardb.md#frequency-window" => "By policy the frequency window holds an automatic failover until its end.";
    P_194 Documented "zh page of 2025-12: facts/polardb.md#roll-back-for-disaster" => "By policy a call with RollBackForDisaster is itself the switch back to the zone that the writer left.";
    P_190 Documented "SDK 5.2.0, when the primary zone recovers; SDK 9.2.1 names no time: facts/polardb.md#roll-back-for-disaster, facts/polardb.md#return-to-the-primary-zone" => "After a switch out of its zone the writer returns when a node there becomes eligible.";
}

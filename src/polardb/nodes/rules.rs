//! The rules of work on nodes.

use crate::rule::rules;

rules! {
    P_201 Documented "InvalidDBNodeId.NotFound; InvalidDBNode.Malformed of deletion: facts/polardb.md#codes-listed-for-other-operations" => "A node that is configured, changed or removed is one of the cluster.";
    P_202 Inferred "OperationDenied.DBClusterStatus is listed for ModifyDBNodeClass alone: facts/polardb.md#change-class, facts/polardb.md#work-on-nodes" => "Work on nodes begins only in a running cluster.";
    P_203 Inferred "every accepted call ends asynchronously: facts/polardb.md#asynchronous-end, facts/polardb.md#failed-work-and-lost-clusters" => "Work that fails leaves the nodes as they were; nodes that were to come are gone.";
    P_210 Documented "SDK 9.2.1, DBNode; standard edition is policy: facts/polardb.md#node-counts" => "A cluster has at most 16 nodes, standard edition 8, basic edition 1.";
    P_211 Documented "at most 15 in one call: facts/polardb.md#node-counts" => "One call names 1 to 15 nodes.";
    P_212 Documented "CreateDBNodes and DeleteDBNodes pages: facts/polardb.md#node-counts, facts/polardb.md#add-and-delete-nodes" => "Several nodes at once are for MySQL alone.";
    P_213 Documented "status table; release note of 2019-10: facts/polardb.md#add-and-delete-nodes, facts/polardb.md#priorities" => "New nodes show DBNodeCreating, become readers of priority 1 and then can be elected.";
    P_214 Documented "SDK 9.2.1, DBNode: facts/polardb.md#classes-of-nodes" => "A new node has a class and a zone that the cluster knows.";
    P_215 Documented "page on column-store nodes: facts/polardb.md#column-store-nodes" => "A column-store node needs MySQL and an ordinary reader beside it.";
    P_220 Inferred "InvalidDBNode.Malformed is listed: facts/polardb.md#work-on-nodes" => "The nodes of one call differ and are of the kind it names.";
    P_221 Documented "OperationDenied.DBNodeRole: facts/polardb.md#add-and-delete-nodes" => "The primary is not removed.";
    P_222 Documented "DeleteDBNodes page, current number less two; standard edition may have one node: facts/polardb.md#add-and-delete-nodes" => "One reader stays beside the primary, but in the standard edition.";
    P_223 Documented "cluster status table: facts/polardb.md#add-and-delete-nodes" => "Removal shows DBNodeDeleting and ends with the nodes gone.";
    P_230 Inferred "DBNodeStatus values; only running nodes are elected: facts/polardb.md#work-on-nodes, facts/polardb.md#node-statuses" => "Nodes under work show it and are not elected meanwhile.";
    P_231 Documented "OperationDenied.RoEqualSpec; the sibling by example: facts/polardb.md#classes-of-nodes" => "One reader keeps the class of the primary.";
    P_232 Inferred "InvalidDBInstanceClass.NotFound, of the hot replica only: facts/polardb.md#work-on-nodes, facts/polardb.md#hot-replicas" => "A hot replica keeps the class of the primary.";
    P_233 Inferred "DBNodeType takes DLNode alone: facts/polardb.md#change-class, facts/polardb.md#work-on-nodes" => "One class is given to all nodes but the AI ones, or to those alone.";
    P_234 Documented "cluster status table: facts/polardb.md#change-class" => "A change of class shows ClassChanging.";
    P_240 Documented "RestartDBNode page and error list: facts/polardb.md#restart-node" => "A restart names a node alone; an unknown one is not valid.";
    P_242 Inferred "Rebooting in both status tables: facts/polardb.md#restart-node" => "A restart shows Rebooting.";
    P_243 Inferred "a restart is not documented as a failover: facts/polardb.md#a-restart-of-the-writer" => "A writer that is asked to restart is waited for.";
    P_244 Inferred "no source: facts/polardb.md#failed-work-and-lost-clusters" => "A node that fails to restart is down; one that restarted runs.";
    P_250 Documented "page on hot replicas; the code is inferred: facts/polardb.md#hot-replicas" => "Hot replicas are for MySQL alone.";
    P_251 Documented "page on hot replicas, an existing read-only node: facts/polardb.md#hot-replicas" => "A hot replica is an ordinary reader.";
    P_252 Documented "InvalidDBInstanceClass.NotFound: facts/polardb.md#hot-replicas" => "A hot replica has the class of the primary.";
    P_253 Documented "page on hot replicas: facts/polardb.md#hot-replicas" => "The first hot replica of a cluster restarts every node.";
    P_254 Documented "page on hot replicas; RoleSwitching from a public client: facts/polardb.md#hot-replicas" => "Later changes restart none.";
    P_260 Documented "InvalidZoneId.Same; page on zones: facts/polardb.md#change-primary-zone" => "The new zone is neither the primary one nor, for the standby zone, the standby one.";
    P_261 Documented "status table; page on zones: facts/polardb.md#change-primary-zone, facts/polardb.md#the-primary-zone-moves" => "Nodes are in the new zone when that is reported; Transing or StandbyTransing shows meanwhile.";
    P_262 Inferred "page on zones, compute moves to the standby zone: facts/polardb.md#the-primary-zone-moves" => "Moving the primary to the standby zone exchanges the two.";
    P_625 Inferred "an open pull request of a public client, of 2026-09: facts/polardb.md#serverless-clusters" => "The number of nodes of an agile serverless cluster is its own.";
    P_626 Documented "codes of 2024-06 of three operations; the change of single nodes is by example: facts/polardb.md#codes-listed-for-other-operations" => "Strong consistency over three zones fixes number and class of the nodes.";
}

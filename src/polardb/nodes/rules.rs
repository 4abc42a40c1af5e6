//! The rules of work on nodes.

use crate::rule::rules;

rules! {
    P_201 Documented "InvalidDBNodeId.NotFound; for DeleteDBNodes InvalidDBNode.Malformed"
        => "A node that is configured, changed or removed is one of the cluster.";
    P_202 Documented "OperationDenied.DBClusterStatus of ModifyDBNodeClass; the others by its example"
        => "Work on nodes begins only in a running cluster.";
    P_203 Inferred "every accepted call ends asynchronously (§4)"
        => "Work that fails leaves the nodes as they were; nodes that were to come are gone.";
    P_210 Documented "SDK 9.2.1, DBNode: at most 16 less the current number; standard edition is policy (§8.25)"
        => "A cluster has at most 16 nodes, standard edition 8, basic edition 1.";
    P_211 Documented "metadata, maxItems"
        => "One call names 1 to 15 nodes.";
    P_212 Documented "CreateDBNodes and DeleteDBNodes pages"
        => "Several nodes at once are for MySQL alone.";
    P_213 Documented "cluster status table; release note of 2019-10 on the priority"
        => "New nodes show DBNodeCreating, become readers of priority 1 and then can be elected.";
    P_214 Documented "SDK 9.2.1, DBNode: as the existing nodes; TargetClass for PostgreSQL and Oracle"
        => "A new node has a class and a zone that the cluster knows.";
    P_215 Documented "page on column-store nodes"
        => "A column-store node needs MySQL and an ordinary reader beside it.";
    P_220 Inferred "InvalidDBNode.Malformed is listed"
        => "The nodes of one call differ and are of the kind it names.";
    P_221 Documented "OperationDenied.DBNodeRole"
        => "The primary is not removed.";
    P_222 Documented "DeleteDBNodes page: at most the current number less two"
        => "One reader stays beside the primary.";
    P_223 Documented "cluster status table"
        => "Removal shows DBNodeDeleting and ends with the nodes gone.";
    P_230 Inferred "DBNodeStatus values; only running nodes are elected"
        => "Nodes under work show it and are not elected meanwhile.";
    P_231 Documented "OperationDenied.RoEqualSpec; for ModifyDBNodesClass by the example of its sibling"
        => "One reader keeps the class of the primary.";
    P_232 Inferred "InvalidDBInstanceClass.NotFound is listed for the hot replica only"
        => "A hot replica keeps the class of the primary.";
    P_233 Inferred "DBNodeType takes DLNode alone"
        => "One class is given to all nodes but the AI ones, or to those alone.";
    P_234 Documented "cluster status table"
        => "A change of class shows ClassChanging.";
    P_240 Documented "RestartDBNode error list"
        => "A restart names a node alone; an unknown one is not valid.";
    P_242 Inferred "Rebooting in both status tables"
        => "A restart shows Rebooting.";
    P_243 Inferred "restarting the primary is not documented as a failover"
        => "A writer that is asked to restart is waited for.";
    P_244 Inferred "no source"
        => "A node that fails to restart is down; one that restarted runs.";
    P_250 Documented "page on hot replicas; the code is inferred"
        => "Hot replicas are for MySQL alone.";
    P_251 Documented "page on hot replicas: an existing read-only node; the code is listed"
        => "A hot replica is an ordinary reader.";
    P_252 Documented "InvalidDBInstanceClass.NotFound"
        => "A hot replica has the class of the primary.";
    P_253 Documented "page on hot replicas"
        => "The first hot replica of a cluster restarts every node.";
    P_254 Documented "page on hot replicas; RoleSwitching from a public client"
        => "Later changes restart none.";
    P_260 Documented "InvalidZoneId.Same; page on zones"
        => "The new zone is neither the primary one nor, for the standby zone, the standby one.";
    P_261 Documented "cluster status table; page on zones"
        => "Nodes are in the new zone when that is reported; Transing or StandbyTransing shows meanwhile.";
    P_262 Inferred "page on zones: compute moves to the existing standby zone"
        => "Moving the primary to the standby zone exchanges the two.";
}

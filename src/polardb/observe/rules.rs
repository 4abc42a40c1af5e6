//! The rules of endpoints and of the log of switches.

use crate::rule::rules;

rules! {
    P_500 Inferred "EndpointType; which nodes serve in which endpoint is silent: facts/polardb.md#endpoints-and-connection-strings" => "A cluster has a cluster endpoint with all nodes that serve queries and a primary endpoint with the writer alone.";
    P_501 Inferred "EndpointType Primary: facts/polardb.md#endpoints" => "The primary endpoint follows the writer.";
    P_502 Documented "page on zones, endpoints do not change; other switches by example: facts/polardb.md#endpoints-and-connection-strings" => "Connection strings do not change.";
    P_503 Inferred "no code is listed: facts/polardb.md#endpoints" => "An endpoint id that the cluster does not have leaves the list empty.";
    P_504 Documented "SDK 9.2.1, NodeWithRoles; numbering is inferred: facts/polardb.md#endpoints-and-connection-strings" => "For PostgreSQL and Oracle the endpoints say which role each node has.";
    P_510 Documented "DescribeHALogs page; the code is inferred: facts/polardb.md#ha-log" => "Only MySQL clusters have a log of switches.";
    P_511 Inferred "DescribeHALogs page, switchover records: facts/polardb.md#records-of-switches" => "A switch is in the log once it has moved the writer, the latest first.";
}

//! The rules of endpoints and of the log of switches.

use crate::rule::rules;

rules! {
    P_500 Documented "SDK 9.2.1, EndpointType; custom endpoints are not modelled"
        => "A cluster has a cluster endpoint with all nodes that serve queries and a primary endpoint with the writer alone.";
    P_501 Inferred "§1.3, Endpoints; EndpointType Primary"
        => "The primary endpoint follows the writer.";
    P_502 Documented "page on PostgreSQL failover"
        => "Connection strings do not change.";
    P_503 Inferred "no code is listed"
        => "An endpoint id that the cluster does not have leaves the list empty.";
    P_504 Documented "SDK 9.2.1, NodeWithRoles; how readers are numbered is inferred"
        => "For PostgreSQL and Oracle the endpoints say which role each node has.";
    P_510 Documented "DescribeHALogs page; the code is inferred"
        => "Only MySQL clusters have a log of switches.";
    P_511 Inferred "DescribeHALogs page: switchover records"
        => "A switch is in the log once it has moved the writer, the latest first.";
}

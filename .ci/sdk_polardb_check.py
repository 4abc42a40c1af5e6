#!/usr/bin/env python3
"""PolarDB through the vendor's official SDK: the life of nodes, a failover from its preparation to what is seen of it,
a zone that is lost and comes back, the zonal operations, a global database network, and a client that retries as a public
one does.

Run from the repository root after `cargo build`:

    python3 .ci/sdk_polardb_check.py [target/debug/failover-emulator]
"""

import os
import sys
import threading
import time

import sdk_check
from sdk_check import Checks, Server, poll, refusal

CLASS, LARGER = "polar.mysql.x4.large", "polar.mysql.x8.large"


class Cluster:
    """A cluster as a script sees it."""

    def __init__(self, client, models, identifier):
        self.client, self.models, self.id = client, models, identifier

    def view(self):
        return self.client.describe_dbcluster_attribute(
            self.models.DescribeDBClusterAttributeRequest(dbcluster_id=self.id)).body

    def nodes(self):
        return {node.dbnode_id: node for node in self.view().dbnodes}

    def writer(self):
        return [node.dbnode_id for node in self.view().dbnodes if node.dbnode_role == "Writer"]

    def readers(self):
        return [node.dbnode_id for node in self.view().dbnodes if node.dbnode_role == "Reader"]

    def settled(self):
        """The statuses that were seen on the way to Running."""
        return poll(lambda: self.view().dbcluster_status, lambda status: status == "Running")

    def failover(self, target=None, token=None, **more):
        return self.client.failover_dbcluster(self.models.FailoverDBClusterRequest(
            dbcluster_id=self.id, target_dbnode_id=target, client_token=token, **more)).body

    def endpoints(self):
        body = self.client.describe_dbcluster_endpoints(
            self.models.DescribeDBClusterEndpointsRequest(dbcluster_id=self.id)).body
        return {item.endpoint_type: item for item in body.items}

    def ha_logs(self):
        return self.client.describe_halogs(self.models.DescribeHALogsRequest(
            dbcluster_id=self.id, log_type="HaSwitchLogList")).body


def created(client, models, nodes, engine="MySQL", version="8.0"):
    body = client.create_dbcluster(models.CreateDBClusterRequest(
        region_id="cn-hangzhou", dbtype=engine, dbversion=version, dbnode_class=CLASS, pay_type="Postpaid",
        dbnode_num=nodes)).body
    cluster = Cluster(client, models, body.dbcluster_id)
    cluster.settled()
    return cluster


def code(error):
    return getattr(error, "code", error)


def check_nodes(checks, server, client, models):
    """Adding, deleting, restarting, classes, hot replicas, the lock."""
    cluster = created(client, models, 2)
    add = models.CreateDBNodesRequest(
        dbcluster_id=cluster.id, client_token="add-1", imci_switch="OFF", dbnode_type="RO",
        dbnode=[models.CreateDBNodesRequestDBNode(target_class=CLASS) for _ in range(2)])
    first = client.create_dbnodes(add).body
    new = first.dbnode_ids.dbnode_id
    checks.equal("two nodes are added, and the cluster shows it",
                 (len(new), cluster.view().dbcluster_status), (2, "DBNodeCreating"))
    again = client.create_dbnodes(add).body
    checks.equal("the same token adds no more", (again.dbnode_ids.dbnode_id, again.order_id), (new, first.order_id))
    cluster.settled()
    nodes = cluster.nodes()
    checks.equal("they run as readers of priority 1",
                 [(nodes[node].dbnode_role, nodes[node].dbnode_status, nodes[node].failover_priority) for node in new],
                 [("Reader", "Running", 1)] * 2)

    def delete(*names):
        return client.delete_dbnodes(models.DeleteDBNodesRequest(dbcluster_id=cluster.id, dbnode_id=list(names)))

    checks.equal("the writer is not deleted", code(refusal(lambda: delete(*cluster.writer()))),
                 "OperationDenied.DBNodeRole")
    checks.equal("nor all readers", code(refusal(lambda: delete(*cluster.readers()))), "InvalidDBNodeNum.Malformed")
    delete(new[1])
    seen = cluster.settled()
    checks.equal("one reader is", (seen[0], new[1] in cluster.nodes()), ("DBNodeDeleting", False))

    old_writer = cluster.writer()[0]
    cluster.failover(target=new[0])
    cluster.settled()
    delete(old_writer)
    cluster.settled()
    checks.equal("to be rid of the writer, fail over and delete it as a reader",
                 (cluster.writer(), old_writer in cluster.nodes()), ([new[0]], False))

    reader = cluster.readers()[0]
    client.create_dbnodes(models.CreateDBNodesRequest(
        dbcluster_id=cluster.id, dbnode=[models.CreateDBNodesRequestDBNode(target_class=CLASS)]))
    cluster.settled()
    client.restart_dbnode(models.RestartDBNodeRequest(dbnode_id=reader))
    checks.equal("a restart names the node alone", cluster.view().dbcluster_status, "Rebooting")
    cluster.settled()

    def resize(targets):
        return client.modify_dbnodes_class(models.ModifyDBNodesClassRequest(
            dbcluster_id=cluster.id, modify_type="Upgrade",
            dbnode=[models.ModifyDBNodesClassRequestDBNode(dbnode_id=node, target_class=to) for node, to in targets]))

    error = refusal(lambda: resize([(cluster.writer()[0], LARGER)]))
    checks.equal("the writer may not outgrow all readers", code(error), "OperationDenied.RoEqualSpec")
    resize([(cluster.writer()[0], LARGER), (reader, LARGER)])
    seen = cluster.settled()
    nodes = cluster.nodes()
    checks.equal("together with a reader it may",
                 (seen[0], nodes[cluster.writer()[0]].dbnode_class, nodes[reader].dbnode_class),
                 ("ClassChanging", LARGER, LARGER))

    def hot(node, mode):
        return client.modify_dbnode_hot_replica_mode(models.ModifyDBNodeHotReplicaModeRequest(
            dbcluster_id=cluster.id, dbnode_id=node, hot_replica_mode=mode))

    small = [node for node in cluster.readers() if node != reader][0]
    checks.equal("a hot replica has the writer's class", code(refusal(lambda: hot(small, "ON"))),
                 "InvalidDBInstanceClass.NotFound")
    hot(reader, "ON")
    cluster.settled()
    checks.equal("a reader becomes a hot replica", cluster.nodes()[reader].hot_replica_mode, "ON")
    client.modify_dbnode_class(models.ModifyDBNodeClassRequest(
        dbcluster_id=cluster.id, modify_type="Downgrade", dbnode_target_class=CLASS))
    cluster.settled()
    checks.equal("all nodes change their class at once",
                 {node.dbnode_class for node in cluster.nodes().values()}, {CLASS})

    client.modify_dbcluster_deletion(models.ModifyDBClusterDeletionRequest(dbcluster_id=cluster.id, protection=True))
    release = models.DeleteDBClusterRequest(dbcluster_id=cluster.id)
    error = refusal(lambda: client.delete_dbcluster(release))
    checks.equal("a locked cluster is not released", (code(error), cluster.view().deletion_lock),
                 ("OperationDenied.DBClusterDeletionLock", 1))
    client.modify_dbcluster_deletion(models.ModifyDBClusterDeletionRequest(dbcluster_id=cluster.id, protection=False))
    client.delete_dbcluster(release)
    gone = poll(lambda: code(refusal(cluster.view)), lambda error: error is not None)
    checks.equal("unlocked it is", gone[-1], "InvalidDBCluster.NotFound")


def check_observation(checks, server, client, models):
    """Prepare, trigger, observe."""
    cluster = created(client, models, 4)
    writer, readers = cluster.writer()[0], cluster.readers()
    for node, priority in zip(readers, (4, 9, 9)):
        client.modify_dbnode_config(models.ModifyDBNodeConfigRequest(
            dbcluster_id=cluster.id, dbnode_id=node, config_name="FailoverPriority", config_value=str(priority)))
    before = cluster.endpoints()
    checks.equal("before: the primary endpoint has the writer, the cluster endpoint all",
                 (before["Primary"].nodes, set(before["Cluster"].nodes.split(","))),
                 (writer, {writer, *readers}))
    checks.equal("before: no switch is on record", (cluster.ha_logs().ha_status, cluster.ha_logs().total_records), (1, 0))
    cluster.failover()
    seen = cluster.settled()
    elected = cluster.writer()[0]
    checks.that("one of the two of the highest priority is elected", elected in readers[1:], elected)
    checks.equal("Switching is seen on the way", seen, ["Switching", "Running"])
    after = cluster.endpoints()
    address = [item.address_items[0].connection_string for item in (before["Primary"], after["Primary"])]
    checks.equal("the primary endpoint follows the writer, under the same name",
                 (after["Primary"].nodes, address[1], after["Primary"].dbendpoint_id),
                 (elected, address[0], before["Primary"].dbendpoint_id))
    log = cluster.ha_logs()
    record = log.ha_log_items[0]
    checks.equal("the switch is on record as asked for by hand",
                 (log.ha_status, log.total_records, log.dbinstance_type, record.switch_cause_detail),
                 (0, 1, "polardb_mysql_rw", "Platform.Ha.ManuallyTriggered"))
    checks.that("with its begin and end", record.switch_start_time <= record.switch_finish_time, record.to_map())
    moved = server.events(cluster.id, "writer_moved")[-1]["detail"]
    checks.equal("the feed calls it a switch-over", moved["event"], "polardb:CloudMonitor:InstanceSwitchover")

    server.control("POST", "faults", {"kind": "node", "node": elected, "up": False})
    poll(cluster.writer, lambda now: now != [elected])
    cluster.settled()
    log = cluster.ha_logs()
    checks.equal("a writer that fails is replaced, frequency window or not, and that is on record too",
                 (log.total_records, log.ha_log_items[0].switch_cause_code), (2, None))
    moved = server.events(cluster.id, "writer_moved")[-1]["detail"]
    checks.equal("the feed calls it a failover", moved["event"], "polardb:CloudMonitor:InstanceFailover")
    error = refusal(lambda: cluster.failover())
    checks.equal("a manual one right after is too soon", code(error), "UnsupportHighFrequenceSwitchOver")

    postgres = created(client, models, 3, "PostgreSQL", "14")
    roles = postgres.endpoints()["Cluster"].node_with_roles
    checks.equal("PostgreSQL's endpoints say who writes", roles, "Writer,Reader1")
    error = refusal(postgres.ha_logs)
    checks.equal("and it has no log of switches", code(error), "InvalidDBType.Malformed")


def check_zone(checks, server, client, models):
    """A zone goes down at once, the writer in it, and comes back."""
    node = lambda name, zone, priority: {"DBNodeId": f"pi-sdk{name}", "ZoneId": zone, "FailoverPriority": priority}
    seeded = {"DBClusterId": "pc-sdkzone", "DBNodes": [
        node("w", "cn-hangzhou-x", 1), node("near", "cn-hangzhou-x", 15),
        node("far", "cn-hangzhou-y", 5), node("last", "cn-hangzhou-y", 2)]}
    server.control("POST", "seed", {"Clusters": [seeded]})
    cluster = Cluster(client, models, "pc-sdkzone")
    server.control("POST", "faults", {"kind": "zone", "zone": "cn-hangzhou-x", "up": False})
    checks.equal("its cluster is switching at once", cluster.view().dbcluster_status, "Switching")
    cluster.settled()
    tried = [event["detail"]["node"] for event in server.events(cluster.id, "attempt_began")]
    checks.equal("the best node elsewhere takes over, nobody in the dead zone is tried",
                 (cluster.writer(), tried), (["pi-sdkfar"], ["pi-sdkfar"]))
    checks.equal("the cluster's zones begin with the writer's", cluster.view().zone_ids, "cn-hangzhou-y,cn-hangzhou-x")
    server.control("POST", "faults", {"kind": "zone", "zone": "cn-hangzhou-x", "up": True})
    nodes = cluster.nodes()
    checks.equal("the zone is back, and the writer stays",
                 ({node.dbnode_status for node in nodes.values()}, cluster.writer()), ({"Running"}, ["pi-sdkfar"]))
    server.control("POST", "clock", {"advance_ms": 600_000})
    cluster.failover(target="pi-sdkw")
    cluster.settled()
    checks.equal("until somebody fails it back", cluster.writer(), ["pi-sdkw"])


def check_standby(checks, server, client, models):
    """Storage that stands by: a drill of the zone, the mode that switches it off, and what a creation gives."""
    body = client.create_dbcluster(models.CreateDBClusterRequest(
        region_id="cn-hangzhou", dbtype="MySQL", dbversion="8.0", dbnode_class=CLASS, pay_type="Postpaid",
        zone_id="cn-hangzhou-j", standby_az="cn-hangzhou-k", vpcid="vpc-1", v_switch_id="vsw-1")).body
    cluster = Cluster(client, models, body.dbcluster_id)
    cluster.settled()
    client.modify_dbcluster_maintain_time(models.ModifyDBClusterMaintainTimeRequest(
        dbcluster_id=cluster.id, maintain_time="16:00Z-17:00Z"))
    view = cluster.view()
    checks.equal("what was written is read back",
                 (view.vpcid, view.v_switch_id, view.maintain_time, view.standby_hamode, view.data_sync_mode),
                 ("vpc-1", "vsw-1", "16:00Z-17:00Z", "ON", "AsyncSync"))
    modify = lambda **more: client.modify_dbcluster(models.ModifyDBClusterRequest(dbcluster_id=cluster.id, **more)).body
    checks.that("a drill has an order", modify(fault_simulate_mode="0").order_id, None)
    cluster.settled()
    poll(lambda: {node.zone_id for node in cluster.view().dbnodes}, lambda zones: zones == {"cn-hangzhou-k"})
    view = cluster.view()
    checks.equal("and the storage in the other zone takes over, with all nodes",
                 ({node.dbnode_status for node in view.dbnodes}, view.zone_ids), ({"Running"}, "cn-hangzhou-k"))
    modify(standby_hamode="OFF")
    checks.equal("switched off, it shows so", cluster.view().standby_hamode, "OFF")
    error = refusal(lambda: modify(standby_hamode="OFF"))
    checks.equal("and is not switched off again", code(error), "InvalidParam.NoChange")
    client.modify_dbcluster_arch(models.ModifyDBClusterArchRequest(
        dbcluster_id=cluster.id, hot_standby_cluster="equal", standby_az="cn-hangzhou-j"))
    cluster.settled()
    checks.equal("storage standby becomes compute standby", cluster.view().hot_standby_cluster, "equal")


def check_zonal(checks, server, client, models):
    """The zonal operations and the regions, as the public Terraform provider reads them."""
    ids = [created(client, models, 2).id for _ in range(3)]
    told, token = [], None
    while True:
        page = client.describe_dbclusters_zonal(models.DescribeDBClustersZonalRequest(
            region_id="cn-hangzhou", dbcluster_ids=",".join(ids), max_results=2, next_token=token)).body
        told += [item.dbcluster_id for item in page.items]
        token = page.next_token
        if not token:
            break
    checks.equal("a pager by token comes to its end", (told, page.total_record_count), (ids, 3))
    cluster = Cluster(client, models, ids[0])
    reader = cluster.readers()[0]
    client.restart_dbnode_zonal(models.RestartDBNodeZonalRequest(dbcluster_id=cluster.id, dbnode_id=reader))
    attribute = models.DescribeDbClusterAttributeZonalRequest(dbcluster_id=cluster.id)
    status = lambda: client.describe_db_cluster_attribute_zonal(attribute).body.dbcluster_status
    seen = poll(status, lambda status: status == "Running")
    checks.equal("a zonal restart shows as any", seen[0], "Rebooting")
    endpoints = client.describe_dbcluster_endpoints_zonal(
        models.DescribeDBClusterEndpointsZonalRequest(dbcluster_id=cluster.id)).body.items
    checks.equal("the endpoints are its own", {item.dbcluster_id for item in endpoints}, {cluster.id})
    regions = client.describe_regions(models.DescribeRegionsRequest()).body.regions.region
    zones = [zone.zone_id for region in regions if region.region_id == "cn-hangzhou" for zone in region.zones.zone]
    checks.that("regions have zones, and a cluster is in one of them", cluster.view().zone_ids in zones, zones)


def check_network(checks, server, client, models):
    """A global database network: a planned switch-over, and a forced one when the primary is down."""
    primary = created(client, models, 2)
    network = client.create_global_database_network(models.CreateGlobalDatabaseNetworkRequest(
        dbcluster_id=primary.id, gdndescription="orders")).body.gdnid

    def view():
        return client.describe_global_database_network(
            models.DescribeGlobalDatabaseNetworkRequest(gdnid=network)).body

    def settled():
        return poll(lambda: view().gdnstatus, lambda status: status == "active")

    def roles():
        return {cluster.dbcluster_id: cluster.role for cluster in view().dbclusters}

    def switch(**more):
        return client.switch_over_global_database_network(
            models.SwitchOverGlobalDatabaseNetworkRequest(gdnid=network, region_id="cn-beijing", **more))

    checks.equal("a network is made around its primary", (settled(), roles()),
                 (["creating", "active"], {primary.id: "primary"}))
    body = client.create_dbcluster(models.CreateDBClusterRequest(
        region_id="cn-beijing", dbtype="MySQL", dbversion="8.0", dbnode_class=CLASS, pay_type="Postpaid",
        creation_option="CreateGdnStandby", gdnid=network)).body
    secondary = Cluster(client, models, body.dbcluster_id)
    secondary.settled()
    page = client.describe_global_database_networks(
        models.DescribeGlobalDatabaseNetworksRequest(dbcluster_id=secondary.id)).body
    checks.equal("the list finds it by a secondary",
                 [(item.gdnid, [(member.role, member.region_id) for member in item.dbclusters]) for item in page.items],
                 [(network, [("primary", "cn-hangzhou"), ("standby", "cn-beijing")])])
    switch(dbcluster_id=secondary.id)
    locked = code(refusal(lambda: secondary.failover(target=secondary.readers()[0])))
    checks.equal("a switch-over locks the network and its clusters", (view().gdnstatus, locked),
                 ("locked", "HaStatusNotSupport"))
    settled()
    checks.equal("a planned one changes the roles", roles(), {secondary.id: "primary", primary.id: "standby"})
    error = refusal(lambda: client.delete_dbcluster(models.DeleteDBClusterRequest(dbcluster_id=primary.id)))
    checks.equal("no cluster of a network is released", code(error), "OperationDenied.OperateStatus")

    for node in secondary.nodes():
        server.control("POST", "faults", {"kind": "node", "node": node, "up": False})
    checks.equal("with the primary down a planned one is refused", code(refusal(switch)),
                 "OperationDenied.DBClusterStatus")
    switch(forced=True)
    settled()
    checks.equal("a forced one is not", roles(), {primary.id: "primary", secondary.id: "standby"})
    for node in secondary.nodes():
        server.control("POST", "faults", {"kind": "node", "node": node, "up": True})
    secondary.settled()
    checks.equal("what was left behind replicates no more", code(refusal(switch)),
                 "UnsupportWitchUnhealthyReplication")
    remove = models.RemoveDBClusterFromGDNRequest(gdnid=network, dbcluster_id=secondary.id)
    client.remove_dbcluster_from_gdn(remove)
    checks.equal("so it is removed", settled(), ["removing_member", "active"])
    client.delete_global_database_network(models.DeleteGlobalDatabaseNetworkRequest(gdnid=network))
    gone = poll(lambda: code(refusal(view)), lambda error: error is not None)
    checks.equal("and a network of the primary alone is deleted", gone[-1], "GDN.NotFound")


def check_retries(checks, server, client, models):
    """What the public Terraform provider does: repeats while the message speaks of the HA status, then polls."""
    cluster = created(client, models, 3)
    target = cluster.readers()[0]
    server.control("POST", "faults", {"kind": "cluster", "cluster": cluster.id, "status": "ClassChanging"})
    done = threading.Timer(1.0, lambda: server.control(
        "POST", "faults", {"kind": "cluster", "cluster": cluster.id, "status": "Running"}))
    done.start()
    refused, deadline = [], time.monotonic() + sdk_check.PATIENCE
    while time.monotonic() < deadline:
        error = refusal(lambda: cluster.failover(target=target))
        if error is None:
            break
        refused.append((code(error), "Current DB instance HA status" in str(error)))
        if not refused[-1][1]:
            break
        time.sleep(0.2)
    done.join()
    checks.that("a busy cluster answers what the provider repeats on", set(refused) == {("HaStatusNotSupport", True)},
                refused)
    cluster.settled()
    checks.equal("and then the writer is the one that was named", cluster.writer(), [target])


def main():
    sdk_check.enter_environment(__file__)
    from alibabacloud_polardb20170801 import models
    from alibabacloud_polardb20170801.client import Client
    from alibabacloud_tea_openapi.models import Config

    default = os.path.join(sdk_check.ROOT, "target", "debug", "failover-emulator")
    server = Server(sys.argv[1] if len(sys.argv) > 1 else default)
    checks = Checks()
    client = Client(Config(access_key_id="key", access_key_secret="secret", endpoint=server.address, protocol="http",
                           region_id="cn-hangzhou", read_timeout=10_000, connect_timeout=10_000))
    all_checks = (check_nodes, check_observation, check_zone, check_standby, check_zonal, check_network, check_retries)
    return checks.run(server, [
        (check.__doc__, lambda check=check: check(checks, server, client, models)) for check in all_checks
    ])


if __name__ == "__main__":
    sys.exit(main())

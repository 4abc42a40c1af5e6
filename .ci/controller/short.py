#!/usr/bin/env python3
"""The short form of the controller's tests: the official SDK fails over a cluster of five real databases, and what must not
go wrong does not when its processes are killed.

Run from the repository root:

    .ci/run controller

Where EXPLAIN names the program that explains traces, as it does there, it must accept all answers.

One line a check; the last line counts them.
"""

import os
import signal
import sys
import threading
import time
import urllib.request

import bed as bed_module
from bed import Bed, Writers, explain, prepare, signal_all, wait_for

bed_module.enter_environment(__file__)

from sdk_check import Checks, refusal  # noqa: E402

CLASS = "polar.mysql.x4.large"


class Cluster:
    """A cluster through the SDK."""

    def __init__(self, bed, nodes):
        self.bed = bed
        self.connect()
        self.id = self.client.create_dbcluster(self.models.CreateDBClusterRequest(
            region_id="cn-hangzhou", dbtype="MySQL", dbversion="8.0", dbnode_class=CLASS, pay_type="Postpaid",
            dbnode_num=nodes)).body.dbcluster_id
        self.settle()

    def connect(self):
        self.client, self.models = self.bed.client()

    def view(self):
        return self.client.describe_dbcluster_attribute(
            self.models.DescribeDBClusterAttributeRequest(dbcluster_id=self.id)).body

    def status(self):
        try:
            return self.view().dbcluster_status
        except Exception:  # noqa: BLE001: no leader, for a while.
            self.connect()
            return None

    def settle(self):
        """Waits until it runs, and all readers can be elected."""
        def settled():
            if self.status() != "Running":
                return None
            seen = self.bed.cluster(self.id)
            return seen if seen and all(it["up"] and (it["replicating"] or it["role"] == "Writer") for it in seen["nodes"]) else None
        return wait_for("a cluster that runs", settled, 120, 0.1)

    def writer(self):
        return next(it.dbnode_id for it in self.view().dbnodes if it.dbnode_role == "Writer")

    def readers(self):
        return [it.dbnode_id for it in self.view().dbnodes if it.dbnode_role == "Reader"]

    def failover(self, target=None, token=None):
        sent = time.time()
        try:
            return self.client.failover_dbcluster(self.models.FailoverDBClusterRequest(
                dbcluster_id=self.id, target_dbnode_id=target, client_token=token)).body
        except Exception as error:
            if not (getattr(error, "data", None) or {}).get("statusCode") and not getattr(error, "status_code", None):
                parameters = {"DBClusterId": self.id, "TargetDBNodeId": target, "ClientToken": token}
                self.bed.note_lost("FailoverDBCluster", parameters, sent)
            raise

    def prefer(self, node):
        """Gives a node the highest priority, and all others the lowest."""
        for other in [self.writer(), *self.readers()]:
            self.client.modify_dbnode_config(self.models.ModifyDBNodeConfigRequest(
                dbcluster_id=self.id, dbnode_id=other, config_name="FailoverPriority",
                config_value="15" if other == node else "1"))

    def events(self, kind):
        page = self.bed.get(self.bed.leader(), f"/_controller/events?resource={self.id}&limit=20000")
        return [event for event in page["events"] if event["kind"] == kind]

    def agent(self, node):
        return self.bed.agent_of(self.bed.cluster(self.id), node)


def by_sdk(checks, bed):
    """A cluster of five, without and with a target, with tokens, through a lost reply."""
    cluster = Cluster(bed, 5)
    first = cluster.writer()
    prepare(cluster.agent(first).database)
    writers = Writers([agent.database for agent in bed.agents])
    writers.flows()

    began = time.monotonic()
    cluster.failover()
    cluster.settle()
    second = cluster.writer()
    checks.that("without a target a reader is elected and promoted", second != first, (first, second))
    writers.flows()
    print(f"        {writers.gap(began):.2f} s without a writer", flush=True)

    target = cluster.readers()[-1]
    began = time.monotonic()
    cluster.failover(target, "switch-1")
    cluster.settle()
    checks.equal("with a target that node is promoted", cluster.writer(), target)
    writers.flows()
    print(f"        {writers.gap(began):.2f} s without a writer", flush=True)
    moved = len(cluster.events("writer_moved"))
    again = cluster.failover(target, "switch-1")
    checks.that("its repeat is answered and promotes nobody", again and len(cluster.events("writer_moved")) == moved, moved)

    target = cluster.readers()[-1]
    leader = bed.leader()
    request = urllib.request.Request(
        f"http://{leader.said}/_controller/lose", data=b'{"action":"FailoverDBCluster","times":1}', method="POST",
        headers={"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=5).close()
    lost = refusal(lambda: cluster.failover(target, "switch-2"))
    checks.that("the reply is lost", lost is not None, lost)
    cluster.failover(target, "switch-2")
    cluster.settle()
    checks.equal("its retry leads to one promotion", (cluster.writer(), len(cluster.events("writer_moved"))), (target, moved + 1))

    preferred = cluster.readers()[-1]
    cluster.prefer(preferred)
    began = time.monotonic()
    dead = cluster.agent(cluster.writer())
    signal_all([dead.postmaster()], signal.SIGKILL)
    # Sessions may write for the moment until the agent ends them as well.
    wait_for("another writer", lambda: cluster.writer() != target)
    writers.flows()
    print(f"        {writers.gap(began):.2f} s without a writer", flush=True)
    cluster.settle()
    checks.equal("a primary that was killed is replaced by the reader with the highest priority", cluster.writer(), preferred)
    checks.that("and comes back as a reader", target in cluster.readers(), cluster.readers())
    return cluster, writers


def through_losses(checks, bed, cluster, writers):
    """The candidate is killed in mid-promotion, and the leader."""
    writer = cluster.writer()
    target = cluster.readers()[0]
    candidate = cluster.agent(target)
    killer = threading.Timer(0.05, lambda: signal_all(filter(None, [candidate.postmaster()]), signal.SIGKILL))
    killer.start()
    cluster.failover(target)
    killer.join()
    cluster.settle()
    writers.flows()
    now = cluster.writer()
    checks.that("a candidate that is killed in mid-promotion leaves one writer", now in (writer, target), now)

    target = cluster.readers()[0]
    leader = bed.leader()
    cluster.failover(target, "switch-3")
    leader.kill()
    if len(bed.controllers) == 1:
        leader.start()
    bed.leader()
    cluster.connect()
    cluster.failover(target, "switch-3")
    cluster.settle()
    checks.equal("what a leader that is killed began, the next one ends", cluster.writer(), target)
    writers.flows()
    if leader not in (it for it in bed.controllers if it.lives()):
        leader.start()


def ahead_of_the_next(checks, cluster, writers):
    """A reader has received what the one that is elected has not, and is stopped when it has heard of the new history."""
    writer, elected, ahead = (cluster.agent(node) for node in [cluster.writer(), *cluster.readers()[:2]])
    preferred = cluster.readers()[0]
    cluster.prefer(preferred)
    receiver = [pid for pid in elected.processes() if is_receiver(pid)]
    signal_all(receiver, signal.SIGSTOP)
    writers.flows()
    time.sleep(0.3)
    before = histories(ahead)
    # It ends before it takes what waits for it.
    signal_all(receiver, signal.SIGTERM)
    signal_all([writer.postmaster()], signal.SIGKILL)
    signal_all(receiver, signal.SIGCONT)
    wait_for("the new history", lambda: histories(ahead) != before)
    signal_all([ahead.postmaster()], signal.SIGINT)
    wait_for("another writer", lambda: cluster.writer() == preferred)
    cluster.settle()
    with open(os.path.join(ahead.folder, "log"), encoding="utf-8", errors="replace") as log:
        checks.that("a reader that had more than the next primary could not start", "does not contain minimum recovery point" in log.read())
    checks.equal("and comes back all the same", len(cluster.readers()), 4)
    writers.flows()


def is_receiver(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as command:
        return b"walreceiver" in command.read()


def histories(agent):
    return {name for name in os.listdir(os.path.join(agent.folder, "data", "pg_wal")) if name.endswith(".history")}


def through_the_dark(checks, bed, cluster, writers):
    """All agents, and so all databases, and all controllers are killed, and started again."""
    writer = cluster.writer()
    for process in [*bed.controllers, *bed.agents]:
        process.kill()
    for process in [*bed.agents, *bed.controllers]:
        process.start()
    cluster.connect()
    cluster.settle()
    writers.flows()
    checks.equal("when all were killed and started again the writer is the one it was", cluster.writer(), writer)


def run(checks, binary, says, **how):
    print(f"        {says}", flush=True)
    bed = Bed(binary, **how)
    failed = True
    try:
        cluster, writers = by_sdk(checks, bed)
        through_losses(checks, bed, cluster, writers)
        if not how.get("synchronous"):
            ahead_of_the_next(checks, cluster, writers)
        through_the_dark(checks, bed, cluster, writers)
        time.sleep(1)
        writers.end()
        cluster.settle()
        checks.equal("never were two nodes written to at one time", writers.overlaps(), [])
        lost = writers.lost(cluster.agent(cluster.writer()).database)
        print(f"        {len(writers.acks)} writes, of which {len(lost)} were lost", flush=True)
        if how.get("synchronous"):
            checks.equal("no acknowledged write was lost", lost, [])
        text = bed.get(bed.leader(), "/metrics")
        checks.that("the metrics tell the switches", f'failover_switches{{cluster="{cluster.id}"}}' in text, text)
        failed = checks.failed > 0
    finally:
        bed.close(keep=True)
        explain(bed, checks)
        if failed or checks.failed:
            print(f"        see {bed.folder}", flush=True)
        else:
            bed.remove()


def fixed_cases(checks):
    """What the check of two primaries finds, and what it does not."""
    def found(*acks):
        writers = Writers([])
        for number, (node, timeline, began, ended) in enumerate(acks):
            writers.acknowledged(number, node, timeline, began, ended)
        return len(writers.overlaps())
    checks.equal("two that are written to in turns are found out",
                 found((1, "1", 0, 1), (2, "2", 2, 3), (1, "1", 4, 5)), 1)
    checks.equal("one after the other is not",
                 found((1, "1", 0, 1), (1, "1", 2, 3), (2, "2", 4, 5), (1, "3", 6, 7)), 0)


def main():
    binary = sys.argv[1]
    checks = Checks()
    fixed_cases(checks)
    run(checks, binary, "one controller, an embedded journal", controllers=1, members=0)
    run(checks, binary, "two controllers on three members of etcd, synchronous", controllers=2, members=3, synchronous=True)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()

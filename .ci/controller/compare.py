#!/usr/bin/env python3
"""Seconds without a writer, side by side with Patroni and pg_auto_failover: a planned switch, a primary that is killed, one that is
frozen.

Run from the repository root after `.ci/run controller` has built the package; Debian's packages patroni, python3-etcd,
pg-auto-failover-cli and postgresql-15-auto-failover are needed:

    python3 .ci/controller/compare.py target/controller/debug/failover-controller [ROUNDS] [ACT]

All have three nodes, asynchronous replication, a loop of one second and a lease of ten; the first two have one member of etcd, and the
third its monitor. They take turns, so that what else the machine does falls on all. What is measured is the longest time between two
acknowledged writes of a client that holds a connection to every node. A primary is killed, or frozen, with all its sessions. After a
freeze the peers are begun anew, since a thawed node may not come back. Without ACT, as the table spells it, all are measured.
"""

import json
import math
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request

import bed as bed_module
from bed import Bed, Process, Writers, as_user, free_port, prepare, processes_in, signal_all, wait_for

bed_module.enter_environment(__file__)

from short import Cluster  # noqa: E402

LOOP, LEASE = 1, 10
# For how long a writer is waited for, in seconds: six leases.
MOST = 60.0
PROGRAMS = subprocess.run(["pg_config", "--bindir"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


class Ours:
    """This controller."""

    name = "this controller"

    def __init__(self, binary):
        flags = ["--look", str(LOOP * 1000), "--write-lease", str(LEASE)]
        self.bed = Bed(binary, agents=3, controllers=1, members=1, flags=flags)
        self.cluster = Cluster(self.bed, 3)
        self.addresses = [agent.database for agent in self.bed.agents]

    def primary(self):
        return self.cluster.agent(self.cluster.writer())

    def processes(self):
        return self.primary().processes()

    def address(self):
        return self.primary().database

    def switch(self):
        self.cluster.failover(self.cluster.readers()[0])

    def settle(self):
        self.cluster.settle()

    def close(self):
        self.bed.close()


class Peer:
    """What is the same for the others: three nodes, each with a folder, a database and a process that keeps it."""

    members = 0

    def __init__(self, _):
        # The bed is only the members of etcd and the folder.
        self.bed = Bed("/bin/true", agents=0, controllers=0, members=self.members)
        self.nodes, self.revived = [], 0
        try:
            self.begin()
        except BaseException:
            self.close()
            raise
        self.addresses = [node["database"] for node in self.nodes]
        self.settle()

    def new_node(self, number):
        name = f"n{number}"
        folder = os.path.join(self.bed.folder, name)
        self.bed.disk(folder)
        return {"name": name, "database": f"127.0.0.1:{free_port()}", "folder": folder}

    def primary(self):
        name = wait_for(f"a primary of {self.name}", self.leader)
        return next(node for node in self.nodes if node["name"] == name)

    def processes(self):
        return processes_in(self.primary()["folder"])

    def address(self):
        return self.primary()["database"]

    def settle(self):
        """Waits until all is well. What keeps a node that does not come back is started anew, which is told."""
        try:
            wait_for(f"three nodes of {self.name}", self.settled, 120, 0.2)
        except TimeoutError:
            leader = self.leader()
            for node in self.nodes:
                if node["name"] != leader:
                    node["process"].end()
                    signal_all(processes_in(node["folder"]), signal.SIGKILL)
                    node["process"].start()
            self.revived += 1
            print(f"        {self.name}: nodes started anew by hand", flush=True)
            wait_for(f"three nodes of {self.name}", self.settled, 180, 0.2)

    def close(self):
        for node in self.nodes:
            node["process"].end()
            signal_all(processes_in(node["folder"]), signal.SIGKILL)
        self.bed.close()


class Patroni(Peer):
    """Debian's Patroni."""

    name, members = "Patroni", 1

    def begin(self):
        for number in range(3):
            node = self.new_node(number)
            name, folder = node["name"], node["folder"]
            node["rest"] = f"127.0.0.1:{free_port()}"
            config = os.path.join(folder, "patroni.json")
            with open(config, "w", encoding="utf-8") as file:
                json.dump(self.config(node), file)
            node["process"] = Process(as_user(["patroni", config]), os.path.join(self.bed.folder, f"{name}.log"), self.bed.network.host())
            self.nodes.append(node)
            if number == 0:
                wait_for("a leader of Patroni", self.leader, 120)

    def config(self, node):
        hba = ["local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
        return {
            "scope": "demo", "name": node["name"],
            "restapi": {"listen": node["rest"], "connect_address": node["rest"]},
            "etcd3": {"host": self.bed.members[0].url.removeprefix("http://")},
            "bootstrap": {
                "dcs": {
                    "ttl": LEASE, "loop_wait": LOOP, "retry_timeout": 3, "primary_start_timeout": 0,
                    "maximum_lag_on_failover": 16 << 20,
                    "postgresql": {"use_pg_rewind": True, "parameters": {
                        "wal_level": "replica", "hot_standby": "on", "wal_log_hints": "on", "max_wal_senders": 16,
                        "wal_keep_size": "256MB", "max_connections": 100}}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}]},
            "postgresql": {
                "listen": node["database"], "connect_address": node["database"], "bin_dir": PROGRAMS,
                "data_dir": os.path.join(node["folder"], "data"), "pg_hba": hba,
                "pgpass": os.path.join(node["folder"], "pgpass"),
                "parameters": {"unix_socket_directories": node["folder"]},
                "authentication": {"superuser": {"username": "postgres", "password": "x"},
                                   "replication": {"username": "replicator", "password": "x"}}}}

    def seen(self):
        for node in self.nodes:
            try:
                with urllib.request.urlopen(f"http://{node['rest']}/cluster", timeout=2) as answer:
                    return json.load(answer)["members"]
            except (OSError, ValueError, urllib.error.URLError, KeyError):
                continue
        return []

    def leader(self):
        return next((it["name"] for it in self.seen() if it["role"] == "leader" and it["state"] == "running"), None)

    def switch(self):
        leader = self.primary()
        candidate = next(node["name"] for node in self.nodes if node is not leader)
        body = json.dumps({"leader": leader["name"], "candidate": candidate}).encode()
        request = urllib.request.Request(f"http://{leader['rest']}/switchover", data=body, method="POST")
        urllib.request.urlopen(request, timeout=60).close()

    def settled(self):
        members = self.seen()
        fine = [it for it in members if it["state"] in ("running", "streaming") and it.get("lag", 0) == 0]
        return len(fine) == 3 and any(it["role"] == "leader" for it in fine) and len({it["timeline"] for it in fine}) == 1


class AutoFailover(Peer):
    """Debian's pg_auto_failover."""

    name = "pg_auto_failover"
    # Its defaults are 5 s, 5 s, 20 s and 30 s.
    times = {"health_check_period": LOOP * 1000, "health_check_timeout": 1000, "health_check_retry_delay": 500,
             "node_considered_unhealthy_timeout": LEASE * 1000, "primary_demote_timeout": LEASE * 1000}

    def begin(self):
        self.monitor = {"folder": os.path.join(self.bed.folder, "monitor"), "port": free_port()}
        self.bed.disk(self.monitor["folder"])
        self.make("monitor", self.monitor["folder"], self.monitor["port"])
        with open(os.path.join(self.monitor["folder"], "data", "postgresql.conf"), "a", encoding="utf-8") as file:
            file.writelines(f"pgautofailover.{name} = {value}\n" for name, value in self.times.items())
        self.monitor["process"] = self.run(self.monitor["folder"], "monitor")
        wait_for("the monitor", lambda: self.ask("SELECT 1"), 60)
        uri = f"postgres://autoctl_node@127.0.0.1:{self.monitor['port']}/pg_auto_failover"
        for number in range(3):
            node = self.new_node(number)
            port = node["database"].rsplit(":", 1)[1]
            self.make("postgres", node["folder"], port, "--name", node["name"], "--monitor", uri, "--listen", "127.0.0.1",
                      "--replication-quorum", "false")
            node["process"] = self.run(node["folder"], node["name"])
            self.nodes.append(node)
            if number == 0:
                wait_for("the first node", self.leader, 120)

    def command(self, folder, *words):
        """It keeps its files where the environment says."""
        places = [f"{name}={folder}" for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")]
        return as_user(["env", *places, f"PGDATA={os.path.join(folder, 'data')}", "pg_autoctl", *words])

    def make(self, kind, folder, port, *words):
        common = ["--pgctl", os.path.join(PROGRAMS, "pg_ctl"), "--pgport", str(port), "--hostname", "127.0.0.1", "--auth", "trust",
                  "--no-ssl"]
        with open(os.path.join(folder, "create.log"), "wb") as log:
            subprocess.run(self.command(folder, "create", kind, *common, *words), check=True, timeout=180, stdout=log, stderr=log)

    def run(self, folder, name):
        return Process(self.command(folder, "run"), os.path.join(self.bed.folder, f"{name}.log"), self.bed.network.host())

    def ask(self, question):
        import pg8000.native
        try:
            connection = pg8000.native.Connection("autoctl_node", host="127.0.0.1", port=self.monitor["port"],
                                                  database="pg_auto_failover", timeout=2)
            try:
                return connection.run(question)
            finally:
                connection.close()
        except Exception:  # noqa: BLE001: it does not answer yet.
            return []

    def seen(self):
        """The name of each node with the states that it has and shall have."""
        return self.ask("SELECT nodename, reportedstate::text, goalstate::text, health FROM pgautofailover.node ORDER BY 1")

    def leader(self):
        leads = ("single", "wait_primary", "primary", "apply_settings")
        return next((name for name, state, goal, _ in self.seen() if state in leads and goal in leads), None)

    def switch(self):
        leader = self.leader()
        candidate = next(node["name"] for node in self.nodes if node["name"] != leader)
        subprocess.run(self.command(self.monitor["folder"], "perform", "promotion", "--name", candidate), check=True, timeout=120,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def settled(self):
        seen = self.seen()
        return (sorted((state, goal) for _, state, goal, _ in seen) ==
                [("primary", "primary"), ("secondary", "secondary"), ("secondary", "secondary")]
                and all(health == 1 for *_, health in seen))

    def close(self):
        # Its processes are found by the folder, which the bed takes away.
        if "process" in self.monitor:
            self.monitor["process"].end()
            signal_all(processes_in(self.monitor["folder"]), signal.SIGKILL)
        super().close()


def switch(side, writers):
    """It answers before or after it is over; the first write on another timeline is what ends it."""
    known = {(node, timeline) for _, node, timeline, *_ in list(writers.acks)}
    side.switch()
    return lambda ack: ack[1:3] not in known


def kill(side, _):
    """Whether another node is promoted or the same one started again: the first write ends it."""
    signal_all(side.processes(), signal.SIGKILL)
    return begun_after(time.monotonic())


def freeze(side, _):
    side.frozen = side.processes()
    signal_all(side.frozen, signal.SIGSTOP)
    return begun_after(time.monotonic())


def begun_after(moment):
    return lambda ack: ack[3] > moment


def measured(side, writers, act):
    """Seconds without a writer around one act; infinite if none came in time."""
    side.settle()
    writers.flows()
    began = time.monotonic()
    is_over = act(side, writers)
    try:
        wait_for("a new primary", lambda: any(map(is_over, list(writers.acks)[-50:])), MOST, 0.005)
        gap = writers.gap(began)
    except TimeoutError:
        gap = math.inf
    signal_all(getattr(side, "frozen", []), signal.SIGCONT)
    side.frozen = []
    return gap


def main():
    binary, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    acts = {"planned switch": switch, "kill -9": kill, "frozen primary": freeze}
    if len(sys.argv) > 3:
        if sys.argv[3] not in acts:
            raise SystemExit(f"no act is called {sys.argv[3]!r}; there are {', '.join(acts)}")
        acts = {sys.argv[3]: acts[sys.argv[3]]}
    sides, writers, times = {}, {}, {}

    def begin(kind):
        side = sides[kind] = kind(binary)
        prepare(side.address())
        writers[side.name] = Writers(side.addresses)

    def end(side):
        if side.name in writers:
            writers.pop(side.name).end()
        side.close()

    try:
        for kind in (Ours, *PEERS):
            begin(kind)
        for name, act in acts.items():
            for number in range(rounds):
                for kind, side in list(sides.items()):
                    if times.get((name, side.name), [])[-2:] == [math.inf, math.inf]:
                        # It would cost a minute each time to see nothing again.
                        continue
                    gap = measured(side, writers[side.name], act)
                    times.setdefault((name, side.name), []).append(gap)
                    print(f"        {name} {number + 1}: {side.name} {seconds(gap)}", flush=True)
                    if act is freeze and kind is not Ours:
                        end(sides.pop(kind))
                        begin(kind)
    finally:
        table(times)
        for side in list(sides.values()):
            end(side)


def table(times):
    """The measurements in Markdown."""
    sides = [kind.name for kind in (Ours, *PEERS)]
    print(f"\n| rounds, median, worst | {' | '.join(sides)} | To the better median |\n|{'---|' * (len(sides) + 2)}")
    for act in dict.fromkeys(act for act, _ in times):
        each = [times.get((act, side), []) for side in sides]
        if all(each):
            told = [f"{len(it)}, {seconds(statistics.median(it))}, {seconds(max(it))}" for it in each]
            ours, *theirs = map(statistics.median, each)
            print(f"| {act} | {' | '.join(told)} | {ours / min(theirs):.2f} |", flush=True)


def seconds(gap):
    return f"none in {MOST:.0f} s" if gap == math.inf else f"{gap:.2f} s"


PEERS = (Patroni, AutoFailover)

if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Seconds without a writer, side by side with Patroni: a planned switch, a primary that is killed, one that is frozen.

Run from the repository root after `.ci/run controller` has built the package; Debian's packages patroni and python3-etcd are needed:

    python3 .ci/controller/compare.py target/controller/debug/failover-controller [ROUNDS]

Both have three nodes, asynchronous replication, one member of etcd, a loop of one second and a lease of ten. They take turns, so
that what else the machine does falls on both. What is measured is the longest time between two acknowledged writes of a client
that holds a connection to every node.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request

import bed as bed_module
from bed import Bed, Process, Writers, as_user, first_process, free_port, prepare, processes_in, signal_all, wait_for

bed_module.enter_environment(__file__)

from short import Cluster  # noqa: E402

LOOP, LEASE = 1, 10
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

    def postmaster(self):
        return self.primary().postmaster()

    def address(self):
        return self.primary().database

    def switch(self):
        self.cluster.failover(self.cluster.readers()[0])

    def settle(self):
        self.cluster.settle()

    def close(self):
        self.bed.close()


class Patroni:
    """Debian's Patroni."""

    name = "Patroni"

    def __init__(self, _):
        # The bed is only the member of etcd and the folder.
        self.bed = Bed("/bin/true", agents=0, controllers=0, members=1)
        self.nodes = []
        try:
            self.begin()
        except BaseException:
            self.close()
            raise

    def begin(self):
        for number in range(3):
            name = f"n{number}"
            folder = os.path.join(self.bed.folder, name)
            os.makedirs(folder)
            self.bed.own(folder)
            node = {"name": name, "rest": f"127.0.0.1:{free_port()}", "database": f"127.0.0.1:{free_port()}", "folder": folder}
            config = os.path.join(folder, "patroni.json")
            with open(config, "w", encoding="utf-8") as file:
                json.dump(self.config(node), file)
            node["process"] = Process(as_user(["patroni", config]), os.path.join(self.bed.folder, f"{name}.log"))
            self.nodes.append(node)
            if number == 0:
                wait_for("a leader of Patroni", self.leader, 120)
        self.addresses = [node["database"] for node in self.nodes]
        self.settle()

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

    def members(self):
        for node in self.nodes:
            try:
                with urllib.request.urlopen(f"http://{node['rest']}/cluster", timeout=2) as answer:
                    return json.load(answer)["members"]
            except (OSError, ValueError, urllib.error.URLError, KeyError):
                continue
        return []

    def leader(self):
        return next((it["name"] for it in self.members() if it["role"] == "leader" and it["state"] == "running"), None)

    def primary(self):
        name = wait_for("a leader of Patroni", self.leader)
        return next(node for node in self.nodes if node["name"] == name)

    def postmaster(self):
        return first_process(self.primary()["folder"])

    def processes(self):
        return processes_in(self.primary()["folder"])

    def address(self):
        return self.primary()["database"]

    def switch(self):
        leader = self.primary()
        candidate = next(node["name"] for node in self.nodes if node is not leader)
        body = json.dumps({"leader": leader["name"], "candidate": candidate}).encode()
        request = urllib.request.Request(f"http://{leader['rest']}/switchover", data=body, method="POST")
        urllib.request.urlopen(request, timeout=60).close()

    def settle(self):
        def settled():
            members = self.members()
            fine = [it for it in members if it["state"] in ("running", "streaming") and it.get("lag", 0) == 0]
            return len(fine) == 3 and any(it["role"] == "leader" for it in fine) and len({it["timeline"] for it in fine}) == 1
        wait_for("three nodes of Patroni", settled, 180, 0.2)

    def close(self):
        for node in self.nodes:
            node["process"].end()
        self.bed.close()


def kill(side):
    signal_all([side.postmaster()], signal.SIGKILL)


def freeze(side):
    side.frozen = side.processes()
    signal_all(side.frozen, signal.SIGSTOP)


def measured(side, writers, act):
    """Seconds without a writer around one act."""
    side.settle()
    writers.flows()
    began = time.monotonic()
    act(side)
    # A switch answers before or after it is over; the first write on another timeline is what ends it.
    known = {(port, timeline) for _, port, timeline, began_at, _ in list(writers.acks) if began_at < began}
    wait_for("a new primary", lambda: any(
        (port, timeline) not in known for _, port, timeline, *_ in list(writers.acks)[-50:]), 120, 0.005)
    gap = writers.gap(began)
    signal_all(getattr(side, "frozen", []), signal.SIGCONT)
    side.frozen = []
    return gap


def main():
    binary, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    sides, writers, times = [], {}, {}
    try:
        for kind in (Ours, Patroni):
            side = kind(binary)
            sides.append(side)
            prepare(side.address())
            writers[side.name] = Writers(side.addresses)
        acts = {"planned switch": lambda side: side.switch(), "kill -9": kill, "frozen primary": freeze}
        for name, act in acts.items():
            for number in range(rounds):
                for side in sides:
                    try:
                        gap = measured(side, writers[side.name], act)
                    except TimeoutError as late:
                        # It does not come back; what was measured until then stands.
                        raise SystemExit(f"{name} {number + 1}: {side.name}: {late}") from late
                    times.setdefault((name, side.name), []).append(gap)
                    print(f"        {name} {number + 1}: {side.name} {gap:.2f} s", flush=True)
    finally:
        table(times)
        for one in writers.values():
            one.end()
        for side in sides:
            side.close()


def table(times):
    """The measurements in Markdown."""
    print("\n| | This controller: rounds, median, worst | Patroni: rounds, median, worst | Ratio of medians |\n|---|---|---|---|")
    for name in dict.fromkeys(name for name, _ in times):
        ours, theirs = times.get((name, Ours.name)), times.get((name, Patroni.name))
        if ours and theirs:
            told = [f"{len(it)}, {statistics.median(it):.2f} s, {max(it):.2f} s" for it in (ours, theirs)]
            print(f"| {name} | {told[0]} | {told[1]} | {statistics.median(ours) / statistics.median(theirs):.2f} |", flush=True)


if __name__ == "__main__":
    main()

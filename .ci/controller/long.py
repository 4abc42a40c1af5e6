#!/usr/bin/env python3
"""The long form: faults at random, one or two a round, while clients write all the time.

Run from the repository root after `.ci/run controller` has built the package:

    python3 .ci/controller/long.py target/controller/debug/failover-controller [ROUNDS] [SEED] [synchronous|asynchronous]

Each process is on a host of its own, a network namespace on a bridge in a namespace of the script, and each node and each member of
etcd has a small disk; both need root.

What must hold is checked after each round and at the end: no two nodes were written to at one time; with synchronous replication no
acknowledged write is lost, and otherwise the loss is counted and set beside what the controller told. Where EXPLAIN names the program
that explains traces, it must accept all answers, with what the controllers measured of the nodes; so each promotion is one that the
rules permit.
"""

import collections
import os
import random
import signal
import sys
import threading
import time

import bed as bed_module
import network
from bed import Bed, Writers, execute, explain, prepare, signal_all, wait_for

bed_module.enter_environment(__file__)
network.enter(__file__)

from sdk_check import Checks  # noqa: E402
from short import Cluster  # noqa: E402


class Rounds:
    """One bed, and the faults on it. Each fault returns what undoes it."""

    def __init__(self, bed, cluster, writers, chance, synchronous):
        self.bed, self.cluster, self.writers, self.chance = bed, cluster, writers, chance
        self.synchronous, self.faults_of_round = synchronous, None
        self.count = collections.Counter()
        # Bytes of log that were told to be lost, by moment and node: a leader tells only what it saw itself.
        self.told = {}

    def writer(self):
        return self.cluster.agent(self.cluster.writer())

    def kill_primary(self):
        signal_all(filter(None, [self.writer().postmaster()]), signal.SIGKILL)
        return lambda: None

    def kill_session(self):
        """One process of the primary, not the first."""
        agent = self.writer()
        others = [pid for pid in agent.processes() if pid != agent.postmaster()]
        signal_all([self.chance.choice(others)] if others else [], signal.SIGKILL)
        return lambda: None

    def kill_agent(self):
        agent = self.writer()
        agent.kill()
        return agent.start

    def freeze_primary(self):
        agent = self.writer()
        pids = agent.processes()
        signal_all(pids, signal.SIGSTOP)
        return lambda: signal_all(pids, signal.SIGCONT)

    def freeze_node(self):
        """Agent and database. Without waiting for standbys nothing keeps its sessions from writing before the agent runs."""
        agent = self.writer()
        pids = [*agent.processes(), agent.pid] if self.synchronous else []
        signal_all(pids, signal.SIGSTOP)
        return lambda: signal_all(reversed(pids), signal.SIGCONT)

    def kill_reader(self):
        signal_all(filter(None, [self.reader().postmaster()]), signal.SIGKILL)
        return lambda: None

    def amid_switch(self, act, target=None):
        """Acts at some moment of a switch."""
        timer = threading.Timer(self.chance.uniform(0, 0.5), act)
        timer.start()
        self.ask(target)
        timer.join()

    def candidate(self):
        """A reader that a switch is to go to, and its agent."""
        target = self.chance.choice(self.cluster.readers())
        return target, self.cluster.agent(target)

    def kill_candidate(self):
        target, agent = self.candidate()
        self.amid_switch(lambda: signal_all(filter(None, [agent.postmaster()]), signal.SIGKILL), target)
        return lambda: None

    def freeze_candidate(self):
        (target, agent), pids = self.candidate(), []

        def freeze():
            pids.extend(agent.processes())
            signal_all(pids, signal.SIGSTOP)
        self.amid_switch(freeze, target)
        return lambda: signal_all(pids, signal.SIGCONT)

    def fill_candidate(self):
        target, agent = self.candidate()
        self.amid_switch(agent.disk.fill, target)
        return agent.disk.clear

    def cut_candidate(self):
        target, agent = self.candidate()
        self.amid_switch(agent.host.cut, target)
        return agent.host.join

    def kill_leader(self):
        leader = self.bed.leader()
        self.amid_switch(leader.kill)
        return leader.start

    def freeze_leader(self):
        leader = self.bed.leader()
        self.amid_switch(lambda: leader.signal(signal.SIGSTOP))
        return lambda: leader.signal(signal.SIGCONT)

    def cut_leader(self):
        leader = self.bed.leader()
        self.amid_switch(leader.host.cut)
        return leader.host.join

    def kill_member(self):
        member = self.chance.choice(self.bed.members)
        member.kill()
        return member.start

    def freeze_member(self):
        member = self.chance.choice(self.bed.members)
        member.signal(signal.SIGSTOP)
        return lambda: member.signal(signal.SIGCONT)

    def fill_primary(self):
        return self.fill(self.writer())

    def fill_reader(self):
        return self.fill(self.reader())

    def fill_member(self):
        """One that cannot write ends."""
        member = self.chance.choice(self.bed.members)
        again = self.fill(member)

        def undo():
            again()
            member.kill()
            member.start()
        return undo

    @staticmethod
    def fill(process):
        process.disk.fill()
        return process.disk.clear

    def cut_primary(self):
        return self.cut(self.writer())

    def cut_reader(self):
        return self.cut(self.reader())

    def cut_member(self):
        return self.cut(self.chance.choice(self.bed.members))

    @staticmethod
    def cut(process):
        process.host.cut()
        return process.host.join

    def silence_primary(self):
        """It hears the controllers and they do not hear it; those who write notice nothing."""
        return self.silence(self.writer(), self.bed.controllers)

    def silence_upstream(self):
        """The primary is heard by all but the readers, which is lost replication and no more."""
        writer = self.writer()
        return self.silence(writer, [agent for agent in self.bed.agents if agent is not writer])

    @staticmethod
    def silence(process, others):
        hosts = [other.host for other in others]
        process.host.silence(hosts)
        return lambda: process.host.speak(hosts)

    def reader(self):
        return self.cluster.agent(self.chance.choice(self.cluster.readers()))

    def switch(self):
        self.ask(self.chance.choice([None, *self.cluster.readers()]))
        return lambda: None

    def ask(self, target):
        try:
            self.cluster.failover(target)
        except Exception as error:  # noqa: BLE001: no leader, or a refusal that the rules have.
            self.count[f"refused: {getattr(error, 'code', type(error).__name__)}"] += 1

    def faults(self):
        everywhere = [self.kill_primary, self.kill_session, self.kill_agent, self.freeze_primary, self.kill_reader,
                      self.kill_candidate, self.freeze_candidate, self.kill_leader, self.freeze_leader, self.kill_member,
                      self.freeze_member, self.switch, self.fill_primary, self.fill_reader, self.fill_candidate, self.fill_member,
                      self.cut_primary, self.cut_reader, self.cut_candidate, self.cut_leader, self.cut_member,
                      self.silence_primary, self.silence_upstream]
        return everywhere + ([self.freeze_node] if self.synchronous else [])

    def begin_log_file(self):
        """PostgreSQL keeps files of its log by their number, whatever their timeline, and each promotion begins one under the
        number of the last. So many promotions to so few writes would fill the disks; the next number lets go of the old ones."""
        def begun():
            try:
                return execute(self.writer().database, "SELECT pg_switch_wal()")
            except Exception:  # noqa: BLE001: no leader, or the primary is just being replaced.
                self.cluster.connect()
                return None
        wait_for("a new file of log", begun)

    def round(self, number):
        chosen = self.chance.sample(self.faults(), self.chance.choice([1, 1, 2]))
        names = self.faults_of_round = "+".join(fault.__name__ for fault in chosen)
        began, undo = time.monotonic(), []
        for fault in chosen:
            self.count[fault.__name__] += 1
            try:
                undo.append(fault())
            except Exception as error:  # noqa: BLE001: the fault before it took the leader away.
                self.count[f"not made: {type(error).__name__}"] += 1
        # A short one, and one in which every lease ends.
        time.sleep(self.chance.choice([self.chance.uniform(0.5, 6), self.chance.uniform(12, 16)]))
        for again in reversed(undo):
            again()
        self.bed.leader()
        self.cluster.connect()
        self.cluster.settle()
        self.writers.flows()
        self.begin_log_file()
        self.told.update({(event["at_ms"], event["detail"]["node"]): event["detail"]["bytes"] for event in self.cluster.events("log_lost")})
        gap = self.writers.gap(began)
        print(f"        {number}: {names}, {gap:.2f} s without a writer, {time.monotonic() - began:.0f} s in all", flush=True)
        return gap


def state(bed, cluster):
    """How each node is, for whoever looks into a round that did not end."""
    for node in (bed.cluster(cluster.id) or {}).get("nodes", []):
        folder = cluster.agent(node["id"]).folder
        disk = os.statvfs(folder)
        yield f"{node['id']} in {os.path.basename(folder)}: {node}, {disk.f_bavail * disk.f_frsize >> 20} MB free"


def main():
    binary, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)
    synchronous = (sys.argv[4] if len(sys.argv) > 4 else "synchronous") == "synchronous"
    print(f"        seed {seed}, {'synchronous' if synchronous else 'asynchronous'}", flush=True)
    checks, failed = Checks(), True
    bed = Bed(binary, agents=5, controllers=2, members=3, synchronous=synchronous, network=network.Network(), megabytes=700)
    try:
        cluster = Cluster(bed, 5)
        prepare(cluster.agent(cluster.writer()).database)
        writers = Writers([agent.database for agent in bed.agents], pause=0.02)
        writers.flows()
        all_rounds = Rounds(bed, cluster, writers, random.Random(seed), synchronous)
        gaps, done = [], 0
        until = time.monotonic() + float(os.environ.get("MOST_SECONDS", "36000"))
        while done < rounds and time.monotonic() < until:
            done += 1
            try:
                gaps.append(all_rounds.round(done))
            except TimeoutError as stalled:
                # What was written is still held against what was acknowledged.
                checks.equal(f"round {done} of {all_rounds.faults_of_round} ends", str(stalled), None)
                print("        " + "\n        ".join(state(bed, cluster)), flush=True)
                break
            overlaps = writers.overlaps()
            if overlaps:
                checks.equal(f"after round {done} never were two nodes written to at one time", overlaps, [])
                break
        time.sleep(1)
        writers.end()
        if not checks.failed:
            cluster.settle()
        checks.equal(f"in {done} rounds never were two nodes written to at one time", writers.overlaps(), [])
        lost = writers.lost(cluster.agent(cluster.writer()).database)
        told = all_rounds.told.values()
        print(f"        {len(writers.acks)} writes acknowledged, {len(lost)} lost; {len(told)} losses of log told, "
              f"{sum(told)} bytes", flush=True)
        if synchronous:
            checks.equal("no acknowledged write was lost", lost, [])
        else:
            checks.that("what was lost was told", told or not lost, lost)
        gaps.sort()
        print(f"        without a writer: median {gaps[len(gaps) // 2]:.2f} s, worst {gaps[-1]:.2f} s", flush=True)
        print("        " + ", ".join(f"{name} {count}" for name, count in sorted(all_rounds.count.items())), flush=True)
        failed = checks.failed > 0
    finally:
        if failed:
            print(f"        see {bed.folder}", flush=True)
        bed.close(keep=True)
        explain(bed, checks)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed or failed else 0)


if __name__ == "__main__":
    main()

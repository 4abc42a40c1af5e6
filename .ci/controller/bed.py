"""A test bed: members of etcd, agents with databases, controllers, and clients that write all the time.

Everything is on free ports of the loopback address, or on hosts of its own, and in one temporary folder. Whatever is started here is
ended here, by its process id.
"""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, ".ci"))

import sdk_check  # noqa: E402
from network import Disk, Loopback  # noqa: E402

PATIENCE = 60.0
USER = "postgres"


def enter_environment(script):
    """As the SDK's checks do, in an environment of its own."""
    here = os.path.dirname(os.path.abspath(__file__))
    sdk_check.VENV = os.path.join(ROOT, ".venv", "controller")
    sdk_check.REQUIREMENTS = os.path.join(here, "requirements.txt")
    sdk_check.STAMP = os.path.join(sdk_check.VENV, "requirements.txt")
    sdk_check.enter_environment(script)


def owner():
    """The user of the databases, or whoever runs this."""
    return pwd.getpwnam(USER) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def free_port():
    """A port that is free here; elsewhere too, most likely."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def as_user(command):
    """A command as the user of the databases: PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", *command]


def wait_for(what, look, patience=PATIENCE, pause=0.05):
    """Looks until it sees something true; returns that."""
    deadline = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {patience:.0f} s: {what}")
        time.sleep(pause)


class Process:
    """A process that can be ended, frozen and started again."""

    def __init__(self, command, log, host, says=None):
        self.command, self.log, self.host, self.says = [*host.prefix, *command], log, host, says
        self.process, self.life = None, 0
        self.said = None
        self.start()

    def start(self):
        """Starts it, again if it ended. Where the command says {life}, each start has a number of its own."""
        command = [part.replace("{life}", str(self.life)) for part in self.command]
        self.life += 1
        with open(self.log, "ab") as log:
            out = subprocess.PIPE if self.says else log
            self.process = subprocess.Popen(command, stdout=out, stderr=log, stdin=subprocess.DEVNULL)
        if self.says:
            line = self.process.stdout.readline().decode().strip()
            if not line.startswith(self.says):
                with open(self.log, encoding="utf-8", errors="replace") as log:
                    raise SystemExit(f"{self.command} did not start: {log.read()[-2000:]}")
            self.said = line[len(self.says):]
        return self

    @property
    def pid(self):
        return self.process.pid

    def lives(self):
        return self.process.poll() is None

    def signal(self, number):
        if self.lives():
            self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        if not self.lives():
            return
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()


def first_process(folder):
    """The first process of the database of a node; None if there is none."""
    try:
        with open(os.path.join(folder, "data", "postmaster.pid"), encoding="utf-8") as file:
            pid = int(file.readline())
        os.kill(pid, 0)
        return pid
    except (OSError, ValueError):
        return None


def processes_in(folder):
    """All processes of the database of a node."""
    data, found = os.path.realpath(os.path.join(folder, "data")), []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{name}/cwd") == data:
                    found.append(int(name))
    return found


class Agent(Process):
    """An agent with its node."""

    def __init__(self, bed, number):
        self.folder = os.path.join(bed.folder, f"node-{number}")
        self.disk = bed.disk(self.folder)
        if self.disk:
            # By default the log alone may take more than such a disk has.
            with open(os.path.join(self.folder, "extra.conf"), "w", encoding="utf-8") as file:
                file.write("max_wal_size = 160MB\nmin_wal_size = 32MB\nwal_keep_size = 64MB\ncheckpoint_timeout = 30s\n")
        host = bed.network.host()
        self.port, self.listen = free_port(), f"{host.address}:{free_port()}"
        command = as_user([bed.binary, "node", "--folder", self.folder, "--listen", self.listen, "--port", str(self.port),
                           "--trusts", bed.network.trusts])
        super().__init__(command, os.path.join(bed.folder, f"agent-{number}.log"), host, "agent on ")

    @property
    def database(self):
        return f"{self.host.address}:{self.port}"

    def postmaster(self):
        return first_process(self.folder)

    def processes(self):
        return processes_in(self.folder)


def signal_all(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


class Etcd(Process):
    """A member of etcd."""

    def __init__(self, bed, number, members):
        name, host, client, peer = members[number]
        cluster = ",".join(f"{name}=http://{host.address}:{peer}" for name, host, _, peer in members)
        self.url, peers = f"http://{host.address}:{client}", f"http://{host.address}:{peer}"
        folder = os.path.join(bed.folder, name)
        self.disk = bed.disk(folder)
        command = as_user([
            "etcd", "--name", name, "--data-dir", folder,
            "--listen-client-urls", self.url, "--advertise-client-urls", self.url,
            "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
            "--initial-cluster", cluster, "--initial-cluster-state", "new", "--log-level", "error",
            "--heartbeat-interval", "100", "--election-timeout", "1000"])
        super().__init__(command, os.path.join(bed.folder, f"{name}.log"), host)


class Bed:
    """All of it. Each process is on a host of `network`; with `megabytes`, agents and members of etcd have a small disk each."""

    def __init__(self, binary, agents=5, controllers=1, members=0, synchronous=False, flags=(), network=None, megabytes=0):
        self.binary = os.path.abspath(binary)
        self.network, self.megabytes = network or Loopback(), megabytes
        self.folder = tempfile.mkdtemp(prefix="failover-controller-")
        os.chmod(self.folder, 0o755)
        self.members, self.agents, self.controllers, self.disks = [], [], [], []
        self.lost = []
        try:
            self.begin(agents, controllers, members, synchronous, flags)
        except BaseException:
            self.close()
            raise

    def begin(self, agents, controllers, members, synchronous, flags):
        names = [(f"etcd-{number}", self.network.host(), free_port(), free_port()) for number in range(members)]
        for number in range(members):
            self.members.append(Etcd(self, number, names))
        for number in range(agents):
            self.agents.append(Agent(self, number))
        self.list = os.path.join(self.folder, "agents")
        with open(self.list, "w", encoding="utf-8") as file:
            file.write("".join(f"{agent.listen}\n" for agent in self.agents))
        path = os.path.join(self.folder, "policy.json")
        with open(path, "w", encoding="utf-8") as file:
            # No test waits ten minutes between two switches. The others are the controller's own, for who explains the trace.
            readings = {"switch_window": 0, "writer_alone": "restarts", "zone_loss": "wait"}
            json.dump({"polardb": readings}, file)
        for number in range(controllers):
            journal = ["--etcd", ",".join(member.url for member in self.members)] if members else [
                "--data", os.path.join(self.folder, "journal")]
            host = self.network.host()
            command = [
                self.binary, "run", "--listen", f"{host.address}:{free_port()}", "--agents", self.list, *journal,
                "--policy", path, "--record", os.path.join(self.folder, f"trace-{number}-{{life}}.jsonl"), *flags]
            if synchronous:
                command.append("--synchronous")
            log = os.path.join(self.folder, f"controller-{number}.log")
            self.controllers.append(Process(command, log, host, "listening on http://"))

    def disk(self, folder):
        """Makes a folder of the user of the databases; the disk there, if it has one of its own."""
        if self.megabytes:
            self.disks.append(Disk(folder, self.megabytes, owner()))
            return self.disks[-1]
        os.makedirs(folder)
        os.chown(folder, owner().pw_uid, owner().pw_gid)
        return None

    def get(self, controller, path):
        try:
            with urllib.request.urlopen(f"http://{controller.said}{path}", timeout=5) as answer:
                text = answer.read().decode()
                return json.loads(text) if answer.headers.get_content_type() == "application/json" else text
        except (urllib.error.URLError, OSError, ValueError):
            return None

    def leader(self):
        """The controller that leads."""
        def look():
            living = (it for it in self.controllers if it.lives())
            return next((it for it in living if self.get(it, "/_controller/health")), None)
        return wait_for("a leader", look)

    def cluster(self, identifier):
        """A cluster as the leader sees it; None without a leader."""
        for controller in self.controllers:
            if controller.lives():
                seen = self.get(controller, "/_controller/clusters")
                if seen:
                    return next((it for it in seen["clusters"] if it["id"] == identifier), None)
        return None

    def agent_of(self, view, node):
        """The agent of a node, by its id."""
        address = next(it["agent"] for it in view["nodes"] if it["id"] == node)
        return next((agent for agent in self.agents if agent.listen == address), None)

    def client(self):
        """The official SDK's client of the leader, with its models."""
        from alibabacloud_polardb20170801 import models
        from alibabacloud_polardb20170801.client import Client
        from alibabacloud_tea_openapi.models import Config
        address = self.leader().said
        config = Config(access_key_id="1234567890123456", access_key_secret="any", endpoint=address, protocol="http",
                        region_id="cn-hangzhou", read_timeout=5000, connect_timeout=2000)
        return Client(config), models

    def trace(self):
        """What all controllers recorded, in the order of time, with the calls whose answer no controller lived to give: calls, and
        what was measured of nodes."""
        lines = list(self.lost)
        for name in sorted(os.listdir(self.folder)):
            if name.startswith("trace-"):
                with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                    # A controller that was killed may have left half a line.
                    whole = [json.loads(line) for line in file if line.endswith("}\n")]
                    lines += [line for line in whole if "failover_trace" not in line]
        for line in lines:
            # The places are those of one process.
            line.pop("order", None)
        path = os.path.join(self.folder, "all.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"failover_trace":1}\n')
            lines = [json.dumps(line, separators=(",", ":"))
                     for line in sorted(lines, key=lambda line: line.get("sent_ms", line.get("at_ms")))]
            # The next leader tells again what the last one may not have come to tell.
            file.writelines(f"{line}\n" for line in dict.fromkeys(lines))
        return path

    def note_lost(self, action, parameters, sent):
        """Notes a call that got no answer."""
        self.lost.append({
            "sent_ms": int(sent * 1000), "answered_ms": int(time.time() * 1000), "account": "1234567890123456",
            "version": "2017-08-01", "action": action, "parameters": {k: v for k, v in parameters.items() if v}})

    def close(self, keep=False):
        for agent in self.agents:
            signal_all(agent.processes(), signal.SIGCONT)
        for process in [*self.controllers, *self.agents, *self.members]:
            process.end()
        for agent in self.agents:
            signal_all(agent.processes(), signal.SIGKILL)
        for agent in self.agents:
            with contextlib.suppress(OSError):
                shutil.copy(os.path.join(agent.folder, "log"), f"{agent.log}.database")
        # Also those whose process did not start.
        for disk in self.disks:
            disk.close()
        self.network.close()
        if not keep:
            self.remove()

    def remove(self):
        """Removes all that is left of it."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Writer(threading.Thread):
    """A client that holds a connection to one node and tries to write through it all the time."""

    def __init__(self, writers, host, port, pause):
        super().__init__(daemon=True)
        self.writers, self.host, self.port, self.pause = writers, host, port, pause

    def run(self):
        import pg8000.native
        connection = None
        while not self.writers.ending.is_set():
            number = self.writers.next()
            began = time.monotonic()
            try:
                if connection is None:
                    connection = pg8000.native.Connection(
                        "postgres", host=self.host, port=self.port, database="postgres", timeout=1)
                    connection.run("SET statement_timeout = 900")
                rows = connection.run(
                    "INSERT INTO writes VALUES (:number) RETURNING substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)",
                    number=number)
                self.writers.acknowledged(number, f"{self.host}:{self.port}", rows[0][0], began, time.monotonic())
            except pg8000.exceptions.DatabaseError as error:
                # A standby refuses and stays; anything else ends the session.
                if not (error.args and isinstance(error.args[0], dict) and error.args[0].get("C") in ("25006", "42P01")):
                    connection = self.drop(connection)
            except Exception:  # noqa: BLE001: whatever a broken connection raises.
                connection = self.drop(connection)
            time.sleep(self.pause)
        self.drop(connection)

    @staticmethod
    def drop(connection):
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()


class Writers:
    """Clients of all nodes: whichever can be written to is found at once, and two that can are found out."""

    def __init__(self, addresses, pause=0.01):
        self.lock, self.ending, self.number = threading.Lock(), threading.Event(), 0
        self.acks = []
        self.threads = [Writer(self, host, int(port), pause) for host, port in (it.rsplit(":", 1) for it in addresses)]
        for thread in self.threads:
            thread.start()

    def next(self):
        with self.lock:
            self.number += 1
            return self.number

    def acknowledged(self, number, node, timeline, began, ended):
        """`node` is an address: two hosts may have the same port."""
        with self.lock:
            self.acks.append((number, node, timeline, began, ended))

    def gap(self, since):
        """The longest time without an acknowledged write since a moment, if one came at its end."""
        with self.lock:
            ends = sorted(ended for *_, ended in self.acks if ended >= since)
        return max((later - earlier for earlier, later in zip([since, *ends], ends)), default=None)

    def flows(self):
        """Waits until a write is acknowledged that began after this moment."""
        after = time.monotonic()
        return wait_for("a write", lambda: any(began >= after for *_, began, _ in self.acks[-50:]), pause=0.005)

    def end(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(timeout=10)

    def overlaps(self):
        """Primaries that took writes at one time: each is a node and a timeline, and every promotion makes a new one."""
        spans = {}
        # The first write that was acknowledged had surely begun; the last one had surely not ended before it was sent.
        for _, node, timeline, began, ended in self.acks:
            first, last = spans.get((node, timeline), (ended, began))
            spans[node, timeline] = (min(first, ended), max(last, began))
        ordered = sorted((first, last, key) for key, (first, last) in spans.items())
        return [(one, other) for at, one in enumerate(ordered) for other in ordered[at + 1:] if other[0] < one[1]]

    def lost(self, address):
        """The acknowledged writes that the node at this address does not have."""
        there = {row[0] for row in execute(address, "SELECT number FROM writes")}
        with self.lock:
            return sorted(number for number, *_ in self.acks if number not in there)


def explain(bed, checks):
    """Whether some run of the model gives all the answers, as the program that EXPLAIN names says."""
    program = os.environ.get("EXPLAIN")
    if not program:
        print("        the answers were NOT explained: EXPLAIN names no program", flush=True)
        return
    ran = subprocess.run([program, bed.trace(), "--policy", os.path.join(bed.folder, "policy.json")],
                         capture_output=True, text=True, timeout=1200, check=False)
    checks.equal("a run of the model gives all the answers", ran.returncode, 0)
    # How much there was to explain.
    print(f"        {ran.stderr.partition(chr(10))[0].rsplit('/', 1)[-1]}", flush=True)
    if ran.returncode:
        print(ran.stdout[-3000:], ran.stderr[-1000:], flush=True)


def execute(address, statement):
    """Executes a statement on the node at this address."""
    import pg8000.native
    host, port = address.rsplit(":", 1)
    connection = pg8000.native.Connection("postgres", host=host, port=int(port), database="postgres", timeout=30)
    try:
        return connection.run(statement)
    finally:
        connection.close()


def prepare(address):
    """Makes the table that is written to."""
    execute(address, "CREATE TABLE IF NOT EXISTS writes (number bigint PRIMARY KEY)")

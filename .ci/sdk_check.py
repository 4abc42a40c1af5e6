#!/usr/bin/env python3
"""Drives the emulator through the vendor's official SDKs: the proof that real clients cannot tell.

Run from the repository root after `cargo build`:

    python3 .ci/sdk_check.py [target/debug/failover-emulator]

The first run installs the SDKs (.ci/sdk-requirements.txt) into .venv. One line a check; the last line counts them.
Every wait is bounded, and the server is ended by its own process id.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
import urllib.request
import venv

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
REQUIREMENTS = os.path.join(ROOT, ".ci", "sdk-requirements.txt")
# Which requirements the environment was made from, so that a change of them makes it anew.
STAMP = os.path.join(VENV, "sdk-requirements.txt")

PATIENCE = 30.0


def enter_environment(script=__file__):
    """Makes the environment if need be, and goes on with the script inside it."""
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        return
    with open(REQUIREMENTS, encoding="utf-8") as file:
        wanted = file.read()
    try:
        with open(STAMP, encoding="utf-8") as file:
            found = file.read()
    except OSError:
        found = None
    python = os.path.join(VENV, "bin", "python")
    if found != wanted:
        venv.create(VENV, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS]
        subprocess.run(install, check=True, timeout=600)
        with open(STAMP, "w", encoding="utf-8") as file:
            file.write(wanted)
    os.execv(python, [python, os.path.abspath(script), *sys.argv[1:]])


class Server:
    """The emulator on a free port, with more flags."""

    def __init__(self, binary, *flags):
        command = [binary, "--listen", "127.0.0.1:0", "--seed", "1", *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        lines = queue.Queue()
        threading.Thread(target=lambda: lines.put(self.process.stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=PATIENCE).strip()
        except queue.Empty:
            line = ""
        prefix = "listening on http://"
        if not line.startswith(prefix):
            self.end()
            raise SystemExit(f"{binary} does not listen: {line!r}")
        self.address = line[len(prefix):]

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{self.address}/_emulator/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def events(self, resource, kind):
        page = self.control("GET", f"events?limit=20000&resource={resource}")
        return [event for event in page["events"] if event["kind"] == kind]

    def end(self):
        """Ends the server as an operator would, and says how it ended."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(timeout=PATIENCE)


class Checks:
    """Counts."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def that(self, says, holds, seen=None):
        if holds:
            self.passed += 1
            print(f"ok      {says}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {says}: {seen!r}", flush=True)

    def equal(self, says, found, wanted):
        self.that(says, found == wanted, {"found": found, "wanted": wanted})

    def run(self, server, attempts):
        """Makes all attempts, names and functions, ends the server and counts; returns the exit status."""
        try:
            for name, check in attempts:
                try:
                    check()
                except Exception as error:  # One broken check must not hide the others, nor the count.
                    self.that(name, False, error)
        finally:
            ended = server.end()
        self.equal("the server ends cleanly", ended, 0)
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed else 0


def poll(look, wanted):
    """Looks until it sees what is wanted, as clients do; returns the different things seen, in order."""
    seen = []
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if not seen or seen[-1] != found:
            seen.append(found)
        if wanted(found):
            break
        time.sleep(0.1)
    return seen


def refusal(call):
    """The exception that the SDK makes of a refusal."""
    try:
        call()
    except Exception as error:  # The SDKs raise several unrelated classes.
        return error
    return None


def check_pair(checks, server, client_of, models):
    here, there = client_of("cn-shanghai"), client_of("cn-beijing")
    create = models.CreateDiskReplicaPairRequest(
        region_id="cn-shanghai", source_zone_id="cn-shanghai-e", disk_id="d-source",
        destination_region_id="cn-beijing", destination_zone_id="cn-beijing-f", destination_disk_id="d-destination",
        pair_name="orders", client_token="create-1", enable_rtc=True,
        tag=[models.CreateDiskReplicaPairRequestTag(key="team", value="orders")])
    created = here.create_disk_replica_pair(create).body
    pair = created.replica_pair_id
    checks.that("a pair is created", pair.startswith("pair-") and len(created.request_id) == 36, created.to_map())
    again = here.create_disk_replica_pair(create).body
    checks.equal("the same token creates no second pair", again.replica_pair_id, pair)
    checks.that("every answer has a fresh request id", again.request_id != created.request_id, again.to_map())

    def view(client=here, region="cn-shanghai", site=None):
        request = models.DescribeDiskReplicaPairsRequest(region_id=region, pair_ids=pair, site=site)
        pairs = client.describe_disk_replica_pairs(request).body.replica_pairs
        return pairs[0] if pairs else None

    seen = poll(lambda: view().status, lambda status: status == "created")
    checks.that("it goes from creating to created", seen[-1] == "created" and set(seen) <= {"creating", "created"}, seen)
    found = view()
    checks.equal("what was asked for is described",
                 (found.pair_name, found.rpo, found.enable_rtc, found.tags[0].tag_key, found.last_recover_point),
                 ("orders", 900, True, "team", None))
    here.start_disk_replica_pair(models.StartDiskReplicaPairRequest(
        region_id="cn-shanghai", replica_pair_id=pair, one_shot=False, client_token="start-1"))
    seen = poll(lambda: view().last_recover_point, lambda point: point is not None)
    checks.that("the first copy gives it a recover point", isinstance(seen[-1], int), seen)

    def failover(client, region, token):
        return client.failover_disk_replica_pair(models.FailoverDiskReplicaPairRequest(
            region_id=region, replica_pair_id=pair, client_token=token)).body

    error = refusal(lambda: failover(here, "cn-shanghai", "failover-0"))
    checks.equal("the primary's region may not fail over", getattr(error, "code", error),
                 "OperationDenied.OperateNotAllowedForPrimary")
    first = failover(there, "cn-beijing", "failover-1")
    checks.equal("it fails over in the secondary's region, and shows failovering at once",
                 view(there, "cn-beijing", "backup").status, "failovering")
    again = failover(there, "cn-beijing", "failover-1")
    checks.that("the same token repeats the answer while it runs", again.request_id != first.request_id)
    seen = poll(lambda: view().status, lambda status: status == "failovered")
    checks.equal("polling sees failovering and then failovered", seen[-2:], ["failovering", "failovered"])
    failover(there, "cn-beijing", "failover-1")
    checks.equal("the same token repeats it when it is done, without a second effect",
                 (view().status, len(server.events(pair, "failovering"))), ("failovered", 1))
    done = server.events(pair, "failovered")[0]["detail"]
    checks.that("the event has the figures of a drill report",
                done["recover_point"] == view().last_recover_point and done["lost_ms"] >= 0
                and 2000 <= done["duration_ms"] <= 10000, done)
    error = refusal(lambda: here.start_disk_replica_pair(
        models.StartDiskReplicaPairRequest(region_id="cn-shanghai", replica_pair_id="pair-unknown")))
    checks.equal("an unknown pair is not found", getattr(error, "code", error), "NoSuchResource")


def check_cluster(checks, server, client, models):
    def create(engine, version, nodes):
        body = client.create_dbcluster(models.CreateDBClusterRequest(
            region_id="cn-hangzhou", dbtype=engine, dbversion=version, dbnode_class="polar.mysql.x4.large",
            pay_type="Postpaid", dbnode_num=nodes, dbcluster_description="orders")).body
        return body.dbcluster_id

    def view(cluster):
        return client.describe_dbcluster_attribute(
            models.DescribeDBClusterAttributeRequest(dbcluster_id=cluster)).body

    def running(cluster):
        return poll(lambda: view(cluster).dbcluster_status, lambda status: status == "Running")

    def nodes_of(cluster):
        return {node.dbnode_id: node for node in view(cluster).dbnodes}

    def writer(cluster):
        return [node.dbnode_id for node in view(cluster).dbnodes if node.dbnode_role == "Writer"]

    def failover(cluster, target=None, token=None):
        return client.failover_dbcluster(models.FailoverDBClusterRequest(
            dbcluster_id=cluster, target_dbnode_id=target, client_token=token, roll_back_for_disaster=False)).body

    cluster = create("MySQL", "8.0", 5)
    seen = running(cluster)
    checks.equal("a cluster of five nodes is created and runs", (seen[-1], len(nodes_of(cluster))), ("Running", 5))
    readers = [node for node in nodes_of(cluster) if node not in writer(cluster)]
    for node, priority in zip(readers, (2, 12, 7, 3)):
        client.modify_dbnode_config(models.ModifyDBNodeConfigRequest(
            dbcluster_id=cluster, dbnode_id=node, config_name="FailoverPriority", config_value=str(priority)))
    best, next_best = readers[1], readers[2]
    checks.equal("its nodes have the priorities that were set",
                 [nodes_of(cluster)[node].failover_priority for node in readers], [2, 12, 7, 3])
    server.control("POST", "faults", {"kind": "switch", "node": best, "reason": "network"})
    before = writer(cluster)
    failover(cluster, token="switch-1")
    seen = running(cluster)
    checks.equal("a failover without target shows Switching and ends in Running", seen, ["Switching", "Running"])
    checks.equal("past the best node, which failed, the next best is the writer", writer(cluster), [next_best])
    moved = server.events(cluster, "writer_moved")[-1]
    checks.equal("the event has the figures of a drill report",
                 (moved["from"], moved["to"], moved["detail"]["attempts"]), (before[0], next_best, 2))

    listed = client.describe_dbclusters(models.DescribeDBClustersRequest(region_id="cn-hangzhou")).body
    found = listed.items.dbcluster[0]
    roles = {node.dbnode_id: node.dbnode_role for node in found.dbnodes.dbnode}
    checks.equal("both describes agree",
                 (found.dbcluster_id, found.dbcluster_status, roles),
                 (cluster, "Running", {node.dbnode_id: node.dbnode_role for node in view(cluster).dbnodes}))
    error = refusal(lambda: failover(cluster))
    checks.equal("a second switch within ten minutes is refused", getattr(error, "code", error),
                 "UnsupportHighFrequenceSwitchOver")

    server.control("POST", "clock", {"advance_ms": 600_000})
    server.control("POST", "faults", {"kind": "reply", "action": "FailoverDBCluster", "lose": True, "effect": True})
    error = refusal(lambda: failover(cluster, token="switch-2"))
    checks.that("a lost reply is an error without a code to the SDK",
                "without response" in str(error), error)
    failover(cluster, token="switch-2")
    running(cluster)
    failover(cluster, token="switch-2")
    checks.equal("repeated with its token, during and after, it has one effect",
                 (len(server.events(cluster, "failover_began")), writer(cluster)), (2, [best]))

    postgres = create("PostgreSQL", "14", 2)
    running(postgres)
    error = refusal(lambda: failover(postgres))
    refused = [call for call in server.events(postgres, "call") if call["detail"]["outcome"] == "refused"]
    checks.equal("a PostgreSQL cluster needs a target",
                 (getattr(error, "code", error), [call["rule"] for call in refused]),
                 (refused[0]["detail"]["code"], ["P-102"]))
    target = [node for node in nodes_of(postgres) if node not in writer(postgres)][0]
    failover(postgres, target)
    running(postgres)
    checks.equal("and fails over to the one that is named", writer(postgres), [target])


def check_legacy(checks, config, client, models):
    """The older signature, which puts action and version into the query."""
    config.signature_algorithm = "v2"
    body = client(config).describe_dbclusters(models.DescribeDBClustersRequest(region_id="cn-hangzhou")).body
    checks.equal("the older signature is understood too", body.total_record_count, 2)


def main():
    enter_environment()
    from alibabacloud_ebs20210730 import models as ebs_models
    from alibabacloud_ebs20210730.client import Client as EbsClient
    from alibabacloud_polardb20170801 import models as polardb_models
    from alibabacloud_polardb20170801.client import Client as PolarDbClient
    from alibabacloud_tea_openapi.models import Config
    import sdk_recovery

    default = os.path.join(ROOT, "target", "debug", "failover-emulator")
    server = Server(sys.argv[1] if len(sys.argv) > 1 else default)
    checks = Checks()

    def config(region):
        return Config(access_key_id="key", access_key_secret="secret", endpoint=server.address, protocol="http",
                      region_id=region, read_timeout=10_000, connect_timeout=10_000)

    def ebs(region):
        return EbsClient(config(region))

    return checks.run(server, [
        ("pairs", lambda: check_pair(checks, server, ebs, ebs_models)),
        ("disaster recovery", lambda: sdk_recovery.check(checks, server, ebs, ebs_models)),
        ("clusters", lambda: check_cluster(checks, server, PolarDbClient(config("cn-hangzhou")), polardb_models)),
        ("legacy", lambda: check_legacy(checks, config("cn-hangzhou"), PolarDbClient, polardb_models)),
    ])


if __name__ == "__main__":
    sys.exit(main())

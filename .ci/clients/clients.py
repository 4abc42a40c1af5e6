#!/usr/bin/env python3
"""The vendor's clients against the emulator: what each does by itself when a call goes wrong.

    python3 .ci/clients/clients.py [target/debug/failover-emulator]

Installs the pinned clients into target/clients, drives each through the same cases and compares what was seen with the
table in docs/clients.md; UPDATE=1 writes it. Needs cargo, npm and the package registries.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
INSTALLED = ROOT / "target" / "clients"
PAGE = ROOT / "docs" / "clients.md"

PYTHON = {
    "current": ["alibabacloud-polardb20170801==9.2.1", "alibabacloud-ebs20210730==5.0.1"],
    "previous": ["alibabacloud-polardb20170801==5.0.0", "alibabacloud-ebs20210730==2.1.0", "alibabacloud-tea-openapi==0.3.16"],
    "core": ["aliyun-python-sdk-core==2.16.1", "aliyun-python-sdk-polardb==1.8.58"],
}
NODE = ["@alicloud/polardb20170801@1.0.0", "@alicloud/openapi-client@0.4.15", "@alicloud/pop-core@1.8.0"]

class Client(NamedTuple):
    """A client as it is driven."""

    name: str
    environment: str
    program: str
    mode: str
    #: Whether its retries can be switched on.
    retries: bool = True
    #: Whether its language lets a caller give no value for a parameter.
    nothing: bool = True
    #: The products that it can call.
    products: tuple = ("polardb", "ebs")


CLIENTS = [
    Client("PyPI `alibabacloud-polardb20170801` 9.2.1, sync", "current", "tea.py", "sync"),
    Client("PyPI `alibabacloud-polardb20170801` 9.2.1, async", "current", "tea.py", "async"),
    Client("PyPI `alibabacloud-polardb20170801` 5.0.0 with `alibabacloud-tea-openapi` 0.3.16", "previous", "tea.py", "sync"),
    Client("PyPI `aliyun-python-sdk-core` 2.16.1 with `-polardb` 1.8.58", "core", "core.py", "core"),
    Client("npm `@alicloud/polardb20170801` 1.0.0", "node", "node.cjs", "polardb", products=("polardb",)),
    Client("npm `@alicloud/openapi-client` 0.4.15", "node", "node.cjs", "openapi"),
    Client("npm `@alicloud/pop-core` 1.8.0", "node", "node.cjs", "pop", retries=False),
    Client("crates.io `aliyun-openapi-core-rust-sdk` 1.1.0", "rust", "clients-rust", "", retries=False, nothing=False),
]

VERSIONS = {"polardb": "2017-08-01", "ebs": "2021-07-30"}

FAILOVER = {"kind": "reply", "action": "FailoverDBCluster"}
# Case, fault, what the call adds.
CASES = [
    ("answered", None, {}),
    ("reply lost", {**FAILOVER, "lose": True}, {}),
    ("reply lost, retries on", {**FAILOVER, "lose": True}, {"retry": True}),
    ("reply lost, retries on, with a token", {**FAILOVER, "lose": True}, {"retry": True, "token": "once-and-no-more"}),
    ("503 with a code", {**FAILOVER, "effect": False, "status": 503, "code": "ServiceUnavailable"}, {}),
    ("the same, retries on", {**FAILOVER, "effect": False, "status": 503, "code": "ServiceUnavailable"}, {"retry": True}),
    ("502 with HTML", {**FAILOVER, "status": 502, "body": "<html><h1>502 Bad Gateway</h1></html>"}, {}),
    ("503, JSON without a code", {**FAILOVER, "status": 503, "body": '{"RequestId":"1"}'}, {}),
    ("503 without a body", {**FAILOVER, "status": 503, "body": ""}, {}),
    ("throttled, retries on", {**FAILOVER, "effect": False, "status": 400, "code": "Throttling.User",
                               "headers": {"x-acs-retry-after": "1"}}, {"retry": True}),
    ("answered after 6 s", {**FAILOVER, "delay_ms": 6_000}, {}),
    ("the same, reads for 9 s", {**FAILOVER, "delay_ms": 6_000}, {"read_timeout": 9_000}),
]


def run(*command, **more):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def install():
    for name, packages in PYTHON.items():
        venv = INSTALLED / name
        stamp = venv / "installed"
        if not stamp.exists() or stamp.read_text() != " ".join(packages):
            run(sys.executable, "-m", "venv", venv)
            run(venv / "bin" / "pip", "-q", "install", "--disable-pip-version-check", *packages)
            stamp.write_text(" ".join(packages))
    node = INSTALLED / "node"
    node.mkdir(parents=True, exist_ok=True)
    if not (node / "installed").exists() or (node / "installed").read_text() != " ".join(NODE):
        run("npm", "install", "--silent", "--no-save", "--no-package-lock", *NODE, cwd=node)
        (node / "installed").write_text(" ".join(NODE))
    (node / "node.cjs").write_text((HERE / "node.cjs").read_text())
    environment = {**os.environ, "CARGO_TARGET_DIR": str(INSTALLED / "rust"), "CARGO_PROFILE_DEV_DEBUG": "0"}
    run("cargo", "build", "--quiet", "--locked", "--manifest-path", HERE / "rust" / "Cargo.toml", env=environment)


@contextmanager
def emulator(binary):
    """An emulator whose effects end inside the call, and its address."""
    server = subprocess.Popen([binary, "--listen", "127.0.0.1:0", "--transitions", "immediate", "--seed", "7"],
                              stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip().removeprefix("listening on http://")
    finally:
        server.terminate()
        server.wait(10)


def ask(address, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{address}/_emulator/{path}", data, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def driven(address, number, client, fault, more, action="FailoverDBCluster"):
    """Makes one call of a client in an account of its own: what it got, and the account's events of the calls."""
    account, cluster, pair = f"{6_000_000_000_000_000 + number}", f"pc-{number}", f"pair-{number}"
    nodes = [{"DBNodeId": f"pi-{number}-{at}"} for at in range(3)]
    ask(address, "POST", f"seed?account={account}", [
        {"DBClusterId": cluster, "RegionId": "cn-hangzhou", "DBType": "MySQL", "DBVersion": "8.0", "DBNodes": nodes},
        {"ReplicaPairId": pair, "Status": "normal", "SourceRegion": "cn-hangzhou", "SourceZoneId": "cn-hangzhou-h",
         "SourceDiskId": "d-1", "DestinationRegion": "cn-beijing", "DestinationZoneId": "cn-beijing-a",
         "DestinationDiskId": "d-2"}])
    if fault:
        ask(address, "POST", f"faults?account={account}", fault)
    product, parameters = {
        "FailoverDBCluster": ("polardb", {"DBClusterId": cluster}),
        "DescribeDBClusterAttribute": ("polardb", {"DBClusterId": cluster}),
        "DescribeDBClusters": ("polardb", {"RegionId": "cn-hangzhou"}),
        "FailoverDiskReplicaPair": ("ebs", {"RegionId": "cn-beijing", "ReplicaPairId": pair}),
        "DescribeDiskReplicaPairs": ("ebs", {"RegionId": "cn-hangzhou"}),
    }[action]
    call = {"endpoint": address, "account": account, "mode": client.mode, "action": action, "product": product,
            "version": VERSIONS[product], "parameters": parameters, **more}
    if "token" in more:
        parameters["ClientToken"] = call.pop("token")
    command = {
        "node": ["node", INSTALLED / "node" / client.program],
        "rust": [INSTALLED / "rust" / "debug" / client.program],
    }.get(client.environment, [INSTALLED / client.environment / "bin" / "python", HERE / client.program])
    done = subprocess.run([str(part) for part in [*command, json.dumps(call)]], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, f"{client.name}: {done.stderr[-2000:]}"
    time.sleep(0.2)
    events = ask(address, "GET", f"events?account={account}")["events"]
    calls = [event["detail"] for event in events if event["kind"] == "call"]
    if action == "FailoverDBCluster":
        # A call that takes effect switches once, however often its client sends it.
        wanted = 0 if fault and not fault.get("effect", True) and len(calls) == 1 else 1
        moves = sum(event["kind"] == "writer_moved" for event in events)
        assert moves == wanted, f"{client.name}, {fault}, {more}: {moves} switches and not {wanted}"
    return json.loads(lines[-1]), calls


def told(got, calls):
    """A cell of the table."""
    if got["ok"]:
        says = "success"
    else:
        says = f"`{got['error']}`" + (f" `{got['code']}`" if got["code"] else "")
    times = {1: "", 0: ", never sent"}.get(len(calls), f", sent {len(calls)} times")
    return says + times


def table(address):
    jobs = [(client, case) for client in CLIENTS for case in CASES if client.retries or "retry" not in case[2]]
    with ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(lambda job: driven(address, jobs.index(job), job[0], job[1][1], job[1][2]), jobs))
    cells = {(client.name, case[0]): told(*result) for (client, case), result in zip(jobs, seen)}
    lines = ["| | " + " | ".join(case[0] for case in CASES) + " |", "|---" * (len(CASES) + 1) + "|"]
    for client in CLIENTS:
        row = [cells.get((client.name, case[0]), "has none") for case in CASES]
        lines.append(f"| {client.name} | " + " | ".join(row) + " |")
    return "\n".join(lines)


def tokens(address):
    """What goes out where a caller gives no token."""
    lines = ["| | No token given | A token that is the language's nothing |", "|---|---|---|"]
    for at, client in enumerate(CLIENTS):
        sent = []
        for variant, more in enumerate([{}, {"token": None}][: 1 + client.nothing]):
            _, calls = driven(address, 1_000 + 10 * at + variant, client, None, more)
            token = calls[0]["token"] if calls else None
            sent.append("none is sent" if token is None else "a fresh one" if len(token) > 20 else f"`{token}` is sent")
        lines.append(f"| {client.name} | {sent[0]} | {sent[1] if client.nothing else 'cannot be given'} |")
    return "\n".join(lines)


def founding(address):
    """That each client makes something of the answers to the other calls that a failover needs."""
    seen = {
        "DescribeDBClusterAttribute": lambda body: len(body["DBNodes"]) == 3,
        "DescribeDBClusters": lambda body: body["TotalRecordCount"] == 1,
        "FailoverDiskReplicaPair": lambda body: body["RequestId"],
        "DescribeDiskReplicaPairs": lambda body: len(body["ReplicaPairs"]) == 1,
    }
    jobs = [(client, action) for client in CLIENTS for action in seen
            if ("ebs" if "Disk" in action else "polardb") in client.products]
    for number, (client, action) in enumerate(jobs, 2_000):
        got, calls = driven(address, number, client, None, {}, action)
        assert got["ok"] and seen[action](got["body"]) and len(calls) == 1, f"{client.name}: {action}: {got}"
        assert calls[0]["outcome"] == "accepted", f"{client.name}: {action}: {calls}"
    return len(jobs)


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "target" / "debug" / "failover-emulator")
    install()
    with emulator(binary) as address:
        made = {"cases": table(address), "tokens": tokens(address)}
        others = founding(address)
    page = PAGE.read_text()
    fresh = page
    for name, lines in made.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, rest = fresh.split(begin)
        fresh = before + begin + lines + "\n" + end + rest.split(end)[1]
    if os.environ.get("UPDATE") == "1":
        PAGE.write_text(fresh)
    elif fresh != page:
        sys.exit("docs/clients.md says otherwise; what was seen:\n" + "\n\n".join(made.values()))
    print(f"{len(CLIENTS)} clients in {len(CASES)} cases do as docs/clients.md says; {others} other calls are answered")


if __name__ == "__main__":
    main()

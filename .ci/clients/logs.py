#!/usr/bin/env python3
"""Has the vendor's clients write their request logs against the emulator: the fixtures of the readers of logs.

    python3 .ci/clients/logs.py target/debug/failover-emulator DIRECTORY

Installs the clients that clients.py pins, and writes core.log and pop-core.log (clients whose logs hold answers), tea.log and
openapi.log (those whose logs do not). Needs npm and the package registries.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import clients

HERE = Path(__file__).resolve().parent
ACCOUNT = "1234567890123456"
FAILOVER = {"kind": "reply", "action": "FailoverDBCluster"}
# A fault that is planned before the call, the operation, and its parameters; `pc` stands for the id of the cluster.
SESSION = [
    (None, "CreateDBCluster", {"RegionId": "cn-hangzhou", "DBType": "MySQL", "DBVersion": "8.0", "DBNodeNum": "3",
                               "DBNodeClass": "polar.mysql.x4.large", "PayType": "Postpaid", "ClientToken": "token-1"}),
    (None, "DescribeDBClusterAttribute", {"DBClusterId": "pc"}),
    (None, "FailoverDBCluster", {"DBClusterId": "pc"}),
    (None, "DescribeDBClusterAttribute", {"DBClusterId": "pc"}),
    (None, "FailoverDBCluster", {"DBClusterId": "pc-none"}),
    ({**FAILOVER, "status": 502, "body": "<html><h1>502 Bad Gateway</h1></html>"}, "FailoverDBCluster", {"DBClusterId": "pc"}),
    (None, "DescribeDBClusterAttribute", {"DBClusterId": "pc"}),
]


def record(binary, name, command, environment, into):
    """Runs one client's session against an emulator of its own, its log going to a file."""
    with clients.emulator(binary) as address, open(into / name, "w", encoding="utf-8") as log:
        client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                                  env={**os.environ, "TZ": "UTC", **environment})
        client.stdin.write(json.dumps({"endpoint": address, "account": ACCOUNT}) + "\n")
        cluster = "pc"
        for fault, action, parameters in SESSION:
            if fault:
                clients.ask(address, "POST", f"faults?account={ACCOUNT}", fault)
            given = {key: cluster if value == "pc" else value for key, value in parameters.items()}
            client.stdin.write(json.dumps({"action": action, "parameters": given}) + "\n")
            client.stdin.flush()
            answer = json.loads(client.stdout.readline())
            cluster = answer.get("DBClusterId", cluster) if action == "CreateDBCluster" else cluster
            time.sleep(0.1)
        client.stdin.close()
        client.wait(30)


def main():
    binary, into = sys.argv[1], Path(sys.argv[2])
    clients.install()
    into.mkdir(parents=True, exist_ok=True)
    node = clients.INSTALLED / "node"
    (node / "log.cjs").write_text((HERE / "log.cjs").read_text())
    python = lambda name: str(clients.INSTALLED / name / "bin" / "python")
    for name, command, environment in [
        ("core.log", [python("core"), str(HERE / "log_core.py")], {}),
        ("tea.log", [python("current"), str(HERE / "log_tea.py")], {"DEBUG": "sdk"}),
        ("pop-core.log", ["node", str(node / "log.cjs"), "pop"], {"DEBUG": "httpx*"}),
        ("openapi.log", ["node", str(node / "log.cjs"), "openapi"], {"DEBUG": "httpx*"}),
    ]:
        record(binary, name, command, environment, into)
        print(f"{name}: {len((into / name).read_text().splitlines())} lines")


if __name__ == "__main__":
    main()

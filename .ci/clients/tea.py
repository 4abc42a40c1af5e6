"""One call by the vendor's Python SDK of this or the previous generation: python tea.py CALL, a JSON object.

Prints one JSON object: what the caller got.
"""

import asyncio
import json
import sys
import time

from alibabacloud_polardb20170801 import models
from alibabacloud_polardb20170801.client import Client
from alibabacloud_tea_openapi import models as openapi

try:
    from darabonba.runtime import RuntimeOptions
    import alibabacloud_polardb20170801.client as module
    if "tea_util" in open(module.__file__, encoding="utf-8").read():
        raise ImportError("the previous generation")
except ImportError:
    from alibabacloud_tea_util.models import RuntimeOptions

call = json.loads(sys.argv[1])
client = Client(openapi.Config(access_key_id=call["account"], access_key_secret="secret", protocol="http",
                               endpoint=call["endpoint"], region_id="cn-hangzhou"))
runtime = RuntimeOptions(autoretry=call.get("retry"), max_attempts=3 if call.get("retry") else None,
                         read_timeout=call.get("read_timeout"), connect_timeout=call.get("read_timeout"))
requests = {
    "FailoverDBCluster": lambda: (models.FailoverDBClusterRequest(dbcluster_id=call["cluster"], client_token=call.get("token")),
                                  "failover_dbcluster_with_options"),
    "DescribeDBClusterAttribute": lambda: (models.DescribeDBClusterAttributeRequest(dbcluster_id=call["cluster"]),
                                           "describe_dbcluster_attribute_with_options"),
    "DescribeDBClusters": lambda: (models.DescribeDBClustersRequest(region_id="cn-hangzhou"),
                                   "describe_dbclusters_with_options"),
}
request, method = requests[call["action"]]()
started = time.monotonic()
try:
    if call["mode"] == "async":
        answer = asyncio.run(getattr(client, method + "_async")(request, runtime))
    else:
        answer = getattr(client, method)(request, runtime)
    body = answer.body.to_map()
    got = {"ok": True, "nodes": len(body.get("DBNodes") or []), "clusters": body.get("TotalRecordCount")}
except Exception as error:  # whatever the client raises is what is recorded
    got = {"ok": False, "error": type(error).__name__, "code": str(getattr(error, "code", "") or "")}
print(json.dumps({**got, "seconds": time.monotonic() - started}))

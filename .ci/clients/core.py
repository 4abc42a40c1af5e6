"""One call by aliyun-python-sdk-core with aliyun-python-sdk-polardb: python core.py CALL, a JSON object.

Prints one JSON object: what the caller got.
"""

import json
import sys
import time
from importlib import import_module

from aliyunsdkcore.client import AcsClient

call = json.loads(sys.argv[1])
more = {"auto_retry": call["retry"], "max_retry_time": 3} if "retry" in call else {}
if call.get("read_timeout"):
    more["timeout"] = call["read_timeout"] / 1000
client = AcsClient(call["account"], "secret", "cn-hangzhou", **more)
name = f"{call['action']}Request"
request = getattr(import_module(f"aliyunsdkpolardb.request.v20170801.{name}"), name)()
request.set_protocol_type("http")
request.set_endpoint(call["endpoint"])
request.set_accept_format("json")
if call["action"] == "DescribeDBClusters":
    request.add_query_param("RegionId", "cn-hangzhou")
else:
    request.set_DBClusterId(call["cluster"])
if call["action"] == "FailoverDBCluster" and ("token" in call):
    request.set_ClientToken(call["token"])
started = time.monotonic()
try:
    body = json.loads(client.do_action_with_exception(request))
    got = {"ok": True, "nodes": len(body.get("DBNodes") or []), "clusters": body.get("TotalRecordCount")}
except Exception as error:  # whatever the client raises is what is recorded
    got = {"ok": False, "error": type(error).__name__, "code": str(getattr(error, "error_code", "") or "")}
print(json.dumps({**got, "seconds": time.monotonic() - started}))

"""One call by aliyun-python-sdk-core, for PolarDB with aliyun-python-sdk-polardb: python core.py CALL, a JSON object.

Prints one JSON object: what the caller got.
"""

import json
import sys
from importlib import import_module

from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

call = json.loads(sys.argv[1])
more = {"auto_retry": call["retry"], "max_retry_time": 3} if "retry" in call else {}
if call.get("read_timeout"):
    more["timeout"] = call["read_timeout"] / 1000
client = AcsClient(call["account"], "secret", "cn-hangzhou", **more)
if call["product"] == "polardb":
    name = f"{call['action']}Request"
    request = getattr(import_module(f"aliyunsdkpolardb.request.v20170801.{name}"), name)()
    request.set_endpoint(call["endpoint"])
else:
    request = CommonRequest(domain=call["endpoint"], version=call["version"], action_name=call["action"])
request.set_protocol_type("http")
request.set_accept_format("json")
for name, value in call["parameters"].items():
    if hasattr(request, f"set_{name}"):
        getattr(request, f"set_{name}")(value)
    else:
        request.add_query_param(name, value)
try:
    got = {"ok": True, "body": json.loads(client.do_action_with_exception(request))}
except Exception as error:  # whatever the client raises is what is recorded
    got = {"ok": False, "error": type(error).__name__, "code": str(getattr(error, "error_code", "") or "")}
print(json.dumps(got))

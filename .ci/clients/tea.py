"""One call by the vendor's Python SDK of this or the previous generation: python tea.py CALL, a JSON object.

Prints one JSON object: what the caller got.
"""

import asyncio
import json
import sys
from importlib import import_module

from alibabacloud_tea_openapi import models as openapi

call = json.loads(sys.argv[1])
package = {"polardb": "alibabacloud_polardb20170801", "ebs": "alibabacloud_ebs20210730"}[call["product"]]
module, models = import_module(f"{package}.client"), import_module(f"{package}.models")
try:
    from darabonba.runtime import RuntimeOptions
    if "tea_util" in open(module.__file__, encoding="utf-8").read():
        raise ImportError("the previous generation")
except ImportError:
    from alibabacloud_tea_util.models import RuntimeOptions

client = module.Client(openapi.Config(access_key_id=call["account"], access_key_secret="secret", protocol="http",
                                      endpoint=call["endpoint"], region_id="cn-hangzhou"))
runtime = RuntimeOptions(autoretry=call.get("retry"), max_attempts=3 if call.get("retry") else None,
                         read_timeout=call.get("read_timeout"), connect_timeout=call.get("read_timeout"))
request = getattr(models, f"{call['action']}Request")()
request.from_map(call["parameters"])
wanted = f"{call['action']}_with_options".replace("_", "").lower()
method = next(name for name in dir(client) if name.replace("_", "").lower() == wanted)
try:
    if call["mode"] == "async":
        answer = asyncio.run(getattr(client, method + "_async")(request, runtime))
    else:
        answer = getattr(client, method)(request, runtime)
    got = {"ok": True, "body": answer.body.to_map()}
except Exception as error:  # whatever the client raises is what is recorded
    got = {"ok": False, "error": type(error).__name__, "code": str(getattr(error, "code", "") or "")}
print(json.dumps(got))

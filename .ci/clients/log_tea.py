"""A session by the vendor's Python SDK of this generation, whose log goes to standard error: calls as JSON lines in, answers out."""

import json
import sys

from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

first = json.loads(sys.stdin.readline())
client = Client(Config(access_key_id=first["account"], access_key_secret="secret-of-the-client", protocol="http",
                       endpoint=first["endpoint"], region_id="cn-hangzhou"))
for line in sys.stdin:
    call = json.loads(line)
    params = Params(action=call["action"], version="2017-08-01", protocol="HTTP", pathname="/", method="POST", auth_type="AK",
                    style="RPC", req_body_type="formData", body_type="json")
    try:
        answer = client.call_api(params, OpenApiRequest(query=call["parameters"]), RuntimeOptions(autoretry=False))
        answer = answer["body"]
    except Exception as error:  # whatever the client raises ends this call alone
        answer = {"error": type(error).__name__}
    print(json.dumps(answer), flush=True)

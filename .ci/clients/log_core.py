"""A session by aliyun-python-sdk-core, whose log goes to standard error: calls as JSON lines in, answers out."""

import json
import logging
import sys

from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

first = json.loads(sys.stdin.readline())
client = AcsClient(first["account"], "secret-of-the-client", "cn-hangzhou", auto_retry=False)
client.set_stream_logger(logging.DEBUG, stream=sys.stderr)
for line in sys.stdin:
    call = json.loads(line)
    request = CommonRequest(domain=first["endpoint"], version="2017-08-01", action_name=call["action"])
    request.set_protocol_type("http")
    request.set_method("POST")
    request.set_accept_format("json")
    for name, value in call["parameters"].items():
        request.add_query_param(name, value)
    try:
        answer = json.loads(client.do_action_with_exception(request))
    except Exception as error:  # whatever the client raises ends this call alone
        answer = {"error": type(error).__name__}
    print(json.dumps(answer), flush=True)

// A session by one of the vendor's clients for Node, whose log goes to standard error: calls as JSON lines in, answers out.
"use strict";
const readline = require("readline").createInterface({ input: process.stdin });
let client, first;

async function call({ action, parameters }) {
  if (process.argv[2] === "pop") {
    const { RPCClient } = require("@alicloud/pop-core");
    client ??= new RPCClient({ accessKeyId: first.account, accessKeySecret: "secret-of-the-client",
      endpoint: `http://${first.endpoint}`, apiVersion: "2017-08-01" });
    return client.request(action, parameters, { method: "POST" });
  }
  const OpenApi = require("@alicloud/openapi-client"), Util = require("@alicloud/tea-util");
  client ??= new OpenApi.default(new OpenApi.Config({ accessKeyId: first.account, accessKeySecret: "secret-of-the-client",
    protocol: "http", endpoint: first.endpoint, regionId: "cn-hangzhou" }));
  const params = new OpenApi.Params({ action, version: "2017-08-01", protocol: "HTTP", pathname: "/", method: "POST",
    authType: "AK", style: "RPC", reqBodyType: "formData", bodyType: "json" });
  return (await client.callApi(params, new OpenApi.OpenApiRequest({ query: parameters }), new Util.RuntimeOptions({}))).body;
}

(async () => {
  for await (const line of readline) {
    const asked = JSON.parse(line);
    if (!first) {
      first = asked;
      continue;
    }
    const answer = await call(asked).catch(error => ({ error: error.name }));
    console.log(JSON.stringify(answer));
  }
})();

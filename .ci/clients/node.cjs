// One call by one of the vendor's clients for Node: node node.cjs CALL, a JSON object.
//
// Prints one JSON object: what the caller got.
"use strict";
const call = JSON.parse(process.argv[2]);
// JSON has no `undefined`; where a call says `null`, that is meant.
const parameters = Object.fromEntries(Object.entries(call.parameters).map(([name, value]) => [name, value ?? undefined]));

const clients = {
  async polardb() {
    const { default: Client, ...models } = require("@alicloud/polardb20170801");
    const config = { accessKeyId: call.account, accessKeySecret: "secret", protocol: "http", endpoint: call.endpoint,
      regionId: "cn-hangzhou", type: "access_key" };
    const { Config } = require("@alicloud/rpc-client"), { RuntimeOptions } = require("@alicloud/tea-util");
    const client = new Client(new Config(config));
    const runtime = new RuntimeOptions({ autoretry: call.retry, maxAttempts: call.retry ? 3 : undefined, readTimeout: call.read_timeout });
    const Request = models[`${call.action}Request`], request = new Request({});
    const names = Request.names();
    for (const [field, wire] of Object.entries(names)) if (wire in parameters) request[field] = parameters[wire];
    const method = Object.getOwnPropertyNames(Object.getPrototypeOf(client)).find(it => it.toLowerCase() === `${call.action}WithOptions`.toLowerCase());
    const answer = await client[method](request, runtime);
    return answer.toMap ? answer.toMap() : answer;
  },
  async openapi() {
    const OpenApi = require("@alicloud/openapi-client"), Util = require("@alicloud/tea-util");
    const client = new OpenApi.default(new OpenApi.Config({ accessKeyId: call.account, accessKeySecret: "secret", protocol: "http",
      endpoint: call.endpoint, regionId: "cn-hangzhou" }));
    const params = new OpenApi.Params({ action: call.action, version: call.version, protocol: "HTTP", pathname: "/", method: "POST",
      authType: "AK", style: "RPC", reqBodyType: "formData", bodyType: "json" });
    const query = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value === undefined ? undefined : String(value)]));
    const answer = await client.callApi(params, new OpenApi.OpenApiRequest({ query }),
      new Util.RuntimeOptions({ autoretry: call.retry, maxAttempts: call.retry ? 3 : undefined, readTimeout: call.read_timeout }));
    return answer.body;
  },
  async pop() {
    const { RPCClient } = require("@alicloud/pop-core");
    const client = new RPCClient({ accessKeyId: call.account, accessKeySecret: "secret", endpoint: `http://${call.endpoint}`,
      apiVersion: call.version });
    return client.request(call.action, parameters, { method: "POST", ...(call.read_timeout ? { timeout: call.read_timeout } : {}) });
  },
};
clients[call.mode]().then(
  body => ({ ok: true, body }),
  error => ({ ok: false, error: error.name, code: String(error.code || "") }),
).then(got => { console.log(JSON.stringify(got)); process.exit(0); });

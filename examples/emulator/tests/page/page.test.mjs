// The page at /_emulator/ in a browser: what it shows, what its buttons do, with the keyboard too, at three widths.
//
//   CHROMIUM=PROGRAM node page.test.mjs BINARY [PICTURES]
//
// Needs playwright-core beside it. Pictures are written if asked for.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chromium } from "playwright-core";

const [binary, pictures] = process.argv.slice(2);
assert.ok(process.env.CHROMIUM, "CHROMIUM names no browser");
const server = spawn(binary, ["--listen", "127.0.0.1:0", "--clock", "manual", "--transitions", "manual", "--seed", "7"]);
server.stderr.resume();
const [line] = await once(server.stdout, "data");
const address = String(line).trim().replace("listening on ", "");
const control = `${address}/_emulator`;

async function ask(method, path, body) {
  const answer = await fetch(`${control}/${path}`, { method, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? null : answer.json();
}

const node = (DBNodeId, more) => ({ DBNodeId, ZoneId: "cn-hangzhou-g", ...more });
await ask("POST", "seed", {
  Clusters: [{ DBClusterId: "pc-orders", RegionId: "cn-hangzhou", DBType: "MySQL", DBVersion: "8.0", DBNodes: [
    node("pi-writer", { DBNodeRole: "Writer" }), node("pi-near", { FailoverPriority: 9 }), node("pi-twin", { FailoverPriority: 9 }),
    node("pi-far", { FailoverPriority: 2, ZoneId: "cn-hangzhou-h" }), node("pi-lag", { FailoverPriority: 15 })] }],
  ReplicaPairs: [{ ReplicaPairId: "pair-cn-ledger", Status: "normal", SourceRegion: "cn-shanghai", DestinationRegion: "cn-beijing",
    SourceZoneId: "cn-shanghai-e", DestinationZoneId: "cn-beijing-f", SourceDiskId: "d-ledger", DestinationDiskId: "d-ledger-copy",
    LastRecoverPoint: 1767225000 }],
});
await ask("POST", "faults", { kind: "replication", node: "pi-lag", healthy: false });
await ask("POST", "faults", { kind: "switch", node: "pi-near", reason: "network" });
await ask("GET", "health?account=2222222222222222");

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
let failed = 0;
async function test(name, act) {
  try { await act(); console.log(`ok   ${name}`); } catch (error) { failed += 1; console.log(`FAIL ${name}\n${error.stack}`); }
}
async function open(options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage(), wrong = [];
  page.setDefaultTimeout(10_000);
  page.on("pageerror", error => wrong.push(String(error)));
  page.on("console", message => message.type() === "error" && wrong.push(message.text()));
  page.on("request", request => request.url().startsWith(address) || wrong.push(`asks ${request.url()}`));
  await page.goto(`${control}/`);
  await page.getByText("pc-orders").first().waitFor();
  return { page, wrong };
}
const row = (page, text) => page.locator("tr", { hasText: text }).first();

const { page, wrong } = await open({ colorScheme: "light" });
await test("nodes show role, priority, tier and why they are out", async () => {
  assert.match(await row(page, "pi-near").innerText(), /Reader\s+9\s+1\s+Running/);
  assert.match(await row(page, "pi-far").innerText(), /Reader\s+2\s+2\s+Running/);
  assert.match(await row(page, "pi-lag").innerText(), /out P-114[\s\S]*replication abnormal/);
  assert.match(await row(page, "pi-writer").innerText(), /Writer[\s\S]*out P-110/);
  assert.match(await row(page, "pair-cn-ledger").innerText(), /normal[\s\S]*d-ledger[\s\S]*d-ledger-copy[\s\S]*2025-12-31T23:50:00Z/);
});
await test("a rule number opens the rule's sentence and source", async () => {
  await row(page, "pi-lag").getByRole("button", { name: "Rule P-114" }).click();
  const dialog = page.getByRole("dialog");
  assert.match(await dialog.innerText(), /P-114 · Documented[\s\S]*Nodes with abnormal replication are not elected\.[\s\S]*Source: /);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
});
await test("what would happen if the writer fell now changes nothing", async () => {
  const before = await ask("GET", "state");
  await page.getByRole("button", { name: "What if the writer fell now?" }).click();
  const dialog = page.getByRole("dialog");
  assert.match(await dialog.innerText(), /If pi-writer fell now[\s\S]*would become the writer[\s\S]*failover_began[\s\S]*writer_moved/);
  await dialog.getByRole("button", { name: "Close" }).click();
  assert.deepEqual(await ask("GET", "state"), before);
});
await test("a writer that fell is replaced by the node that is chosen and promoted, and the feed tells it", async () => {
  await row(page, "pi-writer").getByRole("button", { name: "Fell" }).click();
  await page.getByRole("button", { name: "Choose pi-twin" }).click();
  await page.getByRole("button", { name: "Succeeded" }).click();
  await page.locator("#feed li", { hasText: "writer_moved" }).waitFor();
  await page.locator("#clusters tr", { hasText: "pi-twin" }).filter({ hasText: "Writer" }).waitFor();
  assert.equal((await ask("GET", "effects")).effects.length, 0);
});
await test("faults are planned from a template and withdrawn, a bad one is told", async () => {
  await page.getByLabel("Kind").selectOption("hold");
  await page.getByRole("button", { name: "Post" }).click();
  await page.locator("#faults tr", { hasText: "failover_pair" }).getByRole("button", { name: "Withdraw" }).click();
  await page.locator("#faults tr", { hasText: "failover_pair" }).waitFor({ state: "detached" });
  await page.getByLabel("What it says").fill('{"kind":"hold","effect":"nap"}');
  await page.getByRole("button", { name: "Post" }).click();
  await page.getByRole("status").filter({ hasText: "nap" }).waitFor();
  // The refusal is meant: the browser writes it to its console.
  assert.ok(wrong.every(text => text.includes("400")), wrong.join("\n"));
  wrong.length = 0;
});
await test("the clock moves by the keyboard alone, and a focus that was drawn anew is kept", async () => {
  const clock = async () => (await ask("GET", "clock")).now_ms, before = await clock();
  await page.getByLabel("Advance by").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("15 min");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "advanced by 15 min" }).waitFor();
  assert.equal(await clock(), before + 900_000);
  await row(page, "pi-far").getByRole("button", { name: "Fell" }).focus();
  await ask("POST", "clock", { advance_ms: 1 });
  await page.keyboard.press("Enter");
  await row(page, "pi-far").getByRole("button", { name: "Came back" }).waitFor();
});
await test("another account has its own", async () => {
  await page.getByLabel("Account").selectOption("2222222222222222");
  await page.locator("#clusters", { hasText: "None." }).waitFor();
  await page.getByLabel("Account").selectOption("1234567890123456");
  await page.getByText("pc-orders").first().waitFor();
});
await test("an account is removed once that is confirmed, and whoever looks at it is taken to the default one", async () => {
  const accounts = async () => (await ask("GET", "accounts")).accounts.map(it => it.account);
  const { page: other } = await open({});
  for (const it of [page, other]) {
    await it.locator("#account").selectOption("2222222222222222");
    await it.locator("#clusters", { hasText: "None." }).waitFor();
  }
  await page.getByRole("button", { name: "Remove account" }).click();
  await page.getByRole("dialog", { name: "Remove account 2222222222222222?" }).getByRole("button", { name: "Keep it" }).click();
  assert.ok((await accounts()).includes("2222222222222222"));
  await page.getByRole("button", { name: "Remove account" }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  for (const it of [page, other]) {
    await it.getByRole("status").filter({ hasText: "account 2222222222222222 is removed" }).waitFor();
    await it.getByText("pc-orders").first().waitFor();
    assert.equal(await it.locator("#account").inputValue(), "1234567890123456");
  }
  assert.deepEqual(await accounts(), ["1234567890123456"]);
  await other.context().close();
  // That the feed ended is meant: the browser writes it to its console.
  assert.ok(wrong.every(text => text.includes("409")), wrong.join("\n"));
  wrong.length = 0;
});
await test("every control has a name and a place in the order of the keyboard", async () => {
  const nameless = await page.evaluate(() => [...document.querySelectorAll("button,select,input,textarea")]
    .filter(it => !(it.textContent.trim() || it.getAttribute("aria-label") || it.labels?.length)).map(it => it.outerHTML));
  assert.deepEqual(nameless, []);
  await page.reload();
  await page.getByText("pc-orders").first().waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "To the resources");
});
assert.deepEqual(wrong, []);

for (const [width, height, colorScheme] of [[1280, 1000, "light"], [768, 1200, "dark"], [390, 1500, "light"], [390, 1500, "dark"]]) {
  await test(`at ${width} pixels, ${colorScheme}, nothing is wider than the page`, async () => {
    const { page, wrong } = await open({ viewport: { width, height }, colorScheme });
    await page.locator("#feed li").first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide`);
    if (pictures) await page.screenshot({ path: `${pictures}/page-${width}-${colorScheme}.png`, fullPage: true });
    assert.deepEqual(wrong, []);
    await page.context().close();
  });
}
await browser.close();
server.kill("SIGTERM");
await once(server, "exit");
console.log(failed ? `${failed} failed` : "all passed");
process.exit(failed ? 1 : 0);

// What is around the screens: the sites that embed them, the token, the connection, the service.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, test } from "node:test";

import { PORTAL_LABEL, PROFILE_LABEL, api, close, facility, leave, look, open, stack, text, token } from "./talk.js";

after(close);

test("without a token a page says so, and no request is made", async () => {
  for (const [path, name] of [["/portal", "portal-no-token"], ["/staff/demo/report", "staff-no-token"]]) {
    const page = await open(path, { token: "" });
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.getByText("This page was opened without access.").waitFor();
    await look(page, name, "This page was opened without access.");
    assert.deepEqual(asked.filter((it) => it.includes("/v1/")), []);
    await leave(page);
  }
});

test("the token leaves the address at once and is kept nowhere", async () => {
  const page = await open("/staff/demo/report");
  await page.locator("consent-report tbody tr").first().waitFor();
  assert.equal(page.url(), `${stack.api}/staff/demo/report`);
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, document.documentElement.outerHTML]));
  assert.ok(!kept.includes(stack.tokens.staff.slice(0, 40)));
  await leave(page);
});

test("a token that expires in the middle: the click is undone, the page says so, and goes on with a new one", async () => {
  const here = await facility();
  const short = token({ sub: "staff@example.com", scope: "consent:read consent:write", facilities: "*", ttl: 4 });
  const page = await open(here.staff, { token: short });
  const box = page.getByRole("checkbox", { name: PROFILE_LABEL });
  await box.waitFor();
  await page.waitForTimeout(4_200);
  await box.click();
  await page.getByText("Your session has ended.").first().waitFor();
  assert.equal(await box.isChecked(), false);
  await look(page, "profile-session-ended", "Your session has ended.");
  await page.evaluate((token) => {
    location.hash = `token=${token}`;
  }, stack.tokens.staff);
  await box.waitFor();
  await box.click();
  await page.getByText("recorded that the customer agreed").first().waitFor();
  await leave(page);
});

test("a token that is a function is asked again after a 401", async () => {
  const here = await facility();
  const page = await open(here.staff);
  await page.getByRole("checkbox", { name: PROFILE_LABEL }).waitFor();
  const asked = await page.evaluate(async ([facility, good, bad]) => {
    const element = document.createElement("consent-profile");
    element.setAttribute("facility", facility);
    element.setAttribute("tenant", "ada");
    const given = [bad, good];
    let count = 0;
    element.token = async () => {
      count += 1;
      return given[Math.min(count, 2) - 1];
    };
    document.querySelector("main").replaceChildren(element);
    for (let waited = 0; waited < 40 && !element.shadowRoot.querySelector("input"); waited += 1) await new Promise((it) => setTimeout(it, 100));
    return element.shadowRoot.querySelector("input") && count;
  }, [here.id, stack.tokens.staff, token({ sub: "x", scope: "consent:read", facilities: "*", ttl: 0 })]);
  assert.equal(asked, 2);
  await leave(page);
});

/** A site of another origin. */
async function site(t, answer) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}/`;
}

test("facility software embeds the profile with the lines of the README", async (t) => {
  const here = await facility();
  const readme = readFileSync("functions/pages/README.md", "utf8");
  const [, lines] = /```html\n([\s\S]*?)```/.exec(readme);
  const mine = lines.replaceAll("https://CONSENT", stack.api).replace('facility="demo" tenant="t-ada"', `facility="${here.id}" tenant="ada"`);
  const at = await site(t, ({ url }, response) =>
    url === "/my/consent-token"
      ? response.end(stack.tokens.staff)
      : response.setHeader("content-type", "text/html").end(`<!doctype html><html lang="en"><title>Facility software</title><h1>Ada</h1>\n${mine}`));
  const page = await open("", { token: "", at });
  const said = [];
  page.on("console", (message) => message.type() === "log" && said.push(message.text()));
  const box = page.getByRole("checkbox", { name: PROFILE_LABEL });
  await box.click();
  await page.getByText("Agreed, recorded by staff,").waitFor();
  await box.click();
  await page.getByText("Opted out, recorded by staff,").waitFor();
  await text(here, "STOP");
  await box.click();
  await page.getByRole("alert").filter({ hasText: "START" }).waitFor();
  assert.deepEqual(said, ["provided", "opted_out", "start_reply_required"]);
  await leave(page);
});

test("facility software of another origin hears of what the elements do, and gives them its colours", async (t) => {
  const here = await facility();
  const html = `<!doctype html><html lang="en"><title>Facility software</title><h1>Ada</h1>
    <style>my-panel { --consent-accent: rgb(200, 0, 100); } * { color: red; }</style>
    <script type="module" src="${stack.api}/elements/consent.js"></script>
    <my-panel></my-panel>
    <script type="module">
      globalThis.heard = [];
      // The events leave the shadow roots of the page's own elements, too.
      const root = document.querySelector("my-panel").attachShadow({ mode: "open" });
      const profile = Object.assign(document.createElement("consent-profile"), { token: async () => ${JSON.stringify(stack.tokens.staff)} });
      for (const [name, value] of [["api", "${stack.api}/"], ["facility", "${here.id}"], ["tenant", "ada"]]) profile.setAttribute(name, value);
      root.append(profile);
      for (const name of ["consent-changed", "consent-error"]) document.body.addEventListener(name, (event) => heard.push([name, event.detail.status, event.detail.code ?? null]));
    </script>`;
  const at = await site(t, (_, response) => response.setHeader("content-type", "text/html").end(html));
  const page = await open("", { token: "", at });
  const box = page.getByRole("checkbox", { name: PROFILE_LABEL });
  await box.click();
  await page.getByText("Agreed, recorded by staff,").waitFor();
  assert.equal(await box.evaluate((it) => getComputedStyle(it).backgroundColor), "rgb(200, 0, 100)");
  await box.click();
  await page.getByText("Opted out, recorded by staff,").waitFor();
  await text(here, "STOP");
  await box.click();
  await page.getByRole("alert").filter({ hasText: "START" }).waitFor();
  assert.deepEqual(await page.evaluate(() => globalThis.heard), [
    ["consent-changed", "provided", null],
    ["consent-changed", "opted_out", null],
    ["consent-error", 409, "start_reply_required"],
  ]);
  await leave(page);
});

test("no site may show a page in a frame that the parameter does not name", async (t) => {
  const at = await site(t, (_, response) => response.setHeader("content-type", "text/html").end(`<!doctype html><iframe src="${stack.api}/portal"></iframe>`));
  const page = await open("", { token: "", at });
  await page.waitForFunction(() => frames.length === 1);
  await page.waitForTimeout(500);
  assert.match(page.frames()[1].url(), /^chrome-error:/);
  assert.ok(page.wrong.some((it) => it.includes("frame-ancestors")), page.wrong.join());
  await page.context().close();
});

test("files come compressed, and with a name that is kept for good", async () => {
  const page = await (await fetch(`${stack.api}/staff/demo/report`)).text();
  const [name] = /\/elements\/consent-[0-9a-f]{16}\.js/.exec(page);
  const kept = await fetch(stack.api + name, { headers: { "accept-encoding": "gzip" } });
  assert.equal(kept.headers.get("content-encoding"), "gzip");
  assert.match(kept.headers.get("cache-control"), /immutable/);
  assert.match(await kept.text(), /define\("consent-profile"/);
  const embedded = await fetch(`${stack.api}/elements/consent.js`);
  assert.equal(embedded.headers.get("cache-control"), "no-cache");
  const again = await fetch(`${stack.api}/elements/consent.js`, { headers: { "if-none-match": embedded.headers.get("etag") } });
  assert.equal(again.status, 304);
});

test("a lost connection says so, undoes the click, and recovers by itself", async () => {
  const here = await facility();
  const page = await open(here.staff);
  const box = page.getByRole("checkbox", { name: PROFILE_LABEL });
  await box.waitFor();
  await page.context().setOffline(true);
  await box.click();
  await page.getByText("Not saved: the connection was lost. Try again.").waitFor();
  assert.equal(await box.isChecked(), false);
  await page.getByText("Connection lost. Trying again.").first().waitFor();
  await look(page, "profile-connection-lost", "Connection lost. Trying again.");
  await page.context().setOffline(false);
  await page.getByText("Connection lost. Trying again.").first().waitFor({ state: "hidden" });
  await box.click();
  await page.getByText("recorded that the customer agreed").first().waitFor();
  await leave(page);
});

test("a service that is busy is asked again when it says, and a click on it is undone and says so", async () => {
  const here = await facility();
  const page = await open(here.staff);
  const box = page.getByRole("checkbox", { name: PROFILE_LABEL });
  await box.waitFor();
  const asked = [];
  const refused = { status: 503, headers: { "retry-after": "3" }, json: { status: 503, code: "unavailable", title: "Service Unavailable", detail: "Later." } };
  await page.route("**/consent", (route) => {
    if (route.request().method() === "GET") asked.push(Date.now());
    return route.fulfill(refused);
  });
  await box.click();
  await page.getByText("Not done: the service does not answer at the moment. Try again.").waitFor();
  assert.equal(await box.isChecked(), false);
  await page.getByText("The service does not answer at the moment. Trying again.").first().waitFor();
  await look(page, "profile-service-away", "The service does not answer at the moment.");
  while (asked.length < 2) await page.waitForTimeout(100);
  assert.ok(asked[1] - asked[0] >= 2_900, `${asked[1] - asked[0]} ms`);
  await page.unroute("**/consent");
  await page.getByText("The service does not answer at the moment. Trying again.").first().waitFor({ state: "hidden" });
  await box.click();
  await page.getByText("recorded that the customer agreed").first().waitFor();
  await leave(page);
});

test("where the page's own server cannot give a token, the elements try again", async () => {
  const page = await open("/staff/demo/report");
  await page.locator("consent-report tbody tr").first().waitFor();
  await page.evaluate((token) => {
    const element = document.createElement("consent-report");
    element.setAttribute("facility", "demo");
    let count = 0;
    element.token = async () => {
      count += 1;
      if (count === 1) throw new TypeError("Failed to fetch");
      return token;
    };
    document.querySelector("main").replaceChildren(element);
  }, stack.tokens.staff);
  await page.getByText("Connection lost. Trying again.").waitFor();
  await page.getByRole("link", { name: "Ada Moreno" }).or(page.getByText("Ada Moreno")).waitFor();
  await page.getByText("Connection lost. Trying again.").waitFor({ state: "hidden" });
  await leave(page);
});

test("on the portal, too, an ended session says so and keeps what is shown", async () => {
  const here = await facility();
  const page = await open("/portal", { token: token({ sub: "ada", scope: "portal", "facility-id": here.id, "tenant-id": "ada", ttl: 3 }) });
  const box = page.getByRole("checkbox", { name: PORTAL_LABEL });
  await box.waitFor();
  await page.waitForTimeout(3_200);
  await box.click();
  await page.getByText("Your session has ended.").waitFor();
  assert.equal(await box.isChecked(), false);
  await look(page, "portal-session-ended", "Your session has ended.");
  await leave(page);
});

test("what was typed for a text stays when the connection is lost, and leaves once when it is back", async () => {
  const here = await facility();
  await api("PUT", `${here.path}/consent`, { consented: true });
  const page = await open(`${here.staff}/texts`);
  await page.getByLabel("Your text").fill("The gate code is new.");
  // The service takes it, and the answer is lost.
  await page.route("**/messages", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Not saved: the connection was lost. Try again.").waitFor();
  assert.equal(await page.getByLabel("Your text").inputValue(), "The gate code is new.");
  await page.unroute("**/messages");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction(() => document.querySelector("consent-thread").shadowRoot.querySelector("textarea").value === "");
  const sent = await (await fetch(stack.outbox)).json();
  assert.equal(sent.filter((it) => it.to === here.phone).length, 1);
  await leave(page);
});

test("what is typed into the search while a file is on its way is searched for", async () => {
  const page = await open("/staff/demo/report");
  const rows = page.locator("consent-report tbody tr");
  await rows.first().waitFor();
  let go;
  const later = new Promise((resolve) => {
    go = resolve;
  });
  await page.route("**/consent-report?*", async (route) => {
    if (route.request().headers().accept === "text/csv") await later;
    return route.continue();
  });
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download", exact: true }).click();
  await page.getByLabel("Search name, phone or unit").fill("moreno");
  await page.waitForTimeout(500);
  go();
  await download;
  await page.waitForFunction(() => document.querySelector("consent-report").shadowRoot.querySelectorAll("tbody tr").length === 1);
  await leave(page);
});

// Each page in its states: what it shows, what goes wrong, and how it recovers.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, test } from "node:test";

import { NOTICE, PORTAL_LABEL, PROFILE_LABEL, START_NOTE, again, api, close, facility, leave, look, number, open, register, stack, text, token } from "./talk.js";

after(close);

const agreed = (here) => api("PUT", `${here.path}/consent`, { consented: true });

test("new tenants: the profile, the portal, and the history of what happens next", async () => {
  const here = await facility();
  const page = await open(here.staff);
  await page.getByText("Nothing has been recorded yet.").waitFor();
  await look(page, "profile-not-provided", PROFILE_LABEL, "No texts", "Has not agreed yet");
  const portal = await open("/portal", { token: here.portal });
  await portal.getByText(START_NOTE).waitFor();
  await look(portal, "portal-not-provided", PORTAL_LABEL, "Account Information", "Contact Information");
  await page.getByRole("checkbox", { name: PROFILE_LABEL }).click();
  await page.getByText("staff@example.com recorded that the customer agreed.").first().waitFor();
  const time = page.locator("consent-history time").first();
  assert.equal(await time.getAttribute("title"), await time.getAttribute("datetime"), "the exact time, in UTC");
  await page.getByText("Details").first().click();
  await look(page, "profile-history", "Words shown", PROFILE_LABEL);
  const [evidence] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Evidence page" }).click()]);
  assert.equal(evidence.suggestedFilename(), "consent-evidence-ada.html");
  assert.ok(readFileSync(await evidence.path(), "utf8").includes(PROFILE_LABEL));
  await leave(portal);
  await leave(page);
});

test("a withdrawal that came in another way is recorded on the profile", async () => {
  const here = await facility();
  await agreed(here);
  const page = await open(here.staff);
  await page.getByText("The customer opted out in another way").click();
  await page.getByLabel("How").selectOption("letter");
  await look(page, "profile-other-way", "Record the opt-out");
  await page.getByRole("button", { name: "Record the opt-out" }).click();
  await page.getByText("Opted out, recorded by staff,").waitFor();
  await page.getByText("staff@example.com recorded that the customer opted out by letter.").first().waitFor();
  assert.equal((await api("GET", `${here.path}/consent`)).body.status, "opted_out");
  await leave(page);
});

test("two-way texting: both ways, the notice at the bottom, and what was typed stays where a send is refused", async () => {
  const here = await facility();
  const page = await open(`${here.staff}/texts`);
  await page.getByText(NOTICE).waitFor();
  assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled());
  const [log, notice] = await Promise.all([page.getByRole("log").boundingBox(), page.getByText(NOTICE).boundingBox()]);
  assert.ok(notice.y > log.y + log.height, "at the bottom");
  await look(page, "texts-not-agreed", NOTICE, "No texts yet.");
  await agreed(here);
  for (let count = 0; count < 12; count += 1) await text(here, `Is the gate open at ${count}? I come with a truck and would need some time.`);
  await again(page);
  const write = page.getByLabel("Your text");
  await write.fill("Yes, until nine.\nSee you!");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("log").getByText("Yes, until nine.").waitFor();
  assert.equal(await write.inputValue(), "");
  const sent = await (await fetch(stack.outbox)).json();
  assert.ok(sent.some((it) => it.to === here.phone && it.body.startsWith("Yes, until nine.")));
  const end = await page.getByRole("log").evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);
  assert.ok(end < 40, "scrolled to the newest");
  await look(page, "texts", "Yes, until nine.");
  await write.fill("One more thing");
  await text(here, "STOP");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
  assert.equal(await write.inputValue(), "One more thing");
  await look(page, "texts-refused", "One more thing", NOTICE);
  await leave(page);
});

test("notifications: dashes without consent, choices with it, and what was chosen comes back", async () => {
  const here = await facility();
  const page = await open(`${here.staff}/notifications`);
  const channel = page.getByRole("checkbox", { name: "Text", exact: true });
  await channel.waitFor();
  assert.ok(await channel.isDisabled());
  assert.equal(await page.getByText("—").count(), 7);
  await look(page, "notifications-dash", "Payment reminder", "not available");
  await agreed(here);
  await again(page);
  await channel.click();
  const late = page.getByRole("checkbox", { name: "Late notice: Text" });
  await late.click();
  await look(page, "notifications", "Late notice");
  const preferences = async () => (await api("GET", `${here.path}/notification-preferences`)).body;
  assert.equal((await preferences()).channels.text, true);
  assert.equal((await preferences()).templates.find((it) => it.id === "late_notice").text, "on");
  await api("PUT", `${here.path}/consent`, { consented: false });
  await page.getByRole("checkbox", { name: "Gate access: Text" }).click();
  await page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
  // Undone, and shown as it is now.
  await page.getByText("—").nth(6).waitFor();
  await look(page, "notifications-refused", "alert");
  await leave(page);
});

test("the report: search, filter, pages, totals, downloads", async () => {
  const page = await open("/staff/demo/report");
  const rows = page.locator("consent-report tbody tr");
  await rows.first().waitFor();
  await look(page, "report", "Customer Consent Status", "Ada Moreno", "Provided Consent");
  await page.getByLabel("Search name, phone or unit").pressSequentially("mor", { delay: 20 });
  await page.waitForFunction(() => document.querySelector("consent-report").shadowRoot.querySelectorAll("tbody tr").length === 1);
  assert.match(await rows.first().textContent(), /Ada Moreno/);
  await page.getByLabel("Search name, phone or unit").fill("nobody at all");
  await page.getByText("No customer matches.").filter({ visible: true }).last().waitFor();
  await look(page, "report-nobody", "No customer matches.");
  await page.getByLabel("Search name, phone or unit").fill("");
  await page.getByLabel("Status", { exact: true }).selectOption("opted_out");
  await page.waitForFunction(() => {
    const found = [...document.querySelector("consent-report").shadowRoot.querySelectorAll("tbody .chip:not(.warn)")];
    return found.length > 1 && found.every((it) => it.textContent === "Opted out");
  });
  const saved = async (name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name, exact: true }).click()]);
    return readFileSync(await download.path(), "utf8");
  };
  const csv = await saved("Download");
  assert.match(csv, /^tenant_id,name,cell_phone,units,/);
  assert.match(csv, /,\+15125550172,/);
  const excel = await saved("Download for Excel");
  assert.ok(excel.startsWith("\uFEFFtenant_id,name"));
  assert.match(excel, /,"=""\+15125550172""","=""C070;C071""",/);
  assert.equal(excel.split("\r\n").length, csv.split("\n").length);
  await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: `${process.env.SCREENS_PICTURES}/report-print.png`, fullPage: true });
  await page.emulateMedia({ media: null });
  await rows.first().getByRole("link").click();
  await page.getByRole("checkbox", { name: PROFILE_LABEL }).waitFor();
  assert.match(page.url(), /\/staff\/demo\/tenants\/[\w-]+$/);
  await page.goBack();
  await rows.first().waitFor();
  await leave(page);
});

test("a long report is turned page by page", async () => {
  const here = await facility();
  await Promise.all(Array.from({ length: 60 }, (_, index) => register(here, `t${index}`, `Tenant ${String(index).padStart(2, "0")}`, number())));
  const page = await open(`/staff/${here.id}/report`);
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("Page 2").waitFor();
  await page.getByText("Tenant 59").waitFor();
  await page.getByRole("button", { name: "Previous" }).click();
  await page.getByText("Ada Moreno").waitFor();
  await leave(page);
});

test("the programme is public and says what carriers ask for", async () => {
  const page = await open("/programs/demo", { token: "" });
  await page.getByRole("heading", { level: 1, name: /Demo Self Storage/ }).waitFor();
  await look(page, "program", PORTAL_LABEL, PROFILE_LABEL, "STOP", "HELP", "Message and data rates may apply.");
  await leave(page);
});

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

test("facility software of another origin embeds the elements and hears of what they do", async (t) => {
  const here = await facility();
  const html = `<!doctype html><html lang="en"><title>Facility software</title><h1>Ada</h1>
    <style>consent-profile { --consent-accent: rgb(200, 0, 100); } * { color: red; }</style>
    <script type="module" src="${stack.api}/elements/consent.js"></script>
    <consent-profile api="${stack.api}" facility="${here.id}" tenant="ada"></consent-profile>
    <script type="module">
      globalThis.heard = [];
      const profile = document.querySelector("consent-profile");
      profile.token = async () => ${JSON.stringify(stack.tokens.staff)};
      for (const name of ["consent-changed", "consent-error"]) document.body.addEventListener(name, (event) => heard.push([name, event.detail.status, event.detail.code ?? null]));
    </script>`;
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html)).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address();
  const page = await open("", { token: "", at: `http://127.0.0.1:${port}/` });
  const box = page.getByRole("checkbox", { name: PROFILE_LABEL });
  await box.click();
  await page.getByText("Agreed, recorded by staff,").waitFor();
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
  assert.equal(await box.evaluate((it) => getComputedStyle(it).accentColor), "rgb(200, 0, 100)");
  await leave(page);
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

test("a hostile name is a name, everywhere", async () => {
  const name = `<img src=x onerror=alert(1)> \u202Egro.live\u202C ${"W".repeat(150)}`.slice(0, 200);
  const here = await facility({ tenant: name, name: `<b onclick=x>${name}`.slice(0, 200) });
  await text(here, `${"<script>alert(1)</script>".repeat(4)} \u202Etfel${"M".repeat(300)}`);
  await text(here, "STOP");
  for (const [path, state] of [[here.staff, "profile"], [`${here.staff}/texts`, "texts"], [`${here.staff}/notifications`, "notifications"], [`/staff/${here.id}/report`, "report"], [`/programs/${here.id}`, "program"]]) {
    const page = await open(path, { token: path.startsWith("/programs") ? "" : stack.tokens.staff });
    const dialogs = [];
    page.on("dialog", (dialog) => dialogs.push(dialog.message()));
    await page.getByText("onerror=alert(1)").first().waitFor();
    await look(page, `hostile-${state}`);
    assert.deepEqual(dialogs, []);
    assert.equal(await page.locator("img").count(), 0);
    await leave(page);
  }
});

test("the portal speaks the browser's language; the words that are recorded stay as they are", async () => {
  const here = await facility();
  const page = await open("/portal", { token: here.portal, locale: "es-US" });
  await page.getByText("Información de contacto").waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "es");
  await look(page, "portal-spanish", "Teléfono celular", PORTAL_LABEL, START_NOTE);
  await page.getByRole("checkbox", { name: PORTAL_LABEL }).click();
  await page.getByText("Recibirá mensajes de texto de este almacén.").first().waitFor();
  await leave(page);
});

test("with twice the text size nothing is cut off", async () => {
  for (const [path, ready] of [["/staff/demo/tenants/t-lopez", PROFILE_LABEL], ["/staff/demo/report", "Ada Moreno"], ["/staff/demo/tenants/t-lopez/texts", "Your text"]]) {
    const page = await open(path, { width: 1280 });
    await page.getByText(ready).first().waitFor();
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `${path} ${wider}`);
    await leave(page);
  }
});

test("the switchboard: a text from the tenant's phone changes both screens within a second", async () => {
  const page = await open("/", { token: "" });
  await page.getByRole("checkbox", { name: PROFILE_LABEL }).waitFor();
  await page.getByLabel("Tenant", { exact: true }).selectOption("t-kaplan").catch(() => {});
  await page.getByRole("checkbox", { name: PROFILE_LABEL }).waitFor();
  await look(page, "switchboard", PROFILE_LABEL, PORTAL_LABEL);
  const began = Date.now();
  await page.getByRole("button", { name: "STOP", exact: true }).click();
  await page.locator("consent-profile").getByText("Opted out by text message,").waitFor();
  await page.locator("consent-portal").getByText("You opted out by text message.").waitFor();
  const took = Date.now() - began;
  assert.ok(took < 1_000, `${took} ms`);
  await page.getByText("Answered:").waitFor();
  await page.getByRole("button", { name: "START", exact: true }).click();
  await page.locator("consent-profile").getByText("Agreed by text message,").waitFor();
  await look(page, "switchboard-texted", "Answered:");
  await leave(page);
});

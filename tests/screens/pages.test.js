// Each page in its states: what it shows, and what it hands out.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";

import { NOTICE, PORTAL_LABEL, PROFILE_LABEL, START_NOTE, again, api, close, facility, leave, look, open, stack, text } from "./talk.js";

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
  const [title, exact] = [await time.getAttribute("title"), await time.getAttribute("datetime")];
  assert.equal(title, exact, "the exact time, in UTC");
  assert.match(title, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const local = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short", timeZone: "America/Chicago" });
  assert.equal((await time.textContent()).replaceAll(/\s/g, " "), local.format(new Date(exact)).replaceAll(/\s/g, " "), "in the reader's time zone");
  await page.getByText("Details").first().click();
  await look(page, "profile-history", "Words shown", PROFILE_LABEL);
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
  assert.ok(!(await page.getByText("The customer opted out in another way").isVisible()), "nothing more would be recorded");
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
  await page.locator("tr:has-text('Gate access') + tr").getByRole("alert").filter({ hasText: /has not agreed/ }).waitFor();
  // Undone, and shown as it is now.
  await page.getByText("—").nth(6).waitFor();
  await look(page, "notifications-refused", "alert");
  await leave(page);
});

/** What is printed says what it is of, and has no controls; then the screen is as it was. */
async function printed(page, about, name) {
  await page.evaluate(() => {
    globalThis.print = () => {};
  });
  await page.getByRole("button", { name: "Print" }).click();
  const line = page.locator("consent-report .printed").filter({ hasText: about });
  await line.waitFor({ state: "attached" });
  // US letter with margins.
  await page.setViewportSize({ width: 718, height: 900 });
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  assert.ok(await line.isVisible());
  assert.ok(await page.locator("consent-report tbody tr").first().isVisible());
  assert.ok(!(await page.getByRole("button", { name: "Download", exact: true }).isVisible()));
  assert.ok((await page.locator("consent-report table").evaluate((it) => it.getBoundingClientRect().right)) <= 718);
  await page.screenshot({ path: `${process.env.SCREENS_PICTURES}/${name}.png`, fullPage: true });
  await page.emulateMedia({ media: null });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  const [, matching] = /Customers: (\d+)/.exec(await line.textContent());
  assert.equal(await page.locator("consent-report tbody tr").count(), Number(matching));
}

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
  await printed(page, "Demo Self Storage, Austin · Customers: ", "report-print");
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
  await printed(page, "Demo Self Storage, Austin · Opted out · Customers: 11", "report-print-opted-out");
  await rows.first().getByRole("link").click();
  await page.getByRole("checkbox", { name: PROFILE_LABEL }).waitFor();
  assert.match(page.url(), /\/staff\/demo\/tenants\/[\w-]+$/);
  await page.goBack();
  await rows.first().waitFor();
  await leave(page);
});

test("the programme is public and says what carriers ask for", async () => {
  const page = await open("/programs/demo", { token: "" });
  await page.getByRole("heading", { level: 1, name: /Demo Self Storage/ }).waitFor();
  await look(page, "program", PORTAL_LABEL, PROFILE_LABEL, "STOP", "HELP", "Message and data rates may apply.");
  await page.getByRole("link", { name: "Español" }).click();
  await page.getByRole("heading", { level: 1, name: /Mensajes de texto de Demo Self Storage/ }).waitFor();
  await look(page, "program-spanish", PORTAL_LABEL, "Cómo darse de baja", "STOP", "Recordatorio de pago");
  await leave(page);
  const spanish = await open("/programs/demo", { token: "", locale: "es-MX" });
  await spanish.getByRole("heading", { name: "Cómo aceptar" }).waitFor();
  await leave(spanish);
});

test("the history opens the page of evidence in a tab of its own, to print, and saves the signed pack", async () => {
  const here = await facility({ tenant: "Ada <script>alert(1)</script> Moreno" });
  await agreed(here);
  const page = await open(here.staff);
  const [tab] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "Evidence page" }).click()]);
  await tab.getByRole("heading", { name: "Evidence of consent to text messages" }).waitFor();
  await tab.getByText(PROFILE_LABEL).waitFor();
  assert.match(tab.url(), /^blob:/);
  assert.equal(await tab.evaluate(() => opener), null);
  assert.match(await tab.evaluate(() => getComputedStyle(document.body).fontFamily), /Georgia/, "it has its style");
  assert.equal(await tab.locator("script").count(), 0);
  await look(tab, "evidence", PROFILE_LABEL, "What happened", "How to check");
  const saved = async (of, click) => {
    const [download] = await Promise.all([of.waitForEvent("download"), click.click()]);
    return [download.suggestedFilename(), JSON.parse(readFileSync(await download.path(), "utf8"))];
  };
  const [, attached] = await saved(tab, tab.getByRole("link", { name: "pack.json" }));
  assert.equal(attached.format, "consent-evidence/1");
  const [name, pack] = await saved(page, page.getByRole("button", { name: "Signed evidence (JSON)" }));
  assert.equal(name, "consent-evidence-ada.json");
  assert.equal(pack.records[0].disclosure, PROFILE_LABEL);
  // Where it is refused, no empty tab stays.
  await page.route("**/consent/evidence", (route) => route.fulfill({ status: 503, json: { code: "unavailable", detail: "Later." } }));
  await page.getByRole("button", { name: "Evidence page" }).click();
  await page.getByRole("alert").filter({ hasText: "Not done: the service does not answer" }).waitFor();
  assert.equal(page.context().pages().length, 2);
  await leave(page);
});

test("long evidence comes in parts, one after the other", async () => {
  const here = await facility();
  const page = await open(here.staff);
  const parts = { "": ["The first part", '<?as_of=2026-11-27T00:00:00Z&part=2>; rel="next"'], "?as_of=2026-11-27T00:00:00Z&part=2": ["The second part", ""] };
  await page.route("**/consent/evidence*", (route) => {
    const [body, link] = parts[new URL(route.request().url()).search];
    return route.fulfill({ contentType: "text/html", body: `<html><head></head><p>${body}</p></html>`, headers: link && { link } });
  });
  for (const [button, words] of [[/^Evidence page \(/, "The first part"], ["Evidence page, part 2", "The second part"]]) {
    const [tab] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: button }).click()]);
    await tab.getByText(words).waitFor();
  }
  await page.getByRole("button", { name: "Evidence page, part 2" }).waitFor({ state: "hidden" });
  await leave(page);
});

/** Whether words of a sentence of the history are on the screen from left to right. */
function runsRight(page, words) {
  return page.locator("consent-history .held p").evaluate((sentence, wanted) => {
    const texts = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const at = node.data.indexOf(wanted);
      if (at < 0) continue;
      const [first, second] = [at, at + 1].map((from) => {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, from + 1);
        return range.getBoundingClientRect().left;
      });
      return first < second;
    }
    return false;
  }, words);
}

test("a hostile name is a name, everywhere", async () => {
  const name = `<img src=x onerror=alert(1)> \u202Egro.live\u202C ${"W".repeat(150)}`.slice(0, 200);
  const here = await facility({ tenant: name, name: `<b onclick=x>${name}`.slice(0, 200) });
  await text(here, `You have the wrong number ${"<script>alert(1)</script>".repeat(4)} \u202Etfel${"M".repeat(300)}`);
  await text(here, "STOP");
  for (const [path, state] of [[here.staff, "profile"], [`${here.staff}/texts`, "texts"], [`${here.staff}/notifications`, "notifications"], [`/staff/${here.id}/report`, "report"], [`/programs/${here.id}`, "program"]]) {
    const page = await open(path, { token: path.startsWith("/programs") ? "" : stack.tokens.staff });
    const dialogs = [];
    page.on("dialog", (dialog) => dialogs.push(dialog.message()));
    await page.getByText("onerror=alert(1)").first().waitFor();
    await look(page, `hostile-${state}`);
    assert.deepEqual(dialogs, []);
    assert.equal(await page.locator("img").count(), 0);
    if (state === "profile") assert.ok(await runsRight(page, "Texts are on hold"), "a mark in a text turns the sentence around");
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

test("the staff's pages speak Spanish; labels, notices and reasons stay as they are", async () => {
  const here = await facility();
  await text(here, "You have the wrong number");
  const pages = [
    [here.staff, "profile", "Los textos están en espera."],
    [`${here.staff}/texts`, "texts", "Por leer"],
    [`${here.staff}/notifications`, "notifications", "Preferencias de avisos automáticos"],
    [`/staff/${here.id}/reviews`, "reviews", "No es una baja"],
    ["/staff/demo/report", "report", "Descargar para Excel"],
  ];
  for (const [path, name, words] of pages) {
    const page = await open(path, { locale: "es-US" });
    await page.getByText(words).first().waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "es");
    await look(page, `spanish-${name}`, words);
    await leave(page);
  }
  const page = await open("/staff/demo/report", { token: "", locale: "es-US" });
  await page.getByText("No ha iniciado sesión").waitFor();
  await look(page, "spanish-no-token", "Esta página se abrió sin acceso.");
  await leave(page);
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

// How the tests of the screens speak: with the service, as a phone, and as somebody at a browser.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const { SCREENS_TOOLS, SCREENS_BROWSER, SCREENS_STACK, SCREENS_PICTURES, SCREENS_DEV } = process.env;
const require = createRequire(`${SCREENS_TOOLS}/`);
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const stack = JSON.parse(readFileSync(SCREENS_STACK, "utf8"));
export const PROFILE_LABEL = "This customer agrees to receive text message communications from this facility.";
export const PORTAL_LABEL = "I agree to receive text message communications from this facility.";
export const START_NOTE = "Please reply START to receive communications via text messages.";
export const NOTICE = "This customer has not agreed to receive text message communications.";

/** A request with the staff's token, unless another is given. */
export async function api(method, path, body, token = stack.tokens.staff) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(stack.api + path, { method, headers, body: body && JSON.stringify(body) });
  return { status: response.status, body: await response.json().catch(() => null) };
}

async function done(method, path, body) {
  const answer = await api(method, path, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

let numbers = 0;
// The files of tests run in processes of their own, against one service.
const BASE = 2_000_000 + (process.pid % 7_000) * 1_000;
/** A number that nobody else has. */
export function number() {
  numbers += 1;
  return `+1737${BASE + numbers}`;
}

/** A facility of its own with one tenant, Ada. */
export async function facility({ twoWay = true, name = "Main Street Storage", tenant = "Ada Moreno", phone = number(), ...rest } = {}) {
  numbers += 1;
  const id = `s${BASE + numbers}`;
  const to = number();
  const about = { name, two_way_texting: { enabled: twoWay, number: to }, help_contact: "call 512-555-0199", ...rest };
  await done("PUT", `/v1/facilities/${id}`, about);
  const here = { id, to, phone, path: `/v1/facilities/${id}/tenants/ada`, about };
  await register(here, "ada", tenant, phone);
  here.staff = `/staff/${id}/tenants/ada`;
  here.portal = token({ sub: "ada", scope: "portal", "facility-id": id, "tenant-id": "ada" });
  return here;
}

export async function register({ id }, tenant, name, phone, createdOn = "2024-05-01") {
  await done("PUT", `/v1/facilities/${id}/tenants/${tenant}`, { name, cell_phone: phone, units: ["A12"], created_on: createdOn });
}

/** Switches two-way texting. */
export async function twoWay(here, enabled) {
  await done("PUT", `/v1/facilities/${here.id}`, { ...here.about, two_way_texting: { enabled, number: here.to } });
}

/** A text to the facility, as Twilio delivers it. */
export async function text(here, body, from = here.phone) {
  const url = `${stack.twilio.base_url}/v1/sms/twilio`;
  const form = { Body: body, From: from, MessageSid: `SM${randomBytes(16).toString("hex")}`, To: here.to };
  const signed = url + Object.keys(form).sort().map((it) => it + form[it]).join("");
  const signature = createHmac("sha1", stack.twilio.auth_token).update(signed).digest("base64");
  const headers = { "x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded" };
  const response = await fetch(url, { method: "POST", headers, body: new URLSearchParams(form) });
  assert.equal(response.status, 200, body);
}

/** A token, by the claims that `cargo dev token` takes. */
export function token(claims) {
  const flags = Object.entries(claims).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return execFileSync(SCREENS_DEV, ["token", "--stack", SCREENS_STACK, ...flags], { encoding: "utf8" }).trim();
}

const browser = await chromium.launch({ executablePath: SCREENS_BROWSER, args: ["--no-sandbox", "--disable-gpu"] });
export const close = () => browser.close();

/** A page of somebody's own browser. What goes wrong in it fails the test, unless it is a refusal that was asked for. */
export async function open(path, { token = stack.tokens.staff, locale = "en-US", width = 1440, at = stack.api, ...options } = {}) {
  const context = await browser.newContext({ locale, timezoneId: "America/Chicago", viewport: { width, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  page.wrong = [];
  page.on("pageerror", (error) => page.wrong.push(String(error)));
  page.on("console", (message) => {
    const expected = /status of (4\d\d|503)|ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(message.text());
    if (message.type() === "error" && !expected) page.wrong.push(message.text());
  });
  await page.goto(at + path + (token ? `#token=${token}` : ""));
  return page;
}

/** Ends somebody's visit. */
export async function leave(page) {
  assert.deepEqual(page.wrong, []);
  await page.context().close();
}

const SIZES = [
  { width: 320, height: 720, colorScheme: "light" },
  { width: 320, height: 720, colorScheme: "dark" },
  { width: 768, height: 1024, colorScheme: "light" },
  { width: 1440, height: 900, colorScheme: "dark" },
  { width: 1440, height: 900, colorScheme: "light" },
];

/** Looks at a state in each size and colour: nothing is wider than the screen, axe finds nothing, and a picture is kept.
 * The tree that assistive technologies get is kept as well, and has all of `words`. */
export async function look(page, name, ...words) {
  for (const { width, height, colorScheme } of SIZES) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    const what = `${name}-${width}-${colorScheme}`;
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.screenshot({ path: `${SCREENS_PICTURES}/${what}.png`, fullPage: true });
    assert.ok(wider <= 0, `${what} is wider than the screen by ${wider}`);
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((it) => [...(it.shadowRoot?.querySelectorAll(".scroll") ?? [])].map((table) => table.scrollWidth - table.clientWidth)));
    assert.ok(cut.every((it) => it <= 0), `${what} has a table that is wider than its place by ${cut}`);
    await accessible(page, what);
  }
  const tree = await page.locator("body").ariaSnapshot();
  writeFileSync(`${SCREENS_PICTURES}/${name}.aria.yml`, tree);
  for (const word of words) assert.ok(tree.includes(word), `${name}: ${word} is not in\n${tree}`);
}

async function accessible(page, what) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return violations.map((it) => `${it.id}: ${it.nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary}`).join(" | ")}`);
  });
  assert.deepEqual(violations, [], what);
}

/** What each element shows is read again, as it is after a while. */
export async function again(page) {
  await page.evaluate(() => Promise.all([...document.querySelectorAll("*")].map((it) => it.refresh?.())));
}

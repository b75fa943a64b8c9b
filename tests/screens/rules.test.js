// Who may undo what, as clicks on both screens: rule for rule, what one may not click cannot be clicked and says why.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { PORTAL_LABEL, PROFILE_LABEL, START_NOTE, again, close, facility, leave, look, open, text, twoWay } from "./talk.js";

after(close);

const box = (page) => page.getByRole("checkbox", { name: page.label });

/** The profile and the portal of one tenant, each in a browser of its own. */
async function both(options) {
  const here = await facility(options);
  const staff = await open(here.staff);
  staff.label = PROFILE_LABEL;
  const tenant = await open("/portal", { token: here.portal });
  tenant.label = PORTAL_LABEL;
  await box(staff).waitFor();
  await box(tenant).waitFor();
  return { here, staff, tenant, end: () => Promise.all([leave(staff), leave(tenant)]) };
}

/** Clicks a box, and waits until it says what it shall. */
async function click(page, checked) {
  await box(page).click();
  await is(page, checked);
}

async function is(page, checked) {
  const waited = page.waitForFunction(
    ([label, wanted]) => {
      const found = [...document.querySelectorAll("*")].flatMap((it) => [...(it.shadowRoot?.querySelectorAll("label") ?? [])]).find((it) => it.textContent === label);
      const input = found?.control;
      return input?.checked === wanted && !input.hasAttribute("aria-busy");
    },
    [page.label, checked],
  );
  await waited.catch(async () => assert.fail(`not ${checked ? "checked" : "unchecked"}:\n${await page.locator("body").ariaSnapshot()}`));
}

async function shows(page, { checked, enabled, reason }) {
  await again(page);
  await is(page, checked);
  assert.equal(await box(page).isEnabled(), enabled, await page.locator("body").ariaSnapshot());
  if (reason) assert.match(await page.locator("body").ariaSnapshot(), reason);
}

const START_REQUIRED = /must reply START|reply START to the/;
const PORTAL_REQUIRED = /the customer must check the box on the tenant portal/;
const NO = { checked: false, enabled: false };
const MAY = { checked: false, enabled: true };
const YES = { checked: true, enabled: true };

for (const on of [true, false]) {
  const name = on ? "on" : "off";

  test(`opted out by staff, two-way texting ${name}: staff, tenant and START may undo it`, async () => {
    const { here, staff, tenant, end } = await both({ twoWay: on });
    await click(staff, true);
    await click(staff, false);
    await shows(tenant, MAY);
    await click(tenant, true);
    await shows(staff, YES);
    await click(staff, false);
    await text(here, "START");
    await shows(staff, on ? YES : MAY);
    if (!on) await click(staff, true);
    await end();
  });

  test(`opted out on the portal, two-way texting ${name}: the tenant alone may undo it, there`, async () => {
    const { here, staff, tenant, end } = await both({ twoWay: on });
    await click(tenant, true);
    await click(tenant, false);
    await shows(staff, { ...NO, reason: PORTAL_REQUIRED });
    await text(here, "START");
    await shows(staff, { ...NO, reason: PORTAL_REQUIRED });
    if (on) await look(staff, "profile-opted-out-portal", PROFILE_LABEL, "No texts");
    await click(tenant, true);
    await shows(staff, YES);
    await end();
  });
}

test("opted out by text, two-way texting on: START alone undoes it", async () => {
  const { here, staff, tenant, end } = await both({ twoWay: true });
  await click(staff, true);
  await look(staff, "profile-provided", PROFILE_LABEL, "Agreed, recorded by staff");
  await text(here, "STOP");
  await shows(staff, { ...NO, reason: START_REQUIRED });
  await shows(tenant, { ...NO, reason: START_REQUIRED });
  await look(staff, "profile-opted-out-text", PROFILE_LABEL, "must reply START");
  await look(tenant, "portal-opted-out-text", PORTAL_LABEL, START_NOTE);
  const link = tenant.getByRole("link", { name: /Text START to/ });
  const href = new URL(await link.getAttribute("href"));
  assert.deepEqual([href.protocol, href.pathname, href.searchParams.get("body")], ["sms:", here.to, "START"]);
  await text(here, "START");
  await shows(staff, YES);
  await shows(tenant, YES);
  await look(tenant, "portal-provided", PORTAL_LABEL);
  await end();
});

test("opted out by text, two-way texting off: the tenant may undo it on the portal", async () => {
  const { here, staff, tenant, end } = await both({ twoWay: false });
  await text(here, "STOP");
  await shows(staff, { ...NO, reason: PORTAL_REQUIRED });
  await text(here, "START");
  await shows(staff, { ...NO, reason: PORTAL_REQUIRED });
  await shows(tenant, MAY);
  await click(tenant, true);
  await shows(staff, YES);
  await end();
});

test("opted out by text and on the portal: the text first, and the portal then", async () => {
  const { here, staff, tenant, end } = await both({ twoWay: true });
  await click(tenant, true);
  await click(tenant, false);
  await text(here, "STOP");
  await shows(tenant, { ...NO, reason: START_REQUIRED });
  await text(here, "START");
  await shows(staff, { ...NO, reason: PORTAL_REQUIRED });
  await shows(tenant, MAY);
  await text(here, "STOP");
  await twoWay(here, false);
  await shows(staff, { ...NO, reason: PORTAL_REQUIRED });
  await shows(tenant, MAY);
  await click(tenant, true);
  await shows(staff, YES);
  await end();
});

test("without a cell phone neither box can be clicked, and both say so", async () => {
  const { staff, tenant, end } = await both({ phone: null });
  await shows(staff, { ...NO, reason: /no cell phone on file for this customer/ });
  await shows(tenant, { ...NO, reason: /no cell phone on file for you/ });
  await look(staff, "profile-no-phone", "None on file");
  await look(tenant, "portal-no-phone", "None on file");
  await end();
});

test("a click that is refused is undone, and the answer is beside it", async () => {
  const { here, staff, tenant, end } = await both({ twoWay: true });
  await text(here, "STOP");
  // Both pages are older than the STOP.
  for (const page of [staff, tenant]) {
    await box(page).click();
    const alert = page.getByRole("alert").filter({ hasText: "START" });
    await alert.waitFor();
    await shows(page, { ...NO, reason: START_REQUIRED });
    assert.ok(await alert.isVisible(), "it stays until the next click");
  }
  await look(staff, "profile-refused", "alert");
  await look(tenant, "portal-refused", "alert");
  await end();
});

test("everything by keyboard, with a focus that shows", async () => {
  const { staff, tenant, end } = await both({ twoWay: true });
  for (const page of [staff, tenant]) {
    for (let tabs = 0; tabs < 20 && !(await box(page).evaluate((it) => it.matches(":focus"))); tabs += 1) await page.keyboard.press("Tab");
    assert.ok(await box(page).evaluate((it) => it.matches(":focus-visible") && getComputedStyle(it).outlineStyle !== "none"));
    const before = await box(page).isChecked();
    await page.keyboard.press("Space");
    await is(page, !before);
    assert.ok(await box(page).evaluate((it) => it.matches(":focus")), "the focus stays");
    await again(page);
  }
  await end();
});

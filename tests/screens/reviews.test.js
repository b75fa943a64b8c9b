// Texts that a person has to read: what is held, what each decision does, and how one goes through a queue.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { PORTAL_LABEL, PROFILE_LABEL, again, api, close, facility, leave, look, number, open, register, text } from "./talk.js";

after(close);

const DOUBT = "You have the wrong number";
const agreed = ({ id }, tenant = "ada") => api("PUT", `/v1/facilities/${id}/tenants/${tenant}/consent`, { consented: true });

test("a text in doubt holds texts, and the profile says which text and where it is read", async () => {
  const here = await facility();
  await agreed(here);
  await text(here, DOUBT);
  const page = await open(here.staff);
  await page.getByText("Texts are on hold.").waitFor();
  await look(page, "profile-on-hold", DOUBT, "No texts", "On hold", PROFILE_LABEL);
  const texts = await open(`${here.staff}/texts`);
  await texts.getByText("To be read").waitFor();
  assert.ok(await texts.getByRole("button", { name: "Send" }).isDisabled());
  await look(texts, "texts-on-hold", DOUBT);
  await leave(texts);
  await page.getByRole("link", { name: "Read it and decide" }).click();
  await page.getByRole("button", { name: "Not an opt-out" }).click();
  await page.getByText("Nothing to read.").waitFor();
  assert.equal((await api("GET", `${here.path}/consent`)).body.can_text, true);
  await page.goBack();
  await page.getByText("saw no opt-out. The hold ended.").first().waitFor();
  await look(page, "profile-hold-lifted", "The hold ended.");
  await leave(page);
});

test("on hold the profile's box cannot grant, and says what comes first", async () => {
  const here = await facility();
  await text(here, DOUBT);
  const page = await open(here.staff);
  const box = page.getByRole("checkbox", { name: PROFILE_LABEL });
  await box.waitFor();
  assert.ok(await box.isDisabled());
  const view = (await api("GET", `${here.path}/consent`)).body;
  await page.getByText(view.profile.checkbox.reason).waitFor();
  await look(page, "profile-on-hold-not-provided", view.profile.checkbox.reason);
  const portal = await open("/portal", { token: here.portal });
  await portal.getByRole("checkbox", { name: PORTAL_LABEL }).click();
  await portal.getByText("You will receive text messages").first().waitFor();
  await again(page);
  await page.getByText("Texts are on hold.").waitFor({ state: "hidden" });
  await leave(portal);
  await leave(page);
});

test("a queue of forty is gone through by keyboard", async () => {
  const here = await facility();
  for (let index = 0; index < 40; index += 1) {
    const phone = number();
    await register(here, `t${index}`, `Tenant ${String(index).padStart(2, "0")}`, phone);
    if (index % 3 === 0) await agreed(here, `t${index}`);
    await text(here, index % 5 === 4 ? "Wrong number, stop" : DOUBT, phone);
  }
  const page = await open(`/staff/${here.id}/reviews`);
  await page.getByText("40 open").waitFor();
  await look(page, "reviews-queue", DOUBT, "Not an opt-out", "Decide by", "Lifts the hold.");
  const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.closest("li")?.querySelector("h3")?.textContent);
  await page.getByRole("button", { name: "Opt out", exact: true }).first().focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "Tenant 01");
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), "Tenant 00");
  await page.keyboard.press("Enter");
  await page.getByText("39 open").first().waitFor();
  await page.waitForFunction(() => document.activeElement?.shadowRoot?.activeElement?.closest("li")?.textContent?.includes("Tenant 01"));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("38 open").first().waitFor();
  assert.equal((await api("GET", `/v1/facilities/${here.id}/tenants/t0/consent`)).body.status, "opted_out");
  assert.equal((await api("GET", `/v1/facilities/${here.id}/tenants/t1/consent`)).body.hold, null);
  await page.getByRole("button", { name: "Seen" }).first().click();
  await page.getByText("37 open").first().waitFor();
  await page.getByRole("button", { name: "Decided" }).click();
  await page.getByText("Not an opt-out.").first().waitFor();
  await look(page, "reviews-decided", "Opted out.", "Seen.");
  // What was taken for no opt-out may be counted as one later.
  await page.getByRole("button", { name: "Opt out", exact: true }).first().click();
  await page.getByRole("button", { name: "Opt out", exact: true }).first().waitFor({ state: "hidden" });
  assert.equal((await api("GET", `/v1/facilities/${here.id}/tenants/t1/consent`)).body.status, "opted_out");
  await leave(page);
});

test("a note goes with the decision; a decision that somebody else made says so", async () => {
  const here = await facility({ tenant: `<img src=x onerror=alert(1)>${"W".repeat(170)}` });
  await text(here, `${DOUBT} <b>&amp;</b> \u202Ero`);
  const page = await open(`/staff/${here.id}/reviews`);
  await page.getByLabel("Note (optional)").fill("She moved in May.");
  await look(page, "hostile-reviews");
  const [review] = (await api("GET", `/v1/facilities/${here.id}/reviews`)).body.reviews;
  await api("PUT", `/v1/facilities/${here.id}/reviews/${review.review_id}`, { decision: "opt_out" });
  await page.getByRole("button", { name: "Not an opt-out" }).click();
  await page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
  assert.equal(await page.getByLabel("Note (optional)").inputValue(), "She moved in May.");
  await look(page, "reviews-refused", "alert");
  await leave(page);
});

test("a text that comes meanwhile takes nobody's words or place", async () => {
  const here = await facility();
  await text(here, DOUBT);
  const page = await open(`/staff/${here.id}/reviews`);
  const note = page.getByLabel("Note (optional)").first();
  await note.pressSequentially("She moved");
  const other = number();
  await register(here, "ben", "Ben Ortiz", other);
  await text(here, DOUBT, other);
  await again(page);
  await page.getByText("Ben Ortiz").waitFor();
  await page.keyboard.type(" in May.");
  assert.equal(await note.inputValue(), "She moved in May.");
  await leave(page);
});

test("nothing to read says so", async () => {
  const here = await facility();
  const page = await open(`/staff/${here.id}/reviews`);
  await page.getByText("Nothing to read. Every text has been decided.").waitFor();
  await look(page, "reviews-empty", "Nothing to read.");
  await leave(page);
});

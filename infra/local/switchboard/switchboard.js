// A member of staff and a tenant side by side, and the tenant's phone between them.

import { Client, h } from "/elements/consent.js";

/**
 * @template {HTMLElement} T
 * @param {string} id
 */
const by = (id) => /** @type {T} */ (document.getElementById(id));
const facility = /** @type {HTMLInputElement} */ (by("facility"));
const tenant = /** @type {HTMLSelectElement} */ (by("tenant"));
const from = /** @type {HTMLInputElement} */ (by("from"));
const to = /** @type {HTMLInputElement} */ (by("to"));
const body = /** @type {HTMLTextAreaElement} */ (by("body"));
const problem = by("problem");

/** Each tenant's number, by their id. @type {Map<string, string>} */
const numbers = new Map();
/** What is shown. @type {(HTMLElement & {refresh?: () => Promise<void>})[]} */
let shown = [];

/** @param {string} path */
async function read(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path.split("?")[0]} answers ${response.status}`);
  return response.json();
}

/** Shows what went wrong, or nothing.
 * @param {() => Promise<void>} work
 */
async function trying(work) {
  problem.hidden = true;
  try {
    await work();
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  }
}

/** The facility's tenants, to choose from. */
async function tenants() {
  const here = `/v1/facilities/${encodeURIComponent(facility.value)}`;
  const { staff } = await read(`/switchboard/tokens?facility=${encodeURIComponent(facility.value)}`);
  const client = new Client("", staff);
  to.value = (await client.send("GET", here)).data.two_way_texting.number ?? "";
  numbers.clear();
  const options = [];
  for (let next = ""; next !== null; ) {
    const { data } = await client.send("GET", `${here}/consent-report?limit=200${next && `&cursor=${encodeURIComponent(next)}`}`);
    for (const row of data.rows) {
      numbers.set(row.tenant_id, row.cell_phone ?? "");
      options.push(h("option", { value: row.tenant_id, selected: row.tenant_id === "t-ada" }, `${row.name} (${row.status.replaceAll("_", " ")})`));
    }
    next = data.next;
  }
  tenant.replaceChildren(...options);
  await chosen();
}

/** Shows the chosen tenant to both. */
async function chosen() {
  const person = { facility: facility.value, tenant: tenant.value };
  if (!person.tenant) throw new Error("This facility has no tenants yet.");
  const tokens = await read(`/switchboard/tokens?${new URLSearchParams(person)}`);
  from.value = numbers.get(person.tenant) ?? "";
  const place = `/staff/${encodeURIComponent(person.facility)}`;
  const common = { ...person, "reviews-href": `${place}/reviews#token=${tokens.staff}` };
  const put = (/** @type {string} */ where, /** @type {string} */ name, /** @type {string} */ token) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(common)) node.setAttribute(key, value);
    by(where).replaceChildren(Object.assign(node, { token }));
    return node;
  };
  shown = [
    put("staff", "consent-profile", tokens.staff),
    put("portal", "consent-portal", tokens.portal),
    put("thread", "consent-thread", tokens.staff),
    put("history", "consent-history", tokens.staff),
  ];
  const link = (/** @type {string} */ path, /** @type {string} */ token, /** @type {string} */ words) =>
    h("a", { href: token ? `${path}#token=${token}` : path, target: "_blank", rel: "noopener" }, words);
  const screens = `${place}/tenants/${encodeURIComponent(person.tenant)}`;
  by("links").replaceChildren(
    link(screens, tokens.staff, "Profile"),
    link(`${screens}/texts`, tokens.staff, "Two-way texting"),
    link(`${screens}/notifications`, tokens.staff, "Notifications"),
    link(`${place}/report`, tokens.staff, "Report"),
    link(`${place}/reviews`, tokens.staff, "Texts to read"),
    link("/portal", tokens.portal, "Portal"),
    link(`/programs/${encodeURIComponent(person.facility)}`, "", "Program"));
}

function refreshed() {
  for (const element of shown) void element.refresh?.();
}

/** Sends what is on the phone. */
async function text() {
  const response = await fetch("/switchboard/texts", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ from: from.value, to: to.value, body: body.value }),
  });
  const { status, answer } = response.ok ? await response.json() : { status: response.status, answer: null };
  by("answer").textContent = status === 200 ? (answer ? `Answered: ${answer}` : "Delivered. No answer.") : `The service answered ${status}.`;
}

/** Looks again whenever something may have changed, whoever did it. */
async function watching() {
  let count = 0;
  for (;;) {
    try {
      const changes = await read(`/switchboard/changes?after=${count}`);
      if (changes.count !== count) refreshed();
      count = changes.count;
    } catch {
      // The stack is gone for the moment; the elements say so.
      await new Promise((resume) => setTimeout(resume, 1_000));
    }
  }
}

by("person").addEventListener("submit", (event) => event.preventDefault());
facility.addEventListener("change", () => void trying(tenants));
tenant.addEventListener("change", () => void trying(chosen));
by("phone").addEventListener("submit", (event) => {
  event.preventDefault();
  void trying(text);
});
for (const button of document.querySelectorAll(".quick button")) {
  button.addEventListener("click", () => {
    body.value = button.textContent ?? "";
    void trying(text);
  });
}
void trying(tenants);
void watching();

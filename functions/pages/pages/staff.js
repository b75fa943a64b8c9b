// The staff's pages. They are one document: a token is kept in memory only, and would be gone with it.

import { Client, h, languageOf, translated } from "../elements/consent.js";
import { takeToken } from "./token.js";

const language = languageOf(navigator.languages);
const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const places = h("nav", { class: "places" });
const facilityName = h("span", { class: "facility" });

/** @typedef {import("../elements/consent.js").Key} Key */

let token = "";
/** Names by the path under which the service has them. @type {Map<string, string>} */
const names = new Map();
/** How many texts are to be read. */
const count = h("span", { class: "count", hidden: true });

/** @param {Key} key */
function t(key) {
  return translated(language, key);
}

/** What an address shows.
 * @param {string} path
 */
function placeOf(path) {
  const [, staff, facility = "", kind = "", tenant = "", screen = "", ...rest] = path.split("/").map(decoded);
  if (staff !== "staff" || !facility || rest.length) return null;
  const tenants = `/staff/${encodeURIComponent(facility)}/tenants/`;
  if (kind === "tenants" && tenant) return { facility, tenant, screen: screen || "profile", tenants };
  return tenant ? null : { facility, tenant: "", screen: kind, tenants };
}

/** @param {string} segment */
function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Shows the page of the address. */
function show() {
  const place = placeOf(location.pathname);
  const content = place && token ? contentOf(place) : null;
  places.hidden = !place || !token;
  if (!place || !token) return main.replaceChildren(place ? message("noAccess", "noToken") : message("nothingHere"));
  navigate(place);
  const words = places.querySelector("[aria-current]")?.firstChild?.textContent ?? t("staffTitle");
  document.title = `${words} · ${t("staffTitle")}`;
  main.replaceChildren(...(content ? [h("h1", { class: "unseen" }, words), ...content] : [message("nothingHere")]));
}

/** A page that has nothing to show, and why.
 * @param {Key} title
 * @param {Key} [text]
 */
function message(title, text) {
  document.title = `${t(title)} · ${t("staffTitle")}`;
  return h("div", { class: "message", role: "alert" }, h("h1", {}, t(title)), text ? h("p", {}, t(text)) : null);
}

/** @typedef {NonNullable<ReturnType<typeof placeOf>>} Place */

/** @param {Place} place */
function contentOf(place) {
  const { facility, tenant, tenants } = place;
  const common = { facility, tenant: tenant || null, "tenant-href": `${tenants}{tenant_id}`, "reviews-href": `/staff/${encodeURIComponent(facility)}/reviews` };
  const element = (/** @type {string} */ name) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(common)) if (value) node.setAttribute(key, value);
    return Object.assign(node, { token });
  };
  switch (tenant ? `tenants/${place.screen}` : place.screen) {
    case "report":
      return [h("p", { class: "path", lang: "en" }, t("reportPath")), element("consent-report")];
    case "reviews":
      return [element("consent-reviews")];
    case "tenants/profile":
      return [h("div", { class: "two" }, element("consent-profile"), element("consent-history"))];
    case "tenants/texts":
      return [element("consent-thread")];
    case "tenants/notifications":
      return [element("consent-notifications")];
    default:
      return null;
  }
}

/** The links to the other pages.
 * @param {Place} place
 */
function navigate({ facility, tenant, tenants }) {
  const base = `/staff/${encodeURIComponent(facility)}`;
  const here = `${tenants}${encodeURIComponent(tenant)}`;
  const link = (/** @type {string} */ href, /** @type {Key} */ key) =>
    h("a", { href, "aria-current": href === location.pathname ? "page" : null }, t(key));
  /** @type {HTMLElement[]} */
  const links = [link(`${base}/report`, "navReport"), link(`${base}/reviews`, "navReviews")];
  links[1]?.append(" ", count);
  if (tenant) {
    links.push(nameOf("customer", customerPath(facility, tenant), tenant));
    links.push(link(here, "navProfile"), link(`${here}/texts`, "navTexts"), link(`${here}/notifications`, "navNotifications"));
  }
  places.replaceChildren(...links);
  places.setAttribute("aria-label", t("staffTitle"));
  facilityName.replaceChildren(nameOf("name", facilityPath(facility), facility));
  void countOpen(facility);
}

/** @param {string} facility */
async function countOpen(facility) {
  // Where it cannot be read, the page of the reviews says why.
  const read = await new Client("", token).send("GET", `${facilityPath(facility)}/reviews?limit=1`).catch(() => null);
  const open = read?.data.open ?? 0;
  count.hidden = !open;
  count.textContent = String(open);
  count.title = translated(language, "openCount", { count: open });
}

/** A name, which is the id until it is known.
 * @param {string} kind
 * @param {string} path
 * @param {string} id
 */
function nameOf(kind, path, id) {
  const node = h("bdi", { class: kind }, names.get(path) ?? id);
  if (token && !names.has(path)) {
    const read = new Client("", token).send("GET", path);
    // Where it cannot be read, the elements say why.
    read.then(({ data }) => {
      names.set(path, data.name);
      node.textContent = data.name;
    }, () => {});
  }
  return node;
}

/** @param {string} facility */
function facilityPath(facility) {
  return `/v1/facilities/${encodeURIComponent(facility)}`;
}

/**
 * @param {string} facility
 * @param {string} tenant
 */
function customerPath(facility, tenant) {
  return `${facilityPath(facility)}/tenants/${encodeURIComponent(tenant)}/consent`;
}

document.addEventListener("click", (event) => {
  const link = event.composedPath().find((it) => it instanceof HTMLAnchorElement);
  const other = event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!(link instanceof HTMLAnchorElement) || other || link.origin !== location.origin || !link.pathname.startsWith("/staff/") || link.hash) return;
  event.preventDefault();
  // A list knows the customer's name already.
  const place = placeOf(link.pathname);
  const name = link.querySelector("bdi")?.textContent;
  if (place?.tenant && name) names.set(customerPath(place.facility, place.tenant), name);
  history.pushState(null, "", link.pathname);
  show();
  scrollTo(0, 0);
  main.focus();
});
addEventListener("popstate", show);
// What one element changes, the others show.
document.addEventListener("consent-changed", (event) => {
  const place = placeOf(location.pathname);
  if (place) void countOpen(place.facility);
  for (const node of main.querySelectorAll("*")) {
    if (node !== event.target && "refresh" in node && typeof node.refresh === "function") void node.refresh();
  }
});

document.documentElement.lang = language;
document.body.prepend(
  h("a", { class: "skip", href: "#main" }, t("skip")),
  h("header", {}, h("p", { class: "brand" }, t("staffTitle")), facilityName, places));
takeToken((taken) => {
  token = taken;
  show();
});

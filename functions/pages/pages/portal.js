// The tenant's page: Account Information, Contact Information.

import { h, languageOf, translated } from "../elements/consent.js";
import { takeToken } from "./token.js";

const language = languageOf(navigator.languages);
const main = /** @type {HTMLElement} */ (document.querySelector("main"));

/** @param {string} token */
function show(token) {
  const element = document.createElement("consent-portal");
  Object.assign(element, { token });
  const heading = h("h1", {}, translated(language, token ? "accountInformation" : "noAccess"));
  const without = h("div", { class: "message" }, heading, h("p", { role: "alert" }, translated(language, "noTokenPortal")));
  main.replaceChildren(...(token ? [heading, element] : [without]));
}

document.documentElement.lang = language;
document.title = translated(language, "accountInformation");
takeToken(show);

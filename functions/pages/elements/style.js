// How the elements look. A page sets colours, fonts and spacing by the custom properties `--consent-...`.

const CSS = `
:host {
  --_text: var(--consent-color, #1c2430);
  --_muted: var(--consent-muted-color, #566172);
  --_surface: var(--consent-surface, #ffffff);
  --_sunken: var(--consent-sunken, #f4f6f9);
  --_border: var(--consent-border-color, #d5dbe4);
  --_control: var(--consent-control-border-color, #77839a);
  --_accent: var(--consent-accent, #1d5fc2);
  --_on-accent: var(--consent-on-accent, #ffffff);
  --_good: var(--consent-good, #12663d);
  --_good-surface: var(--consent-good-surface, #e3f4ea);
  --_bad: var(--consent-bad, #a3231c);
  --_bad-surface: var(--consent-bad-surface, #fceceb);
  --_warn: var(--consent-warn, #7a4a00);
  --_warn-surface: var(--consent-warn-surface, #fdf1d8);
  --_space: var(--consent-space, 0.5rem);
  --_radius: var(--consent-radius, 0.5rem);
  display: block;
  container-type: inline-size;
  min-inline-size: 0;
  color: var(--_text);
  font: var(--consent-font, 400 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  overflow-wrap: anywhere;
}
@supports (color: light-dark(#000, #fff)) {
  :host {
    --_text: var(--consent-color, light-dark(#1c2430, #e5e9f0));
    --_muted: var(--consent-muted-color, light-dark(#566172, #a7b1c1));
    --_surface: var(--consent-surface, light-dark(#ffffff, #1a2029));
    --_sunken: var(--consent-sunken, light-dark(#f4f6f9, #232b36));
    --_border: var(--consent-border-color, light-dark(#d5dbe4, #36404e));
    --_control: var(--consent-control-border-color, light-dark(#77839a, #7d899c));
    --_accent: var(--consent-accent, light-dark(#1d5fc2, #8ab8ff));
    --_on-accent: var(--consent-on-accent, light-dark(#ffffff, #0b1a30));
    --_good: var(--consent-good, light-dark(#12663d, #83d9aa));
    --_good-surface: var(--consent-good-surface, light-dark(#e3f4ea, #143324));
    --_bad: var(--consent-bad, light-dark(#a3231c, #ffaaa3));
    --_bad-surface: var(--consent-bad-surface, light-dark(#fceceb, #411c1a));
    --_warn: var(--consent-warn, light-dark(#7a4a00, #f5ca7d));
    --_warn-surface: var(--consent-warn-surface, light-dark(#fdf1d8, #3a2c10));
  }
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before { box-sizing: border-box; }
p, h2, h3, dl, dd, ol, blockquote, fieldset { margin: 0; padding: 0; }
ol { list-style: none; }
.body { display: grid; gap: calc(var(--_space) * 2); }
.body:empty { block-size: 10rem; background: no-repeat; background-image: linear-gradient(var(--_sunken) 0 0), linear-gradient(var(--_sunken) 0 0), linear-gradient(var(--_sunken) 0 0); background-size: 40% 1.5rem, 100% 1rem, 75% 1rem; background-position: 0 0, 0 3rem, 0 5rem; }
.banner:not([hidden]) ~ .body:empty { display: none; }
.body > * { min-inline-size: 0; }
.hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.muted, .meta { color: var(--_muted); }
.meta { font-size: 0.8125rem; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.title { display: flex; flex-wrap: wrap; align-items: center; gap: var(--_space) calc(var(--_space) * 1.5); font-size: 1.25rem; font-weight: 650; line-height: 1.3; }
h3 { font-size: 1rem; font-weight: 650; }
a { color: var(--_accent); text-underline-offset: 0.15em; }
.row { display: flex; flex-wrap: wrap; align-items: end; gap: calc(var(--_space) * 1.5); }
.field { display: grid; gap: 0.25rem; min-inline-size: 0; }
.field label, form > label { font-size: 0.8125rem; font-weight: 550; }
.grow { flex: 1 1 14rem; }
.chips { display: inline-flex; flex-wrap: wrap; gap: 0.375rem; }
.chip { display: inline-block; padding: 0 0.5rem; border-radius: 1rem; background: var(--_sunken); color: var(--_muted); font-size: 0.8125rem; font-weight: 600; line-height: 1.375rem; white-space: nowrap; }
.good.chip { background: var(--_good-surface); color: var(--_good); }
.bad.chip { background: var(--_bad-surface); color: var(--_bad); }
.warn.chip { background: var(--_warn-surface); color: var(--_warn); }
.banner, .problem, .notice, .hold, .saved { padding: calc(var(--_space) * 1.25) calc(var(--_space) * 1.75); border-inline-start: 0.25rem solid; border-radius: var(--_radius); }
.banner { margin-block-end: calc(var(--_space) * 2); }
.banner, .hold, .notice { background: var(--_warn-surface); border-color: var(--_warn); color: var(--_warn); }
.hold { display: grid; gap: var(--_space); color: var(--_text); }
.problem { background: var(--_bad-surface); border-color: var(--_bad); color: var(--_bad); }
.saved { background: var(--_good-surface); border-color: var(--_good); color: var(--_good); }
.row > .problem { flex-basis: 100%; }
.empty { color: var(--_muted); padding-block: calc(var(--_space) * 3); text-align: center; }

button, input, select, textarea { font: inherit; color: inherit; }
button, input:not([type="checkbox"]), select, textarea { min-block-size: 2.25rem; padding: 0.25rem 0.75rem; border: 1px solid var(--_control); border-radius: var(--_radius); background: var(--_surface); }
input:not([type="checkbox"]), select, textarea { inline-size: 100%; }
textarea { padding-block: 0.5rem; resize: vertical; }
button { font-weight: 550; cursor: pointer; white-space: nowrap; }
button:hover:not(:disabled, .strong, [aria-pressed="true"]) { background: var(--_sunken); }
button.strong { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent); }
button.strong:hover:not(:disabled) { filter: brightness(1.08); }
button.quiet { border-color: transparent; background: none; color: var(--_accent); }
button[aria-pressed="true"] { background: var(--_text); border-color: var(--_text); color: var(--_surface); }
:disabled { cursor: not-allowed; }
button:disabled, textarea:disabled { background: var(--_sunken); border-color: var(--_border); color: var(--_muted); }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
input[type="checkbox"] { --_size: 1.25rem; appearance: none; flex: none; display: inline-grid; place-content: center; inline-size: var(--_size); block-size: var(--_size); margin: 0.125rem 0 0; border: 2px solid var(--_control); border-radius: 0.25rem; background: var(--_surface); accent-color: var(--_accent); print-color-adjust: exact; }
input[type="checkbox"]::before { content: ""; inline-size: calc(var(--_size) * 0.6); block-size: calc(var(--_size) * 0.6); background: var(--_on-accent); clip-path: polygon(14% 44%, 0 60%, 40% 96%, 100% 22%, 84% 8%, 38% 66%); visibility: hidden; }
input[type="checkbox"]:checked { border-color: var(--_accent); background: var(--_accent); }
input[type="checkbox"]:checked::before { visibility: visible; }
input[type="checkbox"]:disabled { border-color: var(--_border); background: var(--_sunken); }
input[type="checkbox"]:disabled::before { background: var(--_muted); }
input[type="checkbox"]:not(:disabled), input[type="checkbox"]:not(:disabled) + label, summary { cursor: pointer; }
.check { display: flex; align-items: flex-start; gap: calc(var(--_space) * 1.5); min-block-size: 1.5rem; }
.check input:disabled + label { color: var(--_muted); }

.facts { display: grid; gap: var(--_space); }
.facts > div { display: grid; grid-template-columns: minmax(7rem, 10rem) 1fr; gap: 0 calc(var(--_space) * 2); }
dt { color: var(--_muted); }
.ways::first-letter { text-transform: uppercase; }
.x { display: inline-flex; align-items: center; gap: 0.375rem; margin-inline-start: 0.75rem; color: var(--_bad); font-weight: 600; }
.cross { display: inline-grid; place-items: center; inline-size: 1.25rem; block-size: 1.25rem; border-radius: 50%; background: var(--_bad); color: var(--_surface); font-size: 0.75rem; line-height: 1; }
.consent { display: grid; gap: var(--_space); padding: calc(var(--_space) * 2); border: 1px solid var(--_border); border-radius: var(--_radius); background: var(--_surface); }
.consent .check label { font-weight: 550; }
.disclosure, .reason { margin-inline-start: calc(1.25rem + var(--_space) * 1.5); }
.disclosure { color: var(--_muted); font-size: 0.875rem; white-space: pre-line; }
blockquote { padding-inline-start: calc(var(--_space) * 1.5); border-inline-start: 3px solid var(--_border); white-space: pre-wrap; }
.hold blockquote { border-color: var(--_warn); }
summary { inline-size: fit-content; color: var(--_accent); }
.other[open] { display: grid; gap: var(--_space); }
.other .row { margin-block-start: var(--_space); }

.roomy { font-size: 1.0625rem; gap: calc(var(--_space) * 3); }
.roomy .consent { padding: calc(var(--_space) * 3); }
.roomy .consent input { --_size: 1.75rem; margin: 0; }
.roomy :is(.disclosure, .reason) { margin-inline-start: calc(1.75rem + var(--_space) * 1.5); }
.roomy .disclosure { font-size: 1rem; }
.note { display: grid; gap: calc(var(--_space) * 1.5); }
.start { display: block; padding: 0.75rem 1rem; border-radius: var(--_radius); background: var(--_accent); color: var(--_on-accent); font-weight: 600; text-align: center; text-decoration: none; }

.totals { display: flex; flex-wrap: wrap; gap: calc(var(--_space) * 1.5); }
.totals > div { display: flex; flex-direction: column-reverse; justify-content: flex-end; min-inline-size: 7rem; padding: var(--_space) calc(var(--_space) * 2); border: 1px solid var(--_border); border-radius: var(--_radius); }
.totals dd { font-size: 1.5rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
.totals .good dd { color: var(--_good); }
.totals .bad dd { color: var(--_bad); }
.actions { display: flex; flex-wrap: wrap; gap: calc(var(--_space) * 1.5); }
.printed { display: none; }
.scroll { position: relative; overflow-x: auto; border: 1px solid var(--_border); border-radius: var(--_radius); }
table { inline-size: 100%; border-collapse: collapse; font-size: 0.875rem; }
table[aria-busy="true"] tbody { opacity: 0.6; }
th, td { padding: calc(var(--_space) * 0.75) calc(var(--_space) * 1.5); border-block-end: 1px solid var(--_border); text-align: start; vertical-align: top; }
thead th { background: var(--_sunken); color: var(--_muted); font-weight: 600; }
tbody tr:last-child :is(th, td) { border-block-end: 0; }
td { white-space: nowrap; }
td, thead th { overflow-wrap: break-word; }
.cellPhone { font-variant-numeric: tabular-nums; }
.report td:is(.source, .evidence) { white-space: normal; }
.units { white-space: normal; min-inline-size: 5rem; }
.none { color: var(--_muted); }
time { white-space: nowrap; }
tbody th { font-weight: 550; min-inline-size: 9.5rem; }
tbody th a { text-decoration: none; }
tbody th a:hover { text-decoration: underline; }
tbody tr:hover { background: var(--_sunken); }
.pager { align-items: center; justify-content: flex-end; }
.templates { inline-size: auto; min-inline-size: min(100%, 32rem); }
.templates :is(th, td) { vertical-align: middle; }
.templates td, .templates thead th:not(:first-child) { text-align: center; }
.templates .refused td { text-align: start; white-space: normal; }
fieldset { display: flex; flex-wrap: wrap; gap: calc(var(--_space) * 1.5) calc(var(--_space) * 4); padding: calc(var(--_space) * 1.5) calc(var(--_space) * 2) calc(var(--_space) * 2); border: 1px solid var(--_border); border-radius: var(--_radius); }
legend { padding-inline: 0.375rem; font-weight: 600; }
fieldset .notice { flex-basis: 100%; }

.cards { display: grid; gap: calc(var(--_space) * 1.5); }
.card { padding: calc(var(--_space) * 2); border: 1px solid var(--_border); border-radius: var(--_radius); background: var(--_surface); }
.card article { display: grid; gap: calc(var(--_space) * 1.5) calc(var(--_space) * 4); align-items: start; }
.said { display: grid; gap: var(--_space); }
.card:focus-within { border-color: var(--_accent); }
.choices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr)); gap: calc(var(--_space) * 1.5); align-items: start; }
.choices .field { grid-column: 1 / -1; }
.choice { display: grid; gap: 0.25rem; justify-items: start; font-size: 0.8125rem; }
.choice button { font-size: 0.9375rem; }
mark { background: var(--_warn-surface); color: var(--_warn); border-radius: 0.2rem; padding-inline: 0.125rem; }

.log { display: flex; flex-direction: column; block-size: min(28rem, 50vh); min-block-size: 9rem; overflow-y: auto; overscroll-behavior: contain; padding: calc(var(--_space) * 1.5); border: 1px solid var(--_border); border-radius: var(--_radius); background: var(--_sunken); }
.log > * { flex: none; }
.log > .empty { margin: auto; }
.log > button { align-self: center; }
.texts { display: grid; margin-block-start: auto; gap: calc(var(--_space) * 1.5); }
.texts li { display: grid; justify-items: start; max-inline-size: min(85%, 36rem); }
.texts .outbound { justify-self: end; justify-items: end; }
.texts .day { justify-self: center; color: var(--_muted); font-size: 0.8125rem; font-weight: 600; }
.texts .meta { padding-inline: 0.25rem; }
.bubble { padding: 0.5rem 0.875rem; border-radius: 1rem; background: var(--_surface); border: 1px solid var(--_border); white-space: pre-wrap; }
.outbound .bubble { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent); }
form { display: grid; gap: var(--_space); }
form .row { justify-content: space-between; align-items: center; }
.over { color: var(--_bad); font-weight: 650; }

.history { display: grid; }
.history > li { position: relative; padding: 0 0 calc(var(--_space) * 2) calc(var(--_space) * 3); border-inline-start: 2px solid var(--_border); margin-inline-start: 0.3125rem; }
.history > li::before { content: ""; position: absolute; inset-inline-start: -0.375rem; inset-block-start: 0.45rem; inline-size: 0.625rem; block-size: 0.625rem; border-radius: 50%; background: var(--_control); }
.history > .granted::before { background: var(--_good); }
.history > :is(.opted_out, .ended)::before { background: var(--_bad); }
.history > .held::before { background: var(--_warn); }
.evidence.row button.quiet { padding-inline: 0; }
.when { display: block; color: var(--_muted); font-size: 0.8125rem; }
.history details { font-size: 0.8125rem; }
.history .facts { margin-block: var(--_space); padding: calc(var(--_space) * 1.5); border-radius: var(--_radius); background: var(--_sunken); gap: 0.25rem; }
.pre { white-space: pre-line; }
code { font: 0.8125rem/1.5 ui-monospace, Menlo, Consolas, monospace; }

@container (min-width: 48rem) {
  .card article { grid-template-columns: minmax(0, 1fr) minmax(0, 27rem); }
  .card .problem { grid-column: 1 / -1; }
  .choices .field { grid-template-columns: auto 1fr; align-items: center; gap: var(--_space); }
}
@container (min-width: 64rem) {
  .card article { grid-template-columns: minmax(0, 1fr) minmax(0, 41rem); }
  .choices { grid-template-columns: 1fr 1fr 13rem; }
  .choices .field { grid-template-columns: 1fr; grid-column: 3; gap: 0.125rem; margin-block-start: -0.25rem; }
}
@container (max-width: 62rem) {
  .report .evidence { display: none; }
  .report td.status { white-space: normal; }
  .report .units { min-inline-size: 3.5rem; }
  .report tbody th { min-inline-size: 7rem; }
  .report :is(th, td) { padding-inline: calc(var(--_space) * 0.75); font-size: 0.8125rem; }
}
@container (max-width: 44rem) {
  .report thead { display: block; position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  .report, .report tbody { display: block; }
  .report tbody tr { display: block; position: relative; min-block-size: 4rem; padding: calc(var(--_space) * 1.25) calc(var(--_space) * 1.5); border-block-end: 1px solid var(--_border); }
  .report tbody tr:last-child { border: 0; }
  .report tbody :is(th, td) { display: inline; min-inline-size: 0; padding: 0; border: 0; white-space: normal; }
  .report tbody th { display: block; padding-inline-end: 7.5rem; font-size: 0.9375rem; }
  .report tbody td { display: inline-block; margin-inline-end: 0.75rem; }
  .report td.providedConsent::before { content: attr(data-label) ": "; color: var(--_muted); }
  .report tbody .none { display: none; }
  .report tbody .status { position: absolute; inset: calc(var(--_space) * 1.25) calc(var(--_space) * 1.5) auto auto; display: grid; margin: 0; justify-items: end; gap: 0.25rem; }
}
@container (max-width: 30rem) {
  .facts > div { grid-template-columns: 1fr; }
  th, td { padding-inline: var(--_space); }
  .templates :is(th, td) { padding-inline: 0.25rem; overflow-wrap: break-word; }
  .templates tbody th { min-inline-size: 4rem; }
  .scroll table { font-size: 0.8125rem; }
  .totals { flex-wrap: nowrap; gap: var(--_space); }
  .totals > div { flex: 1; min-inline-size: 0; padding-inline: var(--_space); font-size: 0.8125rem; overflow-wrap: normal; }
  .actions { flex: 1 1 100%; gap: var(--_space); }
  .actions button { flex: 1 1 auto; padding-inline: 0.5rem; }
  .roomy .consent { padding: calc(var(--_space) * 2); }
  .roomy { font-size: 1rem; }
}
@media (pointer: coarse) {
  input, select, textarea { font-size: 1rem !important; }
}
@media (prefers-reduced-motion: no-preference) {
  button, .card { transition: background-color 120ms, border-color 120ms; }
  .body:empty { animation: come 400ms 200ms backwards; }
}
@keyframes come { from { opacity: 0; } }
@media (forced-colors: active) {
  .chip, .bubble, .start { border: 1px solid; }
  input[type="checkbox"] { appearance: auto; }
  input[type="checkbox"]::before { content: none; }
}
@media print {
  :host { font-size: 9pt; }
  .tools, .pager, .other, button, form { display: none !important; }
  .printed { display: block; }
  .report .evidence { display: table-cell; }
  .report :is(th, td) { padding: 0.25rem; font-size: 8pt; }
  .report .chip { padding: 0; background: none; font-size: 8pt; line-height: inherit; }
  .totals > div { padding: 0.25rem 0.5rem; }
  .totals dd { font-size: 12pt; }
  .scroll { overflow: visible; border: 0; }
  a { color: inherit; text-decoration: none; }
  tbody tr:hover { background: none; }
  thead { display: table-header-group; }
  tr, .card, .history > li { break-inside: avoid; }
}
`;

export const SHEET = new CSSStyleSheet();
SHEET.replaceSync(CSS);

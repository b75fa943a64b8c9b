// Runs the TypeScript client, compiled, against a service: `cargo dev` at CONSENT_API, with a token in CONSENT_STAFF.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sender } from "./ask.js";

const { CONSENT_API: api, CONSENT_STAFF: token } = process.env;

async function get(path) {
  const answer = await fetch(`${api}/v1/facilities/demo/${path}`, { headers: { authorization: `Bearer ${token}` } });
  return answer.json();
}

/** A tenant of the demo facility who stands like this, and not on hold. */
async function tenant(status) {
  const { rows } = await get(`consent-report?status=${status}&limit=200`);
  return rows.find((row) => !row.on_hold && row.cell_phone).tenant_id;
}

/** What a provider was given, and how the client reports it. */
async function texted(id, answer) {
  const handedOver = [];
  const send = async (to, from, body) => {
    handedOver.push({ to, from, body });
    return answer;
  };
  const decision = await new Sender(api, "demo", () => token, send).text(id, "Your gate code is new.");
  return { decision, handedOver };
}

test("a tenant who agreed is texted, and the text joins the thread", async () => {
  const id = await tenant("provided");
  const { decision, handedOver } = await texted(id, "provider-1");
  assert.equal(handedOver.length, 1);
  assert.equal(handedOver[0].from, "+15125550100");
  assert.equal(decision.outcome, "sent");
  const { messages } = await get(`tenants/${id}/messages`);
  assert.equal(messages[0].body, "Your gate code is new.");
});

test("a text that the provider refuses is reported as not sent", async () => {
  const { decision } = await texted(await tenant("provided"), null);
  assert.equal(decision.outcome, "not_sent");
});

test("a tenant who opted out is not texted, and the client says why", async () => {
  const { decision, handedOver } = await texted(await tenant("opted_out"), "provider-2");
  assert.deepEqual(handedOver, []);
  assert.equal(decision.code, "consent_required");
});

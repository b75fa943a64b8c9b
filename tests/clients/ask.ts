// Texts those tenants of a facility who may be texted, by a provider of one's own: ask, send, report. For Node.js 18 or
// newer, and browsers. `npx openapi-typescript infra/openapi.yaml -o openapi.ts` makes the types.
import type { components } from "./openapi";

type AllowedText = components["schemas"]["AllowedText"];
type RefusedText = components["schemas"]["RefusedText"];
type Decision = components["schemas"]["Decision"];

/** Hands a text to the provider, and gives its id of it: null where the provider refused. An exception: who knows. */
export type Send = (to: string, from: string, body: string) => Promise<string | null>;

const VALID_FOR = 5; // seconds

export class Sender {
  constructor(private api: string, private facility: string, private token: () => string, private send: Send) {}

  private async call<T>(method: string, path: string, body: unknown): Promise<T> {
    const headers = { authorization: `Bearer ${this.token()}`, "content-type": "application/json" };
    const url = `${this.api}/v1/facilities/${this.facility}/${path}`;
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Texts a tenant who may be texted; else says why not. */
  async text(tenant: string, body: string): Promise<Decision | RefusedText> {
    const until = performance.now() + VALID_FOR * 1000; // Counted from before the question, whatever the clocks say.
    const question = { tenant_ids: [tenant], valid_for: VALID_FOR };
    const asked = await this.call<{ decisions: (AllowedText | RefusedText)[] }>("POST", "decisions", question);
    const decision = asked.decisions[0]!;
    if (!decision.allowed) return decision;
    const sent = performance.now() < until ? await this.send(decision.to, decision.from, body) : null;
    const outcome = sent === null ? { outcome: "not_sent" } : { outcome: "sent", body, provider_message_id: sent };
    return this.call("PUT", `tenants/${tenant}/decisions/${decision.decision_id}`, outcome);
  }
}

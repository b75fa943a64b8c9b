"""Texts those tenants of a facility who may be texted, by a provider of one's own: ask, send, report.

ask.py API FACILITY BODY TENANT...   with the token in CONSENT_TOKEN. `send` is where the provider comes in.
"""
import json, os, sys, time, urllib.error, urllib.request

VALID_FOR = 5  # seconds


def call(method, url, body):
    headers = {"Authorization": f"Bearer {os.environ['CONSENT_TOKEN']}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def send(to, sender, body):
    """Hands a text to the provider and returns its id of it, `None` where the provider refused. An exception: who knows."""
    print(json.dumps({"to": to, "from": sender, "body": body}), flush=True)
    return f"SM{time.time_ns():032x}"


def text(api, facility, body, tenants):
    facility = f"{api}/v1/facilities/{facility}"
    for tenant in tenants:  # One by one: each is handed over within the time of its own decision.
        until = time.monotonic() + VALID_FOR  # Counted from before the question, whatever the clocks say.
        asked = call("POST", f"{facility}/decisions", {"tenant_ids": [tenant], "valid_for": VALID_FOR})["decisions"][0]
        if not asked["allowed"]:
            print(f"{tenant}: {asked['code']}: {asked['detail']}", file=sys.stderr)
            continue
        sent = send(asked["to"], asked["from"], body) if time.monotonic() < until else None
        outcome = {"outcome": "sent", "body": body, "provider_message_id": sent} if sent else {"outcome": "not_sent"}
        call("PUT", f"{facility}/tenants/{tenant}/decisions/{asked['decision_id']}", outcome)


if __name__ == "__main__":
    text(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])

//! How each operation is carried out.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Call, World, call, sns_notification, telnyx_event, twilio, twilio_id};
use tokio::time::sleep;

use crate::plan::{
    BUSINESS, Decided, Details, FACILITIES, NUMBERS, Operation, Plan, Planned, Provider, Screen, Text,
    Verdict,
};
use crate::ran::{Called, Came};
use crate::stage::{Stage, sent_at};

/// Who is not told that a decision was taken decides again, so often.
const DECISIONS: u64 = 20;

impl Stage {
    /// A new operation is one arm here.
    pub(crate) async fn perform(&self, planned: &Planned) {
        let id = planned.id;
        match &planned.operation {
            Operation::Facility { facility, .. } => {
                let path = format!("PUT /v1/facilities/{}", FACILITIES[*facility]);
                let body = settings(&planned.operation);
                let what = format!("{path}: {}, {}", body["two_way_texting"], body["confirm_opt_in"]);
                self.ask(planned, &what, staff(id, &path).json(&body)).await;
            }
            Operation::Register { facility, details } => {
                let path = format!("PUT {}", path_of(*facility, &details.tenant));
                let what = format!("{path}: {}", described(details));
                let request = staff(id, &path).json(&registration(details));
                self.ask(planned, &what, request).await;
            }
            Operation::MoveOut { facility, tenant } => {
                let path = format!("DELETE {}", path_of(*facility, tenant));
                self.ask(planned, &path, staff(id, &path)).await;
            }
            Operation::Import { facility, rows } => {
                let path = format!("POST /v1/facilities/{}/tenant-imports", FACILITIES[*facility]);
                let few: Vec<String> = rows.iter().take(5).map(described).collect();
                let what = format!("{path}: {} rows: {}", rows.len(), few.join("; "));
                let lines: Vec<String> = rows.iter().map(|row| registration(row).to_string()).collect();
                let request = staff(id, &path).body("application/x-ndjson", &lines.join("\n"));
                self.ask(planned, &what, request).await;
            }
            Operation::Box { .. } => self.click(planned).await,
            Operation::Text(text) => self.text(planned, text).await,
            Operation::Review {
                facility,
                place,
                verdict,
            } => self.review(planned, *facility, *place, *verdict).await,
            // It is made of the one before.
            Operation::Decided(_) => {}
            Operation::Ask { .. } => self.ask_and_send(planned).await,
            Operation::Send {
                facility,
                tenant,
                key,
            } => {
                let path = format!("POST {}/messages", path_of(*facility, tenant));
                let body = text_body(id, *key);
                let mut request = staff(id, &path).json(&json!({"body": body}));
                if let Some(key) = key {
                    request = request.header("idempotency-key", &format!("k{key}"));
                }
                let what = format!("{path}: {body:?}, key {key:?}");
                self.ask(planned, &what, request).await;
            }
            Operation::View { facility, tenant } => {
                let path = format!("GET {}/consent", path_of(*facility, tenant));
                self.ask(planned, &path, staff(id, &path)).await;
            }
            Operation::Report { facility } => {
                let path = format!(
                    "GET /v1/facilities/{}/consent-report?limit=200",
                    FACILITIES[*facility]
                );
                // Twice: an index that lags answers the second time as the first.
                self.ask(planned, &path, staff(id, &path)).await;
                sleep(Duration::from_millis(700)).await;
                self.ask_again(planned, 1, &path, staff(id, &path)).await;
            }
            Operation::Carrier { number, blocked } => {
                let state = &mut *self.net.state();
                let number = NUMBERS[*number].to_owned();
                let what = format!("the carrier blocks {number}: {blocked}");
                state.trace.say(&format!("#{id}"), &what);
                if *blocked {
                    state.blocked.insert(number)
                } else {
                    state.blocked.remove(&number)
                };
            }
            Operation::Publish { again } => self.publish(planned, *again).await,
        }
    }

    /// Somebody clicks on a check box.
    async fn click(&self, planned: &Planned) {
        let Operation::Box {
            facility,
            tenant,
            screen,
            checked,
            received_via,
        } = &planned.operation
        else {
            return;
        };
        let mut body = json!({"consented": checked});
        if let Some(via) = received_via {
            body["received_via"] = json!(via);
        }
        let click = if *checked { "checks" } else { "unchecks" };
        let (who, request) = match screen {
            Screen::Profile => {
                let path = format!("PUT {}/consent", path_of(*facility, tenant));
                ("staff", staff(planned.id, &path))
            }
            Screen::Portal => {
                let claims = json!({
                    "sub": format!("op{}", planned.id), "scope": "portal",
                    "facility_id": FACILITIES[*facility], "tenant_id": tenant,
                });
                ("the tenant", call("PUT /v1/portal/consent").claims(claims))
            }
        };
        let via = received_via.map_or_else(String::new, |via| format!(", told by {via}"));
        let what = format!("{who} {click} the box of {}/{tenant}{via}", FACILITIES[*facility]);
        self.ask(planned, &what, request.json(&body)).await;
    }

    /// Somebody reads the open reviews, and decides one.
    async fn review(&self, planned: &Planned, facility: usize, place: usize, verdict: Verdict) {
        let reviews = format!("/v1/facilities/{}/reviews", FACILITIES[facility]);
        let path = format!("GET {reviews}");
        let open = self.ask(planned, &path, staff(planned.id, &path)).await;
        let Some(review) = open.body()["reviews"].get(place) else {
            return;
        };
        let review_id = review["review_id"].as_str().unwrap().to_owned();
        let Some(text) = text_of_review(&self.plan, &review_id) else {
            self.fails(format!("the review {review_id} is of no text"));
            return;
        };
        let verdict = if review["kind"] == "hold" {
            verdict
        } else {
            Verdict::Seen
        };
        let decided = Decided {
            facility,
            review_id,
            text,
            number: number_of(review),
            verdict,
        };
        let path = format!("PUT {reviews}/{}", decided.review_id);
        let what = format!("{path}: {} of #{text}, {}", verdict.name(), review["text"]);
        let planned = planned.becomes(Operation::Decided(decided));
        // Who is told that it was not done, or not told at all, decides again: a repetition completes it.
        for number in 1..=DECISIONS {
            let request = staff(planned.id, &path).json(&json!({"decision": verdict.name()}));
            let answer = self.ask_again(&planned, number, &what, request).await;
            if !matches!(answer.status(), 0 | 503) && answer.body()["code"] != "conflict" {
                return;
            }
            sleep(Duration::from_secs(1)).await;
        }
    }

    /// Facility software asks, and hands over what may leave before its time is over by the clock that decided.
    async fn ask_and_send(&self, planned: &Planned) {
        let Operation::Ask {
            facility,
            tenants,
            seconds,
            hands_over_after,
            reports,
        } = &planned.operation
        else {
            return;
        };
        let path = format!("POST /v1/facilities/{}/decisions", FACILITIES[*facility]);
        let what = format!("{path}: {} for {seconds} s", tenants.join(", "));
        let body = json!({"tenant_ids": tenants, "valid_for": seconds});
        let request = staff(planned.id, &path).json(&body);
        let asked = self.ask(planned, &what, request).await;
        let call = {
            let calls = self.calls.lock().unwrap();
            calls.iter().rposition(|called| called.id == planned.id).unwrap()
        };
        let decisions = asked.body()["decisions"].as_array().into_iter().flatten();
        for decision in decisions.filter(|decision| decision["allowed"] == true) {
            let word = |name: &str| decision[name].as_str().unwrap();
            let until: Timestamp = word("valid_until").parse().unwrap();
            let now = self.instant(self.plan.skews[planned.instance]);
            let left = u64::try_from(until.duration_since(now).as_millis()).unwrap_or_default();
            if left == 0 {
                continue;
            }
            sleep(Duration::from_millis((*hands_over_after).min(left - 1))).await;
            let whose = (FACILITIES[*facility], word("tenant_id"));
            let ends = (decision["from"].as_str().map(str::to_owned), word("to"));
            self.net.state().hand_over(call, whose, ends, planned.id);
            if *reports {
                let path = format!(
                    "PUT {}/decisions/{}",
                    path_of(*facility, whose.1),
                    word("decision_id")
                );
                let request = staff(planned.id, &path).json(&json!({"outcome": "sent"}));
                let reported = planned.becomes(Operation::Report { facility: *facility });
                self.ask_again(&reported, 1, &path, request).await;
            }
        }
    }

    /// A text, with every delivery that was planned at once, each repeated where it fails.
    async fn text(&self, planned: &Planned, text: &Text) {
        self.acknowledged.lock().unwrap().insert(planned.id, false);
        let deliveries = text.deliveries.iter().enumerate().map(async |(place, after)| {
            sleep(Duration::from_millis(*after)).await;
            for again in 0..=text.redeliveries {
                let delivery = 1 + place as u64 * 10 + u64::from(again);
                if self.deliver(planned, text, delivery).await {
                    return;
                }
                sleep(Duration::from_millis(400 * u64::from(again + 1))).await;
            }
        });
        futures_util::future::join_all(deliveries).await;
    }

    /// Delivers a text, and says whether that was acknowledged. A new provider is one arm here.
    pub(crate) async fn deliver(&self, planned: &Planned, text: &Text, delivery: u64) -> bool {
        // The same in every delivery.
        let sent = sent_at(planned);
        let label = format!("M{}", planned.id);
        let to: Vec<&str> = text.to.iter().map(|place| BUSINESS[*place]).collect();
        let (from, first) = (&text.spelled, to[0]);
        let what = format!(
            "{:?} delivers {:?} from {from} to {}",
            text.provider,
            text.body,
            to.join(" and ")
        );
        let webhook = |request: Call| {
            async move |world: &World| {
                let event = request.event().to_string();
                Came::of(&world.invoke_event("sms-webhook", &event).await)
            }
        };
        let called: Called = match text.provider {
            Provider::Twilio => {
                let ask = webhook(twilio(&label, from, first, text.body));
                self.called(planned, delivery, &what, ask, |came| came).await
            }
            Provider::Telnyx => {
                let event = telnyx_text(&label, from, &to, text.body, sent);
                let ask = webhook(telnyx_event(&event, self.instant(0).as_second()));
                self.called(planned, delivery, &what, ask, |came| came).await
            }
            Provider::Aws => {
                let record = sns_notification(&label, from, first, text.body, &sent.to_string());
                let event = json!({"Records": [record]});
                let ask = async |world: &World| Came::outcome(world.deliver(event).await, Value::Null);
                self.called(planned, delivery, &what, ask, |came| came).await
            }
        };
        let is_done = called.status() == 200;
        if is_done {
            self.acknowledged.lock().unwrap().insert(planned.id, true);
        }
        is_done
    }

    /// Hands the outbox what the stream has. The platform hands over one batch of a shard at a time.
    pub(crate) async fn publish(&self, planned: &Planned, again: bool) {
        let Some(position) = self.published.lock().unwrap().take() else {
            return;
        };
        let mut position = position.saturating_sub(if again { 3 } else { 0 });
        let records = self.records();
        while position < records.len() {
            let batch = &records[position..records.len().min(position + 10)];
            let event = json!({"Records": batch});
            let what = format!("the stream hands over {} records", batch.len());
            let ask = async |world: &World| world.publish_unchecked(event).await;
            let came = |failed: Vec<String>| Came::outcome(failed.is_empty(), json!(failed));
            let called = self.called(planned, 0, &what, ask, came).await;
            if called.is_done() {
                position += batch.len();
                continue;
            }
            let failed = called.body().as_array().cloned().unwrap_or_default();
            let is_failed = |record: &Value| failed.contains(&record["dynamodb"]["SequenceNumber"]);
            position += batch.iter().position(is_failed).unwrap_or_default();
            break;
        }
        *self.published.lock().unwrap() = Some(position);
    }

    /// What the event source mapping hands on of the stream: new records.
    fn records(&self) -> Vec<Value> {
        let is_record = |record: &Value| {
            let sort = record["dynamodb"]["Keys"]["SK"]["S"].as_str();
            record["eventName"] == "INSERT" && sort.is_some_and(|sort| sort.starts_with("RECORD#"))
        };
        self.net.stream().into_iter().filter(is_record).collect()
    }
}

/// A request of staff.
pub(crate) fn staff(id: usize, line: &str) -> Call {
    call(line).claims(json!({
        "sub": format!("op{id}"),
        "scope": "consent:read consent:write tenants:write messages:send",
        "facilities": "*",
    }))
}

pub(crate) fn path_of(facility: usize, tenant: &str) -> String {
    format!("/v1/facilities/{}/tenants/{tenant}", FACILITIES[facility])
}

/// What a send says: with a key the same as every other one with it.
pub(crate) fn text_body(id: usize, key: Option<u64>) -> String {
    key.map_or_else(|| format!("text #{id}"), |key| format!("text of key {key}"))
}

/// The partition key under which it is kept that a text was heard. Of a group message each facility has its own.
pub(crate) fn message_key(id: usize, text: &Text, facility: &str) -> String {
    let label = format!("M{id}");
    let group = if text.to.len() > 1 {
        format!("#{facility}")
    } else {
        String::new()
    };
    match text.provider {
        Provider::Twilio => format!("MESSAGE#twilio#{}", twilio_id(&label)),
        Provider::Telnyx => format!("MESSAGE#telnyx#{label}{group}"),
        Provider::Aws => format!("MESSAGE#aws#{label}"),
    }
}

/// The id of a text in threads.
pub(crate) fn thread_id(id: usize, text: &Text) -> String {
    let label = format!("M{id}");
    if text.provider == Provider::Twilio {
        twilio_id(&label)
    } else {
        label
    }
}

/// The text that a review is about: the id of a review has a digest of the text's key.
pub(crate) fn text_of_review(plan: &Plan, review_id: &str) -> Option<usize> {
    let millis = review_id.split_once('-')?.0.parse().ok()?;
    let received_at = Timestamp::from_millisecond(millis).ok()?;
    let is_of = |key: &str| {
        let id = consent::id::ReviewId::of(key, received_at);
        id.is_some_and(|id| id.to_string() == review_id)
    };
    let mut texts = plan.texts();
    let text = texts.find(|(id, text)| {
        let mut facilities = FACILITIES.iter();
        facilities.any(|facility| is_of(&message_key(*id, text, facility)))
    });
    text.map(|(id, _)| id)
}

fn number_of(review: &Value) -> usize {
    let number = NUMBERS.iter().position(|number| review["cell_phone"] == *number);
    number.unwrap()
}

fn telnyx_text(id: &str, from: &str, to: &[&str], text: &str, received_at: Timestamp) -> String {
    let to: Vec<Value> = to
        .iter()
        .map(|number| json!({"phone_number": number, "status": "webhook_delivered"}))
        .collect();
    let event = json!({
        "data": {
            "event_type": "message.received", "id": "event", "record_type": "event",
            "occurred_at": received_at.to_string(),
            "payload": {
                "id": id, "direction": "inbound", "record_type": "message", "type": "SMS",
                "from": {"phone_number": from, "carrier": "", "line_type": ""},
                "to": to, "text": text, "received_at": received_at.to_string(),
            },
        },
        "meta": {"attempt": 1, "delivered_to": "https://texts.example.com/v1/sms/telnyx"},
    });
    event.to_string()
}

fn settings(operation: &Operation) -> Value {
    let Operation::Facility {
        two_way,
        number,
        carrier,
        confirms,
        ..
    } = operation
    else {
        return Value::Null;
    };
    let number = number.map(|number| BUSINESS[number]);
    json!({
        "name": "Main Street Storage",
        "two_way_texting": {"enabled": two_way, "number": number, "provider": carrier.name()},
        "confirm_opt_in": confirms,
    })
}

fn registration(details: &Details) -> Value {
    json!({
        "tenant_id": details.tenant, "name": format!("Ada {}", details.tenant), "units": ["A12"],
        "cell_phone": details.phone.map(|phone| NUMBERS[phone]),
        "created_on": if details.is_old { "2020-01-01" } else { "2024-05-01" },
        "replied_stop": details.replied_stop,
    })
}

fn described(details: &Details) -> String {
    let phone = details.phone.map_or("no number", |phone| NUMBERS[phone]);
    let old = if details.is_old { ", from 2020" } else { "" };
    let stop = if details.replied_stop {
        ", replied STOP"
    } else {
        ""
    };
    format!("{} with {phone}{old}{stop}", details.tenant)
}

//! Carries a plan out: every operation at its time, on a clock that jumps from one thing that happens to the next.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_smithy_async::time::StaticTimeSource;
use consent_http::clock;
use consent_store::{aws_configuration_over, random, schema};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Answer, Call, Simulated, World, call, sns_notification, telnyx_event, twilio, twilio_id};
use tokio::task::LocalSet;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};

use crate::dice::Dice;
use crate::facts::{CallId, Facts};
use crate::faults::Faults;
use crate::net::{HERE, Here, Net, Way};
use crate::plan::{
    BUSINESS, Details, FACILITIES, NUMBERS, Operation, Plan, Planned, Provider, Screen, Text, Verdict,
};

const TABLE: &str = "consent";
/// When every simulation begins.
const BEGINNING: &str = "2026-11-23T07:00:00Z";
/// A function is ended after this.
const FUNCTION_LIMIT: Duration = Duration::from_secs(29);

/// What came of a call.
#[derive(Debug, Clone)]
pub(crate) enum Came {
    /// An answer, with its body where that is JSON, and the text to the sender of a text.
    Answer { status: u16, body: Value, told: String },
    /// The function died, or was ended.
    Nothing,
}

/// A call of a function.
#[derive(Debug, Clone)]
pub(crate) struct Called {
    pub(crate) name: String,
    /// The operation's id; that of the end of a simulation is [`usize::MAX`].
    pub(crate) id: usize,
    pub(crate) operation: Operation,
    pub(crate) began: u64,
    pub(crate) ended: u64,
    pub(crate) came: Came,
    /// What went wrong for it, by kind.
    pub(crate) suffered: BTreeMap<&'static str, u32>,
}

impl Called {
    pub(crate) fn status(&self) -> u16 {
        match &self.came {
            Came::Answer { status, .. } => *status,
            Came::Nothing => 0,
        }
    }

    pub(crate) fn body(&self) -> &Value {
        match &self.came {
            Came::Answer { body, .. } => body,
            Came::Nothing => &Value::Null,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        (200..300).contains(&self.status())
    }
}

/// What there is when all is over.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) views: BTreeMap<(String, String), Value>,
    /// The rows of each facility's report, and its totals.
    pub(crate) reports: BTreeMap<String, (Vec<Value>, Value)>,
    /// The records of each tenant, oldest first, and the first page of the history.
    pub(crate) histories: BTreeMap<(String, String), (Vec<Value>, Value)>,
    pub(crate) threads: BTreeMap<(String, String), Vec<Value>>,
    /// The items of tenants and numbers.
    pub(crate) items: Vec<Value>,
}

/// A simulation that was carried out.
pub(crate) struct Ran {
    pub(crate) plan: Plan,
    pub(crate) calls: Vec<Called>,
    pub(crate) facts: Facts,
    pub(crate) end: End,
    pub(crate) trace: String,
    /// What is wrong already: nothing should fail once all is calm.
    pub(crate) wrong: Vec<String>,
}

/// Carries a plan out.
pub(crate) fn run(plan: &Plan) -> Ran {
    // The SDK's own dice.
    fastrand::seed(plan.seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, async {
        let stage = Rc::new(Stage::set(plan).await);
        let mut tasks = Vec::new();
        for planned in plan.planned.clone() {
            let stage = Rc::clone(&stage);
            tasks.push(tokio::task::spawn_local(async move {
                sleep_until(stage.begun + Duration::from_millis(planned.at)).await;
                stage.perform(&planned).await;
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        stage.end().await;
        stage.struck()
    })
}

/// Where a simulation is played.
struct Stage {
    plan: Plan,
    begun: Instant,
    net: Arc<Net>,
    instances: Vec<World>,
    calls: Mutex<Vec<Called>>,
    /// Which texts were acknowledged.
    acknowledged: Mutex<BTreeMap<usize, bool>>,
    /// How far the stream was published; `None` while it is.
    published: Mutex<Option<usize>>,
    end: Mutex<End>,
    wrong: Mutex<Vec<String>>,
}

impl Stage {
    async fn set(plan: &Plan) -> Self {
        let database = dev::embedded::in_memory().unwrap();
        let net = Net::new(database.clone());
        let credentials = Credentials::new("test", "test", None, None, "tests");
        let configuration = aws_configuration_over(Way(Arc::clone(&net)))
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url("http://aws.example.com")
            .time_source(StaticTimeSource::from_secs(1_795_417_929))
            .build();
        let simulated = Simulated::new(configuration, net.others());
        let instance = |_| World::simulated(&simulated, database.clone(), TABLE);
        let instances = plan.skews.iter().map(instance).collect();
        let stage = Self {
            plan: plan.clone(),
            begun: Instant::now(),
            net,
            instances,
            calls: Mutex::default(),
            acknowledged: Mutex::default(),
            published: Mutex::new(Some(0)),
            end: Mutex::default(),
            wrong: Mutex::default(),
        };
        let client = simulated.dynamodb();
        let here = stage.here(usize::MAX, "stage".to_owned(), true, 0);
        HERE.scope(here, schema::create_table(&client, TABLE))
            .await
            .unwrap();
        stage
    }

    fn here(&self, call: CallId, name: String, is_calm: bool, dice: u64) -> Arc<Here> {
        let faults = if is_calm {
            Faults::default()
        } else {
            self.plan.faults.clone()
        };
        Arc::new(Here {
            call,
            name,
            faults,
            dice: Mutex::new(Dice::apart(self.plan.seed, dice)),
            suffered: Mutex::default(),
        })
    }

    /// Calls a function, and takes down what came of it.
    async fn called<T>(
        &self,
        planned: &Planned,
        delivery: u64,
        what: &str,
        function: impl AsyncFnOnce(&World) -> T,
        came: impl FnOnce(T) -> Came,
    ) -> Called {
        let call = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(Called {
                name: String::new(),
                id: planned.id,
                operation: planned.operation.clone(),
                began: self.net.now(),
                ended: u64::MAX,
                came: Came::Nothing,
                suffered: BTreeMap::new(),
            });
            calls.len() - 1
        };
        let name = match (planned.id, delivery) {
            (usize::MAX, _) => "end".to_owned(),
            (id, 0) => format!("#{id}"),
            (id, delivery) => format!("#{id}.{delivery}"),
        };
        self.net.say(&name, what);
        let label = (planned.id as u64).wrapping_mul(1_000) + delivery + 1;
        let here = self.here(call, name.clone(), planned.is_calm, label);
        let skew = self.plan.skews[planned.instance];
        let begun = self.begun;
        let clock: clock::Clock = Arc::new(move || instant(begun, skew));
        let dice = Mutex::new(Dice::apart(self.plan.seed, label.wrapping_add(1 << 40)));
        let source: random::Source = Arc::new(move |bytes| dice.lock().unwrap().fill(bytes));
        let world = &self.instances[planned.instance];
        let function = function(world);
        let lived = HERE.scope(
            Arc::clone(&here),
            clock::with(clock, random::with(source, lives(&here, &self.net, function))),
        );
        let came = lived.await.map_or(Came::Nothing, came);
        let called = {
            let mut calls = self.calls.lock().unwrap();
            let called = &mut calls[call];
            called.name.clone_from(&name);
            called.came = came;
            called.ended = self.net.now();
            called.suffered = here.suffered.lock().unwrap().clone();
            called.clone()
        };
        let answer = match &called.came {
            Came::Nothing => "-> died".to_owned(),
            Came::Answer { status, body, told } => {
                let words = [&body["status"], &body["source"], &body["code"]];
                let words: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
                let told = if told.is_empty() {
                    String::new()
                } else {
                    format!(" told {told:?}")
                };
                format!("-> {status} {}{told}", words.join(" "))
            }
        };
        self.net.say(&name, &answer);
        called
    }

    async fn ask(&self, planned: &Planned, what: &str, request: Call) -> Called {
        self.ask_again(planned, 0, what, request).await
    }

    /// A further call of an operation.
    async fn ask_again(&self, planned: &Planned, further: u64, what: &str, request: Call) -> Called {
        self.called(
            planned,
            further,
            what,
            async |world| {
                let event = request.event();
                let function = World::function_of(event["rawPath"].as_str().unwrap());
                world.invoke_event(function, &event.to_string()).await
            },
            answered,
        )
        .await
    }

    /// A new operation is one arm here.
    async fn perform(&self, planned: &Planned) {
        let id = planned.id;
        match &planned.operation {
            Operation::Facility {
                facility,
                two_way,
                number,
                carrier,
                confirms,
            } => {
                let number = number.map(|number| BUSINESS[number]);
                let body = json!({
                    "name": "Main Street Storage",
                    "two_way_texting": {"enabled": two_way, "number": number, "provider": carrier.name()},
                    "confirm_opt_in": confirms,
                });
                let path = format!("PUT /v1/facilities/{}", FACILITIES[*facility]);
                let what = format!(
                    "{path}: two-way texting {two_way}, number {number:?} at {carrier:?}, confirms {confirms}"
                );
                self.ask(planned, &what, staff(id, &path).json(&body)).await;
            }
            Operation::Register { facility, details } => {
                let path = format!("PUT {}", path_of(*facility, &details.tenant));
                let what = format!("{path}: {}", described(details));
                self.ask(planned, &what, staff(id, &path).json(&registration(details)))
                    .await;
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
            Operation::Box {
                facility,
                tenant,
                screen,
                checked,
                received_via,
            } => {
                let mut body = json!({"consented": checked});
                if let Some(via) = received_via {
                    body["received_via"] = json!(via);
                }
                let click = if *checked { "checks" } else { "unchecks" };
                let (who, request) = match screen {
                    Screen::Profile => {
                        let path = format!("PUT {}/consent", path_of(*facility, tenant));
                        ("staff", staff(id, &path))
                    }
                    Screen::Portal => {
                        let claims = json!({
                            "sub": format!("op{id}"), "scope": "portal",
                            "facility_id": FACILITIES[*facility], "tenant_id": tenant,
                        });
                        ("the tenant", call("PUT /v1/portal/consent").claims(claims))
                    }
                };
                let via = received_via.map_or_else(String::new, |via| format!(", told by {via}"));
                let what = format!("{who} {click} the box of {}/{tenant}{via}", FACILITIES[*facility]);
                self.ask(planned, &what, request.json(&body)).await;
            }
            Operation::Text(text) => self.text(planned, text).await,
            Operation::Review {
                facility,
                place,
                verdict,
            } => {
                self.review(planned, FACILITIES[*facility], *place, *verdict)
                    .await;
            }
            // It is made of the one before.
            Operation::Decided { .. } => {}
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
                self.ask(planned, &format!("{path}: {body:?}, key {key:?}"), request)
                    .await;
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
                self.ask(planned, &path, staff(id, &path)).await;
            }
            Operation::Carrier { number, blocked } => {
                let state = &mut *self.net.state();
                let number = NUMBERS[*number].to_owned();
                state.trace.say(
                    &format!("#{id}"),
                    &format!("the carrier blocks {number}: {blocked}"),
                );
                if *blocked {
                    state.blocked.insert(number)
                } else {
                    state.blocked.remove(&number)
                };
            }
            Operation::Publish { again } => self.publish(planned, *again).await,
        }
    }

    /// Somebody reads the open reviews, and decides one.
    async fn review(&self, planned: &Planned, facility: &str, place: usize, verdict: Verdict) {
        let path = format!("GET /v1/facilities/{facility}/reviews");
        let open = self.ask(planned, &path, staff(planned.id, &path)).await;
        let Some(review) = open.body()["reviews"]
            .as_array()
            .and_then(|reviews| reviews.get(place))
        else {
            return;
        };
        let number = NUMBERS.iter().position(|number| review["cell_phone"] == *number);
        let (Some(number), "hold") = (number, review["kind"].as_str().unwrap_or_default()) else {
            return;
        };
        let facility_place = FACILITIES.iter().position(|id| *id == facility).unwrap();
        let operation = Operation::Decided {
            facility: facility_place,
            number,
            verdict,
        };
        let decided = Planned {
            operation,
            ..planned.clone()
        };
        let decision = match verdict {
            Verdict::OptOut => "opt_out",
            Verdict::NoOptOut => "no_opt_out",
        };
        let path = format!(
            "PUT /v1/facilities/{facility}/reviews/{}",
            review["review_id"].as_str().unwrap()
        );
        let what = format!(
            "{path}: {decision} of {} from {}",
            review["text"], NUMBERS[number]
        );
        // Who is told that it was not done, or not told at all, decides again: a repetition completes it.
        for further in 1..=20 {
            let request = staff(planned.id, &path).json(&json!({"decision": decision}));
            let answer = self.ask_again(&decided, further, &what, request).await;
            let is_told = !matches!(answer.status(), 0 | 503) && answer.body()["code"] != "conflict";
            if is_told {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
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
        let asked = self
            .ask(planned, &what, staff(planned.id, &path).json(&body))
            .await;
        let call = {
            let calls = self.calls.lock().unwrap();
            calls.iter().rposition(|called| called.id == planned.id).unwrap()
        };
        let decisions = asked.body()["decisions"].as_array().cloned().unwrap_or_default();
        for decision in decisions.iter().filter(|decision| decision["allowed"] == true) {
            let until: Timestamp = decision["valid_until"].as_str().unwrap().parse().unwrap();
            let skew = self.plan.skews[planned.instance];
            let left = until.duration_since(instant(self.begun, skew)).as_millis();
            let left = u64::try_from(left).unwrap_or_default();
            if left == 0 {
                continue;
            }
            sleep(Duration::from_millis((*hands_over_after).min(left - 1))).await;
            let tenant = decision["tenant_id"].as_str().unwrap();
            let (to, from) = (
                decision["to"].as_str().unwrap(),
                decision["from"].as_str().map(str::to_owned),
            );
            self.net
                .state()
                .hand_over(call, FACILITIES[*facility], tenant, (from, to), planned.id);
            if *reports {
                let id = decision["decision_id"].as_str().unwrap();
                let path = format!("PUT {}/decisions/{id}", path_of(*facility, tenant));
                let request = staff(planned.id, &path).json(&json!({"outcome": "sent"}));
                let reported = Planned {
                    operation: Operation::Report { facility: *facility },
                    ..planned.clone()
                };
                self.ask_again(&reported, 1, &path, request).await;
            }
        }
    }

    /// A text, with every delivery that was planned at once, each repeated where it fails.
    async fn text(&self, planned: &Planned, text: &Text) {
        let sent = instant(self.begun, 0);
        self.acknowledged.lock().unwrap().insert(planned.id, false);
        let deliveries = text.deliveries.iter().enumerate().map(async |(place, after)| {
            sleep(Duration::from_millis(*after)).await;
            for again in 0..=text.redeliveries {
                let delivery = 1 + place as u64 * 10 + u64::from(again);
                if self.deliver(planned, text, sent, delivery).await {
                    return;
                }
                sleep(Duration::from_millis(400 * u64::from(again + 1))).await;
            }
        });
        futures_util::future::join_all(deliveries).await;
    }

    /// Delivers a text, and says whether that was acknowledged. A new provider is one arm here.
    async fn deliver(&self, planned: &Planned, text: &Text, sent: Timestamp, delivery: u64) -> bool {
        let label = format!("M{}", planned.id);
        let (from, to) = (&text.spelled, BUSINESS[text.to]);
        let what = format!("{:?} delivers {:?} from {from} to {to}", text.provider, text.body);
        let now = instant(self.begun, 0);
        let called = match text.provider {
            Provider::Twilio | Provider::Telnyx => {
                let request = if text.provider == Provider::Twilio {
                    twilio(&label, from, to, text.body)
                } else {
                    telnyx_event(&telnyx_text(&label, from, to, text.body, sent), now.as_second())
                };
                let ask = async |world: &World| {
                    world
                        .invoke_event("sms-webhook", &request.event().to_string())
                        .await
                };
                self.called(planned, delivery, &what, ask, answered).await
            }
            Provider::Aws => {
                let record = sns_notification(&label, from, to, text.body, &sent.to_string());
                let event = json!({"Records": [record]});
                let ask = async |world: &World| world.deliver(event).await;
                let came = |is_done| Came::Answer {
                    status: if is_done { 200 } else { 503 },
                    body: Value::Null,
                    told: String::new(),
                };
                self.called(planned, delivery, &what, ask, came).await
            }
        };
        let is_done = called.status() == 200;
        if is_done {
            self.acknowledged.lock().unwrap().insert(planned.id, true);
        }
        is_done
    }

    /// Hands the outbox what the stream has. The platform hands over one batch of a shard at a time.
    async fn publish(&self, planned: &Planned, again: bool) {
        let Some(position) = self.published.lock().unwrap().take() else {
            return;
        };
        let mut position = if again {
            position.saturating_sub(3)
        } else {
            position
        };
        loop {
            let records = self.records();
            let batch: Vec<Value> = records.iter().skip(position).take(10).cloned().collect();
            if batch.is_empty() {
                break;
            }
            let event = json!({"Records": batch});
            let what = format!("the stream hands over {} records", batch.len());
            let ask = async |world: &World| world.publish_unchecked(event).await;
            let came = |failed: Vec<String>| Came::Answer {
                status: if failed.is_empty() { 200 } else { 503 },
                body: json!(failed),
                told: String::new(),
            };
            let called = self.called(planned, 0, &what, ask, came).await;
            let failed = called.body().as_array().cloned().unwrap_or_default();
            let first = batch
                .iter()
                .position(|record| failed.contains(&record["dynamodb"]["SequenceNumber"]));
            match (called.is_done(), first) {
                (true, _) => position += batch.len(),
                (false, Some(first)) => {
                    position += first;
                    break;
                }
                (false, None) => break,
            }
        }
        *self.published.lock().unwrap() = Some(position);
    }

    /// What the event source mapping hands on of the stream: new records.
    fn records(&self) -> Vec<Value> {
        let records = self.net.stream();
        let is_record = |record: &Value| {
            let sort = record["dynamodb"]["Keys"]["SK"]["S"].as_str();
            record["eventName"] == "INSERT" && sort.is_some_and(|sort| sort.starts_with("RECORD#"))
        };
        records.into_iter().filter(is_record).collect()
    }

    /// All is over, and calm: what was sent late arrives, what providers keep is delivered, and everything is looked at.
    async fn end(&self) {
        sleep(Duration::from_secs(40)).await;
        self.net.say("end", "all is calm");
        for planned in &self.plan.planned {
            let Operation::Text(text) = &planned.operation else {
                continue;
            };
            let is_acknowledged = self.acknowledged.lock().unwrap()[&planned.id];
            if text.is_kept && !is_acknowledged {
                let calm = Planned {
                    is_calm: true,
                    ..planned.clone()
                };
                let sent = instant(self.begun, 0) - SignedDuration::from_secs(60);
                if !self.deliver(&calm, text, sent, 500).await {
                    self.fails(format!(
                        "a text (#{}) was not taken when all was calm",
                        planned.id
                    ));
                }
            }
        }
        sleep(Duration::from_secs(10)).await;
        self.publish(&calm(Operation::Publish { again: false }), false)
            .await;
        let read = self.read_all().await;
        *self.end.lock().unwrap() = read;
    }

    async fn read_all(&self) -> End {
        let tenants: Vec<(String, String)> = self.net.state().facts.tenants.keys().cloned().collect();
        let mut end = End::default();
        for (facility, tenant) in tenants {
            let place = FACILITIES.iter().position(|id| *id == facility).unwrap();
            let operation = Operation::View {
                facility: place,
                tenant: tenant.clone(),
            };
            self.perform(&calm(operation)).await;
            let view = self.calls.lock().unwrap().last().unwrap().clone();
            let key = (facility.clone(), tenant.clone());
            if view.is_done() {
                end.views.insert(key.clone(), view.body().clone());
                let path = format!("GET {}/messages?limit=200", path_of(place, &tenant));
                let thread = self.read(&path).await;
                let messages = thread["messages"].as_array().cloned().unwrap_or_default();
                end.threads.insert(key.clone(), messages);
            }
            let history = self
                .read(&format!(
                    "GET {}/consent/history?limit=200",
                    path_of(place, &tenant)
                ))
                .await;
            let mut records = history["records"].as_array().cloned().unwrap_or_default();
            records.reverse();
            end.histories.insert(key, (records, history));
        }
        for facility in FACILITIES {
            if !self.net.state().facts.facilities.contains_key(facility) {
                continue;
            }
            let report = self
                .read(&format!("GET /v1/facilities/{facility}/consent-report?limit=200"))
                .await;
            let rows = report["rows"].as_array().cloned().unwrap_or_default();
            end.reports
                .insert(facility.to_owned(), (rows, report["totals"].clone()));
        }
        let scan = serde_json::from_value(json!({"TableName": TABLE})).unwrap();
        let scanned = serde_json::to_value(self.net.database.scan(scan).unwrap()).unwrap();
        end.items = scanned["Items"].as_array().cloned().unwrap_or_default();
        end
    }

    /// Reads something when all is calm. It is not part of the history.
    async fn read(&self, line: &str) -> Value {
        let here = self.here(usize::MAX, "end".to_owned(), true, 0);
        let event = staff(usize::MAX, line).event();
        let begun = self.begun;
        let clock: clock::Clock = Arc::new(move || instant(begun, 0));
        let function = World::function_of(event["rawPath"].as_str().unwrap());
        let text = event.to_string();
        let answer = HERE.scope(
            here,
            clock::with(clock, self.instances[0].invoke_event(function, &text)),
        );
        let answer = answer.await;
        if answer.status != 200 {
            self.fails(format!("{line} is answered {} when all is calm", answer.status));
            return Value::Null;
        }
        answer.body()
    }

    fn fails(&self, what: String) {
        self.wrong.lock().unwrap().push(what);
    }

    fn struck(&self) -> Ran {
        let state = &mut *self.net.state();
        Ran {
            plan: self.plan.clone(),
            calls: std::mem::take(&mut self.calls.lock().unwrap()),
            facts: std::mem::take(&mut state.facts),
            end: std::mem::take(&mut self.end.lock().unwrap()),
            trace: state.trace.text().to_owned(),
            wrong: std::mem::take(&mut self.wrong.lock().unwrap()),
        }
    }
}

/// An operation at the end, when nothing goes wrong.
fn calm(operation: Operation) -> Planned {
    Planned {
        id: usize::MAX,
        at: 0,
        instance: 0,
        is_calm: true,
        operation,
    }
}

/// What time it is for an instance whose clock is wrong by so much.
fn instant(begun: Instant, skew: i64) -> Timestamp {
    let beginning: Timestamp = BEGINNING.parse().unwrap();
    beginning + SignedDuration::try_from(begun.elapsed()).unwrap() + SignedDuration::from_millis(skew)
}

fn answered(answer: Answer) -> Came {
    let body = serde_json::from_str(&answer.text).unwrap_or_default();
    Came::Answer {
        status: answer.status.as_u16(),
        body,
        told: answer.message(),
    }
}

fn staff(id: usize, line: &str) -> Call {
    call(line).claims(json!({
        "sub": format!("op{id}"),
        "scope": "consent:read consent:write tenants:write messages:send",
        "facilities": "*",
    }))
}

fn path_of(facility: usize, tenant: &str) -> String {
    format!("/v1/facilities/{}/tenants/{tenant}", FACILITIES[facility])
}

/// What a send says: with a key the same as every other one with it.
pub(crate) fn text_body(id: usize, key: Option<u64>) -> String {
    key.map_or_else(|| format!("text #{id}"), |key| format!("text of key {key}"))
}

/// The partition key under which a message is kept.
pub(crate) fn message_key(id: usize, provider: Provider) -> String {
    let label = format!("M{id}");
    match provider {
        Provider::Twilio => format!("MESSAGE#twilio#{}", twilio_id(&label)),
        Provider::Telnyx => format!("MESSAGE#telnyx#{label}"),
        Provider::Aws => format!("MESSAGE#aws#{label}"),
    }
}

fn telnyx_text(id: &str, from: &str, to: &str, text: &str, received_at: Timestamp) -> String {
    let event = json!({
        "data": {
            "event_type": "message.received", "id": "event", "record_type": "event",
            "occurred_at": received_at.to_string(),
            "payload": {
                "id": id, "direction": "inbound", "record_type": "message", "type": "SMS",
                "from": {"phone_number": from, "carrier": "", "line_type": ""},
                "to": [{"phone_number": to, "status": "webhook_delivered"}],
                "text": text, "received_at": received_at.to_string(),
            },
        },
        "meta": {"attempt": 1, "delivered_to": "https://texts.example.com/v1/sms/telnyx"},
    });
    event.to_string()
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

/// A function's life. `None`: it died at some await, or took too long.
async fn lives<T>(here: &Here, net: &Net, function: impl Future<Output = T>) -> Option<T> {
    let (dies_at, freezes_at) = {
        let dice = &mut *here.dice.lock().unwrap();
        let dies_at = dice.happens(here.faults.death).then(|| dice.between(1, 14));
        let freezes_at = dice
            .happens(here.faults.freeze)
            .then(|| (dice.between(1, 10), dice.between(100, 5_000)));
        (dies_at, freezes_at)
    };
    let mut function = Box::pin(function);
    let mut polls = 0;
    let mut frozen: Option<Pin<Box<Sleep>>> = None;
    let life = poll_fn(move |context| {
        if let Some(sleep) = &mut frozen {
            if sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            frozen = None;
        }
        polls += 1;
        if Some(polls) == dies_at {
            here.suffers("death");
            return Poll::Ready(None);
        }
        if let Some((_, millis)) = freezes_at.filter(|(at, _)| *at == polls) {
            here.suffers("frozen");
            net.say(&here.name, &format!("  stands still for {millis} ms"));
            let mut sleep = Box::pin(sleep(Duration::from_millis(millis)));
            if sleep.as_mut().poll(context).is_pending() {
                frozen = Some(sleep);
                return Poll::Pending;
            }
        }
        function.as_mut().poll(context).map(Some)
    });
    timeout(FUNCTION_LIMIT, life).await.ok().flatten()
}

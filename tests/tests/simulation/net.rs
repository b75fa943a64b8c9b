//! The way from the functions to AWS, without a socket: the SDK's requests come in here, meet their fate, and are
//! answered by the embedded database and by stand-ins for SNS and Secrets Manager.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use consent_store::Unpublished;
use consent_texts::Exchange;
use dynoxide::{Database, DynoxideError};
use http::{Request, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::dice::Dice;
use crate::facts::{CallId, Facts, Sent, writes};
use crate::faults::{Fate, Faults};
use crate::trace::Trace;

tokio::task_local! {
    /// The call of a function that is being carried out.
    pub(crate) static HERE: Arc<Here>;
}

/// A call of a function, as the network sees it.
pub(crate) struct Here {
    pub(crate) call: CallId,
    /// How the trace names it.
    pub(crate) name: String,
    pub(crate) faults: Faults,
    pub(crate) dice: Mutex<Dice>,
    /// What went wrong for it, by kind.
    pub(crate) suffered: Mutex<BTreeMap<&'static str, u32>>,
}

impl Here {
    fn roll<T>(&self, roll: impl FnOnce(&Faults, &mut Dice) -> T) -> T {
        roll(&self.faults, &mut self.dice.lock().unwrap())
    }

    pub(crate) fn suffers(&self, what: &'static str) {
        *self.suffered.lock().unwrap().entry(what).or_default() += 1;
    }
}

/// What all functions share.
pub(crate) struct Net {
    pub(crate) database: Database,
    state: Mutex<State>,
}

pub(crate) struct State {
    pub(crate) trace: Trace,
    pub(crate) facts: Facts,
    /// The numbers on the provider's own opt-out list.
    pub(crate) blocked: BTreeSet<String>,
    /// The items of transactions under way.
    locked: BTreeSet<String>,
    /// The tokens of transactions that were carried out.
    done: BTreeSet<String>,
    /// What queries were answered, for reads that are late.
    answered: BTreeMap<String, (u64, String)>,
    published: u64,
}

/// What a provider without an SDK answers.
type Given = Result<(StatusCode, Vec<u8>), Unpublished>;

/// What the SDK is given for a way to AWS.
#[derive(Clone)]
pub(crate) struct Way(pub(crate) Arc<Net>);

impl std::fmt::Debug for Way {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Way")
    }
}

impl HttpClient for Way {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Way {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let here = HERE.with(Arc::clone);
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let (service, operation) = target.split_once('.').unwrap_or_default();
        let (service, operation) = (service.to_owned(), operation.to_owned());
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let body = String::from_utf8(body).unwrap();
        let net = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            match service.as_str() {
                "DynamoDB_20120810" => net.database(here, operation, body).await,
                "secretsmanager" => net.secret(&here, &body).await,
                _ => net.sns(here, &body).await,
            }
        })
    }
}

type Answered = Result<HttpResponse, ConnectorError>;

fn response(status: u16, content_type: &'static str, body: String) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body.into())
        .unwrap();
    HttpResponse::try_from(response).unwrap()
}

fn broken() -> ConnectorError {
    ConnectorError::io("the connection broke".into())
}

async fn millis(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}

/// Whether a key is that of a tenant or a total.
fn is_busy(key: &str) -> bool {
    key.contains(" TENANT#") || key.contains("#TOTALS#")
}

fn is_busy_anywhere(transaction: &str) -> bool {
    let request = serde_json::from_str(transaction).unwrap();
    writes(&request).iter().any(|(key, ..)| is_busy(key))
}

fn error(status: u16, code: &str) -> (u16, String) {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "no"});
    (status, body.to_string())
}

/// The answer to a transaction that met another one at some of its items.
fn cancelled(request: &Value, locked: impl Fn(&str) -> bool) -> (u16, String) {
    let mut reasons = Vec::new();
    for write in request["TransactItems"].as_array().into_iter().flatten() {
        let one = json!({"TransactItems": [write]});
        let is_locked = writes(&one).iter().any(|(key, ..)| locked(key));
        reasons.push(json!({"Code": if is_locked { "TransactionConflict" } else { "None" }}));
    }
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled", "CancellationReasons": reasons,
    });
    (400, body.to_string())
}

impl Net {
    pub(crate) fn new(database: Database) -> Arc<Self> {
        Arc::new(Self {
            database,
            state: Mutex::new(State {
                trace: Trace::new(),
                facts: Facts::default(),
                blocked: BTreeSet::new(),
                locked: BTreeSet::new(),
                done: BTreeSet::new(),
                answered: BTreeMap::new(),
                published: 0,
            }),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Everything that happened to the table, as its stream has it.
    pub(crate) fn stream(&self) -> Vec<Value> {
        let of = |request: Value| serde_json::from_value(request).unwrap();
        let streams = self
            .database
            .list_streams(serde_json::from_value(json!({})).unwrap())
            .unwrap();
        let stream = &streams.streams[0];
        let from = json!({
            "StreamArn": stream.stream_arn, "ShardId": dynoxide::streams::shard_id(&stream.table_name),
            "ShardIteratorType": "TRIM_HORIZON",
        });
        let mut iterator = self.database.get_shard_iterator(of(from)).unwrap().shard_iterator;
        let mut records = Vec::new();
        while let Some(at) = iterator {
            let request = serde_json::from_value(json!({"ShardIterator": at})).unwrap();
            let read = serde_json::to_value(self.database.get_records(request).unwrap()).unwrap();
            let page = read["Records"].as_array().unwrap();
            if page.is_empty() {
                break;
            }
            records.extend(page.iter().cloned());
            iterator = read["NextShardIterator"].as_str().map(str::to_owned);
        }
        records
    }

    pub(crate) fn say(&self, who: &str, what: &str) {
        self.state().trace.say(who, what);
    }

    pub(crate) fn now(&self) -> u64 {
        self.state().trace.now()
    }

    /// A request to the database. What has been sent is carried out, whether or not who sent it lives on.
    async fn database(self: Arc<Self>, here: Arc<Here>, operation: String, body: String) -> Answered {
        let is_transaction = operation == "TransactWriteItems";
        let is_storm = is_transaction && is_busy_anywhere(&body);
        let fate = here.roll(|faults, dice| faults.database(dice, is_transaction, is_storm));
        let (before, after) =
            here.roll(|faults, dice| (dice.below(faults.latency), dice.below(faults.latency)));
        let what = summary(&operation, &body);
        let suffers = |kind: &'static str| {
            here.suffers(kind);
            self.say(&here.name, &format!("  {kind}: {what}"));
        };
        match fate {
            Fate::Passes => {
                let answered = self.carry_out(&here, before, operation, body);
                let (status, answer) = answered.await;
                millis(after).await;
                Ok(response(status, "application/x-amz-json-1.0", answer))
            }
            Fate::Conflict => {
                suffers("conflict");
                millis(before).await;
                let request = serde_json::from_str(&body).unwrap();
                let (status, answer) = cancelled(&request, |key| !is_storm || is_busy(key));
                Ok(response(status, "application/x-amz-json-1.0", answer))
            }
            Fate::Throttled => {
                suffers("throttled");
                millis(before).await;
                let (status, answer) = error(400, "ThrottlingException");
                Ok(response(status, "application/x-amz-json-1.0", answer))
            }
            Fate::ServerError { took_effect } => {
                suffers(if took_effect {
                    "error after"
                } else {
                    "error before"
                });
                if took_effect {
                    self.carry_out(&here, before, operation, body).await;
                }
                millis(after).await;
                let (status, answer) = error(500, "InternalServerError");
                Ok(response(status, "application/x-amz-json-1.0", answer))
            }
            Fate::Broken { took_effect } => {
                suffers(if took_effect {
                    "broken after"
                } else {
                    "broken before"
                });
                if took_effect {
                    self.carry_out(&here, before, operation, body).await;
                }
                millis(after).await;
                Err(broken())
            }
            Fate::Silent { takes_effect_after } => {
                suffers(if takes_effect_after.is_some() {
                    "silent, arrives"
                } else {
                    "silent, lost"
                });
                if let Some(delay) = takes_effect_after {
                    self.carry_out(&here, before + delay, operation, body).await;
                }
                std::future::pending().await
            }
        }
    }

    /// Has the database do it, after so long.
    fn carry_out(
        self: &Arc<Self>,
        here: &Arc<Here>,
        after: u64,
        operation: String,
        body: String,
    ) -> impl Future<Output = (u16, String)> + Send + use<> {
        let (net, here) = (Arc::clone(self), Arc::clone(here));
        let done = tokio::spawn(async move {
            millis(after).await;
            match operation.as_str() {
                "TransactWriteItems" => net.transact(&here, &body).await,
                "BatchGetItem" => net.batch_get(&here, &body).await,
                "Query" => net.query(&here, &body),
                _ => net.ask(&operation, &body),
            }
        });
        async move { done.await.unwrap() }
    }

    async fn transact(&self, here: &Here, body: &str) -> (u16, String) {
        let request: Value = serde_json::from_str(body).unwrap();
        let keys: Vec<String> = writes(&request).into_iter().map(|(key, ..)| key).collect();
        let met: Vec<String> = {
            let locked = &mut self.state().locked;
            let met: Vec<String> = keys.iter().filter(|key| locked.contains(*key)).cloned().collect();
            if met.is_empty() {
                locked.extend(keys.iter().cloned());
            }
            met
        };
        if !met.is_empty() {
            here.suffers("met another");
            self.say(
                &here.name,
                &format!("  meets another transaction at {}", met.join(", ")),
            );
            return cancelled(&request, |key| met.iter().any(|met| met == key));
        }
        let takes = here.roll(|faults, dice| dice.below(1 + faults.latency / 2));
        millis(takes).await;
        let (status, answer) = self.ask("TransactWriteItems", body);
        let state = &mut *self.state();
        for key in &keys {
            state.locked.remove(key);
        }
        let token = request["ClientRequestToken"].as_str().unwrap_or_default();
        // What is asked again under its token is answered again, and is not done again.
        if status == 200 && state.done.insert(token.to_owned()) {
            let now = state.trace.now();
            state.facts.written(now, here.call, &request);
            state
                .trace
                .say(&here.name, &format!("  wrote {}", written(&request)));
        }
        (status, answer)
    }

    /// Keys may be left unread, and those that are read may be read at two moments.
    async fn batch_get(&self, here: &Here, body: &str) -> (u16, String) {
        let request: Value = serde_json::from_str(body).unwrap();
        let (table, wanted) = request["RequestItems"]
            .as_object()
            .unwrap()
            .iter()
            .next()
            .unwrap();
        let keys = wanted["Keys"].as_array().unwrap().clone();
        if keys.len() < 2 {
            return self.ask("BatchGetItem", body);
        }
        let part = |keys: &[Value]| {
            let mut wanted = wanted.clone();
            wanted["Keys"] = keys.to_vec().into();
            json!({"RequestItems": {table: wanted}})
        };
        let (unprocessed, torn) =
            here.roll(|faults, dice| (dice.happens(faults.unprocessed), dice.happens(faults.torn)));
        if unprocessed {
            here.suffers("unprocessed keys");
            let read = here.roll(|_, dice| dice.index(keys.len()).max(1));
            self.say(
                &here.name,
                &format!("  {} of {} keys are left unread", keys.len() - read, keys.len()),
            );
            let (status, answer) = self.ask("BatchGetItem", &part(&keys[..read]).to_string());
            let mut answer: Value = serde_json::from_str(&answer).unwrap();
            answer["UnprocessedKeys"] = part(&keys[read..])["RequestItems"].clone();
            return (status, answer.to_string());
        }
        if torn {
            let (mut first, mut later) = (Vec::new(), Vec::new());
            for key in keys {
                let is_first = here.roll(|_, dice| dice.happens(500));
                if is_first {
                    first.push(key);
                } else {
                    later.push(key);
                }
            }
            if first.is_empty() || later.is_empty() {
                return self.ask("BatchGetItem", body);
            }
            let (status, one) = self.ask("BatchGetItem", &part(&first).to_string());
            let between = here.roll(|_, dice| dice.one(&[1, 10, 60, 300]));
            here.suffers("torn read");
            millis(between).await;
            let (_, other) = self.ask("BatchGetItem", &part(&later).to_string());
            let mut one: Value = serde_json::from_str(&one).unwrap();
            let other: Value = serde_json::from_str(&other).unwrap();
            if let (Some(items), Some(more)) = (
                one["Responses"][table].as_array_mut(),
                other["Responses"][table].as_array(),
            ) {
                items.extend(more.iter().cloned());
            }
            return (status, one.to_string());
        }
        self.ask("BatchGetItem", body)
    }

    /// What need not be consistent may be late.
    fn query(&self, here: &Here, body: &str) -> (u16, String) {
        let (status, answer) = self.ask("Query", body);
        if body.contains("\"ConsistentRead\":true") {
            return (status, answer);
        }
        let now = self.now();
        let before = self
            .state()
            .answered
            .insert(body.to_owned(), (now, answer.clone()));
        match before {
            Some((at, before))
                if now < at + 3_000 && here.roll(|faults, dice| dice.happens(faults.stale)) =>
            {
                here.suffers("late read");
                (200, before)
            }
            _ => (status, answer),
        }
    }

    /// Asks the database, which answers at once.
    fn ask(&self, operation: &str, body: &str) -> (u16, String) {
        let database = &self.database;
        match operation {
            "TransactWriteItems" => answer(body, |request| database.transact_write_items(request)),
            "BatchGetItem" => answer(body, |request| database.batch_get_item(request)),
            "BatchWriteItem" => answer(body, |request| database.batch_write_item(request)),
            "Query" => answer(body, |request| database.query(request)),
            "DeleteItem" => answer(body, |request| database.delete_item(request)),
            "CreateTable" => answer(body, |request| database.create_table(request)),
            "DescribeTable" => answer(body, |request| database.describe_table(request)),
            other => panic!("the simulated database does not know {other}"),
        }
    }

    async fn secret(&self, here: &Here, body: &str) -> Answered {
        let fate = here.roll(super::faults::Faults::network);
        let json = "application/x-amz-json-1.1";
        if fate != Fate::Passes {
            here.suffers("secret");
            self.say(&here.name, "  the secret is not read");
            millis(5).await;
            return Err(broken());
        }
        millis(here.roll(|faults, dice| dice.below(faults.latency))).await;
        let request: Value = serde_json::from_str(body).unwrap();
        if request["VersionStage"] == "AWSPREVIOUS" {
            return Ok(response(
                400,
                json,
                json!({"__type": "ResourceNotFoundException"}).to_string(),
            ));
        }
        let answer = json!({
            "ARN": request["SecretId"], "Name": "consent", "SecretString": tests::first_secret().to_string(),
            "VersionId": "00000000-0000-4000-8000-000000000000", "VersionStages": ["AWSCURRENT"],
        });
        Ok(response(200, json, answer.to_string()))
    }

    /// The way to Twilio and Telnyx.
    pub(crate) fn others(self: &Arc<Self>) -> Exchange {
        let net = Arc::clone(self);
        Arc::new(move |request| {
            let (net, here) = (Arc::clone(&net), HERE.with(Arc::clone));
            Box::pin(async move { net.exchange(here, request).await })
        })
    }

    async fn exchange(self: Arc<Self>, here: Arc<Here>, request: Request<String>) -> Given {
        let fate = here.roll(super::faults::Faults::network);
        let is_slow = here.roll(|faults, dice| dice.happens(faults.slow_provider));
        let takes = here.roll(|faults, dice| {
            if is_slow {
                dice.below(1_900)
            } else {
                dice.below(faults.latency)
            }
        });
        let is_twilio = request.uri().path().starts_with("/twilio/");
        let net = Arc::clone(&self);
        let giver = Arc::clone(&here);
        let take = async move {
            let taken = tokio::spawn(async move {
                millis(takes).await;
                net.state().take_other(&giver, is_twilio, request.body())
            });
            taken.await.unwrap()
        };
        let unknown = || Err(Unpublished::Unknown("the connection broke".to_owned()));
        let suffers = |kind: &'static str| {
            here.suffers(kind);
            self.say(&here.name, &format!("  the provider: {kind}"));
        };
        match fate {
            Fate::Passes | Fate::Conflict => Ok(take.await),
            Fate::Throttled => {
                suffers("throttled");
                Ok((StatusCode::TOO_MANY_REQUESTS, Vec::new()))
            }
            Fate::ServerError { took_effect } => {
                suffers(if took_effect {
                    "error after"
                } else {
                    "error before"
                });
                if took_effect {
                    take.await;
                }
                Ok((StatusCode::SERVICE_UNAVAILABLE, Vec::new()))
            }
            Fate::Broken { took_effect: true } => {
                suffers("broken after");
                take.await;
                unknown()
            }
            Fate::Broken { took_effect: false } => {
                suffers("broken before");
                Err(Unpublished::NotNow("no connection".to_owned()))
            }
            Fate::Silent { takes_effect_after } => {
                suffers(if takes_effect_after.is_some() {
                    "silent, arrives"
                } else {
                    "silent, lost"
                });
                if takes_effect_after.is_some() {
                    take.await;
                }
                std::future::pending().await
            }
        }
    }

    async fn sns(self: Arc<Self>, here: Arc<Here>, body: &str) -> Answered {
        let form: BTreeMap<String, String> = serde_urlencoded::from_str(body).unwrap();
        let action = form.get("Action").cloned().unwrap_or_default();
        let fate = here.roll(super::faults::Faults::network);
        let is_slow = here.roll(|faults, dice| dice.happens(faults.slow_provider));
        let takes = here.roll(|faults, dice| {
            if is_slow {
                dice.below(1_900)
            } else {
                dice.below(faults.latency)
            }
        });
        let refused = |status: u16, code: &str| {
            let text = format!(
                "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type>\
                 <Code>{code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"
            );
            Ok(response(status, "text/xml", text))
        };
        let suffers = |kind: &'static str| {
            here.suffers(kind);
            self.say(&here.name, &format!("  SNS {kind}: {action}"));
        };
        match fate {
            Fate::Passes | Fate::Conflict => {
                let (status, answer) = self.provide(&here, takes, form).await;
                if status == 200 {
                    let text = format!(
                        "<{action}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><{action}Result>{answer}\
                         </{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
                    );
                    Ok(response(200, "text/xml", text))
                } else {
                    refused(status, &answer)
                }
            }
            Fate::Throttled => {
                suffers("throttled");
                millis(takes).await;
                refused(400, "Throttling")
            }
            Fate::ServerError { took_effect } => {
                suffers(if took_effect {
                    "error after"
                } else {
                    "error before"
                });
                if took_effect {
                    self.provide(&here, takes, form).await;
                }
                refused(500, "InternalError")
            }
            Fate::Broken { took_effect } => {
                suffers(if took_effect {
                    "broken after"
                } else {
                    "broken before"
                });
                if took_effect {
                    self.provide(&here, takes, form).await;
                }
                Err(broken())
            }
            Fate::Silent { takes_effect_after } => {
                suffers(if takes_effect_after.is_some() {
                    "silent, arrives"
                } else {
                    "silent, lost"
                });
                if takes_effect_after.is_some() {
                    // Whoever asks gives up after two seconds, and closes the connection.
                    self.provide(&here, takes, form).await;
                }
                std::future::pending().await
            }
        }
    }

    /// Has SNS do it, after so long: the result's text, or the code of a refusal.
    fn provide(
        self: &Arc<Self>,
        here: &Arc<Here>,
        after: u64,
        form: BTreeMap<String, String>,
    ) -> impl Future<Output = (u16, String)> + Send + use<> {
        let (net, here) = (Arc::clone(self), Arc::clone(here));
        let done = tokio::spawn(async move {
            millis(after).await;
            net.state().provide(&here, &form)
        });
        async move { done.await.unwrap() }
    }
}

impl State {
    /// A caller who was let hands a text over, by a provider of their own.
    pub(crate) fn hand_over(
        &mut self,
        call: CallId,
        facility: &str,
        tenant: &str,
        (from, to): (Option<String>, &str),
        id: usize,
    ) {
        let mut decided = self.facts.decided.get(&call).into_iter().flatten();
        let decided = decided
            .rfind(|(at, whom, _)| at == facility && whom == tenant)
            .cloned();
        let sent = Sent {
            at: self.trace.now(),
            by: call,
            from,
            to: to.to_owned(),
            body: format!("a caller's text #{id}"),
            decided,
        };
        self.trace.say(
            &format!("#{id}"),
            &format!("  hands a text for {facility}/{tenant} to {to} over"),
        );
        self.facts.sent.push(sent);
    }

    /// A provider takes a text, unless its list has the number.
    fn take(&mut self, here: &Here, from: Option<String>, to: &str, body: &str) -> bool {
        if self.blocked.contains(to) {
            self.trace
                .say(&here.name, &format!("  the provider has {to} on its list"));
            return false;
        }
        let sent = Sent {
            at: self.trace.now(),
            by: here.call,
            from,
            to: to.to_owned(),
            body: body.to_owned(),
            decided: self
                .facts
                .decided
                .get(&here.call)
                .and_then(|all| all.last().cloned()),
        };
        self.trace.say(&here.name, &format!("  TEXT to {to}: {body:?}"));
        self.facts.sent.push(sent);
        true
    }

    /// Twilio or Telnyx takes a text.
    fn take_other(&mut self, here: &Here, is_twilio: bool, body: &str) -> (StatusCode, Vec<u8>) {
        let members: BTreeMap<String, Value> = if is_twilio {
            let form: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap();
            form.into_iter()
                .map(|(name, value)| (name.to_lowercase(), value.into()))
                .collect()
        } else {
            serde_json::from_str(body).unwrap()
        };
        let one = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        let text = one("body").or_else(|| one("text")).unwrap();
        let is_taken = self.take(here, one("from"), &one("to").unwrap(), &text);
        let (status, answer) = match (is_taken, is_twilio) {
            (true, true) => (StatusCode::CREATED, json!({"sid": "SM"})),
            (true, false) => (StatusCode::OK, json!({"data": {"id": "m"}})),
            (false, true) => (StatusCode::BAD_REQUEST, json!({"code": 21_610})),
            (false, false) => (StatusCode::FORBIDDEN, json!({"errors": [{"code": "40300"}]})),
        };
        (status, answer.to_string().into_bytes())
    }

    fn provide(&mut self, here: &Here, form: &BTreeMap<String, String>) -> (u16, String) {
        let one = |name: &str| form.get(name).cloned();
        match form.get("Action").map(String::as_str) {
            Some("Publish") if form.contains_key("TopicArn") => {
                let event: Value = serde_json::from_str(&form["Message"]).unwrap();
                let what = format!(
                    "  publishes {} of {}",
                    event["type"].as_str().unwrap(),
                    event["id"]
                );
                self.trace.say(&here.name, &what);
                self.facts.published.push(event);
            }
            Some("Publish") => {
                let from = (1..=8).find_map(|entry| {
                    let name = one(&format!("MessageAttributes.entry.{entry}.Name"))?;
                    (name == "AWS.MM.SMS.OriginationNumber")
                        .then(|| one(&format!("MessageAttributes.entry.{entry}.Value.StringValue")))?
                });
                if !self.take(here, from, &form["PhoneNumber"], &form["Message"]) {
                    return (400, "InvalidParameter".to_owned());
                }
            }
            Some("CheckIfPhoneNumberIsOptedOut") => {
                let is_blocked = self.blocked.contains(&form["phoneNumber"]);
                return (200, format!("<isOptedOut>{is_blocked}</isOptedOut>"));
            }
            Some("OptInPhoneNumber") => {
                self.blocked.remove(&form["phoneNumber"]);
                return (200, String::new());
            }
            other => panic!("the simulated SNS does not know {other:?}"),
        }
        self.published += 1;
        (200, format!("<MessageId>{}</MessageId>", self.published))
    }
}

fn answer<Q: DeserializeOwned, A: Serialize>(
    body: &str,
    ask: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> (u16, String) {
    let request = serde_json::from_str(body).unwrap();
    match ask(request) {
        Ok(answer) => (200, serde_json::to_string(&answer).unwrap()),
        Err(error) => (error.status_code(), error.to_json()),
    }
}

/// A request, for the trace.
fn summary(operation: &str, body: &str) -> String {
    let request: Value = serde_json::from_str(body).unwrap_or_default();
    match operation {
        "TransactWriteItems" => format!("a transaction of {}", written(&request)),
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            let keys = tables.flat_map(|(_, wanted)| wanted["Keys"].as_array().into_iter().flatten());
            let keys: Vec<&str> = keys.filter_map(|key| key["SK"]["S"].as_str()).collect();
            format!("a read of {}", some(&keys))
        }
        other => other.to_owned(),
    }
}

fn some<T: AsRef<str>>(keys: &[T]) -> String {
    let first: Vec<&str> = keys.iter().take(6).map(AsRef::as_ref).collect();
    match keys.len() {
        0..=6 => first.join(", "),
        more => format!("{} and {} more", first.join(", "), more - 6),
    }
}

/// What a transaction writes, by its sort keys, for the trace.
fn written(request: &Value) -> String {
    let keys: Vec<String> = writes(request)
        .into_iter()
        .filter(|(key, kind, _)| *kind != "ConditionCheck" && !key.contains("TOTALS"))
        .map(|(key, kind, of)| {
            let sort = key.split_once(' ').map_or("", |(_, sort)| sort);
            let sort = if sort == "MESSAGE" { &key } else { sort };
            let change = of["Item"]["consent"]
                .is_object()
                .then(|| crate::facts::consent(&of["Item"]["consent"]));
            match (kind, change) {
                (_, Some(consent)) => format!("{sort} ({consent})"),
                ("Update", None) => format!("{sort} (update)"),
                _ => sort.to_owned(),
            }
        })
        .collect();
    some(&keys)
}

//! The database: the embedded one, and what AWS adds to it of conflicts, delays and losses.

use std::sync::Arc;

use dynoxide::DynoxideError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::summary::{summary, written};
use super::{Answered, Here, Met, Net, broken, millis, response};
use crate::facts::writes;
use crate::faults::Fate;

const JSON: &str = "application/x-amz-json-1.0";

/// Whether a key is that of a tenant or a total.
fn is_busy(key: &str) -> bool {
    key.contains(" TENANT#") || key.contains("#TOTALS#")
}

fn error(status: u16, code: &str) -> (u16, String) {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "no"});
    (status, body.to_string())
}

/// The answer to a transaction that met another one at some of its items.
fn cancelled(request: &Value, is_met: impl Fn(&str) -> bool) -> (u16, String) {
    let mut reasons = Vec::new();
    for write in request["TransactItems"].as_array().into_iter().flatten() {
        let one = json!({"TransactItems": [write]});
        let is_met = writes(&one).iter().any(|(key, ..)| is_met(key));
        reasons.push(json!({"Code": if is_met { "TransactionConflict" } else { "None" }}));
    }
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled", "CancellationReasons": reasons,
    });
    (400, body.to_string())
}

fn token(transaction: &Value) -> &str {
    transaction["ClientRequestToken"].as_str().unwrap_or_default()
}

impl Net {
    /// A request to the database. What has been sent is carried out, whether or not who sent it lives on.
    pub(super) async fn database(
        self: Arc<Self>,
        here: Arc<Here>,
        operation: String,
        body: String,
    ) -> Answered {
        let request: Value = serde_json::from_str(&body).unwrap();
        let is_transaction = operation == "TransactWriteItems";
        let is_storm = is_transaction && writes(&request).iter().any(|(key, ..)| is_busy(key));
        let mut fate = here.roll(|faults, dice| faults.database(dice, is_transaction, is_storm));
        if fate == Fate::Conflict && self.state().done.contains(token(&request)) {
            // The same transaction once more: it was done, and AWS says so.
            fate = Fate::Passes;
        }
        let (before, after) =
            here.roll(|faults, dice| (dice.below(faults.latency), dice.below(faults.latency)));
        let what = if fate == Fate::Passes {
            String::new()
        } else {
            summary(&operation, &request)
        };
        let does = |delay: u64| self.carry_out(&here, before + delay, operation, body);
        let met = self.meet(&here, &what, fate, does).await;
        millis(if matches!(met, Met::Conflict | Met::Throttled) {
            before
        } else {
            after
        })
        .await;
        let (status, answer) = match met {
            Met::Answer(answer) => answer,
            Met::Conflict => cancelled(&request, |key| !is_storm || is_busy(key)),
            Met::Throttled => error(400, "ThrottlingException"),
            Met::ServerError => error(500, "InternalServerError"),
            Met::Broken { .. } => return Err(broken()),
        };
        Ok(response(status, JSON, answer))
    }

    /// Has the database do it, after so long.
    fn carry_out(
        self: &Arc<Self>,
        here: &Arc<Here>,
        after: u64,
        operation: String,
        body: String,
    ) -> impl Future<Output = (u16, String)> + use<> {
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

    /// Transactions under way at the same items are cancelled. One that is asked for again, under its token, is answered
    /// as it was, and is done once.
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>)
    async fn transact(&self, here: &Here, body: &str) -> (u16, String) {
        let request: Value = serde_json::from_str(body).unwrap();
        let token = token(&request).to_owned();
        let keys: Vec<String> = writes(&request).into_iter().map(|(key, ..)| key).collect();
        let met: Vec<String> = {
            let state = &mut *self.state();
            if state.done.contains(&token) {
                return (200, "{}".to_owned());
            }
            if state.locked.values().any(|other| *other == token) {
                return error(400, "TransactionInProgressException");
            }
            let is_met = |key: &&String| state.locked.contains_key(*key);
            let met: Vec<String> = keys.iter().filter(is_met).cloned().collect();
            if met.is_empty() {
                let locks = keys.iter().map(|key| (key.clone(), token.clone()));
                state.locked.extend(locks);
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
        state.locked.retain(|_, other| *other != token);
        if status == 200 {
            state.done.insert(token);
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
        let (unprocessed, torn) =
            here.roll(|faults, dice| (dice.happens(faults.unprocessed), dice.happens(faults.torn)));
        if !unprocessed && !torn {
            return self.ask("BatchGetItem", body);
        }
        let request: Value = serde_json::from_str(body).unwrap();
        let tables = request["RequestItems"].as_object().unwrap();
        let (table, wanted) = tables.iter().next().unwrap();
        let keys = wanted["Keys"].as_array().unwrap().clone();
        if keys.len() < 2 {
            return self.ask("BatchGetItem", body);
        }
        let part = |keys: &[Value]| {
            let mut wanted = wanted.clone();
            wanted["Keys"] = keys.to_vec().into();
            json!({"RequestItems": {table: wanted}})
        };
        let read = |keys: &[Value]| -> (u16, Value) {
            let (status, answer) = self.ask("BatchGetItem", &part(keys).to_string());
            (status, serde_json::from_str(&answer).unwrap())
        };
        if unprocessed {
            here.suffers("unprocessed keys");
            let first = here.roll(|_, dice| dice.index(keys.len()).max(1));
            let left = keys.len() - first;
            self.say(
                &here.name,
                &format!("  {left} of {} keys are left unread", keys.len()),
            );
            let (status, mut answer) = read(&keys[..first]);
            answer["UnprocessedKeys"] = part(&keys[first..])["RequestItems"].clone();
            return (status, answer.to_string());
        }
        let (first, later): (Vec<Value>, Vec<Value>) = keys
            .into_iter()
            .partition(|_| here.roll(|_, dice| dice.happens(500)));
        if first.is_empty() || later.is_empty() {
            return self.ask("BatchGetItem", body);
        }
        let (status, mut answer) = read(&first);
        let between = here.roll(|_, dice| dice.one(&[1, 10, 60, 300]));
        here.suffers("torn read");
        millis(between).await;
        let (_, other) = read(&later);
        let items = |answer: &Value| answer["Responses"][table].as_array().cloned();
        let all = [items(&answer), items(&other)].into_iter().flatten();
        answer["Responses"][table] = all.flatten().collect();
        (status, answer.to_string())
    }

    /// What need not be consistent may be late.
    fn query(&self, here: &Here, body: &str) -> (u16, String) {
        let (status, answer) = self.ask("Query", body);
        if body.contains("\"ConsistentRead\":true") {
            return (status, answer);
        }
        let now = self.now();
        let answered = &mut self.state().answered;
        match answered.insert(body.to_owned(), (now, answer.clone())) {
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

    /// Everything that happened to the table, as its stream has it.
    pub(crate) fn stream(&self) -> Vec<Value> {
        let read = &mut *self.stream.lock().unwrap();
        let mut iterator = read.rest.take().or_else(|| Some(self.stream_start()));
        while let Some(at) = iterator {
            let request = serde_json::from_value(json!({"ShardIterator": at})).unwrap();
            let page = serde_json::to_value(self.database.get_records(request).unwrap()).unwrap();
            let records = page["Records"].as_array().unwrap();
            iterator = page["NextShardIterator"].as_str().map(str::to_owned);
            if records.is_empty() {
                read.rest = iterator;
                break;
            }
            read.records.extend(records.iter().cloned());
        }
        read.records.clone()
    }

    fn stream_start(&self) -> String {
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
        let iterator = self.database.get_shard_iterator(of(from)).unwrap();
        iterator.shard_iterator.unwrap()
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

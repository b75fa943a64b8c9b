//! What is in flight: texts that were let out, to be handed over by this service or by a caller, and answers to STARTs. This
//! module writes what became of our own texts, and waits before a withdrawal is acknowledged.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use consent::decision::{Reported, Sender};
use consent::id::InFlightId;
use consent::number::Number;
use consent::sending::MessageState;
use consent::spans::{CLOCKS_DIFFER, RELEASED_WITHIN};
use consent::tenant::{AskedAt, InFlight, Tenant};
use futures_util::join;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use crate::commit::{GaveUp, Pause};
use crate::error::StoreError;
use crate::inbound::Reply;
use crate::items::{Answers, PhoneItem, stored};
use crate::messages::LOOK_AGAIN;
use crate::permit::{Outcome, Permit, Unpublished};
use crate::schema::Key;
use crate::store::{RequestTime, Store};

/// The longest pause between two looks at what is in flight.
const LOOK_AGAIN_AT_LATEST: Duration = Duration::from_millis(160);

/// What has to be over before a withdrawal is acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// The thread entries of our texts, and the decisions about a caller's: each says when it is over.
    texts: Vec<Key>,
    texts_until: Option<Timestamp>,
    /// The answers to a number's STARTs, by message, in this item. It says when each is over.
    answers: BTreeSet<String>,
    answers_until: Option<Timestamp>,
    phone: Option<Key>,
    /// How far they were when the number was read.
    answers_were: Answers,
    /// What only time ends.
    until: Option<Timestamp>,
}

impl Pending {
    /// Every text in flight to a tenant.
    pub(crate) fn of(tenant: &Tenant) -> Self {
        let mut pending = Self::default();
        pending.add(tenant, tenant.in_flight.iter());
        pending
    }

    /// These texts in flight to a tenant.
    pub(crate) fn add<'a>(
        &mut self,
        tenant: &Tenant,
        texts: impl Iterator<Item = (&'a InFlightId, &'a InFlight)>,
    ) {
        for (id, text) in texts {
            let (facility, tenant) = (&tenant.facility_id, &tenant.tenant_id);
            self.texts.push(match text.by {
                Sender::Service => Key::thread(facility, tenant, &text.at, id.as_str()),
                Sender::Caller => Key::decision(facility, tenant, id.as_str()),
            });
            self.texts_until = self.texts_until.max(Some(text.until));
        }
    }

    /// What is in flight to a number for tenants who left it, and the answers to its STARTs.
    pub(crate) fn add_number(&mut self, phone: &Key, number: &Number, now: Timestamp) {
        self.add_time(number.in_flight_until);
        self.answers.extend(number.answers.keys().cloned());
        for answer in number.answers.values() {
            let until = if answer.is_released {
                answer.until.min(now + RELEASED_WITHIN)
            } else {
                answer.until
            };
            self.answers_until = self.answers_until.max(Some(until));
        }
        self.answers_were = self.answers_were.max(Answers::of(number.answers.values()));
        self.phone = Some(phone.clone());
    }

    /// Something unknown that is over by then.
    pub(crate) fn add_time(&mut self, until: Option<Timestamp>) {
        self.until = self.until.max(until);
    }

    /// Something unknown that is over by then, and nothing else.
    pub(crate) fn until_then(until: Timestamp) -> Self {
        Self {
            until: Some(until),
            ..Self::default()
        }
    }

    /// The same, but over by then.
    pub(crate) fn no_later_than(mut self, until: Timestamp) -> Self {
        for limit in [&mut self.texts_until, &mut self.answers_until, &mut self.until] {
            *limit = limit.map(|limit| limit.min(until));
        }
        self
    }

    /// When all of it is over at the latest, by whatever clock. Texts have a second for clocks that differ in their time
    /// already; a released answer has not.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        let answers_until = self.answers_until.map(|until| until + CLOCKS_DIFFER);
        self.until.max(self.texts_until).max(answers_until)
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.texts.extend(other.texts);
        self.texts_until = self.texts_until.max(other.texts_until);
        self.answers.extend(other.answers);
        self.answers_until = self.answers_until.max(other.answers_until);
        self.answers_were = self.answers_were.max(other.answers_were);
        self.phone = other.phone.or(self.phone.take());
        self.until = self.until.max(other.until);
    }
}

/// What the item of a text in flight says of it: a thread entry has a state, a decision an outcome once it is known.
#[derive(Deserialize)]
struct Fate {
    #[serde(default)]
    state: Option<MessageState>,
    #[serde(default)]
    outcome: Option<Reported>,
}

stored!(Fate => Fate);

impl Fate {
    fn is_over(&self) -> bool {
        self.outcome.is_some() || self.state.is_some_and(|state| state != MessageState::Accepted)
    }
}

/// An answer to a START that is being handed over. Until it is released, a STOP from the number is not acknowledged.
#[derive(Debug)]
pub struct AnswerClaim {
    pub(crate) phone: Key,
    pub(crate) message: String,
}

impl Store {
    /// Writes down how handing a text over went. A text that may have left stays in flight for its time.
    ///
    /// # Errors
    /// The database's: the text then stays `accepted`.
    pub async fn record_outcome(&self, permit: Permit, outcome: &Outcome) -> Result<(), StoreError> {
        let state = match outcome {
            Outcome::Sent => MessageState::Sent,
            Outcome::NotSent(Unpublished::Unknown(_)) => return Ok(()),
            Outcome::NotSent(_) => MessageState::Failed,
        };
        let message = &permit.message;
        let (facility, tenant) = (&permit.found.tenant.facility_id, &permit.found.tenant.tenant_id);
        let thread = Key::thread(facility, tenant, &message.at, message.message_id.as_str());
        let thread = Update::builder()
            .table_name(&self.table)
            .set_key(Some(thread.attributes()))
            .update_expression("SET #state = :state ADD version :one")
            .condition_expression("decision_id = :decision")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", serde_dynamo::to_attribute_value(state)?)
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":decision", AttributeValue::S(message.decision_id.to_string()));
        let landed = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Key::tenant(facility, tenant).attributes()))
            .expression_attribute_names("#message", message.message_id.as_str());
        let asked_at = match (state, message.at.parse()) {
            (MessageState::Sent, Ok(at)) => Tenant::asked_by_own_text(&permit.body, at),
            _ => AskedAt::Nothing,
        };
        let tenant = match asked_at {
            AskedAt::Then(at) => landed
                .update_expression("SET asked_at = :asked_at REMOVE in_flight.#message")
                .expression_attribute_values(":asked_at", serde_dynamo::to_attribute_value(at)?),
            AskedAt::Nothing | AskedAt::Stays => landed.update_expression("REMOVE in_flight.#message"),
        };
        // An entry says how the last decision about its text ended. A retry under the same key may rewrite it.
        let failed = (state == MessageState::Failed).then(|| {
            let tenant = &permit.found.tenant.tenant_id;
            let reported = Some(Reported::NotSent);
            let update = self.outcome_update(facility, tenant, &message.decision_id, reported)?;
            Ok::<_, StoreError>(update.update_expression("SET outcome = :outcome"))
        });
        let writes = [thread, tenant]
            .into_iter()
            .chain(failed.transpose()?)
            .map(|update| {
                let update = update.build().map_err(StoreError::failed)?;
                Ok(TransactWriteItem::builder().update(update).build())
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let mut pause = Pause::long();
        loop {
            match self.write(writes.clone()).await {
                Ok(()) => return Ok(()),
                // The text has left or failed: a throttled database is worth another try.
                Err(error @ (StoreError::Conflict | StoreError::Unavailable(_))) => {
                    pause.wait().await.map_err(|GaveUp| error)?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// What a reply says, to be handed over in the response to the webhook right now. `None`: there is none, or its
    /// time is over. `clock` tells the time.
    pub async fn reply_in_response(
        &self,
        reply: Option<Reply>,
        claim: Option<AnswerClaim>,
        clock: impl Fn() -> Timestamp,
    ) -> Option<String> {
        let begun = Instant::now();
        if let Some(claim) = claim {
            let release = "SET answers.#message.is_released = :released ADD version :one";
            self.release_claim(claim, release, [(":released", AttributeValue::Bool(true))])
                .await;
        }
        // A STOP that sees the release waits for this long. After it, the answer may come too late.
        reply
            .filter(|reply| reply.holds(clock()) && begun.elapsed() < RELEASED_WITHIN.unsigned_abs())
            .map(Reply::into_body)
    }

    /// The answer to a START was handed over, or will not be: a STOP need not wait for it any longer. Where this
    /// fails, a STOP waits until the answer's time is over.
    pub async fn release_answer(&self, claim: Option<AnswerClaim>) {
        if let Some(claim) = claim {
            let over = "REMOVE answers.#message ADD version :one";
            self.release_claim(claim, over, []).await;
        }
    }

    async fn release_claim<const N: usize>(
        &self,
        claim: AnswerClaim,
        expression: &str,
        values: [(&str, AttributeValue); N],
    ) {
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(claim.phone.attributes()))
            .update_expression(expression)
            .condition_expression("attribute_exists(answers.#message)")
            .expression_attribute_names("#message", claim.message)
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        let released = match update.build() {
            Ok(update) => {
                self.write(vec![TransactWriteItem::builder().update(update).build()])
                    .await
            }
            Err(error) => Err(StoreError::failed(error)),
        };
        if let Err(error) = released {
            tracing::warn!(%error, "the answer to a START was not released");
        }
    }

    /// Waits until nothing is in flight any more that was let out before a withdrawal was written. It ends by
    /// itself, because nothing is in flight for long.
    pub(crate) async fn await_pending(&self, pending: &Pending, time: RequestTime) {
        let texts = async {
            if let Some(until) = pending.texts_until {
                // Past its time a text is not in flight.
                let _ = timeout_at(time.instant(until), self.texts_are_over(&pending.texts)).await;
            }
        };
        let answers = async {
            if let (Some(until), Some(phone)) = (pending.answers_until, &pending.phone) {
                let over = self.answers_are_over(phone, &pending.answers, pending.answers_were);
                let _ = timeout_at(time.instant(until), over).await;
            }
        };
        let rest = async {
            if let Some(until) = pending.until {
                sleep_until(time.instant(until)).await;
            }
        };
        join!(texts, answers, rest);
    }

    /// The same, for as long as the provider waits, counted from when the request was taken up.
    ///
    /// # Errors
    /// Something is in flight still.
    pub(crate) async fn await_within(
        &self,
        pending: &Pending,
        patience: Option<Duration>,
        time: RequestTime,
    ) -> Result<(), StoreError> {
        let over = self.await_pending(pending, time);
        match patience {
            None => over.await,
            Some(patience) => timeout_at(time.begun() + patience, over).await.map_err(|_| {
                StoreError::Unavailable("a text that was let out before may still leave".into())
            })?,
        }
        Ok(())
    }

    async fn texts_are_over(&self, texts: &[Key]) {
        let mut texts: Vec<&Key> = texts.iter().collect();
        let mut look_again = LOOK_AGAIN;
        loop {
            // A database that is away tells nothing: then only time does.
            if let Ok(mut items) = self.read(&texts).await {
                texts.retain(|key| {
                    let read = items.take::<Fate>(key);
                    !matches!(read, Ok(Some(fate)) if fate.value.is_over())
                });
            }
            if texts.is_empty() {
                return;
            }
            sleep(look_again).await;
            // A text of ours is over in a moment, a caller's in some seconds.
            look_again = (look_again * 2).min(LOOK_AGAIN_AT_LATEST);
        }
    }

    async fn answers_are_over(&self, phone: &Key, answers: &BTreeSet<String>, mut were: Answers) {
        while were == Answers::InFlight {
            sleep(LOOK_AGAIN).await;
            if let Ok(mut items) = self.read(&[phone]).await
                && let Ok(Some(number)) = items.take::<PhoneItem>(phone)
            {
                let left = answers
                    .iter()
                    .filter_map(|answer| number.value.answers.get(answer));
                were = Answers::of(left);
            }
        }
        if were == Answers::Released {
            // It was seen released a moment after it was. Then it is out, or left out.
            sleep(RELEASED_WITHIN.unsigned_abs()).await;
        }
    }
}

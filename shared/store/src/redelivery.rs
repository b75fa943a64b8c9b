//! Messages that are delivered again. Each delivery waits for what the first one waits for. If the first one could not be
//! acknowledged in time, the first that is acknowledged gives the answer.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use consent::facility::Facility;
use consent::id::PhoneNumber;
use consent::number::Number;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::heard::{Effect, MessageDelivery};
use crate::in_flight::Pending;
use crate::items::{MessageItem, PhoneItem};
use crate::schema::{Key, PARTITION_KEY};
use crate::store::{RequestTime, Store};

impl Store {
    /// A delivery of a message that another one still waits with, or could not wait for: it waits as well.
    ///
    /// # Errors
    /// Something is in flight still.
    pub(crate) async fn await_heard(
        &self,
        seen: &MessageItem,
        number: &PhoneNumber,
        patience: Option<Duration>,
        time: RequestTime,
    ) -> Result<(), StoreError> {
        let Some(until) = seen.in_flight_until.filter(|until| time.now() < *until) else {
            return Ok(());
        };
        let pending = match self.pending_of(seen, number, time.now()).await {
            Ok(Some(pending)) => pending.no_later_than(until),
            // A database that is away tells nothing: then only time does.
            Ok(None) | Err(_) => Pending::until_then(until),
        };
        self.await_within(&pending, patience, time).await
    }

    /// What is in flight to a number that a message came from, and to those who have it.
    async fn pending_of(
        &self,
        seen: &MessageItem,
        number: &PhoneNumber,
        now: Timestamp,
    ) -> Result<Option<Pending>, StoreError> {
        let Some(facility) = &seen.facility_id else {
            return Ok(None);
        };
        let key = Key::phone(facility, number);
        let Some(phone) = self.read(&[&key]).await?.take::<PhoneItem>(&key)? else {
            return Ok(None);
        };
        let number = phone.value;
        let mut pending = Pending::default();
        pending.add_number(&key, &number, now);
        let tenants = number.tenants.iter().collect::<Vec<_>>();
        for tenant in self.read_tenants(facility, &tenants).await? {
            pending.extend(Pending::of(&tenant.value));
        }
        Ok(Some(pending))
    }

    /// A delivery of a message was not acknowledged: whichever is, answers.
    pub(crate) async fn owe_answer(&self, message: &Key) {
        let expression = "SET owes_answer = :owed";
        let values = [(":owed", AttributeValue::Bool(true))];
        if let Err(error) = self
            .mark(
                message,
                expression,
                &format!("attribute_exists({PARTITION_KEY})"),
                values,
            )
            .await
        {
            tracing::warn!(%error, "a text will not be answered");
        }
    }

    /// Takes over the answer that a delivery of a message owes. Of several deliveries one does.
    async fn takes_answer(&self, message: &Key) -> Result<bool, StoreError> {
        let taken = "REMOVE owes_answer";
        match self
            .mark(message, taken, "attribute_exists(owes_answer)", [])
            .await
        {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn mark<const N: usize>(
        &self,
        item: &Key,
        expression: &str,
        condition: &str,
        values: [(&str, AttributeValue); N],
    ) -> Result<(), StoreError> {
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(item.attributes()))
            .update_expression(expression)
            .condition_expression(condition);
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        let update = update.build().map_err(StoreError::failed)?;
        self.write(vec![TransactWriteItem::builder().update(update).build()])
            .await
    }

    /// What a STOP led to that has taken effect, where it was never acknowledged and no later keyword has overtaken it.
    pub(crate) async fn owed(
        &self,
        heard: &MessageDelivery<'_>,
        seen: &MessageItem,
        facility: Facility,
        number: &Number,
    ) -> Result<Option<Effect>, StoreError> {
        let stands = seen.progress().stands(number);
        if !seen.owes_answer || !self.takes_answer(&heard.message).await? || !stands {
            return Ok(None);
        }
        Ok(Some(Effect {
            facility,
            message: seen.effect.clone(),
            started: Vec::new(),
            received_at: seen.received_at,
            claim: None,
            answer_before: None,
        }))
    }
}

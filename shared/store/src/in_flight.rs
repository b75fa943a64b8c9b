//! Messages in flight: let out, and being handed to the provider. How that went is written here, and whoever
//! withdraws a grant waits here.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use consent::tenant::Tenant;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::ThreadItem;
use crate::messages::{Draft, LOOK_AGAIN, Message, MessageState};
use crate::schema::Key;
use crate::store::{GaveUp, Pause, Store};

impl Store {
    /// Writes down how publishing a message went.
    ///
    /// # Errors
    /// The database's: the message then stays `accepted`.
    pub async fn settle(
        &self,
        draft: &Draft<'_>,
        message: &Message,
        state: MessageState,
    ) -> Result<(), StoreError> {
        let thread = Key::thread(draft.facility, draft.tenant, &message.at, &message.message_id);
        let thread = Update::builder()
            .table_name(&self.table)
            .set_key(Some(thread.attributes()))
            .update_expression("SET #state = :state ADD version :one")
            .condition_expression("decision_id = :decision")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", serde_dynamo::to_attribute_value(state)?)
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":decision", AttributeValue::S(message.decision_id.clone()));
        let tenant = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Key::tenant(draft.facility, draft.tenant).attributes()))
            .update_expression("REMOVE in_flight.#message")
            .expression_attribute_names("#message", &message.message_id);
        let writes = [thread, tenant]
            .into_iter()
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

    /// Waits until no text is in flight any more that was let out before the tenant's withdrawal was written:
    /// `tenant` is as they were read for it. It ends by itself, for nothing is in flight for long.
    pub(crate) async fn await_in_flight(&self, tenant: &Tenant, now: Timestamp) {
        let Some(until) = tenant.in_flight.values().map(|in_flight| in_flight.until).max() else {
            return;
        };
        let keys: Vec<Key> = tenant
            .in_flight
            .iter()
            .map(|(id, in_flight)| Key::thread(&tenant.facility_id, &tenant.tenant_id, &in_flight.at, id))
            .collect();
        let settled = async {
            loop {
                // A database that is away tells nothing: then only time does.
                if let Ok(mut items) = self.read(&keys.iter().collect::<Vec<_>>()).await {
                    let mut states = keys.iter().map(|key| items.take::<ThreadItem>(key));
                    let accepted = |read: Result<Option<ThreadItem>, StoreError>| !matches!(read, Ok(Some(item)) if item.state != Some(MessageState::Accepted));
                    if !states.any(accepted) {
                        return;
                    }
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        // Past its time it is not in flight.
        let patience = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        let _ = tokio::time::timeout(patience, settled).await;
    }
}

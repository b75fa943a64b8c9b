//! What became of a text that a caller was to hand over.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use consent::decision::{OutcomeReported, Report, Reported};
use consent::id::{DecisionId, FacilityId, MessageId, TenantId};
use consent::sending::MessageState;
use consent::tenant::{AskedAt, Tenant};
use jiff::Timestamp;

use crate::commit::{Attempt, Commit};
use crate::decisions::{Decision, DecisionItem};
use crate::error::StoreError;
use crate::items::{Direction, ThreadItem, put};
use crate::random::random_bits;
use crate::schema::{Key, PARTITION_KEY};
use crate::store::{NotFound, Store, read_errors};

/// What a caller reports about a text that was let out.
#[derive(Debug, Clone, Copy)]
pub struct OutcomeReport<'a> {
    /// The facility that sent it.
    pub facility: &'a FacilityId,
    /// The tenant whom it was for.
    pub tenant: &'a TenantId,
    /// The decision that let it out. `None`: what the caller names is no decision's id.
    pub decision_id: Option<&'a DecisionId>,
    /// What became of it.
    pub outcome: Reported,
    /// The text, for the thread.
    pub body: Option<&'a str>,
    /// The provider's id of it.
    pub provider_message_id: Option<&'a str>,
}

/// Why an outcome was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There is no such facility or tenant.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The tenant has no such decision.
    #[error("no such decision")]
    DecisionNotFound,
    /// Another outcome is known.
    #[error(transparent)]
    OutcomeReported(#[from] OutcomeReported),
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

read_errors!(ReportError);

impl Store {
    /// Writes down what became of a text that a caller was to hand over. The same report again changes nothing.
    ///
    /// # Errors
    /// See [`ReportError`].
    pub async fn report_outcome(
        &self,
        report: &OutcomeReport<'_>,
        now: Timestamp,
    ) -> Result<Decision, ReportError> {
        self.commit(|| async move {
            let (tenant, mut decision) = self.read_decision(report).await?;
            let entry = self.own_entry(report.facility, report.tenant, &decision).await?;
            if decision.progress(entry.as_ref()).report(report.outcome)? == Report::Repeats {
                return Ok(Attempt::Done(decision.shown(entry.as_ref(), now)));
            }
            decision.outcome = Some(report.outcome);
            let sent = report.outcome == Reported::Sent;
            decision.provider_message_id = report.provider_message_id.filter(|_| sent).map(str::to_owned);
            let body = report.body.filter(|_| sent);
            decision.message_id = body.map(|_| MessageId::new(random_bits()));
            let writes = self.closing(&tenant, &decision, body)?;
            Ok(Attempt::Write(
                Commit::uncounted(writes),
                decision.shown(None, now),
            ))
        })
        .await
    }

    async fn read_decision(&self, report: &OutcomeReport<'_>) -> Result<(Tenant, DecisionItem), ReportError> {
        let facility = Key::facility(report.facility);
        let tenant = Key::tenant(report.facility, report.tenant);
        let decision = report
            .decision_id
            .map(|id| (id, Key::decision(report.facility, report.tenant, id.as_str())));
        let keys = decision.as_ref().map(|(_, key)| key);
        let wanted: Vec<&Key> = [&facility, &tenant].into_iter().chain(keys).collect();
        let mut items = self.read(&wanted).await?;
        let tenant = items.take_tenant(&facility, &tenant)?.value.tenant;
        let Some((id, key)) = decision else {
            return Err(ReportError::DecisionNotFound);
        };
        let found = match items.take::<DecisionItem>(&key)? {
            Some(found) => Some(found.value),
            None => self.earlier_decision(report.facility, report.tenant, id).await?,
        };
        let decision = found.ok_or(ReportError::DecisionNotFound)?;
        Ok((tenant, decision))
    }

    /// The thread entry of a text that this service sends.
    async fn own_entry(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        decision: &DecisionItem,
    ) -> Result<Option<ThreadItem>, StoreError> {
        match decision.own_entry(facility, tenant) {
            Some(key) => {
                let entry = self.read(&[&key]).await?.take::<ThreadItem>(&key)?;
                Ok(entry.map(|entry| entry.value))
            }
            None => Ok(None),
        }
    }

    /// The writes that close a decision: what became of the text, the tenant without it in flight, and its thread entry.
    fn closing(
        &self,
        tenant: &Tenant,
        decision: &DecisionItem,
        body: Option<&str>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (facility_id, tenant_id) = (&tenant.facility_id, &tenant.tenant_id);
        let mut closed =
            self.outcome_update(facility_id, tenant_id, &decision.decision_id, decision.outcome)?;
        let mut set = "SET outcome = :outcome".to_owned();
        for (name, value) in [
            ("message_id", decision.message_id.as_ref().map(MessageId::as_str)),
            ("provider_message_id", decision.provider_message_id.as_deref()),
        ] {
            if let Some(value) = value {
                set = format!("{set}, {name} = :{name}");
                closed = closed
                    .expression_attribute_values(format!(":{name}"), AttributeValue::S(value.to_owned()));
            }
        }
        let landed = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Key::tenant(facility_id, tenant_id).attributes()))
            .expression_attribute_names("#decision", decision.decision_id.as_str());
        let landed = match tenant.asked_by_callers_text(body, decision.at.parse().ok()) {
            AskedAt::Stays => landed.update_expression("REMOVE in_flight.#decision"),
            AskedAt::Nothing => landed.update_expression("REMOVE in_flight.#decision, asked_at"),
            AskedAt::Then(at) => landed
                .update_expression("SET asked_at = :asked_at REMOVE in_flight.#decision")
                .expression_attribute_values(":asked_at", serde_dynamo::to_attribute_value(at)?),
        };
        let mut writes = Vec::new();
        for update in [closed.update_expression(set), landed] {
            let update = update.build().map_err(StoreError::failed)?;
            writes.push(TransactWriteItem::builder().update(update).build());
        }
        if let Some((key, body)) = decision.entry(facility_id, tenant_id).zip(body) {
            let entry = ThreadItem {
                id: decision
                    .message_id
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                direction: Direction::Outbound,
                body: body.to_owned(),
                at: decision.at.clone(),
                classified_as: None,
                state: Some(MessageState::Sent),
                decision_id: Some(decision.decision_id.clone()),
                consent_record_id: decision.consent_record_id.clone(),
            };
            writes.push(put(&self.table, &key, &entry, None)?);
        }
        Ok(writes)
    }

    /// The update that says what became of a decision's text, where nothing says so yet. What it sets is up to the caller.
    pub(crate) fn outcome_update(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        decision_id: &DecisionId,
        outcome: Option<Reported>,
    ) -> Result<UpdateBuilder, StoreError> {
        Ok(Update::builder()
            .table_name(&self.table)
            .set_key(Some(
                Key::decision(facility, tenant, decision_id.as_str()).attributes(),
            ))
            .condition_expression(format!(
                "attribute_exists({PARTITION_KEY}) AND attribute_not_exists(outcome)"
            ))
            .expression_attribute_values(":outcome", serde_dynamo::to_attribute_value(outcome)?))
    }
}

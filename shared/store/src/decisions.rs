//! Decisions about texts, as they are stored and shown. How one is made is in [`crate::deciding`], how they are read in
//! [`crate::decision_lists`].

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::decision::{OpenFor, Outcome, Progress, Reported, Sender};
use consent::gate::{Closed, POLICY_VERSION};
use consent::id::{DecisionId, FacilityId, InFlightId, MessageId, RecordId, TenantId};
use consent::record::rfc3339;
use consent::sending::MessageState;
use consent::spans::TEXT_IN_FLIGHT;
use consent::tenant::Tenant;
use consent::view::{notice, why_not};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::items::{ThreadItem, put, stored};
use crate::messages::Message;
use crate::random::random_bits;
use crate::schema::Key;
use crate::store::{FacilityTenant, Store};

/// What the gate said of a text, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gate {
    /// The text may leave.
    Open,
    /// It may not.
    #[serde(untagged)]
    Closed(Closed),
}

/// Why a text was allowed to leave, or not, as it is stored. Only what became of the text is added later.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DecisionItem {
    pub(crate) decision_id: DecisionId,
    pub(crate) at: String,
    pub(crate) allowed: bool,
    gate: Gate,
    /// The grant that it rests on. Version 2 of the schema has the tenant's last record here, also for a refusal.
    pub(crate) consent_record_id: Option<RecordId>,
    policy_version: String,
    pub(crate) message_id: Option<MessageId>,
    /// When the message was first accepted, as its thread entry has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
    /// Until when a caller may hand the text over, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until: Option<Timestamp>,
    /// What became of the text, where its thread entry does not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Reported>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) provider_message_id: Option<String>,
}

stored!(DecisionItem => DecisionItem);

/// A decision about a text, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Its id.
    pub decision_id: DecisionId,
    /// When it was made, RFC 3339.
    pub decided_at: String,
    /// Whether the text was let out.
    pub allowed: bool,
    /// Why not.
    pub code: Option<&'static str>,
    /// The same in a sentence that staff can act on.
    pub detail: Option<String>,
    /// The record that began the grant on which it rests.
    pub consent_record_id: Option<RecordId>,
    /// Version of the gate's rules.
    pub policy_version: String,
    /// Who asked: the token's subject.
    pub by: Option<String>,
    /// The sequence of the tenant's last record that it saw, 0 without records.
    pub sequence: u64,
    /// The text's entry in the thread.
    pub message_id: Option<MessageId>,
    /// Until when the caller may hand the text over, RFC 3339.
    pub valid_until: Option<String>,
    /// What became of the text.
    pub outcome: Option<Outcome>,
    /// The provider's id of the text, where the caller reported it.
    pub provider_message_id: Option<String>,
}

impl DecisionItem {
    /// A decision that is made now.
    pub(crate) fn new(found: &FacilityTenant, closed: Option<Closed>, by: &str, now: Timestamp) -> Self {
        let FacilityTenant { facility, tenant } = found;
        let grant = tenant.grant.filter(|_| closed.is_none());
        Self {
            decision_id: DecisionId::new(now, random_bits()),
            at: rfc3339(now),
            allowed: closed.is_none(),
            gate: closed.map_or(Gate::Open, Gate::Closed),
            consent_record_id: grant
                .map(|grant| RecordId::new(&tenant.facility_id, &tenant.tenant_id, grant)),
            policy_version: POLICY_VERSION.to_owned(),
            message_id: None,
            message_at: None,
            detail: closed.map(|closed| why_not(closed, facility, tenant).to_owned()),
            by: Some(by.to_owned()),
            sequence: Some(tenant.chain.sequence),
            valid_until: None,
            outcome: None,
            provider_message_id: None,
        }
    }

    /// This service sends this message.
    pub(crate) fn is_about(&mut self, message: &Message) {
        self.message_id = Some(message.message_id.clone());
        self.message_at = Some(message.at.clone());
    }

    /// A caller hands the text over.
    pub(crate) fn opens(&mut self, open_for: OpenFor, now: Timestamp) {
        self.valid_until = Some(open_for.until(now));
    }

    /// What it is called among the texts in flight, and when the text was let out.
    pub(crate) fn in_flight(&self) -> (InFlightId, String) {
        (InFlightId::from(&self.decision_id), self.at.clone())
    }

    /// The key of the thread entry of a text that this service sends.
    pub(crate) fn own_entry(&self, facility: &FacilityId, tenant: &TenantId) -> Option<Key> {
        let message = self.message_id.as_ref().filter(|_| self.valid_until.is_none())?;
        let at = self.message_at.as_ref().unwrap_or(&self.at);
        Some(Key::thread(facility, tenant, at, message.as_str()))
    }

    /// The key of the text's thread entry, whoever sent it.
    pub(crate) fn entry(&self, facility: &FacilityId, tenant: &TenantId) -> Option<Key> {
        let at = self.message_at.as_ref().unwrap_or(&self.at);
        Some(Key::thread(
            facility,
            tenant,
            at,
            self.message_id.as_ref()?.as_str(),
        ))
    }

    /// How far it has come, by the thread entry of the text where this service sends it. An entry that another decision
    /// has let out since says nothing of this one.
    pub(crate) fn progress(&self, entry: Option<&ThreadItem>) -> Progress {
        if !self.allowed {
            return Progress::Refused;
        }
        let own = entry.filter(|entry| entry.decision_id.as_ref() == Some(&self.decision_id));
        let decided_at = || self.at.parse::<Timestamp>().unwrap_or_default();
        let (sender, until) = self.valid_until.map_or_else(
            || (Sender::Service, decided_at() + TEXT_IN_FLIGHT),
            |until| (Sender::Caller, until),
        );
        let known = self
            .outcome
            .or_else(|| match own.filter(|_| sender.is_service())?.state? {
                MessageState::Sent => Some(Reported::Sent),
                MessageState::Failed => Some(Reported::NotSent),
                MessageState::Accepted => None,
            });
        Progress::Allowed { sender, known, until }
    }

    /// The sequence of the tenant's last record that it saw, 0 without records.
    pub(crate) fn last_record(&self) -> u64 {
        let grant = || self.consent_record_id.as_ref().and_then(RecordId::sequence);
        self.sequence.or_else(grant).unwrap_or(0)
    }

    /// The decision as it is shown, by the thread entry of the text.
    pub(crate) fn shown(self, entry: Option<&ThreadItem>, now: Timestamp) -> Decision {
        let outcome = self.progress(entry).outcome(now);
        let closed = match self.gate {
            Gate::Open => None,
            Gate::Closed(closed) => Some(closed),
        };
        Decision {
            sequence: self.last_record(),
            code: closed.map(Closed::code),
            // One that was stored without a sentence gets the screen's.
            detail: self
                .detail
                .or_else(|| closed.map(|closed| notice(closed).to_owned())),
            consent_record_id: self.consent_record_id.filter(|_| self.allowed),
            decision_id: self.decision_id,
            decided_at: self.at,
            allowed: self.allowed,
            policy_version: self.policy_version,
            by: self.by,
            message_id: self.message_id,
            valid_until: self.valid_until.map(rfc3339),
            outcome,
            provider_message_id: self.provider_message_id,
        }
    }
}

impl Store {
    /// The write of a decision.
    pub(crate) fn put_decision(
        &self,
        tenant: &Tenant,
        decision: &DecisionItem,
    ) -> Result<TransactWriteItem, StoreError> {
        let key = Key::decision(
            &tenant.facility_id,
            &tenant.tenant_id,
            decision.decision_id.as_str(),
        );
        put(&self.table, &key, decision, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gate_said_is_stored_in_one_word() {
        for (gate, word) in [
            (Gate::Open, "open"),
            (Gate::Closed(Closed::NoCellPhone), "no_cell_phone"),
            (Gate::Closed(Closed::ConsentRequired), "consent_required"),
            (Gate::Closed(Closed::OnHold), "on_hold"),
            (Gate::Closed(Closed::ProviderBlocked), "provider_blocked"),
            (Gate::Closed(Closed::NoTextNumber), "no_text_number"),
        ] {
            let item = serde_dynamo::AttributeValue::S(word.to_owned());
            assert_eq!(
                serde_dynamo::to_attribute_value::<_, serde_dynamo::AttributeValue>(gate).unwrap(),
                item
            );
            assert_eq!(serde_dynamo::from_attribute_value::<_, Gate>(item).unwrap(), gate);
        }
    }
}

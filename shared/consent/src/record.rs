//! Records: what changed, by whom and why, chained by hash so that a missing or altered one shows.

mod stored;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::business_days::{BUSINESS_DAYS_TO_HONOUR, business_days_after};
use crate::facility::Facility;
use crate::id::{FacilityId, PhoneNumber, RecordId, TenantId};
use crate::rule_id::StoredRule;
use crate::rules::{Action, ChangeKind, Consent, Grant, Holding, OptOut, Source, Status, Step, can_be_held};
use crate::spans::OLDEST_WITHDRAWAL;

pub use crate::id::hex;
pub(crate) use stored::is_exact;
pub use stored::{Checked, Entry, Link, StoredRecord, check_page};

/// The way by which a change came, `channel` of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The staff's check box.
    Profile,
    /// The tenant's check box.
    Portal,
    /// A text from the tenant's number.
    Text,
    /// Registration by the facility software, one tenant at a time.
    Registration,
    /// Registration from a file.
    Import,
    /// A person's decision about a text that they have read.
    Review,
}

/// Who did it, and what they saw or said: what a record holds beside the change itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The way by which it came.
    pub channel: Channel,
    /// The token's subject, or the phone number.
    pub actor: String,
    /// The wording beside the check box: its label, and for a check the facility's own words on the lines after it.
    pub disclosure: Option<String>,
    /// The text received, where one was.
    pub text: Option<ReceivedText>,
    /// The rule that decided, where it is not the one of [`Step::rule`].
    pub rule: Option<StoredRule>,
    /// How a withdrawal reached the facility that came neither by text nor by the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
    /// What a person noted who decided about the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Evidence {
    /// The same of a text that nobody has to read on account of the record.
    #[must_use]
    pub fn without_review(mut self) -> Self {
        if let Some(text) = &mut self.text {
            text.classification.needs_review = false;
        }
        self
    }
}

/// The way by which a withdrawal reached the facility beside texts and the portal, `received_via` of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceivedVia {
    /// A call.
    Voice,
    /// A mail.
    Email,
    /// A letter.
    Letter,
    /// Said to staff.
    InPerson,
}

impl ReceivedVia {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Voice, Self::Email, Self::Letter, Self::InPerson];

    /// The way as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Email => "email",
            Self::Letter => "letter",
            Self::InPerson => "in_person",
        }
    }
}

/// How and when a withdrawal reached the facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// By which way.
    pub via: ReceivedVia,
    /// When: never later than its record.
    pub at: Timestamp,
}

impl Received {
    /// Whether a withdrawal that came then can be recorded now: it is not too old, and not in the future.
    pub fn is_recordable(at: Timestamp, now: Timestamp) -> bool {
        at <= now && now.duration_since(at) <= OLDEST_WITHDRAWAL
    }

    /// The last day on which the law wants it honoured. Days are counted in UTC.
    pub fn honour_by(self) -> Date {
        business_days_after(TimeZone::UTC.to_datetime(self.at).date(), BUSINESS_DAYS_TO_HONOUR)
    }
}

impl Evidence {
    /// The same for a box of this facility: who checks one has read the facility's own words under the label.
    #[must_use]
    pub fn shown_by(&self, facility: &Facility, action: Action) -> Self {
        let mut shown = self.clone();
        if let (Action::Check(_), Some(label), Some(words)) =
            (action, &mut shown.disclosure, &facility.disclosure)
        {
            label.push('\n');
            label.push_str(words);
        }
        shown
    }
}

/// A text as a record holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedText {
    /// Its body, whole.
    pub body: String,
    /// The provider's id of it.
    pub provider_message_id: String,
    /// What the classifier made of it.
    pub classification: Classification,
}

/// How the meaning of a text was found, so that the finding can be repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Version of the rule set.
    pub rules_version: String,
    /// The part of the text that the rule matched, null where a provider decided.
    pub matched: Option<String>,
    /// Whether somebody should look at it: it might have meant something else.
    pub needs_review: bool,
}

/// Status and source, `from` and `to` of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Where consent stands.
    pub status: Status,
    /// Who set it there.
    pub source: Option<Source>,
}

impl From<Consent> for Standing {
    fn from(consent: Consent) -> Self {
        Self {
            status: consent.status(),
            source: consent.source(),
        }
    }
}

/// One change of one tenant's consent, as it is stored, served and published. It is never rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id, which is also the id of its event.
    pub record_id: RecordId,
    /// The facility of the tenant.
    pub facility_id: FacilityId,
    /// The tenant whose consent changed.
    pub tenant_id: TenantId,
    /// 1, 2, 3 ... for each tenant.
    pub sequence: u64,
    /// When, RFC 3339 in UTC with milliseconds.
    pub at: String,
    /// What kind of change.
    #[serde(rename = "type")]
    pub kind: ChangeKind,
    /// The way by which it came.
    pub channel: Channel,
    /// The token's subject, or the phone number.
    pub actor: String,
    /// The number that the change concerns: the one left behind where a grant ended with it.
    pub cell_phone: Option<PhoneNumber>,
    /// What stood before.
    pub from: Standing,
    /// What stands since.
    pub to: Standing,
    /// The wording beside the check box that was shown.
    pub disclosure: Option<String>,
    /// The text received.
    pub text: Option<String>,
    /// The rule that decided.
    pub rule: StoredRule,
    /// Whether somebody should look at it.
    pub needs_review: bool,
    /// Version of the classifier's rules, for a text.
    pub rules_version: Option<String>,
    /// The part of the text that the rule matched.
    pub matched: Option<String>,
    /// The provider's id of the text.
    pub provider_message_id: Option<String>,
    /// How a withdrawal came that reached the facility beside texts and the portal. (This and the three members that
    /// follow are in records since schema 3.)
    pub received_via: Option<ReceivedVia>,
    /// When it came, RFC 3339 in UTC with milliseconds.
    pub received_at: Option<String>,
    /// The last day on which the law wants it honoured.
    pub honour_by: Option<Date>,
    /// What a person noted who decided about the text.
    pub note: Option<String>,
    /// `hash` of the record before, null in the first.
    pub previous_hash: Option<String>,
    /// Lowercase hex SHA-256 over this record without `hash`, as RFC 8785 canonical JSON.
    pub hash: String,
}

/// The end of a tenant's chain, to which the next record is tied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainEnd {
    /// Sequence of the last record, 0 where there is none.
    pub sequence: u64,
    /// Its hash.
    pub hash: Option<String>,
    /// Its time. The next record is never earlier, whatever the clocks of two machines say.
    pub at: Option<Timestamp>,
}

/// Whose record it is, and of which number.
pub(crate) struct Subject<'a> {
    pub(crate) facility_id: &'a FacilityId,
    pub(crate) tenant_id: &'a TenantId,
    pub(crate) cell_phone: Option<&'a PhoneNumber>,
}

impl ChainEnd {
    /// Ties a step to the chain: the record of it, and the chain's new end.
    pub(crate) fn append(
        &self,
        subject: &Subject<'_>,
        from: Consent,
        step: &Step,
        evidence: &Evidence,
        now: Timestamp,
    ) -> (Record, Self) {
        let at = self.at.map_or(now, |last| last.max(now));
        let sequence = self.sequence + 1;
        let text = evidence.text.as_ref();
        let mut record = Record {
            record_id: RecordId::new(subject.facility_id, subject.tenant_id, sequence),
            facility_id: subject.facility_id.clone(),
            tenant_id: subject.tenant_id.clone(),
            sequence,
            at: rfc3339(at),
            kind: step.kind,
            channel: evidence.channel,
            actor: evidence.actor.clone(),
            cell_phone: subject.cell_phone.cloned(),
            from: from.into(),
            to: step.to.into(),
            disclosure: evidence.disclosure.clone(),
            text: text.map(|text| text.body.clone()),
            rule: evidence.rule.clone().unwrap_or_else(|| step.rule.into()),
            needs_review: text.is_some_and(|text| text.classification.needs_review),
            rules_version: text.map(|text| text.classification.rules_version.clone()),
            matched: text.and_then(|text| text.classification.matched.clone()),
            provider_message_id: text.map(|text| text.provider_message_id.clone()),
            received_via: evidence.received.map(|received| received.via),
            received_at: evidence.received.map(|received| rfc3339(received.at)),
            honour_by: evidence.received.map(Received::honour_by),
            note: evidence.note.clone(),
            previous_hash: self.hash.clone(),
            hash: String::new(),
        };
        // A record is texts, small integers, booleans and nulls, which all have a hash. Without one it would not be
        // written: the store checks what it is about to write.
        record.hash = record.compute_hash().unwrap_or_default();
        let end = Self {
            sequence,
            hash: Some(record.hash.clone()),
            at: Some(at),
        };
        (record, end)
    }
}

impl Record {
    /// The hash that `hash` must be. `None`: it has no form in JSON.
    pub fn compute_hash(&self) -> Option<String> {
        StoredRecord::of(self)?.compute_hash()
    }
}

/// Why a chain of records does not hold. The number is the sequence at which it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A record is missing, or another one is in its place.
    #[error("record {0} is missing")]
    Missing(u64),
    /// A record was altered.
    #[error("record {0} does not match its hash")]
    Altered(u64),
    /// A record is not the one that the end of the chain or the record after it names, or does not follow from the one
    /// before it.
    #[error("record {0} is not linked to its neighbours")]
    Unlinked(u64),
}

impl ChainError {
    /// The sequence at which the chain breaks.
    pub const fn sequence(self) -> u64 {
        let (Self::Missing(sequence) | Self::Altered(sequence) | Self::Unlinked(sequence)) = self;
        sequence
    }
}

/// What records alone give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Where consent stands.
    pub consent: Consent,
    /// Whether texts are held back.
    pub holding: Holding,
}

/// Rebuilds a tenant's consent from their records alone, oldest first, and checks the chain.
///
/// # Errors
/// The first place at which the chain does not hold.
pub fn rebuild(
    facility: &FacilityId,
    tenant: &TenantId,
    records: &[StoredRecord],
) -> Result<Rebuilt, ChainError> {
    let mut rebuilt = Rebuilt {
        consent: Consent::NotProvided,
        holding: Holding::Free,
    };
    let mut previous: Option<&StoredRecord> = None;
    for (sequence, stored) in (1..).zip(records) {
        stored.check(facility, tenant, sequence)?;
        let unlinked = ChainError::Unlinked(sequence);
        let record = stored.to_record().ok_or(unlinked)?;
        if stored.text("previous_hash") != previous.and_then(|record| record.text("hash"))
            || record.from != Standing::from(rebuilt.consent)
        {
            return Err(unlinked);
        }
        rebuilt = replay(rebuilt, &record).ok_or(unlinked)?;
        previous = Some(stored);
    }
    Ok(rebuilt)
}

/// What stands after a record, `None` where no change of its kind leads to what it says.
pub(crate) fn replay(before: Rebuilt, record: &Record) -> Option<Rebuilt> {
    let Rebuilt {
        consent: from,
        holding,
    } = before;
    let to = match (record.kind, record.to.source) {
        (ChangeKind::Granted, Some(Source::Profile)) if holding == Holding::OnHold => return None,
        (ChangeKind::Granted, Some(Source::Profile)) => Consent::Provided(Grant::Profile),
        (ChangeKind::Granted, Some(Source::Portal)) => Consent::Provided(Grant::Portal),
        (ChangeKind::Granted, Some(Source::Text)) => Consent::Provided(Grant::Text),
        (ChangeKind::Granted, Some(Source::Grandfathered)) => Consent::Provided(Grant::Grandfathered),
        (ChangeKind::OptedOut, Some(Source::Profile)) => Consent::OptedOut(OptOut::Profile),
        (ChangeKind::OptedOut, Some(Source::Portal)) | (ChangeKind::OptOutLifted, _) => {
            Consent::OptedOut(OptOut::Portal)
        }
        (ChangeKind::OptedOut, Some(Source::Text)) => Consent::OptedOut(match from {
            Consent::OptedOut(OptOut::Portal) => OptOut::TextAndPortal,
            _ => OptOut::Text,
        }),
        (ChangeKind::Ended, None) => Consent::NotProvided,
        (ChangeKind::Held, _) if holding == Holding::Free && can_be_held(from) => from,
        (ChangeKind::HoldLifted, _) if holding == Holding::OnHold => from,
        (ChangeKind::Reviewed, _) => from,
        (ChangeKind::Granted, None)
        | (ChangeKind::OptedOut, Some(Source::Grandfathered) | None)
        | (ChangeKind::Ended, Some(_))
        | (ChangeKind::Held | ChangeKind::HoldLifted, _) => return None,
    };
    (Standing::from(to) == record.to).then_some(Rebuilt {
        consent: to,
        holding: record.kind.holding_after(to, holding),
    })
}

/// A time as it stands on the wire: RFC 3339 in UTC, with milliseconds.
pub fn rfc3339(at: Timestamp) -> String {
    format!("{at:.3}")
}

#[cfg(test)]
mod tests;

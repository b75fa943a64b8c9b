//! Texts that a person has to read, and what they decide about them.
//!
//! A text in doubt puts tenants on [`Hold`]; a plain opt-out that also says that the number is not the tenant's asks
//! for the number to be corrected. Either opens one [`Review`] for the text, however many tenants have the number.
//! 47 CFR 64.1200(a)(10) gives ten business days to honour a withdrawal, so that is how long a person has.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::business_days::{BUSINESS_DAYS_TO_HONOUR, business_days_after};
use crate::id::{PhoneNumber, ReviewId, TenantId};
use crate::record::{Channel, Classification, Evidence, ReceivedText, hex, rfc3339};
use crate::rule_id::{RuleId, StoredRule};
use crate::tenant::{Change, Tenant};
use crate::words::Meaning;

/// A review names this many of its tenants.
const NAMED_TENANTS: usize = 25;

/// What holds texts to a tenant back: a text of theirs that may ask for no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The review of the text.
    pub review_id: ReviewId,
    /// The time of the record that says so.
    pub since: Timestamp,
    /// The text.
    pub text: String,
    /// When the last one of further texts in doubt came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubted_again_at: Option<Timestamp>,
}

/// Why a text has to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewKind {
    /// It may ask for no more texts. Its tenants are on hold.
    Hold,
    /// It opted its tenants out, and says that the number is not theirs.
    OptedOut,
}

impl ReviewKind {
    /// The kind of review that a text opens. `None`: nobody has to read it.
    pub const fn of(meaning: Meaning, classification: &Classification) -> Option<Self> {
        match meaning {
            Meaning::Doubt => Some(Self::Hold),
            Meaning::OptOut if classification.needs_review => Some(Self::OptedOut),
            Meaning::OptOut | Meaning::OptIn | Meaning::Help | Meaning::None => None,
        }
    }
}

/// What a person decides about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewDecision {
    /// It asks for no more texts.
    OptOut,
    /// It does not.
    NoOptOut,
    /// It has been read. The opt-outs stand.
    Seen,
}

impl ReviewDecision {
    /// Every decision.
    pub const ALL: [Self; 3] = [Self::OptOut, Self::NoOptOut, Self::Seen];

    /// The decision as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::NoOptOut => "no_opt_out",
            Self::Seen => "seen",
        }
    }

    /// The kind of review that it decides.
    const fn kind(self) -> ReviewKind {
        match self {
            Self::OptOut | Self::NoOptOut => ReviewKind::Hold,
            Self::Seen => ReviewKind::OptedOut,
        }
    }

    /// The rule, for the records.
    const fn rule(self) -> RuleId {
        match self {
            Self::OptOut => RuleId::ReviewOptOut,
            Self::NoOptOut => RuleId::ReviewNoOptOut,
            Self::Seen => RuleId::ReviewSeen,
        }
    }
}

/// Who decided, and what they noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was decided.
    pub decision: ReviewDecision,
    /// The token's subject.
    pub by: String,
    /// What they noted.
    pub note: Option<String>,
}

/// How a review ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// A person decided.
    Decided(Verdict),
    /// The hold had gone for all its tenants before anybody decided.
    Superseded,
}

/// A review's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// How.
    pub how: Ending,
}

/// Whether a text may still reach tenants. One for many tenants reaches them in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// It may.
    Spreading,
    /// It has reached all of them.
    Complete,
}

/// A tenant with the name that they had when their text came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedTenant {
    /// Their id.
    pub tenant_id: TenantId,
    /// Their name.
    pub name: String,
}

/// A text that a person has to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its id.
    pub review_id: ReviewId,
    /// Why it has to be read.
    pub kind: ReviewKind,
    /// When the text came here.
    pub received_at: Timestamp,
    /// The number that sent it.
    pub cell_phone: PhoneNumber,
    /// The text.
    pub text: ReceivedText,
    /// The rule that read it.
    pub rule: StoredRule,
    /// The tenants whom it changed.
    pub tenants: BTreeSet<TenantId>,
    /// The first of them, by name.
    named: Vec<NamedTenant>,
    /// How many of them are on hold from it still.
    on_hold: u64,
    /// Whether it may still reach others.
    reach: Reach,
    /// The last tenant with whom it is recorded that the text was seen, in the order of their ids.
    pub seen_up_to: Option<TenantId>,
    /// How it ended. `None`: it is open.
    pub ended: Option<Ended>,
}

/// What to do with a decision that may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is to be carried out.
    Take,
    /// It was taken before: nothing changes.
    Repeated,
}

/// Why a decision is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdmitted {
    /// It is for reviews of the other kind.
    OtherKind(ReviewKind),
    /// The review has ended otherwise.
    Decided,
}

impl ReviewId {
    /// The id of the review of a message that came at this time: the same in every delivery of it. Ids are in the order
    /// of time.
    pub fn of(message: &str, received_at: Timestamp) -> Option<Self> {
        let digest = hex(ring::digest::digest(&ring::digest::SHA256, message.as_bytes()).as_ref());
        let text = format!("{:015}-{}", received_at.as_millisecond(), digest.get(..24)?);
        Self::parse(&text).ok()
    }
}

impl Review {
    /// A review of a text that has changed nobody yet.
    pub fn open(
        review_id: ReviewId,
        kind: ReviewKind,
        received_at: Timestamp,
        cell_phone: PhoneNumber,
        text: ReceivedText,
        rule: StoredRule,
    ) -> Self {
        Self {
            review_id,
            kind,
            received_at,
            cell_phone,
            text,
            rule,
            tenants: BTreeSet::new(),
            named: Vec::new(),
            on_hold: 0,
            reach: Reach::Spreading,
            seen_up_to: None,
            ended: None,
        }
    }

    /// The text has changed this tenant.
    pub fn add(&mut self, tenant: &Tenant) {
        if !self.tenants.insert(tenant.tenant_id.clone()) {
            return;
        }
        if self.named.len() < NAMED_TENANTS {
            self.named.push(NamedTenant {
                tenant_id: tenant.tenant_id.clone(),
                name: tenant.details.name.clone(),
            });
        }
        if self.kind == ReviewKind::Hold {
            self.on_hold += 1;
        }
    }

    /// The text has reached all whom it can reach.
    pub fn reached_all(&mut self, now: Timestamp) {
        self.reach = Reach::Complete;
        self.end_without_holds(now);
    }

    /// A person's decision lifts the hold of this many of its tenants. How many are left.
    pub fn release(&mut self, tenants: u64) -> u64 {
        self.on_hold = self.on_hold.saturating_sub(tenants);
        self.on_hold
    }

    /// The hold of one of its tenants has gone.
    pub fn hold_ended(&mut self, now: Timestamp) {
        self.on_hold = self.on_hold.saturating_sub(1);
        self.end_without_holds(now);
    }

    fn end_without_holds(&mut self, now: Timestamp) {
        let is_over = self.kind == ReviewKind::Hold && self.on_hold == 0 && self.reach == Reach::Complete;
        if is_over && self.ended.is_none() {
            self.ended = Some(Ended {
                at: now,
                how: Ending::Superseded,
            });
        }
    }

    /// Whether a decision may be taken.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(&self, decision: ReviewDecision) -> Result<Admission, NotAdmitted> {
        if decision.kind() != self.kind {
            return Err(NotAdmitted::OtherKind(self.kind));
        }
        let Some(ended) = &self.ended else {
            return Ok(Admission::Take);
        };
        match &ended.how {
            Ending::Decided(verdict) if verdict.decision == decision => Ok(Admission::Repeated),
            // A second look may find what the first has not.
            Ending::Decided(verdict)
                if (verdict.decision, decision) == (ReviewDecision::NoOptOut, ReviewDecision::OptOut) =>
            {
                Ok(Admission::Take)
            }
            Ending::Decided(_) | Ending::Superseded => Err(NotAdmitted::Decided),
        }
    }

    /// A decision that was [admitted](Review::admit) is taken.
    pub fn decide(&mut self, verdict: &Verdict, now: Timestamp) {
        self.ended = Some(Ended {
            at: now,
            how: Ending::Decided(verdict.clone()),
        });
    }

    /// What a decision is recorded with.
    pub fn evidence(&self, verdict: &Verdict) -> Evidence {
        Evidence {
            channel: Channel::Review,
            actor: verdict.by.clone(),
            disclosure: None,
            text: Some(self.text.clone()),
            rule: Some(verdict.decision.rule().into()),
            received: None,
            note: verdict.note.clone(),
        }
        .without_review()
    }

    /// What is recorded of a person who has seen the text. `None`: nobody has.
    pub fn seen(&self) -> Option<Evidence> {
        let verdict = self.verdict()?;
        (verdict.decision == ReviewDecision::Seen).then(|| self.evidence(verdict))
    }

    /// What a decision other than an opt-out does to a tenant. An opt-out is heard like a STOP: see
    /// [`crate::hearing`].
    pub fn carried_out(
        &self,
        tenant: &Tenant,
        decision: ReviewDecision,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Option<Change> {
        match decision {
            ReviewDecision::NoOptOut => tenant.release(&self.review_id, evidence, now),
            ReviewDecision::Seen => Some(tenant.review_seen(evidence, now)),
            ReviewDecision::OptOut => None,
        }
    }

    /// The decision, as it was first taken. `None` before that.
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.ended.as_ref()?.how {
            Ending::Decided(verdict) => Some(verdict),
            Ending::Superseded => None,
        }
    }

    /// The day by which somebody has to decide: the tenth business day after the day of receipt in UTC.
    pub fn decide_by(&self) -> Date {
        let received_on = TimeZone::UTC.to_datetime(self.received_at).date();
        business_days_after(received_on, BUSINESS_DAYS_TO_HONOUR)
    }
}

/// A review as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewView {
    review_id: String,
    kind: ReviewKind,
    received_at: String,
    decide_by: Date,
    cell_phone: PhoneNumber,
    text: String,
    rule: StoredRule,
    matched: Option<String>,
    tenants: Vec<NamedTenant>,
    tenant_count: usize,
    decision: Option<&'static str>,
    decided_by: Option<String>,
    decided_at: Option<String>,
    note: Option<String>,
}

impl From<&Review> for ReviewView {
    fn from(review: &Review) -> Self {
        let verdict = review.verdict();
        let decision = review.ended.as_ref().map(|ended| match &ended.how {
            Ending::Decided(verdict) => verdict.decision.as_str(),
            Ending::Superseded => "superseded",
        });
        Self {
            review_id: review.review_id.to_string(),
            kind: review.kind,
            received_at: rfc3339(review.received_at),
            decide_by: review.decide_by(),
            cell_phone: review.cell_phone.clone(),
            text: review.text.body.clone(),
            rule: review.rule.clone(),
            matched: review.text.classification.matched.clone(),
            tenants: review.named.clone(),
            tenant_count: review.tenants.len(),
            decision,
            decided_by: verdict.map(|verdict| verdict.by.clone()),
            decided_at: review.ended.as_ref().map(|ended| rfc3339(ended.at)),
            note: verdict.and_then(|verdict| verdict.note.clone()),
        }
    }
}

#[cfg(test)]
mod tests;

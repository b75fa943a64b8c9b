//! A message from a number as the store hears it, and what it led to.

use std::time::Duration;

use consent::facility::Facility;
use consent::hearing::{Delivery, Progress, Says};
use consent::id::{FacilityId, PhoneNumber, ReviewId, TenantId};
use consent::number::Keyword;
use consent::record::Evidence;
use consent::reply::TextEffect;
use consent::review::{Review, ReviewKind, Verdict};
use consent::words::Meaning;
use jiff::Timestamp;

use crate::in_flight::AnswerClaim;
use crate::items::MessageItem;
use crate::schema::Key;

/// Something heard of a number: a text, or a STOP that the facility software knew of.
pub(crate) struct MessageDelivery<'a> {
    pub(crate) message: Key,
    pub(crate) facility: &'a FacilityId,
    pub(crate) number: &'a PhoneNumber,
    /// The business number that a text was sent to.
    pub(crate) to: Option<&'a PhoneNumber>,
    pub(crate) says: Says,
    pub(crate) review: ReviewRole<'a>,
    pub(crate) sent_at: Option<Timestamp>,
    /// Whether it was read as the answer to a question of ours.
    pub(crate) is_answer: bool,
    pub(crate) evidence: Evidence,
    pub(crate) thread: Option<Thread<'a>>,
    /// How long its provider waits for the acknowledgement, from when the request was taken up.
    pub(crate) patience: Option<Duration>,
}

/// What it has to do with a review.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ReviewRole<'a> {
    /// Nothing.
    None,
    /// A person has to read the text: it opens one where it changes a tenant.
    Opens(ReviewKind),
    /// A person has read a text, and this is what they decided.
    Decides(&'a ReviewId, &'a Verdict),
}

/// How a text stands in the thread of each tenant with the number.
pub(crate) struct Thread<'a> {
    pub(crate) id: &'a str,
    pub(crate) body: &'a str,
    pub(crate) meaning: Meaning,
}

impl<'a> MessageDelivery<'a> {
    /// What the rules are asked about.
    pub(crate) fn delivery(&self) -> Delivery<'_> {
        Delivery {
            number: self.number,
            says: self.says,
            sent_at: self.sent_at,
            evidence: &self.evidence,
            message: self.claim(),
        }
    }

    /// The review that the text opens where it changes a tenant, or the one that this decides. It is the same in every
    /// delivery of a text, because the time of receipt is that of the first.
    pub(crate) fn review_id(&self, received_at: Timestamp) -> Option<ReviewId> {
        match self.review {
            ReviewRole::None => None,
            ReviewRole::Opens(_) => ReviewId::of(&self.message.pk, received_at),
            ReviewRole::Decides(id, _) => Some(id.clone()),
        }
    }

    /// Whether it is a text that a person has to read.
    pub(crate) fn opens_review(&self) -> bool {
        matches!(self.review, ReviewRole::Opens(_))
    }

    /// The review that the text opens, of nobody so far.
    pub(crate) fn opened(&self, id: &ReviewId, received_at: Timestamp) -> Option<Review> {
        let ReviewRole::Opens(kind) = self.review else {
            return None;
        };
        Some(Review::open(
            id.clone(),
            kind,
            received_at,
            self.number.clone(),
            self.evidence.text.clone()?,
            self.evidence.rule.clone()?,
        ))
    }

    /// What is kept of it once it came this far.
    pub(crate) fn item(
        &self,
        progress: &Progress,
        complete: bool,
        in_flight_until: Option<Timestamp>,
    ) -> MessageItem {
        MessageItem {
            facility_id: Some(self.facility.clone()),
            received_at: progress.received_at,
            rule: self.evidence.rule.clone(),
            is_answer: self.is_answer,
            keyword: progress.counted,
            reached: progress.reached.clone(),
            complete,
            in_flight_until,
            owes_answer: false,
            effect: progress.effect.clone(),
        }
    }

    /// What its answer is called in the number's item.
    pub(crate) fn claim(&self) -> &str {
        &self.message.pk
    }

    /// A STOP from before a tenant's first registration. `after`: how many keywords the number had heard, where an
    /// attempt at the registration has let it be heard before, and a START came since.
    pub(crate) fn before_registration(
        facility: &'a FacilityId,
        tenant: &TenantId,
        number: &'a PhoneNumber,
        after: Option<u64>,
        evidence: &Evidence,
    ) -> Self {
        let after = after.map(|keywords| format!("#{keywords}")).unwrap_or_default();
        Self {
            message: Key::message(
                "registration",
                &format!("{facility}#{tenant}#{}{after}", number.as_str()),
            ),
            facility,
            number,
            to: None,
            says: Says::Keyword(Keyword::Stop),
            review: ReviewRole::None,
            sent_at: None,
            is_answer: false,
            evidence: evidence.clone(),
            thread: None,
            patience: None,
        }
    }
}

/// What hearing it changed.
pub(crate) struct Effect {
    pub(crate) facility: Facility,
    pub(crate) message: TextEffect,
    /// The tenants whom a START concerns and who may be texted by their own consent now.
    pub(crate) started: Vec<TenantId>,
    /// When it was first received.
    pub(crate) received_at: Timestamp,
    /// The answer to a START, which a STOP waits for.
    pub(crate) claim: Option<AnswerClaim>,
    /// Until when an answer may be handed over.
    pub(crate) answer_before: Option<Timestamp>,
}

//! What is heard of a number, and what became of it.

use std::time::Duration;

use consent::facility::Facility;
use consent::id::{FacilityId, PhoneNumber, ReviewId, TenantId};
use consent::number::{Keyword, KeywordText};
use consent::record::Evidence;
use consent::reply::TextEffect;
use consent::review::{Review, ReviewKind, Verdict};
use consent::rules::TwoWayTexting;
use consent::words::Meaning;
use jiff::Timestamp;

use crate::in_flight::AnswerClaim;
use crate::schema::Key;

/// Something heard of a number: a text, or a STOP that the facility software knew of.
pub(crate) struct Heard<'a> {
    pub(crate) message: Key,
    pub(crate) facility: &'a FacilityId,
    pub(crate) number: &'a PhoneNumber,
    /// The business number that a text was sent to.
    pub(crate) to: Option<&'a PhoneNumber>,
    pub(crate) keyword: Option<Keyword>,
    pub(crate) review: HeardReview<'a>,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) evidence: Evidence,
    pub(crate) thread: Option<Thread<'a>>,
    /// How long whoever delivers it waits for its acknowledgement, from when the request was taken up.
    pub(crate) patience: Option<Duration>,
}

/// What it has to do with a review.
#[derive(Debug, Clone, Copy)]
pub(crate) enum HeardReview<'a> {
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

impl<'a> Heard<'a> {
    /// Whether it is a START by text: its answer says what stands, and is left out once that is no longer so.
    pub(crate) fn expects_an_answer(&self) -> bool {
        self.keyword == Some(Keyword::Start)
    }

    /// Whether it is a text in doubt, which puts tenants on hold.
    pub(crate) fn is_doubt(&self) -> bool {
        matches!(self.review, HeardReview::Opens(ReviewKind::Hold))
    }

    /// The keyword, where it is one, as it arrives now. What was begun earlier counts as sent when it arrived, where
    /// the provider does not say when.
    pub(crate) fn keyword_text(
        &self,
        two_way_texting: TwoWayTexting,
        begun_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<KeywordText<'_>> {
        self.keyword.map(|keyword| KeywordText {
            keyword,
            two_way_texting,
            sent_at: self.sent_at.or(begun_at),
            evidence: &self.evidence,
            now,
        })
    }

    /// The review that the text opens where it changes a tenant, or the one that this decides. It is the same in every
    /// delivery of a text, because the time of receipt is that of the first.
    pub(crate) fn review_id(&self, received_at: Timestamp) -> Option<ReviewId> {
        match self.review {
            HeardReview::None => None,
            HeardReview::Opens(_) => ReviewId::of(&self.message.pk, received_at),
            HeardReview::Decides(id, _) => Some(id.clone()),
        }
    }

    /// The review that the text opens, of nobody so far.
    pub(crate) fn opened(&self, id: &ReviewId, received_at: Timestamp) -> Option<Review> {
        let HeardReview::Opens(kind) = self.review else {
            return None;
        };
        Some(Review::open(
            id.clone(),
            kind,
            received_at,
            self.number.clone(),
            self.evidence.text.clone()?,
            self.evidence.rule.clone().unwrap_or_default(),
        ))
    }

    /// What its answer is called in the number's item.
    pub(crate) fn claim(&self) -> String {
        self.message.pk.clone()
    }

    /// A STOP from before a tenant's first registration.
    pub(crate) fn before_registration(
        facility: &'a FacilityId,
        tenant: &TenantId,
        number: &'a PhoneNumber,
        evidence: &Evidence,
    ) -> Self {
        Self {
            message: Key::message(
                "registration",
                &format!("{facility}#{tenant}#{}", number.as_str()),
            ),
            facility,
            number,
            to: None,
            keyword: Some(Keyword::Stop),
            review: HeardReview::None,
            sent_at: None,
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

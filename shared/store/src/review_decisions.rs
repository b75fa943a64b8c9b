//! What people decide about texts, and how it reaches the tenants.
//!
//! `opt_out` is heard like a STOP from the number: the number and the review first, then its tenants ([`crate::hearing`]).
//! `no_opt_out` and `seen` reach the tenants in turn, and the review ends with the last of them. Until then it is open, and
//! repeating the decision completes it.

use consent::hearing::Says;
use consent::id::{FacilityId, ReviewId, TenantId};
use consent::number::Keyword;
use consent::record::Record;
use consent::review::{Admission, NotAdmitted, Review, ReviewDecision, Verdict};
use consent_metrics::Metric;
use jiff::Timestamp;

use crate::commit::{Pause, TRANSACTION_ITEMS};
use crate::error::StoreError;
use crate::heard::{MessageDelivery, ReviewRole};
use crate::items::Versioned;
use crate::reviews::Reviews;
use crate::schema::Key;
use crate::store::{NotFound, RequestTime, Store, read_errors};

/// A transaction holds the review and its two places in the lists, then a tenant and a record for each tenant.
const TENANTS_PER_TRANSACTION: usize = (TRANSACTION_ITEMS - 3) / 2;

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// The facility does not exist.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// It has no such review.
    #[error("the review does not exist")]
    ReviewNotFound,
    /// The review does not take it.
    #[error("not admitted")]
    NotAdmitted(NotAdmitted),
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The tenants of a review to whom a decision comes next, in the order of their ids.
struct Stretch {
    tenants: Vec<TenantId>,
    is_last: bool,
}

impl Stretch {
    fn behind(review: &Review, last: Option<&TenantId>) -> Self {
        let mut rest = review.tenants.iter().filter(|tenant| Some(*tenant) > last);
        let tenants = rest.by_ref().take(TENANTS_PER_TRANSACTION).cloned().collect();
        Self {
            tenants,
            is_last: rest.next().is_none(),
        }
    }
}

read_errors!(DecideError);

impl Store {
    /// Carries out what a person decided about a text, and returns the review as it is then. An opt-out returns once
    /// nothing is in flight any more that was let out before it. A decision that is repeated changes nothing, and
    /// completes what a crash has left.
    ///
    /// # Errors
    /// See [`DecideError`].
    pub async fn decide_review(
        &self,
        facility: &FacilityId,
        review_id: &ReviewId,
        verdict: &Verdict,
        now: Timestamp,
    ) -> Result<Review, DecideError> {
        let time = RequestTime::new(now);
        let mut pause = Pause::new();
        let mut was_heard = false;
        // The last tenant whom this request has worked off.
        let mut released_up_to = None;
        loop {
            let reviews = self.read_review(facility, review_id).await?;
            let review = reviews.get(review_id).ok_or(DecideError::ReviewNotFound)?;
            let admission = review.admit(verdict.decision).map_err(DecideError::NotAdmitted)?;
            match (admission, verdict.decision) {
                (Admission::Repeated, ReviewDecision::OptOut) if !was_heard => {
                    // As it was decided first; what is left of it is completed, and waited for.
                    let first = review.verdict().unwrap_or(verdict);
                    self.hear_decision(facility, review, first, time).await?;
                    return Ok(review.clone());
                }
                (Admission::Repeated, _) => return Ok(review.clone()),
                (Admission::Take, ReviewDecision::OptOut) => {
                    was_heard = self.hear_decision(facility, review, verdict, time).await?;
                    if was_heard {
                        self.metrics
                            .count_one(Metric::ReviewDecisions(verdict.decision), time.now());
                    } else {
                        // Somebody else decided in the same moment.
                        pause.after(StoreError::Conflict).await?;
                    }
                }
                (Admission::Take, ReviewDecision::NoOptOut | ReviewDecision::Seen) => {
                    let behind = match verdict.decision {
                        ReviewDecision::Seen => review.seen_up_to.clone(),
                        _ => released_up_to.clone(),
                    };
                    let stretch = Stretch::behind(review, behind.as_ref());
                    match self
                        .record_decision(facility, reviews, review_id, verdict, &stretch, time)
                        .await
                    {
                        Ok(()) => {
                            pause = Pause::new();
                            released_up_to = stretch.tenants.last().cloned().or(released_up_to);
                        }
                        Err(error) => pause.after(error).await?,
                    }
                }
            }
        }
    }

    async fn read_review(&self, facility: &FacilityId, review: &ReviewId) -> Result<Reviews, DecideError> {
        let mut reviews = Reviews::default();
        self.read_reviews(&mut reviews, facility, [review]).await?;
        if reviews.get(review).is_none() {
            self.facility(facility).await?;
            return Err(DecideError::ReviewNotFound);
        }
        Ok(reviews)
    }

    /// Lets the number hear an opt-out as if it had sent STOP now. Whether it was heard now: not where it was heard
    /// before, or the review has ended otherwise meanwhile.
    async fn hear_decision(
        &self,
        facility: &FacilityId,
        review: &Review,
        verdict: &Verdict,
        time: RequestTime,
    ) -> Result<bool, StoreError> {
        let id = &review.review_id;
        let heard = MessageDelivery {
            message: Key::message("review", &format!("{facility}#{id}")),
            facility,
            number: &review.cell_phone,
            to: None,
            says: Says::Keyword(Keyword::Stop),
            review: ReviewRole::Decides(id, verdict),
            sent_at: None,
            is_answer: false,
            evidence: review.evidence(verdict),
            thread: None,
            // The person who decides waits in their request.
            patience: None,
        };
        Ok(self.hear(&heard, time).await?.is_some())
    }

    /// One transaction of a decision that reaches the tenants in turn.
    async fn record_decision(
        &self,
        facility: &FacilityId,
        mut reviews: Reviews,
        review_id: &ReviewId,
        verdict: &Verdict,
        stretch: &Stretch,
        time: RequestTime,
    ) -> Result<(), StoreError> {
        let Some(review) = reviews.get(review_id).cloned() else {
            return Err(StoreError::Conflict);
        };
        let now = time.now();
        let evidence = review.evidence(verdict);
        let tenants = self
            .read_tenants(facility, &stretch.tenants.iter().collect::<Vec<_>>())
            .await?;
        let mut writes = Vec::new();
        let mut records: Vec<Record> = Vec::new();
        let mut released = 0;
        for Versioned { value, version } in tenants {
            let Some(change) = review.carried_out(&value, verdict.decision, &evidence, now) else {
                continue;
            };
            released += u64::from(change.tenant.hold_ended_since(&value).is_some());
            writes.extend(self.changed(&change, version)?);
            records.extend(change.records);
        }
        let mut is_over = stretch.is_last;
        reviews.change(review_id, |review| {
            if verdict.decision == ReviewDecision::Seen {
                review.seen_up_to = stretch.tenants.last().cloned().or(review.seen_up_to.take());
            } else {
                is_over |= review.release(released) == 0;
            }
            if is_over {
                review.decide(verdict, now);
            }
        });
        writes.extend(reviews.writes(self, facility)?);
        self.write_records(writes, &records, now).await?;
        if is_over {
            self.metrics
                .count_one(Metric::ReviewDecisions(verdict.decision), now);
        }
        Ok(())
    }
}

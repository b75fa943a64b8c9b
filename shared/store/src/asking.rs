//! What a caller asks who sends by other means: may texts to these tenants leave now?

use std::collections::BTreeMap;

use consent::decision::OpenFor;
use consent::gate::Closed;
use consent::id::{DecisionId, FacilityId, PhoneNumber, RecordId, TenantId};
use consent::record::rfc3339;
use consent::spans::DECIDED_WITHIN;
use consent::tenant::Residence;
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use crate::deciding::{Handover, Read, Verdict, Wanted};
use crate::decisions::Decision;
use crate::error::StoreError;
use crate::items::Versioned;
use crate::messages::SendError;
use crate::registrations::Known;
use crate::store::{FacilityTenant, NotFound, Store};

/// How many tenants are decided on at once.
const AT_ONCE: usize = 8;
/// How many are read together, right before.
const READ_TOGETHER: usize = 24;

/// What a caller asks who sends by other means.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The facility that sends.
    pub facility: &'a FacilityId,
    /// The tenants whom texts are for.
    pub tenants: &'a [TenantId],
    /// Who asks: the token's subject.
    pub by: &'a str,
    /// For how long the caller may hand a text over that is let out.
    pub open_for: OpenFor,
}

/// What is decided about a text to a tenant.
#[derive(Debug)]
pub enum Asked {
    /// It may leave, by the caller's hand.
    Allowed(Allowed),
    /// It may not.
    Refused(Box<RefusedText>),
    /// There is no such tenant.
    NotFound(Timestamp),
    /// Nothing was decided: the database was too busy, or other writers were faster.
    Undecided(StoreError),
}

/// A text that the caller may hand over.
#[derive(Debug)]
pub struct Allowed {
    /// The decision.
    pub decision_id: DecisionId,
    /// When it was made, RFC 3339.
    pub decided_at: String,
    /// The tenant's number.
    pub to: PhoneNumber,
    /// The facility's number.
    pub from: PhoneNumber,
    /// The record that began the grant.
    pub consent_record_id: Option<RecordId>,
    /// Until when it may be handed over, RFC 3339.
    pub valid_until: Option<String>,
}

/// A text that the caller may not hand over.
#[derive(Debug)]
pub struct RefusedText {
    /// The decision.
    pub decision: Decision,
    /// Why not.
    pub closed: Closed,
    /// The tenant whom it was for, and their facility.
    pub found: FacilityTenant,
}

impl Store {
    /// Decides for each of these tenants, in their order, whether a text may leave by the caller's hand, and writes down
    /// why. A tenant on whom nothing could be decided fails none of the others.
    ///
    /// # Errors
    /// The facility does not exist.
    pub async fn ask(&self, ask: &Ask<'_>, clock: impl Fn() -> Timestamp) -> Result<Vec<Asked>, NotFound> {
        let deadline = Instant::now() + DECIDED_WITHIN.unsigned_abs();
        let clock = &clock;
        let mut asked = Vec::with_capacity(ask.tenants.len());
        for tenants in ask.tenants.chunks(READ_TOGETHER) {
            let known = timeout_at(deadline, self.read_known(ask.facility, tenants));
            let known = match known.await.unwrap_or_else(|late| Err(too_late(late))) {
                Ok(Some(known)) => known,
                Ok(None) => return Err(NotFound::Facility),
                Err(error) => {
                    tracing::warn!(%error, "tenants were not decided on");
                    let undecided =
                        |_| Asked::Undecided(StoreError::Unavailable("they were not read".into()));
                    asked.extend(tenants.iter().map(undecided));
                    continue;
                }
            };
            asked.extend(self.ask_together(ask, tenants, known, deadline, clock).await);
        }
        Ok(asked)
    }

    /// Decides for tenants who were read a moment ago. Those who share a number come one after the other: each of them
    /// asks for its STOP, and the database lets no two transactions at the same item.
    async fn ask_together(
        &self,
        ask: &Ask<'_>,
        tenants: &[TenantId],
        known: Known,
        deadline: Instant,
        clock: &impl Fn() -> Timestamp,
    ) -> Vec<Asked> {
        let mut asked: BTreeMap<usize, Asked> = BTreeMap::new();
        let mut lanes: BTreeMap<Option<PhoneNumber>, Vec<(usize, Read)>> = BTreeMap::new();
        let mut stored = known.tenants;
        for (place, id) in tenants.iter().enumerate() {
            let tenant = stored.remove(id);
            match tenant.filter(|tenant| tenant.value.residence == Residence::Resident) {
                None => drop(asked.insert(place, Asked::NotFound(clock()))),
                Some(tenant) => {
                    let lane = lanes.entry(tenant.value.details.cell_phone.clone());
                    let read = Read {
                        found: Versioned {
                            value: FacilityTenant {
                                facility: known.facility.clone(),
                                tenant: tenant.value,
                            },
                            version: tenant.version,
                        },
                        remembered: None,
                    };
                    lane.or_default().push((place, read));
                }
            }
        }
        let decided = lanes.into_values().map(async |lane| {
            let mut decided = Vec::with_capacity(lane.len());
            for (place, read) in lane {
                decided.push((place, self.ask_one(ask, read, deadline, clock).await));
            }
            decided
        });
        let mut decided = stream::iter(decided.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
        while let Some(lane) = decided.next().await {
            asked.extend(lane);
        }
        asked.into_values().collect()
    }

    async fn ask_one(
        &self,
        ask: &Ask<'_>,
        read: Read,
        deadline: Instant,
        clock: impl Fn() -> Timestamp,
    ) -> Asked {
        let tenant = read.found.value.tenant.tenant_id.clone();
        let wanted = Wanted {
            facility: ask.facility,
            tenant: &tenant,
            by: ask.by,
            handover: Handover::Callers(ask.open_for),
        };
        let verdict = timeout_at(deadline, self.let_out(&wanted, Some(read), &clock)).await;
        match verdict.unwrap_or_else(|late| Err(too_late(late).into())) {
            Ok(Verdict::LetOut(let_out)) => Asked::Allowed(Allowed {
                decision_id: let_out.decision.decision_id,
                decided_at: let_out.decision.at,
                to: let_out.to,
                from: let_out.from,
                consent_record_id: let_out.decision.consent_record_id,
                valid_until: let_out.decision.valid_until.map(rfc3339),
            }),
            Ok(Verdict::Refused(closed, decision, found)) => Asked::Refused(Box::new(RefusedText {
                closed,
                decision: decision.shown(None, clock()),
                found: *found,
            })),
            Err(SendError::NotFound(_)) => Asked::NotFound(clock()),
            Err(SendError::Store(error)) => Asked::Undecided(error),
            // Neither is an answer to somebody who sends by other means.
            Ok(Verdict::SentBefore(_)) | Err(SendError::Refused(..) | SendError::KeyReused) => {
                Asked::Undecided(StoreError::failed("a decision without an answer"))
            }
        }
    }
}

fn too_late(late: tokio::time::error::Elapsed) -> StoreError {
    StoreError::Unavailable(late.into())
}

//! The text that confirms a grant on a screen.

use consent::reply::confirmation;
use consent_metrics::Metric;
use consent_store::{CheckboxOutcome, FacilityTenant, SendDecision, SendError, SendRequest, Store};
use jiff::Timestamp;

use crate::{NotSent, Sender};

impl Sender {
    /// Follows a grant on a screen by the text that confirms it, where the facility wants one. It takes the way of every
    /// text: the gate decides, and it may refuse, because somebody has withdrawn meanwhile. The grant stands, whatever
    /// becomes of the text: one that does not leave is logged and counted, and no more.
    ///
    /// `by` is the token's subject, whose click it was. Gives the tenant as the screen has to show them.
    pub async fn confirm_grant(
        &self,
        store: &Store,
        submitted: CheckboxOutcome,
        by: &str,
        clock: impl Fn() -> Timestamp,
    ) -> FacilityTenant {
        let CheckboxOutcome { before, found } = submitted;
        let Some(body) = confirmation(before, found.tenant.consent, &found.facility) else {
            return found;
        };
        let draft = SendRequest {
            facility: &found.tenant.facility_id,
            tenant: &found.tenant.tenant_id,
            body: &body,
            by,
            key: None,
        };
        match store.authorise_send(&draft, &clock).await {
            Ok(SendDecision::Publish(permit)) => match self.send(store, *permit, None, &clock).await {
                Ok(_) => found,
                Err(NotSent::Blocked(found)) => {
                    tracing::info!("a grant is not confirmed: the provider's own list has the number");
                    *found
                }
                Err(NotSent::Unpublished(error)) => {
                    tracing::error!(%error, "a grant is not confirmed");
                    found
                }
                Err(NotSent::Store(error)) => {
                    tracing::error!(%error, "a grant is not confirmed");
                    found
                }
            },
            Ok(SendDecision::SentBefore(_)) => found,
            Err(SendError::Store(error)) => {
                tracing::error!(%error, "a grant is not confirmed");
                self.metrics.count_one(Metric::SendFailures, clock());
                found
            }
            Err(refused) => {
                tracing::info!(%refused, "a grant is not confirmed");
                found
            }
        }
    }
}

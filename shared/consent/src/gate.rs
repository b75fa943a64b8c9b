//! The gate: no text leaves without consent.

use serde::{Deserialize, Serialize};

use crate::number::Number;
use crate::rules::{Consent, NumberStanding, OptOut, Status};
use crate::tenant::{Residence, Tenant};

/// Version of the gate's rules; it stands in every decision.
pub const POLICY_VERSION: &str = "1";

/// Whether a text to a tenant may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// It may.
    Open,
    /// There is no number to send it to.
    NoCellPhone,
    /// The tenant has not agreed, or has withdrawn.
    ConsentRequired,
}

/// Decides whether a text to a tenant may leave.
pub fn gate(tenant: &Tenant) -> Gate {
    match (
        tenant.residence,
        &tenant.details.cell_phone,
        tenant.consent.status(),
    ) {
        (Residence::Resident, None, _) => Gate::NoCellPhone,
        (Residence::Resident, Some(_), Status::Provided) => Gate::Open,
        (Residence::Resident, Some(_), Status::NotProvided | Status::OptedOut)
        | (Residence::MovedOut, _, _) => Gate::ConsentRequired,
    }
}

impl Number {
    /// Whether the number's STOP holds back texts to a tenant whom it has not reached yet. Between the
    /// number's STOP and the last of many tenants who share it, this is what keeps the texts in.
    pub fn holds_back(&self, tenant: &Tenant) -> bool {
        self.standing == NumberStanding::Stopped && tenant.keywords_applied < self.keywords
    }

    /// The tenant as the gate has to see them: with the number's STOP, where it has not reached them yet.
    pub fn seen_by_gate(&self, tenant: Tenant) -> Tenant {
        if self.holds_back(&tenant) && tenant.consent.status() == Status::Provided {
            Tenant {
                consent: Consent::OptedOut(OptOut::Text),
                ..tenant
            }
        } else {
            tenant
        }
    }
}

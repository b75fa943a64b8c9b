//! The gate: no text leaves without consent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::facility::Facility;
use crate::id::PhoneNumber;
use crate::number::Number;
use crate::rules::{Consent, OptOut, Status};
use crate::tenant::{Residence, Tenant};

/// Version of the gate's rules; it stands in every decision.
pub const POLICY_VERSION: &str = "2";

/// Whether a text to a tenant may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// It may.
    Open,
    /// There is no number to send it to.
    NoCellPhone,
    /// The tenant has not agreed, or has withdrawn.
    ConsentRequired,
    /// They agreed, and a text of theirs may ask for no more: a person has to read it first.
    OnHold,
    /// They agreed, and the provider's own list has the number as opted out.
    ProviderBlocked,
    /// They agreed, and the facility has no number of its own: a STOP to the text would not come back here.
    NoTextNumber,
}

impl Gate {
    /// The code of a refusal on the wire. `None`: the gate is open.
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::Open => None,
            Self::NoCellPhone => Some("no_cell_phone"),
            Self::ConsentRequired | Self::ProviderBlocked => Some("consent_required"),
            Self::OnHold => Some("on_hold"),
            Self::NoTextNumber => Some("no_text_number"),
        }
    }
}

/// A number on the opt-out list that the provider keeps for itself. It keeps texts in, and changes nothing
/// about the consent that the tenant gave us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderBlock {
    /// The number that it is about, and no other.
    pub number: PhoneNumber,
    /// When we learned of it.
    pub since: Timestamp,
    /// When the provider may take the number off its list again, where it has refused to.
    pub retry_after: Option<Timestamp>,
}

/// Decides whether a text to a tenant may leave.
pub fn gate(tenant: &Tenant) -> Gate {
    match (
        tenant.residence,
        &tenant.details.cell_phone,
        tenant.consent.status(),
    ) {
        (Residence::Resident, None, _) => Gate::NoCellPhone,
        (Residence::Resident, Some(_), Status::Provided) if tenant.hold.is_some() => Gate::OnHold,
        (Residence::Resident, Some(_), Status::Provided) if tenant.provider_block().is_some() => {
            Gate::ProviderBlocked
        }
        (Residence::Resident, Some(_), Status::Provided) => Gate::Open,
        (Residence::Resident, Some(_), Status::NotProvided | Status::OptedOut)
        | (Residence::MovedOut, _, _) => Gate::ConsentRequired,
    }
}

/// Decides whether a text from a facility to a tenant may leave. It may only leave from a number of the facility's
/// own, so that a STOP to it comes back here.
pub fn gate_for_send(facility: &Facility, tenant: &Tenant) -> Gate {
    match gate(tenant) {
        Gate::Open if facility.number.is_none() => Gate::NoTextNumber,
        gate => gate,
    }
}

impl Tenant {
    /// Whether what the tenant did calls for asking the provider to take their number off its own list: they
    /// lifted their text opt-out, or agreed to texts that the provider was found to keep in.
    pub fn lifts_provider_block(&self, before: Consent) -> bool {
        (before.is_withdrawn_by_text() && !self.consent.is_withdrawn_by_text())
            || (self.consent.status() == Status::Provided && self.provider_block().is_some())
    }

    /// The provider's block of the number on file.
    pub fn provider_block(&self) -> Option<&ProviderBlock> {
        self.provider_block
            .as_ref()
            .filter(|block| Some(&block.number) == self.details.cell_phone.as_ref())
    }
}

impl Number {
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

//! The gate: no text leaves without consent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::facility::Facility;
use crate::id::PhoneNumber;
use crate::rules::Status;
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

impl ProviderBlock {
    /// The block with what was known of it before: since when it is, and when the provider may let the number back.
    #[must_use]
    pub fn with_known(self, known: Option<&Self>) -> Self {
        match known.filter(|known| known.number == self.number) {
            Some(known) => Self {
                since: known.since,
                retry_after: known.retry_after.or(self.retry_after),
                ..self
            },
            None => self,
        }
    }
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

/// Where a text goes from and to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    /// The facility's number.
    pub from: PhoneNumber,
    /// The tenant's.
    pub to: PhoneNumber,
}

/// Lets a text from a facility to a tenant out, and says between which numbers.
///
/// # Errors
/// Why it may not leave.
pub fn authorise(facility: &Facility, tenant: &Tenant) -> Result<Ends, Gate> {
    match (
        gate_for_send(facility, tenant),
        &facility.number,
        &tenant.details.cell_phone,
    ) {
        (Gate::Open, Some(from), Some(to)) => Ok(Ends {
            from: from.clone(),
            to: to.clone(),
        }),
        // The gate is open only where there are both.
        (Gate::Open, ..) => Err(Gate::NoTextNumber),
        (gate, ..) => Err(gate),
    }
}

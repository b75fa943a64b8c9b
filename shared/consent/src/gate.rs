//! The gate: no text leaves without consent.

use serde::{Deserialize, Serialize};

use crate::facility::Facility;
use crate::id::PhoneNumber;
use crate::rules::Status;
use crate::tenant::{Residence, Tenant};

pub use crate::provider_block::ProviderBlock;

/// Version of the gate's rules; it stands in every decision.
pub const POLICY_VERSION: &str = "2";

/// Why the gate is closed: why a text to a tenant may not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
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

impl Closed {
    /// The code of a refusal on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoCellPhone => "no_cell_phone",
            Self::ConsentRequired | Self::ProviderBlocked => "consent_required",
            Self::OnHold => "on_hold",
            Self::NoTextNumber => "no_text_number",
        }
    }
}

/// Decides whether a text to a tenant may leave.
///
/// # Errors
/// Why it may not.
pub fn gate(tenant: &Tenant) -> Result<(), Closed> {
    match (
        tenant.residence,
        &tenant.details.cell_phone,
        tenant.consent.status(),
    ) {
        (Residence::Resident, None, _) => Err(Closed::NoCellPhone),
        (Residence::Resident, Some(_), Status::Provided) if tenant.hold.is_some() => Err(Closed::OnHold),
        (Residence::Resident, Some(_), Status::Provided) if tenant.provider_block().is_some() => {
            Err(Closed::ProviderBlocked)
        }
        (Residence::Resident, Some(_), Status::Provided) => Ok(()),
        (Residence::Resident, Some(_), Status::NotProvided | Status::OptedOut)
        | (Residence::MovedOut, _, _) => Err(Closed::ConsentRequired),
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

/// Lets a text from a facility to a tenant out, and says between which numbers. It may only leave from a number of the
/// facility's own, so that a STOP to it comes back here.
///
/// # Errors
/// Why it may not leave.
pub fn authorise(facility: &Facility, tenant: &Tenant) -> Result<Ends, Closed> {
    gate(tenant)?;
    let from = facility.number.clone().ok_or(Closed::NoTextNumber)?;
    let to = tenant.details.cell_phone.clone().ok_or(Closed::NoCellPhone)?;
    Ok(Ends { from, to })
}

impl Tenant {
    /// Whether the tenant may be texted.
    pub fn can_text(&self) -> bool {
        gate(self).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ReviewId;
    use crate::review::Hold;
    use crate::rules::{Consent, Grant, OptOut};
    use crate::testing::{NOON, facility, phone, tenant};

    #[test]
    fn a_text_leaves_by_consent_from_a_number_of_the_facilitys_own() {
        let ada = tenant("t1", Consent::Provided(Grant::Profile));
        let ends = Ends {
            from: phone(0),
            to: phone(42),
        };
        assert_eq!(authorise(&facility(), &ada), Ok(ends));
        assert!(ada.can_text());
        let numberless = Facility {
            number: None,
            ..facility()
        };
        assert_eq!(authorise(&numberless, &ada), Err(Closed::NoTextNumber));
        let held = Tenant {
            hold: Some(Hold {
                review_id: ReviewId::of("m1", NOON).unwrap(),
                since: NOON,
                text: String::new(),
                doubted_again_at: None,
            }),
            ..ada.clone()
        };
        assert_eq!(authorise(&numberless, &held), Err(Closed::OnHold));
        let blocked = Tenant {
            provider_block: Some(ProviderBlock {
                number: phone(42),
                since: NOON,
                retry_after: None,
            }),
            ..ada.clone()
        };
        assert_eq!(authorise(&facility(), &blocked), Err(Closed::ProviderBlocked));
        let gone = Tenant {
            residence: Residence::MovedOut,
            ..ada.clone()
        };
        assert_eq!(authorise(&facility(), &gone), Err(Closed::ConsentRequired));
        for consent in [Consent::NotProvided, Consent::OptedOut(OptOut::Profile)] {
            let refused = tenant("t1", consent);
            assert_eq!(authorise(&facility(), &refused), Err(Closed::ConsentRequired));
            assert!(!refused.can_text());
        }
        let mut phoneless = ada;
        phoneless.details.cell_phone = None;
        assert_eq!(authorise(&numberless, &phoneless), Err(Closed::NoCellPhone));
    }
}

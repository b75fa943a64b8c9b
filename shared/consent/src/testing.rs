//! A tenant, a facility and evidence as this crate's tests begin with them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::facility::{ConfirmOptIn, Facility, Provider};
use crate::id::{FacilityId, PhoneNumber, TenantId};
use crate::record::{ChainEnd, Channel, Evidence};
use crate::rules::{Consent, TwoWayTexting};
use crate::tenant::{Details, Residence, Tenant};

pub(crate) const NOON: Timestamp = Timestamp::constant(1_700_000_000, 0);

/// This many seconds after noon.
pub(crate) fn second(second: i64) -> Timestamp {
    NOON + jiff::SignedDuration::from_secs(second)
}

pub(crate) fn phone(last: u8) -> PhoneNumber {
    PhoneNumber::parse_e164(&format!("+151255501{last:02}")).unwrap()
}

pub(crate) fn evidence() -> Evidence {
    Evidence {
        channel: Channel::Text,
        actor: String::new(),
        disclosure: None,
        text: None,
        rule: None,
        note: None,
        received: None,
    }
}

/// With number 0, and two-way texting.
pub(crate) fn facility() -> Facility {
    Facility {
        facility_id: FacilityId::parse("f1").unwrap(),
        name: "Demo".to_owned(),
        two_way_texting: TwoWayTexting::On,
        number: Some(phone(0)),
        provider: Provider::Aws,
        time_zone: None,
        help_contact: None,
        disclosure: None,
        confirm_opt_in: ConfirmOptIn::Never,
    }
}

/// A resident with number 42.
pub(crate) fn tenant(id: &str, consent: Consent) -> Tenant {
    Tenant {
        facility_id: FacilityId::parse("f1").unwrap(),
        tenant_id: TenantId::parse(id).unwrap(),
        details: Details {
            name: "Ada".to_owned(),
            cell_phone: Some(phone(42)),
            units: Vec::new(),
            created_on: jiff::civil::date(2025, 1, 1),
        },
        residence: Residence::Resident,
        consent,
        changed_at: None,
        hold: None,
        keywords_applied: 0,
        number_since: None,
        chain: ChainEnd::default(),
        grant: None,
        provider_block: None,
        in_flight: BTreeMap::new(),
        asked_at: None,
    }
}

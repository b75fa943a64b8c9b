//! The cases of the tables: where a tenant stands, and what else decides.

use std::collections::BTreeMap;

use consent::facility::{ConfirmOptIn, Facility};
use consent::gate::ProviderBlock;
use consent::id::{PhoneNumber, ReviewId, TenantId};
use consent::number::Number;
use consent::record::{Channel, Evidence};
use consent::review::Hold;
use consent::rules::{Consent, Grant, NumberStanding, OptOut, TwoWayTexting};
use consent::tenant::{Details, Tenant};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::testing::{self, phone};

pub(crate) const BEFORE: Timestamp = Timestamp::constant(1_700_000_000, 0);
pub(crate) const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);
const RECENT: Date = date(2025, 1, 1);

pub(crate) const STATES: [Consent; 9] = [
    Consent::NotProvided,
    Consent::Provided(Grant::Profile),
    Consent::Provided(Grant::Portal),
    Consent::Provided(Grant::Text),
    Consent::Provided(Grant::Grandfathered),
    Consent::OptedOut(OptOut::Profile),
    Consent::OptedOut(OptOut::Portal),
    Consent::OptedOut(OptOut::Text),
    Consent::OptedOut(OptOut::TextAndPortal),
];
/// What decides beside the state and the action. Each is true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    Phone,
    OnHold,
    TwoWay,
    /// STOP stands on the number.
    Stopped,
    /// First day before [`GRANDFATHERED_BEFORE`].
    Early,
    Blocked,
    OwnNumber,
}

impl Fact {
    pub(crate) fn words(self, is_so: bool) -> &'static str {
        match (self, is_so) {
            (Self::Phone, true) => "cell phone on file",
            (Self::Phone, false) => "no cell phone",
            (Self::OnHold, true) => "on hold",
            (Self::OnHold, false) => "not on hold",
            (Self::TwoWay, true) => "two-way texting on",
            (Self::TwoWay, false) => "two-way texting off",
            (Self::Stopped, true) => "a STOP stands on the number",
            (Self::Stopped, false) => "no STOP on the number",
            (Self::Early, true) => "first day before 26 September 2023",
            (Self::Early, false) => "first day on or after 26 September 2023",
            (Self::Blocked, true) => "the provider's own list has the number",
            (Self::Blocked, false) => "the provider's own list does not have the number",
            (Self::OwnNumber, true) => "the facility has a text number",
            (Self::OwnNumber, false) => "the facility has no text number",
        }
    }
}

pub(crate) type Facts = BTreeMap<Fact, bool>;
/// The facts on which an outcome depends.
pub(crate) type Conditions = Vec<(Fact, bool)>;

/// A case that can be.
pub(crate) struct Case {
    pub(crate) consent: Consent,
    pub(crate) facts: Facts,
}

impl Case {
    pub(crate) fn is(&self, fact: Fact) -> bool {
        self.facts
            .get(&fact)
            .copied()
            .unwrap_or(matches!(fact, Fact::Phone | Fact::TwoWay | Fact::OwnNumber))
    }

    fn two_way(&self) -> TwoWayTexting {
        if self.is(Fact::TwoWay) {
            TwoWayTexting::On
        } else {
            TwoWayTexting::Off
        }
    }

    fn standing(&self) -> NumberStanding {
        if self.is(Fact::Stopped) {
            NumberStanding::Stopped
        } else {
            NumberStanding::Clear
        }
    }

    pub(crate) fn facility(&self) -> Facility {
        Facility {
            name: "[facility]".to_owned(),
            two_way_texting: self.two_way(),
            number: self.is(Fact::OwnNumber).then(|| phone(0)),
            help_contact: Some("[contact]".to_owned()),
            confirm_opt_in: ConfirmOptIn::ByText,
            ..testing::facility()
        }
    }

    pub(crate) fn number(&self, number: PhoneNumber) -> Number {
        Number {
            standing: self.standing(),
            keywords: 1,
            last_keyword_at: Some(BEFORE),
            tenants: [tenant_id()].into(),
            ..Number::new(number)
        }
    }

    pub(crate) fn tenant(&self) -> Tenant {
        Tenant {
            details: details(self.is(Fact::Phone).then(number), RECENT),
            hold: self.is(Fact::OnHold).then(|| Hold {
                review_id: review_id(),
                since: BEFORE,
                text: "I moved".to_owned(),
                doubted_again_at: None,
            }),
            keywords_applied: 1,
            number_since: Some(BEFORE),
            provider_block: self.is(Fact::Blocked).then_some(ProviderBlock {
                number: number(),
                since: BEFORE,
                retry_after: None,
            }),
            ..testing::tenant(tenant_id().as_str(), self.consent)
        }
    }

    /// Whether the rules lead to such a case: who agreed has a number, and nobody who withdrew by themselves is on hold.
    pub(crate) fn can_be(&self) -> bool {
        let withdrew = matches!(
            self.consent,
            Consent::OptedOut(OptOut::Portal | OptOut::Text | OptOut::TextAndPortal)
        );
        let agreed = matches!(self.consent, Consent::Provided(_));
        let can_agree = self.is(Fact::Phone);
        let can_be_held = self.is(Fact::Phone) && !withdrew;
        (can_agree || !agreed) && (can_be_held || !self.is(Fact::OnHold))
    }
}

/// The number on file.
pub(crate) fn number() -> PhoneNumber {
    phone(42)
}

pub(crate) fn tenant_id() -> TenantId {
    TenantId::parse("t1").unwrap()
}

pub(crate) fn review_id() -> ReviewId {
    ReviewId::of("a message", BEFORE).unwrap()
}

pub(crate) fn details(cell_phone: Option<PhoneNumber>, created_on: Date) -> Details {
    Details {
        name: "Ada Moreno".to_owned(),
        cell_phone,
        units: Vec::new(),
        created_on,
    }
}

pub(crate) fn evidence(channel: Channel) -> Evidence {
    Evidence {
        channel,
        ..testing::evidence()
    }
}

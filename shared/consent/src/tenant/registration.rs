//! Registering: tenants arrive, change, move out and come back, and with that join and leave numbers.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Change, Details, NumberMove, Registered, Residence, Tenant};
use crate::facility::Facility;
use crate::id::TenantId;
use crate::number::Number;
use crate::record::{ChainEnd, Evidence};
use crate::rules::{Action, Consent, NumberStanding};

impl Tenant {
    /// Registers a tenant: for the first time, back again, or with details that may have changed.
    pub fn register(
        existing: Option<&Self>,
        facility: &Facility,
        tenant_id: &TenantId,
        details: Details,
        numbers: NumberMove<'_>,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Registered {
        match existing {
            None => Registered::Created(Self::arrive(
                facility,
                tenant_id,
                details,
                numbers.joined,
                evidence,
                now,
            )),
            Some(tenant) => tenant.register_again(details, numbers, evidence, now),
        }
    }

    fn arrive(
        facility: &Facility,
        tenant_id: &TenantId,
        details: Details,
        joined: Option<&Number>,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Change {
        let action = Action::Register {
            created_on: details.created_on,
            number: standing(joined),
        };
        let mut tenant = Self {
            facility_id: facility.facility_id.clone(),
            tenant_id: tenant_id.clone(),
            details,
            residence: Residence::Resident,
            consent: Consent::NotProvided,
            changed_at: None,
            hold: None,
            keywords_applied: 0,
            number_since: None,
            chain: ChainEnd::default(),
            grant: None,
            provider_block: None,
            in_flight: BTreeMap::new(),
            asked_at: None,
        };
        tenant.join(joined, now);
        tenant.settle(action, tenant.details.cell_phone.as_ref(), evidence, now)
    }

    fn register_again(
        &self,
        details: Details,
        numbers: NumberMove<'_>,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Registered {
        let same_number = self.details.cell_phone == details.cell_phone;
        let same_details = self.details == details;
        let on_file = details.cell_phone.clone();
        let stays = self.residence == Residence::Resident && same_number;
        let register = |tenant: Self| {
            let mut after = Self {
                details,
                residence: Residence::Resident,
                ..tenant
            };
            if !stays {
                after.join(numbers.joined, now);
                after.asked_at = None;
            }
            after
        };
        if self.residence == Residence::MovedOut {
            let action = Action::Return {
                number: standing(numbers.joined),
            };
            return Registered::Returned(register(self.clone()).settle(
                action,
                on_file.as_ref(),
                evidence,
                now,
            ));
        }
        if stays {
            return if same_details {
                Registered::Unchanged(self.clone())
            } else {
                Registered::Updated(register(self.clone()).unchanged())
            };
        }
        let before = self.details.cell_phone.as_ref();
        // Where the new number is stopped the change is an opt-out, of that number; else the end of
        // a grant, of the number left behind.
        let (action, concerned) = match (on_file.as_ref(), standing(numbers.joined)) {
            (None, _) => (Action::RemoveNumber, before),
            (on_file @ Some(_), number @ NumberStanding::Stopped) => {
                (Action::ChangeNumber { number }, on_file)
            }
            (Some(_), number @ NumberStanding::Clear) => (Action::ChangeNumber { number }, before),
        };
        let caught_up = self.caught_up(numbers.left, evidence, now);
        Registered::Updated(
            caught_up.and_then(|tenant| register(tenant).settle(action, concerned, evidence, now)),
        )
    }

    /// Takes over what the number has said so far.
    fn join(&mut self, joined: Option<&Number>, now: Timestamp) {
        self.keywords_applied = joined.map_or(0, |number| number.keywords);
        self.number_since = self.details.cell_phone.is_some().then_some(now);
    }

    /// A resident moves out, and leaves this number.
    pub fn move_out(&self, left: Option<&Number>, evidence: &Evidence, now: Timestamp) -> Change {
        let mut change = self.caught_up(left, evidence, now).and_then(|tenant| {
            tenant.settle(Action::MoveOut, self.details.cell_phone.as_ref(), evidence, now)
        });
        change.tenant.residence = Residence::MovedOut;
        change
    }

    /// The tenant before they leave a number: with its STOP, where it has not reached them yet.
    fn caught_up(&self, left: Option<&Number>, evidence: &Evidence, now: Timestamp) -> Change {
        let Some(number) = left.filter(|number| number.holds_back(self)) else {
            return self.unchanged();
        };
        let evidence = number.spreading.as_ref().unwrap_or(evidence);
        let mut change = self.settle(Action::Stop, Some(&number.number), evidence, now);
        change.tenant.keywords_applied = number.keywords;
        change
    }
}

/// What a number last said; a missing one has said nothing.
fn standing(number: Option<&Number>) -> NumberStanding {
    number.map_or(NumberStanding::Clear, |number| number.standing)
}

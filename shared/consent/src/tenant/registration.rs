//! Registering: tenants arrive, change, move out and come back, and with that join and leave numbers.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Change, Details, DetailsEntry, NumberMove, Registered, Residence, Tenant};
use crate::facility::Facility;
use crate::id::{PhoneNumber, TenantId};
use crate::number::Number;
use crate::record::{ChainEnd, Evidence};
use crate::rule_id::RuleId;
use crate::rules::{Action, Consent, NumberStanding};

/// Whether the facility software knows of a STOP from before it used this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepliedStop {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// A tenant as the facility software tells of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrant {
    /// Their id.
    pub tenant_id: TenantId,
    /// Who they are.
    pub details: DetailsEntry,
    /// Whether they are known to have sent STOP before.
    pub replied_stop: RepliedStop,
}

impl Registrant {
    /// The details that they have once they are registered.
    pub fn details_over(&self, existing: Option<&Tenant>) -> Details {
        self.details.over(existing.and_then(Tenant::on_file))
    }

    /// The number whose STOP from before counts, for everybody who has it and ahead of the registration: on a first
    /// registration, and with a phone.
    pub fn stopped_before(&self, existing: Option<&Tenant>) -> Option<PhoneNumber> {
        let counts = self.replied_stop == RepliedStop::Yes && existing.is_none();
        counts.then(|| self.details_over(None).cell_phone).flatten()
    }
}

impl Evidence {
    /// A STOP that the facility's software knew of, as this registration tells of it.
    #[must_use]
    pub fn of_stop_before(&self) -> Self {
        Self {
            rule: Some(RuleId::RepliedStop.into()),
            ..self.clone()
        }
    }
}

/// A tenant leaves a number, or joins one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneMove {
    /// The number left behind.
    pub from: Option<PhoneNumber>,
    /// The number joined.
    pub to: Option<PhoneNumber>,
}

impl PhoneMove {
    /// What new details mean for the numbers. A tenant who moved out has none.
    pub fn between(existing: Option<&Tenant>, details: &Details) -> Self {
        let before = existing
            .and_then(Tenant::on_file)
            .and_then(|details| details.cell_phone.clone());
        if before == details.cell_phone {
            Self { from: None, to: None }
        } else {
            Self {
                from: before,
                to: details.cell_phone.clone(),
            }
        }
    }

    /// The numbers concerned.
    pub fn numbers(&self) -> impl Iterator<Item = PhoneNumber> {
        [&self.from, &self.to].into_iter().flatten().cloned()
    }
}

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
        tenant.carry_out(action, evidence, now)
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
        let has_phone = details.cell_phone.is_some();
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
            return Registered::Returned(register(self.clone()).carry_out(action, evidence, now));
        }
        if stays {
            return if same_details {
                Registered::Unchanged(self.clone())
            } else {
                Registered::Updated(register(self.clone()).unchanged())
            };
        }
        let number = standing(numbers.joined);
        let action = if has_phone {
            Action::ChangeNumber { number }
        } else {
            Action::RemoveNumber
        };
        let change = self.caught_up(numbers.left, evidence, now);
        Registered::Updated(if has_phone && number == NumberStanding::Stopped {
            // An opt-out, of the number joined.
            change.and_then(|tenant| register(tenant).carry_out(action, evidence, now))
        } else {
            // The end of a grant, of the number left behind.
            let ended = change.and_then(|tenant| tenant.carry_out(action, evidence, now));
            ended.and_then(|tenant| register(tenant).unchanged())
        })
    }

    /// Takes over what the number has said so far.
    fn join(&mut self, joined: Option<&Number>, now: Timestamp) {
        self.keywords_applied = joined.map_or(0, |number| number.keywords);
        self.number_since = self.details.cell_phone.is_some().then_some(now);
    }

    /// A resident moves out, and leaves this number.
    pub fn move_out(&self, left: Option<&Number>, evidence: &Evidence, now: Timestamp) -> Change {
        let mut change = self
            .caught_up(left, evidence, now)
            .and_then(|tenant| tenant.carry_out(Action::MoveOut, evidence, now));
        change.tenant.residence = Residence::MovedOut;
        change
    }

    /// The tenant before they leave a number: with its STOP, where it has not reached them yet.
    fn caught_up(&self, left: Option<&Number>, evidence: &Evidence, now: Timestamp) -> Change {
        let Some(number) = left.filter(|number| number.holds_back(self)) else {
            return self.unchanged();
        };
        // A review is about those who have the number still.
        let spreading = number.spreading.clone().map(Evidence::without_review);
        let evidence = spreading.as_ref().unwrap_or(evidence);
        let mut change = self.carry_out(Action::Stop, evidence, now);
        change.tenant.keywords_applied = number.keywords;
        change
    }
}

/// What a number last said; a missing one has said nothing.
fn standing(number: Option<&Number>) -> NumberStanding {
    number.map_or(NumberStanding::Clear, |number| number.standing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Grant;
    use crate::tenant::Entry;
    use crate::testing::{evidence, phone, second, tenant};

    fn registrant(number: Option<u8>, replied_stop: RepliedStop) -> Registrant {
        Registrant {
            tenant_id: TenantId::parse("t1").unwrap(),
            details: DetailsEntry {
                name: "Ada".to_owned(),
                cell_phone: Entry::Set(number.map(phone)),
                units: Entry::Keep,
                created_on: jiff::civil::date(2025, 1, 1),
            },
            replied_stop,
        }
    }

    #[test]
    fn a_stop_from_before_counts_on_a_first_registration_with_a_phone() {
        let ada = tenant("t1", Consent::NotProvided);
        let stopped = |number, replied, existing| registrant(number, replied).stopped_before(existing);
        assert_eq!(stopped(Some(42), RepliedStop::Yes, None), Some(phone(42)));
        assert_eq!(stopped(Some(42), RepliedStop::Yes, Some(&ada)), None);
        assert_eq!(stopped(None, RepliedStop::Yes, None), None);
        assert_eq!(stopped(Some(42), RepliedStop::No, None), None);
        let rule = evidence().of_stop_before().rule.unwrap();
        assert_eq!(rule.house(), Some(RuleId::RepliedStop));
    }

    #[test]
    fn who_moved_out_has_no_number_to_leave() {
        let mut ada = tenant("t1", Consent::Provided(Grant::Text));
        let details = |number| registrant(number, RepliedStop::No).details_over(None);
        let moved = |existing: Option<&Tenant>, number: Option<u8>| {
            let moved = PhoneMove::between(existing, &details(number));
            (moved.from, moved.to)
        };
        assert_eq!(moved(None, Some(42)), (None, Some(phone(42))));
        assert_eq!(moved(Some(&ada), Some(42)), (None, None));
        assert_eq!(moved(Some(&ada), Some(43)), (Some(phone(42)), Some(phone(43))));
        assert_eq!(moved(Some(&ada), None), (Some(phone(42)), None));
        ada.residence = Residence::MovedOut;
        assert_eq!(moved(Some(&ada), Some(42)), (None, Some(phone(42))));
        let both = PhoneMove::between(None, &details(Some(43)));
        assert_eq!(both.numbers().collect::<Vec<_>>(), [phone(43)]);
    }

    /// The tenant after they are registered again, and what that was.
    fn again(tenant: &Tenant, details: Details, joined: Option<&Number>) -> (&'static str, Tenant) {
        let numbers = NumberMove { left: None, joined };
        let (facility, id) = (crate::testing::facility(), &tenant.tenant_id);
        let registered = Tenant::register(
            Some(tenant),
            &facility,
            id,
            details,
            numbers,
            &evidence(),
            second(9),
        );
        let what = match &registered {
            Registered::Created(_) => "created",
            Registered::Returned(_) => "returned",
            Registered::Updated(_) => "updated",
            Registered::Unchanged(_) => "unchanged",
        };
        (what, registered.tenant().clone())
    }

    #[test]
    fn who_is_registered_again_has_the_details_of_now() {
        let ada = Tenant {
            keywords_applied: 1,
            number_since: Some(second(1)),
            asked_at: Some(second(2)),
            ..tenant("t1", Consent::NotProvided)
        };
        assert_eq!(again(&ada, ada.details.clone(), None), ("unchanged", ada.clone()));
        let mut renamed = ada.clone();
        renamed.details.name = "Ada Moreno".to_owned();
        assert_eq!(
            again(&ada, renamed.details.clone(), None),
            ("updated", renamed.clone())
        );

        let joined = Number {
            keywords: 7,
            ..Number::new(phone(43))
        };
        let mut moved = Tenant {
            keywords_applied: 7,
            number_since: Some(second(9)),
            asked_at: None,
            ..renamed
        };
        moved.details.cell_phone = Some(phone(43));
        let moved = ("updated", moved);
        assert_eq!(again(&ada, moved.1.details.clone(), Some(&joined)), moved);

        // Back after moving out, the number is new to them, also where it is the same.
        let gone = Tenant {
            residence: Residence::MovedOut,
            ..ada.clone()
        };
        let back = Tenant {
            keywords_applied: 0,
            number_since: Some(second(9)),
            asked_at: None,
            ..ada
        };
        assert_eq!(again(&gone, gone.details.clone(), None), ("returned", back));
    }
}

//! A tenant: who they are, where their consent stands, and how an action carries both on.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::decision::Sender;
use crate::gate::{Gate, ProviderBlock, gate};
use crate::id::{FacilityId, PhoneNumber, ReviewId, TenantId};
use crate::number::{KeywordText, Number};
use crate::record::{ChainEnd, Evidence, Record, Subject};
use crate::review::Hold;
use crate::rules::{
    Action, CellPhone, Circumstances, Consent, Holding, Refusal, Screen, Status, TwoWayTexting, decide,
};

mod registration;

/// Whether the tenant rents now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Residence {
    /// Rents.
    Resident,
    /// Moved out: only the history is left, and texts from the number do not touch them.
    MovedOut,
}

/// What the facility software tells of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Full name.
    pub name: String,
    /// The number to text.
    pub cell_phone: Option<PhoneNumber>,
    /// Units rented.
    pub units: Vec<String>,
    /// First day as a tenant.
    pub created_on: Date,
}

impl Details {
    /// The first day that can be a tenant's first. Software writes earlier ones, such as 0001-01-01, 1899-12-30 and
    /// 1970-01-01, where it knows no date.
    pub const EARLIEST_CREATED_ON: Date = jiff::civil::date(1970, 1, 2);
}

/// What is to become of something that is on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<T> {
    /// It is this from now on.
    Set(T),
    /// It stays as it is on file, and is empty where nothing is.
    Keep,
}

impl<T: Clone + Default> Entry<T> {
    fn over(&self, on_file: Option<&T>) -> T {
        match self {
            Self::Set(value) => value.clone(),
            Self::Keep => on_file.cloned().unwrap_or_default(),
        }
    }
}

/// What a registration says of a tenant: [`Details`] that may leave some of them as they are on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailsEntry {
    /// Full name.
    pub name: String,
    /// The number to text.
    pub cell_phone: Entry<Option<PhoneNumber>>,
    /// Units rented.
    pub units: Entry<Vec<String>>,
    /// First day as a tenant.
    pub created_on: Date,
}

impl DetailsEntry {
    /// The details that a tenant has after this, of those on file.
    pub fn over(&self, on_file: Option<&Details>) -> Details {
        Details {
            name: self.name.clone(),
            cell_phone: self.cell_phone.over(on_file.map(|details| &details.cell_phone)),
            units: self.units.over(on_file.map(|details| &details.units)),
            created_on: self.created_on,
        }
    }
}

/// A tenant with their consent and the end of their chain of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// The facility they rent at.
    pub facility_id: FacilityId,
    /// Their id there.
    pub tenant_id: TenantId,
    /// Who they are.
    pub details: Details,
    /// Whether they rent now.
    pub residence: Residence,
    /// Where their consent stands.
    pub consent: Consent,
    /// When status or source last changed. `None`: never.
    pub changed_at: Option<Timestamp>,
    /// What holds texts to them back.
    pub hold: Option<Hold>,
    /// How many keywords of their number have reached them, see [`Number::keywords`].
    pub keywords_applied: u64,
    /// Since when they have their number, where that is known. A START from before was sent by somebody else.
    pub number_since: Option<Timestamp>,
    /// The end of their chain of records.
    pub chain: ChainEnd,
    /// The sequence of the record that began the grant which stands, `None` where none does.
    pub grant: Option<u64>,
    /// What is known of the provider's own list, see [`Tenant::provider_block`].
    pub provider_block: Option<ProviderBlock>,
    /// Texts that were let out and are being handed to a provider right now, by message id, or by decision id where the
    /// caller hands them over. Whoever withdraws a grant waits for them, so that no text leaves after the withdrawal
    /// was acknowledged.
    pub in_flight: BTreeMap<String, InFlight>,
    /// When the last text to them was accepted, if it asked something.
    pub asked_at: Option<Timestamp>,
}

/// A text that is being handed to the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// When it was let out, as its thread entry has it.
    pub at: String,
    /// The number that it goes to; `None` in entries from before this was kept.
    #[serde(default)]
    pub to: Option<PhoneNumber>,
    /// Who hands it over.
    #[serde(default, skip_serializing_if = "Sender::is_service")]
    pub by: Sender,
    /// Until when somebody may still be at it; nobody hands it over later.
    pub until: Timestamp,
}

/// A tenant after an action, with the records of how their consent changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The tenant as they are now.
    pub tenant: Tenant,
    /// What is to be recorded with it, oldest first.
    pub records: Vec<Record>,
}

/// The numbers that a tenant leaves and joins, as they are stored.
#[derive(Debug, Clone, Copy, Default)]
pub struct NumberMove<'a> {
    /// The number left behind, where there is one.
    pub left: Option<&'a Number>,
    /// The number joined, where there is one.
    pub joined: Option<&'a Number>,
}

/// A tenant's registration, once decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// Registered for the first time.
    Created(Change),
    /// Had moved out, and is back.
    Returned(Change),
    /// Something about them changed.
    Updated(Change),
    /// They are as they were.
    Unchanged(Tenant),
}

impl Registered {
    /// The tenant as they are now.
    pub const fn tenant(&self) -> &Tenant {
        match self {
            Self::Created(change) | Self::Returned(change) | Self::Updated(change) => &change.tenant,
            Self::Unchanged(tenant) => tenant,
        }
    }
}

impl Tenant {
    /// The details that a registration may leave as they are. A tenant who moved out has none: their number may be
    /// somebody else's by the time that they are back.
    pub fn on_file(&self) -> Option<&Details> {
        (self.residence == Residence::Resident).then_some(&self.details)
    }

    /// Whether there is a number to text.
    pub fn cell_phone(&self) -> CellPhone {
        if self.details.cell_phone.is_some() {
            CellPhone::OnFile
        } else {
            CellPhone::Missing
        }
    }

    /// Whether texts to the tenant are held back.
    pub const fn holding(&self) -> Holding {
        if self.hold.is_some() {
            Holding::OnHold
        } else {
            Holding::Free
        }
    }

    /// What decides beside their consent and an action.
    pub fn circumstances(&self, two_way_texting: TwoWayTexting) -> Circumstances {
        Circumstances {
            two_way_texting,
            cell_phone: self.cell_phone(),
            holding: self.holding(),
        }
    }

    /// Whether the tenant may be texted.
    pub fn can_text(&self) -> bool {
        gate(self) == Gate::Open
    }

    /// A check box was submitted. `Ok(None)`: it stood like that already.
    ///
    /// # Errors
    /// The refusal that the screen shows.
    pub fn submit(
        &self,
        action: Action,
        two_way_texting: TwoWayTexting,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Option<Change>, Refusal> {
        self.apply(
            action,
            two_way_texting,
            self.details.cell_phone.as_ref(),
            evidence,
            now,
        )
    }

    /// Applies an action, with the record of what it changes. `concerned` is the number that the record names.
    fn apply(
        &self,
        action: Action,
        two_way_texting: TwoWayTexting,
        concerned: Option<&PhoneNumber>,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Option<Change>, Refusal> {
        let Some(step) = decide(self.consent, action, self.circumstances(two_way_texting))? else {
            return Ok(None);
        };
        let subject = Subject {
            facility_id: &self.facility_id,
            tenant_id: &self.tenant_id,
            cell_phone: concerned,
        };
        let (record, chain) = self.chain.append(&subject, self.consent, &step, evidence, now);
        let grant = if step.to == self.consent {
            self.grant
        } else {
            (step.to.status() == Status::Provided).then_some(record.sequence)
        };
        let changed_at = if step.kind.changes_standing() {
            chain.at
        } else {
            self.changed_at
        };
        let stays_on_hold = step.kind.holding_after(step.to, self.holding()) == Holding::OnHold;
        let tenant = Self {
            consent: step.to,
            grant,
            changed_at,
            hold: self.hold.clone().filter(|_| stays_on_hold),
            chain,
            ..self.clone()
        };
        Ok(Some(Change {
            tenant,
            records: vec![record],
        }))
    }

    /// Until when a text to them may be in flight.
    pub fn in_flight_until(&self) -> Option<Timestamp> {
        self.in_flight.values().map(|text| text.until).max()
    }

    /// The texts in flight that go to a number which they no longer have, or were let out before they had it anew. A
    /// request that takes the number away waits for them, and so does its repetition.
    pub fn in_flight_elsewhere(&self) -> impl Iterator<Item = (&String, &InFlight)> {
        let current = self
            .details
            .cell_phone
            .as_ref()
            .filter(|_| self.residence == Residence::Resident);
        self.in_flight.iter().filter(move |(_, text)| {
            let is_earlier = text
                .at
                .parse::<Timestamp>()
                .ok()
                .zip(self.number_since)
                .is_none_or(|(at, since)| at < since);
            text.to.as_ref() != current || is_earlier
        })
    }

    /// Whether a text from them now comes right after a question of ours: within a day of it.
    pub fn is_answering(&self, now: Timestamp) -> bool {
        let day = SignedDuration::from_hours(24);
        self.asked_at.is_some_and(|asked| now.duration_since(asked) < day)
    }

    /// What a click on a check box would do: the refusal, if it would be refused.
    pub fn click_refused(&self, screen: Screen, two_way_texting: TwoWayTexting) -> Option<Refusal> {
        let click = if self.consent.status() == Status::Provided {
            Action::Uncheck(screen)
        } else {
            Action::Check(screen)
        };
        decide(self.consent, click, self.circumstances(two_way_texting)).err()
    }

    /// A keyword of the tenant's number reaches them. `None`: it has reached them already, or they have
    /// moved out, or they have another number by now. A START undoes nothing that came after it was sent.
    pub fn hear(&self, number: &Number, text: &KeywordText<'_>) -> Option<Change> {
        if self.residence == Residence::MovedOut
            || self.details.cell_phone.as_ref() != Some(&number.number)
            || self.keywords_applied >= number.keywords
        {
            return None;
        }
        let gives_way = text.gives_way_to(self.chain.at) || text.gives_way_to(self.number_since);
        let heard = if gives_way {
            None
        } else {
            // Keywords are never refused: a refusal is the answer to a check.
            self.submit(
                text.keyword.action(),
                text.two_way_texting,
                text.evidence,
                text.now,
            )
            .ok()
            .flatten()
        };
        let mut change = heard.unwrap_or_else(|| self.unchanged());
        change.tenant.keywords_applied = number.keywords;
        Some(change)
    }

    /// A text from the tenant's number that may ask for no more texts puts them on hold until this review is decided.
    /// `None`: they have moved out or have another number by now, have withdrawn by themselves, or are on hold.
    pub fn doubt(
        &self,
        number: &PhoneNumber,
        review_id: &ReviewId,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Option<Change> {
        if self.residence == Residence::MovedOut || self.details.cell_phone.as_ref() != Some(number) {
            return None;
        }
        // A doubt is never refused, and two-way texting plays no part in it.
        let mut change = self
            .submit(Action::Doubt, TwoWayTexting::Off, evidence, now)
            .ok()
            .flatten()?;
        let text = evidence.text.as_ref().map(|text| text.body.clone());
        change.tenant.hold = Some(Hold {
            review_id: review_id.clone(),
            since: change.tenant.chain.at.unwrap_or(now),
            text: text.unwrap_or_default(),
        });
        Some(change)
    }

    /// A person has decided that the text of a review does not revoke. `None`: the tenant is not on hold from it.
    pub fn release(&self, review_id: &ReviewId, evidence: &Evidence, now: Timestamp) -> Option<Change> {
        let is_held = self
            .hold
            .as_ref()
            .is_some_and(|hold| hold.review_id == *review_id);
        is_held.then(|| self.settle(Action::NoOptOut, self.details.cell_phone.as_ref(), evidence, now))
    }

    /// A person has read the text that opted the tenant out.
    pub fn review_seen(&self, evidence: &Evidence, now: Timestamp) -> Change {
        self.settle(Action::Seen, self.details.cell_phone.as_ref(), evidence, now)
    }

    /// The review whose hold on them has gone since. `before`: the tenant as they were.
    pub fn hold_ended_since<'a>(&self, before: &'a Self) -> Option<&'a ReviewId> {
        let ended = before.hold.as_ref().filter(|_| self.hold.is_none());
        ended.map(|hold| &hold.review_id)
    }

    fn unchanged(&self) -> Change {
        Change {
            tenant: self.clone(),
            records: Vec::new(),
        }
    }

    /// Carries out an action of the facility software, which is never refused.
    fn settle(
        &self,
        action: Action,
        concerned: Option<&PhoneNumber>,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Change {
        // Two-way texting plays no part in these actions.
        self.apply(action, TwoWayTexting::Off, concerned, evidence, now)
            .ok()
            .flatten()
            .unwrap_or_else(|| self.unchanged())
    }
}

impl Change {
    /// What comes next, with the records of both.
    fn and_then(mut self, next: impl FnOnce(Tenant) -> Self) -> Self {
        let Self { tenant, records } = next(self.tenant);
        self.records.extend(records);
        Self {
            tenant,
            records: self.records,
        }
    }
}

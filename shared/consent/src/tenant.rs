//! A tenant: who they are, where their consent stands, and how an action carries both on.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::id::{FacilityId, InFlightId, PhoneNumber, ReviewId, TenantId};
use crate::number::{Keyword, KeywordText, Number};
use crate::provider_block::ProviderBlock;
use crate::record::{ChainEnd, Evidence, Record, Subject};
use crate::review::Hold;
use crate::rules::{
    Action, CellPhone, Circumstances, Consent, Holding, NumberStanding, Refusal, Screen, Status,
    TwoWayTexting, decide,
};

mod in_flight;
mod registration;

pub use in_flight::{AskedAt, InFlight, LetOut, MOST_IN_FLIGHT, TooManyInFlight};
pub use registration::{PhoneMove, Registrant, RepliedStop};

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
    /// caller hands them over. A withdrawal waits for them, so that no text leaves after the withdrawal
    /// was acknowledged.
    pub in_flight: BTreeMap<InFlightId, InFlight>,
    /// When the last text to them was accepted, if it asked something.
    pub asked_at: Option<Timestamp>,
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

    /// Whether they rent and have this number.
    pub fn has_number(&self, number: &PhoneNumber) -> bool {
        self.residence == Residence::Resident && self.details.cell_phone.as_ref() == Some(number)
    }

    /// Whether texts to the tenant are held back.
    pub const fn holding(&self) -> Holding {
        if self.hold.is_some() {
            Holding::OnHold
        } else {
            Holding::Free
        }
    }

    /// What decides besides their consent and an action.
    pub fn circumstances(&self, two_way_texting: TwoWayTexting) -> Circumstances {
        Circumstances {
            two_way_texting,
            cell_phone: self.cell_phone(),
            holding: self.holding(),
        }
    }

    /// Applies an action, with the record of what it changes. The record names the tenant's number. `Ok(None)`: everything
    /// stays as it was, and nothing is recorded.
    ///
    /// # Errors
    /// The refusal that the screen shows. Nothing but a check is ever refused.
    pub fn apply(
        &self,
        action: Action,
        two_way_texting: TwoWayTexting,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Option<Change>, Refusal> {
        let Some(step) = decide(self.consent, action, self.circumstances(two_way_texting))? else {
            return Ok(None);
        };
        let subject = Subject {
            facility_id: &self.facility_id,
            tenant_id: &self.tenant_id,
            cell_phone: self.details.cell_phone.as_ref(),
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

    /// The tenant with what is known now of the provider's own list about their number. `None`: that was known.
    pub fn with_provider_block(&self, block: Option<&ProviderBlock>) -> Option<Self> {
        let known = self.provider_block.as_ref();
        let provider_block = block.cloned().map(|block| block.with_known(known));
        (provider_block != self.provider_block).then(|| Self {
            provider_block,
            ..self.clone()
        })
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
        if !self.has_number(&number.number) {
            return None;
        }
        // A STOP that comes after a START which was sent before it arrived. The START may have been here already. Who has
        // the number only since then is not meant.
        let is_past_start = text.keyword == Keyword::Stop && number.standing == NumberStanding::Clear;
        let is_meant = !is_past_start || self.number_since <= Some(text.received_at);
        if !is_meant || (self.keywords_applied >= number.keywords && !is_past_start) {
            return None;
        }
        let doubted_again_at = self.hold.as_ref().and_then(|hold| hold.doubted_again_at);
        let gives_way = text.gives_way_to(self.chain.at)
            || text.gives_way_to(self.number_since)
            || text.gives_way_to(doubted_again_at);
        let heard = if gives_way {
            None
        } else {
            self.apply(
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
    /// `None`: they have moved out or have another number by now, or have withdrawn by themselves. One more text in doubt
    /// is not recorded: the hold only remembers when it came, so that an older START does not lift it.
    pub fn doubt(
        &self,
        number: &PhoneNumber,
        review_id: &ReviewId,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Option<Change> {
        if !self.has_number(number) {
            return None;
        }
        if let Some(hold) = &self.hold {
            let mut change = self.unchanged();
            change.tenant.hold = Some(Hold {
                doubted_again_at: Some(now),
                ..hold.clone()
            });
            return Some(change);
        }
        let mut change = self.carry_out(Action::Doubt, evidence, now);
        if change.records.is_empty() {
            return None;
        }
        let text = evidence.text.as_ref().map(|text| text.body.clone());
        change.tenant.hold = Some(Hold {
            review_id: review_id.clone(),
            since: change.tenant.chain.at.unwrap_or(now),
            text: text.unwrap_or_default(),
            doubted_again_at: None,
        });
        Some(change)
    }

    /// A person has decided that the text of a review does not revoke. `None`: the tenant is not on hold from it.
    pub fn release(&self, review_id: &ReviewId, evidence: &Evidence, now: Timestamp) -> Option<Change> {
        let is_held = self
            .hold
            .as_ref()
            .is_some_and(|hold| hold.review_id == *review_id);
        is_held.then(|| self.carry_out(Action::NoOptOut, evidence, now))
    }

    /// A person has read the text that opted the tenant out.
    pub fn review_seen(&self, evidence: &Evidence, now: Timestamp) -> Change {
        self.carry_out(Action::Seen, evidence, now)
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

    /// The same for an action in which two-way texting plays no part, and which is never refused. Without a change: the
    /// tenant as they are.
    fn carry_out(&self, action: Action, evidence: &Evidence, now: Timestamp) -> Change {
        let applied = self.apply(action, TwoWayTexting::Off, evidence, now);
        applied.ok().flatten().unwrap_or_else(|| self.unchanged())
    }
}

impl Change {
    /// The same for a text that a person has read before it reached this tenant: that they have is recorded as well.
    #[must_use]
    pub fn seen_before(self, evidence: &Evidence, now: Timestamp) -> Self {
        if self.records.is_empty() {
            return self;
        }
        self.and_then(|tenant| tenant.review_seen(evidence, now))
    }

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

#[cfg(test)]
mod tests;

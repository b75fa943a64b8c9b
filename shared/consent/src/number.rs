//! A tenant's number as the facility knows it: what it last said, and who has it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{PhoneNumber, TenantId};
use crate::record::Evidence;
use crate::rules::{Action, Consent, NumberStanding, OptOut, Status, TwoWayTexting};
use crate::spans::CLOCKS_DIFFER;
use crate::tenant::Tenant;

/// A phone number at one facility. Its STOP counts for every tenant who has the number, now or later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The number.
    pub number: PhoneNumber,
    /// Whether a STOP stands on it.
    pub standing: NumberStanding,
    /// How many keywords changed something for this number or its tenants. Each tenant counts those that
    /// reached them: a tenant behind this count has still to hear the last one.
    pub keywords: u64,
    /// When the last keyword was sent. A START from before it that arrives later changes nothing.
    pub last_keyword_at: Option<Timestamp>,
    /// The tenants who have the number now.
    pub tenants: BTreeSet<TenantId>,
    /// The STOP that is still on its way to some of the tenants: what each of them is recorded with.
    pub spreading: Option<Evidence>,
    /// Until when texts may be in flight to the number that were let out for tenants who have left it. A STOP is
    /// acknowledged only afterwards.
    pub in_flight_until: Option<Timestamp>,
    /// The answers to STARTs that are being handed over, by message. A STOP is acknowledged only afterwards.
    pub answers: BTreeMap<String, AnswerInFlight>,
}

/// An answer to a START that is being handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerInFlight {
    /// It is over by then.
    pub until: Timestamp,
    /// Whether it goes out in a response that has just been released. It may still be on its way for a moment.
    pub is_released: bool,
}

/// The most tenants who can share a number. With longer ids its item would outgrow what the database stores, and
/// a STOP could no longer be written.
pub const MOST_SHARERS: usize = 4_999;

/// A keyword in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// Revokes.
    Stop,
    /// Asks for texts again.
    Start,
}

impl Keyword {
    /// What it is to a tenant.
    pub const fn action(self) -> Action {
        match self {
            Self::Stop => Action::Stop,
            Self::Start => Action::Start,
        }
    }
}

impl Keyword {
    /// Where it leaves the number.
    const fn standing(self) -> NumberStanding {
        match self {
            Self::Stop => NumberStanding::Stopped,
            Self::Start => NumberStanding::Clear,
        }
    }
}

/// A keyword as it arrives at a facility.
#[derive(Debug, Clone, Copy)]
pub struct KeywordText<'a> {
    /// What it says.
    pub keyword: Keyword,
    /// The facility's two-way texting, as it is now.
    pub two_way_texting: TwoWayTexting,
    /// When it was sent, where the provider tells. Without it a START counts as sent when it arrived, a STOP as the newest.
    pub sent_at: Option<Timestamp>,
    /// When it first arrived, in its first delivery.
    pub received_at: Timestamp,
    /// The text, for the records.
    pub evidence: &'a Evidence,
    /// The time.
    pub now: Timestamp,
}

impl KeywordText<'_> {
    /// Its place in time: when it was sent. A time ahead of ours counts as now. That of a STOP may be ahead by as much as
    /// clocks differ: a START that was sent before it is not to count as the newer one because this machine's clock is slow.
    fn sent_at(&self) -> Timestamp {
        match self.keyword {
            Keyword::Start => self.sent_at.unwrap_or(self.received_at).min(self.now),
            Keyword::Stop => self
                .sent_at
                .filter(|sent| *sent <= self.now + CLOCKS_DIFFER)
                .unwrap_or(self.now),
        }
    }

    /// Whether it is a START that was sent before this moment, or at it: then it undoes nothing of what came then.
    pub(crate) fn gives_way_to(&self, moment: Option<Timestamp>) -> bool {
        self.keyword == Keyword::Start && moment.is_some_and(|moment| self.sent_at() <= moment)
    }
}

impl Number {
    /// A number that nothing is known of.
    pub fn new(number: PhoneNumber) -> Self {
        Self {
            number,
            standing: NumberStanding::Clear,
            keywords: 0,
            last_keyword_at: None,
            tenants: BTreeSet::new(),
            spreading: None,
            in_flight_until: None,
            answers: BTreeMap::new(),
        }
    }

    /// A keyword arrives from the number. `None`: it changes nothing for anybody, because a START was sent before the
    /// last keyword, or needs two-way texting. A STOP counts however late it comes: after its acknowledgement the
    /// sender may not be texted.
    pub fn hear(&self, text: &KeywordText<'_>) -> Option<Self> {
        let needs_two_way = text.keyword == Keyword::Start && text.two_way_texting == TwoWayTexting::Off;
        if needs_two_way || text.gives_way_to(self.last_keyword_at) {
            return None;
        }
        let at = text.sent_at();
        Some(Self {
            standing: text.keyword.standing(),
            keywords: self.keywords + 1,
            last_keyword_at: Some(self.last_keyword_at.map_or(at, |last| last.max(at))),
            spreading: None,
            ..self.clone()
        })
    }

    /// Whether a keyword that was the number's `counted`th, and was `received_at` then, still has to reach its tenants. A
    /// later STOP carries an earlier one on, so both are worked off. A START gives way to whatever came after it.
    pub fn still_spreads(&self, keyword: Keyword, counted: u64, received_at: Timestamp) -> bool {
        let is_stopped = self.standing == NumberStanding::Stopped;
        counted == self.keywords
            || (keyword == Keyword::Stop && (is_stopped || self.was_started_by(received_at)))
    }

    /// Whether its last keyword is a START that was sent by this moment. It lifts nothing of what was received then.
    fn was_started_by(&self, moment: Timestamp) -> bool {
        let is_clear = self.standing == NumberStanding::Clear;
        is_clear && self.last_keyword_at.is_some_and(|last| last <= moment)
    }

    /// Whether a later keyword has overtaken a START, so that its answer would say what is no longer so. `counted`: its
    /// place among the number's keywords, if it counted.
    pub fn has_overtaken(&self, start: &KeywordText<'_>, counted: Option<u64>) -> bool {
        match counted {
            Some(counted) => counted < self.keywords,
            None => start.gives_way_to(self.last_keyword_at),
        }
    }

    /// Whether a text in doubt still has to reach the number's tenants. `counted`: how many keywords the number had heard
    /// when the doubt was `received_at`. A keyword that came later has overtaken it. A START that was only delivered later
    /// has not: it was sent before, and lifts nothing.
    pub fn doubt_still_spreads(&self, counted: u64, received_at: Timestamp) -> bool {
        counted == self.keywords || self.was_started_by(received_at)
    }

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

    /// Whether another tenant can have it.
    pub fn has_room(&self) -> bool {
        self.tenants.len() < MOST_SHARERS
    }

    /// A tenant leaves the number. Their texts in flight stay with it.
    pub fn leave(&mut self, tenant: &Tenant) {
        if self.tenants.remove(&tenant.tenant_id) {
            self.in_flight_until = self.in_flight_until.max(tenant.in_flight_until());
        }
    }
}

#[cfg(test)]
mod tests;

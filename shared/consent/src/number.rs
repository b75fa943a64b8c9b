//! A tenant's number as the facility knows it: what it last said, and who has it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::id::{PhoneNumber, TenantId};
use crate::rules::{Action, NumberStanding, TwoWayTexting};

/// A phone number at one facility. Its STOP stands for whoever has the number, now or later.
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
}

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

impl Number {
    /// A number that nothing is known of.
    pub fn new(number: PhoneNumber) -> Self {
        Self {
            number,
            standing: NumberStanding::Clear,
            keywords: 0,
            last_keyword_at: None,
            tenants: BTreeSet::new(),
        }
    }

    /// A keyword arrives from the number. `sent_at` is the provider's time of it, where the provider's
    /// deliveries may overtake each other and carry one; without it the keyword counts as the newest.
    /// `None`: it changes nothing for anybody, because a START is older than the last keyword, or needs two-way
    /// texting. A STOP counts however late it comes: whoever sends one may not be texted once it is acknowledged.
    pub fn hear(
        &self,
        keyword: Keyword,
        two_way_texting: TwoWayTexting,
        sent_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Self> {
        let overtaken = self
            .last_keyword_at
            .zip(sent_at)
            .is_some_and(|(last, sent)| sent < last);
        let standing = match (keyword, two_way_texting) {
            (Keyword::Start, _) if overtaken => return None,
            (Keyword::Start, TwoWayTexting::Off) => return None,
            (Keyword::Start, TwoWayTexting::On) => NumberStanding::Clear,
            (Keyword::Stop, _) => NumberStanding::Stopped,
        };
        let at = sent_at.unwrap_or(now);
        let last_keyword_at = Some(self.last_keyword_at.map_or(at, |last| last.max(at)));
        Some(Self {
            standing,
            keywords: self.keywords + 1,
            last_keyword_at,
            ..self.clone()
        })
    }
}

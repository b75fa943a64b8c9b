//! How a number and the tenants who have it hear a text, or what a person decided about one.
//!
//! A number can have thousands of tenants, so a message reaches them in parts, each of which is written in one
//! transaction: the number first, with as many tenants as fit, then the rest in the order of their ids. How far it came is
//! its [`Progress`], which is kept with it. A redelivery, also one after a crash, goes on with the next [`Part`].
//!
//! A text in doubt changes nothing about the number. It has its place among the number's keywords all the same: a keyword
//! that comes later overtakes it.

use jiff::Timestamp;

use crate::facility::Facility;
use crate::id::{PhoneNumber, ReviewId, TenantId};
use crate::number::{AnswerInFlight, Keyword, KeywordText, Number};
use crate::record::Evidence;
use crate::reply::TextEffect;
use crate::rules::TwoWayTexting;
use crate::tenant::{Change, Tenant};
use crate::words::Meaning;

/// What a message asks of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// To stop, or to start again.
    Keyword(Keyword),
    /// Perhaps to stop.
    Doubt,
    /// Nothing: it joins the threads.
    Nothing,
}

impl From<Meaning> for Says {
    fn from(meaning: Meaning) -> Self {
        match meaning {
            Meaning::OptOut => Self::Keyword(Keyword::Stop),
            Meaning::OptIn => Self::Keyword(Keyword::Start),
            Meaning::Doubt => Self::Doubt,
            Meaning::Help | Meaning::None => Self::Nothing,
        }
    }
}

/// A message from a number: a text, a STOP that the facility's software knew of, or a person's decision.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The number.
    pub number: &'a PhoneNumber,
    /// What it asks.
    pub says: Says,
    /// When it was sent, where the provider tells.
    pub sent_at: Option<Timestamp>,
    /// What is recorded with it.
    pub evidence: &'a Evidence,
    /// What the message, and so its answer, is called.
    pub message: &'a str,
}

impl<'a> Delivery<'a> {
    fn keyword_text(&self, known: &Known<'_>) -> Option<KeywordText<'a>> {
        let Says::Keyword(keyword) = self.says else {
            return None;
        };
        Some(KeywordText {
            keyword,
            two_way_texting: known.two_way_texting,
            sent_at: self.sent_at,
            received_at: known.received_at(),
            evidence: self.evidence,
            now: known.now,
        })
    }

    /// Whether it is this keyword.
    pub fn is(&self, keyword: Keyword) -> bool {
        self.says == Says::Keyword(keyword)
    }

    /// Whether its answer says that texts will come, so that a STOP waits for the answer.
    pub fn expects_an_answer(&self) -> bool {
        self.is(Keyword::Start)
    }
}

/// How far a message came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// When it was first received.
    pub received_at: Timestamp,
    /// Its place among the number's keywords, where it counted. For a doubt that of the last keyword before it.
    pub counted: Option<u64>,
    /// The last tenant whom it reached, in the order of their ids.
    pub reached: Option<TenantId>,
    /// What it has led to.
    pub effect: TextEffect,
}

impl Progress {
    /// Whether a number was read before this was written, so that the two do not go together.
    pub fn is_ahead_of(&self, number: &Number) -> bool {
        self.counted > Some(number.keywords)
    }

    /// Whether it was a STOP that no later keyword has overtaken.
    pub fn stands(&self, number: &Number) -> bool {
        self.counted
            .is_some_and(|counted| number.still_spreads(Keyword::Stop, counted, self.received_at))
    }
}

/// What is known when the next part of a message is decided.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The facility's two-way texting, as the message meets it.
    pub two_way_texting: TwoWayTexting,
    /// The number as it is stored. `None`: nothing is stored of it.
    pub number: Option<&'a Number>,
    /// How far the message came. `None`: this is its first part.
    pub progress: Option<&'a Progress>,
    /// The review that a doubt opens, unless somebody has decided about it already.
    pub open_review: Option<&'a ReviewId>,
    /// What is recorded where a person has seen the text before it reached everybody.
    pub seen_before: Option<&'a Evidence>,
    /// Until when the answer may be on its way, where this part is to say so.
    pub answered_by: Option<Timestamp>,
    /// The most tenants of this part.
    pub room: usize,
    /// When this delivery arrived.
    pub arrived_at: Timestamp,
    /// The time.
    pub now: Timestamp,
}

impl Known<'_> {
    /// When the message first arrived.
    pub fn received_at(&self) -> Timestamp {
        self.progress
            .map_or(self.arrived_at, |progress| progress.received_at)
    }
}

/// A part of a message: what is written together.
#[derive(Debug)]
pub struct Part<'a> {
    /// The number as it is afterwards.
    pub number: Number,
    /// Whether the number is to be written.
    pub changes_number: bool,
    /// The tenants whom this part reaches.
    pub tenants: Vec<TenantId>,
    /// Whether nobody is left after them.
    pub is_last: bool,
    /// Whether it is a START that a later keyword has overtaken. It gets no answer.
    pub is_overtaken: bool,
    says: Saying<'a>,
    seen_before: Option<&'a Evidence>,
    evidence: &'a Evidence,
    now: Timestamp,
    news: News,
    progress: Progress,
}

/// What a part says to the tenants whom it reaches.
#[derive(Debug)]
enum Saying<'a> {
    /// Nothing: a later keyword, or a decision, has overtaken it.
    Nothing,
    Keyword(KeywordText<'a>),
    /// It puts them on hold until this review is decided.
    Doubt(&'a ReviewId),
}

/// Whether something changed that the sender is told of.
#[derive(Debug, PartialEq, Eq)]
enum News {
    None,
    Some,
}

/// What a message does to a tenant whom it reaches.
#[derive(Debug)]
pub struct Reached {
    /// How it changes them.
    pub change: Option<Change>,
    /// Whether they rent and have the number, so that it joins their thread.
    pub has_number: bool,
    /// Whether it is a START for which the provider should take the number off its own list.
    pub lets_back: bool,
}

/// The number of a message, once this part of it is heard.
struct HeardNumber {
    number: Number,
    /// Whether it is to be written.
    changes: bool,
    /// See [`Progress::counted`].
    counted: Option<u64>,
    /// Whether STOP stands on it now and did not before, or the other way round.
    changes_standing: bool,
}

impl HeardNumber {
    /// The first part of a message is heard by the number, too.
    fn of(delivery: &Delivery<'_>, known: &Known<'_>, text: Option<&KeywordText<'_>>) -> Self {
        let before = known
            .number
            .cloned()
            .unwrap_or_else(|| Number::new(delivery.number.clone()));
        let is_first = known.progress.is_none();
        let heard = text.filter(|_| is_first).and_then(|text| before.hear(text));
        let doubted = (is_first && delivery.says == Says::Doubt).then_some(before.keywords);
        let counted = match known.progress {
            Some(progress) => progress.counted,
            None => heard.as_ref().map(|heard| heard.keywords).or(doubted),
        };
        // A number of which nothing is stored has no tenants whom a doubt could reach.
        let is_doubted = doubted.is_some() && known.number.is_some();
        let changes = heard.is_some() || known.answered_by.is_some() || is_doubted;
        let standing_before = before.standing;
        let mut number = heard.unwrap_or(before);
        if is_first && delivery.is(Keyword::Stop) && number.tenants.len() > known.room {
            number.spreading = Some(delivery.evidence.clone());
        }
        if changes {
            number.answers.retain(|_, answer| known.now < answer.until);
        }
        if let Some(until) = known.answered_by {
            let answer = AnswerInFlight {
                until,
                is_released: false,
            };
            number.answers.insert(delivery.message.to_owned(), answer);
        }
        Self {
            changes,
            counted,
            changes_standing: number.standing != standing_before,
            number,
        }
    }
}

impl<'a> Part<'a> {
    /// The next part of a message.
    pub fn next(delivery: &Delivery<'a>, known: Known<'a>) -> Self {
        let Known { progress, now, .. } = known;
        let text = delivery.keyword_text(&known);
        let HeardNumber {
            number,
            changes: changes_number,
            counted,
            changes_standing,
        } = HeardNumber::of(delivery, &known, text.as_ref());
        let is_overtaken = text
            .as_ref()
            .is_some_and(|text| text.keyword == Keyword::Start && number.has_overtaken(text, counted));
        let received_at = known.received_at();
        let doubt_spreads = delivery.says == Says::Doubt
            && counted.is_some_and(|counted| number.doubt_still_spreads(counted, received_at));
        let says = match (text, known.open_review) {
            (Some(text), _)
                if counted
                    .is_some_and(|counted| number.still_spreads(text.keyword, counted, received_at)) =>
            {
                Saying::Keyword(text)
            }
            (None, Some(review)) if doubt_spreads => Saying::Doubt(review),
            _ => Saying::Nothing,
        };
        let reached = progress.and_then(|progress| progress.reached.clone());
        let mut rest = number
            .tenants
            .iter()
            .filter(|tenant| Some(*tenant) > reached.as_ref());
        let tenants: Vec<TenantId> = rest.by_ref().take(known.room).cloned().collect();
        let is_last = rest.next().is_none();
        let mut effect = progress
            .map(|progress| progress.effect.clone())
            .unwrap_or_default();
        effect.number_changed |= changes_standing;
        Self {
            changes_number,
            is_last,
            is_overtaken,
            says,
            seen_before: known.seen_before,
            evidence: delivery.evidence,
            now,
            news: News::None,
            progress: Progress {
                received_at,
                counted,
                reached: tenants.last().cloned().or(reached),
                effect,
            },
            tenants,
            number,
        }
    }

    /// The message reaches a tenant.
    pub fn reach(&mut self, tenant: &Tenant) -> Reached {
        let change = match &self.says {
            Saying::Nothing => None,
            Saying::Keyword(text) => tenant.hear(&self.number, text),
            Saying::Doubt(review) => tenant.doubt(&self.number.number, review, self.evidence, self.now),
        };
        let change = match self.seen_before {
            Some(seen) => change.map(|change| change.seen_before(seen, self.now)),
            None => change,
        };
        let after = change.as_ref().map_or(tenant, |change| &change.tenant);
        let has_number = tenant.has_number(&self.number.number);
        if has_number {
            self.progress.effect.add(after);
        }
        let is_start = matches!(&self.says, Saying::Keyword(text) if text.keyword == Keyword::Start);
        if change.as_ref().is_some_and(|change| !change.records.is_empty()) {
            // What an earlier STOP had still to do is told by the earlier one.
            if Some(tenant.keywords_applied + 1) >= self.progress.counted {
                self.news = News::Some;
            }
        }
        Reached {
            lets_back: has_number && is_start && after.lifts_provider_block(tenant.consent),
            has_number,
            change,
        }
    }

    /// How far the message came with this part. Nobody is told of what a later keyword has overtaken.
    pub fn progress(&self) -> Progress {
        let mut progress = self.progress.clone();
        let is_keyword = matches!(self.says, Saying::Keyword(_));
        let effect = &mut progress.effect;
        effect.number_changed &= is_keyword;
        effect.tenants_changed = (effect.tenants_changed && is_keyword) || self.news == News::Some;
        progress
    }
}

impl Facility {
    /// The facility as a text meets it that was sent to this number. One that the facility gave up takes a STOP and no
    /// more, as if two-way texting were off: the tenant cannot know that the number changed.
    #[must_use]
    pub fn dialled_at(self, number: &PhoneNumber) -> Self {
        if self.number.as_ref() == Some(number) {
            return self;
        }
        Self {
            two_way_texting: TwoWayTexting::Off,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;

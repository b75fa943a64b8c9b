//! Decisions about texts: who hands over what was let out, for how long, and what became of it.

use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::spans::{CLOCKS_DIFFER, USUAL_DECISION};

/// For how long a decision holds that a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFor(SignedDuration);

impl OpenFor {
    /// Where the caller does not say.
    pub const USUAL: Self = Self(USUAL_DECISION);

    /// The seconds for which a caller may ask.
    pub const SECONDS: RangeInclusive<u8> = 1..=10;

    /// Where the caller says so. `None`: it is too short or too long.
    pub fn seconds(seconds: u8) -> Option<Self> {
        let asked = SignedDuration::from_secs(seconds.into());
        Self::SECONDS.contains(&seconds).then_some(Self(asked))
    }

    /// Until when a decision holds that is made now.
    pub fn until(self, now: Timestamp) -> Timestamp {
        now + self.0
    }

    /// Until when a withdrawal waits for it.
    pub fn in_flight_until(self, now: Timestamp) -> Timestamp {
        self.until(now) + CLOCKS_DIFFER
    }
}

/// Who hands a text over that was let out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// This service, through the facility's provider.
    #[default]
    Service,
    /// The caller who asked, by other means.
    Caller,
}

impl Sender {
    /// Whether it is this service.
    pub fn is_service(&self) -> bool {
        *self == Self::Service
    }
}

/// What is known to have become of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reported {
    /// A provider took it.
    Sent,
    /// None did, and none will.
    NotSent,
}

/// What became of a text, `outcome` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A provider took it.
    Sent,
    /// None did, and none will.
    NotSent,
    /// The provider never answered, or nobody reported.
    Unknown,
}

impl From<Reported> for Outcome {
    fn from(reported: Reported) -> Self {
        match reported {
            Reported::Sent => Self::Sent,
            Reported::NotSent => Self::NotSent,
        }
    }
}

/// How far a decision has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The text was not let out.
    Refused,
    /// It was let out.
    Allowed {
        /// Who hands it over.
        sender: Sender,
        /// What is known to have become of it.
        known: Option<Reported>,
        /// Until when it may be handed over.
        until: Timestamp,
    },
}

/// What a report of an outcome does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// It closes the decision.
    Closes,
    /// It says what is known already.
    Repeats,
}

/// Another outcome is known, or none can be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another outcome is known, or none can be reported")]
pub struct OutcomeReported;

impl Progress {
    /// What the decision shows as its outcome.
    pub fn outcome(self, now: Timestamp) -> Option<Outcome> {
        match self {
            Self::Refused => None,
            Self::Allowed {
                known: Some(known), ..
            } => Some(known.into()),
            Self::Allowed {
                known: None, until, ..
            } => (until <= now).then_some(Outcome::Unknown),
        }
    }

    /// A caller reports an outcome. It closes an open decision, also one that has expired. What this service sends by
    /// itself it writes down by itself: a caller may only repeat it.
    ///
    /// # Errors
    /// Another outcome is known, or none can be reported.
    pub fn report(self, outcome: Reported) -> Result<Report, OutcomeReported> {
        match self {
            Self::Allowed {
                known: Some(known), ..
            } if known == outcome => Ok(Report::Repeats),
            Self::Allowed {
                sender: Sender::Caller,
                known: None,
                ..
            } => Ok(Report::Closes),
            Self::Allowed { .. } | Self::Refused => Err(OutcomeReported),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spans::LONGEST_DECISION;
    use Reported::{NotSent, Sent};

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn allowed(sender: Sender, known: Option<Reported>) -> Progress {
        let until = second(5);
        Progress::Allowed { sender, known, until }
    }

    #[test]
    fn an_outcome_is_unknown_once_the_time_is_over_and_never_before() {
        for sender in [Sender::Service, Sender::Caller] {
            let open = allowed(sender, None);
            assert_eq!(open.outcome(second(4)), None);
            assert_eq!(open.outcome(second(5)), Some(Outcome::Unknown));
            for (reported, outcome) in [(Sent, Outcome::Sent), (NotSent, Outcome::NotSent)] {
                let closed = allowed(sender, Some(reported));
                assert_eq!([4, 5].map(|at| closed.outcome(second(at))), [Some(outcome); 2]);
            }
        }
        assert_eq!(Progress::Refused.outcome(second(9)), None);
    }

    #[test]
    fn a_caller_asks_for_one_to_ten_seconds() {
        let until = |seconds| OpenFor::seconds(seconds).map(|open_for| open_for.until(second(100)));
        assert_eq!(
            [0, 1, 10, 11].map(until),
            [None, Some(second(101)), Some(second(110)), None]
        );
        assert_eq!(LONGEST_DECISION.as_secs(), i64::from(*OpenFor::SECONDS.end()));
        assert_eq!(OpenFor::USUAL.until(second(100)), second(105));
        assert_eq!(OpenFor::USUAL.in_flight_until(second(100)), second(106));
    }

    #[test]
    fn a_decision_is_closed_once_by_the_caller_who_sends() {
        let caller = |known| allowed(Sender::Caller, known);
        let service = |known| allowed(Sender::Service, known);
        for outcome in [Sent, NotSent] {
            let other = if outcome == Sent { NotSent } else { Sent };
            assert_eq!(caller(None).report(outcome), Ok(Report::Closes));
            assert_eq!(caller(Some(outcome)).report(outcome), Ok(Report::Repeats));
            assert_eq!(caller(Some(other)).report(outcome), Err(OutcomeReported));
            assert_eq!(service(None).report(outcome), Err(OutcomeReported));
            assert_eq!(service(Some(outcome)).report(outcome), Ok(Report::Repeats));
            assert_eq!(service(Some(other)).report(outcome), Err(OutcomeReported));
            assert_eq!(Progress::Refused.report(outcome), Err(OutcomeReported));
        }
    }
}

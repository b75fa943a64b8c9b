//! Texts that this service sends: what an earlier request under the same `Idempotency-Key` means for a repetition.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::spans::SEND_REMEMBERED;

/// How far a message to a tenant came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Decided, and not known to be sent.
    Accepted,
    /// Handed to the provider.
    Sent,
    /// The provider did not take it. A retry with the same key sends it.
    Failed,
}

/// An earlier request under the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// How far its message came.
    pub state: MessageState,
    /// Whether its text was the same.
    pub is_same_text: bool,
    /// Whether somebody may still be handing its text over.
    pub is_in_flight: bool,
}

/// What a request is, in the light of an earlier one under the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repetition {
    /// A new one: the earlier one was never accepted for good, and the key is free.
    New,
    /// The same, and its text has not left: the message is decided anew.
    Unsent,
    /// The same, and its text has left.
    Sent,
    /// The same, and its text is being handed over: it has to wait.
    UnderWay,
    /// Another one: the key cannot be used for it.
    OfAnotherText,
}

impl Earlier {
    /// What a request is in the light of this one.
    pub const fn repetition(self) -> Repetition {
        match (self.is_same_text, self.state) {
            (false, MessageState::Failed) => Repetition::New,
            (false, MessageState::Accepted | MessageState::Sent) => Repetition::OfAnotherText,
            (true, MessageState::Sent) => Repetition::Sent,
            (true, MessageState::Accepted) if self.is_in_flight => Repetition::UnderWay,
            (true, MessageState::Accepted | MessageState::Failed) => Repetition::Unsent,
        }
    }
}

/// When a send that is accepted now is forgotten, in seconds since 1970: the time to live of its item.
pub fn forgotten_at(now: Timestamp) -> i64 {
    now.as_second() + SEND_REMEMBERED.as_secs()
}

/// Whether a send is still remembered. The database removes items some time after they are forgotten.
pub fn is_remembered(forgotten_at: i64, now: Timestamp) -> bool {
    forgotten_at > now.as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    use MessageState::{Accepted, Failed, Sent};

    #[track_caller]
    fn check(state: MessageState, is_same_text: bool, is_in_flight: bool, expected: Repetition) {
        let earlier = Earlier {
            state,
            is_same_text,
            is_in_flight,
        };
        assert_eq!(earlier.repetition(), expected, "{earlier:?}");
    }

    #[test]
    fn a_key_stands_for_one_text_until_that_has_failed() {
        for is_in_flight in [false, true] {
            check(Sent, true, is_in_flight, Repetition::Sent);
            check(Failed, true, is_in_flight, Repetition::Unsent);
            check(Failed, false, is_in_flight, Repetition::New);
            for state in [Accepted, Sent] {
                check(state, false, is_in_flight, Repetition::OfAnotherText);
            }
        }
    }

    #[test]
    fn a_repetition_waits_while_the_text_may_be_on_its_way() {
        check(Accepted, true, true, Repetition::UnderWay);
        check(Accepted, true, false, Repetition::Unsent);
    }

    #[test]
    fn a_send_is_remembered_for_a_day() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let forgotten_at = forgotten_at(second(1_000));
        assert_eq!(forgotten_at, 1_000 + 24 * 60 * 60);
        assert!(is_remembered(forgotten_at, second(forgotten_at - 1)));
        assert!(!is_remembered(forgotten_at, second(forgotten_at)));
    }
}

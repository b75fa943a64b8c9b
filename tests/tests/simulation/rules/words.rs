//! What was done and answered, in words for the story of a seed.

use std::fmt::{Display, Formatter, Result};

use super::{Act, Answer, Shown, Standing};
use crate::plan::{NUMBERS, Screen};

impl Display for Act {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Facility { .. } => formatter.write_str("the settings"),
            Self::Register(_) => formatter.write_str("a registration"),
            Self::Row { .. } => formatter.write_str("a row of an import"),
            Self::OtherStopped { phone } => write!(formatter, "a STOP from before, from {}", NUMBERS[*phone]),
            Self::MoveOut => formatter.write_str("moving out"),
            Self::Click { screen, checked, .. } => {
                let what = if *checked { "a check" } else { "an uncheck" };
                let place = match screen {
                    Screen::Profile => "by staff",
                    Screen::Portal => "at the portal",
                };
                write!(formatter, "{what} {place}")
            }
            Self::Keyword { word, from, .. } => write!(formatter, "{word:?} from {}", NUMBERS[*from]),
            Self::Doubt { from, .. } => write!(formatter, "a doubt from {}", NUMBERS[*from]),
            Self::Reach { .. } | Self::ReachDoubt { .. } => {
                formatter.write_str("the text reaches the tenant")
            }
            Self::NoOptOut { text } => write!(formatter, "the decision that #{text} is no opt-out"),
            Self::Seen => formatter.write_str("the decision that a text was seen"),
            Self::View => formatter.write_str("a look"),
            Self::Send => formatter.write_str("a text to the tenant"),
        }
    }
}

impl Display for Answer {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Done => formatter.write_str("done"),
            Self::Standing(standing) => standing.fmt(formatter),
            Self::Refused(code) => write!(formatter, "refused {code}"),
            Self::NotFound => formatter.write_str("no such tenant"),
            Self::Open => formatter.write_str("no answer"),
        }
    }
}

impl Display for Standing {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(&self.status)?;
        if let Shown::Is(Some(source)) = &self.source {
            write!(formatter, " by {source}")?;
        }
        match &self.held {
            Shown::Is(Some(text)) => write!(formatter, ", on hold from #{text}"),
            Shown::Is(None) => formatter.write_str(", not on hold"),
            Shown::Not => Ok(()),
        }
    }
}

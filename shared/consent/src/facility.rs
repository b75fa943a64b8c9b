//! A facility and its settings.

use serde::{Deserialize, Serialize};

use crate::id::{FacilityId, PhoneNumber};
use crate::rules::TwoWayTexting;

/// A self-storage site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facility {
    /// Its id.
    pub facility_id: FacilityId,
    /// Its name, as texts to tenants call it.
    pub name: String,
    /// Whether tenants can reply to its number.
    pub two_way_texting: TwoWayTexting,
    /// Its own text number. A STOP to it counts whether two-way texting is on or off.
    pub number: Option<PhoneNumber>,
    /// Who carries the texts that leave from its number.
    pub provider: Provider,
    /// Its time zone, by its name in the IANA database, for times that people read.
    pub time_zone: Option<String>,
    /// How to reach people there, for the answer to HELP.
    pub help_contact: Option<String>,
    /// Its own words, shown under the label of each check box and recorded with each check.
    pub disclosure: Option<String>,
    /// Whether a grant on a screen is followed by a text that confirms it.
    pub confirm_opt_in: ConfirmOptIn,
}

/// A provider of text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// AWS: texts leave through Amazon SNS and come through AWS End User Messaging.
    #[default]
    Aws,
    /// Twilio.
    Twilio,
    /// Telnyx.
    Telnyx,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Self; 3] = [Self::Aws, Self::Twilio, Self::Telnyx];

    /// The provider as it stands on the wire, in the webhook's path and in the keys of items.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Twilio => "twilio",
            Self::Telnyx => "telnyx",
        }
    }

    /// Reads a provider as it stands on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == text)
    }
}

/// Whether a grant on a screen is followed by a text that confirms it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum ConfirmOptIn {
    /// It is.
    ByText,
    /// It is not.
    #[default]
    Never,
}

impl From<bool> for ConfirmOptIn {
    fn from(confirms: bool) -> Self {
        if confirms { Self::ByText } else { Self::Never }
    }
}

impl From<ConfirmOptIn> for bool {
    fn from(confirm: ConfirmOptIn) -> Self {
        confirm == ConfirmOptIn::ByText
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_named_as_the_wire_names_it() {
        for provider in Provider::ALL {
            assert_eq!(serde_json::to_value(provider).unwrap(), provider.as_str());
            assert_eq!(Provider::parse(provider.as_str()), Some(provider));
        }
        assert_eq!(Provider::parse("Twilio"), None);
    }

    #[test]
    fn a_confirmation_is_a_boolean_on_the_wire() {
        for (confirm, is_so) in [(ConfirmOptIn::ByText, true), (ConfirmOptIn::Never, false)] {
            assert_eq!(serde_json::to_value(confirm).unwrap(), is_so);
            assert_eq!(ConfirmOptIn::from(is_so), confirm);
        }
    }
}

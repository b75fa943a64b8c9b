//! Where a tenant's consent stands, and who set it there.

use serde::{Deserialize, Serialize};

/// Where a tenant's consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Never asked, or asked for another number: no text may be sent.
    NotProvided,
    /// Agreed, through this channel.
    Provided(Grant),
    /// Withdrawn, by these channels.
    OptedOut(OptOut),
}

/// The channel of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Staff checked the box on the profile screen.
    Profile,
    /// The tenant checked the box on the portal.
    Portal,
    /// The tenant replied START.
    Text,
    /// A tenant from before [`GRANDFATHERED_BEFORE`](super::GRANDFATHERED_BEFORE).
    Grandfathered,
}

/// The withdrawals that hold. `Profile` never combines: a later STOP replaces it. `Text` is the only withdrawal that can
/// be added to another, because an unchecked box cannot be unchecked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptOut {
    /// Staff unchecked the box.
    Profile,
    /// The tenant unchecked the box on the portal.
    Portal,
    /// The tenant replied STOP, or the number did before they had it.
    Text,
    /// The tenant unchecked the box on the portal, and replied STOP later.
    TextAndPortal,
}

/// `status` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// May be texted, with a cell phone on file.
    Provided,
    /// Never agreed.
    NotProvided,
    /// Withdrew.
    OptedOut,
}

impl Status {
    /// Every status, in the order of the report's totals.
    pub const ALL: [Self; 3] = [Self::Provided, Self::NotProvided, Self::OptedOut];

    /// The status as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provided => "provided",
            Self::NotProvided => "not_provided",
            Self::OptedOut => "opted_out",
        }
    }
}

/// `source` on the wire: who set the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Staff, on the profile screen.
    Profile,
    /// The tenant, on the portal.
    Portal,
    /// A text from the tenant's number.
    Text,
    /// Registration of a tenant from before [`GRANDFATHERED_BEFORE`](super::GRANDFATHERED_BEFORE).
    Grandfathered,
}

impl Consent {
    /// The status that the screens show.
    pub const fn status(self) -> Status {
        match self {
            Self::NotProvided => Status::NotProvided,
            Self::Provided(_) => Status::Provided,
            Self::OptedOut(_) => Status::OptedOut,
        }
    }

    /// Whether a STOP stands among the withdrawals.
    pub const fn is_withdrawn_by_text(self) -> bool {
        matches!(self, Self::OptedOut(OptOut::Text | OptOut::TextAndPortal))
    }

    /// Who set the status; with several withdrawals the text one comes first.
    pub const fn source(self) -> Option<Source> {
        match self {
            Self::NotProvided => None,
            Self::Provided(Grant::Profile) | Self::OptedOut(OptOut::Profile) => Some(Source::Profile),
            Self::Provided(Grant::Portal) | Self::OptedOut(OptOut::Portal) => Some(Source::Portal),
            Self::Provided(Grant::Text) | Self::OptedOut(OptOut::Text | OptOut::TextAndPortal) => {
                Some(Source::Text)
            }
            Self::Provided(Grant::Grandfathered) => Some(Source::Grandfathered),
        }
    }
}

//! The rules by their ids: every id that a record of this version can have. `RULES.md` lists them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::origin::{
    CONSENT_IS_NEEDED, HOUSE, HOUSE_SINCE_HOLDS, OTHER_REVOCATION, Origin, PROVIDERS_OPT_OUT, REVOCATION,
};
use crate::words::{Reading, rule_ids};

macro_rules! rule_ids {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal, $origin:expr;)*) => {
        /// Id of the rule by which something was decided.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RuleId {
            $($(#[doc = $doc])+ $name,)*
            /// A row of the word tables has read the text.
            Words(WordRule),
        }

        impl RuleId {
            /// Every rule that is not a row of the word tables.
            pub const HOUSE: &'static [Self] = &[$(Self::$name),*];

            /// The id as it is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                    Self::Words(WordRule(id)) => id,
                }
            }

            /// What the rule is about, in a sentence, and where it comes from.
            pub const fn about(self) -> (&'static str, Origin) {
                match self {
                    $(Self::$name => (concat!($($doc),+), $origin),)*
                    Self::Words(_) => (" The words of a text were read.", REVOCATION),
                }
            }
        }
    };
}

rule_ids! {
    /// Staff checked the box on the profile.
    ProfileCheck = "profile_check", CONSENT_IS_NEEDED;
    /// The tenant checked the box on the portal.
    PortalCheck = "portal_check", CONSENT_IS_NEEDED;
    /// Staff unchecked the box on the profile.
    ProfileUncheck = "profile_uncheck", REVOCATION;
    /// The tenant unchecked the box on the portal.
    PortalUncheck = "portal_uncheck", REVOCATION;
    /// Staff recorded a withdrawal that came by a call, an e-mail, a letter or in person.
    OffChannelWithdrawal = "off_channel_withdrawal", OTHER_REVOCATION;
    /// A text revoked, and no row of the word tables is named.
    Stop = "stop", REVOCATION;
    /// A text asked for texts again, and no row of the word tables is named.
    Start = "start", CONSENT_IS_NEEDED;
    /// A text may revoke, and no row of the word tables is named.
    Doubt = "doubt", REVOCATION;
    /// The provider says that it took the text for STOP, START or HELP and has answered it.
    ProviderOptOutType = "provider.opt_out_type", PROVIDERS_OPT_OUT;
    /// A person has read a text in doubt: it revokes.
    ReviewOptOut = "review_opt_out", REVOCATION;
    /// A person has read a text in doubt: it does not revoke.
    ReviewNoOptOut = "review_no_opt_out", HOUSE_SINCE_HOLDS;
    /// A person has read a text that revoked and said that the number is not the tenant's.
    ReviewSeen = "review_seen", HOUSE_SINCE_HOLDS;
    /// The tenant's first day is before 26 September 2023: they were asked on paper.
    Grandfathered = "grandfathered", HOUSE;
    /// The facility's software knows of a STOP from before it used this service.
    RepliedStop = "replied_stop", REVOCATION;
    /// A STOP stands on the number with which the tenant was registered.
    NumberStopped = "number_stopped", REVOCATION;
    /// The number on file became another one: consent belongs to the number for which it was given.
    NumberChanged = "number_changed", CONSENT_IS_NEEDED;
    /// The number on file was removed.
    NumberRemoved = "number_removed", CONSENT_IS_NEEDED;
    /// The tenant moved out.
    MovedOut = "moved_out", HOUSE;
}

/// A row of the word tables. Only a reading has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WordRule(&'static str);

impl RuleId {
    /// Every rule of this version.
    pub fn all() -> impl Iterator<Item = Self> {
        let words = rule_ids().into_iter().map(WordRule).map(Self::Words);
        Self::HOUSE.iter().copied().chain(words)
    }
}

impl From<&Reading<'_>> for RuleId {
    fn from(reading: &Reading<'_>) -> Self {
        Self::Words(WordRule(reading.rule))
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The id of a rule as it is stored: one of this version's, or one that another version knew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredRule(String);

impl StoredRule {
    /// The id as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The rule, where it is one of this version's and no row of the word tables.
    pub fn house(&self) -> Option<RuleId> {
        RuleId::HOUSE.iter().copied().find(|rule| rule.as_str() == self.0)
    }
}

impl From<RuleId> for StoredRule {
    fn from(rule: RuleId) -> Self {
        Self(rule.as_str().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_rules_have_the_same_id() {
        let mut seen = HashSet::new();
        for rule in RuleId::all() {
            assert!(seen.insert(rule.as_str()), "{rule}");
        }
        assert!(seen.contains("replied_stop") && seen.contains("none"));
    }
}

//! How well a grant that stands is proven.

use serde::{Deserialize, Serialize};

use crate::rules::{Consent, Source, Status};

/// How well a grant is proven, `evidence` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The tenant checked the box on the portal, beside the wording that its record has.
    SignedDisclosure,
    /// The tenant replied START from their number.
    Keyword,
    /// Staff recorded it.
    StaffAttested,
    /// Nobody was asked here: a tenant from before [`crate::rules::GRANDFATHERED_BEFORE`].
    Assumed,
}

impl Grade {
    /// Every grade, the best proven first.
    pub const ALL: [Self; 4] = [
        Self::SignedDisclosure,
        Self::Keyword,
        Self::StaffAttested,
        Self::Assumed,
    ];

    /// The grade as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedDisclosure => "signed_disclosure",
            Self::Keyword => "keyword",
            Self::StaffAttested => "staff_attested",
            Self::Assumed => "assumed",
        }
    }

    /// The grade of what stands. `None`: no grant does.
    pub const fn of(consent: Consent) -> Option<Self> {
        Self::of_source(consent.status(), consent.source())
    }

    /// The same by status and source, which say all that it depends on.
    pub const fn of_source(status: Status, source: Option<Source>) -> Option<Self> {
        match (status, source) {
            (Status::Provided, Some(Source::Portal)) => Some(Self::SignedDisclosure),
            (Status::Provided, Some(Source::Text)) => Some(Self::Keyword),
            (Status::Provided, Some(Source::Profile)) => Some(Self::StaffAttested),
            (Status::Provided, Some(Source::Grandfathered)) => Some(Self::Assumed),
            (Status::Provided, None) | (Status::NotProvided | Status::OptedOut, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Grant, OptOut};

    #[test]
    fn every_grant_has_its_grade_and_nothing_else_has_one() {
        for (grant, grade) in [
            (Grant::Portal, "signed_disclosure"),
            (Grant::Text, "keyword"),
            (Grant::Profile, "staff_attested"),
            (Grant::Grandfathered, "assumed"),
        ] {
            assert_eq!(
                Grade::of(Consent::Provided(grant)).map(Grade::as_str),
                Some(grade)
            );
        }
        for consent in [
            Consent::NotProvided,
            Consent::OptedOut(OptOut::Profile),
            Consent::OptedOut(OptOut::Portal),
            Consent::OptedOut(OptOut::TextAndPortal),
        ] {
            assert_eq!(Grade::of(consent), None);
        }
        for grade in Grade::ALL {
            assert_eq!(serde_json::to_value(grade).unwrap(), grade.as_str());
        }
    }
}

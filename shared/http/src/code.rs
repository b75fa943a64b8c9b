//! The codes of problems: the closed set by which a caller tells one from another.

use consent::gate::Closed;
use consent::rules::Refusal;
use lambda_http::http::StatusCode;
use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $code:literal, $status:ident;)*) => {
        /// `code` of a problem document. Each has one status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])+ $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as it is shown.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The status that goes with it.
            pub const fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)*
                }
            }
        }
    };
}

codes! {
    /// Members of the request cannot be taken.
    InvalidRequest = "invalid_request", BAD_REQUEST;
    /// Nobody is known to call.
    Unauthenticated = "unauthenticated", UNAUTHORIZED;
    /// The caller may not, whether or not the thing exists.
    Forbidden = "forbidden", FORBIDDEN;
    /// A webhook's request was not signed by the provider.
    BadSignature = "bad_signature", FORBIDDEN;
    /// There is nothing at the path.
    NotFound = "not_found", NOT_FOUND;
    /// The facility does not exist.
    FacilityNotFound = "facility_not_found", NOT_FOUND;
    /// The facility has no such tenant.
    TenantNotFound = "tenant_not_found", NOT_FOUND;
    /// The facility has no such review.
    ReviewNotFound = "review_not_found", NOT_FOUND;
    /// There is no such decision about a text to the tenant.
    DecisionNotFound = "decision_not_found", NOT_FOUND;
    /// The path takes other methods.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// Racing writers were faster, again and again.
    Conflict = "conflict", CONFLICT;
    /// Another facility has the number.
    NumberInUse = "number_in_use", CONFLICT;
    /// There is no number to consent for, or to send a text to.
    NoCellPhone = "no_cell_phone", CONFLICT;
    /// A text of the tenant's is to be read first.
    ReviewRequired = "review_required", CONFLICT;
    /// The tenant must reply START.
    StartReplyRequired = "start_reply_required", CONFLICT;
    /// The tenant must check the box on the portal.
    PortalOptInRequired = "portal_opt_in_required", CONFLICT;
    /// A text may not leave without consent.
    ConsentRequired = "consent_required", CONFLICT;
    /// A text may not leave before a person has read one of the tenant's.
    OnHold = "on_hold", CONFLICT;
    /// A text may not leave: the facility has no number of its own.
    NoTextNumber = "no_text_number", CONFLICT;
    /// Another outcome of a decision is known.
    OutcomeReported = "outcome_reported", CONFLICT;
    /// A review has ended otherwise.
    ReviewDecided = "review_decided", CONFLICT;
    /// What the caller saw has changed.
    PreconditionFailed = "precondition_failed", PRECONDITION_FAILED;
    /// The body is too large.
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE;
    /// The body is of another type.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE;
    /// An `Idempotency-Key` was used with a different body.
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY;
    /// What the service depends on is away.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE;
    /// A fault of ours.
    Internal = "internal", INTERNAL_SERVER_ERROR;
}

impl From<Closed> for Code {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::NoCellPhone => Self::NoCellPhone,
            Closed::ConsentRequired | Closed::ProviderBlocked => Self::ConsentRequired,
            Closed::OnHold => Self::OnHold,
            Closed::NoTextNumber => Self::NoTextNumber,
        }
    }
}

impl From<Refusal> for Code {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoCellPhone => Self::NoCellPhone,
            Refusal::ReviewRequired => Self::ReviewRequired,
            Refusal::StartReplyRequired => Self::StartReplyRequired,
            Refusal::PortalOptInRequired => Self::PortalOptInRequired,
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_and_the_problems_call_a_refusal_by_the_same_code() {
        for refusal in [
            Refusal::NoCellPhone,
            Refusal::ReviewRequired,
            Refusal::StartReplyRequired,
            Refusal::PortalOptInRequired,
        ] {
            assert_eq!(Code::from(refusal).as_str(), refusal.code());
        }
        for closed in [
            Closed::NoCellPhone,
            Closed::ConsentRequired,
            Closed::OnHold,
            Closed::ProviderBlocked,
            Closed::NoTextNumber,
        ] {
            assert_eq!(Code::from(closed).as_str(), closed.code());
        }
    }

    #[test]
    fn the_document_of_the_interface_lists_the_codes() {
        let document = include_str!("../../../infra/openapi.yaml");
        for code in Code::ALL {
            assert!(document.contains(code.as_str()), "{}", code.as_str());
        }
    }
}

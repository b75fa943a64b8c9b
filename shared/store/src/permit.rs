//! The gate as a type: no text leaves without a permit.

use consent::id::PhoneNumber;
use jiff::Timestamp;

use crate::messages::Message;
use crate::store::FacilityTenant;

/// Permission to hand one text to the provider. Only [`Store::authorise_send`] makes one, it cannot be copied, and
/// [`Store::record_outcome`] consumes it.
///
/// ```compile_fail
/// fn forge(message: consent_store::Message) -> consent_store::Permit {
///     consent_store::Permit { message }
/// }
/// ```
/// ```compile_fail
/// fn twice(permit: &consent_store::Permit) -> consent_store::Permit {
///     permit.clone()
/// }
/// ```
#[derive(Debug)]
pub struct Permit {
    pub(crate) message: Message,
    pub(crate) found: FacilityTenant,
    pub(crate) from: PhoneNumber,
    pub(crate) to: PhoneNumber,
    pub(crate) body: String,
    pub(crate) publish_before: Timestamp,
}

impl Permit {
    /// The message that was accepted.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// The tenant whom it is for, and their facility.
    pub fn found(&self) -> &FacilityTenant {
        &self.found
    }

    /// The facility's number.
    pub fn from(&self) -> &PhoneNumber {
        &self.from
    }

    /// The tenant's number.
    pub fn to(&self) -> &PhoneNumber {
        &self.to
    }

    /// The text.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Whether there is still time. Later a withdrawal may have been acknowledged that waited no longer.
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.publish_before
    }
}

/// How handing a text to the provider went.
#[derive(Debug)]
pub enum Outcome {
    /// The provider took it.
    Sent,
    /// It did not, as far as is known.
    NotSent(Unpublished),
}

/// Why a text did not leave. Its text holds neither number nor body.
#[derive(Debug, thiserror::Error)]
pub enum Unpublished {
    /// The permit was too old: the provider was not asked.
    #[error("the decision is too old")]
    TooLate,
    /// The number is on the provider's own opt-out list.
    #[error("the number is on the provider's own opt-out list")]
    OptedOut,
    /// The provider refused this text, and will refuse it again.
    #[error("the provider refused it: {0}")]
    Refused(String),
    /// The provider did not take the text, and may take it another time: it was asked too often, or could not be reached.
    #[error("the provider did not take it: {0}")]
    NotNow(String),
    /// The provider was asked, and its answer did not come: the text may have left.
    #[error("the provider may have done it: {0}")]
    Unknown(String),
}

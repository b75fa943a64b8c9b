//! Where a rule or a span of time comes from: a regulation, a provider's page, or a decision of ours.

use std::fmt;

/// Where something comes from, with its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A paragraph of a regulation, in force since that day.
    Regulation(&'static str, &'static str),
    /// A page of a provider or of the carriers' association, as it was read on that day.
    Page(&'static str, &'static str),
    /// A rule of this service, since that day.
    House(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Regulation(paragraph, since) => write!(formatter, "{paragraph}, in force since {since}"),
            Self::Page(page, read) => write!(formatter, "{page}, read {read}"),
            Self::House(since) => write!(formatter, "house rule, since {since}"),
        }
    }
}

/// No text goes to a cell phone without the prior express consent of the person who is called.
pub(crate) const CONSENT_IS_NEEDED: Origin = Origin::Regulation("47 CFR 64.1200(a)(1)(iii)", "1992-12-20");
/// Consent can be revoked in any reasonable way, and the words STOP, QUIT, END, REVOKE, OPT OUT, CANCEL and UNSUBSCRIBE
/// always revoke it. A revocation is honoured within ten business days.
pub(crate) const REVOCATION: Origin = Origin::Regulation("47 CFR 64.1200(a)(10)", "2025-04-11");
/// Another way than those that (a)(10) lists is presumed to revoke.
pub(crate) const OTHER_REVOCATION: Origin = Origin::Regulation("47 CFR 64.1200(a)(11)", "2025-04-11");
/// One text may confirm a revocation, within five minutes and without anything promotional.
pub(crate) const CONFIRMATION: Origin = Origin::Regulation("47 CFR 64.1200(a)(12)", "2024-04-04");
/// Twilio and Telnyx say what they took a text to mean, and that they have answered it.
pub(crate) const PROVIDERS_OPT_OUT: Origin = Origin::Page(
    "<https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>, \
     <https://developers.telnyx.com/docs/messaging/messages/advanced-opt-in-out>",
    "2026-11-27",
);
/// How long Twilio waits for the answer to a webhook.
pub(crate) const TWILIO_WEBHOOK: Origin = Origin::Page(
    "<https://www.twilio.com/docs/messaging/guides/webhook-request>",
    "2026-11-27",
);
/// How long Telnyx waits for the answer to a webhook, and how it signs.
pub(crate) const TELNYX_WEBHOOK: Origin = Origin::Page(
    "<https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks>",
    "2026-11-27",
);
/// How often SNS takes a number off its own opt-out list.
pub(crate) const SNS_OPT_IN: Origin = Origin::Page(
    "<https://docs.aws.amazon.com/sns/latest/api/API_OptInPhoneNumber.html>",
    "2026-11-27",
);
/// The rules that this service began with.
pub(crate) const HOUSE: Origin = Origin::House("2026-11-23");
/// Holds, decisions for senders of their own, and withdrawals that came by another way.
pub(crate) const HOUSE_SINCE_HOLDS: Origin = Origin::House("2026-11-27");

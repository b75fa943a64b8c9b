//! Prints `RULES.md` from the rules, and holds the file to it: `TEST_WRITE_RULES=1 cargo test --test rules_table` writes it.

#![expect(clippy::unwrap_used, reason = "a test")]

mod actions;
mod case;
mod lists;
mod outcome;
mod table;
/// What the unit tests begin with. It names the modules of the crate.
#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../../src/testing.rs"]
mod testing;

use actions::{clicks, registrations, reviews, texts};
use consent::rule_id::RuleId;
use consent::rules::Refusal;
use consent::{facility, id, record, rules, tenant};
use lists::{answers, gates, ids, times};

fn page() -> String {
    let mut page = "# The rules of consent\n\n\
        The program prints this page, and a test compares the two. So the page says what the program does. It takes every state \
        of a tenant and everything that can happen. Rows with the same outcome are one row. A circumstance that is not named \
        makes no difference. A change of status or source ends a hold, unless the row says that the hold stays. The page \
        leaves out what cannot be: a tenant who agreed has a cell phone on file, and a tenant who opted out by text or \
        on the portal is not on hold.\n\n\
        *On hold*: the tenant's last text may ask for no more texts. Nothing is sent to them until a person has read it. \
        *Two-way texting*: tenants can reply to the facility's number. The setting of that moment counts. *Said*: on the \
        screen after a click, or by text after a text.\n\n\
        - Who may undo an opt-out on the portal: [the check boxes](#the-check-boxes) and [texts](#texts-from-the-tenants-number).\n\
        - What a tenant is told, word for word: [answers](#what-is-said-word-for-word).\n\
        - Every rule id: [the list](#every-rule-id-that-a-record-can-have). Every time limit: \
        [the list](#times-dates-and-limits).\n\n## The check boxes\n"
        .to_owned();
    clicks(&mut page);
    page.push_str("\n## Texts from the tenant's number\n");
    texts(&mut page);
    page.push_str("\n## What a person decides about a text\n");
    reviews(&mut page);
    page.push_str("\n## Registration, numbers, moving out\n");
    registrations(&mut page);
    gates(&mut page);
    answers(&mut page);
    times(&mut page);
    ids(&mut page);
    page
}

/// Where the page is kept.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/RULES.md");

#[test]
fn the_page_of_the_rules_says_what_the_rules_do() {
    let page = page();
    if std::env::var_os("TEST_WRITE_RULES").is_some() {
        std::fs::write(FILE, &page).unwrap();
    }
    let kept = std::fs::read_to_string(FILE).unwrap_or_default();
    let differs = kept
        .lines()
        .zip(page.lines())
        .find(|(kept, printed)| kept != printed);
    assert!(
        kept == page,
        "RULES.md is not what the rules say: {differs:?}. TEST_WRITE_RULES=1 writes it anew"
    );
}

#[test]
fn every_house_rule_and_every_refusal_is_on_the_page() {
    let page = page();
    for rule in RuleId::HOUSE {
        assert!(page.contains(&format!("`{rule}`")), "{rule}");
    }
    for refusal in [
        Refusal::NoCellPhone,
        Refusal::ReviewRequired,
        Refusal::StartReplyRequired,
        Refusal::PortalOptInRequired,
    ] {
        assert!(page.contains(&format!("`{}`", refusal.code())), "{refusal:?}");
    }
}

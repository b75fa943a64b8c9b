//! What comes of an action, asked of the rules and put into words.

use consent::hearing::{Delivery, Known, Part, Says};
use consent::id::PhoneNumber;
use consent::record::{ChainEnd, Channel};
use consent::reply::{Outcome, confirmation};
use consent::rules::{Action, ChangeKind, Consent, GRANDFATHERED_BEFORE, Grant, Holding, OptOut, Screen};
use consent::tenant::{Change, NumberMove, Registered, Tenant};
use consent::words::Meaning;
use jiff::Timestamp;

use super::case::{Case, Fact, NOW, STATES, details, evidence, number, review_id, tenant_id};

/// What comes of an action: what happens, what is said, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) happens: String,
    pub(crate) said: String,
    pub(crate) rule: String,
}

fn state(consent: Consent) -> &'static str {
    match consent {
        Consent::NotProvided => "never agreed",
        Consent::Provided(Grant::Profile) => "agreed, recorded by staff",
        Consent::Provided(Grant::Portal) => "agreed on the portal",
        Consent::Provided(Grant::Text) => "agreed by START",
        Consent::Provided(Grant::Grandfathered) => "agreed before 26 September 2023",
        Consent::OptedOut(OptOut::Profile) => "opted out, recorded by staff",
        Consent::OptedOut(OptOut::Portal) => "opted out on the portal",
        Consent::OptedOut(OptOut::Text) => "opted out by text",
        Consent::OptedOut(OptOut::TextAndPortal) => "opted out by text and on the portal",
    }
}

/// Several states in few words.
pub(crate) fn states(of: &[Consent]) -> String {
    let has = |consent: &Consent| of.contains(consent);
    if STATES.iter().all(has) {
        return "any".to_owned();
    }
    let (agreed, opted_out) = (&STATES[1..5], &STATES[5..]);
    let mut words: Vec<&str> = Vec::new();
    if has(&STATES[0]) {
        words.push(state(STATES[0]));
    }
    for (all, together) in [(agreed, "agreed"), (opted_out, "opted out")] {
        if all.iter().all(has) {
            words.push(together);
        } else {
            words.extend(
                all.iter()
                    .filter(|consent| has(consent))
                    .map(|consent| state(*consent)),
            );
        }
    }
    words.join("; ")
}

/// What became of a tenant.
fn happens(before: &Tenant, change: Option<&Change>) -> (String, String) {
    let Some((change, record)) = change.and_then(|change| Some((change, change.records.last()?))) else {
        return ("Nothing changes, nothing is recorded.".to_owned(), String::new());
    };
    let after = &change.tenant;
    let mut words = match record.kind {
        ChangeKind::Granted | ChangeKind::OptedOut | ChangeKind::OptOutLifted | ChangeKind::Ended => {
            format!("Becomes **{}**.", state(after.consent))
        }
        ChangeKind::Held => {
            "Texts are held back until a person has read the text; status and source stay.".to_owned()
        }
        ChangeKind::HoldLifted => "The hold ends; status and source stay.".to_owned(),
        ChangeKind::Reviewed => "It is recorded that the text was read; status and source stay.".to_owned(),
    };
    let holding_after = |holding| record.kind.holding_after(after.consent, holding);
    assert!(record.kind == ChangeKind::Held || after.holding() == holding_after(before.holding()));
    if record.kind.changes_standing() && holding_after(Holding::OnHold) == Holding::OnHold {
        words += " A hold stays.";
    }
    (words, format!("`{}`", record.rule.as_str()))
}

pub(crate) fn row(before: &Tenant, change: Option<&Change>, said: &str) -> Row {
    let (happens, rule) = happens(before, change);
    Row {
        happens,
        said: said.to_owned(),
        rule,
    }
}

/// A click, or a withdrawal that staff record.
pub(crate) fn submitted(case: &Case, action: Action, screen: Screen) -> Row {
    let (tenant, facility) = (case.tenant(), case.facility());
    let channel = match screen {
        Screen::Profile => Channel::Profile,
        Screen::Portal => Channel::Portal,
    };
    match tenant.apply(action, facility.two_way_texting, &evidence(channel), NOW) {
        Err(refusal) => Row {
            happens: "Refused; nothing is recorded.".to_owned(),
            said: format!("“{}”", refusal.reason(screen)),
            rule: format!("refused as `{}`", refusal.code()),
        },
        Ok(change) => {
            let after = change.as_ref().map_or(&tenant, |change| &change.tenant);
            let said = confirmation(tenant.consent, after.consent, &facility);
            row(
                &tenant,
                change.as_ref(),
                said.map_or("", |_| "the text that confirms, where the facility wants it"),
            )
        }
    }
}

pub(crate) fn answer(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => "no answer",
        Some(Outcome::Stopped) => "answer *opted out*",
        Some(Outcome::Granted) => "answer *opted in*",
        Some(Outcome::Started) => "answer *opted in already*",
        Some(Outcome::StartedInPart) => "answer *opted in in part*",
        Some(Outcome::PortalOptInRequired) => "answer *portal*",
        Some(Outcome::StartUnavailable) => "answer *not available*",
        Some(Outcome::Help) => "answer *help*",
    }
}

/// A text from the tenant's number.
pub(crate) fn texted(case: &Case, meaning: Meaning, sent_at: Option<Timestamp>, chain: ChainEnd) -> Row {
    let facility = case.facility();
    let number = case.number(number());
    let tenant = Tenant {
        chain,
        ..case.tenant()
    };
    let evidence = evidence(Channel::Text);
    let delivery = Delivery {
        number: &number.number,
        says: Says::from(meaning),
        sent_at,
        evidence: &evidence,
        message: "m1",
    };
    let review = review_id();
    let mut part = Part::next(
        &delivery,
        Known {
            two_way_texting: facility.two_way_texting,
            number: Some(&number),
            progress: None,
            open_review: Some(&review),
            seen_before: None,
            answered_by: None,
            room: 1,
            arrived_at: NOW,
            now: NOW,
        },
    );
    let change = part.reach(&tenant).change;
    let effect = part.progress().effect;
    let outcome = (!part.is_overtaken)
        .then(|| effect.outcome(meaning, facility.two_way_texting))
        .flatten();
    row(&tenant, change.as_ref(), answer(outcome))
}

fn changed(registered: Registered) -> Option<Change> {
    match registered {
        Registered::Created(change) | Registered::Returned(change) | Registered::Updated(change) => {
            Some(change)
        }
        Registered::Unchanged(_) => None,
    }
}

/// A registration with this number.
pub(crate) fn registered(case: &Case, existing: Option<&Tenant>, number: Option<PhoneNumber>) -> Row {
    let joined = number.clone().map(|number| case.number(number));
    let created_on = if case.is(Fact::Early) {
        GRANDFATHERED_BEFORE.yesterday().unwrap()
    } else {
        GRANDFATHERED_BEFORE
    };
    let change = changed(Tenant::register(
        existing,
        &case.facility(),
        &tenant_id(),
        details(number, created_on),
        NumberMove {
            left: None,
            joined: joined.as_ref(),
        },
        &evidence(Channel::Registration),
        NOW,
    ));
    row(&case.tenant(), change.as_ref(), "")
}

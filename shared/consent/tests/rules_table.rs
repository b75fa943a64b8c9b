//! Prints `RULES.md` from the rules, and holds the file to it: `TEST_WRITE_RULES=1 cargo test --test rules_table` writes it.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use consent::business_days::BUSINESS_DAYS_TO_HONOUR;
use consent::facility::{ConfirmOptIn, Facility, Provider};
use consent::gate::{POLICY_VERSION, ProviderBlock, authorise};
use consent::hearing::{Delivery, Known, Part, Says};
use consent::id::{FacilityId, PhoneNumber, ReviewId, TenantId};
use consent::number::{MOST_SHARERS, Number};
use consent::record::{ChainEnd, Channel, Evidence};
use consent::reply::{Outcome, confirmation, reply};
use consent::review::Hold;
use consent::rule_id::RuleId;
use consent::rules::{
    Action, ChangeKind, Consent, GRANDFATHERED_BEFORE, Grant, Holding, NumberStanding, OptOut, Refusal,
    Screen, TwoWayTexting,
};
use consent::spans;
use consent::tenant::{Change, Details, NumberMove, Registered, Residence, Tenant};
use consent::view::why_not;
use consent::words::{Language, Meaning, RULES_VERSION};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

const BEFORE: Timestamp = Timestamp::constant(1_700_000_000, 0);
const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);
const RECENT: Date = date(2025, 1, 1);
const NUMBER: &str = "+15125550142";
const OTHER_NUMBER: &str = "+15125550143";

const STATES: [Consent; 9] = [
    Consent::NotProvided,
    Consent::Provided(Grant::Profile),
    Consent::Provided(Grant::Portal),
    Consent::Provided(Grant::Text),
    Consent::Provided(Grant::Grandfathered),
    Consent::OptedOut(OptOut::Profile),
    Consent::OptedOut(OptOut::Portal),
    Consent::OptedOut(OptOut::Text),
    Consent::OptedOut(OptOut::TextAndPortal),
];

/// What decides beside the state and the action. Each is true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Phone,
    OnHold,
    TwoWay,
    /// STOP stands on the number.
    Stopped,
    /// First day before [`GRANDFATHERED_BEFORE`].
    Early,
    Blocked,
    OwnNumber,
}

impl Fact {
    fn words(self, is_so: bool) -> &'static str {
        match (self, is_so) {
            (Self::Phone, true) => "cell phone on file",
            (Self::Phone, false) => "no cell phone",
            (Self::OnHold, true) => "on hold",
            (Self::OnHold, false) => "not on hold",
            (Self::TwoWay, true) => "two-way texting on",
            (Self::TwoWay, false) => "two-way texting off",
            (Self::Stopped, true) => "a STOP stands on the number",
            (Self::Stopped, false) => "no STOP on the number",
            (Self::Early, true) => "first day before 26 September 2023",
            (Self::Early, false) => "first day on or after 26 September 2023",
            (Self::Blocked, true) => "the provider's own list has the number",
            (Self::Blocked, false) => "the provider's own list does not have the number",
            (Self::OwnNumber, true) => "the facility has a text number",
            (Self::OwnNumber, false) => "the facility has no text number",
        }
    }
}

type Facts = BTreeMap<Fact, bool>;
/// The facts on which an outcome depends.
type Conditions = Vec<(Fact, bool)>;

/// What comes of an action: what happens, what is said, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    happens: String,
    said: String,
    rule: String,
}

/// A case that can be.
struct Case {
    consent: Consent,
    facts: Facts,
}

impl Case {
    fn is(&self, fact: Fact) -> bool {
        self.facts
            .get(&fact)
            .copied()
            .unwrap_or(matches!(fact, Fact::Phone | Fact::TwoWay | Fact::OwnNumber))
    }

    fn two_way(&self) -> TwoWayTexting {
        if self.is(Fact::TwoWay) {
            TwoWayTexting::On
        } else {
            TwoWayTexting::Off
        }
    }

    fn standing(&self) -> NumberStanding {
        if self.is(Fact::Stopped) {
            NumberStanding::Stopped
        } else {
            NumberStanding::Clear
        }
    }

    fn facility(&self) -> Facility {
        Facility {
            facility_id: FacilityId::parse("f1").unwrap(),
            name: "[facility]".to_owned(),
            two_way_texting: self.two_way(),
            number: self
                .is(Fact::OwnNumber)
                .then(|| PhoneNumber::parse_e164("+15125550100").unwrap()),
            provider: Provider::Aws,
            time_zone: None,
            help_contact: Some("[contact]".to_owned()),
            disclosure: None,
            confirm_opt_in: ConfirmOptIn::ByText,
        }
    }

    fn number(&self, number: &str) -> Number {
        Number {
            standing: self.standing(),
            keywords: 1,
            last_keyword_at: Some(BEFORE),
            tenants: [tenant_id()].into(),
            ..Number::new(PhoneNumber::parse_e164(number).unwrap())
        }
    }

    fn tenant(&self) -> Tenant {
        let number = PhoneNumber::parse_e164(NUMBER).unwrap();
        Tenant {
            facility_id: FacilityId::parse("f1").unwrap(),
            tenant_id: tenant_id(),
            details: details(self.is(Fact::Phone).then_some(NUMBER), RECENT),
            residence: Residence::Resident,
            consent: self.consent,
            changed_at: None,
            hold: self.is(Fact::OnHold).then(|| Hold {
                review_id: review_id(),
                since: BEFORE,
                text: "I moved".to_owned(),
                doubted_again_at: None,
            }),
            keywords_applied: 1,
            number_since: Some(BEFORE),
            chain: ChainEnd::default(),
            grant: None,
            provider_block: self.is(Fact::Blocked).then_some(ProviderBlock {
                number,
                since: BEFORE,
                retry_after: None,
            }),
            in_flight: BTreeMap::new(),
            asked_at: None,
        }
    }

    /// Whether the rules lead to such a case: who agreed has a number, and nobody who withdrew by themselves is on hold.
    fn can_be(&self) -> bool {
        let withdrew = matches!(
            self.consent,
            Consent::OptedOut(OptOut::Portal | OptOut::Text | OptOut::TextAndPortal)
        );
        let agreed = matches!(self.consent, Consent::Provided(_));
        let can_agree = self.is(Fact::Phone);
        let can_be_held = self.is(Fact::Phone) && !withdrew;
        (can_agree || !agreed) && (can_be_held || !self.is(Fact::OnHold))
    }
}

fn tenant_id() -> TenantId {
    TenantId::parse("t1").unwrap()
}

fn review_id() -> ReviewId {
    ReviewId::of("a message", BEFORE).unwrap()
}

fn details(number: Option<&str>, created_on: Date) -> Details {
    Details {
        name: "Ada Moreno".to_owned(),
        cell_phone: number.map(|number| PhoneNumber::parse_e164(number).unwrap()),
        units: Vec::new(),
        created_on,
    }
}

fn evidence(channel: Channel) -> Evidence {
    Evidence {
        channel,
        actor: "somebody".to_owned(),
        disclosure: None,
        text: None,
        rule: None,
        received: None,
        note: None,
    }
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
fn states(of: &[Consent]) -> String {
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

fn row(before: &Tenant, change: Option<&Change>, said: &str) -> Row {
    let (happens, rule) = happens(before, change);
    Row {
        happens,
        said: said.to_owned(),
        rule,
    }
}

/// A click, or a withdrawal that staff record.
fn submitted(case: &Case, action: Action, screen: Screen) -> Row {
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

fn answer(outcome: Option<Outcome>) -> &'static str {
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
fn texted(case: &Case, meaning: Meaning, sent_at: Option<Timestamp>, chain: ChainEnd) -> Row {
    let facility = case.facility();
    let number = case.number(NUMBER);
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
fn registered(case: &Case, existing: Option<&Tenant>, number: Option<&str>) -> Row {
    let joined = number.map(|number| case.number(number));
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

/// The shortest list of conditions for what comes of the cases.
fn leaves(cases: &[(Facts, Row)], facts: &[Fact]) -> Vec<(Conditions, Row)> {
    let Some((_, first)) = cases.first() else {
        return Vec::new();
    };
    if cases.iter().all(|(_, row)| row == first) {
        return vec![(Vec::new(), first.clone())];
    }
    let split = |fact: Fact| {
        let rest: Vec<Fact> = facts.iter().copied().filter(|other| *other != fact).collect();
        let mut found = Vec::new();
        for is_so in [true, false] {
            let part: Vec<_> = cases
                .iter()
                .filter(|(facts, _)| facts.get(&fact) == Some(&is_so))
                .cloned()
                .collect();
            for (mut conditions, row) in leaves(&part, &rest) {
                if part.len() < cases.len() {
                    conditions.insert(0, (fact, is_so));
                }
                found.push((conditions, row));
            }
        }
        found
    };
    let splits = facts.iter().map(|fact| split(*fact));
    splits.min_by_key(Vec::len).unwrap_or_default()
}

/// The rows of a table: every state and every fact, and what comes of it.
fn table(page: &mut String, among: &[Consent], facts: &[Fact], comes: impl Fn(&Case) -> Row) {
    let mut rows: Vec<(Vec<Consent>, Conditions, Row)> = Vec::new();
    for consent in among {
        let cases: Vec<(Facts, Row)> = (0..1_u32 << facts.len())
            .map(|bits| {
                let facts = facts
                    .iter()
                    .enumerate()
                    .map(|(at, fact)| (*fact, bits >> at & 1 == 1));
                Case {
                    consent: *consent,
                    facts: facts.collect(),
                }
            })
            .filter(Case::can_be)
            .map(|case| (case.facts.clone(), comes(&case)))
            .collect();
        for (conditions, row) in leaves(&cases, facts) {
            match rows
                .iter_mut()
                .find(|(_, listed, of)| *listed == conditions && *of == row)
            {
                Some((states, ..)) => states.push(*consent),
                None => rows.push((vec![*consent], conditions, row)),
            }
        }
    }
    let named = rows.iter().map(|(.., row)| row.rule.trim_matches('`'));
    let mut sources: Vec<String> = RuleId::HOUSE
        .iter()
        .filter(|rule| named.clone().any(|name| name == rule.as_str()))
        .map(|rule| format!("`{rule}`: {}", rule.about().1))
        .collect();
    if named.clone().any(|name| name.starts_with("refused")) {
        sources.push("refusals: house rule, since 2026-11-23".to_owned());
    }
    if !sources.is_empty() {
        write!(page, "\nSource of {}.\n", sources.join("; ")).unwrap();
    }
    page.push_str(
        "\n| The tenant | Circumstances | What happens | What is said | Rule |\n|---|---|---|---|---|\n",
    );
    for (of, conditions, row) in rows {
        let conditions: Vec<&str> = conditions
            .iter()
            .map(|(fact, is_so)| fact.words(*is_so))
            .collect();
        let Row { happens, said, rule } = row;
        let circumstances = if conditions.is_empty() {
            "any".to_owned()
        } else {
            conditions.join(", ")
        };
        writeln!(
            page,
            "| {} | {circumstances} | {happens} | {said} | {rule} |",
            states(&of)
        )
        .unwrap();
    }
}

fn heading(page: &mut String, title: &str, words: &str) {
    write!(page, "\n### {title}\n\n{words}\n").unwrap();
}

fn clicks(page: &mut String) {
    let facts = [Fact::Phone, Fact::OnHold, Fact::TwoWay];
    for (screen, title) in [
        (Screen::Profile, "Staff check the box on the profile"),
        (Screen::Portal, "The tenant checks the box on the portal"),
    ] {
        heading(
            page,
            title,
            &format!("The label beside the box is recorded: “{}”", screen.disclosure()),
        );
        table(page, &STATES, &facts, |case| {
            submitted(case, Action::Check(screen), screen)
        });
    }
    for (screen, title) in [
        (Screen::Profile, "Staff uncheck the box on the profile"),
        (Screen::Portal, "The tenant unchecks the box on the portal"),
    ] {
        heading(
            page,
            title,
            "The change is acknowledged once no earlier text can leave any more.",
        );
        table(page, &STATES, &facts, |case| {
            submitted(case, Action::Uncheck(screen), screen)
        });
    }
    heading(
        page,
        "Staff record a withdrawal that came by a call, an e-mail, a letter or in person",
        "The record says how and when it came, and by which day the law wants it honoured.",
    );
    table(page, &STATES, &facts, |case| {
        submitted(case, Action::Withdraw, Screen::Profile)
    });
}

fn texts(page: &mut String) {
    let facts = [Fact::OnHold, Fact::TwoWay, Fact::Stopped];
    let newest = ChainEnd::default();
    heading(
        page,
        "A text that means STOP",
        "It counts for the number and for every tenant of the facility who has that number. The facility's settings make no \
         difference, and a late STOP counts as well. The record names the rule that read the text in place of `stop`. The \
         text is answered if it changed anything for one of the tenants.",
    );
    table(page, &STATES, &facts, |case| {
        texted(case, Meaning::OptOut, None, newest.clone())
    });
    heading(
        page,
        "A text that means START",
        "It counts for every tenant of the facility who has the number. To a number that the facility gave up it counts as \
         if two-way texting were off. The record names the rule that read the text in place of `start`. Where one of several \
         tenants agreed and another is opted out on the portal, the answer is *opted in in part*.",
    );
    table(page, &STATES, &facts, |case| {
        texted(case, Meaning::OptIn, None, newest.clone())
    });
    heading(
        page,
        "A START that was sent before the tenant's last change",
        "Where the provider says when a text was sent. At the same moment the START loses.",
    );
    let late = ChainEnd {
        at: Some(NOW),
        ..ChainEnd::default()
    };
    table(page, &STATES, &facts, |case| {
        texted(case, Meaning::OptIn, Some(NOW), late.clone())
    });
    heading(
        page,
        "A START that was sent before the number's last STOP or START",
        "Where the provider says when a text was sent. At the same moment the START loses.",
    );
    table(page, &STATES, &facts, |case| {
        texted(case, Meaning::OptIn, Some(BEFORE), newest.clone())
    });
    heading(
        page,
        "A text in doubt: it may ask for no more texts, or the number may not be the tenant's",
        "It opens a review for a person to read it. The record names the rule that read the text in place of `doubt`.",
    );
    table(page, &STATES, &facts, |case| {
        texted(case, Meaning::Doubt, None, newest.clone())
    });
    heading(
        page,
        "Any other text",
        "A text that asks for help gets the answer *help*. Every other text gets no answer. Neither changes anything. Every \
         text joins the thread of each tenant who has the number.",
    );
}

fn reviews(page: &mut String) {
    let by_review = evidence(Channel::Review);
    heading(
        page,
        "A person has read a text in doubt: it does not ask for no more texts",
        "For each tenant who is still on hold from that text.",
    );
    table(page, &STATES, &[Fact::OnHold], |case| {
        let tenant = case.tenant();
        row(
            &tenant,
            tenant.release(&review_id(), &by_review, NOW).as_ref(),
            "",
        )
    });
    heading(
        page,
        "A person has read a text in doubt: it asks for no more texts",
        "As a STOP that is received now, for the number and every tenant who has it, but nothing is answered. The rule is \
         `review_opt_out`. It can be decided after the opposite as well: a second look may find what the first has not.",
    );
    heading(
        page,
        "A person has read a text that opted its tenants out and said that the number is not theirs",
        "For every tenant whom the text opted out. The opt-outs stand.",
    );
    table(page, &STATES[5..], &[Fact::OnHold], |case| {
        let tenant = case.tenant();
        row(&tenant, Some(&tenant.review_seen(&by_review, NOW)), "")
    });
}

fn registrations(page: &mut String) {
    let number = |case: &Case| case.is(Fact::Phone).then_some(NUMBER);
    heading(
        page,
        "The facility registers a tenant for the first time",
        "Where its software knows of a STOP from before (`replied_stop`), that counts first, as a STOP from the number: for \
         everybody who has it, with the rule `replied_stop`.",
    );
    table(
        page,
        &STATES[..1],
        &[Fact::Phone, Fact::Stopped, Fact::Early],
        |case| registered(case, None, number(case)),
    );
    heading(
        page,
        "The facility registers a tenant who had moved out",
        "Somebody who moved out has no agreement left. The day on which they first came plays no part.",
    );
    let gone: Vec<Consent> = [&STATES[..1], &STATES[5..]].concat();
    table(page, &gone, &[Fact::Phone, Fact::Stopped, Fact::Early], |case| {
        let tenant = Tenant {
            residence: Residence::MovedOut,
            ..case.tenant()
        };
        registered(case, Some(&tenant), number(case))
    });
    heading(
        page,
        "The number on file becomes another one",
        "The circumstances are those of the new number. The number that is left keeps its own STOP.",
    );
    table(page, &STATES, &[Fact::OnHold, Fact::Stopped], |case| {
        registered(case, Some(&case.tenant()), Some(OTHER_NUMBER))
    });
    heading(page, "The number on file is removed", "");
    table(page, &STATES, &[Fact::OnHold], |case| {
        registered(case, Some(&case.tenant()), None)
    });
    heading(
        page,
        "Name, units or first day change, and the number stays",
        "Nothing about consent changes.",
    );
    table(
        page,
        &STATES,
        &[Fact::OnHold, Fact::Stopped, Fact::Early],
        |case| registered(case, Some(&case.tenant()), Some(NUMBER)),
    );
    heading(
        page,
        "The tenant moves out",
        "Texts from the number do not touch them from then on.",
    );
    let by_software = evidence(Channel::Registration);
    table(page, &STATES, &[Fact::OnHold], |case| {
        let tenant = case.tenant();
        row(&tenant, Some(&tenant.move_out(None, &by_software, NOW)), "")
    });
}

fn gates(page: &mut String) {
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

fn answers(page: &mut String) {
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

fn times(page: &mut String) {
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

fn ids(page: &mut String) {
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

//! The tables of what can happen to a tenant.

use consent::record::{ChainEnd, Channel};
use consent::rules::{Action, Consent, Screen};
use consent::tenant::{Residence, Tenant};
use consent::words::Meaning;

use super::case::{BEFORE, Case, Fact, NOW, STATES, evidence, number, review_id};
use super::outcome::{registered, row, submitted, texted};
use super::table::{heading, table};
use super::testing::phone;

pub(crate) fn clicks(page: &mut String) {
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

pub(crate) fn texts(page: &mut String) {
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

pub(crate) fn reviews(page: &mut String) {
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

pub(crate) fn registrations(page: &mut String) {
    let on_file = |case: &Case| case.is(Fact::Phone).then(number);
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
        |case| registered(case, None, on_file(case)),
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
        registered(case, Some(&tenant), on_file(case))
    });
    heading(
        page,
        "The number on file becomes another one",
        "The circumstances are those of the new number. The number that is left keeps its own STOP.",
    );
    table(page, &STATES, &[Fact::OnHold, Fact::Stopped], |case| {
        registered(case, Some(&case.tenant()), Some(phone(43)))
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
        |case| registered(case, Some(&case.tenant()), Some(number())),
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

//! The answers to texts: one confirmation of a STOP, one answer to a START or a HELP, nothing promotional.
//!
//! 47 CFR 64.1200(a)(12) allows a single confirmation of an opt-out, within five minutes, without anything
//! promotional. CTIA's Messaging Principles ask for the program's name and a contact in the answer to HELP.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::facility::Facility;
use crate::rules::{Consent, OptOut, Status, TwoWayTexting};
use crate::words::{Language, Meaning};

/// What a text led to, as far as the sender is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Their STOP counts.
    Stopped,
    /// They will receive texts again.
    Started,
    /// One of those who share the number will; the withdrawal of another on the portal stands.
    StartedInPart,
    /// Their START counts, but their withdrawal on the portal stands.
    PortalOptInRequired,
    /// Replying START does nothing here: two-way texting is off.
    StartUnavailable,
    /// They asked for help.
    Help,
}

/// What a text led to, at the number and at all who have it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextEffect {
    /// Whether the number's standing changed.
    pub number_changed: bool,
    /// Whether a tenant's consent changed.
    pub tenants_changed: bool,
    /// Where the tenants with the number stand, each consent once.
    pub consents: HashSet<Consent>,
}

impl TextEffect {
    /// What the sender is told. `None`: nothing.
    pub fn outcome(&self, meaning: Meaning, two_way_texting: TwoWayTexting) -> Option<Outcome> {
        let any = |wanted: fn(Consent) -> bool| self.consents.iter().copied().any(wanted);
        let provided = |consent: Consent| consent.status() == Status::Provided;
        let opted_out_on_the_portal = |consent| consent == Consent::OptedOut(OptOut::Portal);
        match meaning {
            // One confirmation of a revocation: a second STOP where nothing was left to stop has had its own.
            Meaning::OptOut => (self.number_changed || self.tenants_changed).then_some(Outcome::Stopped),
            Meaning::OptIn if any(opted_out_on_the_portal) && !any(provided) => {
                Some(Outcome::PortalOptInRequired)
            }
            Meaning::OptIn if two_way_texting == TwoWayTexting::Off => Some(Outcome::StartUnavailable),
            Meaning::OptIn if any(opted_out_on_the_portal) => Some(Outcome::StartedInPart),
            Meaning::OptIn if any(provided) => Some(Outcome::Started),
            // Nobody has the number, or an older START arrived after a newer STOP.
            Meaning::OptIn => (self.consents.is_empty() && self.number_changed).then_some(Outcome::Started),
            Meaning::Help => Some(Outcome::Help),
            Meaning::Doubt | Meaning::None => None,
        }
    }
}

/// A confirmation of an opt-out is sent within five minutes of its receipt or not at all: 47 CFR
/// 64.1200(a)(12) asks whoever sends it later to show why.
const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_mins(5);

impl Outcome {
    /// Whether the sender is still told of it, `now` that it is done. `asked_at`: when they sent it, or where the
    /// provider does not say so when it was first received.
    pub fn is_told(self, asked_at: Timestamp, now: Timestamp) -> bool {
        self != Self::Stopped || now.duration_since(asked_at) < CONFIRM_WITHIN
    }
}

/// The text that answers, in the language of the rule that matched.
pub fn reply(outcome: Outcome, language: Language, facility: &Facility) -> String {
    let name = &facility.name;
    let contact = facility.help_contact.as_deref();
    match (outcome, language) {
        (Outcome::Stopped, Language::English) => {
            format!("{name}: You have opted out and will receive no more text messages from us.")
        }
        (Outcome::Stopped, Language::Spanish) => {
            format!("{name}: Se ha dado de baja: ya no le enviaremos mensajes de texto.")
        }
        (Outcome::Stopped, Language::French) => {
            format!("{name} : Vous ne recevrez plus de textos de notre part.")
        }
        (Outcome::Started, Language::English) => {
            format!("{name}: You have opted in to text messages. Reply STOP to opt out, HELP for help.")
        }
        (Outcome::Started, Language::Spanish) => {
            format!(
                "{name}: Le enviaremos mensajes de texto de nuevo. Responda ALTO para darse de baja o AYUDA para ayuda."
            )
        }
        (Outcome::Started, Language::French) => {
            format!(
                "{name} : Vous recevrez de nouveau nos textos. Répondez ARRET pour vous désabonner, AIDE pour de l'aide."
            )
        }
        (Outcome::StartedInPart, Language::English) => format!(
            "{name}: You have opted in to text messages; an opt-out on the tenant portal stands. Reply STOP to opt out, HELP for help."
        ),
        (Outcome::StartedInPart, Language::Spanish) => format!(
            "{name}: Le enviaremos mensajes de nuevo; la baja hecha en el portal sigue vigente. Responda ALTO para darse de baja o AYUDA para ayuda."
        ),
        (Outcome::StartedInPart, Language::French) => format!(
            "{name} : Vous recevrez nos textos; un désabonnement sur le portail reste en vigueur. ARRET pour vous désabonner, AIDE pour de l'aide."
        ),
        (Outcome::PortalOptInRequired, Language::English) => format!(
            "{name}: You opted out on the tenant portal. To receive text messages again, check the box on the portal."
        ),
        (Outcome::PortalOptInRequired, Language::Spanish) => format!(
            "{name}: Usted se dio de baja en el portal. Para volver a recibir mensajes, marque la casilla en el portal."
        ),
        (Outcome::PortalOptInRequired, Language::French) => format!(
            "{name} : Votre désabonnement sur le portail reste en vigueur. Pour recevoir nos textos, cochez la case sur le portail."
        ),
        (Outcome::StartUnavailable, Language::English) => {
            format!("{name}: Opting in by text is not available here. You can opt in on the tenant portal.")
        }
        (Outcome::StartUnavailable, Language::Spanish) => {
            format!("{name}: No es posible suscribirse por mensaje. Puede hacerlo en el portal.")
        }
        (Outcome::StartUnavailable, Language::French) => format!(
            "{name} : L'abonnement par texto n'est pas possible ici. Vous pouvez le faire sur le portail."
        ),
        (Outcome::Help, Language::English) => match contact {
            Some(contact) => format!("{name}: For help, contact {contact}. Reply STOP to opt out."),
            None => format!("{name}: For help, contact the facility office. Reply STOP to opt out."),
        },
        (Outcome::Help, Language::Spanish) => match contact {
            Some(contact) => {
                format!("{name}: Para ayuda, contacte a {contact}. Responda ALTO para darse de baja.")
            }
            None => format!("{name}: Para ayuda, contacte a la oficina. Responda ALTO para darse de baja."),
        },
        (Outcome::Help, Language::French) => match contact {
            Some(contact) => {
                format!("{name} : Pour de l'aide, contactez {contact}. Répondez ARRET pour vous désabonner.")
            }
            None => {
                format!("{name} : Pour de l'aide, contactez le bureau. Répondez ARRET pour vous désabonner.")
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FacilityId;
    use crate::rules::{Grant, TwoWayTexting::*};

    use Outcome::{Help, PortalOptInRequired, StartUnavailable, Started, StartedInPart, Stopped};

    /// Beyond ASCII letters, what a text may hold and still be sent in 7 bits a character (3GPP TS 23.038):
    /// anything else halves what fits into one message.
    const GSM_7_BIT: &str = "àèéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñü¡";

    const PROVIDED: Consent = Consent::Provided(Grant::Text);
    const BY_TEXT: Consent = Consent::OptedOut(OptOut::Text);
    const BY_PORTAL: Consent = Consent::OptedOut(OptOut::Portal);

    /// What is told where a text changed the number or its tenants, and left them like this.
    #[track_caller]
    fn check(
        meaning: Meaning,
        changed: &str,
        after: &[Consent],
        two_way: TwoWayTexting,
        told: Option<Outcome>,
    ) {
        let effect = TextEffect {
            number_changed: changed.contains("number"),
            tenants_changed: changed.contains("tenants"),
            consents: after.iter().copied().collect(),
        };
        assert_eq!(effect.outcome(meaning, two_way), told, "{changed} {after:?}");
    }

    #[test]
    fn a_stop_is_confirmed_where_it_stopped_something() {
        check(Meaning::OptOut, "number", &[], On, Some(Stopped));
        check(Meaning::OptOut, "tenants", &[BY_TEXT], Off, Some(Stopped));
        check(Meaning::OptOut, "", &[BY_TEXT], On, None);
    }

    #[test]
    fn a_start_is_told_what_holds_afterwards() {
        check(Meaning::OptIn, "number tenants", &[PROVIDED], On, Some(Started));
        check(Meaning::OptIn, "", &[PROVIDED], On, Some(Started));
        check(Meaning::OptIn, "number", &[], On, Some(Started));
        check(
            Meaning::OptIn,
            "number",
            &[PROVIDED, BY_PORTAL],
            On,
            Some(StartedInPart),
        );
        check(
            Meaning::OptIn,
            "number",
            &[BY_PORTAL],
            On,
            Some(PortalOptInRequired),
        );
        check(
            Meaning::OptIn,
            "",
            &[BY_PORTAL, BY_TEXT],
            Off,
            Some(PortalOptInRequired),
        );
        check(Meaning::OptIn, "", &[BY_TEXT], Off, Some(StartUnavailable));
        // It came after a newer STOP, or was sent before what withdrew.
        check(Meaning::OptIn, "", &[BY_TEXT], On, None);
        check(Meaning::OptIn, "number", &[BY_TEXT], On, None);
    }

    #[test]
    fn help_is_answered_and_nothing_else_is() {
        check(Meaning::Help, "", &[BY_TEXT], Off, Some(Help));
        check(Meaning::None, "", &[PROVIDED], On, None);
    }

    #[test]
    fn every_answer_is_one_message() {
        let facility = Facility {
            facility_id: FacilityId::parse("f1").unwrap(),
            name: "Demo Self Storage, Austin".to_owned(),
            two_way_texting: On,
            number: None,
            help_contact: Some("512-555-0199".to_owned()),
        };
        for outcome in [
            Stopped,
            Started,
            StartedInPart,
            PortalOptInRequired,
            StartUnavailable,
            Help,
        ] {
            for language in [Language::English, Language::Spanish, Language::French] {
                let text = reply(outcome, language, &facility);
                let fits = |character: char| character.is_ascii() || GSM_7_BIT.contains(character);
                assert!(text.chars().all(fits), "{text}");
                assert!(
                    text.chars().count() <= 160,
                    "{} characters: {text}",
                    text.chars().count()
                );
            }
        }
    }
}

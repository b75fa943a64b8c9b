//! The answers to texts: one confirmation of a STOP, one answer to a START or a HELP, nothing promotional.
//!
//! 47 CFR 64.1200(a)(12) allows a single confirmation of an opt-out, within five minutes, without anything
//! promotional. CTIA's Messaging Principles ask for the program's name and a contact in the answer to HELP.

use jiff::{SignedDuration, Timestamp};

use crate::facility::Facility;
use crate::words::Language;

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

/// A confirmation of an opt-out is sent within five minutes of its receipt or not at all: 47 CFR
/// 64.1200(a)(12) asks whoever sends it later to show why.
const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_mins(5);

impl Outcome {
    /// Whether the sender is still told of it, `now` that it is done.
    pub fn is_told(self, received_at: Timestamp, now: Timestamp) -> bool {
        self != Self::Stopped || now.duration_since(received_at) < CONFIRM_WITHIN
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
    use crate::rules::TwoWayTexting;

    use Outcome::{Help, PortalOptInRequired, StartUnavailable, Started, StartedInPart, Stopped};

    /// Beyond ASCII letters, what a text may hold and still be sent in 7 bits a character (3GPP TS 23.038):
    /// anything else halves what fits into one message.
    const GSM_7_BIT: &str = "àèéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñü¡";

    #[test]
    fn every_answer_is_one_message() {
        let facility = Facility {
            facility_id: FacilityId::parse("f1").unwrap(),
            name: "Demo Self Storage, Austin".to_owned(),
            two_way_texting: TwoWayTexting::On,
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

//! The answers to texts: one confirmation of a STOP, one answer to a START or a HELP, nothing promotional.
//!
//! 47 CFR 64.1200(a)(12) allows a single confirmation of an opt-out, within five minutes, without anything
//! promotional. CTIA's Messaging Principles ask for the program's name and a contact in the answer to HELP.

use crate::facility::Facility;
use crate::words::Language;

/// What a text led to, as far as the sender is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Their STOP counts.
    Stopped,
    /// They will receive texts again.
    Started,
    /// Their START counts, but their withdrawal on the portal stands.
    PortalOptInRequired,
    /// Replying START does nothing here: two-way texting is off.
    StartUnavailable,
    /// They asked for help.
    Help,
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
            format!("{name}: Se ha dado de baja y no recibirá más mensajes de texto nuestros.")
        }
        (Outcome::Stopped, Language::French) => {
            format!("{name} : Vous êtes désabonné et ne recevrez plus de textos de notre part.")
        }
        (Outcome::Started, Language::English) => {
            format!("{name}: You have opted in to text messages. Reply STOP to opt out, HELP for help.")
        }
        (Outcome::Started, Language::Spanish) => {
            format!(
                "{name}: Volverá a recibir mensajes de texto. Responda ALTO para darse de baja o AYUDA para ayuda."
            )
        }
        (Outcome::Started, Language::French) => {
            format!(
                "{name} : Vous recevrez de nouveau nos textos. Répondez ARRET pour vous désabonner, AIDE pour de l'aide."
            )
        }
        (Outcome::PortalOptInRequired, Language::English) => format!(
            "{name}: You opted out on the tenant portal. To receive text messages again, check the box on the portal."
        ),
        (Outcome::PortalOptInRequired, Language::Spanish) => format!(
            "{name}: Usted se dio de baja en el portal. Para volver a recibir mensajes, marque la casilla en el portal."
        ),
        (Outcome::PortalOptInRequired, Language::French) => format!(
            "{name} : Vous vous êtes désabonné sur le portail. Pour recevoir nos textos, cochez la case sur le portail."
        ),
        (Outcome::StartUnavailable, Language::English) => {
            format!("{name}: Opting in by text is not available here. You can opt in on the tenant portal.")
        }
        (Outcome::StartUnavailable, Language::Spanish) => {
            format!("{name}: Aquí no es posible suscribirse por mensaje. Puede hacerlo en el portal.")
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

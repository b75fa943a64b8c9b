//! The answers to texts: one confirmation of a STOP, one answer to a START or a HELP, nothing promotional; and the text
//! that confirms a grant on a screen.
//!
//! 47 CFR 64.1200(a)(12) allows a single confirmation of an opt-out, within five minutes, without anything
//! promotional. A tenant who opts in is told what carriers ask for (CTIA Messaging Principles and Best Practices, 5.1.2): the
//! program's name, how often texts come, that rates may apply, and how to get help and to opt out. The answer to HELP has
//! the program's name and a contact.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::facility::{ConfirmOptIn, Facility};
use crate::rules::{Consent, Holding, OptOut, Status, TwoWayTexting};
use crate::spans::CONFIRM_WITHIN;
use crate::tenant::Tenant;
use crate::words::{Language, Meaning};

/// What a text led to, as far as the sender is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Their STOP counts.
    Stopped,
    /// Their START opted somebody in, or lifted a hold: they will receive texts from now on.
    Granted,
    /// They receive texts already, or nobody has the number: their START opted nobody in.
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
    /// Where the tenants with the number stand to whom texts are not held back, each consent once.
    pub consents: HashSet<Consent>,
    /// Whether texts to a tenant with the number are held back.
    #[serde(default)]
    pub is_on_hold: bool,
}

impl TextEffect {
    /// A tenant with the number stands like this now.
    pub fn add(&mut self, tenant: &Tenant) {
        match tenant.holding() {
            Holding::Free => {
                self.consents.insert(tenant.consent);
            }
            Holding::OnHold => self.is_on_hold = true,
        }
    }

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
            Meaning::OptIn if any(provided) && self.tenants_changed => Some(Outcome::Granted),
            Meaning::OptIn if any(provided) => Some(Outcome::Started),
            // Nobody has the number, or an older START arrived after a newer STOP or a newer text in doubt.
            Meaning::OptIn => (self.consents.is_empty() && !self.is_on_hold && self.number_changed)
                .then_some(Outcome::Started),
            Meaning::Help => Some(Outcome::Help),
            Meaning::Doubt | Meaning::None => None,
        }
    }
}

impl Outcome {
    /// Whether the sender is still told of it, `now` that it is done. `asked_at`: see [`asked_at`].
    pub fn is_told(self, asked_at: Timestamp, now: Timestamp) -> bool {
        self.told_before(asked_at).is_none_or(|before| now < before)
    }

    /// Until when the sender is told of it, where that has an end.
    pub fn told_before(self, asked_at: Timestamp) -> Option<Timestamp> {
        (self == Self::Stopped).then(|| asked_at + CONFIRM_WITHIN)
    }
}

/// When the sender of a text began to wait: when they sent it, or where the provider does not say so when it was first
/// received. Late delivery, also by us, is part of their wait.
pub fn asked_at(sent_at: Option<Timestamp>, received_at: Timestamp) -> Timestamp {
    sent_at.map_or(received_at, |sent| sent.min(received_at))
}

/// The text that answers, in the language of the rule that matched.
pub fn reply(outcome: Outcome, language: Language, facility: &Facility) -> String {
    let words = match outcome {
        Outcome::Stopped => stopped(language).to_owned(),
        Outcome::Granted => sentences([opted_in(language), terms(language), ways(language)]),
        Outcome::Started => started(language).to_owned(),
        Outcome::StartedInPart => sentences([
            opted_in(language),
            portal_stands(language),
            terms(language),
            ways(language),
        ]),
        Outcome::PortalOptInRequired => portal_opt_in_required(language).to_owned(),
        Outcome::StartUnavailable => start_unavailable(language).to_owned(),
        Outcome::Help => {
            let contact = contact(facility, language);
            sentences([&contact, terms(language), way_out(language)])
        }
    };
    format!("{}{words}", addressed(facility, language))
}

/// Sentences after each other.
fn sentences<const N: usize>(sentences: [&str; N]) -> String {
    sentences.join(" ")
}

/// The text that follows a grant on a screen, where the facility wants one. `None`: none follows.
///
/// A facility without two-way texting is not asked for HELP or STOP, so its text names neither.
pub fn confirmation(before: Consent, after: Consent, facility: &Facility) -> Option<String> {
    let is_grant = before.status() != Status::Provided && after.status() == Status::Provided;
    if !is_grant || facility.confirm_opt_in == ConfirmOptIn::Never || facility.number.is_none() {
        return None;
    }
    let language = Language::English;
    let words = match facility.two_way_texting {
        TwoWayTexting::On => sentences([opted_in(language), terms(language), ways(language)]),
        TwoWayTexting::Off => sentences([opted_in(language), terms(language)]),
    };
    Some(format!("{}{words}", addressed(facility, language)))
}

/// Whose text it is.
fn addressed(facility: &Facility, language: Language) -> String {
    match language {
        Language::English | Language::Spanish => format!("{}: ", facility.name),
        Language::French => format!("{} : ", facility.name),
    }
}

const fn stopped(language: Language) -> &'static str {
    match language {
        Language::English => "You have opted out and will receive no more text messages from us.",
        Language::Spanish => "Se ha dado de baja: ya no le enviaremos mensajes de texto.",
        Language::French => "Vous ne recevrez plus de textos de notre part.",
    }
}

const fn started(language: Language) -> &'static str {
    match language {
        Language::English => "You have opted in to text messages. Reply STOP to opt out, HELP for help.",
        Language::Spanish => {
            "Le enviaremos mensajes de texto de nuevo. Responda ALTO para darse de baja o AYUDA para ayuda."
        }
        Language::French => {
            "Vous recevrez de nouveau nos textos. Répondez ARRET pour vous désabonner, AIDE pour de l'aide."
        }
    }
}

const fn portal_opt_in_required(language: Language) -> &'static str {
    match language {
        Language::English => {
            "You opted out on the tenant portal. To receive text messages again, check the box on the portal."
        }
        Language::Spanish => {
            "Usted se dio de baja en el portal. Para volver a recibir mensajes, marque la casilla en el portal."
        }
        Language::French => {
            "Votre désabonnement sur le portail reste en vigueur. Pour recevoir nos textos, cochez la case sur le portail."
        }
    }
}

/// Added where one of those who share the number opted out on the portal.
const fn portal_stands(language: Language) -> &'static str {
    match language {
        Language::English => "An opt-out on the tenant portal stands.",
        Language::Spanish => "La baja hecha en el portal sigue vigente.",
        Language::French => "Un désabonnement sur le portail reste en vigueur.",
    }
}

const fn start_unavailable(language: Language) -> &'static str {
    match language {
        Language::English => "Opting in by text is not available here. You can opt in on the tenant portal.",
        Language::Spanish => "No es posible suscribirse por mensaje. Puede hacerlo en el portal.",
        Language::French => {
            "L'abonnement par texto n'est pas possible ici. Vous pouvez le faire sur le portail."
        }
    }
}

/// Whom to ask for help.
fn contact(facility: &Facility, language: Language) -> String {
    match (facility.help_contact.as_deref(), language) {
        (Some(contact), Language::English) => format!("For help, contact {contact}."),
        (None, Language::English) => "For help, contact the facility office.".to_owned(),
        (Some(contact), Language::Spanish) => format!("Para ayuda, contacte a {contact}."),
        (None, Language::Spanish) => "Para ayuda, contacte a la oficina.".to_owned(),
        (Some(contact), Language::French) => format!("Pour de l'aide, contactez {contact}."),
        (None, Language::French) => "Pour de l'aide, contactez le bureau.".to_owned(),
    }
}

/// How to opt out.
const fn way_out(language: Language) -> &'static str {
    match language {
        Language::English => "Reply STOP to opt out.",
        Language::Spanish => "Responda ALTO para darse de baja.",
        Language::French => "Répondez ARRET pour vous désabonner.",
    }
}

const fn opted_in(language: Language) -> &'static str {
    match language {
        Language::English => "You have opted in to text messages.",
        Language::Spanish => "Ha aceptado recibir mensajes de texto.",
        Language::French => "Vous avez accepté de recevoir nos textos.",
    }
}

/// How often texts come, and what they may cost.
const fn terms(language: Language) -> &'static str {
    match language {
        Language::English => "Message frequency varies. Message and data rates may apply.",
        Language::Spanish => "Frecuencia variable. Pueden aplicarse tarifas de mensajes y datos.",
        Language::French => "Fréquence variable. Des frais de messages et de données peuvent s'appliquer.",
    }
}

/// How to get help, and how to opt out.
const fn ways(language: Language) -> &'static str {
    match language {
        Language::English => "Reply HELP for help, STOP to opt out.",
        Language::Spanish => "Responda AYUDA para ayuda, ALTO para darse de baja.",
        Language::French => "Répondez AIDE pour de l'aide, ARRET pour vous désabonner.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::Provider;
    use crate::id::{FacilityId, PhoneNumber};
    use crate::rules::{Grant, TwoWayTexting::*};

    use Outcome::{Granted, Help, PortalOptInRequired, StartUnavailable, Started, StartedInPart, Stopped};

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
            is_on_hold: changed.contains("hold"),
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
        check(Meaning::OptIn, "number tenants", &[PROVIDED], On, Some(Granted));
        check(Meaning::OptIn, "tenants", &[PROVIDED], On, Some(Granted));
        check(Meaning::OptIn, "", &[PROVIDED], On, Some(Started));
        check(Meaning::OptIn, "number", &[PROVIDED], On, Some(Started));
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
    fn a_start_that_lifted_no_hold_is_not_told_that_texts_will_come() {
        check(Meaning::OptIn, "number hold", &[], On, None);
        check(Meaning::OptIn, "hold", &[PROVIDED], On, Some(Started));
        check(Meaning::OptIn, "hold", &[], Off, Some(StartUnavailable));
    }

    #[test]
    fn a_stop_is_confirmed_within_five_minutes_of_when_it_was_sent() {
        let second = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(asked_at(Some(second(10)), second(20)), second(10));
        assert_eq!(asked_at(Some(second(30)), second(20)), second(20));
        assert_eq!(asked_at(None, second(20)), second(20));
        assert!(Stopped.is_told(second(0), second(299)));
        assert!(!Stopped.is_told(second(0), second(300)));
        assert!(Started.is_told(second(0), second(300)));
    }

    #[test]
    fn help_is_answered_and_nothing_else_is() {
        check(Meaning::Doubt, "number tenants hold", &[PROVIDED], On, None);
        check(Meaning::Help, "", &[BY_TEXT], Off, Some(Help));
        check(Meaning::None, "", &[PROVIDED], On, None);
    }

    fn facility() -> Facility {
        Facility {
            facility_id: FacilityId::parse("f1").unwrap(),
            name: "Demo Self Storage, Austin".to_owned(),
            two_way_texting: On,
            number: Some(PhoneNumber::parse_e164("+15125550100").unwrap()),
            provider: Provider::Aws,
            help_contact: Some("512-555-0199".to_owned()),
            time_zone: None,
            disclosure: None,
            confirm_opt_in: ConfirmOptIn::ByText,
        }
    }

    /// What carriers want to be told takes more than one message in Spanish and French, and where a portal opt-out stands.
    /// A message holds 160 characters, each part of a longer one 153 (3GPP TS 23.040).
    #[test]
    fn answers_are_short_and_cheap() {
        for outcome in [
            Stopped,
            Granted,
            Started,
            StartedInPart,
            PortalOptInRequired,
            StartUnavailable,
            Help,
        ] {
            for language in [Language::English, Language::Spanish, Language::French] {
                let text = reply(outcome, language, &facility());
                let fits = |character: char| character.is_ascii() || GSM_7_BIT.contains(character);
                assert!(text.chars().all(fits), "{text}");
                let says_terms = matches!(outcome, Granted | StartedInPart | Help);
                let most = match (outcome, language) {
                    (Granted | Help, Language::English) => 160,
                    _ if says_terms => 2 * 153,
                    _ => 160,
                };
                let characters = text.chars().count();
                assert!(characters <= most, "{characters} characters: {text}");
            }
        }
    }

    /// Who opts in reads the same, whichever way they did.
    #[test]
    fn a_grant_is_confirmed_in_the_words_that_answer_a_start() {
        let text = "Demo Self Storage, Austin: You have opted in to text messages. Message frequency varies. Message and data \
                    rates may apply. Reply HELP for help, STOP to opt out.";
        assert_eq!(reply(Granted, Language::English, &facility()), text);
        let by_profile = Consent::Provided(Grant::Profile);
        let check = |before, after, facility: Facility, expected: Option<&str>| {
            assert_eq!(confirmation(before, after, &facility).as_deref(), expected);
        };
        check(Consent::NotProvided, by_profile, facility(), Some(text));
        check(
            BY_PORTAL,
            Consent::Provided(Grant::Portal),
            facility(),
            Some(text),
        );
        let one_way = Facility {
            two_way_texting: Off,
            ..facility()
        };
        let short = text.strip_suffix(" Reply HELP for help, STOP to opt out.");
        check(Consent::NotProvided, by_profile, one_way, short);
        // Nothing was granted.
        check(by_profile, by_profile, facility(), None);
        check(by_profile, BY_PORTAL, facility(), None);
        check(Consent::NotProvided, Consent::NotProvided, facility(), None);
        let silent = Facility {
            confirm_opt_in: ConfirmOptIn::Never,
            ..facility()
        };
        check(Consent::NotProvided, by_profile, silent, None);
        let numberless = Facility {
            number: None,
            ..facility()
        };
        check(Consent::NotProvided, by_profile, numberless, None);
    }
}

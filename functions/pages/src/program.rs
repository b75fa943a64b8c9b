//! A facility's text programme, as carriers and providers want to see it before they register a number: who texts, what
//! for, how to opt in and out, help, rates (CTIA, Messaging Principles and Best Practices, 5.1; Twilio, A2P 10DLC
//! campaign requirements). It says what the facility's record says, and nothing of any tenant.

use consent::facility::Facility;
use consent::id::PhoneNumber;
use consent::preferences::TEMPLATES;
use consent::rules::TwoWayTexting;
use consent::view::{PORTAL_DISCLOSURE, PROFILE_DISCLOSURE};

use crate::language::Language;

/// The page.
pub(crate) fn page(facility: &Facility, language: Language) -> String {
    let program = match language {
        Language::English => english(facility),
        Language::Spanish => spanish(facility),
    };
    let tag = language.tag();
    let Program {
        title,
        sections,
        other: (other, name),
    } = program;
    let other = other.tag();
    let sections: Vec<String> = sections
        .iter()
        .map(|(heading, content)| format!("<section>\n<h2>{heading}</h2>\n{content}\n</section>\n"))
        .collect();
    let heading = title(&format!("<bdi>{}</bdi>", escaped(&facility.name)));
    let title = title(&escaped(&facility.name));
    format!(
        "<!doctype html>
<html lang=\"{tag}\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"color-scheme\" content=\"light dark\">
<title>{title}</title>
<link rel=\"icon\" href=\"/elements/icon.svg\">
<link rel=\"stylesheet\" href=\"/elements/page.css\">
</head>
<body class=\"program\">
<main>
<h1>{heading}</h1>
<p class=\"language\"><a href=\"?lang={other}\" hreflang=\"{other}\" lang=\"{other}\">{name}</a></p>
{}</main>
</body>
</html>
",
        sections.concat()
    )
}

/// What the page says, in one language. All of it is HTML.
struct Program {
    title: fn(&str) -> String,
    /// Headings with what is under them.
    sections: [(&'static str, String); 5],
    /// The language that the page has as well, and its name in itself.
    other: (Language, &'static str),
}

/// The words of the check boxes are recorded as they are shown, so they stay as they are in every language.
fn quoted(words: &str) -> String {
    format!("<q lang=\"en\">{words}</q>")
}

/// The facility's own words, which show under both boxes.
fn own_words(facility: &Facility, before: &str) -> String {
    facility.disclosure.as_deref().map_or_else(String::new, |words| {
        format!("<p>{before}</p>\n<q class=\"disclosure\">{}</q>", escaped(words))
    })
}

/// The number whose replies are read.
fn two_way(facility: &Facility) -> Option<&PhoneNumber> {
    let number = facility.number.as_ref();
    number.filter(|_| facility.two_way_texting == TwoWayTexting::On)
}

fn english(facility: &Facility) -> Program {
    let name = format!("<bdi>{}</bdi>", escaped(&facility.name));
    let templates = listed(TEMPLATES.iter().map(|(_, name)| *name));
    let from = facility.number.as_ref().map_or_else(
        || "This facility has no text number yet, so it sends no texts.".to_owned(),
        |number| format!("Texts come from {}.", link("sms", number)),
    );
    let start = two_way(facility).map_or_else(String::new, |number| {
        format!(
            "<li><strong>By text.</strong> Text START to {}.</li>\n",
            link("sms", number)
        )
    });
    let (portal, profile) = (quoted(PORTAL_DISCLOSURE), quoted(PROFILE_DISCLOSURE));
    let own = own_words(facility, "These words are under both boxes:");
    let reply = two_way(facility).map(|number| {
        format!(
            "<p>Reply <strong>HELP</strong> to any text, or text HELP to {}.</p>",
            link("sms", number)
        )
    });
    let contact = facility.help_contact.as_deref().map(escaped);
    let contact = contact.map(|contact| format!("<p>To reach {name}: <bdi>{contact}</bdi></p>"));
    let help: String = reply.into_iter().chain(contact).collect();
    Program {
        title: |name| format!("Text messages from {name}"),
        sections: [
            (
                "Who sends texts, and what for",
                format!(
                    "<p>{name} is a self-storage facility. It texts its own tenants about their rental, and answers their \
                     texts. {from}</p>\n{templates}"
                ),
            ),
            (
                "How to opt in",
                format!(
                    "<p>Only tenants who have agreed are texted. A tenant agrees in one of these ways:</p>\n<ul>\n\
                     <li><strong>On the tenant portal.</strong> The tenant signs in and checks a box, which is empty at \
                     first: {portal}</li>\n\
                     <li><strong>With the staff.</strong> The tenant tells the staff of the facility, who check a box on \
                     the tenant's profile: {profile}</li>\n{start}</ul>\n{own}"
                ),
            ),
            (
                "How to stop",
                "<p>Reply <strong>STOP</strong> to any text. One text confirms it, and no more are sent. Words such as \
                 QUIT, END, REVOKE, OPT OUT, CANCEL and UNSUBSCRIBE do the same, and so does asking in words of your own. \
                 A tenant can also uncheck the box on the tenant portal, or tell the staff.</p>"
                    .to_owned(),
            ),
            (
                "Help",
                if help.is_empty() {
                    "<p>Ask at the facility's office.</p>".to_owned()
                } else {
                    help
                },
            ),
            (
                "Frequency and rates",
                "<p>Message frequency varies. Message and data rates may apply.</p>".to_owned(),
            ),
        ],
        other: (Language::Spanish, "Español"),
    }
}

fn spanish(facility: &Facility) -> Program {
    let name = format!("<bdi>{}</bdi>", escaped(&facility.name));
    let templates = listed(TEMPLATES.iter().map(|(id, name)| in_spanish(id).unwrap_or(name)));
    let from = facility.number.as_ref().map_or_else(
        || "Este almacén todavía no tiene número de textos, así que no envía ninguno.".to_owned(),
        |number| format!("Los textos vienen del {}.", link("sms", number)),
    );
    let start = two_way(facility).map_or_else(String::new, |number| {
        format!(
            "<li><strong>Por mensaje de texto.</strong> Envíe START al {}.</li>\n",
            link("sms", number)
        )
    });
    let (portal, profile) = (quoted(PORTAL_DISCLOSURE), quoted(PROFILE_DISCLOSURE));
    let own = own_words(facility, "Debajo de las dos casillas se lee:");
    let reply = two_way(facility).map(|number| {
        format!(
            "<p>Responda <strong>HELP</strong> o <strong>AYUDA</strong> a cualquier texto, o envíe HELP al {}.</p>",
            link("sms", number)
        )
    });
    let contact = facility.help_contact.as_deref().map(escaped);
    let contact = contact.map(|contact| format!("<p>Para comunicarse con {name}: <bdi>{contact}</bdi></p>"));
    let help: String = reply.into_iter().chain(contact).collect();
    Program {
        title: |name| format!("Mensajes de texto de {name}"),
        sections: [
            (
                "Quién envía textos, y para qué",
                format!(
                    "<p>{name} alquila espacios de almacenamiento. Envía textos a sus propios inquilinos sobre su alquiler, \
                     y responde a los suyos. {from}</p>\n{templates}"
                ),
            ),
            (
                "Cómo aceptar",
                format!(
                    "<p>Solo se envían textos a los inquilinos que han aceptado. Un inquilino acepta de una de estas \
                     maneras:</p>\n<ul>\n\
                     <li><strong>En el portal.</strong> El inquilino inicia la sesión y marca una casilla, que al principio \
                     está vacía: {portal}</li>\n\
                     <li><strong>Con el personal.</strong> El inquilino lo dice al personal del almacén, que marca una \
                     casilla en su perfil: {profile}</li>\n{start}</ul>\n{own}"
                ),
            ),
            (
                "Cómo darse de baja",
                "<p>Responda <strong>STOP</strong> a cualquier texto. Un texto lo confirma, y no se envía ninguno más. \
                 Palabras como ALTO, PARAR, BAJA, QUIT, END, REVOKE, OPT OUT, CANCEL y UNSUBSCRIBE hacen lo mismo, y también \
                 vale pedirlo con sus propias palabras. Un inquilino puede además desmarcar la casilla en el portal, o \
                 decirlo al personal.</p>"
                    .to_owned(),
            ),
            (
                "Ayuda",
                if help.is_empty() {
                    "<p>Pregunte en la oficina del almacén.</p>".to_owned()
                } else {
                    help
                },
            ),
            (
                "Frecuencia y tarifas",
                "<p>La frecuencia de los mensajes varía. Pueden aplicarse tarifas por mensajes y datos.</p>".to_owned(),
            ),
        ],
        other: (Language::English, "English"),
    }
}

/// The name of a notification in Spanish.
fn in_spanish(template: &str) -> Option<&'static str> {
    Some(match template {
        "payment_reminder" => "Recordatorio de pago",
        "late_notice" => "Aviso de atraso",
        "payment_receipt" => "Recibo de pago",
        "move_in" => "Entrada",
        "move_out" => "Salida",
        "rate_change" => "Cambio de tarifa",
        "gate_access" => "Acceso al portón",
        _ => return None,
    })
}

/// The notifications.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let items: Vec<String> = names.map(|name| format!("<li>{}</li>", escaped(name))).collect();
    format!("<ul class=\"columns\">{}</ul>", items.concat())
}

/// A link to a number, which is digits with a plus before them.
fn link(scheme: &str, number: &PhoneNumber) -> String {
    let number = escaped(number.as_str());
    format!(
        "<a class=\"number\" href=\"{scheme}:{number}\">{}</a>",
        spaced(&number)
    )
}

/// A number as people in its country write it: `(512) 555-0100` for +1, else as it is.
fn spaced(number: &str) -> String {
    let parts = number
        .strip_prefix("+1")
        .filter(|rest| rest.len() == 10)
        .and_then(|rest| Some((rest.get(..3)?, rest.get(3..6)?, rest.get(6..)?)));
    parts.map_or_else(
        || number.to_owned(),
        |(area, exchange, line)| format!("({area}) {exchange}-{line}"),
    )
}

/// Text as HTML shows it, in content and in attributes.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notification_has_a_name_in_spanish() {
        for (id, _) in TEMPLATES {
            assert!(in_spanish(id).is_some(), "{id}");
        }
    }
}

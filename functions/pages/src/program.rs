//! A facility's text programme, as carriers and providers want to see it before they register a number: who texts, what
//! for, how to opt in and out, help, rates (CTIA, Messaging Principles and Best Practices, 5.1; Twilio, A2P 10DLC
//! campaign requirements). It says what the facility's record says, and nothing of any tenant.

use consent::facility::Facility;
use consent::id::PhoneNumber;
use consent::preferences::TEMPLATES;
use consent::rules::TwoWayTexting;
use consent::view::{PORTAL_DISCLOSURE, PROFILE_DISCLOSURE};

/// The page.
pub(crate) fn page(facility: &Facility) -> String {
    let name = escaped(&facility.name);
    let templates: Vec<String> = TEMPLATES
        .iter()
        .map(|(_, name)| format!("<li>{}</li>", escaped(name)))
        .collect();
    let templates = templates.concat();
    let number = facility.number.as_ref();
    let from = number.map_or_else(
        || "This facility has no text number yet, so it sends no texts.".to_owned(),
        |number| format!("Texts come from {}.", link("sms", number)),
    );
    let two_way = number.filter(|_| facility.two_way_texting == TwoWayTexting::On);
    let start = two_way.map_or_else(String::new, |number| {
        format!(
            "<li><strong>By text.</strong> Text START to {}.</li>",
            link("sms", number)
        )
    });
    let help = help(facility, two_way);
    let disclosure = facility.disclosure.as_deref().map_or_else(String::new, |words| {
        format!(
            "<p>Under either box stands:</p>\n<q class=\"disclosure\">{}</q>",
            escaped(words)
        )
    });
    format!(
        "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"color-scheme\" content=\"light dark\">
<title>Text messages from {name}</title>
<link rel=\"icon\" href=\"/elements/icon.svg\">
<link rel=\"stylesheet\" href=\"/elements/page.css\">
</head>
<body class=\"program\">
<main>
<h1>Text messages from <bdi>{name}</bdi></h1>
<section>
<h2>Who sends texts, and what for</h2>
<p><bdi>{name}</bdi> is a self-storage facility. It texts its own tenants about their rental, and answers their texts. {from}</p>
<ul class=\"columns\">{templates}</ul>
</section>
<section>
<h2>How to opt in</h2>
<p>Only tenants who have agreed are texted. A tenant agrees in one of these ways:</p>
<ul>
<li><strong>On the tenant portal.</strong> The tenant signs in and checks a box, which is empty at first:
<q>{PORTAL_DISCLOSURE}</q></li>
<li><strong>With the staff.</strong> The tenant tells the staff of the facility, who check a box on the tenant's profile:
<q>{PROFILE_DISCLOSURE}</q></li>
{start}
</ul>
{disclosure}
</section>
<section>
<h2>How to stop</h2>
<p>Reply <strong>STOP</strong> to any text. One text confirms it, and no more are sent. Words such as QUIT, END, REVOKE, OPT OUT,
CANCEL and UNSUBSCRIBE do the same, and so does asking in words of your own. A tenant can also uncheck the box on the tenant
portal, or tell the staff.</p>
</section>
<section>
<h2>Help</h2>
{help}
</section>
<section>
<h2>Frequency and rates</h2>
<p>Message frequency varies. Message and data rates may apply.</p>
</section>
</main>
</body>
</html>
"
    )
}

fn help(facility: &Facility, two_way: Option<&PhoneNumber>) -> String {
    let contact = facility.help_contact.as_deref().map(escaped);
    let contact = contact.map(|contact| {
        format!(
            "<p>To reach <bdi>{}</bdi>: <bdi>{contact}</bdi></p>",
            escaped(&facility.name)
        )
    });
    let reply = two_way.map(|number| {
        format!(
            "<p>Reply <strong>HELP</strong> to any text, or text HELP to {}.</p>",
            link("sms", number)
        )
    });
    let ask = "<p>Ask at the facility's office.</p>".to_owned();
    match (reply, contact) {
        (None, None) => ask,
        (reply, contact) => reply.into_iter().chain(contact).collect(),
    }
}

/// A link to a number, which is digits with a plus before them.
fn link(scheme: &str, number: &PhoneNumber) -> String {
    let number = escaped(number.as_str());
    format!("<a href=\"{scheme}:{number}\">{}</a>", spaced(&number))
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

//! New notification preferences, read strictly.

use consent::preferences::{Changes, MediaChanges, TEMPLATES};
use consent_http::Problem;
use consent_http::request::{Fields, boolean};
use serde_json::{Map, Value};

type Members = Map<String, Value>;

/// Reads `{"channels": {...}, "templates": {id: {...}}}`, each optional.
pub(crate) fn changes(members: &Members) -> Result<Changes, Problem> {
    let mut fields = Fields::new(members, "");
    let mut changes = Changes::default();
    if let Some(Some(channels)) = fields.read("channels", if_there) {
        changes.channels = media(channels, "channels.", &mut fields);
    }
    if let Some(Some(templates)) = fields.read("templates", if_there) {
        for (id, value) in templates {
            let known = TEMPLATES.iter().find(|(known, _)| known == id);
            match (known, object(value)) {
                (Some((known, _)), Ok(choices)) => {
                    let media = media(choices, &format!("templates.{known}."), &mut fields);
                    changes.templates.insert(known, media);
                }
                (Some((known, _)), Err(detail)) => fields.error(&format!("templates.{known}"), detail),
                (None, _) => fields.error("templates", "has a template that does not exist"),
            }
        }
    }
    fields.finish(Some(changes))
}

fn if_there(value: Option<&Value>) -> Result<Option<&Members>, String> {
    value.map(object).transpose()
}

fn object(value: &Value) -> Result<&Members, String> {
    value.as_object().ok_or_else(|| "must be an object".to_owned())
}

fn media(members: &Members, prefix: &str, outer: &mut Fields<'_>) -> MediaChanges {
    let mut fields = Fields::new(members, prefix);
    let mut read = |name| {
        fields
            .read(name, |value| value.map(|value| boolean(Some(value))).transpose())
            .flatten()
    };
    let changes = MediaChanges {
        email: read("email"),
        print: read("print"),
        text: read("text"),
    };
    if members
        .keys()
        .any(|name| !matches!(name.as_str(), "email" | "print" | "text"))
    {
        fields.error(
            "*",
            "has a channel that does not exist: there are email, print and text",
        );
    }
    outer.absorb(fields.into_errors());
    changes
}

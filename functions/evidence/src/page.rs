//! The page to print: the pack as one document without scripts that loads nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use consent::evidence::{Examination, Pack};
use consent::record::{Record, StoredRecord};
use serde_json::Value;

use crate::words::{self, Times};

const STYLE: &str = include_str!("page.css");
/// The signed pack is attached to the page while the page stays shorter than this. Lambda answers 6 MB.
const ATTACHED_UP_TO: usize = 5_000_000;
/// An entry with a longer text may go over two pages.
const LONG: usize = 1_500;

/// The page of a pack, and of its signed form. `is_cut`: another part follows.
pub(crate) fn page(pack: &Pack, signed: &Value, zone: Option<&str>, is_cut: bool) -> String {
    let times = Times::new(zone);
    let tenant = &pack.tenant.name;
    let title = format!("Consent of {tenant} to text messages");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{}</title><style>{STYLE}</style></head><body><main>\n",
        escaped(&title)
    );
    page.push_str(&head(pack, &times));
    page.push_str(&doubts(pack, signed));
    page.push_str(&stands(pack, &times));
    page.push_str(&timeline(pack, &times, is_cut));
    page.push_str(&proof(pack, signed));
    let text = signed.to_string();
    // Base64 has four characters for three bytes.
    let is_attached = page.len() + text.len() * 4 / 3 < ATTACHED_UP_TO;
    page.push_str(&how_to_check(pack, is_attached.then_some(text.as_str())));
    page.push_str("</main></body></html>\n");
    page
}

/// Text that is nothing but text, whatever it holds.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // HTML has no other control characters than these.
            '\t' | '\n' => escaped.push(character),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The same, which turns no direction of writing around it.
fn apart(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

fn head(pack: &Pack, times: &Times) -> String {
    let (facility, tenant) = (&pack.facility, &pack.tenant);
    let number = tenant
        .cell_phone
        .clone()
        .map_or_else(|| "none on file".to_owned(), String::from);
    let mut rows = vec![
        (
            "Facility",
            format!(
                "{} ({})",
                apart(&facility.name),
                escaped(facility.facility_id.as_str())
            ),
        ),
        (
            "Tenant",
            format!("{} ({})", apart(&tenant.name), escaped(tenant.tenant_id.as_str())),
        ),
        ("Cell phone", escaped(&number)),
    ];
    if !tenant.units.is_empty() {
        rows.push(("Units", apart(&tenant.units.join(", "))));
    }
    if tenant.moved_out {
        rows.push(("Tenancy", "moved out".to_owned()));
    }
    rows.push(("As of", escaped(&times.text(&pack.as_of))));
    rows.push(("Made", escaped(&times.text(&pack.generated_at))));
    if let Some(part) = pack.part {
        let last = if part.is_last {
            ", the last one"
        } else {
            "; another one follows"
        };
        rows.push(("Part", format!("{}{last}", part.number)));
    }
    let rows: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{value}</dd>\n"))
        .collect();
    format!(
        "<h1>Evidence of consent to text messages</h1>\n<dl>\n{}</dl>\n<p class=\"note\">Names, units and phone number are \
         those on file when this page was made, and what became of a text is what was known then. Everything else is as it was \
         recorded.</p>\n",
        rows.concat()
    )
}

/// What does not hold of the pack: the reader has to know. Nothing can be said of a part by itself.
fn doubts(pack: &Pack, signed: &Value) -> String {
    let examination = Examination::of(vec![signed.clone()])
        .ok()
        .filter(|_| pack.part.is_none());
    let checks = examination.as_ref().map_or(&[][..], Examination::checks).iter();
    let failed: Vec<String> = checks
        .filter(|check| check.fails())
        .map(|check| format!("<p>{}</p>\n", escaped(&check.to_string())))
        .collect();
    if failed.is_empty() {
        return String::new();
    }
    format!(
        "<div class=\"stands\"><p><strong>These records do not hold. Somebody may have altered them in the table.</strong></p>\n{}</div>\n",
        failed.concat()
    )
}

fn stands(pack: &Pack, times: &Times) -> String {
    let standing = &pack.standing;
    let id = standing.record_id.as_deref();
    let begun = pack
        .records
        .iter()
        .find(|record| id.is_some() && record.text("record_id") == id);
    let since = begun.and_then(|record| record.text("at"));
    let sentence = words::standing(standing, &pack.tenant.name, since, times);
    let grade = standing.evidence.map_or_else(String::new, |grade| {
        format!("<p>{}</p>\n", escaped(words::grade(grade)))
    });
    let rests_on = id.map_or_else(String::new, |id| {
        format!("<p>It rests on record {}.</p>\n", escaped(id))
    });
    format!(
        "<div class=\"stands\"><p class=\"label\">As of {}</p>\n<p><strong>{}</strong></p>\n{rests_on}{grade}</div>\n",
        escaped(&times.text(&pack.as_of)),
        apart(&sentence),
    )
}

fn timeline(pack: &Pack, times: &Times, is_cut: bool) -> String {
    let mut entries = String::new();
    let mut decisions = pack.decisions.iter().peekable();
    let mut seen = pack.part.map_or(0, |part| part.records_before);
    let sequence = |decision: &Value| decision["sequence"].as_u64().unwrap_or(0);
    let mut texts_until = |entries: &mut String, seen: u64| {
        while let Some(decision) = decisions.next_if(|decision| sequence(decision) <= seen) {
            entries.push_str(&decision_entry(decision, pack, times));
        }
    };
    for record in &pack.records {
        texts_until(&mut entries, seen);
        seen += 1;
        entries.push_str(&record_entry(record, &pack.tenant.name, times));
    }
    texts_until(&mut entries, u64::MAX);
    let left_out = match pack.decisions_left_out {
        0 => String::new(),
        count => format!(
            "<p class=\"note\">{count} earlier decisions about texts are on file and not shown here. A page as of an earlier \
             time shows them.</p>\n"
        ),
    };
    let nothing = if entries.is_empty() {
        "<p>Nothing was recorded.</p>\n"
    } else {
        ""
    };
    let cut = if is_cut {
        "<p class=\"note\">The next part goes on here.</p>\n"
    } else {
        ""
    };
    format!(
        "<h2>What happened</h2>\n<p class=\"note\">These are the changes of consent, and the decisions about texts to the tenant. The \
         law allows the answers to STOP, START and HELP without an agreement. They are not listed.</p>\n\
         {left_out}{nothing}<ol>\n{entries}</ol>\n{cut}"
    )
}

/// An entry: when, what, and what was shown, received or sent.
fn entry(class: &str, at: &str, sentence: &str, quotes: &[(&str, &str)], id: &str) -> String {
    let length: usize = quotes.iter().map(|(_, text)| text.len()).sum();
    let long = if length > LONG { " long" } else { "" };
    let quotes: Vec<String> = quotes
        .iter()
        .map(|(label, text)| match *text {
            "" => format!("<p class=\"label\">{label}</p>\n"),
            text => format!(
                "<p class=\"label\">{label}</p><blockquote>{}</blockquote>\n",
                escaped(text)
            ),
        })
        .collect();
    format!(
        "<li class=\"{class}{long}\"><time>{}</time><br>{}\n{}<p class=\"label\">{id}</p></li>\n",
        escaped(at),
        apart(sentence),
        quotes.concat(),
    )
}

fn record_entry(stored: &StoredRecord, tenant: &str, times: &Times) -> String {
    let id = escaped(stored.text("record_id").unwrap_or("a record without an id"));
    let at = times.text(stored.text("at").unwrap_or_default());
    let Some(record) = stored.to_record() else {
        let sentence = "Something was recorded that this version of the service cannot read.";
        return entry("record", &at, sentence, &[], &id);
    };
    let Record {
        disclosure,
        text,
        note,
        ..
    } = &record;
    let received = if record.channel == consent::record::Channel::Review {
        "The text that it is about"
    } else {
        "The text received"
    };
    let quotes: Vec<(&str, &str)> = disclosure
        .iter()
        .map(|words| ("What the box said", words.as_str()))
        .chain(text.iter().map(|words| (received, words.as_str())))
        .chain(note.iter().map(|words| ("What they noted", words.as_str())))
        .collect();
    let mut about = vec![
        format!("Record {id}"),
        format!("by {}", apart(&record.actor)),
        format!("rule {}", escaped(record.rule.as_str())),
    ];
    if let Some(matched) = &record.matched {
        about.push(format!("by the words “{}”", apart(matched)));
    }
    if let Some(message) = &record.provider_message_id {
        about.push(format!("message {}", escaped(message)));
    }
    entry(
        "record",
        &at,
        &words::record(&record, tenant, times),
        &quotes,
        &about.join(" · "),
    )
}

fn decision_entry(decision: &Value, pack: &Pack, times: &Times) -> String {
    let grant = decision["consent_record_id"].as_str().and_then(|id| {
        let mut records = pack.records.iter();
        records.find(|record| record.text("record_id") == Some(id))
    });
    let text = |name: &str| decision[name].as_str().unwrap_or_default();
    let at = times.text(text("decided_at"));
    let quotes: Vec<(&str, &str)> = match decision["message"]["body"].as_str() {
        None => Vec::new(),
        Some("") => vec![("The words of the text were erased.", "")],
        Some(body) => vec![("The text", body)],
    };
    let id = format!(
        "Decision {} · rules of the gate {}",
        escaped(text("decision_id")),
        escaped(text("policy_version"))
    );
    entry(
        "text",
        &at,
        &words::decision(decision, grant, &pack.tenant.name, times),
        &quotes,
        &id,
    )
}

fn proof(pack: &Pack, signed: &Value) -> String {
    let rows: Vec<String> = pack
        .records
        .iter()
        .map(|record| {
            let text = |name| escaped(record.text(name).unwrap_or_default());
            format!(
                "<tr><td>{}</td><td class=\"hash\">{}</td></tr>\n",
                record
                    .link()
                    .map_or_else(String::new, |link| link.sequence.to_string()),
                text("hash")
            )
        })
        .collect();
    let head = pack
        .head
        .as_ref()
        .and_then(|head| head.hash.as_deref())
        .unwrap_or("none: nothing was recorded");
    let signature = |name: &str| escaped(signed["signature"][name].as_str().unwrap_or_default());
    format!(
        "<h2>Hashes and signature</h2>\n<table><thead><tr><th>Record</th><th>SHA-256</th></tr></thead><tbody>\n{}</tbody></table>\n\
         <dl><dt>Head</dt><dd class=\"hash\">{}</dd>\n<dt>Signature</dt><dd class=\"hash\">{} by the key {}<br>{}</dd></dl>\n",
        rows.concat(),
        escaped(head),
        signature("algorithm"),
        signature("key_id"),
        signature("value"),
    )
}

fn how_to_check(pack: &Pack, attached: Option<&str>) -> String {
    let path = format!(
        "/v1/facilities/{}/tenants/{}/consent/evidence?as_of={}",
        pack.facility.facility_id, pack.tenant.tenant_id, pack.as_of
    );
    let take = match attached {
        Some(text) => format!(
            "Save the signed pack that this page shows: <a download=\"pack.json\" href=\"data:application/json;base64,{}\">pack.json</a>. \
             It is in this file. If you have only paper, ask the service for it by <code>{}</code>.",
            STANDARD.encode(text),
            escaped(&path),
        ),
        None => format!(
            "Ask the service for the signed pack: <code>{}</code>. It is too long to be in this file.",
            escaped(&path)
        ),
    };
    format!(
        "<h2>How to check</h2>\n<ol class=\"check\">\n<li>1. {take}</li>\n\
         <li>2. Take the public keys from <code>/.well-known/evidence-keys.json</code> of the service as <code>keys.json</code>.</li>\n\
         <li>3. Run <code>consent-verify pack.json --keys keys.json</code>, a command that comes with the service's source. It needs no \
         network. It prints one line for each check: no record is missing or altered; what stands follows from the records by the \
         rules; every text that was allowed rests on an agreement; the service signed all of it.</li>\n\
         <li>4. If you have an earlier page of the same tenant, add <code>--head</code> and the head of that page. The command then \
         shows whether anything before that head was rewritten since.</li>\n</ol>\n\
         <p class=\"note\">Each record carries the hash of the record before it. So nobody can alter a record, or leave one out of the \
         middle, without a trace. The signature shows that the service handed out these records. Neither shows what was changed \
         before the first page or event left the service.</p>\n"
    )
}

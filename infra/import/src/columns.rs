//! Columns that the service does not know, and that may have been meant for ones that it does. The members of NDJSON rows
//! are columns here, too.

use std::io::{self, IsTerminal as _};

use anyhow::{Result, bail};

/// What such columns are called, as [`plain`] makes it. A column that is required cannot be missed: the service refuses
/// a file without it. But there may be a second one, which is the right one.
const PARTS_OF_NAMES: [&str; 20] = [
    "cellnumber",
    "phone",
    "mobile",
    "smsnumber",
    "textnumber",
    "unitnum",
    "stop",
    "optin",
    "optout",
    "opted",
    "unsub",
    "consent",
    "donottext",
    "donotcontact",
    "nottext",
    "notext",
    "createdat",
    "createddate",
    "movein",
    "movedin",
];
/// What they are called as a whole.
const NAMES: [&str; 8] = [
    "cell",
    "tel",
    "sms",
    "dnc",
    "created",
    "tenantsince",
    "leasestart",
    "startdate",
];
/// Columns that the service knows and that may be missing. Others are meant for them that are two letters away at most.
const KNOWN: [&str; 3] = ["cellphone", "units", "repliedstop"];

/// A column's name without what the service does not look at: case, `-`, `_` and blanks.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Whether a column that the service does not know looks like one that it does.
fn looks_known(name: &str) -> bool {
    let name: String = plain(name).chars().filter(char::is_ascii_alphanumeric).collect();
    NAMES.contains(&name.as_str())
        || PARTS_OF_NAMES.iter().any(|part| name.contains(part))
        || KNOWN
            .iter()
            .any(|known| distance(&name, known) <= known.len() / 4)
}

/// How many letters have to be added, removed or replaced to make one text of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, byte) in one.bytes().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (above, other) in row.iter_mut().skip(1).zip(other.bytes()) {
            let replaced = diagonal + usize::from(byte != other);
            diagonal = *above;
            left = replaced.min(diagonal + 1).min(left + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Names as they can be shown on a terminal, whatever is in them.
pub(crate) fn shown<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("{name:?}")).collect();
    names.join(", ")
}

/// Asks whether to go on without columns that look like known ones, where there are such.
pub(crate) async fn ask(ignored: &[String]) -> Result<()> {
    let doubtful = shown(ignored.iter().filter(|name| looks_known(name)));
    if doubtful.is_empty() {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        bail!(
            "the service would ignore the columns {doubtful}, which look like ones that it knows: rename them, or say \
             --yes to go on without them"
        );
    }
    eprint!(
        "The service would ignore the columns {doubtful}, which look like ones that it knows. Go on without them? [y/N] "
    );
    // A thread of its own: Ctrl-C ends the command while it waits.
    let (answer, answered) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        answer.send(read.is_ok() && is_yes(&line)).ok();
    });
    if answered.await? {
        Ok(())
    } else {
        bail!("stopped: nothing more was sent");
    }
}

fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_looks_like_a_known_one_is_told_from_others() {
        for name in [
            "cellphone_number",
            "phone",
            "Home Phone",
            "PHONE #",
            "Tel.",
            "mobile",
            "Cell",
            "celphone",
            "cell_phnoe",
            "stop",
            "Replied STOP?",
            "repliedstp",
            "opted_out",
            "OptedOut",
            "sms_opt_out",
            "unsubscribed",
            "move_in_date",
            "MoveInDate",
            "Created At",
            "unit",
            "Unit Number",
            "Do Not Text",
        ] {
            assert!(looks_known(name), "{name}");
        }
        for name in [
            "",
            "gate code",
            "notes",
            "email",
            "balance",
            "community",
            "cancelled",
            "first name",
            "autopay",
            "rent",
            "address",
            "city",
            "size",
        ] {
            assert!(!looks_known(name), "{name}");
        }
    }

    #[test]
    fn only_a_plain_yes_goes_on() {
        for (line, yes) in [
            ("y\n", true),
            ("Yes\r\n", true),
            ("\n", false),
            ("", false),
            ("no\n", false),
            ("ye\n", false),
        ] {
            assert_eq!(is_yes(line), yes, "{line}");
        }
    }
}

//! Which part of a text the sender wrote: not the text that a tapback names, nor the lines of a quoted mail.

use std::ops::Range;

/// The sender's own words, and the rule that decides when they mean nothing.
pub(super) struct OwnWords {
    pub(super) ranges: Vec<Range<usize>>,
    pub(super) rule: &'static str,
}

/// How a phone that cannot show a reaction spells it out, in the languages of its users; what follows is the
/// text reacted to, in quotation marks. iMessage uses fixed verbs, and "Reacted ... to" for any emoji since
/// iOS 18; Google Messages sends the bare emoji and "to".
const TAPBACKS: &[&str] = &[
    "liked",
    "loved",
    "disliked",
    "laughed at",
    "emphasized",
    "emphasised",
    "questioned",
    "reacted",
    "removed",
    "le gusto",
    "le gustó",
    "le encanto",
    "le encantó",
    "no le gusto",
    "no le gustó",
    "le dio risa",
    "se rio de",
    "se rió de",
    "enfatizo",
    "enfatizó",
    "exclamo",
    "exclamó",
    "destaco",
    "destacó",
    "pregunto",
    "preguntó",
    "cuestiono",
    "cuestionó",
    "dudo de",
    "dudó de",
    "reacciono",
    "reaccionó",
    "elimino",
    "eliminó",
    "quito",
    "quitó",
    "me gusta",
    "me encanta",
    "a aimé",
    "a aime",
    "a adoré",
    "a adore",
    "n’a pas aimé",
    "n'a pas aimé",
    "a ri",
    "a mis",
    "a souligné",
    "a accentué",
    "a questionné",
    "a remis",
    "a réagi",
    "a supprimé",
    "a retiré",
    "gostou de",
    "adorou",
    "amou",
    "curtiu",
    "riu de",
    "gefällt",
    "ha messo",
];

/// The words between a tapback's verb and the quotation: `Removed an exclamation mark from “`.
const LONGEST_TAPBACK: usize = 64;

/// A quotation mark that may open the text reacted to.
const OPENING: [char; 4] = ['“', '"', '«', '„'];
const CLOSING: [char; 4] = ['”', '"', '»', '“'];

/// Finds the sender's own words.
pub(super) fn own_words(text: &str) -> OwnWords {
    if let Some(rest) = after_tapback(text) {
        let written = rest..text.len();
        return OwnWords {
            ranges: vec![written],
            rule: "tapback",
        };
    }
    let mut ranges = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if line.trim_start().starts_with('>') {
            continue;
        }
        if let Some(header) = mail_header(line) {
            ranges.push(start..start + header);
            break;
        }
        ranges.push(start..at);
    }
    let quoted = ranges.last().is_none_or(|last| last.end < text.len());
    OwnWords {
        ranges,
        rule: if quoted { "quoted" } else { "none" },
    }
}

/// Where the text goes on after a tapback, if it begins with one. A quotation that the carrier cut short
/// reaches to the end.
fn after_tapback(text: &str) -> Option<usize> {
    // Most texts are settled without a look at their characters.
    if !text.bytes().any(|byte| byte == b'"' || !byte.is_ascii()) {
        return None;
    }
    let open = text.find(OPENING)?;
    let before = text
        .get(..open)?
        .trim_matches(|c: char| !c.is_alphanumeric() && c.is_ascii());
    if before.len() > LONGEST_TAPBACK {
        return None;
    }
    let verb = before
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    let known = TAPBACKS.iter().any(|tapback| {
        verb.strip_prefix(tapback)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    });
    // Google Messages: an emoji, which leaves no letter before the "to" of the sender's language.
    let emoji = !before.is_ascii() && matches!(verb.as_str(), "to" | "a" | "à" | "para");
    if !known && !emoji {
        return None;
    }
    let quotation = open + text.get(open..)?.chars().next()?.len_utf8();
    let rest = text.get(quotation..)?;
    Some(rest.rfind(CLOSING).map_or(text.len(), |close| quotation + close))
}

/// Where the header of a quoted mail begins in a line: everything from there on is the quoted mail.
fn mail_header(line: &str) -> Option<usize> {
    let trimmed = line.trim_start();
    if [
        "-----Original Message",
        "----- Original Message",
        "________",
        "---------- Forwarded",
    ]
    .iter()
    .any(|marker| trimmed.starts_with(marker))
    {
        return Some(0);
    }
    if !line.bytes().any(|byte| byte == b':') {
        return None;
    }
    [("On ", "wrote:"), ("El ", "escribió:"), ("Le ", "a écrit")]
        .iter()
        .find_map(|(open, close)| {
            let end = line.find(close)?;
            let head = line.get(..end)?;
            // A date stands between the two.
            let start = head
                .find(open)
                .filter(|at| *at == 0 || head.as_bytes().get(at - 1) == Some(&b' '))?;
            head.get(start..)?
                .contains(|c: char| c.is_ascii_digit())
                .then_some(start)
        })
}

//! Quoted mail: `> ` before each line, or everything below a header that a mail program writes.

use std::ops::Range;

/// Before a date and a name, and behind them.
const INTRODUCTIONS: [(&str, &[&str]); 3] = [
    ("On ", &["wrote"]),
    ("El ", &["escribió", "escribio"]),
    ("Le ", &["a écrit", "a ecrit"]),
];

/// The most lines into which mail programs break an introduction.
const LONGEST_INTRODUCTION: usize = 3;

/// The most bytes of an introduction, up to the verb.
const INTRODUCTION_BYTES: usize = 320;

/// What stands between dashes above a mail, or ends in a colon.
const DIVIDERS: [&str; 11] = [
    "original message",
    "forwarded message",
    "begin forwarded message",
    "mensaje original",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "message d'origine",
    "message d’origine",
    "message transféré",
    "début du message transféré",
    "début du message réexpédié",
];

/// The first words of the lines that name a mail's sender, and of those below.
const SENDERS: [&str; 2] = ["from", "de"];
const MORE_FIELDS: [&str; 9] = [
    "sent", "date", "to", "subject", "enviado", "fecha", "para", "envoyé", "à",
];

/// Words of people who tell what they wrote: `On May 3, 2026 I wrote:` is no header.
const TELLERS: [&str; 22] = [
    "i", "i’ve", "i've", "my", "we", "our", "you", "he", "she", "they", "someone", "yo", "mi", "nosotros",
    "ella", "alguien", "je", "mon", "ma", "nous", "il", "elle",
];

/// The lines from `from` on that the sender wrote.
///
/// Below a header only the lines with `>` are quoted where there are such, or else all. A text of nothing but lines
/// with `>` quotes nobody: there is nothing else that the sender could have meant to send.
pub(super) fn own_lines(text: &str, from: usize) -> Vec<Range<usize>> {
    let whole = from..text.len();
    let lines = lines(text, from);
    let mut own: Vec<Range<usize>> = Vec::new();
    let mut headers = false;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at..).unwrap_or_default();
        if is_quoted(text, line) {
            at += 1;
        } else if let Some(header) = header(text, rest) {
            headers = true;
            own.push(line.start..line.start + header.start);
            let below = rest.get(header.lines..).unwrap_or_default();
            let marked = below.iter().find(|line| !slice(text, line).trim().is_empty());
            if header.goes_on || !marked.is_some_and(|line| is_quoted(text, line)) {
                break;
            }
            at += header.lines;
        } else {
            own.push(line.clone());
            at += 1;
        }
    }
    let says_something = |line: &Range<usize>| {
        slice(text, line).contains(|c: char| !c.is_whitespace() && !c.is_ascii_punctuation())
    };
    if !headers && !own.iter().any(says_something) {
        return vec![whole];
    }
    own
}

fn slice<'t>(text: &'t str, line: &Range<usize>) -> &'t str {
    text.get(line.clone()).unwrap_or_default()
}

fn lines(text: &str, from: usize) -> Vec<Range<usize>> {
    let mut at = from;
    let ends = text.get(from..).unwrap_or_default().split_inclusive('\n');
    ends.map(|line| {
        let start = at;
        at += line.len();
        start..at
    })
    .collect()
}

fn is_quoted(text: &str, line: &Range<usize>) -> bool {
    slice(text, line).trim_start().starts_with('>')
}

/// The header of a quoted mail.
struct Header {
    /// Where it begins in its first line.
    start: usize,
    lines: usize,
    /// The quoted mail begins in the header's own line: a gateway has taken the line breaks away.
    goes_on: bool,
}

/// The header that begins in the first of the lines.
fn header(text: &str, lines: &[Range<usize>]) -> Option<Header> {
    let first = slice(text, lines.first()?);
    // Most lines are settled without a closer look.
    if !first.starts_with(['-', '_', ' ', '\t']) && !first.contains(['O', 'E', 'L', ':']) {
        return None;
    }
    if is_divider(first, lines.get(1).map(|line| slice(text, line))) {
        return Some(Header {
            start: 0,
            lines: 1,
            goes_on: false,
        });
    }
    introduction(text, lines)
}

/// `-----Original Message-----`, a rule with `From:` below it, or two fields of a mail.
fn is_divider(line: &str, next: Option<&str>) -> bool {
    let line = line.trim();
    let next = next.map(str::trim).unwrap_or_default();
    let dashes = |c: char| matches!(c, '-' | '—' | '_' | ' ');
    if line.starts_with("---") || line.ends_with(':') {
        let words = line
            .trim_matches(dashes)
            .trim_end_matches(':')
            .trim_end()
            .to_lowercase();
        // A gateway that takes line breaks away leaves the first field in the same line.
        let flat = || DIVIDERS.iter().filter_map(|divider| words.strip_prefix(divider));
        let sender_follows = |rest: &str| is_field(rest.trim_start_matches(dashes), &SENDERS);
        if DIVIDERS.contains(&words.as_str()) || line.starts_with("---") && flat().any(sender_follows) {
            return true;
        }
    }
    let rule = line.len() >= 8 && line.bytes().all(|byte| byte == b'_');
    rule && is_field(next, &SENDERS) || is_field(line, &SENDERS) && is_field(next, &MORE_FIELDS)
}

/// Whether a line begins with one of the fields, whatever blank is before its colon.
fn is_field(line: &str, fields: &[&str]) -> bool {
    let Some((name, _)) = line.split_once(':') else {
        return false;
    };
    let name = name.trim_end().to_lowercase();
    fields.contains(&name.as_str())
}

/// `On Mon, May 3, 2026 at 9:00 AM Oak Storage <oak@example.com> wrote:`, in up to three lines.
fn introduction(text: &str, lines: &[Range<usize>]) -> Option<Header> {
    let begin = lines.first()?.start;
    let first = slice(text, lines.first()?);
    for (opening, closings) in INTRODUCTIONS {
        let starts = first.rmatch_indices(opening).map(|(at, _)| at).filter(|at| {
            first
                .get(..*at)
                .is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t']))
        });
        for start in starts {
            for (count, line) in (1..).zip(lines.iter().take(LONGEST_INTRODUCTION)) {
                let opened = text.get(begin + start..line.end).unwrap_or_default();
                if let Some(goes_on) = closings
                    .iter()
                    .find_map(|closing| closes(opened, opening, closing))
                {
                    return Some(Header {
                        start,
                        lines: count,
                        goes_on,
                    });
                }
            }
        }
    }
    None
}

/// Whether a text from `opening` on is an introduction that ends with `closing` and a colon, and if so whether the
/// mail goes on in the same line. It may do so only behind an address, which no telling has there.
fn closes(text: &str, opening: &str, closing: &str) -> Option<bool> {
    let before_colon = |rest: &str| rest.trim_start().strip_prefix(':').map(str::len);
    let within = text.get(..text.floor_char_boundary(INTRODUCTION_BYTES))?;
    within.match_indices(closing).find_map(|(at, _)| {
        let behind = at + closing.len();
        let left = before_colon(text.get(behind..)?)?;
        let head = text.get(opening.len()..at)?.trim_end();
        let ends = text.get(text.len() - left..)?.trim().is_empty();
        let address = head.trim_end_matches([')', ']']).ends_with('>') && head.contains('@');
        (if ends { address || is_dated(head) } else { address }).then_some(!ends)
    })
}

/// Whether an introduction without an address names a time of day or a year, and nobody who tells of themselves.
fn is_dated(head: &str) -> bool {
    let words = || head.split_whitespace();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let year =
        |part: &str| part.len() == 4 && digits(part) && (part.starts_with("19") || part.starts_with("20"));
    let clock = |word: &str| {
        let mut parts = word.split([':', 'h']);
        let (hour, minute) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        digits(hour) && hour.len() <= 2 && minute.get(..2).is_some_and(digits)
    };
    let dated = words().any(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        clock(bare)
            || year(bare)
            || bare.contains('@')
            || bare.split(['/', '.', '-']).filter(|part| digits(part)).count() == 3
    });
    let told = words().any(|word| TELLERS.contains(&word.to_lowercase().trim_matches(',')));
    dated && !told
}

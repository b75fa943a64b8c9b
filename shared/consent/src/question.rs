//! Whether a text of ours asks the tenant something, so that "not interested" can be the answer to it.
//!
//! A text asks something if its last sentence is a question. Lines that senders add below a question do not count: how to
//! answer ("Reply YES or NO"), how to opt out ("Reply STOP to end"), thanks, and a signature.

/// What tenants are told to send, spelled as they are told.
const KEYWORDS: [&str; 24] = [
    "STOP",
    "END",
    "QUIT",
    "CANCEL",
    "UNSUBSCRIBE",
    "START",
    "HELP",
    "INFO",
    "YES",
    "NO",
    "Y",
    "N",
    "ALTO",
    "PARAR",
    "BAJA",
    "AYUDA",
    "SI",
    "SÍ",
    "ARRET",
    "ARRÊT",
    "AIDE",
    "OUI",
    "NON",
    "OK",
];

/// First words of sentences that say how to answer.
const ANSWER: [&str; 9] = [
    "reply",
    "respond",
    "answer",
    "responda",
    "responde",
    "conteste",
    "répondez",
    "repondez",
    "réponds",
];

/// First words of sentences that say how to answer where a keyword follows: "Text STOP to end", not "Text us".
const SEND: [&str; 10] = [
    "text", "txt", "send", "type", "envíe", "envie", "envía", "envia", "envoyez", "textez",
];

const THANKS: [&str; 5] = ["thanks", "thank", "thx", "gracias", "merci"];

/// The most words of a name below a text.
const LONGEST_SIGNATURE: usize = 5;

/// Whether a text that the facility sends asks the tenant something: its last sentence ends in a question mark
/// and is more than one word. "Questions? Call us." and "Questions?" ask nothing, nor does the question mark inside
/// an address (`pay.example.com/p?id=4`).
pub fn asks(body: &str) -> bool {
    let sentences = sentences(body);
    let mut from_last = sentences.iter().rev();
    from_last
        .find(|sentence| !sentence.is_appended())
        .is_some_and(|sentence| sentence.end == End::Question && sentence.words.len() > 1)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum End {
    #[default]
    Open,
    Stop,
    Question,
}

#[derive(Default)]
struct Sentence<'t> {
    /// Its words, with the punctuation around them taken off.
    words: Vec<&'t str>,
    end: End,
    begins_line: bool,
    after_dash: bool,
}

impl Sentence<'_> {
    /// Whether it is one of those that senders put below what they say.
    fn is_appended(&self) -> bool {
        if self.end == End::Question {
            return false;
        }
        let lower: Vec<String> = self.words.iter().map(|word| word.to_lowercase()).collect();
        let lower: Vec<&str> = lower
            .iter()
            .map(String::as_str)
            .filter(|word| *word != "please")
            .collect();
        let keyword_within = |count| self.words.iter().take(count).any(|word| is_keyword(word));
        match lower.as_slice() {
            [] | ["let", "us" | "me", "know", ..] => true,
            [first, ..] if ANSWER.contains(first) || THANKS.contains(first) => true,
            [first, rest @ ..] if SEND.contains(first) => {
                keyword_within(4) || rest.first().is_some_and(|word| word.len() == 1)
            }
            words if words.contains(&"rates") && words.contains(&"apply") => true,
            _ => keyword_within(1) || self.is_signature(),
        }
    }

    /// A name: after a dash, or on a line of its own with capitals throughout.
    fn is_signature(&self) -> bool {
        let capitals = || self.words.iter().all(|word| word.starts_with(char::is_uppercase));
        self.words.len() <= LONGEST_SIGNATURE
            && (self.after_dash || self.begins_line && self.end == End::Open && capitals())
    }
}

/// Whether a word is what a tenant is told to send: `STOP`, `Y/N`.
fn is_keyword(word: &str) -> bool {
    word.split('/').all(|part| KEYWORDS.contains(&part))
}

/// Cuts a text into sentences. A line break ends one, unless the next line goes on in lower case.
fn sentences(body: &str) -> Vec<Sentence<'_>> {
    let mut sentences = Vec::new();
    let mut open = Sentence::default();
    for line in body.lines() {
        if !line.trim_start().starts_with(char::is_lowercase) {
            close(&mut open, &mut sentences);
        }
        open.begins_line |= open.words.is_empty();
        let mut words = line.split_whitespace().flat_map(parts).peekable();
        while let Some(word) = words.next() {
            open.after_dash |= open.words.is_empty() && word.starts_with(['-', '–', '—', '~']);
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if !bare.is_empty() {
                open.words.push(bare);
            }
            // "At 5 p.m. tomorrow" goes on. A mark that stands alone, as in French, ends what is before it.
            let goes_on = words
                .peek()
                .is_some_and(|next| next.starts_with(char::is_lowercase));
            open.end = match end_of(word) {
                End::Stop if bare.contains('.') && goes_on => End::Open,
                end => end,
            };
            if open.end != End::Open {
                close(&mut open, &mut sentences);
            }
        }
    }
    close(&mut open, &mut sentences);
    sentences
}

fn close<'t>(open: &mut Sentence<'t>, sentences: &mut Vec<Sentence<'t>>) {
    let closed = std::mem::take(open);
    if !closed.words.is_empty() {
        sentences.push(closed);
    }
}

const QUESTION_MARKS: [char; 3] = ['?', '？', '؟'];

/// The words in what has no blank in it: "ready?Reply" is two, an address is one.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let together = is_address(word);
    word.split_inclusive(move |c| !together && QUESTION_MARKS.contains(&c))
}

/// Whether a word is an address of the web, with or without `https://`, or has a query (`p?id=4`).
fn is_address(word: &str) -> bool {
    let Some((before, after)) = word.split_once('?') else {
        return word.contains("://");
    };
    let host = before.split('/').next().unwrap_or_default();
    let host = host.trim_start_matches(|c: char| !c.is_alphanumeric());
    let top = host.split(':').next().and_then(|name| name.rsplit_once('.'));
    let named = top.is_some_and(|(name, top)| {
        name.ends_with(char::is_alphanumeric) && top.len() > 1 && top.bytes().all(|b| b.is_ascii_alphabetic())
    });
    named || before.contains("://") || after.contains('=')
}

/// How a word ends its sentence, whatever brackets, quotation marks and emoji follow the mark.
fn end_of(word: &str) -> End {
    let is_stop = |c: char| matches!(c, '.' | '!' | '…' | '。' | '！');
    let is_mark = |c: char| is_stop(c) || QUESTION_MARKS.contains(&c);
    let word = word.trim_end_matches(|c: char| !c.is_alphanumeric() && !is_mark(c));
    let tail = word.rsplit(|c: char| !is_mark(c)).next().unwrap_or_default();
    if tail.contains(QUESTION_MARKS) {
        End::Question
    } else if tail.is_empty() {
        End::Open
    } else {
        End::Stop
    }
}

#[cfg(test)]
mod tests {
    use super::asks;

    #[track_caller]
    fn check(body: &str, expected: bool) {
        assert_eq!(asks(body), expected, "{body:?}");
    }

    #[test]
    fn a_text_asks_where_its_last_sentence_is_a_question() {
        for body in [
            "Would you like to renew your lease?",
            "Your lease ends Friday. Would you like to renew it?",
            "Are you there ?",
            "Really, you moved out?!",
            "Can you come by (before 5 p.m. tomorrow)?",
            "Can you come by at 5? 🙂",
            "Would you like to renew\nyour lease?",
            "Did you say \"next week?\"",
            "¿Quiere renovar su contrato?",
            "Voulez-vous renouveler votre bail\u{a0}?",
            "Are you there？",
        ] {
            check(body, true);
        }
        for body in [
            "",
            "Your rent is due.",
            "Questions?",
            "Your rent is due Friday. Questions?",
            "Your rent is due Friday. Questions? Call 512-555-0199.",
            "Need a bigger unit? We have them from $40 a month.",
            "Need more space?\nVisit Us Today!",
            "¿Preguntas? Llame al 512-555-0199",
            "Your code is 12?34",
            "? ? ?",
        ] {
            check(body, false);
        }
    }

    #[test]
    fn a_question_mark_in_an_address_asks_nothing() {
        for body in [
            "Pay at https://pay.example.com/p?id=4",
            "Pay at pay.example.com/p?id=4",
            "Pay at pay.example.com/p?4",
            "Pay at PAY.EXAMPLE.COM?4 today",
            "Pay: bit.ly/3xYz?u=1",
            "Pay: (bit.ly/3xYz?u=1).",
            "Pay here www.example.com/?a=1&b=2",
            "Pay at pay.example.com:8080/p?id=4",
            "Pay at localhost/p?id=4",
            "Would you like to pay now? pay.example.com/p?id=4 is where",
        ] {
            check(body, false);
        }
        check("Did you pay at pay.example.com/p?id=4?", true);
        check("Did you get the link to pay.example.com?", true);
    }

    #[test]
    fn what_senders_put_below_a_question_does_not_end_it() {
        for below in [
            " Reply STOP to opt out.",
            " (Reply STOP to opt out)",
            "\nReply STOP to opt out",
            " Txt STOP 2 end",
            " Text Y or N.",
            " Send 1 for yes, 2 for no",
            " STOP to end, HELP for help. Msg & data rates may apply.",
            " Please reply YES or NO.",
            "Reply YES",
            " Y/N",
            " Responda ALTO para cancelar.",
            " Répondez ARRÊT pour ne plus recevoir de messages",
            " Thanks, Ada",
            " Gracias.",
            " Please let us know. Thank you!",
            " - Oak Storage",
            " —Ada at Oak Storage",
            "\nOak Storage",
        ] {
            check(&format!("Would you like to renew?{below}"), true);
        }
        for below in [
            " Text us at 512-555-0199.",
            " Your lease ends Friday.",
            " Call Ada.",
        ] {
            check(&format!("Would you like to renew?{below}"), false);
        }
        check("Your rent is due. Reply STOP to opt out.", false);
        check("Reply STOP to opt out.", false);
        check("Thanks!", false);
    }
}

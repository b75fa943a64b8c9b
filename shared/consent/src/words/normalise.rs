//! Cuts a text into folded words that keep their place in the original.
//!
//! Folding: compatibility forms (ＳＴＯＰ, 𝐬𝐭𝐨𝐩) become plain letters, accents go, capitals go, letters of other
//! alphabets that look like Latin ones become Latin, and invisible characters vanish. An apostrophe joins
//! (`don't` is `dont`), a hyphen joins where that makes a known word (`opt-out` is `optout`), and single letters
//! join where that makes one (`s.t.o.p`).

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::rulebook::RULEBOOK;
use super::spelling;
use super::vocabulary::{Unknown, WordId, is_unknown};

/// How many characters are read. A concatenated SMS holds 1,600 at most at the providers; beyond this the
/// caller is told that something was left unread.
const READ_LIMIT: usize = 4_096;

/// A word as the rules see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) id: WordId,
    /// Bytes of the original text.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Which clause of the text it stands in, counted from 0.
    pub(super) clause: u16,
}

/// The words of a text.
pub(super) struct Message {
    pub(super) words: Vec<Word>,
    /// The text went on after `READ_LIMIT`.
    pub(super) unread: bool,
}

/// What stands before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Space,
    /// A hyphen and nothing else.
    Hyphen,
    /// Punctuation that ends a clause.
    Break,
}

/// A run of letters or digits, before the vocabulary is asked.
struct Run {
    place: Range<usize>,
    folded: Range<usize>,
    gap: Gap,
    /// The quotation it stands in; 0 is none.
    quotation: u16,
    unknown: Unknown,
}

/// Reads the given parts of a text.
pub(super) fn read(text: &str, parts: &[Range<usize>]) -> Message {
    let mut reader = Reader::default();
    for part in parts {
        reader.gap = Gap::Break;
        reader.read(text.get(part.clone()).unwrap_or_default(), part.start);
    }
    let unread = reader.read >= READ_LIMIT;
    Message {
        words: reader.into_words(),
        unread,
    }
}

struct Reader {
    folded: String,
    runs: Vec<Run>,
    open: Option<Run>,
    gap: Gap,
    read: usize,
    quotations: u16,
    quotation: u16,
    previous: char,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            folded: String::with_capacity(192),
            runs: Vec::with_capacity(40),
            open: None,
            gap: Gap::Break,
            read: 0,
            quotations: 0,
            quotation: 0,
            previous: ' ',
        }
    }
}

impl Reader {
    fn read(&mut self, part: &str, offset: usize) {
        let mut rest = part.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            if self.read == READ_LIMIT {
                break;
            }
            self.read += 1;
            let next = rest.peek().map_or('\n', |(_, next)| *next);
            self.take(c, next, offset + at);
            self.previous = c;
        }
        self.finish_run();
    }

    fn take(&mut self, c: char, next: char, at: usize) {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => self.push(c.to_ascii_lowercase(), c, at),
            ' ' | '\t' | '/' | '&' | '+' | '=' | '_' | '~' | '\\' | '^' | '<' | '>' | '%' => {
                self.separate(Gap::Space);
            }
            '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '′' => {}
            // Inside a word these stand for letters: $top, f**k.
            '$' if next.is_alphabetic() => self.push(c, c, at),
            '@' if self.open.is_some() && next.is_alphabetic() => self.push(c, c, at),
            '*' if self.open.is_some() && (next.is_alphabetic() || next == '*') => self.push(c, c, at),
            '#' if self.open.is_none() && !next.is_alphanumeric() => {
                self.separate(Gap::Space);
                self.push(c, c, at);
                self.separate(Gap::Space);
            }
            '*' | '#' => self.separate(Gap::Space),
            '-' | '‐' | '‑' if self.previous.is_alphanumeric() && next.is_alphanumeric() => {
                self.separate(Gap::Hyphen);
            }
            // An inch mark is no quotation mark.
            '"' if self.previous.is_ascii_digit() => self.separate(Gap::Space),
            '"' | '“' | '”' | '«' | '»' | '„' => self.quote(c),
            _ if c.is_ascii() => self.separate(Gap::Break),
            _ if is_invisible(c) => {}
            _ => self.take_foreign(c, at),
        }
    }

    fn take_foreign(&mut self, c: char, at: usize) {
        if let Some(latin) = look_alike(c) {
            return self.push(latin, c, at);
        }
        let mut letters = false;
        decompose_compatible(c, |part| {
            if part.is_alphanumeric() && !is_combining_mark(part) {
                letters = true;
                for lower in part.to_lowercase() {
                    self.push(look_alike(lower).unwrap_or(lower), c, at);
                }
            }
        });
        if letters || is_combining_mark(c) {
            return;
        }
        if c.is_whitespace() && c != '\u{2028}' && c != '\u{2029}' {
            return self.separate(Gap::Space);
        }
        let mut symbol = [0; 4];
        if RULEBOOK.word(c.encode_utf8(&mut symbol)).is_some() {
            // A hand or a stop sign that the rules know is a word of its own.
            self.separate(Gap::Space);
            self.push(c, c, at);
            self.separate(Gap::Space);
        } else {
            self.separate(Gap::Break);
        }
    }

    fn push(&mut self, folded: char, original: char, at: usize) {
        let end = at + original.len_utf8();
        let start_of_run = self.folded.len();
        let run = self.open.get_or_insert_with(|| Run {
            place: at..end,
            folded: start_of_run..start_of_run,
            gap: self.gap,
            quotation: self.quotation,
            unknown: if original.is_uppercase() {
                Unknown::Name
            } else {
                Unknown::Plain
            },
        });
        // A name is written Like This, not LIKE THIS.
        if run.place.start != at && original.is_uppercase() {
            run.unknown = Unknown::Plain;
        }
        self.folded.push(folded);
        run.folded.end = self.folded.len();
        run.place.end = end;
    }

    fn finish_run(&mut self) {
        if let Some(mut run) = self.open.take() {
            // Stars after a word set it in bold; after one letter they hide a curse.
            let letters = self.text(&run).trim_end_matches('*').len();
            if letters > 2 {
                run.folded.end = run.folded.start + letters;
                self.folded.truncate(run.folded.end);
            }
            self.runs.push(run);
            self.gap = Gap::Space;
        }
    }

    fn separate(&mut self, gap: Gap) {
        let fresh = self.open.is_some();
        self.finish_run();
        self.gap = match (fresh, self.gap, gap) {
            (true, _, gap) => gap,
            (_, Gap::Break, _) | (_, _, Gap::Break) => Gap::Break,
            _ => Gap::Space,
        };
    }

    fn quote(&mut self, c: char) {
        self.separate(Gap::Space);
        let opens = match c {
            '“' | '«' | '„' => true,
            '"' => self.quotation == 0,
            _ => false,
        };
        if opens {
            self.quotations = self.quotations.saturating_add(1);
            self.quotation = self.quotations;
        } else {
            self.quotation = 0;
        }
    }
}

impl Reader {
    fn text(&self, run: &Run) -> &str {
        self.folded.get(run.folded.clone()).unwrap_or_default()
    }

    /// Asks the vocabulary for each run, joining what was written apart.
    fn into_words(mut self) -> Vec<Word> {
        // A quotation that nobody closed is a stray mark.
        let unclosed = self.quotation;
        for run in &mut self.runs {
            if run.quotation == unclosed {
                run.quotation = 0;
            }
        }
        self.drop_quotations();
        if let Some(word) = self.whole_word() {
            return vec![word];
        }
        let mut words: Vec<Word> = Vec::with_capacity(self.runs.len() + 8);
        let mut clause = 0_u16;
        let mut at = 0;
        while let Some(run) = self.runs.get(at) {
            if run.gap == Gap::Break && !words.is_empty() {
                clause = clause.saturating_add(1);
            }
            let joined = self.joined(at);
            let (count, place) = match &joined {
                Some((count, _)) => (*count, run.place.start..self.place_of(at + count - 1).end),
                None => (1, run.place.clone()),
            };
            let mut add = |id: WordId| {
                let repeats = words
                    .last()
                    .is_some_and(|last| last.id == id && last.clause == clause && !is_unknown(id));
                match words.last_mut() {
                    // "stop stop stop" is one word, said loudly.
                    Some(last) if repeats => last.end = place.end,
                    _ => words.push(Word {
                        id,
                        start: place.start,
                        end: place.end,
                        clause,
                    }),
                }
            };
            match joined {
                Some((_, id)) => add(id),
                None => spelling::resolve(self.text(run), run.unknown, &mut add),
            }
            at += count;
        }
        // "No. More. Texts." is one clause, said slowly.
        let slowly = words.len() > 2 && (0..).zip(&words).all(|(nth, word)| word.clause == nth);
        if slowly {
            for word in &mut words {
                word.clause = 0;
            }
        }
        words
    }

    fn place_of(&self, at: usize) -> Range<usize> {
        self.runs.get(at).map_or(0..0, |run| run.place.clone())
    }

    /// How many runs from `at` on make one known word, and which: `e-mail`, `s t o p`.
    fn joined(&self, at: usize) -> Option<(usize, WordId)> {
        let first = self.runs.get(at)?;
        let next = self.runs.get(at + 1)?;
        if next.gap == Gap::Hyphen {
            let both = self.folded.get(first.folded.start..next.folded.end)?;
            if let Some(id) = RULEBOOK.word(both) {
                return Some((2, id));
            }
        }
        if first.folded.len() > 1 || next.folded.len() > 1 {
            return None;
        }
        let rest = self.runs.get(at..)?;
        let letters = rest
            .iter()
            .take(LONGEST_SPELLED_OUT)
            .take_while(|run| run.folded.len() == 1)
            .count();
        (3..=letters).rev().find_map(|count| {
            let last = rest.get(count - 1)?;
            let word = self.folded.get(first.folded.start..last.folded.end)?;
            Some((count, RULEBOOK.word(word)?))
        })
    }

    /// A keyword that is the whole message, however it was cut up: `st op`, `un subscribe`.
    fn whole_word(&self) -> Option<Word> {
        let (first, last) = (self.runs.first()?, self.runs.last()?);
        if self.runs.len() < 2 || self.folded.len() > LONGEST_SPELLED_OUT {
            return None;
        }
        // Dropped quotations leave holes in the folded text.
        let together = self.folded.get(first.folded.start..last.folded.end)?;
        let length: usize = self.runs.iter().map(|run| run.folded.len()).sum();
        if length != together.len() {
            return None;
        }
        let id = RULEBOOK
            .keyword(together)
            .or_else(|| spelling::long_keyword(together))?;
        Some(Word {
            id,
            start: first.place.start,
            end: last.place.end,
            clause: 0,
        })
    }

    /// Takes out quotations of two words or more, which are somebody else's, unless the quotation is the whole
    /// text or the sender quotes themselves: `I said "stop texting me"`.
    fn drop_quotations(&mut self) {
        let outside = self.runs.iter().any(|run| run.quotation == 0);
        if self.quotations == 0 || !outside {
            return;
        }
        let mut kept: Vec<Run> = Vec::with_capacity(self.runs.len());
        let mut runs = std::mem::take(&mut self.runs).into_iter().peekable();
        while let Some(run) = runs.next() {
            let quotation = run.quotation;
            if quotation == 0 {
                kept.push(run);
                continue;
            }
            let mut quoted = vec![run];
            while let Some(run) = runs.next_if(|run| run.quotation == quotation) {
                quoted.push(run);
            }
            let before = kept.iter().rev().take(3);
            let own = before
                .into_iter()
                .any(|run| matches!(self.text(run), "i" | "ive" | "me" | "yo" | "je" | "jai"));
            if own || quoted.len() == 1 {
                kept.extend(quoted);
            }
        }
        self.runs = kept;
    }
}

/// Letters of the longest word that is put together again from single letters.
const LONGEST_SPELLED_OUT: usize = 16;

/// Characters that no reader sees: zero-width spaces and joiners, direction marks, the soft hyphen, variation
/// selectors, the skin tones after a hand.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e01ef}')
}

/// The Latin letter that a Cyrillic or Greek one looks like.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'а' | 'А' | 'α' | 'Α' => 'a',
        'в' | 'В' | 'Β' => 'b',
        'с' | 'С' => 'c',
        'е' | 'Е' | 'ε' | 'Ε' => 'e',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' => 'i',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'м' | 'М' | 'Μ' => 'm',
        'Ν' => 'n',
        'о' | 'О' | 'ο' | 'Ο' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ѕ' | 'Ѕ' => 's',
        'đ' | 'Đ' => 'd',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' | 'у' | 'У' | 'Υ' => 'u',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        _ => return None,
    })
}

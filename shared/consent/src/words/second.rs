//! The second reader: two linear models over the same features. One finds doubt where the frames find nothing, and has its doubts
//! about a frame that reads like ordinary talk. The other confirms that a refusal near texts, in an arrangement that no frame
//! knows, is meant as a request. Neither stops texts by itself, and neither grants.
//!
//! Words, their neighbours, parts of words, the tags of the lexicon and the hints of the tables are hashed into 32,768 buckets, each with two weights of
//! 8 bits. A text's score is the sum of its weights over the root of their number: integers only, so the same on every machine. The
//! weights are trained by `cargo run --release -p consent --example words_train` from the rows of `tests/corpus/` alone. Who changes
//! tags, hints or those rows trains them anew.

use super::Seen;
use super::lexicon::{Tag, set};
use super::rule::Effect;
use super::search::Hit;
use super::table::Verdict;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The weights: for each bucket that of doubt, and then for each bucket that of a request.
static WEIGHTS: &[u8; 2 * BUCKETS] = include_bytes!("second.weights");
/// How many weights each model has.
pub const BUCKETS: usize = 32_768;
/// A doubt of this and more holds a text that speaks of texts, numbers, or a fact that raises doubt.
const NEAR: i64 = 300;
/// The same for any other text.
const FAR: i64 = 900;
/// A doubt below this is ordinary talk.
const ORDINARY: i64 = -1_150;
/// A score of this and more as a request confirms one.
const SURE: i64 = 1_600;
/// A text with a lower score as a request is ordinary, even where its score as a doubt is high.
const UNASKED: i64 = -1_200;

/// A number that tells these weights from others.
pub fn weights_fingerprint() -> u32 {
    hash(START, WEIGHTS)
}

/// What the second reader makes of a text.
pub(super) struct Scores {
    /// How likely it is to ask for no more texts, or to come from somebody else.
    doubt: i64,
    /// How likely it is to ask for no more texts, and nothing less.
    request: i64,
    /// It speaks of texts, numbers, or a fact that raises doubt.
    near: bool,
}

impl Scores {
    pub(super) fn of(seen: &Seen) -> Self {
        let (mut doubt, mut request, mut count) = (0_i64, 0_i64, 0_u64);
        let weight = |at: usize| i64::from(WEIGHTS.get(at).copied().unwrap_or_default().cast_signed());
        features(seen, |feature| {
            let bucket = usize::from(bucket(feature));
            doubt += weight(bucket);
            request += weight(BUCKETS + bucket);
            count += 1;
        });
        let root = (count * 64).isqrt().max(1).cast_signed();
        Self {
            doubt: doubt * 256 / root,
            request: request * 256 / root,
            near: speaks_of_texts(seen),
        }
    }

    pub(super) fn is_doubt(&self) -> bool {
        self.doubt >= if self.near { NEAR } else { FAR }
    }

    pub(super) fn is_ordinary(&self) -> bool {
        self.doubt < ORDINARY || self.request < UNASKED
    }

    pub(super) fn is_request(&self) -> bool {
        self.request >= SURE
    }
}

fn speaks_of_texts(seen: &Seen) -> bool {
    const SUBJECTS: u128 = set(&[Tag::Texts, Tag::Leave, Tag::Remove, Tag::Revoke, Tag::Permit]);
    let found = &seen.found;
    found.tokens.iter().any(|token| token.tags & SUBJECTS != 0) || found.hits.iter().any(is_hint)
}

fn is_hint(hit: &Hit) -> bool {
    matches!(hit.rule.effect, Effect::Hint | Effect::Party)
}

/// Calls `add` with a number for every feature of the sender's own words.
pub(super) fn features(seen: &Seen, mut add: impl FnMut(u32)) {
    let text = seen.text;
    let mut folded = String::with_capacity(text.len() + 2);
    let mut taken = 0;
    folded.push(' ');
    for part in &seen.own.ranges {
        for c in text.get(part.clone()).unwrap_or_default().chars() {
            taken += 1;
            if taken > LONGEST {
                break;
            }
            fold(c, &mut folded);
        }
        blank(&mut folded);
    }
    let near = speaks_of_texts(seen);
    let mut before = 0_u32;
    let mut length = 0_u32;
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        let hash = hash(START, word.as_bytes());
        add(hash);
        add(hash.wrapping_mul(31) ^ before);
        if length == 0 {
            add(hash ^ 0x5555);
        }
        // The same word means more in a text that speaks of texts.
        add(hash.rotate_left(16) ^ if near { NEARBY } else { ELSEWHERE });
        before = hash.wrapping_mul(PRIME);
        length += 1;
    }
    add(before ^ 0x7777);
    // What is one number among hundreds counts several times.
    let mut weigh = |times: u32, kind: u32| (0..times).for_each(|nth| add(kind.rotate_left(8) ^ nth));
    weigh(
        4,
        LENGTH
            ^ if length < 4 {
                length
            } else {
                4 + ((length - 1) / 4).min(6)
            },
    );
    weigh(4, if near { NEARBY } else { ELSEWHERE });
    for hit in &seen.found.hits {
        let rule = hash(START ^ 0x33, hit.rule.id.as_bytes());
        if is_hint(hit) {
            weigh(4, rule);
            weigh(4, rule ^ (u32::from(hit.mark) << 8));
        } else {
            weigh(3, rule);
        }
    }
    for (_, row) in &seen.frames {
        let times = if row.verdict == Verdict::Nothing { 6 } else { 3 };
        weigh(times, hash(START ^ 0x44, row.id.as_bytes()));
    }
    let mut kinds = [1_u32; 2];
    for token in &seen.found.tokens {
        let kind = hash(START ^ 0xaa, &token.tags.to_le_bytes());
        add(kind);
        add(kind.wrapping_mul(31) ^ kinds[0]);
        add(kind.wrapping_mul(961) ^ kinds[0].wrapping_mul(31) ^ kinds[1]);
        kinds = [kind.wrapping_mul(PRIME), kinds[0].wrapping_mul(PRIME)];
    }
    // Parts of words, four and five bytes long.
    let mut window = 0_u64;
    for (at, byte) in folded.bytes().enumerate() {
        window = window << 8 | u64::from(byte);
        if at >= 3 {
            add(part(window & 0xffff_ffff));
        }
        if at >= 4 {
            add(part(window & 0xff_ffff_ffff));
        }
    }
}

/// A number for a part of a word: the upper bits of a product (Fibonacci hashing).
fn part(window: u64) -> u32 {
    let mixed = window.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from(mixed >> 32).unwrap_or_default()
}

/// More characters than anything a phone sends.
const LONGEST: usize = 1_600;
/// Kinds of features: how long the text is, and whether it speaks of texts.
const LENGTH: u32 = 0x4c00_0000;
const NEARBY: u32 = 0x6e00_0001;
const ELSEWHERE: u32 = 0x6500_0001;
const START: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

fn hash(start: u32, bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(start, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(PRIME))
}

/// The bucket of a feature.
pub(super) fn bucket(hash: u32) -> u16 {
    let mixed = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    u16::try_from(mixed >> 17).unwrap_or_default()
}

fn blank(folded: &mut String) {
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// A letter that is held down counts twice at most: hundreds of it would outweigh all else.
fn letter(c: char, folded: &mut String) {
    let mut last = folded.chars().rev();
    if [last.next(), last.next()] != [Some(c); 2] {
        folded.push(c);
    }
}

/// A sign is a word of its own, and several of the same are one.
fn sign(c: char, folded: &mut String) {
    blank(folded);
    if !folded.trim_end_matches(' ').ends_with(c) {
        folded.push(c);
        blank(folded);
    }
}

/// Lower case without accents and apostrophes. Digits are all one, marks a blank, and a question mark a word.
fn fold(c: char, folded: &mut String) {
    match c {
        'a'..='z' | 'A'..='Z' => letter(c.to_ascii_lowercase(), folded),
        '0'..='9' => {
            if !folded.ends_with('0') {
                folded.push('0');
            }
        }
        '\'' | '’' => {}
        '?' => sign(c, folded),
        _ if c.is_ascii() => blank(folded),
        _ => decompose_canonical(c, |part| match part {
            part if is_combining_mark(part) => {}
            part if part.is_alphanumeric() => part.to_lowercase().for_each(|part| letter(part, folded)),
            part if part.is_whitespace() => blank(folded),
            part if ('\u{2000}'..='\u{206f}').contains(&part) => blank(folded),
            part => sign(part, folded),
        }),
    }
}

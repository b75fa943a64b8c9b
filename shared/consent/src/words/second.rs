//! The second reader: a linear model that finds doubt where the frames find nothing, and that has its doubts about a frame which
//! reads like ordinary talk. It can only hold texts, never stop and never grant.
//!
//! Words, their neighbours, parts of words and the tags of the lexicon are hashed into 65,536 buckets, each with a weight of 8 bits. A text's score is the
//! sum of its weights over the root of their number: integers only, so the same on every machine. The weights are trained by
//! `cargo run --release -p consent --example words_train` from the rows of `tests/corpus/` alone. Who changes tags, hints or those rows
//! trains them anew.

use super::lexicon::{Tag, set};
use super::quoted::OwnWords;
use super::rule::Effect;
use super::search::{Found, Hit};
use super::table::{Row, Verdict};

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The weights, a byte for each bucket.
static WEIGHTS: &[u8; BUCKETS] = include_bytes!("second.weights");
/// How many weights there are.
pub const BUCKETS: usize = 65_536;
/// A score of this and more is a doubt in a text that speaks of texts, numbers, or a fact that raises doubt.
const NEAR: i64 = 700;
/// The same in any other text.
const FAR: i64 = 1700;
/// A score below this is ordinary talk.
pub(super) const VETO: i64 = -1_500;

/// A number that tells these weights from others.
pub fn weights_fingerprint() -> u32 {
    hash(START, WEIGHTS)
}

/// How likely a text is to ask for no more texts, or to come from somebody else.
pub(super) fn score(
    text: &str,
    own: &OwnWords,
    found: &Found,
    rows: impl Iterator<Item = &'static Row>,
) -> i64 {
    let (mut sum, mut count) = (0_i64, 0_u64);
    features(text, own, found, rows, |bucket| {
        let weight = WEIGHTS.get(usize::from(bucket)).copied().unwrap_or_default();
        sum += i64::from(weight.cast_signed());
        count += 1;
    });
    let root = (count * 64).isqrt().max(1);
    sum * 256 / root.cast_signed()
}

/// The score from which on a text is a doubt.
pub(super) fn bar(found: &Found) -> i64 {
    const SUBJECTS: u64 = set(&[Tag::Texts, Tag::Leave, Tag::Remove, Tag::Revoke, Tag::Permit]);
    let near = found.tokens.iter().any(|token| token.tags & SUBJECTS != 0) || found.hits.iter().any(is_hint);
    if near { NEAR } else { FAR }
}

fn is_hint(hit: &Hit) -> bool {
    matches!(hit.rule.effect, Effect::Hint | Effect::Party)
}

/// Calls `add` with the bucket of every feature of the given parts of a text.
pub(super) fn features(
    text: &str,
    own: &OwnWords,
    found: &Found,
    rows: impl Iterator<Item = &'static Row>,
    mut add: impl FnMut(u16),
) {
    let mut folded = String::with_capacity(text.len() + 2);
    let mut taken = 0;
    folded.push(' ');
    for part in &own.ranges {
        for c in text.get(part.clone()).unwrap_or_default().chars() {
            taken += 1;
            if taken > LONGEST {
                break;
            }
            fold(c, &mut folded);
        }
        blank(&mut folded);
    }
    let bytes = folded.as_bytes();
    let mut before = [0_u32; 2];
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        let hash = hash(START, word.as_bytes());
        add(bucket(hash));
        add(bucket(hash.wrapping_mul(31) ^ before[0]));
        if before[1] != 0 {
            add(bucket(
                hash.wrapping_mul(961) ^ before[0].wrapping_mul(31) ^ before[1],
            ));
        }
        before = [hash.wrapping_mul(PRIME), before[0].wrapping_mul(PRIME)];
    }
    // A hint counts for several words: it is one number among hundreds.
    for hit in found.hits.iter().filter(|hit| is_hint(hit)) {
        let rule = hash(START ^ 0x33, hit.rule.id.as_bytes());
        for nth in 0..4 {
            add(bucket(rule ^ nth));
            add(bucket(rule ^ (u32::from(hit.mark) << 8) ^ nth));
        }
    }
    for row in rows.filter(|row| row.verdict == Verdict::Nothing) {
        let rule = hash(START ^ 0x44, row.id.as_bytes());
        (0..4).for_each(|nth| add(bucket(rule ^ nth)));
    }
    let mut kinds = [1_u32; 2];
    for token in &found.tokens {
        let tags = token.tags.to_le_bytes();
        let kind = hash(START ^ 0xaa, &tags);
        add(bucket(kind));
        add(bucket(kind.wrapping_mul(31) ^ kinds[0]));
        add(bucket(
            kind.wrapping_mul(961) ^ kinds[0].wrapping_mul(31) ^ kinds[1],
        ));
        kinds = [kind.wrapping_mul(PRIME), kinds[0].wrapping_mul(PRIME)];
    }
    // Parts of words, four and five bytes long.
    let mut window = 0_u64;
    for (at, byte) in bytes.iter().enumerate() {
        window = (window << 8 | u64::from(*byte)) & 0xff_ffff_ffff;
        if at >= 3 {
            add(part(window & 0xffff_ffff));
        }
        if at >= 4 {
            add(part(window | 1 << 40));
        }
    }
}

/// The bucket of a part of a word: the upper bits of a product (Fibonacci hashing).
fn part(window: u64) -> u16 {
    let mixed = window.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u16::try_from(mixed >> 48).unwrap_or_default()
}

/// More characters than anything a phone sends.
const LONGEST: usize = 1_600;
const START: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

fn hash(start: u32, bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(start, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(PRIME))
}

fn bucket(hash: u32) -> u16 {
    let mixed = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    u16::try_from(mixed >> 16).unwrap_or_default()
}

fn blank(folded: &mut String) {
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// Lower case without accents and apostrophes. Digits are all one, marks a blank, and a question mark a word.
fn fold(c: char, folded: &mut String) {
    match c {
        'a'..='z' => folded.push(c),
        'A'..='Z' => folded.push(c.to_ascii_lowercase()),
        '0'..='9' => {
            if !folded.ends_with('0') {
                folded.push('0');
            }
        }
        '\'' | '’' => {}
        '?' => {
            blank(folded);
            folded.push_str("? ");
        }
        _ if c.is_ascii() => blank(folded),
        _ => decompose_canonical(c, |part| match part {
            part if is_combining_mark(part) => {}
            part if part.is_alphanumeric() => folded.extend(part.to_lowercase()),
            part if part.is_whitespace() => blank(folded),
            part if ('\u{2000}'..='\u{206f}').contains(&part) => blank(folded),
            part => {
                blank(folded);
                folded.push(part);
                blank(folded);
            }
        }),
    }
}

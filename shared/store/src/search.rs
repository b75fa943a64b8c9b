//! Names as they sort, and how the report's search finds a tenant.
//!
//! Each search has one *token*, and a tenant is listed under every token that a search for them can have: [`tokens`] and
//! [`Search::token`] belong together.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use consent::id::{PhoneNumber, TenantId};
use consent::tenant::Details;
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Text without case and accents. Stored keys depend on it: what it makes of a text stays as it is.
fn fold(text: &str) -> String {
    text.chars()
        .map(|character| if is_apostrophe(character) { '\'' } else { character })
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .fold(String::with_capacity(text.len()), |mut folded, character| {
            match without_stroke(character) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(character),
            }
            folded
        })
}

/// What is typed or printed for an apostrophe: some of it counts as a letter in Unicode, or as an accent.
fn is_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\'' | '`' | '´' | '‘' | '’' | '\u{2bb}' | '\u{2bc}' | '\u{2bd}' | '＇'
    )
}

/// What people type for letters that Unicode does not decompose.
fn without_stroke(character: char) -> Option<&'static str> {
    Some(match character {
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ø' => "o",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ς' => "σ",
        _ => return None,
    })
}

/// A sort key holds 1,024 bytes at most. Names that agree in all of this sort by id.
const NAME_BYTES: usize = 900;

/// Ends the name in a sort key. It sorts before whatever else a name has, so that "Ann" comes before "Ann Bell".
pub(crate) const NAME_END: char = '\u{1}';

/// The key by which a facility's tenants are sorted: name, then tenant id.
pub(crate) fn sort_key(name: &str, tenant: &TenantId) -> String {
    let mut folded = fold(name);
    let end = (0..=NAME_BYTES.min(folded.len()))
        .rev()
        .find(|at| folded.is_char_boundary(*at));
    folded.truncate(end.unwrap_or(0));
    format!("{folded}{NAME_END}{tenant}")
}

/// What stands between other characters than letters, digits and apostrophes, without the latter.
fn pieces(folded: &str) -> impl Iterator<Item = String> + '_ {
    folded
        .split(|character: char| !character.is_alphanumeric() && character != '\'')
        .map(|word| word.replace('\'', ""))
        .filter(|word| !word.is_empty())
}

/// The words of a name: its pieces, those that an apostrophe parts, and those that only spaces and hyphens part.
fn words(folded: &str) -> impl Iterator<Item = String> + '_ {
    let whole = folded
        .split(|character: char| character.is_whitespace() || character == '-')
        .map(|word| {
            word.chars()
                .filter(|character| character.is_alphanumeric())
                .collect::<String>()
        });
    let parts = folded
        .split(|character: char| !character.is_alphanumeric())
        .map(str::to_owned);
    pieces(folded)
        .chain(whole)
        .chain(parts)
        .filter(|word| !word.is_empty())
}

/// How many first characters of a word are a token.
const WORD_TOKEN: usize = 3;
/// So many where a digit is among them, as in units. Of names that begin with the same two letters there are so many
/// that looking through the index finds them as well, and every token costs a write when a tenant is registered.
const WORD_TOKEN_WITH_DIGIT: usize = 2;
/// A unit is listed under this many of its words: the first ones that have a token.
const UNIT_WORDS: usize = 2;
/// How many digits of a phone number are a token: its last.
const DIGITS_TOKEN: usize = 4;
/// A phone number has at most this many digits (E.164). A search for more of them has no token, so that a long number in
/// a name or unit does not need a token for each of its digits.
const NUMBER_DIGITS: usize = 15;
/// As people type it, it has some more: what is dialled before it, a country code twice, a zero too many.
const TYPED_DIGITS: usize = 20;
/// With words around them, fewer digits are not taken for a phone number: `Unit 1234`.
const LABELLED_DIGITS: usize = 7;
/// A number that follows a dialling prefix, such as 011 or 0, has at least this many digits.
const DIALLED_DIGITS: usize = 8;

/// What a tenant is listed under a token for, beside a word of their name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    /// Their number, where the token is its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cell_phone: Option<PhoneNumber>,
    /// The units with the token.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) units: Vec<String>,
}

/// The tokens that a tenant is listed under: the beginnings of each word of their name and units, and the last
/// digits of their number.
pub(crate) fn tokens(details: &Details) -> BTreeMap<String, Listed> {
    let mut tokens: BTreeMap<String, Listed> = BTreeMap::new();
    for token in name_tokens(&details.name) {
        tokens.entry(token).or_default();
    }
    for unit in &details.units {
        for token in unit_tokens(unit) {
            tokens.entry(token).or_default().units.push(unit.clone());
        }
    }
    if let Some(number) = &details.cell_phone
        && let Some(token) = last_digits(number.as_str())
    {
        tokens.entry(token).or_default().cell_phone = Some(number.clone());
    }
    tokens
}

/// Any word of a search may begin any word of a name.
fn name_tokens(name: &str) -> BTreeSet<String> {
    let mut tokens = BTreeSet::new();
    for word in words(&fold(name)) {
        tokens.extend(word_tokens(&word));
        // Digits that could be the end of a phone number are looked up by their own end.
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let ends = DIGITS_TOKEN..=digits.min(NUMBER_DIGITS);
        tokens.extend(ends.filter_map(|end| last_digits(word.get(..end)?)));
    }
    tokens
}

/// A search is a beginning of the unit: its words are the first ones, and its digits, too.
fn unit_tokens(unit: &str) -> BTreeSet<String> {
    let folded = fold(unit);
    let words = pieces(&folded).map(|word| word_tokens(&word).collect::<Vec<_>>());
    let words = words.filter(|tokens| !tokens.is_empty()).take(UNIT_WORDS);
    let digits = folded
        .char_indices()
        .filter(|(_, character)| character.is_ascii_digit());
    let beginnings = digits.take(NUMBER_DIGITS).filter_map(|(at, _)| folded.get(..=at));
    words
        .flatten()
        .chain(beginnings.filter_map(number_token))
        .collect()
}

/// The tokens by which a word's beginnings are looked up.
fn word_tokens(word: &str) -> impl Iterator<Item = String> {
    short_token(word).into_iter().chain(long_token(word))
}

/// The token of three characters, of a word that has three or more.
fn long_token(word: &str) -> Option<String> {
    let token: String = word.chars().take(WORD_TOKEN).collect();
    (token.chars().count() == WORD_TOKEN).then_some(token)
}

/// The token of two characters, of a word that begins with a digit or has one in the second place.
fn short_token(word: &str) -> Option<String> {
    let token: String = word.chars().take(WORD_TOKEN_WITH_DIGIT).collect();
    let has_digit = token.chars().any(|character| character.is_ascii_digit());
    (has_digit && token.chars().count() == WORD_TOKEN_WITH_DIGIT).then_some(token)
}

/// The last four digits of what ends in at least so many.
fn last_digits(text: &str) -> Option<String> {
    let last = text.get(text.len().checked_sub(DIGITS_TOKEN)?..)?;
    last.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| last.to_owned())
}

/// The digits of a text that can be a phone number as people write it, or its end. There may be words before and behind
/// it, but not within.
fn typed_digits(folded: &str) -> Option<String> {
    let is_digit = |character: char| character.is_ascii_digit();
    let (before, rest) = folded.split_at(folded.find(is_digit)?);
    let (number, behind) = rest.split_at(rest.rfind(is_digit)? + 1);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let is_spelling = number
        .chars()
        .all(|character| is_digit(character) || !character.is_alphanumeric());
    // Where digits follow letters at once it is a word, of a unit say. An apostrophe parts no word.
    let is_word = before.trim_end_matches('\'').ends_with(char::is_alphanumeric);
    let is_labelled = [before.strip_prefix("tel").unwrap_or(before), behind]
        .iter()
        .any(|text| text.contains(char::is_alphanumeric));
    let at_least = if is_labelled {
        LABELLED_DIGITS
    } else {
        DIGITS_TOKEN
    };
    (is_spelling && !is_word && (at_least..=TYPED_DIGITS).contains(&digits.len())).then_some(digits)
}

/// The token by which a text is looked up that can be a phone number. `None`: it cannot be one, or something parts its
/// last digits.
fn number_token(folded: &str) -> Option<String> {
    typed_digits(folded).filter(|digits| digits.len() <= NUMBER_DIGITS)?;
    last_digits(folded.trim_end_matches(|character: char| !character.is_ascii_digit()))
}

/// Whether typed digits are those of a number, or its last ones. Digits that people add to a number are left out by rules
/// of our own: a function that links a numbering plan starts slowly.
fn dials(typed: &str, number: &PhoneNumber) -> bool {
    let number = number.as_str().trim_start_matches('+');
    // Behind the country code there may be the 0 or 1 of a call within the country (`+44 (0)20`, `+52 1`), or the code
    // once more.
    let is_whole = |typed: &str| {
        (1..=3).any(|length| {
            let Some((code, rest)) = typed.split_at_checked(length) else {
                return false;
            };
            let within = rest
                .strip_prefix(['0', '1'])
                .is_some_and(|rest| number.strip_prefix(code) == Some(rest));
            within || (rest == number && number.starts_with(code))
        })
    };
    // As it is dialled from North America, from most other places, and within a country.
    let dialled = ["011", "00", "0"]
        .iter()
        .filter_map(|prefix| typed.strip_prefix(prefix))
        .filter(|rest| rest.len() >= DIALLED_DIGITS);
    // Whole, a number has one form, whatever the spelling.
    let one_form = PhoneNumber::parse_e164(&format!("+{typed}"));
    let is_same = one_form.is_ok_and(|one| one.as_str().trim_start_matches('+') == number);
    is_same
        || [typed]
            .into_iter()
            .chain(dialled)
            .any(|typed| number.ends_with(typed) || is_whole(typed))
}

/// What somebody typed into the report's search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search {
    folded: String,
    words: Vec<String>,
    /// The digits, where it can be a phone number or its end.
    digits: Option<String>,
}

impl Search {
    /// `None` where nothing was typed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let folded = fold(text.trim());
        if folded.is_empty() {
            return None;
        }
        let words = pieces(&folded).collect();
        let digits = typed_digits(&folded);
        Some(Self {
            folded,
            words,
            digits,
        })
    }

    /// Whether it finds this tenant: every word starts a word of the name, or it starts a unit, or it is
    /// the phone number or its end.
    pub(crate) fn finds(&self, name: &str, cell_phone: Option<&PhoneNumber>, units: &[String]) -> bool {
        let by_name = || {
            let folded = fold(name);
            let names: Vec<String> = words(&folded).collect();
            !self.words.is_empty()
                && self
                    .words
                    .iter()
                    .all(|word| names.iter().any(|name| name.starts_with(word.as_str())))
        };
        let by_phone = || {
            let digits = self.digits.as_deref().zip(cell_phone);
            digits.is_some_and(|(digits, number)| dials(digits, number))
        };
        let by_unit = || units.iter().any(|unit| fold(unit).starts_with(&self.folded));
        by_name() || by_phone() || by_unit()
    }

    /// Whether it may find a tenant of whom this is known: their folded name, which may be cut off, and what they
    /// are listed for.
    pub(crate) fn may_find(&self, name: &str, listed: &Listed) -> bool {
        let is_cut = name.len() + char::MAX.len_utf8() > NAME_BYTES;
        is_cut || self.finds(name, listed.cell_phone.as_ref(), &listed.units)
    }

    /// The token to look it up by: whoever it finds is listed under it. `None`: there is none that holds for
    /// everybody whom it finds, and all tenants have to be looked at.
    pub(crate) fn token(&self) -> Option<String> {
        if self.digits.is_some() {
            return number_token(&self.folded);
        }
        // Units are not listed under their later words. Of the first two the second is the rarer: `Unit A12`.
        let tokens = self
            .words
            .iter()
            .filter_map(|word| long_token(word).or_else(|| short_token(word)));
        tokens.take(UNIT_WORDS).last()
    }

    /// Whether what lists a tenant under a word of the search says whether they have the others.
    pub(crate) fn has_several_words(&self) -> bool {
        self.words.len() > 1 && self.digits.is_none()
    }

    /// The search as it binds a cursor: two spellings of the same one agree.
    pub(crate) fn canonical(&self) -> &str {
        &self.folded
    }
}

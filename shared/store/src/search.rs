//! Names as they sort, and how the report's search finds a tenant.
//!
//! A search is looked up by one *token* of its own, and a tenant is listed under every token by which a search
//! that finds them may be looked up: [`tokens`] and [`Search::token`] belong together.

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

/// A sort key holds 1,024 bytes at most; names that agree in so many sort by id.
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

/// So many first characters of a word are a token.
const WORD_TOKEN: usize = 3;
/// So many where a digit is among them, as in units. Of names that begin with the same two letters there are so many
/// that looking through the index finds them as well, and every token costs a write when a tenant is registered.
const WORD_TOKEN_WITH_DIGIT: usize = 2;
/// So many digits of a phone number are a token: its last.
const DIGITS_TOKEN: usize = 4;

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
    for token in tokens_of(&details.name) {
        tokens.entry(token).or_default();
    }
    for unit in &details.units {
        for token in tokens_of(unit) {
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

fn tokens_of(text: &str) -> BTreeSet<String> {
    let mut tokens = BTreeSet::new();
    for word in words(&fold(text)) {
        tokens.extend(short_token(&word).into_iter().chain(long_token(&word)));
        // Digits that could be the end of a phone number are looked up by their own end.
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let ends = DIGITS_TOKEN..=digits;
        tokens.extend(ends.filter_map(|end| last_digits(word.get(..end)?)));
    }
    tokens
}

/// The token of three characters, of a word that has so many.
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
        let spelling = |character: char| character.is_ascii_digit() || !character.is_alphanumeric();
        // Where digits follow at once it is a word, of a unit say, and looked up as one.
        let labelled = folded
            .strip_prefix("tel")
            .filter(|rest| !rest.starts_with(char::is_alphanumeric));
        let number = labelled.unwrap_or(&folded);
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        // As it is dialled from North America: 011, and the number with its country.
        let dialled = digits.strip_prefix("011").filter(|number| number.len() >= 8);
        let digits = dialled.map_or(digits.clone(), str::to_owned);
        // With its country, in the one form of a number that is on file.
        let digits = match PhoneNumber::parse_e164(&format!("+{digits}")) {
            Ok(number) => number.as_str().trim_start_matches('+').to_owned(),
            Err(_) => digits,
        };
        let digits = (number.chars().all(spelling) && digits.len() >= 4).then_some(digits);
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
            digits.is_some_and(|(digits, number)| number.as_str().ends_with(digits))
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
            let end = self
                .folded
                .trim_end_matches(|character: char| !character.is_ascii_digit());
            return last_digits(end);
        }
        let longest = self.words.iter().max_by_key(|word| word.chars().count())?;
        long_token(longest).or_else(|| self.words.iter().find_map(|word| short_token(word)))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(typed: &str, found: &[&str]) {
        let tenants = [
            ("Ada Moreno", "+15125550142", "A12"),
            ("José Ñúñez", "+15125550143", "B 7"),
            ("Mary-Jane O'Brien", "+15125551142", "0142"),
            ("Ann Bell", "+442071838750", "Ümlaut"),
        ];
        let search = Search::parse(typed).expect("something was typed");
        let names: Vec<&str> = tenants
            .into_iter()
            .filter(|(name, phone, unit)| {
                search.finds(
                    name,
                    PhoneNumber::parse_e164(phone).ok().as_ref(),
                    &[(*unit).to_owned()],
                )
            })
            .map(|(name, ..)| name)
            .collect();
        assert_eq!(names, found, "{typed}");
    }

    #[test]
    fn a_search_finds_words_from_their_start_phones_and_units() {
        check("mor", &["Ada Moreno"]);
        check("oreno", &[]);
        check("JOSE", &["José Ñúñez"]);
        check("nunez", &["José Ñúñez"]);
        check("mor ada", &["Ada Moreno"]);
        check("ada bell", &[]);
        check("obrien", &["Mary-Jane O'Brien"]);
        check("O'B", &["Mary-Jane O'Brien"]);
        check("o’brien", &["Mary-Jane O'Brien"]);
        check("jane", &["Mary-Jane O'Brien"]);
        check("mary-jane", &["Mary-Jane O'Brien"]);
        check("0142", &["Ada Moreno", "Mary-Jane O'Brien"]);
        check("142", &[]);
        check("(512) 555-0142", &["Ada Moreno"]);
        check("+1 512.555.0142", &["Ada Moreno"]);
        check("5550143", &["José Ñúñez"]);
        check("tel:+15125550142", &["Ada Moreno"]);
        check("Tel. 512-555-0142", &["Ada Moreno"]);
        check("011 1 512 555 0142", &["Ada Moreno"]);
        check("011 44 20 7183 8750", &["Ann Bell"]);
        check("a1", &["Ada Moreno"]);
        check("b 7", &["José Ñúñez"]);
        check("umlaut", &["Ann Bell"]);
        check("moreno,ada", &["Ada Moreno"]);
        check("Mary\u{2010}J", &["Mary-Jane O'Brien"]);
        check("O\u{b4}Brien", &["Mary-Jane O'Brien"]);
        check("o\u{2bc}b", &["Mary-Jane O'Brien"]);
        check("jane,o'brien", &["Mary-Jane O'Brien"]);
        check("512\u{2011}555\u{2013}0142", &["Ada Moreno"]);
        check("12", &[]);
        assert_eq!(Search::parse("  "), None);
    }

    proptest! {
        /// Whoever a search finds is listed under its token, whatever they are called and it says.
        #[test]
        fn a_search_finds_nobody_who_is_not_listed_under_its_token(
            name in "[ A-Zaáñ',./0-2-]{1,12}",
            unit in "([A-Ba-b] ?[0-2]{1,3}|[0-2 .-]{1,9}|#[0-2]{1,2}|[a-c.']{1,6}|tel[ .:-]?[0-2]{4,6})",
            phone in "\\+1512555[0-2]{4}",
            typed in "([ A-Zaáñ'-]{1,4}|[0-2]{1,7}|[0-2 .()-]{3,9}|#[0-2]|tel[ .:-]?[0-2]{4,6})",
        ) {
            let details = Details {
                name,
                cell_phone: PhoneNumber::parse_e164(&phone).ok(),
                units: vec![unit],
                created_on: "2024-05-01".parse().unwrap(),
            };
            // Every word of a name finds it, however they are parted.
            for word in pieces(&fold(&details.name)) {
                let search = Search::parse(&word).unwrap();
                prop_assert!(search.finds(&details.name, None, &[]), "{word:?} {details:?}");
            }
            // What is typed is mostly a piece of what there is.
            let pieces = [&typed, &details.name, &details.units[0], &phone];
            for piece in pieces {
                let ends = piece.char_indices().map(|(at, _)| at).chain([piece.len()]);
                for at in ends {
                    for part in [&piece[at..], &piece[..at]] {
                        let Some(search) = Search::parse(part) else { continue };
                        let found = search.finds(&details.name, details.cell_phone.as_ref(), &details.units);
                        let Some(token) = search.token().filter(|_| found) else { continue };
                        let tokens = tokens(&details);
                        let listed = tokens.get(&token);
                        prop_assert!(listed.is_some(), "{part:?} {token:?} {details:?}");
                        // What a posting says of them is enough to know; the name it has is folded already.
                        let posted = search.may_find(&fold(&details.name), listed.unwrap());
                        prop_assert!(posted, "{part:?} {token:?} {details:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn letters_that_nobody_has_on_the_keyboard_are_found_by_those_that_they_have() {
        for (name, typed) in [
            ("Łukasz", "lukasz"),
            ("Đặng", "dang"),
            ("Søren", "SOREN"),
            ("Strauß", "strauss"),
            ("Νίκος", "ΝΙΚΟΣ"),
            ("Ægir", "aegir"),
            ("Işık", "isik"),
            ("Ka\u{2bb}ahumanu", "kaahumanu"),
            ("O\u{b4}Brien", "obrien"),
            ("Smith-St. John", "st.john"),
            ("J.R. Ewing", "jr"),
            ("J.R. Ewing", "j.r."),
        ] {
            assert!(Search::parse(typed).unwrap().finds(name, None, &[]), "{name}");
            assert_eq!(fold(&fold(name)), fold(name));
        }
    }

    #[test]
    fn a_name_that_a_key_cannot_hold_is_found_by_its_last_word() {
        let name = format!("{} Moreno", "ﷺ".repeat(100));
        let key = sort_key(&name, &TenantId::parse("t1").unwrap());
        let (cut, _) = key.rsplit_once(NAME_END).unwrap();
        assert!(Search::parse("moreno").unwrap().may_find(cut, &Listed::default()));
    }

    #[test]
    fn a_search_has_a_token_unless_it_says_too_little() {
        let token = |typed: &str| Search::parse(typed).unwrap().token();
        assert_eq!(token("Moreno").as_deref(), Some("mor"));
        assert_eq!(token("a moreno").as_deref(), Some("mor"));
        assert_eq!(token("ÁB"), None);
        assert_eq!(token("á1").as_deref(), Some("a1"));
        assert_eq!(token("ab a1").as_deref(), Some("a1"));
        assert_eq!(token("(512) 555-0142").as_deref(), Some("0142"));
        assert_eq!(token("5550142").as_deref(), Some("0142"));
        assert_eq!(token("142").as_deref(), Some("142"));
        assert_eq!(token("12 34"), None);
        assert_eq!(token("a"), None);
        assert_eq!(token("#"), None);
    }

    #[test]
    fn names_sort_without_case_and_accents_and_then_by_id() {
        let key = |name: &str, id: &str| sort_key(name, &TenantId::parse(id).unwrap());
        let mut keys = [
            key("zoë", "1"),
            key("Ann Bell", "1"),
            key("ann", "2"),
            key("Ann", "1"),
            key("Élan", "1"),
        ];
        keys.sort();
        let order = [
            key("Ann", "1"),
            key("ann", "2"),
            key("Ann Bell", "1"),
            key("Élan", "1"),
            key("zoë", "1"),
        ];
        assert_eq!(keys, order);
        assert!(key(&"é".repeat(2000), &"x".repeat(64)).len() <= 1024);
    }
}

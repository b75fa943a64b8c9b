//! Names as they sort, and how the report's search finds a tenant.

use consent::id::{PhoneNumber, TenantId};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Text without case and accents.
fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The key by which a facility's tenants are sorted: name, then tenant id.
pub(crate) fn sort_key(name: &str, tenant: &TenantId) -> String {
    // A sort key holds 1,024 bytes at most; names that agree in so many sort by id.
    const NAME_BYTES: usize = 900;
    let mut folded = fold(name);
    let end = (0..=NAME_BYTES.min(folded.len()))
        .rev()
        .find(|at| folded.is_char_boundary(*at));
    folded.truncate(end.unwrap_or(0));
    // The separator sorts before whatever else a name has, so that "Ann" comes before "Ann Bell".
    format!("{folded}\u{1}{tenant}")
}

/// The words of a name: what stands between spaces and hyphens, with and without the apostrophes in it.
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
    whole.chain(parts).filter(|word| !word.is_empty())
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
        let words = folded
            .split(|character: char| character.is_whitespace() || character == '-')
            .map(|word| {
                word.chars()
                    .filter(|character| character.is_alphanumeric())
                    .collect::<String>()
            })
            .filter(|word| !word.is_empty())
            .collect();
        let spelling = |character: char| character.is_ascii_digit() || " ()-.+/".contains(character);
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        let digits = (folded.chars().all(spelling) && digits.len() >= 4).then_some(digits);
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

    /// The search as it binds a cursor: two spellings of the same one agree.
    pub(crate) fn canonical(&self) -> &str {
        &self.folded
    }
}

#[cfg(test)]
mod tests {
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
        check("a1", &["Ada Moreno"]);
        check("b 7", &["José Ñúñez"]);
        check("umlaut", &["Ann Bell"]);
        check("12", &[]);
        assert_eq!(Search::parse("  "), None);
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

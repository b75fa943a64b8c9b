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
    // Words before and behind a number, and not within it.
    check("Cell: 512-555-0142", &["Ada Moreno"]);
    check("512-555-0142 h", &["Ada Moreno"]);
    check("512-555-0142 (home)", &["Ada Moreno"]);
    check("Moreno, 555-0142", &["Ada Moreno"]);
    check("cell5125550142", &[]);
    check("512 555 x 0142", &[]);
    // Few digits with a word are a unit's.
    check("cell 0142", &[]);
    check("Tel. 0142", &["Ada Moreno"]);
    check("５１２－５５５－０１４２", &["Ada Moreno"]);
    check("＋１ ５１２ ５５５ ０１４２", &["Ada Moreno"]);
    // A country code twice, a zero too many, and what is dialled before.
    check("+1 1 512 555 0142", &["Ada Moreno"]);
    check("1 (512) 555-0142", &["Ada Moreno"]);
    check("+44 (0)20 7183 8750", &["Ann Bell"]);
    check("+44 020 7183 8750", &["Ann Bell"]);
    check("+44 44 20 7183 8750", &["Ann Bell"]);
    check("0044 20 7183 8750", &["Ann Bell"]);
    check("0044 (0) 20 7183 8750", &["Ann Bell"]);
    check("011 44 (0) 20 7183 8750", &["Ann Bell"]);
    check("020 7183 8750", &["Ann Bell"]);
    check("(020) 7183-8750 work", &["Ann Bell"]);
    check("+44 (1)20 7183 8751", &[]);
    check("+45 (0)20 7183 8750", &[]);
    check("05550142", &[]);
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
        unit in "([A-Ba-b] ?[0-2]{1,3}|[0-2 .-]{1,9}|#[0-2]{1,2}|[a-c.']{1,6}|(tel|[a-b]{0,2})[ .:'-]?[0-2]{4,9} ?[a-b]?\
            |([a-b0-2]{1,4}[ .'-]?){1,6}|[0-2 ]{12,24})",
        phone in "\\+(1512|4420|20)?555[0-2]{4}",
        typed in "([ A-Zaáñ'-]{1,4}|[0-2]{1,7}|[0-2 .()-]{3,9}|#[0-2]|(tel|[a-b]{0,2})[ .:'-]?[0-2]{4,9} ?[a-b]?\
            |[0-2]{11,21})",
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
        let number = phone.trim_start_matches('+');
        let labelled = format!("{} {number} {}", details.name, details.units[0]);
        let dialled = [format!("011{number}"), format!("00{number}"), format!("0{number}"), format!("1{number}")];
        // What is typed is mostly a piece of what there is.
        let pieces = [&typed, &details.name, &details.units[0], &phone, &labelled];
        let pieces = pieces.into_iter().chain(&dialled);
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

/// A tenant with as many units, as long ones, as a registration takes.
fn company(unit: impl Fn(u32) -> String) -> Details {
    let units: Vec<String> = (0..200)
        .map(|number| unit(number).chars().take(64).collect())
        .collect();
    Details {
        name: "0a1 ".repeat(50),
        cell_phone: PhoneNumber::parse_e164("+15125550142").ok(),
        units,
        created_on: "2024-05-01".parse().unwrap(),
    }
}

#[test]
fn a_tenant_has_no_more_postings_than_their_units_ask_for() {
    // Characters that hardly repeat.
    let text = |number: u32, alphabet: &str| -> String {
        let mut seed = u64::from(number) + 1;
        let next = std::iter::repeat_with(|| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 40).unwrap() % alphabet.len()
        });
        next.take(64)
            .map(|at| char::from(alphabet.as_bytes()[at]))
            .collect()
    };
    let words = |number: u32, length: usize| {
        let letters = text(number, "0123456789abcdefghijklmnopqrstuvwxyz");
        let words = letters
            .as_bytes()
            .chunks(length)
            .map(|word| str::from_utf8(word).unwrap());
        words.collect::<Vec<_>>().join(" ")
    };
    let digits = |number: u32| text(number, "0123456789");
    let count = |unit: &dyn Fn(u32) -> String| tokens(&company(unit)).len();
    let counts = [
        count(&|number| format!("A{number:03}")),
        count(&|number| format!("Building {} Unit {number}", number % 7)),
        count(&|number| words(number, 2)),
        count(&|number| words(number, 3)),
        count(&|number| words(number, 4)),
        count(&|number| format!("{} {}", digits(number).split_at(7).0, words(number, 3))),
        count(&digits),
    ];
    assert!(counts.iter().all(|count| *count <= 2_500), "{counts:?}");
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

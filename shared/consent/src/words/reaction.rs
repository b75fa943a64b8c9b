//! Reactions ("tapbacks") that a phone spells out where it cannot show them: `Liked “See you at 5”`.
//!
//! A reaction is one of the phones' fixed wordings and then one quotation, the text reacted to. Any other wording is
//! the sender's own, whatever it begins with: `Loved the place, but stop the "reminder" texts`.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use super::normalise::is_invisible;

/// The wordings, folded (lower case, no accents). iMessage has a verb for each of its six reactions, takes them back
/// with "Removed ... from", and has "Reacted ... to" for any emoji since iOS 18; Google Messages sends the bare emoji
/// and "to". `*` is the reaction (an emoji or its name), `☺` an emoji.
const WORDINGS: &[&str] = &[
    "liked",
    "loved",
    "disliked",
    "laughed at",
    "emphasized",
    "emphasised",
    "questioned",
    "reacted * to",
    "reacted with * to",
    "removed * from",
    "☺ to",
    "☺ removed from",
    "le gusto",
    "le ha gustado",
    "no le gusto",
    "no le ha gustado",
    "le disgusto",
    "me gusta",
    "me encanta",
    "le encanto",
    "le ha encantado",
    "le dio risa",
    "le hizo gracia",
    "le ha hecho gracia",
    "se rio de",
    "se ha reido de",
    "enfatizo",
    "ha enfatizado",
    "exclamo",
    "destaco",
    "ha destacado",
    "pregunto",
    "cuestiono",
    "ha cuestionado",
    "dudo de",
    "puso en duda",
    "ha puesto en duda",
    "reacciono * a",
    "reacciono con * a",
    "ha reaccionado con * a",
    "elimino * de",
    "ha eliminado * de",
    "quito * de",
    "ha quitado * de",
    "☺ a",
    "a aime",
    "a adore",
    "n'a pas aime",
    "a ri de",
    "a ri a",
    "a trouve drole",
    "a souligne",
    "a accentue",
    "a mis en evidence",
    "a mis l'accent sur",
    "a mis en doute",
    "a mis * a",
    "a mis * sur",
    "a questionne",
    "a remis en question",
    "s'est interroge sur",
    "s'interroge sur",
    "a reagi * a",
    "a reagi avec * a",
    "a supprime * de",
    "a supprime * a",
    "a retire * de",
    "a retire * a",
    "gostou de",
    "nao gostou de",
    "adorou",
    "amou",
    "curtiu",
    "riu de",
    "reagiu com * a",
    "☺ para",
    "gefallt",
    "gefallt mir",
    "ha messo * a",
];

/// The words of which a reaction's name is made: "a question mark", "un Me gusta", "un point d'exclamation".
const NAMES: &str = "a an like heart love dislike laugh haha exclamation emphasis question mark point emoji reaction \
    sticker tapback thumbs thumb up down with the \
    un una el la me no gusta encanta corazon risa jaja exclamacion interrogacion pregunta signo de enfasis pulgar \
    arriba abajo hacia reaccion \
    une le j'aime j'adore je n'aime pas coeur rire l'exclamation d'exclamation d'interrogation interrogation pouce en \
    l'air haut bas vers mi piace cuore";

/// What stands in place of a quotation where the text reacted to has no words.
const OBJECTS: &str = "image photo picture movie video attachment gif audio voice message location contact sticker link \
    file document imagen foto archivo adjunto mensaje ubicacion nota voz \
    piece jointe fichier vocal imagem";
const ARTICLES: &str = "a an un una une uma de";

/// The longest wording, in bytes: `A supprimé un point d’exclamation de « `.
const LONGEST: usize = 64;

const OPENING: [char; 5] = ['“', '"', '«', '„', '‘'];

/// Where the text goes on after a reaction, if it begins with one.
pub(super) fn end(text: &str) -> Option<usize> {
    let head = text.get(..text.floor_char_boundary(LONGEST))?;
    let Some(open) = head.find(OPENING) else {
        return names_an_object(text).then_some(text.len());
    };
    let before = folded(head.get(..open)?);
    let words: Vec<&str> = before.split_whitespace().collect();
    if !is_wording(&words) {
        return None;
    }
    let end = open + quotation(text.get(open..)?);
    // What phones put behind the quotation holds no word.
    let rest = text.get(end..)?;
    Some(if rest.contains(char::is_alphanumeric) {
        end
    } else {
        text.len()
    })
}

/// `Loved an image`, and nothing else.
fn names_an_object(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches('.');
    // Most texts are settled without a look at their accents.
    let last = text.rsplit(' ').next().unwrap_or_default();
    if text.len() > LONGEST || last.is_ascii() && !has(OBJECTS, last) {
        return false;
    }
    let text = folded(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_object = |word: &&&str| has(OBJECTS, word) || has(ARTICLES, word);
    let most = words.iter().rev().take_while(is_object).count();
    (2..=most).any(|count| {
        let (wording, object) = words.split_at(words.len() - count);
        object.first().is_some_and(|word| has(ARTICLES, word)) && is_wording(wording)
    })
}

fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|each| each == word)
}

/// Lower case, without accents and invisible characters.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        decompose_canonical(c, |part| match part {
            '’' | 'ʼ' | '`' => folded.push('\''),
            part if is_combining_mark(part) => {}
            part => folded.extend(part.to_lowercase()),
        });
    }
    folded
}

fn is_wording(words: &[&str]) -> bool {
    let is_symbol = |word: &&str| !word.contains(char::is_alphanumeric);
    let after_symbols = words.iter().position(|word| !is_symbol(word)).unwrap_or_default();
    let verb_first = words.get(after_symbols..).unwrap_or_default();
    WORDINGS
        .iter()
        .any(|wording| fits(wording, words) || fits(wording, verb_first))
}

fn fits(wording: &str, words: &[&str]) -> bool {
    let Some((before, after)) = wording.split_once(['*', '☺']) else {
        return wording
            .split_whitespace()
            .eq(words.iter().map(|word| word.trim_end_matches(':')));
    };
    let emoji = |word: &&str| !word.is_ascii() && !word.contains(char::is_alphabetic);
    let name = |word: &&str| wording.contains('*') && has(NAMES, word);
    let (before, after): (Vec<_>, Vec<_>) = (
        before.split_whitespace().collect(),
        after.split_whitespace().collect(),
    );
    words
        .strip_prefix(before.as_slice())
        .and_then(|rest| rest.strip_suffix(after.as_slice()))
        .is_some_and(|reaction| !reaction.is_empty() && reaction.iter().all(|word| emoji(word) || name(word)))
}

/// How many bytes the quotation is long that a text begins with. One that the carrier cut short reaches to the end.
///
/// The text reacted to may hold quotations of its own, and inch marks. A straight mark opens where a blank is before
/// it and none behind.
fn quotation(text: &str) -> usize {
    let Some(open) = text.chars().next() else { return 0 };
    let (opening, closing): (&[char], &[char]) = match open {
        '“' => (&['“'], &['”']),
        '«' => (&['«'], &['»']),
        '„' => (&['„'], &['“', '”']),
        // The mark that closes is an apostrophe as well.
        '‘' => return text.rfind('’').map_or(text.len(), |at| at + '’'.len_utf8()),
        _ => (&['"'], &['"']),
    };
    let to_the_end = text
        .trim_end_matches(|c: char| !c.is_alphanumeric() && !closing.contains(&c))
        .ends_with(closing);
    let mut depth = 0_usize;
    let mut previous = ' ';
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map_or(' ', |(_, next)| *next);
        let before_word =
            (previous.is_whitespace() || matches!(previous, '(' | '[')) && !next.is_whitespace();
        let opens = opening.contains(&c) && (open != '"' || at == 0 || before_word);
        if opens {
            depth += 1;
        } else if closing.contains(&c) {
            let inch = previous.is_ascii_digit() && to_the_end && next.is_whitespace();
            depth -= usize::from(!inch);
            if depth == 0 {
                return at + c.len_utf8();
            }
        }
        previous = c;
    }
    text.len()
}

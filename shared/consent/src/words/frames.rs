//! Fills the slots of frames from the words of a clause: who is to do what, to which thing, and in which sense.
//!
//! A frame begins at a word that acts ("stop", "remove", "unsubscribe", "do not", "no more", "tired of"). What stands around it
//! in the same clause fills the slots. A word is looked for [`REACH`] words away at most, so the work is linear.

use super::lexicon::{Tag, set};
use super::table::{Act, Frame, Object, Polarity, Scope};

/// One word of a message, or several that are one ("opt out"), with its tags.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) tags: u64,
    /// First word, and the word after the last.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) clause: u16,
}

impl Token {
    pub(super) fn is(&self, tag: Tag) -> bool {
        self.tags & tag.bit() != 0
    }

    fn any(&self, tags: u64) -> bool {
        self.tags & tags != 0
    }
}

const NEGATIONS: u64 = set(&[Tag::Not, Tag::No, Tag::NotSo]);
const TEXTING: u64 = set(&[Tag::Texts, Tag::Send, Tag::Write]);
const SENDING: u64 = set(&[Tag::Send, Tag::Write]);
const LISTED: u64 = set(&[Tag::Send, Tag::Texts, Tag::Calls, Tag::Mail]);
/// What is neither texts nor a number nor a list.
const FOREIGN: u64 = set(&[Tag::Matter, Tag::Other, Tag::Name]);
/// Words that the object of an act may stand behind.
const LIGHT: u64 = set(&[
    Tag::Get,
    Tag::Want,
    Tag::Make,
    Tag::More,
    Tag::My,
    Tag::You,
    Tag::Is,
    Tag::At,
    Tag::From,
    Tag::Have,
    Tag::May,
    Tag::Only,
]);
/// How far an act looks for what belongs to it.
const REACH: usize = 9;

/// What is said about an act before it.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    subject: Option<Tag>,
    negated: Option<Tag>,
    asked: bool,
    conditional: bool,
    may: bool,
    wanted: bool,
    said: bool,
    how: bool,
    have: bool,
    made: bool,
    flipped: bool,
    /// Nothing is before it in its clause.
    first: bool,
}

impl Before {
    fn is_about(&self, tags: &[Tag]) -> bool {
        self.subject.is_some_and(|subject| tags.contains(&subject))
    }

    /// The sense of a request, or of what looks like one.
    fn polarity(&self) -> Polarity {
        let polite = self.conditional && self.may && self.subject == Some(Tag::You);
        match self.negated {
            Some(_) if self.conditional && self.subject == Some(Tag::You) => Polarity::Plain,
            Some(Tag::NotSo) if self.is_about(&[Tag::You, Tag::Texts]) => Polarity::Complaint,
            Some(_) => Polarity::Negated,
            None if self.flipped => Polarity::Negated,
            None if self.how => Polarity::Plain,
            None if self.said && self.subject == Some(Tag::Texts) => Polarity::Told,
            None if (self.asked || self.conditional && !polite) && !self.wanted => Polarity::Asked,
            None if self.is_about(&[Tag::They, Tag::Matter]) && !self.wanted => Polarity::Told,
            None => Polarity::Plain,
        }
    }
}

/// The frames of a message.
pub(super) fn find(tokens: &[Token]) -> Vec<Frame> {
    let reader = Reader { tokens };
    (0..)
        .zip(tokens)
        .filter_map(|(at, token)| reader.frame(at, token))
        .collect()
}

struct Reader<'t> {
    tokens: &'t [Token],
}

impl<'t> Reader<'t> {
    fn get(&self, at: usize) -> Option<&'t Token> {
        self.tokens.get(at)
    }

    fn is(&self, at: usize, tag: Tag) -> bool {
        self.get(at).is_some_and(|token| token.is(tag))
    }

    fn is_foreign(&self, at: usize) -> bool {
        self.get(at).is_some_and(|token| token.is(Tag::Matter))
    }

    /// Whether one of the next words of the clause has the tag.
    fn soon(&self, at: usize, tag: Tag) -> bool {
        self.ahead(at).take(2).any(|(_, token)| token.is(tag))
    }

    /// The words after `at`, in its clause.
    fn ahead(&self, at: usize) -> impl Iterator<Item = (usize, &'t Token)> {
        let tokens = self.tokens;
        let clause = tokens.get(at).map(|token| token.clause);
        let listed = move |place: usize| tokens.get(place).is_some_and(|token| token.any(LISTED));
        let rest = tokens.get(at + 1..).unwrap_or_default();
        let heard = |(_, token): &(usize, &Token)| !token.is(Tag::Please);
        (at + 1..)
            .zip(rest)
            .take(REACH)
            .filter(heard)
            .take_while(move |(place, token)| {
                // "Call or text" goes on.
                Some(token.clause) == clause
                    && (!token.is(Tag::And) || listed(place - 1) && listed(place + 1))
            })
    }

    /// The words before `at`, nearest first, in its clause.
    fn behind(&self, at: usize) -> impl Iterator<Item = (usize, &'t Token)> {
        let clause = self.get(at).map(|token| token.clause);
        let head = self.tokens.get(..at).unwrap_or_default();
        head.iter()
            .enumerate()
            .rev()
            .take(REACH)
            .take_while(move |(_, token)| {
                Some(token.clause) == clause && !token.any(set(&[Tag::And, Tag::Please]))
            })
    }

    fn before(&self, at: usize) -> Before {
        const SUBJECTS: [Tag; 6] = [Tag::You, Tag::I, Tag::They, Tag::Texts, Tag::These, Tag::It];
        let mut before = Before {
            first: true,
            ..Before::default()
        };
        let mut open = true;
        for (place, token) in self.behind(at) {
            before.first = false;
            if open && before.negated.is_none() {
                let kinds = [Tag::NotSo, Tag::Not, Tag::No];
                before.negated = kinds.into_iter().find(|kind| token.is(*kind));
                before.wanted |= before.negated.is_some() && token.is(Tag::Want);
            }
            if before.subject.is_none() {
                before.subject = SUBJECTS.into_iter().find(|tag| token.is(*tag));
                if before.subject.is_none()
                    && (token.is(Tag::Matter) || token.is(Tag::Name) && place + 2 >= at)
                {
                    before.subject = Some(Tag::Matter);
                }
            }
            before.asked |= token.is(Tag::Ask);
            before.conditional |= token.is(Tag::If);
            before.may |= token.is(Tag::May);
            before.wanted |= token.is(Tag::Want);
            before.said |= token.is(Tag::Said);
            before.how |= token.is(Tag::How);
            before.have |= token.is(Tag::Have);
            before.made |= token.is(Tag::Make);
            before.flipped |= token.is(Tag::Flip);
            let closes = FOREIGN
                | set(&[
                    Tag::Texts,
                    Tag::Number,
                    Tag::List,
                    Tag::Calls,
                    Tag::Mail,
                    Tag::These,
                ]);
            let next_opens = self
                .get(place + 1)
                .is_some_and(|next| next.any(set(&[Tag::May, Tag::You, Tag::I])));
            open &= !token.any(closes) || token.any(set(&[Tag::Want, Tag::Send, Tag::Write])) && !next_opens;
        }
        before
    }

    fn frame(&self, at: usize, token: &Token) -> Option<Frame> {
        if token.is(Tag::Leave) {
            return self.leave(at);
        }
        let mut found = None;
        if token.any(set(&[Tag::End, Tag::Kill])) {
            found = self.end(at, token);
        }
        if found.is_none() && token.any(set(&[Tag::Remove, Tag::Take])) {
            found = self.remove(at, token);
        }
        if found.is_none() && token.is(Tag::Off) {
            found = self.off(at);
        }
        if found.is_none() && token.any(NEGATIONS | Tag::NotAfter.bit()) {
            found = self.refuse(at, token);
        }
        if found.is_none() && token.is(Tag::Revoke) {
            found = self.revoke(at);
        }
        if found.is_none() && token.is(Tag::Pause) {
            found = self.pause(at);
        }
        if found.is_none() && token.is(Tag::Unwelcome) {
            let texts = self.behind(at).find(|(_, token)| token.is(Tag::Texts));
            found = texts.map(|(texts, _)| {
                self.make(at, texts, Act::Refuse, Object::Texts, self.before(at).polarity())
            });
        }
        if found.is_none() && token.any(set(&[Tag::Enough, Tag::Fed])) {
            found = self.enough(at, token);
        }
        found.or_else(|| self.wanted(at, token))
    }

    /// A frame from the words between two places, of which the later one ends what it is about.
    fn make(&self, at: usize, other: usize, act: Act, object: Object, polarity: Polarity) -> Frame {
        let (first, last) = (at.min(other), at.max(other));
        Frame {
            act,
            object,
            polarity,
            scope: self.scope(at, last),
            start: self.get(first).map_or(0, |token| token.start),
            end: self.get(last).map_or(0, |token| token.end),
        }
    }

    /// Whether only some texts are meant: of a kind, about a unit, at a time.
    fn scope(&self, at: usize, last: usize) -> Scope {
        let mut previous: Option<&Token> = None;
        let mut scope = Scope::All;
        for (place, token) in self.ahead(at) {
            let next = |tag| self.is(place + 1, tag);
            if token.is(Tag::Kind) && place <= last + 1 && !token.is(Tag::Mail) {
                scope = Scope::Kind;
            }
            if place > last && token.is(Tag::Time) {
                let near = previous.is_some_and(|token| {
                    token.any(set(&[Tag::At, Tag::It, Tag::These, Tag::Time, Tag::Only]))
                });
                let tells = next(Tag::I) || next(Tag::You) || next(Tag::They);
                if near || token.is(Tag::Until) || token.is(Tag::Bound) && !tells {
                    scope = Scope::Time;
                }
            }
            if place > last
                && token.is(Tag::About)
                && (next(Tag::Matter) || next(Tag::Kind) || next(Tag::Digits))
            {
                scope = Scope::Kind;
            }
            previous = Some(token);
        }
        scope
    }

    /// The thing that an act is about, and where it stands.
    fn object(&self, at: usize) -> (Object, usize) {
        let mut found = (Object::Nothing, at);
        for (place, token) in self.ahead(at) {
            let texts_follow = self.soon(place, Tag::Texts);
            let nothing_yet = found.0 == Object::Nothing;
            if token.is(Tag::Texts) {
                return (Object::Texts, place);
            }
            if token.any(SENDING) {
                return self.sent(place).unwrap_or((Object::Other, place));
            }
            if token.is(Tag::Calls) {
                let listed =
                    self.is(place + 1, Tag::And) && self.get(place + 2).is_some_and(|next| next.any(TEXTING));
                return (if listed { Object::Texts } else { Object::Calls }, place);
            }
            if token.any(set(&[Tag::Mail, Tag::Kind])) && (!texts_follow || self.is(place + 1, Tag::List)) {
                return (
                    if token.is(Tag::Mail) {
                        Object::Mail
                    } else {
                        Object::Kind
                    },
                    place,
                );
            }
            if token.any(set(&[Tag::Number, Tag::List])) && !texts_follow {
                if self.is_foreign(place.saturating_sub(1)) && place > at + 1 {
                    return (Object::Other, place);
                }
                let number = token.is(Tag::Number) && !self.is(place + 1, Tag::List);
                return (if number { Object::Number } else { Object::List }, place);
            }
            if token.any(FOREIGN) && !token.any(LIGHT) {
                if texts_follow && nothing_yet {
                    continue;
                }
                // "Stop this noise" is about the noise, "stop it John" is not about John.
                let joined = place == found.1 + 1 && !token.is(Tag::Name);
                let bare = matches!(found.0, Object::Nothing | Object::Me);
                return if bare || joined && found.0 != Object::Nothing {
                    (Object::Other, place)
                } else {
                    found
                };
            }
            if nothing_yet {
                if token.any(set(&[Tag::These, Tag::It])) {
                    found = (
                        if token.is(Tag::These) {
                            Object::These
                        } else {
                            Object::It
                        },
                        place,
                    );
                    continue;
                }
                if token.is(Tag::Me) {
                    found = (Object::Me, place);
                    continue;
                }
            }
            if token.any(
                set(&[Tag::Time, Tag::Ask, Tag::If, Tag::About])
                    | NEGATIONS
                    | set(&[Tag::End, Tag::Remove, Tag::Leave]),
            ) && !token.any(LIGHT)
            {
                break;
            }
        }
        found
    }

    /// "Stop ...", "kill ...", "... has to end".
    fn end(&self, at: usize, token: &Token) -> Option<Frame> {
        let before = self.before(at);
        let strong = token.is(Tag::End) || before.wanted && before.subject == Some(Tag::You);
        let (mut object, mut place) = self.object(at);
        let own = if token.is(Tag::These) {
            Some(Object::These)
        } else {
            token.is(Tag::It).then_some(Object::It)
        };
        if let Some(own) = own {
            if matches!(object, Object::Nothing | Object::Me)
                || self.get(place).is_some_and(|token| token.is(Tag::It))
            {
                (object, place) = (own, at);
            }
        }
        if object == Object::Me && strong {
            object = Object::Nothing;
        }
        if object == Object::Nothing {
            // What is to end stands before: "these texts must stop", "make it stop".
            let caused = before.may
                || before.wanted
                || before.made
                || before.how
                || before.said
                || token.is(Tag::Leave);
            // "Text stop" is how one says it.
            let said = |(place, token): &(usize, &Token)| {
                *place + 1 == at && token.any(SENDING) && !token.is(Tag::Plural)
            };
            let earlier = self
                .behind(at)
                .find(|each| each.1.any(set(&[Tag::Texts, Tag::These, Tag::It])) && !said(each));
            if let Some((earlier, thing)) =
                earlier.filter(|_| caused && !before.is_about(&[Tag::I, Tag::They, Tag::Matter]))
            {
                object = match () {
                    () if thing.is(Tag::Texts) => Object::Texts,
                    () if thing.is(Tag::These) => Object::These,
                    () if before.wanted && self.behind(at).any(|(_, token)| token.is(Tag::I)) => {
                        Object::These
                    }
                    () => Object::It,
                };
                place = earlier;
            } else if strong
                && self.ahead(at).next().is_none()
                && (before.wanted && before.conditional
                    || before.is_about(&[Tag::You, Tag::I])
                    || before.subject.is_none())
                && (before.may || before.wanted || before.said)
                && !before.made
            {
                object = Object::Silence;
            }
        }
        if !strong
            && matches!(
                object,
                Object::Nothing | Object::Me | Object::Number | Object::List | Object::Other
            )
        {
            return None;
        }
        let polarity = match before.polarity() {
            Polarity::Plain if self.soon(at, Tag::NotAfter) => Polarity::Negated,
            Polarity::Plain
                if before.subject == Some(Tag::I)
                    && !before.wanted
                    && !before.may
                    && !before.how
                    && object != Object::Silence =>
            {
                Polarity::Told
            }
            Polarity::Told if before.said && object == Object::Texts => Polarity::Plain,
            polarity => polarity,
        };
        Some(self.make(at, place, Act::End, object, polarity))
    }

    /// "Hold the texts": for a time.
    fn pause(&self, at: usize) -> Option<Frame> {
        let (object, place) = self.object(at);
        let before = self.before(at);
        let frame = self.make(at, place, Act::End, object, before.polarity());
        (object == Object::Texts && before.subject != Some(Tag::I)).then_some(Frame {
            scope: Scope::Time,
            ..frame
        })
    }

    fn leave(&self, at: usize) -> Option<Frame> {
        let (object, place) = self.object(at);
        let (object, place) = match object {
            Object::Nothing
            | Object::Me
            | Object::These
            | Object::It
            | Object::Texts
            | Object::List
            | Object::Number => (Object::List, place),
            other => (other, place),
        };
        Some(self.make(at, place, Act::Leave, object, self.before(at).polarity()))
    }

    /// "Take me off", "remove my number", "I want to be removed".
    fn remove(&self, at: usize, token: &Token) -> Option<Frame> {
        let before = self.before(at);
        let plain = token.is(Tag::Remove);
        let bare = self
            .behind(at)
            .take_while(|(_, token)| !token.any(set(&[Tag::I, Tag::You])))
            .all(|(_, token)| !token.any(FOREIGN));
        let passive = token.is(Tag::Past)
            && bare
            && (before.wanted || before.said || before.may && before.is_about(&[Tag::I, Tag::You]))
            && (before.is_about(&[Tag::I, Tag::You]) || before.subject.is_none());
        let number = self.behind(at).find(|(_, token)| token.is(Tag::Number));
        let number = number.filter(|_| before.wanted || before.may || before.said);
        let mut whom = match number {
            Some(_) if token.is(Tag::Past) => Some(Object::Number),
            None if token.is(Tag::Past) && !passive => return None,
            _ => (token.is(Tag::Me) || passive).then_some(Object::Me),
        };
        let mut off = None;
        let mut target = Object::Nothing;
        let mut last = at;
        for (place, each) in self.ahead(at) {
            let list_follows = self.soon(place, Tag::Texts) || self.soon(place, Tag::List);
            if off.is_none() {
                let foreign = self.is_foreign(place.saturating_sub(1)) && place > at + 1;
                if each.any(set(&[Tag::Off, Tag::From])) && !(each.is(Tag::From) && whom.is_none() && !plain)
                {
                    off = Some(place);
                    last = place;
                } else if each.is(Tag::Number) && foreign {
                    whom = Some(Object::Other);
                } else if each.is(Tag::Number) && (whom != Some(Object::Other)) {
                    whom = Some(Object::Number);
                    last = place;
                } else if each.is(Tag::Matter) && place == last + 1 && whom.is_some() && place > at + 1 {
                    whom = Some(Object::Other);
                    break;
                } else if whom.is_none() && each.is(Tag::Me) {
                    whom = Some(Object::Me);
                    last = place;
                } else if plain && whom.is_none() && each.any(set(&[Tag::These, Tag::It])) {
                    whom = Some(Object::It);
                } else if whom.is_none()
                    && each.any(FOREIGN | Tag::List.bit() | Tag::Texts.bit())
                    && !each.any(set(&[Tag::My, Tag::Send]))
                {
                    whom = Some(Object::Other);
                } else if each.any(set(&[Tag::Time, Tag::About, Tag::Ask])) {
                    break;
                }
                continue;
            }
            if each.any(set(&[Tag::Texts, Tag::List])) {
                target = if self.is_foreign(place - 1) && !each.is(Tag::Texts) {
                    Object::Other
                } else {
                    Object::List
                };
                last = place;
                break;
            }
            if each.is(Tag::Number) && whom.is_none() && self.is(place - 1, Tag::My) {
                whom = Some(Object::Number);
            }
            if each.any(set(&[Tag::Mail, Tag::Kind])) && (!list_follows || self.is(place + 1, Tag::List)) {
                target = if each.is(Tag::Mail) {
                    Object::Mail
                } else {
                    Object::Kind
                };
                break;
            }
            if each.any(FOREIGN) && !list_follows {
                let joined = self
                    .get(place - 1)
                    .is_some_and(|token| token.any(set(&[Tag::These, Tag::It])));
                let named = whom == Some(Object::Number) && !each.any(set(&[Tag::Matter]));
                if (target == Object::Nothing || joined) && !named {
                    target = Object::Other;
                }
                break;
            }
            if each.any(set(&[Tag::These, Tag::It, Tag::You, Tag::Number])) && target == Object::Nothing {
                target = Object::These;
                last = place;
            }
            if each.any(set(&[Tag::Time, Tag::Ask, Tag::If])) {
                break;
            }
        }
        let object = match (whom, off, target) {
            (_, _, Object::Other | Object::Mail | Object::Kind) => target,
            (Some(Object::Other), _, Object::List) if before.first => Object::Other,
            (Some(Object::Other), ..) => Object::Other,
            (Some(Object::It), ..) => Object::It,
            (Some(whom), Some(off), target) if plain || target == Object::List || self.is(off, Tag::Off) => {
                whom
            }
            (Some(whom), None, _) if plain => whom,
            (None, Some(_), Object::List) if plain || before.wanted || before.how || before.first => {
                Object::List
            }
            (None, Some(_), Object::These) if before.wanted || before.how => Object::List,
            _ => return None,
        };
        Some(self.make(at, last, Act::Remove, object, before.polarity()))
    }

    /// "Off the list", "I want out of this".
    fn off(&self, at: usize) -> Option<Frame> {
        let before = self.before(at);
        let named = before.is_about(&[Tag::I]) && before.wanted;
        let number = self
            .behind(at)
            .next()
            .is_some_and(|(_, token)| token.any(set(&[Tag::Number, Tag::Me])));
        let (object, place) = self.object(at);
        let listed = matches!(object, Object::List | Object::Texts | Object::These);
        if listed && (before.first || named || number)
            || named && matches!(object, Object::Nothing | Object::It) && before.negated.is_none()
        {
            let object = if listed { Object::List } else { Object::It };
            return Some(self.make(at, place, Act::Remove, object, before.polarity()));
        }
        None
    }

    /// "Do not text me", "I don't want these", "no more messages".
    fn refuse(&self, at: usize, token: &Token) -> Option<Frame> {
        let before = self.before(at);
        let noun = token.is(Tag::No);
        let past = token.is(Tag::NotSo) && !token.is(Tag::Not);
        let behind = token.is(Tag::NotAfter) && !token.is(Tag::Not) && !noun;
        let mut want = token.is(Tag::Want).then_some(at);
        let mut may = before.may || token.is(Tag::May);
        let (mut get, mut permit, mut it, mut these) = (None, None, None, None);
        let (mut more, mut you, mut told) = (token.is(Tag::More), false, false);
        let mut uses = false;
        let mut result = None;
        if behind {
            let verb = self
                .behind(at)
                .take(3)
                .find(|(_, token)| token.any(SENDING | set(&[Tag::Want, Tag::Get])));
            let (place, verb) = verb?;
            if verb.any(SENDING) && !verb.is(Tag::Texts) {
                result = Some((Object::Texts, place));
            } else if verb.is(Tag::Want) {
                want = Some(place);
            } else {
                return None;
            }
        }
        for (place, each) in self.ahead(at) {
            if result.is_some() {
                break;
            }
            let texts_follow = self.soon(place, Tag::Texts);
            if noun
                && each.any(set(&[
                    Tag::You,
                    Tag::I,
                    Tag::It,
                    Tag::These,
                    Tag::Have,
                    Tag::Is,
                    Tag::May,
                ]))
                && !each.any(set(&[Tag::Get]))
                && !more
            {
                return None;
            }
            let verbal =
                each.any(SENDING) && !(each.is(Tag::Texts) && (noun || want.is_some() || get.is_some()));
            if verbal {
                result = self.sent(place);
                result?;
            } else if each.is(Tag::Texts)
                && !noun
                && !behind
                && want.is_none()
                && get.is_none()
                && permit.is_none()
            {
                return None;
            } else if each.is(Tag::Texts) {
                result = Some((Object::Texts, place));
            } else if each.any(set(&[Tag::Flip, Tag::Said])) && !each.any(set(&[Tag::Want, Tag::Get]))
                || noun && each.is(Tag::Keep)
            {
                return None;
            } else if each.is(Tag::Came) && !each.any(set(&[Tag::Get, Tag::Have])) {
                told = true;
            } else if each.is(Tag::Calls) {
                let listed =
                    self.is(place + 1, Tag::And) && self.get(place + 2).is_some_and(|next| next.any(TEXTING));
                let other = self
                    .ahead(place)
                    .take(2)
                    .any(|(_, next)| next.any(FOREIGN | set(&[Tag::They, Tag::Came, Tag::You])));
                if !listed && (other || may || behind) {
                    return None;
                }
                result = Some((if listed { Object::Texts } else { Object::Calls }, place));
            } else if each.is(Tag::Mail)
                && (place > at + 2 && want.is_none() || self.soon(place, Tag::Matter) || may)
                && !texts_follow
            {
                return None;
            } else if each.any(set(&[Tag::Mail, Tag::Kind])) && !texts_follow {
                result = Some((
                    if each.is(Tag::Mail) {
                        Object::Mail
                    } else {
                        Object::Kind
                    },
                    place,
                ));
            } else if each.is(Tag::Welcome) && self.behind(at).any(|(_, token)| token.is(Tag::Texts)) {
                return Some(self.make(at, place, Act::Refuse, Object::Texts, Polarity::Plain));
            } else if each.is(Tag::Permit) {
                permit = Some(place);
                told |= each.is(Tag::Past);
            } else if each.is(Tag::Past) && !each.is(Tag::Want) && !each.is(Tag::Remove) {
                told = true;
                permit = permit.or(Some(place));
            } else if each.is(Tag::Want) && !noun {
                want = Some(place);
            } else if each.is(Tag::Get) {
                get = Some(place);
            } else if each.is(Tag::Welcome) {
                let texts = self.behind(at).find(|(_, token)| token.is(Tag::Texts))?;
                return Some(self.make(at, texts.0, Act::Refuse, Object::Texts, Polarity::Plain));
            } else if each.is(Tag::List) && (want.is_some() || get.is_some()) && !texts_follow {
                result = Some((Object::List, place));
            } else if each.any(set(&[Tag::These, Tag::It])) {
                if !texts_follow
                    && self.get(place + 1).is_some_and(|next| {
                        next.any(FOREIGN | Tag::Came.bit())
                            && !next.any(LIGHT & !Tag::Get.bit())
                            && next.clause == each.clause
                    })
                {
                    return None;
                }
                if each.is(Tag::These) {
                    these = these.or(Some(place));
                } else {
                    it = it.or(Some(place));
                }
            } else if each.is(Tag::Use) {
                uses = true;
            } else if each.is(Tag::Number) && uses {
                result = Some((Object::Number, place));
            } else if each.is(Tag::You) {
                you = true;
            } else if each.is(Tag::May) {
                may = true;
            } else if each.is(Tag::More) {
                more = true;
            } else if each.any(set(&[Tag::Number])) && noun && more && !texts_follow {
                result = Some((Object::Number, place));
            } else if texts_follow && each.any(FOREIGN | Tag::Number.bit()) && (noun || want.is_some()) {
            } else if !each.any(LIGHT | set(&[Tag::Me, Tag::I, Tag::Off, Tag::Not, Tag::Keep, Tag::NotAfter]))
                || each.any(set(&[Tag::Time]))
            {
                break;
            }
        }
        let (object, place) = match (result, permit) {
            (Some(found), _) => found,
            (None, Some(place)) => match self.object(place) {
                (Object::Other | Object::Kind | Object::Mail | Object::Calls, at) => (Object::Other, at),
                _ => (Object::Consent, place),
            },
            (None, None) => match (these, it) {
                (None, Some(place)) if want.is_some() && (get.is_some() || you) => (Object::These, place),
                (None, None) if want.is_some() => match get {
                    Some(place)
                        if self
                            .ahead(place)
                            .all(|(_, token)| token.any(set(&[Tag::More, Tag::From, Tag::You, Tag::At]))) =>
                    {
                        (Object::These, place)
                    }
                    _ => return None,
                },
                (None, None)
                    if self.ahead(at).next().is_none()
                        && (before.first && (more || token.is(Tag::Not)) || before.wanted) =>
                {
                    (Object::It, at)
                }
                (Some(place), _) if want.is_some() || noun || get.is_some() || more => (Object::These, place),
                (None, Some(place)) if want.is_some() || get.is_some() || more || before.first => {
                    (Object::It, place)
                }
                _ => return None,
            },
        };
        let polarity = self.refusal(
            &before,
            RefusalKind {
                noun,
                past: past || told,
                behind,
            },
            want.is_some(),
            get.is_some(),
            may,
            you,
            permit.is_some(),
            object,
            place,
        )?;
        let act = if permit.is_some() {
            Act::Permit
        } else {
            Act::Refuse
        };
        Some(self.make(at, place, act, object, polarity))
    }

    /// In which sense something is refused. `None` where the words tell of texts that were missed.
    #[expect(clippy::too_many_arguments, clippy::fn_params_excessive_bools, reason = "")]
    fn refusal(
        &self,
        before: &Before,
        kind: RefusalKind,
        want: bool,
        get: bool,
        may: bool,
        you: bool,
        permit: bool,
        object: Object,
        place: usize,
    ) -> Option<Polarity> {
        let wanted = want || before.wanted;
        if before.how {
            return Some(Polarity::Plain);
        }
        if kind.noun && permit {
            return Some(Polarity::Plain);
        }
        if kind.noun {
            // A noun that is missed: "no text came", "I got no texts", "no, text is fine".
            let came = self.ahead(place).take(4).any(|(_, after)| after.is(Tag::Came));
            let missed = came
                || self
                    .ahead(place)
                    .next()
                    .is_some_and(|(_, after)| after.any(set(&[Tag::Is, Tag::Fine])));
            let told = missed || kind.past || before.asked || before.have && !before.wanted;
            return Some(if told { Polarity::Told } else { Polarity::Plain });
        }
        if before.asked || before.conditional && !(may && before.subject == Some(Tag::You)) && !before.wanted
        {
            return Some(Polarity::Asked);
        }
        if permit {
            return Some(match before.subject {
                Some(Tag::They | Tag::Matter) => Polarity::Told,
                _ if kind.past => Polarity::Complaint,
                _ => Polarity::Plain,
            });
        }
        if before.is_about(&[Tag::They, Tag::Matter]) {
            return Some(if want { Polarity::Third } else { Polarity::Told });
        }
        if kind.past {
            return Some(if wanted && before.is_about(&[Tag::I, Tag::You]) {
                Polarity::Plain
            } else {
                Polarity::Told
            });
        }
        if wanted || kind.behind && !get {
            return Some(Polarity::Plain);
        }
        if get && before.subject == Some(Tag::I) {
            return None;
        }
        Some(match before.subject {
            None | Some(Tag::Texts | Tag::These | Tag::It) => Polarity::Plain,
            Some(Tag::You)
                if may
                    || you
                    || before.said
                    || self.ahead(place).take(3).any(|(_, token)| token.is(Tag::More)) =>
            {
                Polarity::Plain
            }
            Some(Tag::I) if object == Object::Texts && !may => Polarity::Habit,
            Some(Tag::I) if may => Polarity::Plain,
            _ => Polarity::Told,
        })
    }

    /// What is sent. `None` where a verb of texting has another thing for its object: "don't send the bill".
    fn sent(&self, at: usize) -> Option<(Object, usize)> {
        let needs_object = self.is(at, Tag::Write) && !self.is(at, Tag::Send);
        let mut object = false;
        for (place, token) in self.ahead(at).take(5) {
            let texts_follow = self.soon(place, Tag::Texts);
            if token.is(Tag::Came) && !token.is(Tag::Get) {
                return None;
            }
            if token.any(set(&[Tag::Texts, Tag::These, Tag::Number, Tag::Send, Tag::More])) {
                object = true;
                break;
            }
            if object && token.is(Tag::At) && !self.is(place - 1, Tag::It) {
                break;
            }
            if token.any(set(&[Tag::Me, Tag::It])) {
                object = true;
                continue;
            }
            if token.any(set(&[Tag::Time, Tag::About, Tag::And, Tag::NotAfter])) {
                break;
            }
            if token.any(set(&[Tag::Mail, Tag::Kind])) && !texts_follow {
                return Some((
                    if token.is(Tag::Mail) {
                        Object::Mail
                    } else {
                        Object::Kind
                    },
                    place,
                ));
            }
            if token.any(set(&[Tag::Matter, Tag::They, Tag::You]))
                && !texts_follow
                && !self.is(place + 1, Tag::Number)
            {
                return None;
            }
            if token.any(set(&[Tag::Other, Tag::Name])) && !object && !texts_follow {
                return if needs_object || self.is(place - 1, Tag::My) {
                    None
                } else {
                    Some((Object::Texts, at))
                };
            }
        }
        let spanish = self.get(at).is_some_and(|token| token.is(Tag::Send));
        Some((
            if object || !needs_object || spanish {
                Object::Texts
            } else {
                Object::Unsaid
            },
            at,
        ))
    }

    fn revoke(&self, at: usize) -> Option<Frame> {
        let is_consent = |(_, token): &(usize, &Token)| token.any(set(&[Tag::Permit, Tag::Texts]));
        let (place, _) = self
            .ahead(at)
            .find(is_consent)
            .or_else(|| self.behind(at).find(is_consent))?;
        let other = self
            .ahead(at.max(place))
            .any(|(_, token)| token.any(set(&[Tag::They, Tag::Matter])));
        let given = self
            .ahead(at)
            .take_while(|(near, _)| *near < place)
            .any(|(_, token)| token.any(set(&[Tag::They, Tag::Matter])));
        let object = if other || given {
            Object::Other
        } else {
            Object::Consent
        };
        let polarity = if self.before(at).negated.is_some() {
            Polarity::Negated
        } else {
            Polarity::Plain
        };
        Some(self.make(at, place, Act::Revoke, object, polarity))
    }

    /// "Done with your texts", "tired of the messages".
    fn enough(&self, at: usize, token: &Token) -> Option<Frame> {
        let (object, place) = self.object(at);
        let before = self.before(at);
        if object != Object::Texts
            || before.negated.is_some()
            || before.asked
            || before.is_about(&[Tag::They, Tag::Matter])
        {
            return None;
        }
        let act = if token.is(Tag::Enough) {
            Act::Enough
        } else {
            Act::Fed
        };
        Some(self.make(at, place, act, object, Polarity::Plain))
    }

    /// "Text me instead", "I want the texts", "texts are fine".
    fn wanted(&self, at: usize, token: &Token) -> Option<Frame> {
        let before = self.before(at);
        let texts = |(_, token): &(usize, &Token)| token.any(TEXTING);
        let near = |tags: u64| self.ahead(at).take(3).any(|(_, token)| token.any(tags));
        let refused = before.negated.is_some() || before.asked || before.conditional;
        let mut act = Act::Keep;
        let wants = match () {
            () if refused => false,
            () if token.is(Tag::Keep) => before.first && self.ahead(at).take(4).any(|each| texts(&each)),
            () if token.is(Tag::Want) => {
                before.is_about(&[Tag::I])
                    && self
                        .ahead(at)
                        .take(4)
                        .any(|each| texts(&each) || each.1.is(Tag::These))
                    && !near(
                        NEGATIONS | set(&[Tag::End, Tag::Kill, Tag::Remove, Tag::Off, Tag::You, Tag::Leave]),
                    )
            }
            () if token.any(TEXTING) => {
                let praised =
                    near(Tag::Fine.bit()) || self.behind(at).take(2).any(|(_, token)| token.is(Tag::Fine));
                let alone = self
                    .behind(at)
                    .all(|(_, token)| token.any(set(&[Tag::Only, Tag::May, Tag::You, Tag::Fine])));
                act = Act::Praise;
                token.is(Tag::Texts) && praised
                    || alone && near(set(&[Tag::Me, Tag::Only])) && !near(NEGATIONS)
            }
            () => false,
        };
        let (place, _) = self.ahead(at).find(texts).unwrap_or((at, token));
        wants.then(|| self.make(at, place, act, Object::Texts, Polarity::Plain))
    }
}

/// How a refusal is put.
#[derive(Clone, Copy)]
struct RefusalKind {
    /// "No texts".
    noun: bool,
    /// "Didn't".
    past: bool,
    /// The negation is behind the verb.
    behind: bool,
}

//! "Do not text me", "I don't want these", "no more messages".

use super::clause::{FOREIGN, LIGHT, SENDING};
use super::object::mail_or_kind;
use super::{Act, Before, Frame, Object, Polarity, Reader, Token};
use crate::words::lexicon::{Tag, set};

/// What is found behind a negation, or before one that stands behind its verb.
struct Refusal {
    at: usize,
    /// "No", before a noun.
    noun: bool,
    /// The negation stands behind its verb.
    after: bool,
    /// It tells of what was: "didn't", "never agreed", "no text came".
    told: bool,
    /// Tags that were passed on the way.
    seen: u128,
    get: Option<usize>,
    permit: Option<usize>,
    these: Option<usize>,
    it: Option<usize>,
    object: Option<(Object, usize)>,
}

/// What a word does to a refusal.
enum Step {
    GoOn,
    Done,
    /// It is no refusal of texts.
    Nothing,
}

impl Refusal {
    fn has(&self, tag: Tag) -> bool {
        self.seen & tag.bit() != 0
    }

    fn found(&mut self, object: Object, place: usize) -> Step {
        self.object = Some((object, place));
        Step::Done
    }
}

impl Reader<'_> {
    pub(super) fn refuse(&self, at: usize, token: &Token) -> Option<Frame> {
        let before = self.before(at);
        let noun = token.is(Tag::No);
        let mut refusal = Refusal {
            at,
            noun,
            after: token.is(Tag::NotAfter) && !token.is(Tag::Not) && !noun,
            told: token.is(Tag::NotSo) && !token.is(Tag::Not),
            seen: token.tags & set(&[Tag::Want, Tag::May, Tag::More]),
            get: None,
            permit: None,
            these: None,
            it: None,
            object: None,
        };
        if before.has(Tag::May) {
            refusal.seen |= Tag::May.bit();
        }
        if refusal.after {
            self.take_verb(&mut refusal)?;
        }
        let mut ahead = self.ahead(at);
        while refusal.object.is_none() {
            let Some((place, each)) = ahead.next() else { break };
            match self.take(&mut refusal, place, each) {
                Step::GoOn => {}
                Step::Done => break,
                Step::Nothing => return None,
            }
        }
        let (object, place) = match refusal.object {
            Some(found) => found,
            None => self.pointed(&refusal, &before, token)?,
        };
        let polarity = self.refusing(&refusal, &before, object, place)?;
        let act = if refusal.permit.is_some() {
            Act::Permit
        } else {
            Act::Refuse
        };
        Some(self.make(at, place, act, object, polarity))
    }

    /// The verb before a negation that stands behind it: "textez moi plus".
    fn take_verb(&self, refusal: &mut Refusal) -> Option<()> {
        let verbs = SENDING | set(&[Tag::Want, Tag::Get]);
        let mut behind = self.behind(refusal.at).take(3);
        let (place, verb) = behind.find(|(_, token)| token.any(verbs))?;
        if verb.any(SENDING) && !verb.is(Tag::Texts) {
            refusal.object = Some((Object::Texts, place));
        } else if verb.is(Tag::Want) {
            refusal.seen |= Tag::Want.bit();
        } else {
            return None;
        }
        Some(())
    }

    /// A word behind the negation.
    fn take(&self, refusal: &mut Refusal, place: usize, token: &Token) -> Step {
        const CLAUSE: u128 = set(&[
            Tag::My,
            Tag::You,
            Tag::I,
            Tag::It,
            Tag::These,
            Tag::Have,
            Tag::Is,
            Tag::May,
        ]);
        // "No it will be late": an answer, and what follows is a sentence of its own.
        let answers = refusal.noun && !refusal.has(Tag::More) && token.any(CLAUSE) && !token.is(Tag::Get);
        let wished = refusal.has(Tag::Want) || refusal.get.is_some();
        let verb = token.any(SENDING) && !(token.is(Tag::Texts) && (refusal.noun || wished));
        match () {
            () if answers => Step::Nothing,
            () if verb => match self.sent(place) {
                Some((object, place)) => refusal.found(object, place),
                None => Step::Nothing,
            },
            () if token.is(Tag::Texts) => {
                if refusal.noun || refusal.after || wished || refusal.permit.is_some() {
                    refusal.found(Object::Texts, place)
                } else {
                    Step::Nothing
                }
            }
            () if token.any(set(&[Tag::Flip, Tag::Said])) && !token.any(set(&[Tag::Want, Tag::Get])) => {
                Step::Nothing
            }
            () if refusal.noun && token.is(Tag::Keep) => Step::Nothing,
            () if token.is(Tag::Came) && !token.any(set(&[Tag::Get, Tag::Have])) => {
                refusal.told = true;
                Step::GoOn
            }
            () if token.is(Tag::Calls) => self.take_calls(refusal, place),
            () if token.any(set(&[Tag::Mail, Tag::Kind])) && !self.soon(place, Tag::Texts) => {
                let far = place > refusal.at + 2 && !refusal.has(Tag::Want);
                if token.is(Tag::Mail) && (far || self.soon(place, Tag::Matter) || refusal.has(Tag::May)) {
                    Step::Nothing
                } else {
                    refusal.found(mail_or_kind(token), place)
                }
            }
            () => self.take_light(refusal, place, token),
        }
    }

    /// A word that leads on to what is refused.
    fn take_light(&self, refusal: &mut Refusal, place: usize, token: &Token) -> Step {
        const PASSED: u128 = LIGHT | set(&[Tag::Me, Tag::I, Tag::Off, Tag::Not, Tag::Keep, Tag::NotAfter]);
        let texts_follow = self.soon(place, Tag::Texts);
        let wished = refusal.has(Tag::Want) || refusal.get.is_some();
        match () {
            () if token.is(Tag::Welcome)
                && self.behind(refusal.at).any(|(_, token)| token.is(Tag::Texts)) =>
            {
                refusal.seen |= Tag::Want.bit();
                return refusal.found(Object::Texts, place);
            }
            () if token.any(set(&[Tag::Permit, Tag::Past]))
                && (token.is(Tag::Permit) || !token.any(set(&[Tag::Want, Tag::Remove]))) =>
            {
                refusal.told |= token.is(Tag::Past);
                refusal.permit = if token.is(Tag::Permit) {
                    Some(place)
                } else {
                    refusal.permit.or(Some(place))
                };
            }
            () if token.is(Tag::Want) && !refusal.noun => {}
            () if token.is(Tag::Get) => refusal.get = Some(place),
            () if token.is(Tag::Welcome) => return Step::Nothing,
            () if token.is(Tag::List) && wished && !texts_follow && !self.is(place + 1, Tag::Matter) => {
                return refusal.found(Object::List, place);
            }
            // "Anything on my phone", "anything by text".
            () if token.is(Tag::It) && wished && self.is_sent_here(place) => {
                return refusal.found(Object::Texts, place);
            }
            () if token.any(set(&[Tag::These, Tag::It])) => {
                let clause = |next: &Token| next.clause == token.clause;
                let next = self.get(place + 1).filter(|next| clause(next));
                let other = next.is_some_and(|next| {
                    next.any(FOREIGN | Tag::Came.bit()) && !next.any(LIGHT & !Tag::Get.bit())
                });
                if other && !texts_follow {
                    return Step::Nothing;
                }
                let slot = if token.is(Tag::These) {
                    &mut refusal.these
                } else {
                    &mut refusal.it
                };
                *slot = slot.or(Some(place));
            }
            () if token.is(Tag::Number)
                && (refusal.has(Tag::Use) || !texts_follow && refusal.noun && refusal.has(Tag::More)) =>
            {
                return refusal.found(Object::Number, place);
            }
            () if token.any(set(&[Tag::Use, Tag::You, Tag::May, Tag::More])) => {}
            () if texts_follow
                && token.any(FOREIGN | Tag::Number.bit())
                && (refusal.noun && self.soon(place, Tag::Plural) || refusal.has(Tag::Want)) => {}
            () if token.is(Tag::Time) || !token.any(PASSED) => return Step::Done,
            () => {}
        }
        let noted = token.tags & set(&[Tag::Use, Tag::You, Tag::May, Tag::More, Tag::Want]);
        refusal.seen |= if refusal.noun {
            noted & !Tag::Want.bit()
        } else {
            noted
        };
        Step::GoOn
    }

    /// Nothing but a word for texts is in the clause with a "no".
    fn follows_texts_alone(&self, at: usize) -> bool {
        let mut behind = self.behind(at);
        behind.next().is_some_and(|(_, token)| token.is(Tag::Texts))
            && behind.next().is_none()
            && self.ahead(at).next().is_none()
    }

    fn is_sent_here(&self, place: usize) -> bool {
        let by = self
            .ahead(place)
            .take_while(|(_, next)| next.any(set(&[Tag::At, Tag::My, Tag::More])));
        let (length, at) = by.fold((0, false), |(n, at), (_, next)| (n + 1, at || next.is(Tag::At)));
        at && self.any(place + 1 + length, set(&[Tag::Texts, Tag::Number]))
    }

    fn take_calls(&self, refusal: &mut Refusal, place: usize) -> Step {
        if self.texts_listed(place) {
            return refusal.found(Object::Texts, place);
        }
        let strangers = FOREIGN | set(&[Tag::They, Tag::Came, Tag::You]);
        let other = self.ahead(place).take(2).any(|(_, next)| next.any(strangers));
        if other || refusal.has(Tag::May) || refusal.after {
            return Step::Nothing;
        }
        refusal.found(Object::Calls, place)
    }

    /// What is refused where nothing names it: consent, "these", "it", or what the clause before spoke of.
    fn pointed(&self, refusal: &Refusal, before: &Before, token: &Token) -> Option<(Object, usize)> {
        if let Some(place) = refusal.permit {
            return Some(match self.object(place) {
                (Object::Other | Object::Kind | Object::Mail | Object::Calls, at) => (Object::Other, at),
                _ => (Object::Consent, place),
            });
        }
        let want = refusal.has(Tag::Want);
        let more = refusal.has(Tag::More);
        match (refusal.these, refusal.it, refusal.get) {
            // "I don't want anything from you".
            (None, Some(place), get) if want && (get.is_some() || refusal.has(Tag::You)) => {
                Some((Object::These, place))
            }
            (Some(place), _, get) if want || more || refusal.noun || get.is_some() => {
                Some((Object::These, place))
            }
            (None, Some(place), get) if want || more || get.is_some() || before.is_first() => {
                Some((Object::It, place))
            }
            // "I no longer wish to receive".
            (None, None, Some(place)) if want && !refusal.has(Tag::You) => {
                let rest = set(&[Tag::More, Tag::From, Tag::You, Tag::At]);
                let ends = self.ahead(place).all(|(_, token)| token.any(rest));
                ends.then_some((Object::These, place))
            }
            // "Texts: no".
            (None, None, None) if refusal.noun && self.follows_texts_alone(refusal.at) => {
                Some((Object::Texts, refusal.at))
            }
            (None, None, None) if !want && self.ahead(refusal.at).next().is_none() => {
                let whole = before.is_first() && (more || token.is(Tag::Not));
                (whole || before.has(Tag::Want)).then_some((Object::It, refusal.at))
            }
            _ => None,
        }
    }

    /// In which sense something is refused. `None` where the words tell of texts that were missed.
    fn refusing(&self, refusal: &Refusal, before: &Before, object: Object, place: usize) -> Option<Polarity> {
        let want = refusal.has(Tag::Want);
        let may = refusal.has(Tag::May);
        let supposed =
            before.has(Tag::If) && !before.has(Tag::Want) && !(may && before.subject == Some(Tag::You));
        Some(match () {
            () if before.has(Tag::How) => Polarity::Plain,
            () if refusal.permit.is_some() && before.is_about(&[Tag::They, Tag::Matter]) => Polarity::Told,
            () if refusal.noun => self.missing(refusal, before, place),
            () if before.has(Tag::Ask) || supposed => Polarity::Asked,
            () if refusal.permit.is_some() => match before.subject {
                Some(Tag::They | Tag::Matter) => Polarity::Told,
                _ if refusal.told => Polarity::Complaint,
                _ => Polarity::Plain,
            },
            () if before.is_about(&[Tag::They, Tag::Matter]) => {
                if want {
                    Polarity::Third
                } else {
                    Polarity::Told
                }
            }
            () if refusal.told => {
                let wished = want || before.has(Tag::Want);
                if wished && before.is_about(&[Tag::I, Tag::You, Tag::Texts]) {
                    Polarity::Plain
                } else {
                    Polarity::Told
                }
            }
            () if want || before.has(Tag::Want) || refusal.after && refusal.get.is_none() => Polarity::Plain,
            () if refusal.get.is_some() && before.subject == Some(Tag::I) => return None,
            () => self.commanding(refusal, before, object, place),
        })
    }

    /// A noun that is refused, or only missed: "no text came", "I got no texts", "no, text is fine".
    fn missing(&self, refusal: &Refusal, before: &Before, place: usize) -> Polarity {
        let came = self.ahead(place).take(4).any(|(_, after)| after.is(Tag::Came));
        let praised = self
            .ahead(place)
            .next()
            .is_some_and(|(_, after)| after.any(set(&[Tag::Is, Tag::Fine])));
        let had = before.has(Tag::Have) && !before.has(Tag::Want);
        let behind =
            !before.is_first() && !refusal.has(Tag::More) && !before.any(&[Tag::Want, Tag::Said, Tag::Is]);
        // "You said you would, but no text".
        let lacking = before.is_first()
            && !refusal.has(Tag::More)
            && refusal.at > 0
            && self.is(refusal.at - 1, Tag::And)
            && !self
                .behind(refusal.at - 1)
                .any(|(_, token)| token.any(set(&[Tag::Not, Tag::Want, Tag::End])));
        let missed = lacking || behind || came || praised || had || refusal.told || before.has(Tag::Ask);
        if missed && refusal.permit.is_none() {
            Polarity::Told
        } else {
            Polarity::Plain
        }
    }

    /// A refusal without a wish: a command, or a statement about the one whom it names.
    fn commanding(&self, refusal: &Refusal, before: &Before, object: Object, place: usize) -> Polarity {
        let may = refusal.has(Tag::May);
        match before.subject {
            None | Some(Tag::Texts | Tag::These | Tag::It) => Polarity::Plain,
            Some(Tag::You) => {
                let again = self.ahead(place).take(3).any(|(_, token)| token.is(Tag::More));
                if may || again || refusal.has(Tag::You) || before.has(Tag::Said) {
                    Polarity::Plain
                } else {
                    Polarity::Told
                }
            }
            Some(Tag::I) if may => Polarity::Plain,
            Some(Tag::I) if object == Object::Texts => Polarity::Habit,
            Some(_) => Polarity::Told,
        }
    }
}

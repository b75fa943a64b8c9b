//! The slots of a frame, and the one table that says what a frame means.
//!
//! A lawyer can read this table without the code that fills the slots: it says which requests stop the texts, which are put
//! before a person, and which are about something else. The first row that fits decides. An empty list fits everything.

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// "Stop", "kill", "has to end".
    End,
    /// "Take me off", "lose my number".
    Remove,
    /// "Unsubscribe", "opt out".
    Leave,
    /// "Do not text", "I don't want", "no more".
    Refuse,
    /// "I do not consent".
    Permit,
    /// "I withdraw my consent".
    Revoke,
    /// "Done with".
    Enough,
    /// "Tired of".
    Fed,
    /// "Text me instead", "I want the texts".
    Keep,
    /// "Text me", "texts are fine".
    Praise,
    /// A word that refuses or ends, near texts, in an arrangement that no frame knows.
    Near,
}

/// Of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    Texts,
    Number,
    Me,
    List,
    /// "These", "them".
    These,
    /// "It", "this", "anything".
    It,
    Consent,
    /// "Don't write": perhaps not about texts.
    Unsaid,
    /// Promotions and other texts of one kind.
    Kind,
    Calls,
    Mail,
    Nothing,
    /// "I said stop", "you have to stop": nothing is named, and nobody else is asked to.
    Silence,
    /// Something that is not a text: the rent, a lock, a neighbour.
    Other,
}

/// In which sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Polarity {
    /// As a request from now on.
    Plain,
    /// "Don't stop."
    Negated,
    /// "What if I stop", "did you stop".
    Asked,
    /// A statement: "he stopped", "you never text me".
    Told,
    /// "You won't stop."
    Complaint,
    /// "I don't text."
    Habit,
    /// "My wife doesn't want them."
    Third,
}

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    Kind,
    Time,
}

/// A request, and the words that it was read from (the first, and the one after the last).
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) act: Act,
    pub(super) object: Object,
    pub(super) polarity: Polarity,
    pub(super) scope: Scope,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a frame does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The texts stop.
    Stop,
    /// The texts stop if the message spoke of texts before: "these texts cost me money. Turn it off".
    StopIfCarried,
    /// The texts stop if the second reader is sure that a request is meant.
    StopIfSure,
    /// A person has to look.
    Hold,
    /// A person has to look, unless the message speaks of texts that are wanted: "don't call, text me".
    HoldUnlessTextsWanted,
    /// Texts are wanted.
    Wanted,
    /// Texts are welcome.
    Praised,
    /// Not about consent.
    Nothing,
}

pub(super) struct Row {
    pub(super) id: &'static str,
    acts: &'static [Act],
    objects: &'static [Object],
    polarities: &'static [Polarity],
    scopes: &'static [Scope],
    pub(super) verdict: Verdict,
}

const fn row(
    id: &'static str,
    acts: &'static [Act],
    objects: &'static [Object],
    polarities: &'static [Polarity],
    scopes: &'static [Scope],
    verdict: Verdict,
) -> Row {
    Row {
        id,
        acts,
        objects,
        polarities,
        scopes,
        verdict,
    }
}

use Act::{End, Enough, Fed, Keep, Leave, Near, Permit, Praise, Refuse, Remove, Revoke};
use Object::{
    Calls, Consent, It, Kind, List, Mail, Me, Nothing, Number, Other, Silence, Texts, These, Unsaid,
};
use Polarity::{Asked, Complaint, Habit, Negated, Plain, Third, Told};
use Verdict::{Hold, HoldUnlessTextsWanted, Praised, Stop, StopIfCarried, StopIfSure, Wanted};

#[rustfmt::skip] // A table, a row a line.
pub(super) const ROWS: &[Row] = &[
    //  id, what is asked for, of what, in which sense, how much of it, and what follows
    row("frame.near",           &[Near],        &[],                                        &[Plain, Complaint],     &[Scope::All],               StopIfSure),
    row("frame.near_part",      &[Near],        &[],                                        &[],                     &[],                         Verdict::Nothing),
    row("frame.other",          &[],            &[Other],                                   &[],                     &[],                         Verdict::Nothing),
    row("frame.no_request",     &[],            &[],                                        &[Negated, Asked, Told], &[],                         Verdict::Nothing),
    row("frame.wanted",         &[Keep],        &[],                                        &[],                     &[],                         Wanted),
    row("frame.praised",        &[Praise],      &[],                                        &[],                     &[],                         Praised),
    row("frame.complaint",      &[],            &[Texts, Consent, These, It],               &[Complaint],            &[],                         Hold),
    row("frame.habit",          &[],            &[Texts],                                   &[Habit],                &[],                         Hold),
    row("frame.third",          &[],            &[Texts, These, List],                      &[Third],                &[],                         Hold),
    row("frame.one_kind",       &[],            &[Kind],                                    &[Plain],                &[],                         Hold),
    row("frame.it",             &[],            &[It],                                      &[Plain],                &[Scope::Time],              Verdict::Nothing),
    row("frame.part",           &[],            &[Texts, These, List, Me, Number, Consent], &[Plain],                &[Scope::Kind, Scope::Time], Hold),
    row("frame.end+texts",      &[End],         &[Texts, Unsaid],                           &[Plain],                &[],                         Stop),
    row("frame.end+these",      &[End],         &[These],                                   &[Plain],                &[],                         Stop),
    row("frame.end+it",         &[End],         &[It],                                      &[Plain],                &[],                         StopIfCarried),
    row("frame.end+number",     &[End],         &[Number, List],                            &[Plain],                &[],                         Stop),
    row("frame.end",            &[End],         &[Silence],                                 &[Plain],                &[],                         Stop),
    row("frame.remove+number",  &[Remove],      &[Number],                                  &[Plain],                &[],                         Stop),
    row("frame.remove+me",      &[Remove],      &[Me],                                      &[Plain],                &[],                         Stop),
    row("frame.remove+list",    &[Remove],      &[List],                                    &[Plain],                &[],                         Stop),
    row("frame.remove+it",      &[Remove],      &[It],                                      &[Plain],                &[],                         StopIfCarried),
    row("frame.leave+list",     &[Leave],       &[List],                                    &[Plain],                &[],                         Stop),
    row("frame.refuse+texts",   &[Refuse],      &[Texts],                                   &[Plain],                &[],                         Stop),
    row("frame.refuse",         &[Refuse],      &[Unsaid],                                  &[Plain],                &[],                         Hold),
    row("frame.refuse+number",  &[Refuse],      &[Number],                                  &[Plain],                &[],                         Stop),
    row("frame.refuse+list",    &[Refuse],      &[List],                                    &[Plain],                &[],                         Stop),
    row("frame.refuse+these",   &[Refuse],      &[These],                                   &[Plain],                &[],                         Stop),
    row("frame.refuse+it",      &[Refuse],      &[It],                                      &[Plain],                &[],                         StopIfCarried),
    row("frame.refuse+consent", &[Permit],      &[Texts, Consent, These, It],               &[Plain],                &[],                         Stop),
    row("frame.revoke+consent", &[Revoke],      &[Consent],                                 &[Plain],                &[],                         Stop),
    row("frame.enough+texts",   &[Enough],      &[Texts],                                   &[Plain],                &[],                         Stop),
    row("frame.fed+texts",      &[Fed],         &[Texts],                                   &[Plain],                &[],                         Hold),
    row("frame.calls",          &[End, Refuse], &[Calls, Mail],                             &[Plain],                &[Scope::All],               HoldUnlessTextsWanted),
    row("frame.bare",           &[],            &[Nothing],                                 &[],                     &[],                         Verdict::Nothing),
];

/// The row that a frame falls under.
pub(super) fn decide(frame: &Frame) -> Option<&'static Row> {
    ROWS.iter().find(|row| {
        (row.acts.is_empty() || row.acts.contains(&frame.act))
            && (row.objects.is_empty() || row.objects.contains(&frame.object))
            && (row.polarities.is_empty() || row.polarities.contains(&frame.polarity))
            && (row.scopes.is_empty() || row.scopes.contains(&frame.scope))
    })
}

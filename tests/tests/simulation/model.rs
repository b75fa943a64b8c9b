//! Whether the answers about each tenant can be explained: by the operations one after the other, each at some moment
//! between its beginning and its answer, by the rules. What was never answered may have been done, at any time from its
//! beginning on, or not. (Linearizability, after Wing and Gong.)

use std::collections::HashSet;

use crate::judges::kept;
use crate::plan::{FACILITIES, Operation, Provider, Screen, Verdict, Word};
use crate::rules::{Act, Answer, Circumstances, State, step};
use crate::run::{Called, Ran};

/// Clocks may be wrong by so much.
const SKEW: i64 = 501;
/// A request that is not answered takes no effect later than this.
const LATEST: i64 = 36_000;
/// A search that takes longer than this is given up.
const PATIENCE: usize = 200_000;

/// Something done, with its answer.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) name: String,
    pub(crate) began: i64,
    /// `None`: it was not answered.
    pub(crate) ended: Option<i64>,
    pub(crate) act: Act,
    pub(crate) answer: Answer,
    pub(crate) is_maybe: bool,
    pub(crate) is_blocked: bool,
    pub(crate) is_repeated: bool,
}

/// Everything that cannot be explained.
pub(crate) fn judge(ran: &Ran) -> Vec<String> {
    let mut wrong = Vec::new();
    for (facility, tenant) in ran.facts.tenants.keys() {
        let history = history(ran, facility, tenant);
        if let Err(what) = explain(&history) {
            wrong.push(format!("{facility}/{tenant}: {what}"));
        }
    }
    wrong
}

/// What was done that concerns a tenant.
fn history(ran: &Ran, facility: &str, tenant: &str) -> Vec<Done> {
    let mut history: Vec<Done> = Vec::new();
    let place = FACILITIES.iter().position(|id| *id == facility).unwrap();
    let is_blocked = ran
        .plan
        .planned
        .iter()
        .any(|planned| matches!(planned.operation, Operation::Carrier { .. }));
    let mut texts = HashSet::new();
    for (call, called) in ran.calls.iter().enumerate() {
        let answer = answer(called);
        let mut add = |act: Act, answer: Answer, is_repeated: bool| {
            let is_open = answer == Answer::Open;
            if is_open && matches!(act, Act::View | Act::Send) {
                return;
            }
            history.push(Done {
                name: format!("{} {:?} -> {answer:?}", called.name, act),
                began: millis(called.began),
                ended: (!is_open).then(|| millis(called.ended)),
                act,
                answer,
                is_maybe: false,
                is_blocked,
                is_repeated,
            });
        };
        match &called.operation {
            Operation::Facility {
                facility,
                two_way,
                number,
                ..
            } if *facility == place => {
                add(
                    Act::Facility {
                        two_way: *two_way,
                        number: *number,
                    },
                    answer,
                    false,
                );
            }
            Operation::Register { facility, details } if *facility == place => {
                let (phone, is_old, replied_stop) = (details.phone, details.is_old, details.replied_stop);
                if details.tenant == tenant {
                    add(
                        Act::Register {
                            phone,
                            is_old,
                            replied_stop,
                        },
                        answer,
                        false,
                    );
                } else if let (true, Some(phone)) = (replied_stop, phone) {
                    add(Act::OtherStopped { phone }, open_or_done(answer), false);
                }
            }
            Operation::Import { facility, rows } if *facility == place => {
                let kept = kept(rows, called);
                for row in rows {
                    let is_kept = kept.iter().any(|kept| kept.tenant == row.tenant);
                    let answer = if is_kept {
                        open_or_done(answer.clone())
                    } else {
                        Answer::Open
                    };
                    let (phone, is_old, replied_stop) = (row.phone, row.is_old, row.replied_stop);
                    if row.tenant == tenant {
                        add(
                            Act::Register {
                                phone,
                                is_old,
                                replied_stop,
                            },
                            answer,
                            false,
                        );
                    } else if let (true, Some(phone)) = (replied_stop, phone) {
                        add(Act::OtherStopped { phone }, answer, false);
                    }
                }
            }
            Operation::MoveOut { facility, tenant: id } if *facility == place && id == tenant => {
                add(Act::MoveOut, answer, false);
            }
            Operation::Box {
                facility,
                tenant: id,
                screen,
                checked,
                received_via,
            } if *facility == place && id == tenant => {
                let act = Act::Click {
                    screen: *screen,
                    checked: *checked,
                    is_told: received_via.is_some(),
                };
                if let (Screen::Portal, true, Answer::Standing(..)) = (screen, checked, &answer) {
                    // The provider is asked in between, and then what stands is read anew.
                    add(act, Answer::Done, false);
                    add(Act::View, answer, false);
                } else {
                    add(act, answer, false);
                }
            }
            Operation::View { facility, tenant: id } if *facility == place && id == tenant => {
                add(Act::View, answer, false);
            }
            Operation::Send {
                facility,
                tenant: id,
                key,
            } if *facility == place && id == tenant => {
                let is_repeated = key.is_some() && ran.facts.texts_of(call).next().is_none();
                add(Act::Send, answer, is_repeated);
            }
            Operation::Ask {
                facility, tenants, ..
            } if *facility == place => {
                let mut all = called.body()["decisions"].as_array().into_iter().flatten();
                let of = all.rfind(|decision| decision["tenant_id"] == tenant);
                if let (Some(decision), true) = (of, tenants.iter().any(|id| id == tenant)) {
                    let answer = match decision["code"].as_str() {
                        None => Answer::Done,
                        Some("tenant_not_found") => Answer::NotFound,
                        Some(code) => Answer::Refused(code.to_owned()),
                    };
                    add(Act::Send, answer, false);
                }
            }
            Operation::Decided {
                facility,
                number,
                verdict,
            } if *facility == place => {
                if matches!(answer, Answer::Refused(_)) {
                    continue;
                }
                let answer = open_or_done(answer);
                if *verdict == Verdict::NoOptOut {
                    add(Act::NoOptOut { from: *number }, answer, false);
                    continue;
                }
                // As if the text had been a STOP that comes now.
                let id = call + 1_000;
                let act = Act::Keyword {
                    id,
                    word: Word::Stop,
                    from: *number,
                    to: 0,
                    sent: None,
                };
                add(act, answer.clone(), false);
                add(Act::Reach { id, is_stop: true }, answer, false);
            }
            Operation::Text(text) if texts.insert(called.id) => {
                if let Some(done) = heard(ran, facility, called) {
                    let act = match text.word {
                        Word::Doubt => Act::ReachDoubt { id: called.id },
                        word => Act::Reach {
                            id: called.id,
                            is_stop: word == Word::Stop,
                        },
                    };
                    let name = format!("{} reaches {tenant}", done.name);
                    history.push(Done {
                        name,
                        act,
                        is_maybe: false,
                        ..done.clone()
                    });
                    history.push(done);
                }
                debug_assert!(text.from < 4);
            }
            _ => {}
        }
    }
    history
}

/// A text, over all its deliveries: it takes effect once, before the first that was acknowledged is.
fn heard(ran: &Ran, facility: &str, first: &Called) -> Option<Done> {
    let Operation::Text(text) = &first.operation else {
        return None;
    };
    if !matches!(text.word, Word::Stop | Word::Start | Word::Doubt) {
        return None;
    }
    let acknowledged = ran
        .calls
        .iter()
        .filter(|called| called.id == first.id && called.is_done());
    let ended = acknowledged.map(|called| called.ended).min();
    let began = first.began;
    let until = ended.unwrap_or(u64::MAX);
    let holders = ran
        .facts
        .holders_between(crate::plan::BUSINESS[text.to], began, until);
    if !holders.contains(&facility) {
        return None;
    }
    let planned = ran.plan.planned.iter().find(|planned| planned.id == first.id);
    let sent = planned
        .filter(|_| text.provider != Provider::Twilio)
        .map(|planned| millis(planned.at));
    Some(Done {
        name: format!(
            "#{} {:?} from {}",
            first.id,
            text.word,
            crate::plan::NUMBERS[text.from]
        ),
        began: millis(began),
        ended: ended.map(millis),
        act: if text.word == Word::Doubt {
            Act::Doubt {
                id: first.id,
                from: text.from,
            }
        } else {
            Act::Keyword {
                id: first.id,
                word: text.word,
                from: text.from,
                to: text.to,
                sent,
            }
        },
        answer: if ended.is_some() {
            Answer::Done
        } else {
            Answer::Open
        },
        is_maybe: holders.len() > 1,
        is_blocked: false,
        is_repeated: false,
    })
}

fn millis(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX / 2)
}

/// Of an answer that shows nothing of this tenant.
fn open_or_done(answer: Answer) -> Answer {
    if matches!(answer, Answer::Open | Answer::NotFound) {
        answer
    } else {
        Answer::Done
    }
}

fn answer(called: &Called) -> Answer {
    let body = called.body();
    let code = body["code"].as_str();
    match (called.status(), code) {
        (200..300, _) => match body["status"].as_str() {
            Some(status) => {
                let source = body
                    .get("source")
                    .map(|source| source.as_str().map(str::to_owned));
                let held = body.get("hold").map(|hold| !hold.is_null());
                Answer::Standing(status.to_owned(), source, held)
            }
            None => Answer::Done,
        },
        (404, _) => Answer::NotFound,
        (409, Some(code)) if code != "conflict" => Answer::Refused(code.to_owned()),
        _ => Answer::Open,
    }
}

/// Finds an order of what was done, in which every answer is right. The error says what none of the orders explain.
pub(crate) fn explain(history: &[Done]) -> Result<(), String> {
    if history.len() > 128 {
        return Ok(());
    }
    let mut search = Search {
        history,
        seen: HashSet::new(),
        best: (0, 0),
    };
    match search.goes_on(0, &State::default()) {
        Some(false) => Err(search.story()),
        Some(true) | None => Ok(()),
    }
}

struct Search<'a> {
    history: &'a [Done],
    seen: HashSet<(u128, State)>,
    /// The longest order so far: how many of them, and which.
    best: (u32, u128),
}

impl Search<'_> {
    /// Whether the rest can be explained after these. `None`: it takes too long to tell.
    fn goes_on(&mut self, placed: u128, state: &State) -> Option<bool> {
        let left = |place: &usize| placed & (1 << place) == 0;
        let open: Vec<usize> = (0..self.history.len()).filter(left).collect();
        let closed = open.iter().filter_map(|place| self.history[*place].ended);
        let Some(first_end) = closed.min() else {
            return Some(true);
        };
        if !self.seen.insert((placed, state.clone())) {
            return Some(false);
        }
        if self.seen.len() > PATIENCE {
            return None;
        }
        if placed.count_ones() > self.best.0 {
            self.best = (placed.count_ones(), placed);
        }
        for place in open
            .iter()
            .copied()
            .filter(|place| self.history[*place].began <= first_end)
        {
            let done = &self.history[place];
            // A keyword reaches nobody before the number has heard it.
            let is_early = |reaches: usize| {
                let mut left = open.iter().map(|place| &self.history[*place].act);
                left.any(
                    |act| matches!(act, Act::Keyword { id, .. } | Act::Doubt { id, .. } if *id == reaches),
                )
            };
            if matches!(done.act, Act::Reach { id, .. } | Act::ReachDoubt { id } if is_early(id)) {
                continue;
            }
            let states = step(state, &done.act, &done.answer, self.around(done));
            for after in states {
                // What was not answered and changes nothing need not have been done.
                if done.ended.is_none() && after == *state {
                    continue;
                }
                if self.goes_on(placed | (1 << place), &after)? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    fn around(&self, done: &Done) -> Circumstances {
        let ended = done.ended.unwrap_or(done.began + LATEST);
        let overlaps = |other: &Done| {
            let other_ended = other.ended.unwrap_or(other.began + LATEST);
            other.began <= ended && other_ended >= done.began
        };
        Circumstances {
            now: (done.began - SKEW, ended + SKEW),
            is_switched: self
                .history
                .iter()
                .any(|other| matches!(other.act, Act::Facility { .. }) && overlaps(other)),
            is_maybe: done.is_maybe,
            is_blocked: done.is_blocked,
            is_repeated: done.is_repeated,
        }
    }

    fn story(&self) -> String {
        let left = (0..self.history.len()).filter(|place| self.best.1 & (1 << place) == 0);
        let mut left: Vec<&Done> = left
            .map(|place| &self.history[place])
            .filter(|done| done.ended.is_some())
            .collect();
        left.sort_by_key(|done| done.ended);
        let next = left.first().map_or("?", |done| done.name.as_str());
        format!(
            "no order of {} operations explains it, at most {} of them; then comes {next}",
            self.history.len(),
            self.best.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(began: i64, ended: i64, act: Act, answer: Answer) -> Done {
        Done {
            name: format!("{act:?}"),
            began,
            ended: (answer != Answer::Open).then_some(ended),
            act,
            answer,
            is_maybe: false,
            is_blocked: false,
            is_repeated: false,
        }
    }

    fn standing(status: &str, source: Option<&str>) -> Answer {
        Answer::Standing(status.to_owned(), Some(source.map(str::to_owned)), None)
    }

    /// A facility with two-way texting and one tenant, grandfathered, and then this: `(began, ended, act, answer)`.
    #[track_caller]
    fn check(is_explained: bool, then: Vec<(i64, i64, Act, Answer)>) {
        let register = Act::Register {
            phone: Some(0),
            is_old: true,
            replied_stop: false,
        };
        let mut history = vec![
            done(
                0,
                1,
                Act::Facility {
                    two_way: true,
                    number: Some(0),
                },
                Answer::Done,
            ),
            done(10, 20, register, standing("provided", Some("grandfathered"))),
        ];
        for (began, ended, act, answer) in then {
            if let Act::Keyword { id, word, .. } = act {
                let reach = Act::Reach {
                    id,
                    is_stop: word == Word::Stop,
                };
                history.push(done(began, ended, reach, answer.clone()));
            }
            history.push(done(began, ended, act, answer));
        }
        assert_eq!(explain(&history).is_ok(), is_explained);
    }

    fn text(word: Word, sent: i64) -> Act {
        let id = usize::try_from(sent).unwrap();
        Act::Keyword {
            id,
            word,
            from: 0,
            to: 0,
            sent: Some(sent),
        }
    }

    fn out() -> Answer {
        standing("opted_out", Some("text"))
    }

    fn given() -> Answer {
        standing("provided", Some("grandfathered"))
    }

    #[test]
    fn what_follows_the_rules_is_explained() {
        let stop = text(Word::Stop, 5_000);
        check(
            true,
            vec![
                (5_000, 5_010, stop.clone(), Answer::Done),
                (6_000, 6_010, Act::View, out()),
            ],
        );
        check(
            true,
            vec![
                (5_000, 5_010, stop.clone(), Answer::Done),
                (5_005, 5_006, Act::View, given()),
            ],
        );
        check(
            true,
            vec![
                (5_000, 5_010, stop, Answer::Done),
                (9_000, 9_010, text(Word::Start, 9_000), Answer::Done),
                (9_500, 9_510, Act::View, standing("provided", Some("text"))),
            ],
        );
    }

    #[test]
    fn a_lost_withdrawal_is_not() {
        let stop = text(Word::Stop, 5_000);
        check(
            false,
            vec![
                (5_000, 5_010, stop.clone(), Answer::Done),
                (6_000, 6_010, Act::View, given()),
            ],
        );
        check(
            false,
            vec![
                (5_000, 5_010, stop, Answer::Done),
                (6_000, 6_010, Act::Send, Answer::Done),
            ],
        );
        let uncheck = Act::Click {
            screen: Screen::Portal,
            checked: false,
            is_told: false,
        };
        check(
            false,
            vec![
                (5_000, 5_010, uncheck, standing("opted_out", Some("portal"))),
                (6_000, 6_010, Act::View, standing("opted_out", Some("profile"))),
            ],
        );
    }

    #[test]
    fn what_was_not_answered_may_have_been_done_or_not() {
        let stop = text(Word::Stop, 5_000);
        for seen in [out(), given()] {
            check(
                true,
                vec![
                    (5_000, 0, stop.clone(), Answer::Open),
                    (6_000, 6_010, Act::View, seen),
                ],
            );
        }
        check(
            false,
            vec![
                (5_000, 0, stop, Answer::Open),
                (6_000, 6_010, Act::View, out()),
                (7_000, 7_010, Act::View, given()),
            ],
        );
    }

    #[test]
    fn a_late_start_undoes_nothing_that_is_newer() {
        let stop = (5_000, 5_010, text(Word::Stop, 5_000), Answer::Done);
        let late = (9_000, 9_010, text(Word::Start, 3_000), Answer::Done);
        let granted = standing("provided", Some("text"));
        check(
            false,
            vec![
                stop.clone(),
                late.clone(),
                (9_500, 9_510, Act::View, granted.clone()),
            ],
        );
        check(true, vec![stop, late, (9_500, 9_510, Act::View, out())]);
        // Clocks differ: one that was sent about then may count or not.
        let stop = (5_000, 5_010, text(Word::Stop, 5_000), Answer::Done);
        let uncheck = Act::Click {
            screen: Screen::Profile,
            checked: false,
            is_told: false,
        };
        let uncheck = (3_000, 3_010, uncheck, standing("opted_out", Some("profile")));
        for seen in [granted, standing("opted_out", Some("profile"))] {
            let start = (3_900, 4_000, text(Word::Start, 3_200), Answer::Done);
            check(
                true,
                vec![uncheck.clone(), start, (4_100, 4_110, Act::View, seen)],
            );
        }
        drop(stop);
    }
}

//! What was done that concerns a tenant, with what was answered.

use std::collections::HashSet;

use serde_json::Value;

use crate::acts::text_of_review;
use crate::judges::kept;
use crate::plan::{BUSINESS, Details, FACILITIES, NUMBERS, Operation, Plan, Provider, Screen, Verdict, Word};
use crate::ran::{Called, Ran};
use crate::rules::{Act, Answer, Entry, Shown, Standing, Unknown};

/// Something done, with its answer.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) name: String,
    pub(crate) began: i64,
    /// `None`: it was not answered.
    pub(crate) ended: Option<i64>,
    pub(crate) act: Act,
    pub(crate) answer: Answer,
    pub(crate) unknown: Unknown,
    /// The place of something that comes first in any case.
    pub(crate) after: Option<usize>,
}

impl Done {
    /// Whether it is the same, whatever it is called.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        (self.began, self.ended, self.unknown, self.after)
            == (other.began, other.ended, other.unknown, other.after)
            && self.act == other.act
            && self.answer == other.answer
    }
}

/// A tenant's history in the making.
struct Writer<'a> {
    ran: &'a Ran,
    facility: &'a str,
    tenant: &'a str,
    is_blocked: bool,
    /// The texts that are in it.
    texts: HashSet<usize>,
    history: Vec<Done>,
}

/// What was done that concerns a tenant.
pub(crate) fn history(ran: &Ran, facility: &str, tenant: &str) -> Vec<Done> {
    let is_carrier = |planned: &crate::plan::Planned| matches!(planned.operation, Operation::Carrier { .. });
    let mut writer = Writer {
        ran,
        facility,
        tenant,
        is_blocked: ran.plan.planned.iter().any(is_carrier),
        texts: HashSet::new(),
        history: Vec::new(),
    };
    for (call, called) in ran.calls.iter().enumerate() {
        writer.take(call, called);
    }
    writer.history
}

impl Writer<'_> {
    fn is_at(&self, facility: usize) -> bool {
        FACILITIES[facility] == self.facility
    }

    fn is_of(&self, facility: usize, tenant: &str) -> bool {
        self.is_at(facility) && self.tenant == tenant
    }

    fn add(&mut self, called: &Called, act: Act, answer: Answer) {
        self.add_behind(called, act, answer, None);
    }

    /// What cannot come before something else. Returns its place.
    fn add_behind(&mut self, called: &Called, act: Act, answer: Answer, after: Option<usize>) -> usize {
        let is_open = answer == Answer::Open;
        if !(is_open && matches!(act, Act::View | Act::Send)) {
            self.history.push(Done {
                name: format!("{}: {act} -> {answer}", called.name),
                began: millis(called.began),
                ended: (!is_open).then(|| millis(called.ended)),
                act,
                answer,
                unknown: Unknown {
                    is_blocked: self.is_blocked,
                    ..Unknown::default()
                },
                after,
            });
        }
        self.history.len() - 1
    }

    fn take(&mut self, call: usize, called: &Called) {
        let answer = answer(&self.ran.plan, called);
        match &called.operation {
            Operation::Facility {
                facility,
                two_way,
                number,
                ..
            } if self.is_at(*facility) => {
                let (two_way, number) = (*two_way, *number);
                self.add(called, Act::Facility { two_way, number }, answer);
            }
            Operation::Register { facility, details } if self.is_at(*facility) => {
                if details.tenant == self.tenant {
                    self.add(called, Act::Register(entry(details)), answer);
                } else if let (true, Some(phone)) = (details.replied_stop, details.phone) {
                    self.add(called, Act::OtherStopped { phone }, open_or_done(answer));
                }
            }
            Operation::Import { facility, rows } if self.is_at(*facility) => {
                self.import(call, called, rows, &answer);
            }
            Operation::MoveOut { facility, tenant } if self.is_of(*facility, tenant) => {
                self.add(called, Act::MoveOut, answer);
            }
            Operation::Box {
                facility,
                tenant,
                screen,
                checked,
                received_via,
            } if self.is_of(*facility, tenant) => {
                let act = Act::Click {
                    screen: *screen,
                    checked: *checked,
                    is_told: received_via.is_some(),
                };
                if let (Screen::Portal, true, Answer::Standing(_)) = (screen, checked, &answer) {
                    // The provider is asked in between, and then what stands is read anew.
                    self.add(called, act, Answer::Done);
                    self.add(called, Act::View, answer);
                } else {
                    self.add(called, act, answer);
                }
            }
            Operation::View { facility, tenant } if self.is_of(*facility, tenant) => {
                self.add(called, Act::View, answer);
            }
            Operation::Send {
                facility,
                tenant,
                key,
            } if self.is_of(*facility, tenant) => {
                let is_repeated = key.is_some() && self.ran.facts.texts_of(call).next().is_none();
                let is_open = answer == Answer::Open;
                let place = self.add_behind(called, Act::Send, answer, None);
                if !is_open {
                    self.history[place].unknown.is_repeated = is_repeated;
                }
            }
            Operation::Ask { facility, .. } if self.is_at(*facility) => {
                let mut all = called.body()["decisions"].as_array().into_iter().flatten();
                if let Some(decision) = all.rfind(|decision| decision["tenant_id"] == self.tenant) {
                    let answer = match decision["code"].as_str() {
                        None => Answer::Done,
                        Some("tenant_not_found") => Answer::NotFound,
                        // Nothing was decided.
                        Some("unavailable" | "conflict") => Answer::Open,
                        Some(code) => Answer::Refused(code.to_owned()),
                    };
                    self.add(called, Act::Send, answer);
                }
            }
            Operation::Decided(decided) if self.is_at(decided.facility) => {
                if matches!(answer, Answer::Refused(_) | Answer::NotFound) {
                    return;
                }
                let answer = open_or_done(answer);
                match decided.verdict {
                    Verdict::NoOptOut => {
                        self.add(called, Act::NoOptOut { text: decided.text }, answer);
                    }
                    Verdict::Seen => self.add(called, Act::Seen, answer),
                    Verdict::OptOut => {
                        // As if the text had been a STOP that comes now.
                        let id = call + 1_000;
                        let act = Act::Keyword {
                            id,
                            word: Word::Stop,
                            from: decided.number,
                            to: Vec::new(),
                            sent: None,
                        };
                        let heard = self.add_behind(called, act, answer.clone(), None);
                        let act = Act::Reach { id, is_stop: true };
                        self.add_behind(called, act, answer, Some(heard));
                    }
                }
            }
            Operation::Text(_) if self.texts.insert(called.id) => self.text(called),
            _ => {}
        }
    }

    fn import(&mut self, call: usize, called: &Called, rows: &[Details], answer: &Answer) {
        let kept = kept(rows, called);
        let own: Vec<&Details> = rows.iter().filter(|row| row.tenant == self.tenant).collect();
        let mut before = None;
        for row in rows {
            let is_kept = kept.iter().any(|kept| kept.tenant == row.tenant);
            let answer = if is_kept {
                open_or_done(answer.clone())
            } else {
                Answer::Open
            };
            if row.tenant != self.tenant {
                if let (true, Some(phone)) = (row.replied_stop, row.phone) {
                    self.add(called, Act::OtherStopped { phone }, answer);
                }
            } else if own.len() == 1 {
                self.add(called, Act::Register(entry(row)), answer);
            } else {
                let act = Act::Row {
                    import: call,
                    entry: entry(row),
                    last: entry(own[own.len() - 1]),
                    is_first: before.is_none(),
                };
                before = Some(self.add_behind(called, act, answer, before));
            }
        }
    }

    /// A text, over all its deliveries: it takes effect once, before the first that was acknowledged is.
    fn text(&mut self, first: &Called) {
        let ran = self.ran;
        let Some(text) = first.text() else { return };
        if matches!(text.word, Word::Help | Word::Other) {
            return;
        }
        let acknowledged = ran.deliveries(first.id).filter(|(_, called)| called.is_done());
        let ended = acknowledged.map(|(_, called)| called.ended).min();
        let until = ended.unwrap_or(u64::MAX);
        let leads = |to: &usize| ran.facts.holders_between(BUSINESS[*to], first.began, until);
        let holders: Vec<Vec<&str>> = text.to.iter().map(leads).collect();
        if !holders.iter().flatten().any(|holder| *holder == self.facility) {
            return;
        }
        let planned = ran.plan.planned.iter().find(|planned| planned.id == first.id);
        let sent = planned
            .filter(|_| text.provider != Provider::Twilio)
            .map(|planned| millis(planned.at));
        let (id, from) = (first.id, text.from);
        let (heard, reaches) = if text.word == Word::Doubt {
            (Act::Doubt { id, from }, Act::ReachDoubt { id })
        } else {
            let is_stop = text.word.is_stop();
            let heard = Act::Keyword {
                id,
                word: text.word,
                from,
                to: text.to.clone(),
                sent,
            };
            (heard, Act::Reach { id, is_stop })
        };
        let answer = if ended.is_some() {
            Answer::Done
        } else {
            Answer::Open
        };
        let done = Done {
            name: format!("#{id} {:?} from {}", text.word, NUMBERS[from]),
            began: millis(first.began),
            ended: ended.map(millis),
            act: heard,
            answer,
            unknown: Unknown {
                is_maybe: !holders.iter().any(|holders| *holders == [self.facility]),
                ..Unknown::default()
            },
            after: None,
        };
        let reach = Done {
            name: format!("{} reaches {}", done.name, self.tenant),
            act: reaches,
            unknown: Unknown::default(),
            after: Some(self.history.len()),
            ..done.clone()
        };
        self.history.extend([done, reach]);
    }
}

fn entry(details: &Details) -> Entry {
    Entry {
        phone: details.phone,
        is_old: details.is_old,
        replied_stop: details.replied_stop,
    }
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

fn answer(plan: &Plan, called: &Called) -> Answer {
    let body = called.body();
    let code = body["code"].as_str();
    match (called.status(), code) {
        (200..300, _) => standing(plan, body).map_or(Answer::Done, Answer::Standing),
        (404, _) => Answer::NotFound,
        (409, Some(code)) if code != "conflict" => Answer::Refused(code.to_owned()),
        _ => Answer::Open,
    }
}

fn standing(plan: &Plan, body: &Value) -> Option<Standing> {
    let text = |hold: &Value| text_of_review(plan, hold["review_id"].as_str()?);
    Some(Standing {
        status: body["status"].as_str()?.to_owned(),
        source: body
            .get("source")
            .map_or(Shown::Not, |source| Shown::Is(source.as_str().map(str::to_owned))),
        held: body.get("hold").map_or(Shown::Not, |hold| Shown::Is(text(hold))),
    })
}

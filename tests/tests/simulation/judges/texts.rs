//! Withdrawals: what was acknowledged has taken effect, and no text is handed over after it that was let out before.

use super::{heard_at, holders, kept};
use crate::facts::{Sent, TenantVersion, at};
use crate::plan::{FACILITIES, NUMBERS, Operation, Verdict, Word};
use crate::ran::Ran;

/// A withdrawal that was acknowledged.
struct Withdrawal<'a> {
    name: String,
    facility: &'a str,
    /// Whose it is: a tenant's, or that of everybody with a number.
    of: Whose<'a>,
    /// From when on it may have taken effect.
    began: u64,
    acknowledged: u64,
    /// When the number heard it, where it is a text.
    heard: Option<u64>,
    calls: Vec<usize>,
}

enum Whose<'a> {
    Unchecked(&'a str),
    /// The tenant has this number from now on, or none.
    Changed(&'a str, Option<&'a str>),
    MovedOut(&'a str),
    Stopped(&'a str),
}

/// What an acknowledged withdrawal did to a tenant.
enum Effect {
    NoTenant,
    Never,
    /// It counts from this version of the tenant on.
    From(usize),
}

impl Withdrawal<'_> {
    fn concerns(&self, tenant: &str) -> bool {
        match self.of {
            Whose::Unchecked(id) | Whose::Changed(id, _) | Whose::MovedOut(id) => id == tenant,
            Whose::Stopped(_) => true,
        }
    }

    /// Whether a text to this number is one that it stops.
    fn stops(&self, to: &str) -> bool {
        match self.of {
            Whose::Unchecked(_) | Whose::MovedOut(_) => true,
            Whose::Changed(_, now) => now != Some(to),
            Whose::Stopped(number) => number == to,
        }
    }

    /// Whether it has taken effect for the tenant, as they are.
    fn holds(&self, tenant: &TenantVersion) -> bool {
        match self.of {
            Whose::Unchecked(_) => !tenant.may_be_texted(),
            Whose::Changed(_, number) => tenant.is_resident && tenant.phone.as_deref() == number,
            Whose::MovedOut(_) => !tenant.is_resident,
            Whose::Stopped(number) => !tenant.has(number) || tenant.is_withdrawn_by_text(),
        }
    }

    /// Whether it took effect for a tenant, and from when on. Where a START overtakes it, it may reach nobody any more:
    /// then texts from before the number heard it are the ones that it stops.
    fn effect(&self, ran: &Ran, versions: &[TenantVersion]) -> Effect {
        let Some(last) = at(versions, self.acknowledged, |version| version.at) else {
            return Effect::NoTenant;
        };
        let first = at(versions, self.began, |version| version.at).unwrap_or(0);
        let mut places = first..=last;
        let own = places
            .clone()
            .find(|place| self.calls.contains(&versions[*place].by) && self.holds(&versions[*place]));
        if let (None, Some(heard), true) = (own, self.heard, self.is_overtaken(ran)) {
            let before = at(versions, heard, |version| version.at);
            return Effect::From(before.map_or(0, |before| before + 1));
        }
        let first = own.or_else(|| places.find(|place| self.holds(&versions[*place])));
        first.map_or(Effect::Never, Effect::From)
    }

    /// Whether a START from the number overlaps: what it overtakes reaches nobody else.
    fn is_overtaken(&self, ran: &Ran) -> bool {
        let Whose::Stopped(number) = self.of else {
            return false;
        };
        ran.calls.iter().any(|called| {
            called
                .text()
                .is_some_and(|text| text.word == Word::Start && NUMBERS[text.from] == number)
                && called.began <= self.acknowledged
                && called.ended >= self.began
        })
    }
}

fn withdrawals(ran: &Ran) -> Vec<Withdrawal<'_>> {
    let mut all = Vec::new();
    for (call, called) in ran.calls.iter().enumerate() {
        let is_gone = called.body()["code"] == "tenant_not_found";
        if !called.is_done() && !is_gone {
            continue;
        }
        let mut add = |facility, of| {
            all.push(Withdrawal {
                name: called.name.clone(),
                facility,
                of,
                began: called.began,
                acknowledged: called.ended,
                heard: None,
                calls: vec![call],
            });
        };
        match &called.operation {
            Operation::MoveOut { facility, tenant } => {
                add(FACILITIES[*facility], Whose::MovedOut(tenant));
            }
            _ if is_gone => {}
            Operation::Box {
                facility,
                tenant,
                checked: false,
                ..
            } => add(FACILITIES[*facility], Whose::Unchecked(tenant)),
            Operation::Register { facility, details } => {
                let number = details.phone.map(|phone| NUMBERS[phone]);
                add(FACILITIES[*facility], Whose::Changed(&details.tenant, number));
            }
            Operation::Import { facility, rows } => {
                let kept = kept(rows, called);
                for (place, row) in kept.iter().enumerate() {
                    // The last row of a tenant says what becomes of them.
                    let is_last = kept[place + 1..].iter().all(|later| later.tenant != row.tenant);
                    if is_last {
                        let number = row.phone.map(|phone| NUMBERS[phone]);
                        add(FACILITIES[*facility], Whose::Changed(&row.tenant, number));
                    }
                }
            }
            Operation::Decided(decided) if decided.verdict == Verdict::OptOut => {
                let number = NUMBERS[decided.number];
                add(FACILITIES[decided.facility], Whose::Stopped(number));
            }
            Operation::Text(text) if text.word.is_stop() => {
                let began = ran.came_at(called.id);
                for facility in holders(ran, text, began, called.ended) {
                    all.push(Withdrawal {
                        name: called.name.clone(),
                        facility,
                        of: Whose::Stopped(NUMBERS[text.from]),
                        began,
                        acknowledged: called.ended,
                        heard: heard_at(ran, called.id, text, facility),
                        calls: ran.deliveries(called.id).map(|(call, _)| call).collect(),
                    });
                }
            }
            _ => {}
        }
    }
    all
}

pub(super) fn judge(ran: &Ran, wrong: &mut Vec<String>) {
    for withdrawal in withdrawals(ran) {
        let tenants =
            ran.facts.tenants.iter().filter(|((facility, tenant), _)| {
                facility == withdrawal.facility && withdrawal.concerns(tenant)
            });
        for ((facility, tenant), versions) in tenants {
            let place = match withdrawal.effect(ran, versions) {
                Effect::From(place) => place,
                Effect::Never if !withdrawal.is_overtaken(ran) => {
                    wrong.push(format!(
                        "lost: {} was acknowledged and has no effect on {facility}/{tenant}",
                        withdrawal.name
                    ));
                    continue;
                }
                Effect::Never | Effect::NoTenant => continue,
            };
            let late = |sent: &&Sent| {
                sent.at > withdrawal.acknowledged
                    && withdrawal.stops(&sent.to)
                    && sent.decided.as_ref().is_some_and(|(at, whom, version)| {
                        at == facility && whom == tenant && *version < place
                    })
            };
            for sent in ran.facts.sent.iter().filter(late) {
                wrong.push(format!(
                    "text: {:?} left for {} {} ms after {} was acknowledged",
                    sent.body,
                    sent.to,
                    sent.at - withdrawal.acknowledged,
                    withdrawal.name
                ));
            }
        }
    }
}

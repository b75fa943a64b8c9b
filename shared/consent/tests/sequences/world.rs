//! Three tenants who share numbers, and what can happen to them.

use std::collections::BTreeMap;

use consent::facility::Facility;
use consent::id::{PhoneNumber, ReviewId, TenantId};
use consent::number::{Keyword, KeywordText, Number};
use consent::record::{Channel, Classification, Evidence, ReceivedText, Record};
use consent::review::{Admission, Review, ReviewDecision, ReviewKind, Verdict};
use consent::rule_id::RuleId;
use consent::rules::{Action, Holding, Refusal, Screen, TwoWayTexting};
use consent::tenant::{Change, Details, NumberMove, Registered, Residence, Tenant};
use consent::view::{OptInChannel, opt_in_via};
use jiff::Timestamp;

use super::testing;

const NUMBERS: [&str; 3] = ["+15125550141", "+15125550142", "+15125550143"];

#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    Register {
        tenant: usize,
        number: Option<usize>,
        early: bool,
    },
    MoveOut {
        tenant: usize,
    },
    Submit {
        tenant: usize,
        screen: Screen,
        checked: bool,
    },
    Text {
        number: usize,
        keyword: Keyword,
    },
    Doubt {
        number: usize,
    },
    Decide {
        review: usize,
        decision: ReviewDecision,
    },
    TwoWay(TwoWayTexting),
}

pub(crate) struct World {
    pub(crate) facility: Facility,
    pub(crate) tenants: BTreeMap<TenantId, Tenant>,
    pub(crate) numbers: BTreeMap<PhoneNumber, Number>,
    pub(crate) records: BTreeMap<TenantId, Vec<Record>>,
    pub(crate) reviews: Vec<Review>,
}

pub(crate) fn tenant_id(at: usize) -> TenantId {
    TenantId::parse(&format!("t{at}")).unwrap()
}

pub(crate) fn phone(at: usize) -> PhoneNumber {
    PhoneNumber::parse_e164(NUMBERS[at]).unwrap()
}

fn evidence(channel: Channel) -> Evidence {
    Evidence {
        channel,
        ..testing::evidence()
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            facility: testing::facility(),
            tenants: BTreeMap::new(),
            numbers: BTreeMap::new(),
            records: BTreeMap::new(),
            reviews: Vec::new(),
        }
    }

    fn keep(&mut self, change: Change) {
        let id = change.tenant.tenant_id.clone();
        let before = self.tenants.get(&id);
        if let Some(ended) = before
            .and_then(|before| change.tenant.hold_ended_since(before))
            .cloned()
        {
            let review = self
                .reviews
                .iter_mut()
                .find(|review| review.review_id == ended)
                .unwrap();
            review.hold_ended(change.tenant.chain.at.unwrap());
        }
        self.records.entry(id.clone()).or_default().extend(change.records);
        self.tenants.insert(id, change.tenant);
    }

    pub(crate) fn happen(&mut self, event: Event, now: Timestamp) {
        match event {
            Event::TwoWay(setting) => self.facility.two_way_texting = setting,
            Event::Register {
                tenant,
                number,
                early,
            } => {
                let details = Details {
                    name: "Somebody".to_owned(),
                    cell_phone: number.map(phone),
                    units: Vec::new(),
                    created_on: if early { "2020-01-01" } else { "2024-01-01" }.parse().unwrap(),
                };
                let number = details.cell_phone.clone().map(|number| {
                    self.numbers
                        .entry(number.clone())
                        .or_insert_with(|| Number::new(number))
                        .clone()
                });
                let id = tenant_id(tenant);
                let registered = Tenant::register(
                    self.tenants.get(&id),
                    &self.facility,
                    &id,
                    details,
                    NumberMove {
                        left: None,
                        joined: number.as_ref(),
                    },
                    &evidence(Channel::Registration),
                    now,
                );
                match registered {
                    Registered::Created(change)
                    | Registered::Returned(change)
                    | Registered::Updated(change) => {
                        self.keep(change);
                    }
                    Registered::Unchanged(_) => {}
                }
            }
            Event::MoveOut { tenant } => {
                let change = self
                    .tenants
                    .get(&tenant_id(tenant))
                    .filter(|tenant| tenant.residence == Residence::Resident)
                    .map(|tenant| tenant.move_out(None, &evidence(Channel::Registration), now));
                if let Some(change) = change {
                    self.keep(change);
                }
            }
            Event::Submit {
                tenant,
                screen,
                checked,
            } => {
                let action = if checked {
                    Action::Check(screen)
                } else {
                    Action::Uncheck(screen)
                };
                let Some(tenant) = self
                    .tenants
                    .get(&tenant_id(tenant))
                    .filter(|it| it.residence == Residence::Resident)
                else {
                    return;
                };
                let channel = match screen {
                    Screen::Profile => Channel::Profile,
                    Screen::Portal => Channel::Portal,
                };
                let two_way = self.facility.two_way_texting;
                let offered = opt_in_via(tenant, two_way).contains(&match screen {
                    Screen::Profile => OptInChannel::Profile,
                    Screen::Portal => OptInChannel::Portal,
                });
                let outcome = tenant.apply(action, two_way, &evidence(channel), now);
                if checked {
                    assert_eq!(offered, matches!(outcome, Ok(Some(_))), "what is offered works");
                }
                let is_refused = outcome == Err(Refusal::ReviewRequired);
                assert!(!is_refused || tenant.holding() == Holding::OnHold, "{tenant:?}");
                if let Ok(Some(change)) = outcome {
                    self.keep(change);
                }
            }
            Event::Text { number, keyword } => self.text(number, keyword, now, &evidence(Channel::Text)),
            Event::Doubt { number } => self.doubt(number, now),
            Event::Decide { review, decision } => self.decide(review, decision, now),
        }
    }

    /// A text in doubt, as the store carries it to everybody who has the number.
    fn doubt(&mut self, number: usize, now: Timestamp) {
        let id = ReviewId::of(&format!("{number}"), now).unwrap();
        let text = ReceivedText {
            body: "I moved out".to_owned(),
            provider_message_id: id.to_string(),
            classification: Classification {
                rules_version: "1".to_owned(),
                matched: None,
                needs_review: true,
            },
        };
        let doubt = Evidence {
            text: Some(text.clone()),
            ..evidence(Channel::Text)
        };
        let (kind, rule) = (ReviewKind::Hold, RuleId::Doubt.into());
        let mut review = Review::open(id.clone(), kind, now, phone(number), text, rule);
        let doubts = self
            .tenants
            .values()
            .filter_map(|tenant| tenant.doubt(&phone(number), &id, &doubt, now));
        let changes: Vec<Change> = doubts.collect();
        for change in changes {
            // One more doubt of a tenant who is on hold is not recorded, and opens no review.
            if !change.records.is_empty() {
                review.add(&change.tenant);
            }
            self.keep(change);
        }
        if !review.tenants.is_empty() {
            review.reached_all(now);
            self.reviews.push(review);
        }
    }

    fn decide(&mut self, review: usize, decision: ReviewDecision, now: Timestamp) {
        let Some(at) = (!self.reviews.is_empty()).then(|| review % self.reviews.len()) else {
            return;
        };
        let review = &mut self.reviews[at];
        if review.admit(decision) != Ok(Admission::Take) {
            return;
        }
        let verdict = Verdict {
            decision,
            by: "somebody".to_owned(),
            note: None,
        };
        review.decide(&verdict, now);
        let review = review.clone();
        let evidence = review.evidence(&verdict);
        if decision == ReviewDecision::OptOut {
            let number = NUMBERS
                .iter()
                .position(|number| *number == review.cell_phone.as_str());
            self.text(number.unwrap(), Keyword::Stop, now, &evidence);
        } else {
            let releases = self
                .tenants
                .values()
                .filter_map(|tenant| tenant.release(&review.review_id, &evidence, now));
            for change in releases.collect::<Vec<_>>() {
                self.keep(change);
            }
        }
    }

    fn text(&mut self, number: usize, keyword: Keyword, now: Timestamp, evidence: &Evidence) {
        let number = self
            .numbers
            .entry(phone(number))
            .or_insert_with(|| Number::new(phone(number)));
        let two_way = self.facility.two_way_texting;
        let text = KeywordText {
            keyword,
            two_way_texting: two_way,
            sent_at: None,
            received_at: now,
            evidence,
            now,
        };
        let Some(heard) = number.hear(&text) else {
            return;
        };
        *number = heard.clone();
        let changes: Vec<Change> = self
            .tenants
            .values()
            .filter_map(|tenant| tenant.hear(&heard, &text))
            .collect();
        for change in changes {
            self.keep(change);
        }
    }

    pub(crate) fn can_text(&self, tenant: &Tenant) -> bool {
        let number = tenant
            .details
            .cell_phone
            .as_ref()
            .and_then(|number| self.numbers.get(number));
        tenant.can_text() && !number.is_some_and(|number| number.holds_back(tenant))
    }
}

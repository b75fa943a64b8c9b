//! Scenes: operations that meet, because somebody withdraws while a text is on its way, or several say something at once.

use crate::plan::{Details, Operation, Provider, Screen, Text, Word};
use crate::planner::Planner;

impl Planner {
    /// Whatever stands in the way of texts, one of these lifts it.
    pub(crate) fn grant(&mut self, facility: usize, tenant: &str) {
        if self.dice.happens(250) {
            let details = Details {
                replied_stop: false,
                ..self.details(tenant.to_owned())
            };
            self.add(0, Operation::Register { facility, details });
        }
        self.text(0, facility, Word::Start);
        let pause = self.dice.one(&[10, 150, 600]);
        for screen in [Screen::Portal, Screen::Profile] {
            self.check(pause, facility, tenant.to_owned(), screen);
        }
    }

    /// Out, and mostly in again.
    pub(crate) fn move_out(&mut self, facility: usize, tenant: String) {
        self.leave(Operation::MoveOut {
            facility,
            tenant: tenant.clone(),
        });
        if self.dice.happens(800) {
            let after = self.dice.between(50, 6_000);
            let details = self.details(tenant);
            self.add(after, Operation::Register { facility, details });
        }
    }

    /// A way of leaving, and sometimes the same again while the first waits.
    pub(crate) fn leave(&mut self, operation: Operation) {
        self.add(0, operation.clone());
        if self.dice.happens(300) {
            let after = self.dice.one(&[0, 15, 60, 250]);
            self.add(after, operation);
        }
    }

    /// A keyword, and sometimes another one soon after.
    pub(crate) fn keyword(&mut self, facility: usize, word: Word) {
        self.text(0, facility, word);
        if self.dice.happens(350) {
            let after = self.dice.one(&[0, 5, 20, 100, 600]);
            let other = if self.dice.happens(500) { Word::Stop } else { word };
            self.text(after, facility, other);
        }
    }

    /// A text in doubt, and sometimes a text of ours or a person's decision while it is still on its way.
    pub(crate) fn doubt(&mut self, facility: usize, tenant: String) {
        self.text(0, facility, Word::Doubt);
        if self.dice.happens(500) {
            let key = None;
            self.add(
                60,
                Operation::Send {
                    facility,
                    tenant,
                    key,
                },
            );
        }
        if self.dice.happens(400) {
            let after = self.dice.one(&[60, 250, 1_200]);
            self.review(after, facility);
        }
    }

    /// A text in doubt, and a START that was sent before it and comes later, perhaps while the doubt is still on its way.
    pub(crate) fn crossing(&mut self, facility: usize) {
        let from = self.number_at_hand();
        if self.dice.happens(500) {
            self.text_from(0, facility, Word::Doubt, from);
        }
        let sent = self.dice.one(&[5, 300, 1_200]);
        let doubted = sent + self.dice.one(&[10, 300, 1_000]);
        self.text_from(doubted, facility, Word::Doubt, from);
        let comes = doubted + self.dice.one(&[0, 15, 40, 80, 160, 600]);
        let start = Text {
            provider: self.dice.one(&[Provider::Telnyx, Provider::Aws]),
            to: vec![facility],
            deliveries: vec![comes - sent],
            ..self.roll_text(facility, Word::Start, from)
        };
        self.add(sent, Operation::Text(start));
    }

    /// Texts to several of those who share a number are on their way, and then something comes from it: a STOP whose
    /// deliveries overtake each other, and perhaps something else right behind it. Those who have withdrawn are not texted.
    /// Or facility software has been let send to one or two of them, and does so much later.
    pub(crate) fn together(&mut self, facility: usize) {
        let is_callers = self.dice.happens(400);
        if is_callers {
            let mut tenants = vec![self.tenant(), self.tenant()];
            tenants.dedup();
            let hands_over_after = self.dice.one(&[1_200, 4_000, 9_990]);
            let ask = Operation::Ask {
                facility,
                tenants,
                seconds: 10,
                hands_over_after,
                reports: self.dice.happens(300),
            };
            self.add(0, ask);
        }
        let texts = if is_callers { 0 } else { self.dice.between(3, 8) };
        for _ in 0..texts {
            let tenant = self.tenant();
            let after = self.dice.below(40);
            let key = None;
            self.add(
                after,
                Operation::Send {
                    facility,
                    tenant,
                    key,
                },
            );
        }
        let after = self.dice.one(&[60, 150, 300, 600]);
        let mut stop = self.roll_text(facility, Word::Stop, 0);
        let deliveries = self.dice.between(2, 4);
        let gap = self.dice.one(&[1, 15, 60, 250]);
        stop.deliveries = (0..deliveries).map(|_| 5 + self.dice.below(gap)).collect();
        self.add(after, Operation::Text(stop));
        let others = self.dice.one(&[0, 0, 1, 2]);
        for _ in 0..others {
            let word = self
                .dice
                .one(&[Word::Stop, Word::Start, Word::Doubt, Word::Doubt]);
            let later = after + self.dice.one(&[0, 5, 20, 100, 600]);
            self.text_from(later, facility, word, 0);
        }
        if self.dice.happens(250) {
            let later = after + self.dice.one(&[150, 500, 1_500]);
            self.review(later, facility);
        }
        if self.facilities > 1 && self.dice.happens(250) {
            self.hand_over(facility);
        }
    }

    /// A facility gives its number up, and another one takes it: sometimes while a text to it is on its way.
    pub(crate) fn hand_over(&mut self, from: usize) {
        if self.facilities < 2 {
            return;
        }
        let (to, number) = (1 - from, from);
        let is_back = self.dice.happens(300);
        if self.dice.happens(500) {
            self.text(0, from, Word::Stop);
        }
        let first = self.dice.between(0, 300);
        self.settings(first, from, false, None);
        let then = first + self.dice.between(40, 400);
        self.settings(then, to, true, Some(number));
        if is_back {
            self.settings(then + 1_500, to, true, Some(to));
            self.settings(then + 2_000, from, true, Some(from));
        }
    }

    /// A text of ours; sometimes again under its key, and sometimes somebody withdraws while it may be on its way.
    pub(crate) fn send(&mut self, facility: usize, tenant: String) {
        let key = self.dice.happens(400).then(|| self.dice.below(4));
        let send = |tenant: &str, key| Operation::Send {
            facility,
            tenant: tenant.to_owned(),
            key,
        };
        self.add(0, send(&tenant, key));
        if key.is_some() && self.dice.happens(400) {
            let after = self.dice.one(&[0, 20, 500, 2_500, 6_000]);
            self.add(after, send(&tenant, key));
        }
        if !self.dice.happens(450) {
            return;
        }
        let after = self.dice.one(&[0, 10, 30, 60, 120, 300, 900]);
        match self.dice.below(5) {
            0 => {
                let details = self.details(tenant);
                self.add(after, Operation::Register { facility, details });
                let later = after + self.dice.one(&[5, 40, 200]);
                self.text(later, facility, Word::Stop);
            }
            1 => {
                self.add(after, Operation::MoveOut { facility, tenant });
                let later = after + self.dice.one(&[5, 40, 200]);
                self.text(later, facility, Word::Stop);
            }
            2 => {
                let screen = self.dice.one(&[Screen::Profile, Screen::Portal]);
                self.add(after, Self::uncheck(facility, tenant, screen, None));
            }
            3 => {
                // The carrier's block comes to be known while an earlier text is on its way.
                let number = self.dice.index(self.numbers);
                let blocked = true;
                self.add(after, Operation::Carrier { number, blocked });
                self.add(after + 20, send(&tenant, None));
                let later = after + self.dice.one(&[120, 300, 600]);
                self.add(later, Self::uncheck(facility, tenant, Screen::Profile, None));
            }
            _ => self.text(after, facility, Word::Stop),
        }
    }
}

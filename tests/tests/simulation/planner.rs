//! Rolls a plan: what the seed says. Single operations are here, and what makes several of them meet is in
//! [`crate::scenes`].

use crate::dice::Dice;
use crate::faults::Faults;
use crate::plan::{
    BUSINESS, Details, NUMBERS, Operation, Plan, Planned, Provider, Screen, Text, Verdict, Word,
};

/// Who there is at a facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cast {
    /// A few tenants with one to four numbers.
    Few,
    /// Some who share a number. Where its transactions meet others, a text from it takes several of them.
    Household,
    /// More who share a number than one transaction holds.
    Crowd,
}

pub(crate) struct Planner {
    pub(crate) dice: Dice,
    pub(crate) cast: Cast,
    at: u64,
    planned: Vec<Planned>,
    pub(crate) facilities: usize,
    pub(crate) tenants: Vec<String>,
    pub(crate) numbers: usize,
    kinds: Vec<(u64, Kind)>,
    /// How much happens at once.
    haste: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Facility,
    HandOver,
    Register,
    MoveOut,
    Import,
    Box,
    Grant,
    Stop,
    Start,
    Doubt,
    Review,
    OtherText,
    Together,
    Crossing,
    Send,
    Ask,
    View,
    Report,
    Carrier,
    Publish,
}

impl Planner {
    pub(crate) fn plan(seed: u64) -> Plan {
        let mut dice = Dice::new(seed);
        let mut faults = Faults::of(&mut dice);
        let half = |dice: &mut Dice| i64::try_from(dice.below(1_001)).unwrap() - 500;
        let skews = if dice.happens(500) {
            [half(&mut dice), half(&mut dice), half(&mut dice)]
        } else {
            [0; 3]
        };
        let cast = dice.weighted(&[(73, Cast::Few), (18, Cast::Household), (9, Cast::Crowd)]);
        let tenants = match cast {
            Cast::Few => dice.one(&[1, 1, 2, 3, 5]),
            Cast::Household => dice.one(&[6, 9, 15, 18]),
            Cast::Crowd => dice.one(&[34, 60]),
        };
        if cast == Cast::Household {
            faults.storm = dice.one(&[0, 350, 600]);
        }
        let mut weight = |usual: u64| usual * dice.one(&[0, 1, 1, 2]);
        let kinds = vec![
            (weight(2), Kind::Facility),
            (weight(2), Kind::HandOver),
            (weight(6), Kind::Register),
            (weight(3), Kind::MoveOut),
            (weight(2), Kind::Import),
            (4 + weight(8), Kind::Box),
            (4 + weight(10), Kind::Grant),
            (4 + weight(8), Kind::Stop),
            (2 + weight(6), Kind::Start),
            (weight(4), Kind::Doubt),
            (1 + weight(4), Kind::Review),
            (weight(2), Kind::OtherText),
            (weight(if cast == Cast::Few { 2 } else { 12 }), Kind::Together),
            (weight(if cast == Cast::Few { 1 } else { 6 }), Kind::Crossing),
            (weight(6), Kind::Ask),
            (6 + weight(14), Kind::Send),
            (weight(4), Kind::View),
            (weight(1), Kind::Report),
            (weight(2), Kind::Carrier),
            (1 + weight(2), Kind::Publish),
        ];
        let mut planner = Self {
            at: 0,
            planned: Vec::new(),
            cast,
            facilities: dice.one(&[1, 1, 2]),
            tenants: (1..=tenants).map(|number| format!("t{number:02}")).collect(),
            numbers: dice.one(&[1, 2, 2, 3, 4]),
            kinds,
            haste: dice.one(&[1, 2, 4]),
            dice,
        };
        planner.settle_in();
        let operations = match cast {
            Cast::Few => planner.dice.between(25, 60),
            Cast::Household => planner.dice.between(20, 40),
            Cast::Crowd => planner.dice.between(10, 24),
        };
        let already = planner.planned.len() as u64;
        if cast != Cast::Few {
            planner.together(0);
        }
        while (planner.planned.len() as u64) < already + operations {
            planner.pass_time();
            planner.next();
        }
        Plan {
            seed,
            faults,
            skews,
            planned: planner.planned,
        }
    }

    fn pass_time(&mut self) {
        let haste = self.haste;
        self.at += match self.dice.below(10) {
            0..=4 => self.dice.below(60 / haste),
            5..=7 => self.dice.below(800 / haste),
            8 => self.dice.between(500, 2_500),
            _ => self.dice.between(2_000, 9_000),
        };
    }

    pub(crate) fn add(&mut self, after: u64, operation: Operation) {
        let planned = Planned {
            id: self.planned.len(),
            at: self.at + after,
            instance: self.dice.index(3),
            is_calm: false,
            operation,
        };
        self.planned.push(planned);
    }

    fn settle_in(&mut self) {
        for facility in 0..self.facilities {
            let two_way = self.dice.happens(700);
            self.settings(0, facility, two_way, Some(facility));
            self.at += 300;
            let mut rows = Vec::new();
            for tenant in self.tenants.clone() {
                let phone = if self.cast == Cast::Few {
                    self.dice.index(self.numbers)
                } else {
                    0
                };
                rows.push(Details {
                    tenant,
                    phone: Some(phone),
                    is_old: self.dice.happens(850),
                    replied_stop: false,
                });
            }
            self.add(0, Operation::Import { facility, rows });
            self.at += 2_000;
        }
        for planned in &mut self.planned {
            planned.is_calm = true;
        }
    }

    pub(crate) fn facility(&mut self) -> usize {
        // Most happens at one, so that things meet.
        usize::from(self.facilities > 1 && self.dice.happens(250))
    }

    pub(crate) fn tenant(&mut self) -> String {
        let count = self.tenants.len();
        let place = if self.cast == Cast::Crowd {
            // The first, the last, and those at the borders of transactions.
            self.dice
                .one(&[0, 12, 13, 25, 26, 27, 29, count / 2 + 5, count - 2, count - 1])
        } else {
            self.dice.index(count)
        };
        self.tenants[place].clone()
    }

    fn screen(&mut self) -> Screen {
        self.dice.one(&[Screen::Profile, Screen::Portal])
    }

    fn next(&mut self) {
        let facility = self.facility();
        let tenant = self.tenant();
        let kinds = self.kinds.clone();
        match self.dice.weighted(&kinds) {
            Kind::Facility => {
                let number = (!self.dice.happens(150)).then_some(facility);
                let two_way = number.is_some() && self.dice.happens(600);
                self.settings(0, facility, two_way, number);
            }
            Kind::HandOver => self.hand_over(facility),
            Kind::Register => {
                let details = self.details(tenant);
                self.leave(Operation::Register { facility, details });
            }
            Kind::MoveOut => self.move_out(facility, tenant),
            Kind::Import => {
                let rows = self.rows();
                self.leave(Operation::Import { facility, rows });
            }
            Kind::Box => {
                let (screen, checked) = (self.screen(), self.dice.happens(550));
                if checked {
                    self.check(0, facility, tenant, screen);
                } else {
                    let is_told = screen == Screen::Profile && self.dice.happens(400);
                    let via = is_told.then(|| self.dice.one(&["voice", "email", "letter", "in_person"]));
                    self.leave(Self::uncheck(facility, tenant, screen, via));
                }
            }
            Kind::Grant => self.grant(facility, &tenant),
            Kind::Stop => self.keyword(facility, Word::Stop),
            Kind::Start => self.keyword(facility, Word::Start),
            Kind::OtherText => {
                let word = self.dice.one(&[Word::Help, Word::Other]);
                self.text(0, facility, word);
            }
            Kind::Doubt => self.doubt(facility, tenant),
            Kind::Review => self.review(0, facility),
            Kind::Together => {
                self.text_from(0, facility, Word::Start, 0);
                // Once its answer is over: a STOP waits for that, and would wait for nothing else by accident.
                self.at += self.dice.between(3_500, 7_000);
                self.together(facility);
            }
            Kind::Crossing => self.crossing(facility),
            Kind::Ask => self.ask(facility, tenant),
            Kind::Send => self.send(facility, tenant),
            Kind::View => self.add(0, Operation::View { facility, tenant }),
            Kind::Report => self.add(0, Operation::Report { facility }),
            Kind::Carrier => {
                let number = self.dice.index(self.numbers);
                let blocked = self.dice.happens(600);
                self.add(0, Operation::Carrier { number, blocked });
            }
            Kind::Publish => {
                let again = self.dice.happens(200);
                self.add(0, Operation::Publish { again });
            }
        }
    }

    pub(crate) fn settings(&mut self, after: u64, facility: usize, two_way: bool, number: Option<usize>) {
        let carriers = [(3, Provider::Aws), (1, Provider::Twilio), (1, Provider::Telnyx)];
        let operation = Operation::Facility {
            facility,
            two_way,
            number,
            carrier: self.dice.weighted(&carriers),
            confirms: self.dice.happens(200),
        };
        self.add(after, operation);
    }

    pub(crate) fn details(&mut self, tenant: String) -> Details {
        Details {
            tenant,
            phone: (!self.dice.happens(120)).then(|| self.dice.index(self.numbers)),
            is_old: self.dice.happens(500),
            replied_stop: self.dice.happens(60),
        }
    }

    /// The rows of a file. Some tenants are in it more than once.
    fn rows(&mut self) -> Vec<Details> {
        let share = if self.cast == Cast::Crowd { 80 } else { 600 };
        let mut rows = Vec::new();
        for tenant in self.tenants.clone() {
            while rows.len() < 40 && self.dice.happens(share) {
                let mut details = self.details(tenant.clone());
                if self.cast == Cast::Crowd {
                    details.phone = Some(self.dice.index(2));
                }
                rows.push(details);
                if !self.dice.happens(200) {
                    break;
                }
            }
        }
        if rows.is_empty() {
            let tenant = self.tenant();
            rows.push(self.details(tenant));
        }
        rows
    }

    pub(crate) fn check(&mut self, after: u64, facility: usize, tenant: String, screen: Screen) {
        let operation = Operation::Box {
            facility,
            tenant,
            screen,
            checked: true,
            received_via: None,
        };
        self.add(after, operation);
    }

    pub(crate) fn uncheck(
        facility: usize,
        tenant: String,
        screen: Screen,
        received_via: Option<&'static str>,
    ) -> Operation {
        Operation::Box {
            facility,
            tenant,
            screen,
            checked: false,
            received_via,
        }
    }

    pub(crate) fn review(&mut self, after: u64, facility: usize) {
        let operation = Operation::Review {
            facility,
            place: self.dice.one(&[0, 0, 1]),
            verdict: self.dice.one(&[Verdict::OptOut, Verdict::NoOptOut]),
        };
        self.add(after, operation);
    }

    fn ask(&mut self, facility: usize, tenant: String) {
        let mut tenants = vec![tenant];
        let other = self.tenant();
        if !tenants.contains(&other) {
            tenants.push(other);
        }
        let operation = Operation::Ask {
            facility,
            tenants,
            seconds: self.dice.between(1, 10),
            hands_over_after: self.dice.one(&[0, 100, 900, 4_000, 9_990]),
            reports: self.dice.happens(600),
        };
        self.add(0, operation);
        if self.dice.happens(500) {
            let after = self.dice.one(&[5, 50, 400]);
            self.text(after, facility, Word::Stop);
        }
    }

    pub(crate) fn number_at_hand(&mut self) -> usize {
        if self.cast != Cast::Few && self.dice.happens(900) {
            0
        } else {
            self.dice.index(self.numbers)
        }
    }

    pub(crate) fn text(&mut self, after: u64, facility: usize, word: Word) {
        let from = self.number_at_hand();
        self.text_from(after, facility, word, from);
    }

    pub(crate) fn text_from(&mut self, after: u64, facility: usize, word: Word, from: usize) {
        let text = self.roll_text(facility, word, from);
        self.add(after, Operation::Text(text));
    }

    /// A text from a number to a facility, as a provider carries it.
    pub(crate) fn roll_text(&mut self, facility: usize, word: Word, from: usize) -> Text {
        let is_otherwise = from == 3 && self.dice.happens(500);
        let spelled = if is_otherwise {
            "+5215512345699"
        } else {
            NUMBERS[from]
        };
        let mut to = vec![if self.dice.happens(30) {
            self.dice.index(BUSINESS.len())
        } else {
            facility
        }];
        let word = if word == Word::Stop && self.dice.happens(120) {
            Word::StopToRead
        } else {
            word
        };
        let body = match word {
            Word::Stop => self.dice.one(&["STOP", "stop", "Stop please", "unsubscribe"]),
            Word::StopToRead => "Wrong number, stop",
            Word::Start => self.dice.one(&["START", "start", "UNSTOP"]),
            Word::Doubt => self.dice.one(&["Wrong number", "I don't rent there anymore"]),
            Word::Help => "HELP",
            Word::Other => "I'll stop by at 5",
        };
        let first = self.dice.weighted(&[(6, 5), (2, 80), (1, 900), (1, 4_000)]);
        let mut deliveries = vec![first];
        if self.dice.happens(250) {
            let more = self.dice.one(&[0, 3, 40, 700, 5_000]);
            deliveries.push(first + more);
        }
        let provider = self
            .dice
            .one(&[Provider::Twilio, Provider::Telnyx, Provider::Aws]);
        // Telnyx alone tells of groups in one event.
        if provider == Provider::Telnyx && self.dice.happens(150) {
            let other = self.dice.index(BUSINESS.len());
            if !to.contains(&other) {
                to.push(other);
            }
        }
        Text {
            provider,
            from,
            spelled: spelled.to_owned(),
            to,
            word,
            body,
            deliveries,
            redeliveries: self.dice.one(&[0, 1, 3]),
            is_kept: self.dice.happens(700),
        }
    }
}

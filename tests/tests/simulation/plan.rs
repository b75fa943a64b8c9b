//! What is to happen in a simulation: operations, each at its time, all of them known before anything runs. So one may
//! be left out, and the others stay what they are.

use crate::dice::Dice;
use crate::faults::Faults;

/// The facilities. Each begins with the business number of the same place.
pub(crate) const FACILITIES: [&str; 2] = ["f1", "f2"];
pub(crate) const BUSINESS: [&str; 3] = ["+15125550100", "+15125550101", "+15125550102"];
/// Tenants' numbers. Providers also spell the last one with a 1 after +52.
pub(crate) const NUMBERS: [&str; 4] = ["+15125550142", "+15125550143", "+15125550144", "+525512345699"];

/// So many tenants share a number in a crowd: more than one transaction holds.
const CROWD: usize = 34;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    Profile,
    Portal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    Twilio,
    Telnyx,
    Aws,
}

impl Provider {
    /// As a facility's settings name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::Telnyx => "telnyx",
            Self::Aws => "aws",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Stop,
    Start,
    /// It may ask for no more texts, and may not.
    Doubt,
    Help,
    Other,
}

/// What a person decides who has read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    OptOut,
    NoOptOut,
}

/// A tenant's details, as the facility software tells of them.
#[derive(Debug, Clone)]
pub(crate) struct Details {
    pub(crate) tenant: String,
    /// A place in [`NUMBERS`].
    pub(crate) phone: Option<usize>,
    /// From before the day on which tenants began to be asked.
    pub(crate) is_old: bool,
    pub(crate) replied_stop: bool,
}

/// A text from a tenant's number.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) provider: Provider,
    pub(crate) from: usize,
    /// The number as the provider spells it.
    pub(crate) spelled: String,
    /// A place in [`BUSINESS`].
    pub(crate) to: usize,
    pub(crate) word: Word,
    pub(crate) body: &'static str,
    /// How long after it was sent each delivery comes. What fails is delivered again, so many times.
    pub(crate) deliveries: Vec<u64>,
    pub(crate) redeliveries: u32,
    /// Whether the provider still delivers it once all else is over.
    pub(crate) is_kept: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Facility {
        facility: usize,
        two_way: bool,
        number: Option<usize>,
        /// What carries the facility's texts.
        carrier: Provider,
        /// A grant on a screen is confirmed by a text.
        confirms: bool,
    },
    Register {
        facility: usize,
        details: Details,
    },
    MoveOut {
        facility: usize,
        tenant: String,
    },
    Import {
        facility: usize,
        rows: Vec<Details>,
    },
    Box {
        facility: usize,
        tenant: String,
        screen: Screen,
        checked: bool,
        /// How the tenant told staff of a withdrawal, beside texts and portal.
        received_via: Option<&'static str>,
    },
    Text(Text),
    Send {
        facility: usize,
        tenant: String,
        key: Option<u64>,
    },
    /// Somebody reads the open reviews, and decides one of them: the one of this place, if there are so many.
    Review {
        facility: usize,
        place: usize,
        verdict: Verdict,
    },
    /// The decision of it, about a text from this number.
    Decided {
        facility: usize,
        number: usize,
        verdict: Verdict,
    },
    /// Facility software asks whether it may send, and hands a text over by a provider of its own.
    Ask {
        facility: usize,
        tenants: Vec<String>,
        seconds: u64,
        hands_over_after: u64,
        reports: bool,
    },
    View {
        facility: usize,
        tenant: String,
    },
    Report {
        facility: usize,
    },
    /// The carrier puts a number on the provider's own list, or takes it off.
    Carrier {
        number: usize,
        blocked: bool,
    },
    /// What the table's stream has is handed to the outbox.
    Publish {
        again: bool,
    },
}

/// An operation and its circumstances.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// Its place in the whole plan: it keeps it where others are left out.
    pub(crate) id: usize,
    /// When it begins, in milliseconds.
    pub(crate) at: u64,
    /// The instance of the functions that carries it out.
    pub(crate) instance: usize,
    /// Nothing goes wrong for it.
    pub(crate) is_calm: bool,
    pub(crate) operation: Operation,
}

/// A whole simulation.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) faults: Faults,
    /// How far each instance's clock is from the true time, in milliseconds.
    pub(crate) skews: [i64; 3],
    pub(crate) planned: Vec<Planned>,
}

impl Plan {
    /// The same with these operations alone.
    pub(crate) fn only(&self, kept: &[usize]) -> Self {
        let planned = self.planned.iter().filter(|planned| kept.contains(&planned.id));
        Self {
            planned: planned.cloned().collect(),
            ..self.clone()
        }
    }
}

/// Makes a plan: what the seed says.
pub(crate) struct Planner {
    dice: Dice,
    at: u64,
    planned: Vec<Planned>,
    facilities: usize,
    tenants: Vec<String>,
    numbers: usize,
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
        let faults = Faults::of(&mut dice);
        let half = |dice: &mut Dice| i64::try_from(dice.below(1_001)).unwrap() - 500;
        let skews = if dice.happens(500) {
            [half(&mut dice), half(&mut dice), half(&mut dice)]
        } else {
            [0; 3]
        };
        let is_crowd = dice.happens(90);
        let tenants = if is_crowd {
            CROWD
        } else {
            usize::try_from(dice.one(&[1, 1, 2, 3, 5])).unwrap()
        };
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
            facilities: dice.one(&[1, 1, 2]),
            tenants: (1..=tenants).map(|number| format!("t{number:02}")).collect(),
            numbers: dice.one(&[1, 2, 2, 3, 4]),
            kinds,
            haste: dice.one(&[1, 2, 4]),
            dice,
        };
        planner.settle_in(is_crowd);
        let operations = if is_crowd {
            planner.dice.between(10, 24)
        } else {
            planner.dice.between(25, 60)
        };
        while (planner.planned.len() as u64) < operations + 4 {
            planner.pass_time();
            planner.next(is_crowd);
        }
        Plan {
            seed,
            faults,
            skews,
            planned: planner.planned,
        }
    }

    fn settings(&mut self, facility: usize, two_way: bool, number: Option<usize>) -> Operation {
        let carrier = self
            .dice
            .weighted(&[(3, Provider::Aws), (1, Provider::Twilio), (1, Provider::Telnyx)]);
        let confirms = self.dice.happens(200);
        Operation::Facility {
            facility,
            two_way,
            number,
            carrier,
            confirms,
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

    fn add(&mut self, after: u64, operation: Operation) {
        let planned = Planned {
            id: self.planned.len(),
            at: self.at + after,
            instance: self.dice.index(3),
            is_calm: false,
            operation,
        };
        self.planned.push(planned);
    }

    fn settle_in(&mut self, is_crowd: bool) {
        for facility in 0..self.facilities {
            let two_way = self.dice.happens(700);
            let settings = self.settings(facility, two_way, Some(facility));
            self.add(0, settings);
            self.at += 300;
            let mut rows = Vec::new();
            for tenant in self.tenants.clone() {
                let phone = if is_crowd {
                    0
                } else {
                    self.dice.index(self.numbers)
                };
                let is_old = self.dice.happens(850);
                rows.push(Details {
                    tenant,
                    phone: Some(phone),
                    is_old,
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

    fn facility(&mut self) -> usize {
        // Most happens at one, so that things meet.
        usize::from(self.facilities > 1 && self.dice.happens(250))
    }

    fn tenant(&mut self) -> String {
        if self.tenants.len() > 10 {
            // The first, the last, and those at the borders of transactions.
            let place = self.dice.one(&[0, 12, 26, 27, 29, 33]);
            return self.tenants[place].clone();
        }
        self.tenants[self.dice.index(self.tenants.len())].clone()
    }

    fn next(&mut self, is_crowd: bool) {
        let facility = self.facility();
        let tenant = self.tenant();
        let kinds = self.kinds.clone();
        match self.dice.weighted(&kinds) {
            Kind::Facility => {
                let number = if self.dice.happens(150) {
                    None
                } else {
                    Some(facility)
                };
                let two_way = number.is_some() && self.dice.happens(600);
                let settings = self.settings(facility, two_way, number);
                self.add(0, settings);
            }
            Kind::HandOver => self.hand_over(facility),
            Kind::Register => {
                let details = self.details(tenant);
                self.leave(Operation::Register { facility, details });
            }
            Kind::MoveOut => {
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
            Kind::Import => {
                let rows = self.rows(is_crowd);
                self.leave(Operation::Import { facility, rows });
            }
            Kind::Box => {
                let screen = if self.dice.happens(500) {
                    Screen::Profile
                } else {
                    Screen::Portal
                };
                let checked = self.dice.happens(550);
                let is_told = !checked && screen == Screen::Profile && self.dice.happens(400);
                let received_via = is_told.then(|| self.dice.one(&["voice", "email", "letter", "in_person"]));
                let operation = Operation::Box {
                    facility,
                    tenant,
                    screen,
                    checked,
                    received_via,
                };
                if checked {
                    self.add(0, operation);
                } else {
                    self.leave(operation);
                }
            }
            Kind::Grant => {
                // Whatever stands in the way of texts, one of these lifts it.
                let details = Details {
                    replied_stop: false,
                    ..self.details(tenant.clone())
                };
                if self.dice.happens(250) {
                    self.add(0, Operation::Register { facility, details });
                }
                let from = self.number_at_hand();
                self.text_from(0, facility, Word::Start, from);
                let pause = self.dice.one(&[10, 150, 600]);
                for screen in [Screen::Portal, Screen::Profile] {
                    let tenant = tenant.clone();
                    self.add(
                        pause,
                        Operation::Box {
                            facility,
                            tenant,
                            screen,
                            checked: true,
                            received_via: None,
                        },
                    );
                }
            }
            Kind::Stop => self.keyword(facility, Word::Stop),
            Kind::Start => self.keyword(facility, Word::Start),
            Kind::OtherText => {
                let word = if self.dice.happens(500) {
                    Word::Help
                } else {
                    Word::Other
                };
                self.text(0, facility, word);
            }
            Kind::Doubt => {
                self.text(0, facility, Word::Doubt);
                if self.dice.happens(500) {
                    self.add(
                        60,
                        Operation::Send {
                            facility,
                            tenant,
                            key: None,
                        },
                    );
                }
            }
            Kind::Review => {
                let place = self.dice.one(&[0, 0, 1]);
                let verdict = self.dice.one(&[Verdict::OptOut, Verdict::NoOptOut]);
                self.add(
                    0,
                    Operation::Review {
                        facility,
                        place,
                        verdict,
                    },
                );
            }
            Kind::Ask => {
                let mut tenants = vec![tenant];
                let other = self.tenant();
                if !tenants.contains(&other) {
                    tenants.push(other);
                }
                let seconds = self.dice.between(1, 10);
                let hands_over_after = self.dice.one(&[0, 100, 900, 4_000, 9_990]);
                let reports = self.dice.happens(600);
                self.add(
                    0,
                    Operation::Ask {
                        facility,
                        tenants,
                        seconds,
                        hands_over_after,
                        reports,
                    },
                );
                if self.dice.happens(500) {
                    let after = self.dice.one(&[5, 50, 400]);
                    self.text(after, facility, Word::Stop);
                }
            }
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

    fn details(&mut self, tenant: String) -> Details {
        let phone = if self.dice.happens(120) {
            None
        } else {
            Some(self.dice.index(self.numbers))
        };
        Details {
            tenant,
            phone,
            is_old: self.dice.happens(500),
            replied_stop: self.dice.happens(60),
        }
    }

    fn rows(&mut self, is_crowd: bool) -> Vec<Details> {
        let tenants = self.tenants.clone();
        let share = if is_crowd { 80 } else { 600 };
        let mut rows = Vec::new();
        for tenant in tenants {
            if self.dice.happens(share) {
                let mut details = self.details(tenant);
                if is_crowd {
                    details.phone = Some(self.dice.index(2));
                }
                rows.push(details);
            }
        }
        if rows.is_empty() {
            let tenant = self.tenant();
            rows.push(self.details(tenant));
        }
        rows
    }

    /// A facility gives its number up, and another one takes it: sometimes while a text to it is on its way.
    fn hand_over(&mut self, from: usize) {
        if self.facilities < 2 {
            return;
        }
        let (to, number) = (1 - from, from);
        let is_back = self.dice.happens(300);
        if self.dice.happens(500) {
            self.text(0, from, Word::Stop);
        }
        let first = self.dice.between(0, 300);
        let settings = self.settings(from, false, None);
        self.add(first, settings);
        let then = first + self.dice.between(40, 400);
        let settings = self.settings(to, true, Some(number));
        self.add(then, settings);
        if is_back {
            let settings = self.settings(to, true, Some(to));
            self.add(then + 1_500, settings);
            let settings = self.settings(from, true, Some(from));
            self.add(then + 2_000, settings);
        }
    }

    fn send(&mut self, facility: usize, tenant: String) {
        let key = self.dice.happens(400).then(|| self.dice.below(4));
        self.add(
            0,
            Operation::Send {
                facility,
                tenant: tenant.clone(),
                key,
            },
        );
        if key.is_some() && self.dice.happens(400) {
            let after = self.dice.one(&[0, 20, 500, 2_500, 6_000]);
            self.add(
                after,
                Operation::Send {
                    facility,
                    tenant: tenant.clone(),
                    key,
                },
            );
        }
        // Somebody withdraws while the text may be on its way.
        if self.dice.happens(450) {
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
                    let screen = if self.dice.happens(500) {
                        Screen::Profile
                    } else {
                        Screen::Portal
                    };
                    self.add(
                        after,
                        Operation::Box {
                            facility,
                            tenant,
                            screen,
                            checked: false,
                            received_via: None,
                        },
                    );
                }
                3 => {
                    // The carrier's block comes to be known while an earlier text is on its way.
                    let number = self.dice.index(self.numbers);
                    self.add(
                        after,
                        Operation::Carrier {
                            number,
                            blocked: true,
                        },
                    );
                    self.add(
                        after + 20,
                        Operation::Send {
                            facility,
                            tenant: tenant.clone(),
                            key: None,
                        },
                    );
                    let later = after + self.dice.one(&[120, 300, 600]);
                    let screen = Screen::Profile;
                    let uncheck = Operation::Box {
                        facility,
                        tenant,
                        screen,
                        checked: false,
                        received_via: None,
                    };
                    self.add(later, uncheck);
                }
                _ => self.text(after, facility, Word::Stop),
            }
        }
    }

    /// A way of leaving, and sometimes the same again while the first waits.
    fn leave(&mut self, operation: Operation) {
        self.add(0, operation.clone());
        if self.dice.happens(300) {
            let after = self.dice.one(&[0, 15, 60, 250]);
            self.add(after, operation);
        }
    }

    fn keyword(&mut self, facility: usize, word: Word) {
        self.text(0, facility, word);
        if self.dice.happens(350) {
            // Another one soon after.
            let after = self.dice.one(&[0, 5, 20, 100, 600]);
            let other = if self.dice.happens(500) { Word::Stop } else { word };
            self.text(after, facility, other);
        }
    }

    fn number_at_hand(&mut self) -> usize {
        if self.tenants.len() > 10 && self.dice.happens(900) {
            0
        } else {
            self.dice.index(self.numbers)
        }
    }

    fn text(&mut self, after: u64, facility: usize, word: Word) {
        let from = self.number_at_hand();
        self.text_from(after, facility, word, from);
    }

    fn text_from(&mut self, after: u64, facility: usize, word: Word, from: usize) {
        let is_otherwise = from == 3 && self.dice.happens(500);
        let spelled = if is_otherwise {
            "+5215512345699".to_owned()
        } else {
            NUMBERS[from].to_owned()
        };
        let to = if self.dice.happens(30) {
            self.dice.index(BUSINESS.len())
        } else {
            facility
        };
        let body = match word {
            Word::Stop => self.dice.one(&["STOP", "stop", "Stop please", "unsubscribe"]),
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
        let redeliveries = self.dice.one(&[0, 1, 3]);
        let is_kept = self.dice.happens(700);
        let text = Text {
            provider,
            from,
            spelled,
            to,
            word,
            body,
            deliveries,
            redeliveries,
            is_kept,
        };
        self.add(after, Operation::Text(text));
    }
}

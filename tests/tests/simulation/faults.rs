//! What goes wrong between the functions and AWS.

use crate::dice::Dice;

/// How often each thing goes wrong, in a thousand requests. Each seed has its own, and many have none of most kinds:
/// what several kinds together hide, one alone shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    /// The database or SNS answers that it is asked too much.
    pub(crate) throttled: u64,
    /// An error of the service's own, before or after the request took effect.
    pub(crate) server_error: u64,
    /// The connection breaks, before or after.
    pub(crate) broken: u64,
    /// No answer comes, and the request did not arrive, took effect, or takes effect later.
    pub(crate) silent: u64,
    /// A transaction is cancelled because another one is at one of its items, though none is here.
    pub(crate) conflict: u64,
    /// So does every transaction at a tenant or a total, for as long as this says so.
    pub(crate) storm: u64,
    /// Keys are left unread.
    pub(crate) unprocessed: u64,
    /// A batch of keys is read at two moments.
    pub(crate) torn: u64,
    /// An index, or a read that may be late, is.
    pub(crate) stale: u64,
    /// The provider takes its time.
    pub(crate) slow_provider: u64,
    /// A function dies at some await.
    pub(crate) death: u64,
    /// A function stands still at some await.
    pub(crate) freeze: u64,
    /// Answers come a little later, each by so many milliseconds at most.
    pub(crate) latency: u64,
}

impl Faults {
    /// Those of a seed.
    pub(crate) fn of(dice: &mut Dice) -> Self {
        let level = dice.weighted(&[(2, 0), (3, 8), (4, 25), (2, 80)]);
        let mut some = |factor: u64| {
            let on = dice.happens(450);
            if on { level * factor } else { 0 }
        };
        let usual = Self {
            throttled: some(1),
            server_error: some(1),
            broken: some(1),
            silent: some(1),
            conflict: some(3),
            storm: 0,
            unprocessed: some(3),
            torn: some(8),
            stale: some(8),
            death: some(2),
            freeze: some(1),
            slow_provider: dice.one(&[0, 200, 500, 900]),
            latency: dice.one(&[2, 8, 8, 30, 120]),
        };
        let storm = if dice.happens(60) { 930 } else { 0 };
        Self { storm, ..usual }
    }
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is answered.
    Passes,
    Throttled,
    ServerError {
        took_effect: bool,
    },
    Broken {
        took_effect: bool,
    },
    Silent {
        takes_effect_after: Option<u64>,
    },
    Conflict,
}

impl Faults {
    /// The fate of a request to the database. `is_storm`: it is a transaction at a tenant or a total.
    pub(crate) fn database(&self, dice: &mut Dice, is_transaction: bool, is_storm: bool) -> Fate {
        let fate = self.network(dice);
        if fate == Fate::Passes && is_transaction {
            let conflict = if is_storm {
                self.conflict.max(self.storm)
            } else {
                self.conflict
            };
            if dice.happens(conflict) {
                return Fate::Conflict;
            }
        }
        fate
    }

    /// The fate of any request.
    pub(crate) fn network(&self, dice: &mut Dice) -> Fate {
        if dice.happens(self.throttled) {
            Fate::Throttled
        } else if dice.happens(self.server_error) {
            let took_effect = dice.happens(500);
            Fate::ServerError { took_effect }
        } else if dice.happens(self.broken) {
            let took_effect = dice.happens(500);
            Fate::Broken { took_effect }
        } else if dice.happens(self.silent) {
            let after = dice.one(&[None, Some(0), Some(200), Some(1_500), Some(4_000)]);
            Fate::Silent {
                takes_effect_after: after,
            }
        } else {
            Fate::Passes
        }
    }
}

//! Many seeds, and what is told of one that fails: what is wrong, a trace of the operations that matter, and how to play
//! it again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::judges::judge;
use crate::plan::Plan;
use crate::planner::Planner;
use crate::ran::Ran;
use crate::stage::run;

/// So often a simulation is played again to find what can be left out of it.
const ATTEMPTS: u32 = 150;

/// A seed that takes longer is told of.
const SLOW: Duration = Duration::from_secs(5);

/// A seed that fails.
pub(crate) struct Found {
    pub(crate) seed: u64,
    pub(crate) wrong: String,
    pub(crate) story: String,
}

/// What came of many seeds.
pub(crate) struct Tried {
    seeds: u64,
    operations: u64,
    calls: u64,
    took: Duration,
    answers: BTreeMap<u16, u64>,
    suffered: BTreeMap<&'static str, u64>,
    texts: u64,
    pub(crate) first: Option<Found>,
}

impl Tried {
    pub(crate) fn summary(&self) -> String {
        let each = self.took.as_millis() / u128::from(self.seeds.max(1));
        format!(
            "{} seeds, {} operations, {} calls, {} texts in {:?}, {each} ms a seed; answers {:?}; faults {:?}",
            self.seeds, self.operations, self.calls, self.texts, self.took, self.answers, self.suffered
        )
    }

    fn add(&mut self, ran: &Ran) {
        self.operations += ran.plan.planned.len() as u64;
        self.calls += ran.calls.len() as u64;
        self.texts += ran.facts.sent.len() as u64;
        for called in &ran.calls {
            *self.answers.entry(called.status()).or_default() += 1;
            for (kind, times) in &called.suffered {
                *self.suffered.entry(kind).or_default() += u64::from(*times);
            }
        }
    }
}

/// What is wrong in a simulation; one that cannot go on is wrong, too.
fn wrong_in(plan: &Plan) -> (Vec<String>, Option<Ran>) {
    match catch_unwind(AssertUnwindSafe(|| run(plan))) {
        Ok(ran) => (judge(&ran), Some(ran)),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("?");
            (vec![format!("panic: {text}")], None)
        }
    }
}

/// Tries seeds, as many at once as there are processors, until one fails. It is always the first of them that does: those
/// before it have begun earlier, and are played to their end. `SIMULATE_ALL` tries them all, and says of
/// each that fails what is wrong. `SIMULATE_BRIEF` tells no story.
pub(crate) fn try_seeds(seeds: Range<u64>) -> Tried {
    let all = std::env::var("SIMULATE_ALL").is_ok();
    let began = Instant::now();
    let from = seeds.start;
    let next = Mutex::new(seeds);
    let tried = Mutex::new(Tried {
        seeds: 0,
        operations: 0,
        calls: 0,
        took: Duration::ZERO,
        answers: BTreeMap::new(),
        suffered: BTreeMap::new(),
        texts: 0,
        first: None,
    });
    let work = || {
        loop {
            if !all && tried.lock().unwrap().first.is_some() {
                return;
            }
            let Some(seed) = next.lock().unwrap().next() else {
                return;
            };
            let started = Instant::now();
            let (wrong, ran) = wrong_in(&Planner::plan(seed));
            if started.elapsed() > SLOW {
                println!("seed {seed} takes {:?}", started.elapsed());
            }
            let tried = &mut *tried.lock().unwrap();
            tried.seeds += 1;
            if let Some(ran) = ran {
                tried.add(&ran);
            }
            let Some(what) = wrong.first() else { continue };
            if all {
                println!("seed {seed}: {what}");
            }
            if tried.first.as_ref().is_none_or(|first| seed < first.seed) {
                let wrong = what.clone();
                tried.first = Some(Found {
                    seed,
                    wrong,
                    story: String::new(),
                });
            }
        }
    };
    thread::scope(|scope| {
        let processors = thread::available_parallelism().map_or(2, usize::from);
        for _ in 0..processors {
            scope.spawn(work);
        }
    });
    let mut tried = tried.into_inner().unwrap();
    tried.took = began.elapsed();
    if let Some(found) = tried.first.as_ref().filter(|_| !all) {
        let played = (from..=found.seed).map(|seed| Planner::plan(seed).planned.len());
        let (seed, operations) = (found.seed, played.sum::<usize>());
        println!("seed {seed}, after {operations} operations: {}", found.wrong);
    }
    if std::env::var("SIMULATE_BRIEF").is_ok() {
        return tried;
    }
    if let Some(found) = &mut tried.first {
        found.story = tell(found.seed, &found.wrong);
    }
    tried
}

/// The judge that found something.
fn judge_of(wrong: &str) -> &str {
    wrong.split(':').next().unwrap_or_default()
}

/// The story of a seed: as few operations as are needed for the same judge to find something wrong.
fn tell(seed: u64, wrong: &str) -> String {
    let whole = Planner::plan(seed);
    let is_same = |plan: &Plan| {
        wrong_in(plan)
            .0
            .iter()
            .any(|what| judge_of(what) == judge_of(wrong))
    };
    let mut kept: Vec<usize> = whole.planned.iter().map(|planned| planned.id).collect();
    let mut part = kept.len().div_ceil(2);
    let mut attempts = 0;
    while part > 0 && attempts < ATTEMPTS {
        let mut from = 0;
        while from < kept.len() && attempts < ATTEMPTS {
            let mut fewer = kept.clone();
            fewer.drain(from..(from + part).min(kept.len()));
            attempts += 1;
            if is_same(&whole.only(&fewer)) {
                kept = fewer;
            } else {
                from += part;
            }
        }
        part /= 2;
    }
    let plan = whole.only(&kept);
    let (wrong, ran) = wrong_in(&plan);
    let trace = ran.map_or_else(String::new, |ran| ran.trace);
    let only: Vec<String> = kept.iter().map(usize::to_string).collect();
    format!(
        "{trace}\nclocks are wrong by {:?} ms\n{}\n\n{} of {} operations. To play them again:\n\
         SIMULATE_SEED={seed} SIMULATE_ONLY={} cargo test --test simulation nothing -- --nocapture",
        plan.skews,
        wrong.join("\n"),
        kept.len(),
        whole.planned.len(),
        only.join(",")
    )
}

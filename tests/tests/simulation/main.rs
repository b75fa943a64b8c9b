//! A simulated world.

#![expect(
    clippy::similar_names,
    reason = "the world has few words, and means the same by each of them everywhere"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a simulation that cannot go on fails, and says so"
)]

mod acts;
mod bugs;
mod dice;
mod end;
mod facts;
mod faults;
mod history;
mod judges;
mod model;
mod net;
mod plan;
mod planner;
mod ran;
mod rules;
mod scenes;
mod stage;
mod story;
mod trace;

use planner::Planner;
use stage::run;
use story::Found;

/// So many seeds are tried with the other tests.
const SEEDS: u64 = 200;

#[test]
fn the_same_seed_twice_is_the_same_trace() {
    for seed in [1, 2, 3] {
        let plan = Planner::plan(seed);
        assert_eq!(run(&plan).trace, run(&plan).trace);
    }
}

/// `SIMULATE_SEEDS=FROM..TO` tries others, `SIMULATE_SEED` plays one and tells it, and with `SIMULATE_ONLY`, a list of
/// operations, what is left of it.
#[test]
fn nothing_that_was_promised_is_broken() {
    let setting = |name: &str| std::env::var(name).ok();
    if let Some(seed) = setting("SIMULATE_SEED") {
        let plan = Planner::plan(seed.parse().unwrap());
        let only =
            setting("SIMULATE_ONLY").map(|list| list.split(',').map(|id| id.parse().unwrap()).collect());
        let only: Option<Vec<usize>> = only;
        let plan = only.map_or(plan.clone(), |only| plan.only(&only));
        let ran = run(&plan);
        println!("{}", ran.trace);
        let wrong = judges::judge(&ran);
        assert!(wrong.is_empty(), "{wrong:#?}");
        return;
    }
    let seeds = setting("SIMULATE_SEEDS").map_or(1..SEEDS + 1, |range| {
        let (from, to) = range.split_once("..").unwrap();
        from.parse().unwrap()..to.parse().unwrap()
    });
    let found = story::try_seeds(seeds);
    println!("{}", found.summary());
    if let Some(Found { story, .. }) = found.first {
        println!("{story}");
        std::process::exit(1);
    }
}

//! A simulated world.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a simulation that cannot go on fails, and says so"
)]

mod dice;
mod facts;
mod faults;
mod net;
mod plan;
mod run;
mod trace;

use plan::Planner;

#[test]
fn the_same_seed_twice_is_the_same_trace() {
    let seed = std::env::var("SIMULATE").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let plan = Planner::plan(seed);
    let started = std::time::Instant::now();
    let first = run::run(&plan);
    println!("{:?}", started.elapsed());
    println!("{}", first.trace);
    let second = run::run(&plan);
    assert_eq!(first.trace, second.trace);
}

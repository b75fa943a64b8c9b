//! What a start and a request of each function cost, measured on the binaries that are deployed.
//!
//! ```sh
//! cargo starts             # builds them, measures all, prints a table
//! cargo starts profile     # one function
//! cargo starts --counts    # what does not depend on the machine's load: instructions and sizes
//! cargo starts --check     # the same, held to counts.json; --write writes that file
//! ```
//!
//! A stand-in for Lambda's runtime API starts a binary and hands it events. DynamoDB is the tests' emulator, behind TLS
//! with a chain of three certificates, as at AWS. Instructions are callgrind's, of valgrind, which must be installed.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on fails, and says what it measured"
)]

mod counts;
mod lambda;
mod subjects;
mod tls;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use lambda::{Process, Run};
use subjects::Subject;

/// Starts of which times are told.
const STARTS: usize = 30;
/// Requests to a process that has started.
const WARM: usize = 300;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let option = |name: &str| arguments.iter().any(|it| it == name);
    let only: Vec<&String> = arguments.iter().filter(|it| !it.starts_with("--")).collect();
    let stage = subjects::Stage::new().await;
    let mut subjects = stage.subjects();
    subjects.retain(|subject| only.is_empty() || only.iter().any(|it| *it == subject.function));
    let binaries = binaries(&subjects);
    if option("--check") || option("--write") || option("--counts") {
        counts::run(&stage, &subjects, &binaries, option("--check"), option("--write")).await;
        return;
    }
    println!(
        "{:<12} {:<16} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "function", "request", "start ms", "p99", "CPU ms", "first ms", "CPU ms", "warm p50", "warm p99", "peak MB"
    );
    for subject in &subjects {
        times(&stage, subject, &binaries).await;
    }
}

/// Builds the binaries as a deployment does, and says where they are.
fn binaries(subjects: &[Subject]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    if let Some(built) = std::env::var_os("STARTS_BINARIES") {
        return built.into();
    }
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--locked"]).current_dir(root);
    for subject in subjects {
        build.args(["--bin", subject.function]);
    }
    assert!(build.status().unwrap().success(), "the functions cannot be built");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join("release")
}

async fn times(stage: &subjects::Stage, subject: &Subject, binaries: &Path) {
    let binary = binaries.join(subject.function);
    let (mut starts, mut start_cpu) = (Vec::new(), Vec::new());
    let (mut firsts, mut first_cpu) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let run = start(stage, subject, &binary, 1).await;
        starts.push(run.start);
        start_cpu.push(run.start_cpu);
        firsts.push(run.calls[0]);
        first_cpu.push(run.first_cpu);
    }
    let run = start(stage, subject, &binary, WARM).await;
    let warm = run.calls[1..].to_vec();
    let (p50, p99) = (0.5, 0.99);
    println!(
        "{:<12} {:<16} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9.1}",
        subject.function,
        subject.request,
        milliseconds(&starts, p50),
        milliseconds(&starts, p99),
        milliseconds(&start_cpu, p50),
        milliseconds(&firsts, p50),
        milliseconds(&first_cpu, p50),
        milliseconds(&warm, p50),
        milliseconds(&warm, p99),
        run.peak_kilobytes / 1024.0
    );
}

async fn start(stage: &subjects::Stage, subject: &Subject, binary: &Path, calls: usize) -> Run {
    let mut command = Command::new(binary);
    command.envs(stage.environment());
    lambda::run(Process::of(command, subject.function), subject.events(calls)).await
}

fn milliseconds(times: &[Duration], quantile: f64) -> String {
    let mut times = times.to_vec();
    times.sort();
    let last = times.len() - 1;
    // As many as there are fit.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into hundreds"
    )]
    let index = (last as f64 * quantile).round() as usize;
    format!("{:.2}", times[index].as_secs_f64() * 1000.0)
}

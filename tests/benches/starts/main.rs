//! What a start and a request of each function cost, measured on the binaries that are deployed.
//!
//! ```sh
//! cargo starts                   # builds the functions as a deployment does, measures all, prints a table
//! cargo starts profile report    # these functions
//! cargo starts --others          # with the same toggle and report in Python and Node
//! cargo starts --counts          # what does not depend on the machine's load: instructions, sizes, requests, units
//! cargo starts --check           # the same, held to counts.json; --write writes that file
//! cargo starts --starts 30       # fewer starts than 300
//! ```
//!
//! A stand-in for Lambda's runtime API starts a binary and hands it events. DynamoDB is the tests' emulator, behind TLS
//! with a chain of three certificates, as at AWS. Instructions are callgrind's, of valgrind, which must be installed, and a C
//! compiler with it. `check` holds two functions to `counts.json`.
//! `STARTS_BINARIES` names a folder with binaries that are built already.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on fails, and says what it measured"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into hundreds"
)]

mod capacity;
mod counts;
mod lambda;
mod subjects;
mod tls;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use lambda::{Process, Run};
use subjects::{Language, Stage, Subject};

/// Starts of which times are told.
const STARTS: usize = 300;
/// Of what is not this repository's, which takes longer.
const STARTS_OF_OTHERS: usize = 30;
/// Requests to a process that has started.
const WARM: usize = 300;

/// Where things are.
struct Places {
    binaries: PathBuf,
    /// Python's and Node's.
    others: PathBuf,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let starts = arguments.iter().position(|it| it == "--starts").map(|at| {
        arguments.remove(at);
        arguments.remove(at).parse().unwrap()
    });
    let option = |name: &str| arguments.iter().any(|it| it == name);
    let only: Vec<&String> = arguments.iter().filter(|it| !it.starts_with("--")).collect();
    let stage = Stage::new().await;
    let mut subjects = stage.subjects();
    subjects.retain(|subject| match subject.language {
        Language::Rust => only.is_empty() || only.iter().any(|it| *it == subject.function),
        Language::Python | Language::Node => option("--others"),
    });
    let is_counted = option("--check") || option("--write") || option("--counts");
    subjects.retain(|subject| !is_counted || subject.language == Language::Rust);
    let places = Places {
        binaries: binaries(&subjects),
        others: others(option("--others")),
    };
    if is_counted {
        counts::run(&stage, &subjects, &places, option("--check"), option("--write")).await;
        return;
    }
    println!(
        "{:<12} {:<17} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "function",
        "request",
        "start ms",
        "p99",
        "CPU ms",
        "first ms",
        "CPU ms",
        "warm p50",
        "warm p99",
        "CPU ms",
        "peak MB"
    );
    for subject in &subjects {
        let usual = match subject.language {
            Language::Rust => STARTS,
            Language::Python | Language::Node => STARTS_OF_OTHERS,
        };
        times(&stage, subject, &places, starts.unwrap_or(usual)).await;
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
    for subject in subjects.iter().filter(|it| it.language == Language::Rust) {
        build.args(["--bin", subject.function]);
    }
    assert!(build.status().unwrap().success(), "the functions cannot be built");
    target().join("release")
}

fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Installs what Python and Node need, and says where.
fn others(is_needed: bool) -> PathBuf {
    let into = target().join("tools/starts");
    if is_needed {
        let install = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/starts/others/install");
        let status = Command::new(install).arg(&into).status().unwrap();
        assert!(status.success(), "Python and Node cannot be set up");
    }
    into
}

async fn times(stage: &Stage, subject: &Subject, places: &Places, number: usize) {
    let (mut starts, mut start_cpu) = (Vec::new(), Vec::new());
    let (mut firsts, mut first_cpu) = (Vec::new(), Vec::new());
    for _ in 0..number {
        let run = start(stage, subject, places, 1).await;
        starts.push(run.start);
        start_cpu.push(run.start_cpu);
        firsts.push(run.calls[0]);
        first_cpu.push(run.first_cpu);
    }
    let run = start(stage, subject, places, 1 + WARM).await;
    let warm = run.calls[1..].to_vec();
    let warm_cpu = run
        .cpu
        .saturating_sub(run.start_cpu + run.first_cpu)
        .as_secs_f64()
        * 1000.0
        / warm.len() as f64;
    let (p50, p99) = (0.5, 0.99);
    println!(
        "{:<12} {:<17} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {warm_cpu:>9.2} {:>9.1}",
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

async fn start(stage: &Stage, subject: &Subject, places: &Places, calls: usize) -> Run {
    let mut command = subject.command(&places.binaries, &places.others);
    command.envs(stage.environment());
    let process = Process::of(command, subject.function);
    lambda::run(process, subject.events(calls)).await.unwrap()
}

fn milliseconds(times: &[Duration], quantile: f64) -> String {
    let mut times = times.to_vec();
    times.sort();
    let last = times.len() - 1;
    let index = (last as f64 * quantile).round() as usize;
    format!("{:.2}", times[index].as_secs_f64() * 1000.0)
}

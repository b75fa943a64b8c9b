//! What does not depend on the machine's load: instructions, sizes, requests and units. They are held to `counts.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::{fs, process};

use serde::{Deserialize, Serialize};

use crate::Places;
use crate::lambda::{self, Process};
use crate::subjects::{Stage, Subject};

/// Requests after the second, of which the mean counts: an even number, since every other toggle takes something back. The
/// second may open what the first had no need of: another connection.
const WARM: u64 = 10;
/// A count may differ by so much of what is written down, in percent: hashes have another seed in each process.
const TOLERANCE: u64 = 5;

/// The counts of a function.
#[derive(Debug, Serialize, Deserialize)]
struct Counts {
    /// Bytes of the binary without symbols, zipped as it is deployed.
    zipped: u64,
    /// Instructions of the start and the first request.
    first: u64,
    /// Connections with TLS that both open.
    connections: u64,
    /// Instructions of a request after the second.
    warm: u64,
    /// Requests of the database for each.
    requests: f64,
    /// Read units that it takes.
    read_units: f64,
    /// Write units that it takes.
    write_units: f64,
}

type Environment = Vec<(&'static str, String)>;

/// By function.
type Known = BTreeMap<String, Counts>;

pub(crate) async fn run(stage: &Stage, subjects: &[Subject], places: &Places, check: bool, write: bool) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/starts/counts.json");
    let mut known: Known = fs::read_to_string(&file)
        .map(|known| serde_json::from_str(&known).unwrap())
        .unwrap_or_default();
    let environment = stage.environment();
    let mut differences = Vec::new();
    println!(
        "{:<12} {:<17} {:>10} {:>15} {:>11} {:>11} {:>9} {:>11} {:>12}",
        "function",
        "request",
        "zipped",
        "start and first",
        "connections",
        "warm",
        "requests",
        "read units",
        "write units"
    );
    for subject in subjects {
        let counts = count(stage, subject, places, &environment).await;
        println!(
            "{:<12} {:<17} {:>10} {:>15} {:>11} {:>11} {:>9} {:>11} {:>12}",
            subject.function,
            subject.request,
            counts.zipped,
            counts.first,
            counts.connections,
            counts.warm,
            counts.requests,
            counts.read_units,
            counts.write_units
        );
        differences.extend(differing(subject.function, known.get(subject.function), &counts));
        known.insert(subject.function.to_owned(), counts);
    }
    if write {
        fs::write(&file, serde_json::to_string_pretty(&known).unwrap() + "\n").unwrap();
    } else if check && !differences.is_empty() {
        println!("\n{}", differences.join("\n"));
        println!("Where that is meant, the same command with --write instead of --check writes it down.");
        process::exit(1);
    }
}

fn differing(function: &str, then: Option<&Counts>, now: &Counts) -> Vec<String> {
    let Some(then) = then else {
        return vec![format!("{function} is not in counts.json")];
    };
    let near = [
        ("zipped", then.zipped, now.zipped),
        ("start and first", then.first, now.first),
        ("warm", then.warm, now.warm),
    ];
    let near = near
        .into_iter()
        .filter(|(_, then, now)| then.abs_diff(*now) * 100 > then * TOLERANCE)
        .map(|(name, then, now)| format!("{function}: {name} was {then} and is {now}"));
    let same = [
        ("connections", then.connections as f64, now.connections as f64),
        ("requests", then.requests, now.requests),
        ("read units", then.read_units, now.read_units),
        ("write units", then.write_units, now.write_units),
    ];
    let same = same
        .into_iter()
        .filter(|(_, then, now)| (then - now).abs() > 0.01)
        .map(|(name, then, now)| format!("{function}: {name} were {then} and are {now}"));
    near.chain(same).collect()
}

async fn count(stage: &Stage, subject: &Subject, places: &Places, environment: &Environment) -> Counts {
    let binary = stripped(&places.binaries.join(subject.function));
    stage.opened.store(0, Ordering::Relaxed);
    let first = instructions(environment, subject, &binary, 1).await;
    let connections = stage.opened.load(Ordering::Relaxed);
    let second = instructions(environment, subject, &binary, 2).await;
    let all = instructions(environment, subject, &binary, 2 + WARM).await;
    let calls = usize::try_from(WARM).unwrap();
    let mut command = Command::new(&binary);
    command.envs(stage.counted_environment());
    let process = Process::of(command, subject.function);
    lambda::run(process, subject.events(calls)).await.unwrap();
    let taken = stage.counter.take();
    let of_each = |all: f64| (all / calls as f64 * 100.0).round() / 100.0;
    Counts {
        zipped: zipped(&binary),
        first,
        connections,
        warm: all.saturating_sub(second) / WARM,
        requests: of_each(taken.requests as f64),
        read_units: of_each(taken.read_units),
        write_units: of_each(taken.write_units),
    }
}

async fn instructions(environment: &Environment, subject: &Subject, binary: &Path, calls: u64) -> u64 {
    let file = scratch(&format!("callgrind.{}.{calls}", subject.function));
    let calls = usize::try_from(calls).unwrap();
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(binary)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("LD_PRELOAD", slow_time())
        .stderr(Stdio::null());
    let process = Process::of(command, subject.function);
    lambda::run(process, subject.events(calls)).await.unwrap();
    let written = fs::read_to_string(&file).unwrap();
    let total = written.lines().find_map(|line| {
        line.strip_prefix("totals: ")
            .or_else(|| line.strip_prefix("summary: "))
    });
    total.unwrap().trim().parse().unwrap()
}

/// What has time go slower for a process that it is loaded into.
fn slow_time() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/starts/slow.c");
    let library = scratch("slow.so");
    let mut compile = Command::new("cc");
    compile
        .args(["-shared", "-fPIC", "-O", "-o"])
        .arg(&library)
        .arg(source);
    assert!(compile.status().unwrap().success(), "there is no C compiler");
    library
}

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The binary without its symbols, which deployed ones do not have.
fn stripped(binary: &Path) -> PathBuf {
    let stripped = scratch(binary.file_name().unwrap().to_str().unwrap());
    let status = Command::new("strip")
        .arg("-o")
        .arg(&stripped)
        .arg(binary)
        .status()
        .unwrap();
    assert!(status.success(), "{} cannot be stripped", binary.display());
    stripped
}

/// The size of a binary in a ZIP file as `infra/package` makes it.
fn zipped(binary: &Path) -> u64 {
    let script = "import sys, zlib; it = zlib.compressobj(9, zlib.DEFLATED, -15); \
                  print(len(it.compress(open(sys.argv[1], 'rb').read()) + it.flush()))";
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(binary)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

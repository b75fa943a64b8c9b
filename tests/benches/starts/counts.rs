//! What does not depend on how busy a machine is: instructions and sizes. They are held to `counts.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, process};

use serde::{Deserialize, Serialize};

use crate::lambda::{self, Process};
use crate::subjects::{Stage, Subject};

/// Requests after the first, of which the mean counts.
const WARM: u64 = 20;
/// A count may differ by so much of what is written down, in percent: hashes have another seed in each process.
const TOLERANCE: u64 = 5;

/// The counts of a function.
#[derive(Debug, Serialize, Deserialize)]
struct Counts {
    /// Bytes of the binary, zipped as it is deployed.
    zipped: u64,
    /// Instructions of the start and the first request.
    first: u64,
    /// Instructions of a request after it.
    warm: u64,
}

pub(crate) async fn run(stage: &Stage, subjects: &[Subject], binaries: &Path, check: bool, write: bool) {
    let mut counted = BTreeMap::new();
    println!("{:<12} {:<16} {:>11} {:>15} {:>13}", "function", "request", "zipped", "start and first", "warm");
    for subject in subjects {
        let counts = count(stage, subject, binaries).await;
        let Counts { zipped, first, warm } = counts;
        println!("{:<12} {:<16} {zipped:>11} {first:>15} {warm:>13}", subject.function, subject.request);
        counted.insert(subject.function.to_owned(), counts);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/starts/counts.json");
    if write {
        fs::write(&file, serde_json::to_string_pretty(&counted).unwrap() + "\n").unwrap();
    }
    if check {
        let known: BTreeMap<String, Counts> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let differences = differences(&known, &counted);
        if !differences.is_empty() {
            println!("\n{}\n`cargo starts --write` writes what is so now.", differences.join("\n"));
            process::exit(1);
        }
    }
}

fn differences(known: &BTreeMap<String, Counts>, counted: &BTreeMap<String, Counts>) -> Vec<String> {
    let mut differences = Vec::new();
    for (function, now) in counted {
        let Some(then) = known.get(function) else {
            differences.push(format!("{function} is not in counts.json"));
            continue;
        };
        let each = [("zipped", then.zipped, now.zipped), ("first", then.first, now.first), ("warm", then.warm, now.warm)];
        for (name, then, now) in each {
            if then.abs_diff(now) * 100 > then * TOLERANCE {
                differences.push(format!("{function}: {name} was {then} and is {now}"));
            }
        }
    }
    differences
}

async fn count(stage: &Stage, subject: &Subject, binaries: &Path) -> Counts {
    let binary = binaries.join(subject.function);
    let first = instructions(stage, subject, &binary, 1).await;
    let all = instructions(stage, subject, &binary, 1 + WARM).await;
    Counts {
        zipped: zipped(&binary),
        first,
        warm: all.saturating_sub(first) / WARM,
    }
}

async fn instructions(stage: &Stage, subject: &Subject, binary: &Path, calls: u64) -> u64 {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("callgrind.{}.{calls}", subject.function));
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(binary)
        .envs(stage.environment())
        .stderr(Stdio::null());
    let calls = usize::try_from(calls).unwrap();
    lambda::run(Process::of(command, subject.function), subject.events(calls)).await;
    let written = fs::read_to_string(&file).expect("valgrind is not installed");
    let total = written.lines().find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    total.unwrap().trim().parse().unwrap()
}

/// The size of a binary in a ZIP file as `infra/package` makes it.
fn zipped(binary: &Path) -> u64 {
    let script = "import sys, zlib; it = zlib.compressobj(9, zlib.DEFLATED, -15); \
                  print(len(it.compress(open(sys.argv[1], 'rb').read()) + it.flush()))";
    let output = Command::new("python3").args(["-c", script]).arg(binary).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

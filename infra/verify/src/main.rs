//! `consent-verify`: checks evidence packs of the service, without network and without AWS.
//!
//! It prints one line for each check, and ends with 0 where all hold, 1 where one does not, and 2 where what it was given
//! is no pack. The checks themselves are [`consent::evidence`]'s.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::ExitCode;

use consent::evidence::{Check, Events, Examination, KeySet, json};

const USAGE: &str = "\
Checks an evidence pack, or the parts of one in their order. It needs no network.

usage: consent-verify PACK.json [PART.json ...] [--keys KEYS.json] [--head HASH] [--events FILE]

  --keys KEYS.json  the service's public keys, as /.well-known/evidence-keys.json has them
  --head HASH       `head.hash` of an earlier pack of the same tenant: it must be in the chain
  --events FILE     published events, one CloudEvent a line: the pack must have their records

Exit status: 0 all checks hold, 1 one fails, 2 the file is no pack";

/// The longest line of a file of events: records with the longest text have less.
const LONGEST_EVENT: u64 = 1 << 20;

fn main() -> ExitCode {
    let mut output = io::stdout().lock();
    let outcome = Arguments::read(std::env::args().skip(1)).and_then(|arguments| verify(&arguments));
    let (text, status) = match outcome {
        Ok(checks) => {
            let failed = checks.iter().any(Check::fails);
            let lines = checks.iter().map(|check| format!("{check}\n"));
            (lines.collect(), u8::from(failed))
        }
        Err(why) => (format!("{why}\n"), 2),
    };
    // Where nobody listens the status still tells.
    let _ = output.write_all(text.as_bytes());
    ExitCode::from(status)
}

/// What is asked for.
struct Arguments {
    packs: Vec<String>,
    keys: Option<String>,
    heads: Vec<String>,
    events: Option<String>,
}

impl Arguments {
    /// The most files of one pack.
    const MOST_PACKS: usize = 64;

    fn read(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            packs: Vec::new(),
            keys: None,
            heads: Vec::new(),
            events: None,
        };
        while let Some(argument) = given.next() {
            let mut value = || given.next().ok_or_else(|| USAGE.to_owned());
            match argument.as_str() {
                "--keys" => arguments.keys = Some(value()?),
                "--head" => arguments.heads.push(value()?),
                "--events" => arguments.events = Some(value()?),
                option if option.starts_with('-') => return Err(USAGE.to_owned()),
                _ => arguments.packs.push(argument),
            }
        }
        if arguments.packs.is_empty() || arguments.packs.len() > Self::MOST_PACKS {
            return Err(USAGE.to_owned());
        }
        Ok(arguments)
    }
}

fn verify(arguments: &Arguments) -> Result<Vec<Check>, String> {
    let packs: Result<Vec<_>, String> = arguments.packs.iter().map(|path| read(path)).collect();
    let packs = packs?;
    let keys = arguments.keys.as_deref().map(keys).transpose()?;
    let mut pack = Examination::of(packs).map_err(|error| {
        let names = arguments.packs.join(", ");
        format!("{names}: {error}")
    })?;
    for head in &arguments.heads {
        pack.earlier_head(head);
    }
    if let Some(path) = &arguments.events {
        events(path, &mut pack)?;
    }
    pack.signature(keys.as_ref());
    Ok(pack.checks().to_vec())
}

fn open(path: &str) -> Result<File, String> {
    File::open(path).map_err(|error| format!("{path}: {error}"))
}

/// A JSON file, of which not more is read than it may have.
fn read(path: &str) -> Result<serde_json::Value, String> {
    let mut text = Vec::new();
    let bounded = u64::try_from(json::LONGEST + 1).unwrap_or(u64::MAX);
    let result = open(path)?.take(bounded).read_to_end(&mut text);
    result.map_err(|error| format!("{path}: {error}"))?;
    json::read(&text).map_err(|error| format!("{path}: {error}"))
}

fn keys(path: &str) -> Result<KeySet, String> {
    KeySet::read(&read(path)?).ok_or_else(|| format!("{path}: it is no set of keys (RFC 7517)"))
}

fn events(path: &str, pack: &mut Examination) -> Result<(), String> {
    let mut lines = BufReader::new(open(path)?);
    let mut events = Events::default();
    for number in 1_u64.. {
        let mut line = Vec::new();
        let read = lines.by_ref().take(LONGEST_EVENT).read_until(b'\n', &mut line);
        if read.map_err(|error| format!("{path}: {error}"))? == 0 {
            break;
        }
        events
            .line(pack, &line)
            .map_err(|error| format!("{path}: line {number}: {error}"))?;
    }
    events.conclude(pack);
    Ok(())
}

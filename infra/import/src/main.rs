//! `tenant-import`: sends a file of tenants to the service, in parts.
//!
//! Every part that was answered is noted beside the file ([`progress`]). Whenever the command is interrupted,
//! the same command goes on after the last of them; the part that was on its way is sent again, which is safe.

mod api;
mod columns;
mod parts;
mod progress;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::parts::Parts;
use crate::progress::Progress;

const TOKEN_VARIABLE: &str = "CONSENT_TOKEN";

/// Sends a file of tenants to the service, in parts. Interrupted, it goes on where it was when it is run again.
#[derive(Parser)]
#[command(name = "tenant-import")]
struct Arguments {
    /// The service's address, such as <https://api.example.com>.
    #[arg(long, value_name = "URL")]
    api: String,
    /// A file with the bearer token; without it the token is taken from the environment's `CONSENT_TOKEN`.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The facility whose tenants they are.
    #[arg(long, value_name = "ID")]
    facility: String,
    /// What the file is; without it, its name says so.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Only says what the import would do.
    #[arg(long)]
    dry_run: bool,
    /// Goes on without asking where the service ignores columns that look like ones that it knows.
    #[arg(long)]
    yes: bool,
    /// The most rows in a part, but for a tenant who alone has more. Of a part the service lists 1,000 rejected rows.
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    rows: u64,
    /// The tenants, as CSV or NDJSON.
    file: PathBuf,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
enum Format {
    /// CSV with a header.
    Csv,
    /// A JSON object on each line.
    Ndjson,
}

impl Format {
    fn of(file: &Path) -> Result<Self> {
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("ndjson" | "jsonl") => Ok(Self::Ndjson),
            _ => bail!(
                "the file's name ends neither in .csv nor in .ndjson: say --format csv or --format ndjson"
            ),
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = tokio::select! {
        result = run(&arguments) => result,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted: run the same command again to go on")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tenant-import: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let file = &arguments.file;
    let format = arguments.format.map_or_else(|| Format::of(file), Ok)?;
    let api = Api::new(arguments, format, &token(arguments)?)?;
    // A facility's tenants are not too many to be read at once, and the file may change on the way.
    let content = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut progress = Progress::open(arguments, api.address(), format, &content);
    let parts = Parts::of(&content, format, arguments.rows, progress.rows())?;
    let bar = ProgressBar::new(parts.rows() as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {percent}% {msg}, {elapsed} so far, {eta} to go",
    )?);
    let ignored = match format {
        Format::Csv => api.check(parts.header(), &bar).await?,
        Format::Ndjson => parts.unknown_members(),
    };
    if !arguments.yes && !arguments.dry_run {
        columns::ask(&ignored).await?;
    }
    for part in parts {
        bar.set_message(format!("{} rows", progress.rows()));
        bar.set_position(progress.rows() as u64);
        let outcome = api.send(&part, &bar).await?;
        progress.advance(&part, &outcome)?;
    }
    bar.finish_and_clear();
    progress.finish()?;
    announce(arguments, &progress, &ignored);
    Ok(())
}

/// Whether an id is made of what the service takes.
fn is_id(text: &str) -> bool {
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !text.is_empty() && text.bytes().all(is_taken)
}

/// The token, which is never shown.
fn token(arguments: &Arguments) -> Result<String> {
    let token = match &arguments.token_file {
        Some(file) => fs::read_to_string(file)
            .with_context(|| format!("cannot read the token in {}", file.display()))?,
        None => std::env::var(TOKEN_VARIABLE)
            .with_context(|| format!("no token: say --token-file, or set {TOKEN_VARIABLE}"))?,
    };
    Ok(token.trim().to_owned())
}

#[expect(
    clippy::print_stdout,
    reason = "this is what the person at the terminal waits for"
)]
fn announce(arguments: &Arguments, progress: &Progress, ignored: &[String]) {
    let totals = progress.totals();
    let begin = if arguments.dry_run { "It would be: " } else { "" };
    println!(
        "{begin}{} created, {} updated, {} unchanged, {} rejected",
        totals.created, totals.updated, totals.unchanged, totals.rejected
    );
    if totals.rejected > 0 {
        println!("The rejected rows are in {}", progress.rejected_file().display());
    }
    if totals.unlisted > 0 {
        println!(
            "{} of them are not listed there: say --rows 1000 to have all listed",
            totals.unlisted
        );
    }
    if !ignored.is_empty() {
        println!("Ignored columns: {}", columns::shown(ignored));
    }
}

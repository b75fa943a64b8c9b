//! `cargo dev`: the whole service on one machine, on loopback, until Ctrl-C.
//!
//! A request goes from the front ([`front`]) through cargo-lambda ([`cargo_lambda`]) to a process of its
//! function ([`functions`]), which uses the store ([`store`]) and the stand-ins for SNS ([`sns`]), Secrets Manager
//! ([`secrets`]) and KMS ([`kms`]). What is recorded comes back through the store's stream ([`stream`]), to be published.

mod announce;
mod cargo_lambda;
mod cors;
mod front;
mod functions;
mod people;
mod port;
mod runtime_api;
mod screen;
mod seed;
mod stack;
mod store;
mod stream;
mod switchboard;
mod tokens;
mod up;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};
use dev::{clock, http, kms, secrets, sns};

use crate::tokens::{AUDIENCE, Claims, ISSUER, Keys};
use dev::workspace::Workspace;

/// The whole service on one machine, until Ctrl-C.
#[derive(Parser)]
#[command(name = "dev", bin_name = "cargo dev", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    up: UpArguments,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
struct UpArguments {
    /// The port of the API on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 9000)]
    port: u16,
    /// Keeps the store's data and the keys in this directory. Without it they are gone with the stack.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Leaves out the demo facility.
    #[arg(long)]
    empty: bool,
    /// Shows what the functions write to their logs as they write it, metrics among it.
    #[arg(long)]
    verbose: bool,
}

#[derive(Args)]
struct Place {
    /// Where the running stack describes itself [default: dev/stack.json in Cargo's target directory].
    #[arg(long, value_name = "FILE")]
    stack: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Prints a token for the running stack.
    Token(TokenArguments),
    /// Runs a command until standard input closes.
    #[command(hide = true)]
    Guard {
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
}

#[derive(Args)]
struct TokenArguments {
    /// Who: recorded with every change.
    #[arg(long)]
    sub: String,
    /// What they may do, separated by spaces: consent:read consent:write tenants:write messages:send portal.
    #[arg(long)]
    scope: String,
    /// The facilities they may act on, separated by spaces, or *.
    #[arg(long)]
    facilities: Option<String>,
    /// The facility of the one tenant a portal token speaks for.
    #[arg(long)]
    facility_id: Option<String>,
    /// The one tenant a portal token speaks for.
    #[arg(long)]
    tenant_id: Option<String>,
    /// Seconds until it expires. None or fewer make one that has expired.
    #[arg(long, default_value_t = 3600, allow_negative_numbers = true)]
    ttl: i64,
    /// Another audience than the stack's.
    #[arg(long, default_value = AUDIENCE)]
    audience: String,
    /// Another issuer than the stack's.
    #[arg(long, default_value = ISSUER)]
    issuer: String,
    #[command(flatten)]
    place: Place,
}

// The embedded store works on these threads, one at a time: the others are not to wait for it with requests in hand.
#[tokio::main(worker_threads = 8)]
async fn main() -> ExitCode {
    let Arguments { command, up, place } = Arguments::parse();
    let result = match command {
        None => up::run(&up, place.stack).await,
        Some(Command::Token(arguments)) => token(arguments).await,
        Some(Command::Guard { command }) => cargo_lambda::guard(&command).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the token is what is asked for")]
async fn token(arguments: TokenArguments) -> Result<()> {
    let path = match arguments.place.stack {
        Some(path) => path,
        None => Workspace::read().await?.stack_path(),
    };
    if !path.exists() {
        bail!(
            "no stack is running: there is no {}; start one with `cargo dev`",
            path.display()
        );
    }
    let keys = Keys::load(&stack::keys_beside(&path))?;
    let now = clock::now().as_second();
    let token = keys.sign(&Claims {
        sub: arguments.sub,
        scope: arguments.scope,
        facilities: arguments.facilities,
        facility_id: arguments.facility_id,
        tenant_id: arguments.tenant_id,
        iss: arguments.issuer,
        aud: arguments.audience,
        iat: now,
        exp: now.saturating_add(arguments.ttl),
    })?;
    println!("{token}");
    Ok(())
}

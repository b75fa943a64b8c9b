//! The log: what it looks like, and what gets into it.

use std::env;

use lambda_http::tracing::subscriber::filter::{LevelFilter, Targets};
use lambda_http::tracing::subscriber::fmt;
use lambda_http::tracing::subscriber::layer::SubscriberExt as _;
use lambda_http::tracing::subscriber::util::SubscriberInitExt as _;

/// Writes what is logged from now on to standard output, which Lambda hands to CloudWatch Logs, in the format and from
/// the level on that Lambda's settings say. `RUST_LOG` says other levels for single modules
/// (`info,consent_store=debug`); what it says of spans and fields is not read, for that takes an engine of regular
/// expressions at each start.
///
/// The runtime's own subscriber leaves the time out. Lambda holds a line of the JSON format without a `timestamp` for
/// one of level INFO, whatever it says of itself
/// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>).
pub fn start() {
    let lines = fmt().with_target(false).with_max_level(LevelFilter::TRACE);
    match env::var("AWS_LAMBDA_LOG_FORMAT") {
        Ok(format) if format.eq_ignore_ascii_case("json") => lines.json().finish().with(filter()).init(),
        _ => lines.finish().with(filter()).init(),
    }
}

fn filter() -> Targets {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok();
    let level = level
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let targets = env::var("RUST_LOG").ok();
    let targets: Targets = targets
        .and_then(|targets| targets.parse().ok())
        .unwrap_or_default();
    match targets.default_level() {
        Some(_) => targets,
        None => targets.with_default(level),
    }
}

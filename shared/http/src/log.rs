//! The log: what it looks like, and what gets into it.

use std::env;

use lambda_http::tracing::subscriber::filter::{EnvFilter, LevelFilter};
use lambda_http::tracing::subscriber::fmt;

/// Writes what is logged from now on to standard output, which Lambda hands to CloudWatch Logs, in the format and from
/// the level on that Lambda's settings say.
///
/// The runtime's own subscriber leaves the time out. Lambda holds a line of the JSON format without a `timestamp` for
/// one of level INFO, whatever it says of itself
/// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>).
pub fn start() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok();
    let level = level
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let filter = EnvFilter::builder()
        .with_default_directive(level.into())
        .from_env_lossy();
    let lines = fmt().with_target(false).with_env_filter(filter);
    match env::var("AWS_LAMBDA_LOG_FORMAT") {
        Ok(format) if format.eq_ignore_ascii_case("json") => lines.json().init(),
        _ => lines.init(),
    }
}

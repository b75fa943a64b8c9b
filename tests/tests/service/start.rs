//! A function's start.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Command;

use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use consent_http::{Access, environment};
use consent_secrets::{Secret, cursor_key};
use consent_sns::EventsTopic;
use consent_texts::Sender;

/// What a function's start finds in its environment.
const ENVIRONMENT: [(&str, &str); 7] = [
    ("TABLE_NAME", "consent"),
    ("METRICS_NAMESPACE", "consent"),
    ("SECRETS_ARN", "consent"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "id"),
    ("AWS_SECRET_ACCESS_KEY", "key"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
];

/// Set in the process that has this environment.
const STARTS_HERE: &str = "STARTS_HERE";

/// Lambda may start many instances from a snapshot of one that has started: what was drawn before would be in all of them.
///
/// A start reads its environment, and tests share theirs. So the start happens in a process of its own.
#[tokio::test]
async fn nothing_random_is_drawn_before_the_first_request() {
    if std::env::var_os(STARTS_HERE).is_some() {
        return start_and_draw_nothing().await;
    }
    let arguments = [
        "--exact",
        "start::nothing_random_is_drawn_before_the_first_request",
        "--nocapture",
    ];
    let started = Command::new(std::env::current_exe().unwrap())
        .args(arguments)
        .envs(ENVIRONMENT)
        .env(STARTS_HERE, "yes")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&started.stdout);
    assert!(started.status.success() && said.contains("1 passed"), "{said}");
}

async fn start_and_draw_nothing() {
    // The SDK draws ids, tokens and the jitter of its retries from this generator, or from others that it seeds by it.
    fastrand::seed(7);
    let drawn = || fastrand::get_seed() != 7;
    let metrics = || environment::metrics().unwrap();
    let _functions_have = (
        Access::from_environment().unwrap(),
        environment::store().await.unwrap(),
        Secret::from_environment(cursor_key).unwrap(),
        Sender::from_environment(metrics()).unwrap(),
        EventsTopic::from_environment("arn:aws:sns:us-east-1:123456789012:events.fifo".to_owned()),
    );
    assert!(!drawn(), "a start has drawn something random");
    // A client draws when it is made: that it would be seen.
    let configuration = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"));
    let _client = aws_sdk_dynamodb::Client::from_conf(configuration.build());
    assert!(drawn(), "clients draw from another generator now");
}

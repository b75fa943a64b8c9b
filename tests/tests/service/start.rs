//! A function's start.

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

/// Lambda may start many instances from a snapshot of one that has started: what was drawn before would be in all of them.
#[test]
fn nothing_random_is_drawn_before_the_first_request() {
    let in_environment = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "start::a_start_draws_nothing",
            "--ignored",
            "--nocapture",
        ])
        .envs(ENVIRONMENT)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&in_environment.stdout);
    assert!(
        in_environment.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[tokio::test]
#[ignore = "it needs an environment: the test above gives it one"]
async fn a_start_draws_nothing() {
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

//! Requests signed by Twilio's own Python package verify, and what is altered afterwards does not.
//!
//! The package is installed once into `target/tools/`. It is skipped, loudly, where there is no Python or no
//! package index to be reached.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use tests::{ADA, BASE_URL, OFFICE, TWILIO_AUTH_TOKEN, World, call, python_packages, twilio_id};

const PACKAGE: &str = "twilio==9.13.0";

/// The signature that the package computes.
fn sign(package: &Path, url: &str, parameters: &[(&str, &str)]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("twilio/sign.py");
    let mut python = Command::new("python3")
        .arg(script)
        .args([url, TWILIO_AUTH_TOKEN])
        .env("PYTHONPATH", package)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pairs = json!(parameters).to_string();
    python.stdin.take().unwrap().write_all(pairs.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn requests_signed_by_twilios_own_package_verify() {
    let Some(package) = python_packages(&[PACKAGE]) else {
        return;
    };
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    let check = async |query: &str, parameters: &[(&str, &str)], standing: &str| {
        let path = format!("/v1/sms/twilio{query}");
        let signature = sign(&package, &format!("{BASE_URL}{path}"), parameters);
        let post = call(&format!("POST {path}"))
            .nobody()
            .body(
                "application/x-www-form-urlencoded",
                &serde_urlencoded::to_string(parameters).unwrap(),
            )
            .header("x-twilio-signature", &signature);
        let mut altered = parameters.to_vec();
        altered.push(("Extra", "1"));
        let other = post.clone().body(
            "application/x-www-form-urlencoded",
            &serde_urlencoded::to_string(altered).unwrap(),
        );
        world.send(other).await.is_problem(403, "bad_signature");
        world.send(post.base64()).await.is(200);
        assert_eq!(world.standing("t1").await, standing);
    };
    let text = |id, body| [("MessageSid", id), ("From", ADA), ("To", OFFICE), ("Body", body)];
    let [first, second, third] = ["SM1", "SM2", "SM3"].map(twilio_id);
    check("", &text(&first, "STOP"), "opted_out by text").await;
    check(
        "?store=12&name=a%20b",
        &text(&second, "start"),
        "provided by text",
    )
    .await;
    let mut whole = vec![
        ("ToCountry", "US"),
        ("ToState", "TX"),
        ("SmsMessageSid", &third),
        ("NumMedia", "2"),
        ("ToCity", ""),
        ("FromZip", "78701"),
        ("SmsSid", &third),
        ("FromState", "TX"),
        ("SmsStatus", "received"),
        ("FromCity", "SAN JOSÉ & SONS +1"),
        ("FromCountry", "US"),
        ("MessagingServiceSid", "MG1"),
        ("ToZip", ""),
        ("NumSegments", "1"),
        ("AccountSid", "AC1"),
        ("ApiVersion", "2010-04-01"),
        ("OptOutType", "STOP"),
        ("MediaUrl", "b"),
        ("MediaUrl", "a"),
        ("MediaUrl", "b"),
    ];
    whole.extend(text(&third, "¡Alto! 😀 \"no\"\n=1"));
    check("", &whole, "opted_out by text").await;
}

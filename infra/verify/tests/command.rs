//! The command as people run it: lines and exit status.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use consent::evidence::{Compiler, PackFacility, PackTenant, PublicKey};
use consent::id::{FacilityId, TenantId};
use consent::record::StoredRecord;
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// A folder with a pack of two records, and the keys that verify it.
struct Folder {
    folder: tempfile::TempDir,
    pack: Value,
}

fn record(sequence: u64, previous: &Value, change: &Value) -> Value {
    let mut record = json!({
        "record_id": format!("f1/t1/{sequence}"), "facility_id": "f1", "tenant_id": "t1", "sequence": sequence,
        "at": "2026-11-27T12:00:00.000Z", "actor": "somebody", "cell_phone": "+15125550142", "disclosure": null,
        "text": null, "rule": "rule", "needs_review": false, "rules_version": null, "matched": null,
        "provider_message_id": null, "received_via": null, "received_at": null, "honour_by": null,
        "previous_hash": previous,
    });
    for (name, value) in change.as_object().unwrap() {
        record[name] = value.clone();
    }
    let stored: StoredRecord = serde_json::from_value(record.clone()).unwrap();
    record["hash"] = stored.compute_hash().unwrap().into();
    record
}

impl Folder {
    fn new() -> Self {
        let nothing = json!({"status": "not_provided", "source": null});
        let granted = json!({"status": "provided", "source": "portal"});
        let stopped = json!({"status": "opted_out", "source": "text"});
        let first = json!({"type": "granted", "channel": "portal", "from": nothing, "to": granted});
        let first = record(1, &Value::Null, &first);
        let second =
            json!({"type": "opted_out", "channel": "text", "from": granted, "to": stopped, "text": "STOP"});
        let second = record(2, &first["hash"], &second);
        let now: Timestamp = "2026-11-27T13:00:00Z".parse().unwrap();
        let mut compiler = Compiler::new(now, None);
        for record in [first, second] {
            compiler.record(serde_json::from_value(record).unwrap());
        }
        let facility = PackFacility {
            facility_id: FacilityId::parse("f1").unwrap(),
            name: "Storage".to_owned(),
        };
        let tenant = PackTenant {
            tenant_id: TenantId::parse("t1").unwrap(),
            name: "Ada Moreno".to_owned(),
            cell_phone: None,
            units: Vec::new(),
            moved_out: false,
        };
        let (pack, _) = compiler.finish(facility, tenant, 0, now);
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let key = PublicKey::from_point(pair.public_key().as_ref()).unwrap();
        let signature = pair.sign(&random, &pack.signed_text().unwrap()).unwrap();
        let signature = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature);
        let pack = pack.with_signature(&key.id(), &signature).unwrap();
        let own = Self {
            folder: tempfile::tempdir().unwrap(),
            pack: pack.clone(),
        };
        own.write("pack.json", &pack.to_string());
        own.write("keys.json", &json!({"keys": [key.to_jwk()]}).to_string());
        own
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The exit status, and what is printed.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_consent-verify"));
        let output = command
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(
            output.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }
}

#[test]
fn a_whole_pack_has_a_line_for_each_check_and_status_0() {
    let folder = Folder::new();
    let head = folder.pack["head"]["hash"].as_str().unwrap();
    let (status, printed) = folder.run(&["pack.json", "--keys", "keys.json", "--head", head]);
    let names: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    let expected = [
        "ok shape",
        "ok chain",
        "ok rules",
        "ok standing",
        "ok decisions",
        "ok head",
        "ok earlier head",
        "ok signature",
    ];
    assert_eq!((status, names), (Some(0), expected.to_vec()), "{printed}");
    let (status, printed) = folder.run(&["pack.json"]);
    assert_eq!(status, Some(0));
    assert!(
        printed
            .lines()
            .last()
            .unwrap()
            .contains("the signature was not checked")
    );
}

#[test]
fn a_check_that_fails_ends_with_1() {
    let folder = Folder::new();
    let mut altered = folder.pack.clone();
    altered["records"][1]["text"] = json!("thanks!");
    folder.write("altered.json", &altered.to_string());
    let (status, printed) = folder.run(&["altered.json"]);
    assert_eq!(status, Some(1));
    assert!(
        printed.contains("FAILED chain: f1/t1/2: it does not match its hash"),
        "{printed}"
    );
    let other = "0".repeat(64);
    for arguments in [
        ["pack.json", "--head", &other],
        ["pack.json", "--keys", "none.json"],
    ] {
        folder.write("none.json", "{\"keys\": []}");
        assert_eq!(folder.run(&arguments).0, Some(1), "{arguments:?}");
    }
}

#[test]
fn events_are_compared_line_by_line() {
    let folder = Folder::new();
    let event =
        |record: &Value| json!({"specversion": "1.0", "type": "consent.granted", "data": record}).to_string();
    let records = folder.pack["records"].as_array().unwrap();
    let lines: Vec<String> = records.iter().map(event).collect();
    folder.write("events.ndjson", &format!("{}\n\n", lines.join("\n")));
    let (status, printed) = folder.run(&["pack.json", "--events", "events.ndjson"]);
    assert_eq!(status, Some(0), "{printed}");
    assert!(printed.contains("ok events: 2 were published"), "{printed}");
    folder.write("bad.ndjson", &format!("{}\nno event\n", lines[0]));
    let (status, printed) = folder.run(&["pack.json", "--events", "bad.ndjson"]);
    assert_eq!((status, printed.contains("line 2")), (Some(2), true), "{printed}");
}

/// Runs the command on a text that somebody hands in, with a second of the processor at most: its exit status, in lines that stay
/// on the screen.
#[track_caller]
fn check_hostile(folder: &Folder, name: &str, text: &[u8], expected: i32) {
    fs::write(folder.path("hostile.json"), text).unwrap();
    let output = Command::new("sh")
        .args(["-c", "ulimit -t 1 && exec \"$0\" hostile.json --keys keys.json"])
        .arg(env!("CARGO_BIN_EXE_consent-verify"))
        .current_dir(folder.folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(expected), "{name}: {printed}");
    assert!(output.stderr.is_empty(), "{name}");
    for line in printed.lines() {
        assert!(
            line.chars().count() < 500 && !line.contains(char::is_control),
            "{name}: {line}"
        );
    }
}

#[test]
fn hostile_packs_of_any_size_fail_within_a_second() {
    let folder = Folder::new();
    let pack = folder.pack.to_string();
    let with = |name: &str, value: &str| {
        let mut pack = folder.pack.clone();
        pack[name] = json!("HERE");
        pack.to_string().replace("\"HERE\"", value)
    };
    let list = |item: &str, count: usize| format!("[{}]", vec![item; count].join(","));
    let many = |item: &str| list(item, (7 << 20) / (item.len() + 1));
    let decision = json!({
        "decision_id": "d", "decided_at": "2026-11-27T12:00:00.000Z", "allowed": true, "consent_record_id": "f1/t1/1",
        "sequence": 1, "message_id": null, "message": null,
    })
    .to_string();
    let record = folder.pack["records"][1].to_string();
    let digits = "9".repeat(7 << 20);
    for (name, text, status) in [
        ("millions of records", with("records", &many("{}")), 2),
        (
            "as many records as are read",
            with("records", &list("{}", 199_000)),
            1,
        ),
        ("too many of one record", with("records", &many(&record)), 2),
        (
            "one record again and again",
            with("records", &list(&record, 5_500)),
            1,
        ),
        (
            "one decision again and again",
            with("decisions", &list(&decision, 20_000)),
            1,
        ),
        ("millions of numbers", with("extra", &many("1")), 2),
        ("records that are no list", with("records", "{\"length\": 2}"), 1),
        ("a fraction", with("decisions_left_out", "0.5"), 1),
        ("above 2^53", with("decisions_left_out", "9007199254740993"), 1),
        ("negative", with("decisions_left_out", "-1"), 1),
        ("a long number", with("decisions_left_out", &digits), 2),
        ("beyond any number", with("decisions_left_out", "1e400"), 2),
        (
            "a long name",
            with("tenant", &format!("\"{}\"", "\\u202e".repeat(1 << 20))),
            1,
        ),
        ("nested", with("extra", &"[".repeat(1 << 20)), 2),
        (
            "nested within the limit",
            with("extra", &format!("{}{}", "[".repeat(120), "]".repeat(120))),
            1,
        ),
        ("no time", with("as_of", "\"yesterday\""), 1),
        (
            "a time that is not a time",
            with("as_of", "\"+999999999-13-40T99:99:99Z\""),
            1,
        ),
        ("a lone surrogate", with("generated_at", "\"\\ud800\""), 2),
    ] {
        check_hostile(&folder, name, text.as_bytes(), status);
    }
    let not_utf8 = [pack.as_bytes(), b"\xff\xfe"].concat();
    check_hostile(&folder, "not UTF-8", &not_utf8, 2);
    let name = pack.replace("Ada Moreno", "Ada\u{1b}[2J\u{202e}");
    check_hostile(&folder, "a terminal's control", name.as_bytes(), 2);
    let id = with(
        "standing",
        "{\"status\": \"\\u001b[2J\", \"source\": null, \"on_hold\": false, \"evidence\": null, \"record_id\": null}",
    );
    check_hostile(&folder, "a terminal's control, escaped", id.as_bytes(), 1);
}

#[test]
fn what_is_no_pack_ends_with_2_within_a_second() {
    let folder = Folder::new();
    let pack = folder.pack.to_string();
    let deep = "[".repeat(3_000_000);
    let long = format!("\"{}\"", "a".repeat(9 << 20));
    let twice = pack.replacen("\"format\"", "\"format\":\"consent-evidence/1\",\"format\"", 1);
    for (name, text) in [
        ("empty", ""),
        ("cut", &pack[..pack.len() / 2]),
        ("null", "null"),
        ("object", "{}"),
        ("list", "[]"),
        ("other", "{\"format\": \"consent-evidence/2\"}"),
        ("deep", &deep),
        ("deeper", &deep.replace('[', "{\"format\":")),
        ("long", &long),
        ("twice", &twice),
    ] {
        folder.write("hostile.json", text);
        let began = Instant::now();
        let (status, printed) = folder.run(&["hostile.json"]);
        assert_eq!(status, Some(2), "{name}: {printed}");
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "{name}: {:?}",
            began.elapsed()
        );
        assert_eq!(printed.lines().count(), 1, "{name}");
    }
    for arguments in [
        &["none.json"][..],
        &[],
        &["--keys"],
        &["pack.json", "--keys", "hostile.json"],
        &["pack.json", "--what"],
        &["."],
    ] {
        assert_eq!(folder.run(arguments).0, Some(2), "{arguments:?}");
    }
}

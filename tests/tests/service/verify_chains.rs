//! `infra/operate/verify-chains.py` verifies what the service has written, and finds what was done to it since. It
//! computes every hash by itself, so it is a second opinion on ours.
//!
//! It is skipped, loudly, where there is no Python or no package index to be reached.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::{ADA, BEN, Item, World, attribute, python_packages};
use tokio::process::Command;

/// Of `infra/requirements.txt`.
const PACKAGES: [&str; 7] = [
    "boto3==1.43.108",
    "botocore==1.43.127",
    "jmespath==1.1.0",
    "python-dateutil==2.9.0.post0",
    "s3transfer==0.19.3",
    "six==1.17.0",
    "urllib3==2.8.0",
];

/// A world, the command, and a folder for its files.
struct Verified {
    world: World,
    packages: PathBuf,
    folder: tempfile::TempDir,
}

impl Verified {
    /// Tenants to whom much happened. `None`: the command cannot be run here.
    async fn new() -> Option<Self> {
        let packages = python_packages(&PACKAGES)?;
        let world = World::with_ada().await;
        for (number, text) in [
            "STOP",
            "START",
            "pls stop \u{1f600} \"now\"\n\u{1}é\\ \u{2028}",
            "start",
        ]
        .iter()
        .enumerate()
        {
            world.text(&format!("SM{number}"), ADA, text).await;
        }
        world.portal("t1", "uncheck").await.is(200);
        // Others: one without records, and one who moved out.
        world.tenant("t2", Value::Null).await;
        world.tenant("t3", BEN).await;
        world.profile("t3", "check").await.is(200);
        world.move_out("t3").await.is(204);
        world.tenant("t4", BEN).await;
        world.profile("t4", "check").await.is(200);
        let folder = tempfile::tempdir().unwrap();
        Some(Self {
            world,
            packages,
            folder,
        })
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// What the command prints, and its exit status.
    async fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/operate/verify-chains.py");
        let output = Command::new("python3")
            .arg(script)
            .args(arguments)
            .env("PYTHONPATH", &self.packages)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("AWS_ENDPOINT_URL_DYNAMODB", self.world.endpoint())
            .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .output()
            .await
            .unwrap();
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(printed).unwrap())
    }

    /// Checks the lines that the command prints for the table, before its summary.
    async fn check(&self, options: &[&str], expected: &[&str], after: &str) {
        let (_, table) = self.world.client();
        let (status, printed) = self.run(&[&["--table", table], options].concat()).await;
        let mut lines: Vec<&str> = printed.lines().collect();
        let summary = lines.pop().unwrap_or_default();
        assert_eq!(lines, expected, "{after}");
        assert_eq!(
            status,
            Some(i32::from(!expected.is_empty())),
            "{after}: {summary}"
        );
        assert!(summary.starts_with("chains: "), "{after}: {summary}");
        for personal in [ADA, BEN, "Ada", "pls"] {
            assert!(!printed.contains(personal), "{after}: {printed}");
        }
    }
}

#[tokio::test]
async fn the_command_names_each_chain_that_does_not_hold() {
    let Some(verified) = Verified::new().await else {
        return;
    };
    let world = &verified.world;
    verified.check(&[], &[], "nothing").await;
    verified.check(&["--facility", "f1"], &[], "nothing in f1").await;
    let item = world.record_item(3).await;
    let altered = |name: &str, value: &Value| {
        let mut altered = item.clone();
        altered.insert(name.to_owned(), attribute(value));
        altered
    };
    let unhashed = ["f1/t1/3: it does not match its hash"];
    let foreign = ["f1/t1/3: another record is in its place"];
    for (item, expected) in [
        (altered("text", &json!("STOP")), &unhashed),
        (altered("extra", &json!(null)), &unhashed),
        (altered("hash", &json!(null)), &unhashed),
        (
            altered("needs_review", &json!(0.5)),
            &["f1/t1/3: it holds what records do not"],
        ),
        (altered("record_id", &json!("f1/t2/3")), &foreign),
        (Item::new(), &foreign),
    ] {
        world.put_record(3, item).await;
        verified.check(&[], expected, "altering it").await;
    }
    world.delete_record(3).await;
    verified
        .check(&[], &["f1/t1/3: it is missing"], "deleting it")
        .await;
    verified
        .check(&["--facility", "f2"], &[], "deleting it elsewhere")
        .await;
    let last = world.record_item(6).await;
    world.delete_record(6).await;
    verified
        .check(&[], &["f1/t1/6: it is missing"], "deleting the last")
        .await;
    world.put_record(3, item.clone()).await;
    world.put_record(6, last).await;

    let records = world.history("t1").await;
    world
        .put_resealed(3, &records[2], |it| it["text"] = json!("STOP"))
        .await;
    let unlinked = ["f1/t1/3: it is not the record that the one after it names"];
    verified.check(&[], &unlinked, "a hash made anew").await;
    world.put_record(3, item).await;
    for (sequence, hash, expected) in [
        (7, &records[5]["hash"], "f1/t1/7: it is missing"),
        (
            6,
            &records[4]["hash"],
            "f1/t1/6: it is not the record that the tenant's item names",
        ),
        (
            5,
            &records[4]["hash"],
            "f1/t1/6: it is behind the end of the chain that the tenant's item names",
        ),
    ] {
        world.set_chain_end(sequence, hash).await;
        verified.check(&[], &[expected], "another end").await;
    }
    world.set_chain_end(6, &records[5]["hash"]).await;
    let mut stray = world.record_item(1).await;
    stray.insert("SK".to_owned(), AttributeValue::S("RECORD#1".to_owned()));
    world.put_item(stray).await;
    let expected = ["f1/t1/6: there is an item among the records that is no record"];
    verified.check(&[], &expected, "an item among the records").await;
}

#[tokio::test]
async fn a_chain_written_anew_does_not_hold_against_its_earlier_head() {
    let Some(verified) = Verified::new().await else {
        return;
    };
    let world = &verified.world;
    let (heads, later) = (verified.file("heads.json"), verified.file("later.json"));
    verified
        .check(&["--write-heads", &heads], &[], "the first run")
        .await;
    let first: Value = serde_json::from_str(&fs::read_to_string(&heads).unwrap()).unwrap();
    let head = world.last_record("t1").await["hash"].clone();
    assert_eq!(first["f1/t1"], json!({"sequence": 6, "hash": head}));
    let chains: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(chains, ["f1/t1", "f1/t3", "f1/t4"], "those that have records");

    // The chain has gone on.
    world.portal("t1", "check").await.is(200);
    verified
        .check(&["--heads", &heads, "--write-heads", &later], &[], "a record")
        .await;

    // Record 5 and all after it written anew, and the end with them: nothing in the table shows it.
    let records = world.history("t1").await;
    let mut previous = world
        .put_resealed(5, &records[4], |it| it["text"] = json!("START"))
        .await;
    for sequence in 6..=7 {
        let link = |record: &mut Value| record["previous_hash"] = previous.clone();
        previous = world.put_resealed(sequence, &records[sequence - 1], link).await;
    }
    world.set_chain_end(7, &previous).await;
    world.history("t1").await;
    verified.check(&[], &[], "a chain written anew").await;
    let expected = ["f1/t1/6: it is not the record that an earlier list of heads has"];
    verified
        .check(&["--heads", &heads], &expected, "its earlier head")
        .await;
    let expected = ["f1/t1/7: it is not the record that an earlier list of heads has"];
    let options = ["--heads", &later, "--write-heads", &later];
    verified.check(&options, &expected, "its later head").await;
    verified.check(&options, &expected, "it keeps its head").await;

    // Cut off, with its end: only the list knows that there was more.
    let records = world.history("t1").await;
    world.delete_record(7).await;
    world.set_chain_end(6, &records[5]["hash"]).await;
    let expected = ["f1/t1/7: it is missing: an earlier list of heads has it"];
    verified
        .check(&["--heads", &later], &expected, "a chain cut off")
        .await;
}

#[tokio::test]
async fn an_export_is_verified_as_the_table_is() {
    let Some(verified) = Verified::new().await else {
        return;
    };
    let world = &verified.world;
    let (client, table) = world.client();
    let export = async |name: &str| {
        let mut lines = String::new();
        for item in client.scan().table_name(table).send().await.unwrap().items() {
            let members = item.iter().map(|(name, value)| (name.clone(), typed(value)));
            let item: serde_json::Map<String, Value> = members.collect();
            lines += &(json!({"Item": item}).to_string() + "\n");
        }
        let folder = verified.file(name);
        fs::create_dir(&folder).unwrap();
        let file = format!("{folder}/part.json.gz");
        let pack = "import gzip, sys; gzip.open(sys.argv[1], 'wb').write(open(sys.argv[2], 'rb').read())";
        let plain = verified.file("lines");
        fs::write(&plain, lines).unwrap();
        let packed = Command::new("python3").args(["-c", pack, &file, &plain]).status();
        assert!(packed.await.unwrap().success());
        folder
    };
    let (status, printed) = verified.run(&["--export", &export("whole").await]).await;
    assert_eq!((status, &*printed), (Some(0), "chains: 4; do not hold: 0\n"));
    world.delete_record(2).await;
    let (status, printed) = verified.run(&["--export", &export("broken").await]).await;
    let expected = "f1/t1/2: it is missing\nchains: 4; do not hold: 1\n";
    assert_eq!((status, &*printed), (Some(1), expected));
}

/// An attribute in DynamoDB JSON, as an export has it.
fn typed(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(is) => json!({"BOOL": is}),
        AttributeValue::L(items) => json!({"L": items.iter().map(typed).collect::<Vec<_>>()}),
        AttributeValue::M(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), typed(value)));
            json!({"M": members.collect::<serde_json::Map<_, _>>()})
        }
        _ => json!({"NULL": true}),
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_from_what_does_not_hold() {
    let Some(verified) = Verified::new().await else {
        return;
    };
    let (_, table) = verified.world.client();
    let bad = verified.file("bad.json");
    fs::write(&bad, "{\"f1/t1\": 7}").unwrap();
    let none = verified.file("none");
    for arguments in [
        [].as_slice(),
        &["--table", table, "consent"],
        &["--table", "no-such-table"],
        &["--export", &none],
        &["--table", table, "--heads", &none],
        &["--table", table, "--heads", &bad],
        &["--table", table, "--write-heads", "/no/such/folder/heads"],
    ] {
        let (status, printed) = verified.run(arguments).await;
        assert_eq!(status, Some(2), "{arguments:?}: {printed}");
        assert!(!printed.contains("Traceback"), "{printed}");
    }
}

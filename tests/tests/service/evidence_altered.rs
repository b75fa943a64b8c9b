//! What the other side's expert would try: each alteration of a pack, and the line of the verifier that shows it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "the lines are there to be read")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use consent::evidence::PublicKey;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use tests::{canonical, hash_of};

use crate::evidence_packs::{life, lines};

/// Makes every record from a sequence on anew, so that hashes and links hold, and the head with them.
pub(crate) fn resealed(pack: &mut Value, from: usize) {
    let records = pack["records"].as_array_mut().unwrap();
    for at in from - 1..records.len() {
        let previous = at.checked_sub(1).map(|before| records[before]["hash"].clone());
        records[at]["previous_hash"] = previous.unwrap_or_default();
        let hash = hash_of(&records[at]);
        records[at]["hash"] = hash.into();
    }
    let (count, hash) = (records.len(), records.last().unwrap()["hash"].clone());
    pack["head"] = json!({"sequence": count, "hash": hash});
}

/// Signs a pack with a key of one's own: the pack, and the key's id.
fn signed_by_another(mut pack: Value) -> (Value, String) {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
    let id = PublicKey::from_point(pair.public_key().as_ref()).unwrap().id();
    pack.as_object_mut().unwrap().remove("signature");
    let value = pair.sign(&random, canonical(&pack).as_bytes()).unwrap();
    let value = URL_SAFE_NO_PAD.encode(value);
    pack["signature"] = json!({"algorithm": "ES256", "key_id": id, "value": value});
    (pack, id)
}

/// A pack, what is done to it, and the lines that do not say `ok`, by their beginnings.
struct Altered {
    whole: Value,
    keys: Value,
}

impl Altered {
    #[track_caller]
    fn check(&self, what: &str, alter: impl Fn(&mut Value), expected: &[&str]) {
        let mut pack = self.whole.clone();
        alter(&mut pack);
        assert_ne!(pack, self.whole, "{what}");
        let mut lines = lines(vec![pack], Some(&self.keys));
        lines.retain(|line| !line.starts_with("ok "));
        // Seen with `--nocapture`.
        println!("{what}");
        for line in &lines {
            println!("    {line}");
        }
        let are_expected = lines
            .iter()
            .zip(expected)
            .all(|(line, expected)| line.starts_with(expected));
        assert!(
            are_expected && lines.len() == expected.len(),
            "{what}: {lines:#?}"
        );
    }
}

/// What every alteration has: the service did not sign it so.
const SIGNATURE: &str = "FAILED signature: the key ";

async fn altered() -> Altered {
    let world = life().await;
    let (whole, keys) = (world.evidence("t1", "").await, world.evidence_keys().await);
    let found = lines(vec![whole.clone()], Some(&keys));
    assert!(found.iter().all(|line| line.starts_with("ok ")), "{found:#?}");
    Altered { whole, keys }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of alterations, each with its lines")]
async fn records_that_were_altered_each_have_their_line() {
    let altered = Box::pin(altered()).await;
    altered.check(
        "the STOP says something else",
        |pack| pack["records"][1]["text"] = json!("thanks!"),
        &[
            "FAILED chain: f1/t1/2: it does not match its hash: it was altered",
            SIGNATURE,
        ],
    );
    altered.check(
        "a hash is another",
        |pack| pack["records"][1]["hash"] = json!("0".repeat(64)),
        &[
            "FAILED chain: f1/t1/2: it does not match its hash: it was altered",
            SIGNATURE,
        ],
    );
    altered.check(
        "the STOP is left out",
        |pack| drop(pack["records"].as_array_mut().unwrap().remove(1)),
        &[
            "FAILED chain: f1/t1/2: it is missing, or another record is in its place",
            "FAILED rules: f1/t1/2: its `from` is not what stood before it",
            "FAILED decisions: f1/t1/7: decision",
            SIGNATURE,
        ],
    );
    altered.check(
        "two records change places",
        |pack| pack["records"].as_array_mut().unwrap().swap(1, 2),
        &[
            "FAILED chain: f1/t1/2: it is missing, or another record is in its place",
            "FAILED rules: f1/t1/2: its `from` is not what stood before it",
            SIGNATURE,
        ],
    );
    altered.check(
        "the STOP is written anew, with its hash",
        |pack| {
            pack["records"][1]["text"] = json!("thanks!");
            let hash = hash_of(&pack["records"][1]);
            pack["records"][1]["hash"] = hash.into();
        },
        &[
            "FAILED chain: f1/t1/3: its `previous_hash` is not the hash of the record before it",
            SIGNATURE,
        ],
    );
    altered.check(
        "the STOP is written anew, and all behind it",
        |pack| {
            pack["records"][1]["text"] = json!("thanks!");
            resealed(pack, 2);
        },
        &[SIGNATURE],
    );
    altered.check(
        "the STOP came later, with all behind it written anew",
        |pack| {
            pack["records"][1]["at"] = pack["records"][10]["at"].clone();
            resealed(pack, 2);
        },
        &[
            "FAILED chain: f1/t1/3: it is earlier than the record before it",
            SIGNATURE,
        ],
    );
    altered.check(
        "the STOP becomes a grant",
        |pack| {
            pack["records"][1]["type"] = json!("granted");
            pack["records"][1]["to"] = json!({"status": "provided", "source": "text"});
            resealed(pack, 2);
        },
        &[
            "FAILED rules: f1/t1/2: no rule leads from its `from` to its `to`",
            SIGNATURE,
        ],
    );
    altered.check(
        "an agreement is assumed once more, after it has ended",
        |pack| {
            pack["records"][10]["channel"] = json!("registration");
            pack["records"][10]["to"] = json!({"status": "provided", "source": "grandfathered"});
            resealed(pack, 11);
            pack["standing"]["source"] = json!("grandfathered");
            pack["standing"]["evidence"] = json!("assumed");
        },
        &[
            "FAILED rules: f1/t1/11: no rule leads from its `from` to its `to`",
            SIGNATURE,
        ],
    );
    altered.check(
        "a record is put in between",
        |pack| {
            let mut record = pack["records"][2].clone();
            record["channel"] = json!("profile");
            pack["records"].as_array_mut().unwrap().insert(2, record);
            for at in 2..pack["records"].as_array().unwrap().len() {
                pack["records"][at]["sequence"] = json!(at + 1);
                pack["records"][at]["record_id"] = json!(format!("f1/t1/{}", at + 1));
            }
            resealed(pack, 3);
        },
        &[
            "FAILED rules: f1/t1/3: its channel is not one",
            "FAILED standing: f1/t1/12: `standing` is not what stands",
            "FAILED decisions: f1/t1/7: decision",
            SIGNATURE,
        ],
    );
    altered.check(
        "the last records are cut off",
        |pack| {
            pack["records"].as_array_mut().unwrap().truncate(3);
            resealed(pack, 1);
        },
        &[
            "FAILED standing: f1/t1/3: `standing` is not what stands",
            "FAILED decisions: f1/t1/7: decision",
            SIGNATURE,
        ],
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of alterations, each with its lines")]
async fn what_else_was_altered_each_has_its_line() {
    let altered = Box::pin(altered()).await;
    altered.check(
        "it stands otherwise",
        |pack| pack["standing"]["status"] = json!("opted_out"),
        &[
            "FAILED standing: f1/t1/11: `standing` is not what stands after this record",
            SIGNATURE,
        ],
    );
    altered.check(
        "it rests on another record",
        |pack| pack["standing"]["record_id"] = json!("f1/t1/1"),
        &[
            "FAILED standing: f1/t1/11: `standing` is not what stands after this record",
            SIGNATURE,
        ],
    );
    altered.check(
        "a refused text was allowed",
        |pack| {
            pack["decisions"][1]["allowed"] = json!(true);
            pack["decisions"][1]["consent_record_id"] = json!("f1/t1/1");
        },
        &["FAILED decisions: f1/t1/2: decision", SIGNATURE],
    );
    altered.check(
        "a decision is put in, after the STOP",
        |pack| {
            let mut decision = pack["decisions"][0].clone();
            decision["decision_id"] = json!("00000000000000000000000000000000");
            decision["sequence"] = json!(2);
            pack["decisions"].as_array_mut().unwrap().insert(1, decision);
        },
        &["FAILED decisions: f1/t1/2: decision 00000000000000000000000000000000 was allowed, and no grant stood", SIGNATURE],
    );
    altered.check(
        "an allowed text saw an earlier record",
        |pack| {
            pack["decisions"][2]["sequence"] = json!(4);
            pack["decisions"][2]["consent_record_id"] = json!("f1/t1/3");
        },
        &["FAILED decisions: f1/t1/4: decision", SIGNATURE],
    );
    altered.check(
        "an allowed text hangs on another agreement",
        |pack| pack["decisions"][2]["consent_record_id"] = json!("f1/t1/3"),
        &["FAILED decisions: f1/t1/7: decision", SIGNATURE],
    );
    altered.check(
        "an allowed text saw a record that is not there",
        |pack| pack["decisions"][3]["sequence"] = json!(12),
        &["FAILED decisions: f1/t1/12: decision", SIGNATURE],
    );
    altered.check(
        "a text says something else",
        |pack| pack["decisions"][0]["message"]["body"] = json!("hello"),
        &[SIGNATURE],
    );
    altered.check(
        "a decision has another's text",
        |pack| pack["decisions"][0]["message"] = pack["decisions"][2]["message"].clone(),
        &["FAILED decisions: f1/t1/1: decision", SIGNATURE],
    );
    altered.check(
        "a decision is there twice",
        |pack| {
            let decision = pack["decisions"][0].clone();
            pack["decisions"].as_array_mut().unwrap().push(decision);
        },
        &["FAILED decisions: f1/t1/1: decision", SIGNATURE],
    );
    altered.check(
        "the head is another",
        |pack| pack["head"]["sequence"] = json!(3),
        &["FAILED head: f1/t1/11: `head` is not the last record", SIGNATURE],
    );
    altered.check(
        "the name is another",
        |pack| pack["tenant"]["name"] = json!("Ben Ng"),
        &[SIGNATURE],
    );
    altered.check(
        "another tenant's",
        |pack| pack["tenant"]["tenant_id"] = json!("t2"),
        &[
            "FAILED chain: f1/t2/1: it is missing, or another record is in its place",
            SIGNATURE,
        ],
    );
    altered.check(
        "it is about an earlier moment",
        |pack| pack["as_of"] = json!("2020-01-01T00:00:00.000Z"),
        &[
            "FAILED chain: f1/t1/1: it is later",
            "FAILED decisions: f1/t1/1: decision",
            SIGNATURE,
        ],
    );
    altered.check(
        "it is about a moment to come",
        |pack| pack["as_of"] = json!("2099-01-01T00:00:00.000Z"),
        &["FAILED shape: `as_of` is later than `generated_at`"],
    );
    altered.check(
        "a member is gone",
        |pack| drop(pack.as_object_mut().unwrap().remove("decisions")),
        &["FAILED shape: /decisions is missing"],
    );
}

#[tokio::test]
async fn a_signature_of_somebody_else_has_its_line() {
    let altered = Box::pin(altered()).await;
    let (forged, id) = signed_by_another(altered.whole.clone());
    let unknown = format!("FAILED signature: no key has the id {id}");
    altered.check(
        "another key has signed it",
        |pack| *pack = forged.clone(),
        &[&unknown],
    );
    altered.check(
        "another key has signed it, in the name of the service's",
        |pack| pack["signature"]["value"] = forged["signature"]["value"].clone(),
        &[SIGNATURE],
    );
    altered.check(
        "it is signed by another algorithm",
        |pack| pack["signature"]["algorithm"] = json!("none"),
        &["FAILED signature: its algorithm is none"],
    );
    // The signature of another pack of the same tenant.
    let world = life().await;
    let other = world.evidence("t1", "").await;
    altered.check(
        "the signature is another pack's",
        |pack| pack["signature"] = other["signature"].clone(),
        &["FAILED signature: no key has the id"],
    );
}

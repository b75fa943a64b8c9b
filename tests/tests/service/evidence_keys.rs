//! The keys that sign packs of evidence.

use dev::kms::EARLIER_KEY_ID;
use serde_json::{Value, json};
use tests::{World, call, canonical};

#[tokio::test]
async fn the_signature_is_over_the_canonical_pack_by_a_published_key() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    let world = World::with_ada().await;
    let mut pack = world.evidence("t1", "").await;
    let keys = world.evidence_keys().await;
    let signature = pack.as_object_mut().unwrap().remove("signature").unwrap();
    assert_eq!(signature["algorithm"], "ES256");
    assert_eq!(signature["key_id"], keys["keys"][0]["kid"]);
    let bytes = |value: &Value| URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap();
    let key = [
        vec![4],
        bytes(&keys["keys"][0]["x"]),
        bytes(&keys["keys"][0]["y"]),
    ]
    .concat();
    let value = bytes(&signature["value"]);
    assert_eq!(value.len(), 64);
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key);
    key.verify(canonical(&pack).as_bytes(), &value).unwrap();
}

#[tokio::test]
async fn the_keys_are_public_and_may_be_kept_for_minutes() {
    let world = World::new().await;
    let answer = world
        .send(call("GET /.well-known/evidence-keys.json").nobody())
        .await;
    answer.is(200);
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    world
        .send(call("PUT /.well-known/evidence-keys.json").nobody())
        .await
        .is_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn a_key_that_signed_once_stays_listed() {
    let world = World::new().await;
    let signer = world.kms.signer(&[EARLIER_KEY_ID, " ", dev::kms::KEY_ID]);
    let keys = json!({"keys": signer.keys().await.unwrap()});
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    assert_eq!(keys["keys"][0], world.evidence_keys().await["keys"][0]);
    world.kms.requests.take();
    signer.keys().await.unwrap();
    assert_eq!(world.kms.requests.take_sum(), 0, "a public key is read once");
    // Where a key cannot be read, the whole list is refused: without that key its packs would look forged.
    assert!(world.kms.signer(&["another"]).keys().await.is_err());
}

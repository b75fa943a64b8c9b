//! How long tokens and the issuer's keys hold.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use consent_http::{Access, Problem, clock};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::sign::Es256;
use tests::{Issuer, Token, call, mac};

/// What an [`Access`] says of a token at some time.
async fn at(access: &Access, token: &str, now: Timestamp) -> Result<(), Problem> {
    let event = call("GET /v1/facilities/f1")
        .nobody()
        .header("authorization", &format!("Bearer {token}"))
        .event();
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    access.caller(&request, now).await.map(|_| ())
}

#[tokio::test]
async fn a_token_is_over_at_the_second_it_names_and_begins_at_the_other() {
    let key = Es256::default();
    let access = Issuer::start(&[key.public("e1")]).await.access();
    let day = Timestamp::from_second(2_000_000_000).unwrap();
    let token = key.token(
        &Token::new("ES256", "e1", 0)
            .claim("exp", 2_000_000_100)
            .claim("nbf", 2_000_000_000),
    );
    let check = async |after: SignedDuration, valid: bool| {
        assert_eq!(at(&access, &token, day + after).await.is_ok(), valid, "{after:?}");
    };
    check(SignedDuration::from_millis(-1), false).await;
    check(SignedDuration::ZERO, true).await;
    check(SignedDuration::from_millis(99_999), true).await;
    check(SignedDuration::from_secs(100), false).await;
    check(SignedDuration::from_secs(101), false).await;
}

#[tokio::test]
async fn keys_are_fetched_anew_when_an_unknown_one_signs_but_not_all_the_time() {
    let (old, new) = (Es256::default(), Es256::default());
    let issuer = Issuer::start(&[old.public("old")]).await;
    let access = issuer.access();
    let now = clock::now();
    let by = |key: &Es256, id: &str| key.token(&Token::new("ES256", id, now.as_second()));
    assert!(at(&access, &by(&old, "old"), now).await.is_ok());
    issuer.publish(&[new.public("new")]);
    let soon = now + SignedDuration::from_secs(29);
    assert_eq!(
        at(&access, &by(&new, "new"), soon)
            .await
            .unwrap_err()
            .code()
            .as_str(),
        "unauthenticated"
    );
    assert_eq!(issuer.fetches(), 1);
    let later = now + SignedDuration::from_secs(31);
    assert!(at(&access, &by(&new, "new"), later).await.is_ok());
    assert!(
        at(&access, &by(&old, "old"), later).await.is_err(),
        "the old key is withdrawn"
    );
    assert!(at(&access, &by(&new, "new"), later).await.is_ok());
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn a_key_that_the_issuer_withdrew_verifies_for_ten_minutes_at_most() {
    let (old, new) = (Es256::default(), Es256::default());
    let issuer = Issuer::start(&[old.public("old")]).await;
    let access = issuer.access();
    let now = clock::now();
    let after = |seconds: i64| now + SignedDuration::from_secs(seconds);
    let by = |key: &Es256, id: &str| {
        key.token(&Token::new("ES256", id, now.as_second()).claim("exp", now.as_second() + 86_400))
    };
    assert!(at(&access, &by(&old, "old"), now).await.is_ok());
    issuer.publish(&[new.public("new")]);
    assert!(at(&access, &by(&old, "old"), after(599)).await.is_ok());
    assert_eq!(issuer.fetches(), 1);
    let withdrawn = at(&access, &by(&old, "old"), after(600)).await;
    assert_eq!(withdrawn.unwrap_err().code().as_str(), "unauthenticated");
    assert!(at(&access, &by(&new, "new"), after(600)).await.is_ok());
    assert_eq!(issuer.fetches(), 2);
    // A key that took the id of another, too.
    issuer.publish(&[old.public("new")]);
    assert!(at(&access, &by(&new, "new"), after(1_199)).await.is_ok());
    assert!(at(&access, &by(&new, "new"), after(1_200)).await.is_err());
    assert!(at(&access, &by(&old, "new"), after(1_200)).await.is_ok());
}

#[tokio::test]
async fn while_the_issuer_is_away_its_keys_count_for_an_hour() {
    let (key, other) = (Es256::default(), Es256::default());
    let issuer = Issuer::start(&[key.public("e1")]).await;
    let access = issuer.access();
    let now = clock::now();
    let after = |seconds: i64| now + SignedDuration::from_secs(seconds);
    let by = |key: &Es256, id: &str| {
        key.token(&Token::new("ES256", id, now.as_second()).claim("exp", now.as_second() + 86_400))
    };
    let check = async |id: &str, seconds: i64, code: &str, fetches: u32| {
        let answer = at(&access, &by(&key, id), after(seconds)).await;
        let code_of = answer.err().map_or("ok", |problem| problem.code().as_str());
        assert_eq!(
            (code_of, issuer.fetches()),
            (code, fetches),
            "{id} after {seconds} s"
        );
    };
    check("e1", 0, "ok", 1).await;
    issuer.be_away();
    check("e1", 599, "ok", 1).await;
    check("e1", 600, "ok", 2).await;
    // It is not asked for each request.
    check("e1", 601, "ok", 2).await;
    check("e1", 629, "ok", 2).await;
    check("e1", 630, "ok", 3).await;
    // What is not known may be a new key.
    check("e2", 640, "unavailable", 3).await;
    check("e2", 660, "unavailable", 4).await;
    assert!(
        at(&access, &by(&other, "e1"), after(661)).await.is_err(),
        "a stranger's"
    );
    check("e1", 3_599, "ok", 5).await;
    check("e1", 3_600, "unavailable", 5).await;
    check("e1", 3_700, "unavailable", 6).await;
    issuer.publish(&[key.public("e1")]);
    check("e1", 3_701, "unavailable", 6).await;
    check("e1", 3_730, "ok", 7).await;
}

#[tokio::test]
async fn keys_of_other_kinds_beside_ours_do_no_harm() {
    let key = Es256::default();
    let mut encrypting = key.public("enc");
    encrypting["use"] = json!("enc");
    let odd = [
        json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "quantum", "pub": "AA"}),
        json!({"kty": "RSA", "kid": "half"}),
        json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "secret"}),
        json!("no key"),
        encrypting,
        key.public("e1"),
    ];
    let access = Issuer::start(&odd).await.access();
    let now = clock::now();
    let by = |id: &str| Token::new("ES256", id, now.as_second());
    assert!(at(&access, &key.token(&by("e1")), now).await.is_ok());
    assert!(
        at(&access, &key.token(&by("enc")), now).await.is_err(),
        "a key to encrypt with does not sign"
    );
    assert!(
        at(
            &access,
            &mac(&by("secret").header("alg", "HS256"), b"secret"),
            now
        )
        .await
        .is_err()
    );
}

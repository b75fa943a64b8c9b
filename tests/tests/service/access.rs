//! Who calls, where no authorizer has verified the token: the function verifies it itself.

use consent_http::{Access, clock};
use serde_json::{Value, json};
use tests::sign::{Es256, Rs256};
use tests::{Answer, Issuer, Token, World, call, mac};

/// An issuer with two keys, and functions that trust it.
struct Gate {
    world: World,
    issuer: Issuer,
    elliptic: Es256,
    rsa: Rs256,
}

impl Gate {
    async fn new() -> Self {
        let (elliptic, rsa) = (Es256::default(), Rs256::default());
        let issuer = Issuer::start(&[elliptic.public("e1"), rsa.public("r1")]).await;
        let world = World::new().await.with_access(|| issuer.access());
        Self {
            world,
            issuer,
            elliptic,
            rsa,
        }
    }

    async fn get(&self, authorization: &str) -> Answer {
        let get = call("GET /v1/facilities/f1")
            .nobody()
            .header("authorization", authorization);
        self.world.send(get).await
    }

    /// Past the gate there is no facility.
    async fn lets_in(&self, token: &str, why: &str) {
        let answer = self.get(&format!("Bearer {token}")).await;
        assert_eq!(answer.status, 404, "{why}: {}", answer.text);
    }

    async fn keeps_out(&self, token: &str, why: &str) {
        let answer = self.get(&format!("Bearer {token}")).await;
        assert_eq!(answer.status, 401, "{why}: {}", answer.text);
        answer.is_problem(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }

    /// A good token of the elliptic key, after a change.
    fn token(&self, change: impl FnOnce(Token) -> Token) -> String {
        self.elliptic.token(&change(Token::new("ES256", "e1", seconds())))
    }
}

fn seconds() -> i64 {
    clock::now().as_second()
}

#[tokio::test]
async fn tokens_of_both_algorithms_are_verified_and_the_keys_fetched_once() {
    let gate = Gate::new().await;
    gate.lets_in(&gate.token(|token| token), "ES256").await;
    gate.lets_in(&gate.rsa.token(&Token::new("RS256", "r1", seconds())), "RS256")
        .await;
    gate.lets_in(
        &gate.token(|token| token.claim("aud", json!(["other", "consent"]))),
        "one of several audiences",
    )
    .await;
    gate.lets_in(
        &gate.token(|token| token.header("kid", Value::Null)),
        "no key id: any key",
    )
    .await;
    gate.lets_in(
        &gate
            .rsa
            .token(&Token::new("RS256", "", seconds()).header("kid", Value::Null)),
        "no key id: any key",
    )
    .await;
    gate.lets_in(
        &gate.token(|token| token.claim("nbf", seconds() - 5).claim("iat", seconds() - 5)),
        "valid since a while",
    )
    .await;
    assert_eq!(gate.issuer.fetches(), 1);
    let token = gate.token(|token| token);
    for scheme in ["bearer ", "BEARER ", "Bearer  "] {
        assert_eq!(
            gate.get(&format!("{scheme}{token}")).await.status,
            404,
            "{scheme}"
        );
    }
    let scoped = gate.token(|token| token.claim("facilities", "f2"));
    gate.get(&format!("Bearer {scoped}"))
        .await
        .is_problem(403, "forbidden");
    let portal = gate.token(|token| {
        token
            .claim("scope", "portal")
            .claim("facility_id", "f1")
            .claim("tenant_id", "t1")
    });
    let get = call("GET /v1/portal/consent")
        .nobody()
        .header("authorization", &format!("Bearer {portal}"));
    gate.world.send(get).await.is_problem(404, "facility_not_found");
}

#[tokio::test]
async fn claims_that_do_not_hold_keep_out() {
    let gate = Gate::new().await;
    let now = seconds();
    for (claim, values) in [
        (
            "exp",
            vec![
                json!(now),
                json!(now - 1),
                json!(now - 60),
                json!(0),
                json!(-1),
                json!(-0.5),
                json!("9999999999"),
                json!(null),
                json!([]),
            ],
        ),
        ("nbf", vec![json!(now + 60), json!(1e12), json!("0")]),
        (
            "iss",
            vec![
                json!("https://issuer.example/"),
                json!("https://other.example"),
                json!(""),
                json!(null),
                json!(5),
            ],
        ),
        (
            "aud",
            vec![
                json!("other"),
                json!(""),
                json!([]),
                json!(["other"]),
                json!(null),
                json!("Consent"),
            ],
        ),
        ("sub", vec![json!(null), json!(""), json!(7)]),
        ("scope", vec![json!(["consent:read"]), json!(1)]),
        ("facilities", vec![json!(["*"])]),
    ] {
        for value in values {
            let why = format!("{claim} {value}");
            gate.keeps_out(&gate.token(|token| token.claim(claim, value)), &why)
                .await;
        }
    }
    assert!(gate.issuer.fetches() <= 1);
}

#[tokio::test]
async fn what_is_not_signed_by_the_issuer_keeps_out() {
    let gate = Gate::new().await;
    let now = seconds();
    let good = gate.token(|token| token);
    let [header, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    let other = gate.token(|token| token.claim("facilities", "*"));
    let other_claims = other.split('.').nth(1).unwrap();
    let none = Token::new("none", "e1", now);
    let rsa_by_mac = Token::new("HS256", "r1", now);
    let public = gate.rsa.public("r1");
    let stranger = Es256::default();
    for (token, why) in [
        (String::new(), "nothing"),
        ("x".to_owned(), "garbage"),
        ("..".to_owned(), "two dots"),
        ("a.b.c".to_owned(), "garbage in three parts"),
        (format!("{header}.{claims}"), "two parts"),
        (format!("{header}.{claims}."), "no signature"),
        (format!("{header}.{claims}.{signature}.x"), "four parts"),
        (format!("{header}.{other_claims}.{signature}"), "other claims"),
        (
            format!("{header}.{claims}.{}", &signature[2..]),
            "half a signature",
        ),
        (good.replace('.', ". "), "spaces"),
        (none.signed(b""), "alg none"),
        (none.clone().header("alg", "None").signed(b""), "alg None"),
        (gate.elliptic.token(&none), "alg none, signed"),
        (
            mac(&rsa_by_mac, gate.rsa.public_der()),
            "HS256 with the public key",
        ),
        (
            mac(&rsa_by_mac, public["n"].as_str().unwrap().as_bytes()),
            "HS256 with the modulus",
        ),
        (
            mac(&Token::new("RS256", "r1", now), gate.rsa.public_der()),
            "a MAC that says RS256",
        ),
        (
            stranger.token(&Token::new("ES256", "e1", now)),
            "a stranger's key",
        ),
        (
            stranger.token(&Token::new("ES256", "e1", now).header("jwk", stranger.public("e1"))),
            "a key in the token",
        ),
        (stranger.token(&Token::new("ES256", "e9", now)), "an unknown key"),
        (
            gate.elliptic.token(&Token::new("ES256", "r1", now)),
            "the key id of another key",
        ),
        (
            gate.elliptic.token(&Token::new("RS256", "e1", now)),
            "another algorithm than the key's",
        ),
        (
            gate.rsa.token(&Token::new("RS512", "r1", now)),
            "an algorithm that is not taken",
        ),
        (gate.rsa.token(&Token::new("PS256", "r1", now)), "nor this"),
        (gate.elliptic.token(&Token::new("ES384", "e1", now)), "nor this"),
    ] {
        gate.keeps_out(&token, why).await;
    }
    for authorization in [
        "",
        "Bearer",
        "Basic dTpw",
        &good,
        &format!("Token {good}"),
        &format!("Bearer\t{good}"),
    ] {
        gate.get(authorization).await.is_problem(401, "unauthenticated");
    }
    gate.world
        .send(call("GET /v1/facilities/f1").nobody())
        .await
        .is_problem(401, "unauthenticated");
    assert!(
        gate.issuer.fetches() <= 2,
        "an unknown key id is asked for once in a while"
    );
}

#[tokio::test]
async fn without_the_issuers_keys_nobody_is_let_in_and_it_is_safe_to_repeat() {
    let key = Es256::default();
    let token = key.token(&Token::new("ES256", "e1", seconds()));
    let nowhere = || {
        Access::by_keys(
            "http://127.0.0.1:1/jwks.json",
            "https://issuer.example",
            "consent",
        )
        .unwrap()
    };
    let world = World::new().await.with_access(nowhere);
    let get = |token: &str| {
        call("GET /v1/facilities/f1")
            .nobody()
            .header("authorization", &format!("Bearer {token}"))
    };
    let answer = world.send(get(&token)).await;
    answer.is_problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "1");
    world
        .send(get("garbage"))
        .await
        .is_problem(401, "unauthenticated");
    // What the authorizer has verified needs no keys.
    world
        .send(call("GET /v1/facilities/f1"))
        .await
        .is_problem(404, "facility_not_found");
}

#[tokio::test]
async fn where_the_authorizer_is_the_one_who_verifies_a_header_alone_says_nothing() {
    let key = Es256::default();
    let token = key.token(&Token::new("ES256", "e1", seconds()));
    let world = World::new().await;
    let get = call("GET /v1/facilities/f1")
        .nobody()
        .header("authorization", &format!("Bearer {token}"));
    world.send(get).await.is_problem(401, "unauthenticated");
}

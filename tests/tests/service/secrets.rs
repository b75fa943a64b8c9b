//! The functions' secret: when it is read, what a rotation does, and what happens when it cannot be read.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use consent_http::clock;
use consent_secrets::{Malformed, Members, Secret};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{ADA, Call, OFFICE, World, call, secret, telnyx, telnyx_by, twilio, twilio_by};

/// Lists of `f1` that are turned with cursors, each by another function.
const LISTS: [&str; 3] = [
    "/v1/facilities/f1/tenants/t1/consent/history",
    "/v1/facilities/f1/consent-report",
    "/v1/facilities/f1/tenants/t1/messages",
];

/// Ada with a neighbour, three records and three texts, none of which needed the secret. Every function that does
/// is as if it had just started.
async fn full() -> World {
    let world = World::with_ada().await;
    world.tenant("t2", "+15125550143").await;
    for (id, body) in [("SM1", "hello"), ("SM2", "STOP"), ("SM3", "START")] {
        world.text(id, ADA, body).await;
    }
    world.secrets.requests.take();
    world.restarted()
}

/// When a test began.
struct Time(Timestamp);

impl Time {
    fn now() -> Self {
        Self(clock::now())
    }

    /// So many seconds later.
    fn plus(&self, seconds: i64) -> Timestamp {
        self.0 + SignedDuration::from_secs(seconds)
    }
}

/// A text that nobody signed, and that looks as if.
fn forged() -> Call {
    twilio_by("somebody else's", "SM9", ADA, OFFICE, "STOP")
}

/// The texts of both providers by these keys of theirs.
fn texts(number: u8, id: &str) -> [Call; 2] {
    let now = clock::now().as_second();
    [
        twilio_by(&format!("twilio-{number}"), id, ADA, OFFICE, "hello"),
        telnyx_by(number, id, ADA, OFFICE, "hello", now),
    ]
}

#[tokio::test]
async fn it_is_read_when_first_needed_and_once_for_many_requests() {
    let world = full().await;
    world.view("t1").await;
    world.profile("t1", "uncheck").await.is(200);
    world
        .send(twilio("SM4", ADA, OFFICE, "STOP").without("x-twilio-signature"))
        .await
        .is_problem(403, "bad_signature");
    let long_ago = clock::now().as_second() - 400;
    world
        .send(telnyx("T1", ADA, OFFICE, "STOP", long_ago))
        .await
        .is_problem(403, "bad_signature");
    assert_eq!(world.secrets.reads(), 0, "nothing needed it");
    for list in LISTS {
        for _ in 0..3 {
            world.get(list).await.is(200);
        }
        assert_eq!(world.secrets.reads(), 1, "{list}");
    }
    for id in ["SM5", "SM6", "SM7"] {
        world.text(id, ADA, "hello").await;
    }
    assert_eq!(world.secrets.reads(), 1);

    let fresh = world.restarted();
    let (first, second, third) = tokio::join!(fresh.get(LISTS[0]), fresh.get(LISTS[0]), fresh.get(LISTS[0]));
    for answer in [first, second, third] {
        answer.is(200);
    }
    assert_eq!(world.secrets.reads(), 1, "three at once wait for one read");
}

#[tokio::test]
async fn a_rotation_takes_effect_at_once_and_the_key_before_still_counts() {
    let world = full().await;
    let now = clock::now().as_second();
    world.text("SM10", ADA, "hello").await;
    world.secrets.rotate(&secret(1)).await;
    world.text("SM11", ADA, "hello").await;
    world.send(telnyx("T1", ADA, OFFICE, "hello", now)).await.is(200);
    assert_eq!(world.secrets.reads(), 1, "what was known is enough");
    for call in texts(1, "A1") {
        world.send(call).await.is(200);
    }
    assert_eq!(
        world.secrets.reads(),
        1,
        "read again for the first that did not verify"
    );
    for world in [&world, &world.restarted()] {
        world.text("SM12", ADA, "hello").await;
        world.send(telnyx("T2", ADA, OFFICE, "hello", now)).await.is(200);
    }

    world.secrets.rotate(&secret(2)).await;
    let world = world.restarted();
    for call in [
        twilio("SM13", ADA, OFFICE, "STOP"),
        telnyx("T3", ADA, OFFICE, "STOP", now),
    ] {
        world.send(call).await.is_problem(403, "bad_signature");
    }
    assert_eq!(world.standing("t1").await, "provided by text");
    for number in [1, 2] {
        for call in texts(number, &format!("B{number}")) {
            world.send(call).await.is(200);
        }
    }
    // A text that Telnyx signed is none of Twilio's, and the other way round.
    for call in texts(3, "C1") {
        world.send(call).await.is_problem(403, "bad_signature");
    }
}

#[tokio::test]
async fn a_cursor_sealed_before_a_rotation_opens_after_it() {
    let world = full().await;
    for (number, list) in (1..).step_by(2).zip(LISTS) {
        let first = world.get(&format!("{list}?limit=1")).await.is(200);
        let turn = format!("{list}?limit=1&cursor={}", first["next"].as_str().unwrap());
        let second = world.get(&turn).await.is(200);
        world.secrets.rotate(&secret(number)).await;
        for world in [&world, &world.restarted()] {
            let again = world.get(&turn).await.is(200);
            let at =
                ["records", "rows", "messages"].map(|member| (again[member].clone(), second[member].clone()));
            for (again, second) in at {
                assert_eq!(again, second, "{list}");
            }
        }
        // One that has just started seals with the new key; one that has not heard of it opens that.
        let sealed = world.restarted().get(&format!("{list}?limit=1")).await.is(200);
        let sealed = format!("{list}?limit=1&cursor={}", sealed["next"].as_str().unwrap());
        world.get(&sealed).await.is(200);

        world.secrets.rotate(&secret(number + 1)).await;
        let late = world.restarted();
        late.get(&turn).await.is_problem(400, "invalid_request");
        late.get(&sealed).await.is(200);
    }
}

#[tokio::test]
async fn what_cannot_be_read_at_first_is_answered_503_and_then_works() {
    let world = full().await;
    world.secrets.fail(1_000).await;
    let check = async |call: Call| {
        let answer = world.send(call).await;
        answer.is_problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "1");
    };
    for _ in 0..2 {
        for list in LISTS {
            check(call(&format!("GET {list}"))).await;
        }
        check(twilio("SM4", ADA, OFFICE, "STOP")).await;
        check(telnyx("T1", ADA, OFFICE, "STOP", clock::now().as_second())).await;
        check(forged()).await;
    }
    assert_eq!(world.standing("t1").await, "provided by text");
    world.secrets.fail(0).await;
    // None of them asks again sooner.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for list in LISTS {
        world.get(list).await.is(200);
    }
    world.send(forged()).await.is_problem(403, "bad_signature");
    world.text("SM4", ADA, "STOP").await;
    assert_eq!(world.standing("t1").await, "opted_out by text");
}

#[tokio::test]
async fn what_cannot_be_read_later_goes_on_counting() {
    let world = full().await;
    for list in LISTS {
        world.get(list).await.is(200);
    }
    world.text("SM4", ADA, "hello").await;
    world.secrets.rotate(&secret(1)).await;
    world.secrets.fail(1_000).await;
    for list in LISTS {
        world.get(list).await.is(200);
        // Sealed with the key that could not be read, or nobody's: who can say.
        world
            .get(&format!("{list}?cursor=AAAA"))
            .await
            .is_problem(503, "unavailable");
    }
    world.text("SM5", ADA, "hello").await;
    for call in texts(1, "A1").into_iter().chain([forged()]) {
        world.send(call).await.is_problem(503, "unavailable");
    }
    world.text("SM6", ADA, "hello").await;
}

/// A version of the secret in which these members are others.
fn with(members: &Value) -> String {
    let mut version = secret(1);
    for (name, value) in members.as_object().unwrap() {
        version[name] = value.clone();
    }
    version.to_string()
}

#[tokio::test]
async fn a_secret_that_is_none_is_answered_503_until_it_is_one() {
    let world = full().await;
    let history = || call(&format!("GET {}", LISTS[0]));
    let text = || twilio_by("twilio-1", "SM4", ADA, OFFICE, "hello");
    let check = async |version: &str, status_of_history: u16, status_of_text: u16| {
        world.secrets.put(version).await;
        let world = world.restarted();
        let answers = [world.send(history()).await, world.send(text()).await];
        let statuses = answers.each_ref().map(|answer| answer.status.as_u16());
        assert_eq!(statuses, [status_of_history, status_of_text], "{version}");
        // Once it is mended, the version before it is no hindrance.
        world.secrets.rotate(&secret(1)).await;
        let world = world.restarted();
        world.send(history()).await.is(200);
        if status_of_text == 503 {
            world.send(text()).await.is(200);
        }
    };
    for version in ["", "{", "[]", "\"x\"", "null", "7"] {
        check(version, 503, 503).await;
    }
    let key = |bytes: usize| "A".repeat(bytes * 4 / 3);
    for cursor_key in [
        json!(null),
        json!(""),
        json!(7),
        json!("no base64!"),
        json!(key(30)),
        json!(key(33)),
    ] {
        check(&with(&json!({"cursor_key": cursor_key})), 503, 200).await;
    }
    for broken in [
        json!({"twilio_auth_token": 7}),
        json!({"telnyx_public_key": {}}),
        json!({"telnyx_public_key": "no base64!"}),
        json!({"telnyx_public_key": key(30)}),
    ] {
        check(&with(&broken), 200, 503).await;
    }
    for none in [json!(null), json!(""), json!(" \n")] {
        // Off, although the version before has a key.
        check(&with(&json!({"twilio_auth_token": none})), 200, 403).await;
        check(&with(&json!({"telnyx_public_key": none})), 200, 200).await;
    }
    check(&with(&json!({"twilio_auth_token": " twilio-1\n"})), 200, 200).await;
}

#[tokio::test]
async fn a_broken_version_takes_nothing_from_who_knows_the_one_before() {
    let world = full().await;
    world.get(LISTS[0]).await.is(200);
    world.text("SM4", ADA, "hello").await;
    world.secrets.put("{").await;
    world
        .get(&format!("{}?cursor=AAAA", LISTS[0]))
        .await
        .is_problem(503, "unavailable");
    world.send(forged()).await.is_problem(503, "unavailable");
    assert_eq!(world.secrets.reads(), 4, "both have seen it");
    world.get(LISTS[0]).await.is(200);
    world.text("SM5", ADA, "hello").await;
}

/// What the secret says, without the clock: Twilio's tokens, the current one first.
type Tokens = Secret<Vec<String>>;

fn tokens(current: &Members, previous: Option<&Members>) -> Result<Vec<String>, Malformed> {
    let token = |version: &Members| {
        let text = version.text("twilio_auth_token")?;
        Ok(text.unwrap_or_default().to_owned())
    };
    let previous = previous.and_then(|version| token(version).ok());
    Ok([Some(token(current)?), previous].into_iter().flatten().collect())
}

/// The current token at a time.
async fn token(secret: &Tokens, at: Timestamp) -> String {
    let token = secret.attempt(at, |tokens| Ok::<_, ()>(tokens[0].clone()));
    token.await.unwrap().unwrap()
}

/// Whether a token is one of those at a time, or the problem when nobody can say.
async fn asked(secret: &Tokens, at: Timestamp, token: &str) -> Result<bool, &'static str> {
    let attempt = secret.attempt(at, |tokens| {
        tokens.iter().any(|known| known == token).then_some(()).ok_or(())
    });
    let answer = attempt.await.map_err(|problem| problem.code().as_str())?;
    Ok(answer.is_ok())
}

/// Whether a token is one of those at a time.
async fn knows(secret: &Tokens, at: Timestamp, token: &str) -> bool {
    asked(secret, at, token).await.unwrap()
}

#[tokio::test]
async fn it_is_read_again_after_five_minutes() {
    let (world, time) = (World::new().await, Time::now());
    let known = world.secrets.secret(tokens);
    let first = token(&known, time.plus(0)).await;
    world.secrets.rotate(&secret(1)).await;
    assert_eq!(token(&known, time.plus(299)).await, first);
    assert_eq!(world.secrets.reads(), 1);
    assert_eq!(token(&known, time.plus(300)).await, "twilio-1");
    assert_eq!(token(&known, time.plus(599)).await, "twilio-1");
    assert_eq!(world.secrets.reads(), 1);
    assert!(knows(&known, time.plus(599), &first).await, "the one before it");
    world.secrets.rotate(&secret(2)).await;
    assert!(
        !knows(&known, time.plus(600), &first).await,
        "the one before that"
    );
    assert!(knows(&known, time.plus(600), "twilio-1").await);
}

#[tokio::test]
async fn while_it_cannot_be_read_it_is_asked_for_every_ten_seconds() {
    let (world, time) = (World::new().await, Time::now());
    let known = world.secrets.secret(tokens);
    let first = token(&known, time.plus(0)).await;
    world.secrets.rotate(&secret(1)).await;
    world.secrets.fail(1_000).await;
    world.secrets.requests.take();
    for second in [300, 301, 309] {
        assert_eq!(token(&known, time.plus(second)).await, first);
    }
    let asked = world.secrets.requests.take_sum();
    assert!((1..=2).contains(&asked), "once: {asked}");
    world.secrets.fail(0).await;
    // From the failure on, which took a moment.
    assert_eq!(token(&known, time.plus(310)).await, first);
    assert_eq!(token(&known, time.plus(311)).await, "twilio-1");
}

#[tokio::test]
async fn before_it_is_known_it_is_asked_for_every_second() {
    let (world, time) = (World::new().await, Time::now());
    let known = world.secrets.secret(tokens);
    world.secrets.fail(1_000).await;
    for (second, most) in [(0, 2), (0, 0), (1, 0), (2, 2)] {
        assert_eq!(asked(&known, time.plus(second), "").await, Err("unavailable"));
        let requests = world.secrets.requests.take_sum();
        assert_eq!(requests > 0, most > 0, "{second}");
        assert!(requests <= most, "{second}: {requests}");
    }
    world.secrets.fail(0).await;
    assert_eq!(asked(&known, time.plus(4), "forged").await, Ok(false));
}

#[tokio::test]
async fn what_does_not_hold_is_refused_only_once_it_can_be_read_again() {
    for broken in [None, Some("{"), Some(r#"{"twilio_auth_token": 7}"#)] {
        let (world, time) = (World::new().await, Time::now());
        let known = world.secrets.secret(tokens);
        let first = token(&known, time.plus(0)).await;
        match broken {
            Some(version) => world.secrets.put(version).await,
            None => world.secrets.fail(1_000).await,
        }
        // Read again for what does not hold; asked for no more within ten seconds; and then again.
        for second in [1, 2, 10, 13] {
            assert_eq!(asked(&known, time.plus(second), "new").await, Err("unavailable"));
            assert!(knows(&known, time.plus(second), &first).await, "{second}");
        }
        world.secrets.fail(0).await;
        world.secrets.rotate(&secret(1)).await;
        assert_eq!(asked(&known, time.plus(20), "twilio-1").await, Err("unavailable"));
        assert!(knows(&known, time.plus(25), "twilio-1").await);
        assert!(!knows(&known, time.plus(25), "new").await);
    }
}

#[tokio::test]
async fn however_much_is_forged_it_is_read_again_every_ten_seconds_at_most() {
    let (world, time) = (World::new().await, Time::now());
    let known = world.secrets.secret(tokens);
    let forge = async |second| {
        for _ in 0..20 {
            assert!(!knows(&known, time.plus(second), "forged").await);
        }
        world.secrets.reads()
    };
    assert_eq!(forge(0).await, 1, "it had to be read, and was not read twice");
    assert_eq!(forge(1).await, 1);
    for second in [2, 5, 10] {
        assert_eq!(forge(second).await, 0, "{second}");
    }
    assert_eq!(forge(11).await, 1);
    assert_eq!(forge(20).await, 0);
    // What is not forged goes on, and a rotation takes effect at the next read.
    world.secrets.rotate(&secret(1)).await;
    assert!(!knows(&known, time.plus(20), "twilio-1").await);
    assert!(knows(&known, time.plus(21), "twilio-1").await);
}

#[tokio::test]
async fn forged_requests_do_not_reach_secrets_manager() {
    let world = full().await;
    let began = std::time::Instant::now();
    for _ in 0..50 {
        world.send(forged()).await.is_problem(403, "bad_signature");
        for list in LISTS {
            world
                .get(&format!("{list}?cursor=AAAA"))
                .await
                .is_problem(400, "invalid_request");
        }
    }
    // Four functions, each at its first request, at the next one, and then every ten seconds.
    let most = 4 * (2 + u32::try_from(began.elapsed().as_secs() / 10).unwrap());
    let reads = world.secrets.reads();
    assert!(reads <= most, "{reads}");
}

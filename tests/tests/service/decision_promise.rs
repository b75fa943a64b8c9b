//! What an open decision promises: who hands the text over before `valid_until` does so before any withdrawal after the
//! decision is acknowledged. `gate_race.rs` races the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use consent_http::clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{ADA, Answer, BEN, Call, Faults, OFFICE, World, call, telnyx, twilio};
use tokio::time::{Instant, sleep};

/// A withdrawal waits so much longer than a decision holds at most, beside what it takes itself.
const SLACK: f64 = 1.9;

/// What becomes of a decision that is open while somebody withdraws.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Reported(&'static str),
    Expires,
}

fn path(tenant: &str) -> String {
    format!("/v1/facilities/f1/tenants/{tenant}")
}

fn details(number: Option<&str>) -> Value {
    json!({"name": "Ada Moreno", "cell_phone": number, "created_on": "2020-01-01"})
}

/// How a tenant withdraws: every way that waits for what was let out.
fn withdrawal(how: &str) -> Call {
    let unchecked = json!({"consented": false});
    match how {
        "STOP by Twilio" => twilio("STOP", ADA, OFFICE, "STOP"),
        "unchecked by staff" => call(&format!("PUT {}/consent", path("t1"))).json(&unchecked),
        "unchecked on the portal" => call("PUT /v1/portal/consent").tenant("f1", "t1").json(&unchecked),
        "another number" => call(&format!("PUT {}", path("t1"))).json(&details(Some(BEN))),
        "no number" => call(&format!("PUT {}", path("t1"))).json(&details(None)),
        "moved out" => call(&format!("DELETE {}", path("t1"))),
        _ => {
            let file = format!("tenant_id,name,cell_phone,created_on\nt1,Ada Moreno,{BEN},2020-01-01\n");
            call("POST /v1/facilities/f1/tenant-imports").body("text/csv", &file)
        }
    }
}

const WAYS: [&str; 7] = [
    "STOP by Twilio",
    "unchecked by staff",
    "unchecked on the portal",
    "another number",
    "no number",
    "moved out",
    "another number by an import",
];

async fn seconds<T>(doing: impl Future<Output = T>) -> (f64, T) {
    let begun = Instant::now();
    let done = doing.await;
    (begun.elapsed().as_secs_f64(), done)
}

/// Withdraws while a decision is open for two seconds, and says how long that took. It comes twice: the repetition
/// waits as well.
async fn withdraw_while_open(how: &str, fate: Fate) -> f64 {
    let world = World::with_ada().await;
    let id = world.open("t1", 2).await;
    let withdraw = async |after: u64| {
        sleep(Duration::from_millis(after)).await;
        let (took, answer) = seconds(world.send(withdrawal(how))).await;
        // What moved out already is not found.
        let found = answer.status.is_success() || (after > 0 && answer.status == 404);
        assert!(found, "{how}: {}", answer.text);
        took + Duration::from_millis(after).as_secs_f64()
    };
    let meanwhile = async {
        sleep(Duration::from_millis(500)).await;
        // Withdrawn it is at once: nothing new is allowed, while the first waits for its answer.
        let row = world.ask(&["t1"], 1).await.remove(0);
        let is_about_the_new_number = row["to"] == BEN;
        assert!(row["allowed"] == false || is_about_the_new_number, "{how}: {row}");
        if let Fate::Reported(outcome) = fate {
            let report = json!({"outcome": outcome, "body": "hello"});
            world.outcome("t1", &id, &report).await.is(200);
        }
    };
    let (first, second, ()) = tokio::join!(withdraw(0), withdraw(200), meanwhile);
    assert!((first - second).abs() < 1.0, "{how}: {first} and {second}");
    first.min(second)
}

#[tokio::test]
async fn a_withdrawal_is_acknowledged_when_the_outcome_is_known() {
    for how in WAYS {
        for outcome in ["sent", "not_sent"] {
            let took = withdraw_while_open(how, Fate::Reported(outcome)).await;
            assert!((0.5..1.9).contains(&took), "{how}, {outcome}: {took} s");
        }
    }
}

#[tokio::test]
async fn or_when_the_decision_has_expired() {
    let all = WAYS.map(|how| async move { (how, withdraw_while_open(how, Fate::Expires).await) });
    for (how, took) in futures_util::future::join_all(all).await {
        assert!((1.9..2.0 + SLACK).contains(&took), "{how}: {took} s");
    }
}

#[tokio::test]
async fn what_withdraws_nothing_does_not_wait() {
    let world = World::with_ada().await;
    world.open("t1", 10).await;
    let (took, ()) = seconds(async {
        world.register("t1", &details(Some(ADA))).await;
        world.profile("t1", "check").await.is(200);
        world.text("hello", ADA, "thank you").await;
        world.text("HELP", ADA, "HELP").await;
        world.open("t1", 1).await;
    })
    .await;
    assert!(took < 1.5, "{took} s");
}

/// A text from Ada by Telnyx, with a time of now.
async fn by_telnyx(world: &World, id: &str, body: &str) -> (f64, Answer) {
    let call = telnyx(id, ADA, OFFICE, body, clock::now().as_second());
    seconds(world.send(call)).await
}

/// The confirmations of a STOP that went out by themselves.
async fn confirmations(world: &World) -> usize {
    let outbox = world.sns.outbox().await;
    outbox
        .iter()
        .filter(|text| text["body"].as_str().unwrap().contains("opted out"))
        .count()
}

#[tokio::test]
async fn where_the_provider_does_not_wait_so_long_the_stop_counts_and_the_redelivery_is_acknowledged() {
    let world = World::with_ada().await;
    let id = world.open("t1", 10).await;
    let opened = Instant::now();
    let (took, answer) = by_telnyx(&world, "m1", "STOP").await;
    answer.is_problem(503, "unavailable");
    assert!(took < 2.0, "Telnyx gives up after 2 seconds: {took} s");
    assert_eq!(world.standing("t1").await, "opted_out by text");
    assert_eq!(world.ask(&["t1"], 1).await[0]["code"], "consent_required");
    // Delivered again while the decision is open it is not acknowledged either, nor at the same time twice.
    let (first, second) = tokio::join!(by_telnyx(&world, "m1", "STOP"), by_telnyx(&world, "m1", "STOP"));
    for (_, answer) in [first, second] {
        answer.is_problem(503, "unavailable");
    }
    assert_eq!(confirmations(&world).await, 0);
    let report = json!({"outcome": "sent"});
    world.outcome("t1", &id, &report).await.is(200);
    let (first, second) = tokio::join!(by_telnyx(&world, "m1", "STOP"), by_telnyx(&world, "m1", "STOP"));
    for (_, answer) in [first, second] {
        answer.is(200);
    }
    by_telnyx(&world, "m1", "STOP").await.1.is(200);
    assert!(
        opened.elapsed() < Duration::from_secs(9),
        "it did not wait for the time"
    );
    assert_eq!(confirmations(&world).await, 1, "confirmed once, and not before");
    assert_eq!(world.history("t1").await.len(), 2);
}

#[tokio::test]
async fn a_stop_that_a_start_has_overtaken_is_not_confirmed_when_it_comes_again() {
    let world = World::with_ada().await;
    let id = world.open("t1", 10).await;
    by_telnyx(&world, "m1", "STOP")
        .await
        .1
        .is_problem(503, "unavailable");
    world.text("START", ADA, "START").await;
    world
        .outcome("t1", &id, &json!({"outcome": "not_sent"}))
        .await
        .is(200);
    by_telnyx(&world, "m1", "STOP").await.1.is(200);
    assert_eq!(confirmations(&world).await, 0);
    assert_eq!(world.standing("t1").await, "provided by text");
}

#[tokio::test]
async fn the_queue_and_twilio_wait_for_the_longest_decision() {
    let world = World::with_ada().await;
    world
        .register("t2", &json!({"cell_phone": BEN, "created_on": "2020-01-01"}))
        .await;
    let valid_until = |row: &Value| -> Timestamp { row["valid_until"].as_str().unwrap().parse().unwrap() };
    let rows = world.ask(&["t1", "t2"], 10).await;
    let by_queue = async {
        let now = clock::now().to_string();
        let notification = tests::sns_notification("a1", ADA, OFFICE, "STOP", &now);
        let event = json!({"Records": [{
            "eventSource": "aws:sqs", "messageId": "q1", "body": notification["Sns"].to_string(), "attributes": {},
        }]});
        assert!(world.deliver_queued(event).await.is_empty());
        assert!(clock::now() >= valid_until(&rows[0]));
    };
    let by_twilio = async {
        let (took, answer) = seconds(world.send(twilio("STOP", BEN, OFFICE, "STOP"))).await;
        answer.is(200);
        assert!(clock::now() >= valid_until(&rows[1]));
        assert!(took < 13.0, "Twilio gives up after 15 seconds: {took} s");
        assert_ne!(answer.message(), "", "it is confirmed");
    };
    tokio::join!(by_queue, by_twilio);
}

#[tokio::test]
async fn a_stop_waits_for_the_decision_of_who_has_left_the_number() {
    let world = World::with_ada().await;
    world.open("t1", 2).await;
    let opened = Instant::now();
    let leave = async {
        world.tenant("t1", BEN).await;
    };
    let stop = async {
        sleep(Duration::from_millis(300)).await;
        world.text("STOP", ADA, "STOP").await;
        assert!(opened.elapsed() >= Duration::from_secs(2));
    };
    tokio::join!(leave, stop);
}

#[tokio::test]
async fn the_last_of_sixty_who_share_the_number_is_waited_for() {
    let world = World::embedded().await;
    world.facility("on").await;
    let rows = (0..60).map(|at| format!("t{at:03},Ada Moreno,{ADA},2020-01-01\n"));
    let file = format!(
        "tenant_id,name,cell_phone,created_on\n{}",
        rows.collect::<String>()
    );
    world.import(&file).await.is(200);
    let last = world.open("t059", 3).await;
    let opened = Instant::now();
    let stop = async {
        world.text("STOP", ADA, "STOP").await;
        opened.elapsed()
    };
    let report = async {
        sleep(Duration::from_millis(1_500)).await;
        world
            .outcome("t059", &last, &json!({"outcome": "sent"}))
            .await
            .is(200);
    };
    let (took, ()) = tokio::join!(stop, report);
    assert!(took >= Duration::from_millis(1_500), "{took:?}");
}

/// The decision is written and its answer is lost: nobody can act on it, and it is over by time.
#[tokio::test]
async fn a_decision_whose_answer_was_lost_ends_by_itself() {
    let world = World::with_ada().await;
    let lost = world.with_faults(&Faults::answered("InternalServerError"));
    let ask = call("POST /v1/facilities/f1/decisions").json(&json!({"tenant_ids": ["t1"], "valid_for": 1}));
    lost.send(ask).await.is_problem(503, "unavailable");
    let (took, answer) = seconds(world.profile("t1", "uncheck")).await;
    answer.is(200);
    assert!(took < 1.0 + SLACK, "{took} s");
}

/// A STOP that was written before a decision was: the decision sees it, however the two race.
#[tokio::test]
async fn nothing_is_allowed_on_what_a_stop_has_changed_meanwhile() {
    for after in [0, 5, 10, 20] {
        let world = World::with_ada().await;
        let late = world.with_faults(&Faults::late(Duration::from_millis(after)));
        let ask = async {
            let rows = late.ask(&["t1"], 1).await;
            rows[0]["allowed"] == true
        };
        let stop = async {
            world.text("STOP", ADA, "STOP").await;
            clock::now()
        };
        let (allowed, acknowledged) = tokio::join!(ask, stop);
        if allowed {
            let decision = &world.decisions("t1").await[0];
            let valid_until: Timestamp = decision["valid_until"].as_str().unwrap().parse().unwrap();
            let waited = acknowledged >= valid_until - SignedDuration::from_millis(1);
            assert!(waited, "{after}: {acknowledged} < {valid_until}");
        }
    }
}

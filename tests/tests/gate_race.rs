//! Sends and STOPs at the same time: once a STOP was acknowledged, not one text leaves.

use serde_json::json;
use tests::{ADA, OFFICE, World, call, twilio};

const ROUNDS: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn not_one_text_leaves_after_an_acknowledged_stop() {
    let world = World::with_ada().await;
    let send = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": "hello"}));

    // Sends until the STOP has won, and counts what left.
    let sender = || async {
        let mut left = 0;
        loop {
            let answer = world.send(send.clone()).await;
            match answer.status.as_u16() {
                202 => left += 1,
                409 if answer.body()["code"] == "consent_required" => return left,
                // Gave up after racing writers: no text left, and it is safe to repeat.
                _ => drop(answer.is_problem(409, "conflict")),
            }
        }
    };
    let mut accepted = 0;
    for round in 0..ROUNDS {
        world
            .send(twilio(&format!("START{round}"), ADA, OFFICE, "START"))
            .await
            .is(200);
        let stop = async {
            world
                .send(twilio(&format!("STOP{round}"), ADA, OFFICE, "STOP"))
                .await
                .is(200);
            world.sns.outbox_length().await
        };
        let (first, second, third, acknowledged) = tokio::join!(sender(), sender(), sender(), stop);
        accepted += first + second + third;
        assert_eq!(world.sns.outbox_length().await, acknowledged, "round {round}");
    }
    assert_eq!(
        world.sns.outbox_length().await,
        accepted,
        "every accepted text left, once"
    );
    assert!(accepted > 0);
}

//! Texts in doubt of a number that many share, crashes in the middle, and racing requests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use serde_json::{Value, json};
use tests::{ADA, Answer, BEN, Faults, OFFICE, World, call, twilio, verify_chain};
use tokio::task::JoinSet;

const DOUBT: &str = "wrong number";
const SHARERS: usize = 200;

/// `f1` with several grandfathered tenants who share [`ADA`].
async fn shared(tenants: usize) -> World {
    let world = World::embedded().await;
    world.facility("on").await;
    let rows = (0..tenants).map(|at| format!("t{at:03},Ada Moreno,{ADA},2020-01-01\n"));
    let file = format!(
        "tenant_id,name,cell_phone,created_on\n{}",
        rows.collect::<String>()
    );
    assert_eq!(world.import(&file).await.is(200)["created"], tenants);
    world
}

/// How many rows of the report are on hold, and how many stand as this.
async fn standing(world: &World, status: &str) -> (usize, usize) {
    let page = world
        .get("/v1/facilities/f1/consent-report?limit=200")
        .await
        .is(200);
    let rows = page["rows"].as_array().unwrap();
    let on_hold = rows.iter().filter(|row| row["on_hold"] == true).count();
    (on_hold, rows.iter().filter(|row| row["status"] == status).count())
}

async fn doubt(world: &World, label: &str) -> Answer {
    world.send(twilio(label, ADA, OFFICE, DOUBT)).await
}

#[tokio::test]
async fn two_hundred_who_share_a_number_are_held_and_released_together() {
    let world = shared(SHARERS).await;
    doubt(&world, "M1").await.is(200);
    assert_eq!(standing(&world, "provided").await, (SHARERS, SHARERS));
    let review = world.open_review().await;
    assert_eq!(
        (
            &review["tenant_count"],
            review["tenants"].as_array().unwrap().len()
        ),
        (&json!(SHARERS), 25)
    );
    world.decide(&review, "no_opt_out").await.is(200);
    assert_eq!(standing(&world, "provided").await, (0, SHARERS));
    for tenant in ["t000", "t199"] {
        assert_eq!(world.story(tenant).await, "granted, held, hold_lifted");
    }
    world.decide(&review, "opt_out").await.is(200);
    assert_eq!(standing(&world, "opted_out").await, (0, SHARERS));
    assert_eq!(world.totals().await, [0, 0, 200]);
}

#[tokio::test]
async fn a_doubt_that_a_crash_cut_short_is_completed_by_its_redelivery() {
    for transactions in [1, 3] {
        let world = shared(SHARERS).await;
        let crashing = world.with_faults(&Faults::cut_after(transactions));
        doubt(&crashing, "M1").await.is(503);
        let (held, _) = standing(&world, "provided").await;
        assert!(held > 0 && held < SHARERS, "{held}");
        let review = world.open_review().await;
        assert_eq!(review["tenant_count"], held);
        doubt(&world, "M1").await.is(200);
        assert_eq!(standing(&world, "provided").await, (SHARERS, SHARERS));
        assert_eq!(world.open_review().await["tenant_count"], SHARERS);
        assert_eq!(world.open_review().await["review_id"], review["review_id"]);
        for tenant in ["t000", "t199"] {
            assert_eq!(world.story(tenant).await, "granted, held");
        }
    }
}

#[tokio::test]
async fn a_decision_that_a_crash_cut_short_is_completed_by_its_repetition() {
    for (decision, status) in [("opt_out", "opted_out"), ("no_opt_out", "provided")] {
        let world = shared(SHARERS).await;
        doubt(&world, "M1").await.is(200);
        let review = world.open_review().await;
        let crashing = world.with_faults(&Faults::cut_after(2));
        crashing.decide(&review, decision).await.is(503);
        let (held, _) = standing(&world, status).await;
        assert!(held > 0 && held < SHARERS, "{held}");
        if decision == "opt_out" {
            // The number has heard it: nobody may be texted, and nobody who comes later.
            let send = call("POST /v1/facilities/f1/tenants/t199/messages").json(&json!({"body": "Hello."}));
            let code = world.send(send).await.body()["code"].clone();
            assert!(
                ["consent_required", "on_hold"].contains(&code.as_str().unwrap()),
                "{code}"
            );
            world.tenant("late", ADA).await;
            assert_eq!(world.standing("late").await, "opted_out by text");
            world
                .decide(&review, "no_opt_out")
                .await
                .is_problem(409, "review_decided");
        } else {
            // Nobody was told that it is done: it is still to be decided.
            assert_eq!(world.open_review().await["review_id"], review["review_id"]);
        }
        world.decide(&review, decision).await.is(200);
        assert_eq!(standing(&world, status).await.0, 0);
        let page = world.reviews("f1/reviews?status=decided").await;
        assert_eq!(
            (&page["reviews"][0]["decision"], &page["open"]),
            (&json!(decision), &json!(0))
        );
        for tenant in ["t000", "t199"] {
            let history = world.history(tenant).await;
            verify_chain(&history);
            assert_eq!(history.len(), 3, "once: {history:?}");
            assert_eq!(history[2]["channel"], "review");
        }
    }
}

#[tokio::test]
async fn seeing_a_plain_opt_out_of_many_is_recorded_once_with_each() {
    let world = shared(SHARERS).await;
    world.text("M1", ADA, "wrong number, stop").await;
    let review = world.open_review().await;
    assert_eq!(review["tenant_count"], SHARERS);
    world.move_out("t120").await.is(204);
    let crashing = world.with_faults(&Faults::cut_after(1));
    crashing.decide(&review, "seen").await.is(503);
    assert_eq!(world.open_review().await["review_id"], review["review_id"]);
    world.decide(&review, "seen").await.is(200);
    for at in 0..SHARERS {
        assert_eq!(
            world.story(&format!("t{at:03}")).await,
            "granted, opted_out, reviewed",
            "{at}"
        );
    }
}

#[tokio::test]
async fn who_is_opted_out_by_a_text_that_was_seen_already_has_that_recorded_as_well() {
    let world = shared(60).await;
    let text = || twilio("M1", ADA, OFFICE, "wrong number, stop");
    let crashing = world.with_faults(&Faults::cut_after(1));
    crashing.send(text()).await.is(503);
    world.decide(&world.open_review().await, "seen").await.is(200);
    world.send(text()).await.is(200);
    for id in ["t000", "t059"] {
        assert_eq!(world.story(id).await, "granted, opted_out, reviewed", "{id}");
        verify_chain(&world.history(id).await);
    }
}

#[tokio::test]
async fn who_leaves_a_number_before_its_stop_reached_them_is_in_no_review() {
    let world = shared(60).await;
    let stop = || twilio("M1", ADA, OFFICE, "wrong number, stop");
    let crashing = world.with_faults(&Faults::cut_after(1));
    crashing.send(stop()).await.is(503);
    world.move_out("t059").await.is(204);
    let record = world.last_record("t059").await;
    assert_eq!(
        (&record["type"], &record["text"], &record["needs_review"]),
        (&json!("opted_out"), &json!("wrong number, stop"), &json!(false))
    );
    world.send(stop()).await.is(200);
    let review = world.open_review().await;
    assert_eq!(review["tenant_count"], 59);
    world.decide(&review, "seen").await.is(200);
    assert_eq!(world.story("t058").await, "granted, opted_out, reviewed");
    assert_eq!(world.story("t059").await, "granted, opted_out");
}

#[tokio::test]
async fn a_doubt_that_a_keyword_or_a_decision_overtook_holds_nobody_else() {
    for overtaking in ["START", "STOP", "no_opt_out"] {
        let world = shared(60).await;
        let crashing = world.with_faults(&Faults::cut_after(1));
        doubt(&crashing, "M1").await.is(503);
        if overtaking == "no_opt_out" {
            world.decide(&world.open_review().await, overtaking).await.is(200);
        } else {
            world.text("M2", ADA, overtaking).await;
        }
        doubt(&world, "M1").await.is(200);
        assert_eq!(standing(&world, "provided").await.0, 0, "{overtaking}");
        let story = if overtaking == "STOP" {
            "granted, opted_out"
        } else {
            "granted"
        };
        assert_eq!(world.story("t059").await, story, "{overtaking}");
        let page = world.reviews("f1/reviews?status=decided").await;
        assert_eq!(
            (&page["open"], page["reviews"].as_array().unwrap().len()),
            (&json!(0), 1),
            "{overtaking}"
        );
        // Each has the text in their thread all the same.
        let thread = world.thread("t059").await;
        let texts = thread["messages"].as_array().unwrap();
        assert!(texts.iter().any(|text| text["classified_as"] == "doubt"));
    }
}

#[tokio::test]
async fn holds_of_several_texts_end_together() {
    let world = shared(1).await;
    // Each doubt holds the one who has joined since.
    for at in 1..=40 {
        doubt(&world, &format!("M{at}")).await.is(200);
        world.tenant(&format!("t{at:03}"), ADA).await;
    }
    assert_eq!(world.reviews("f1/reviews").await["open"], 40);
    world.text("S1", ADA, "STOP").await;
    assert_eq!(standing(&world, "opted_out").await, (0, 41));
    let page = world.reviews("f1/reviews?status=decided&limit=200").await;
    let decided = page["reviews"].as_array().unwrap();
    assert_eq!((&page["open"], decided.len()), (&json!(0), 40));
    assert!(decided.iter().all(|review| review["decision"] == "superseded"));
}

/// Lets requests race and checks that what is stored hangs together: each tenant on hold has an open review, each open
/// review of a hold has a tenant on hold.
async fn race(world: Arc<World>, requests: Vec<Box<dyn FnOnce(Arc<World>) -> Racing + Send>>) {
    let mut racing = JoinSet::new();
    for request in requests {
        racing.spawn(request(Arc::clone(&world)));
    }
    for answer in racing.join_all().await {
        let status = answer.status.as_u16();
        assert!(matches!(status, 200 | 201 | 204 | 404 | 409), "{}", answer.text);
    }
    let mut holding: Vec<Value> = Vec::new();
    for tenant in ["t000", "t001"] {
        let history = world.history(tenant).await;
        verify_chain(&history);
        let view = world
            .get(&format!("/v1/facilities/f1/tenants/{tenant}/consent"))
            .await;
        if view.status == 200 && !view.body()["hold"].is_null() {
            holding.push(view.body()["hold"]["review_id"].clone());
        }
    }
    let open = world.reviews("f1/reviews").await;
    let ids: Vec<&Value> = open["reviews"]
        .as_array()
        .unwrap()
        .iter()
        .map(|review| &review["review_id"])
        .collect();
    assert_eq!(open["open"], ids.len());
    assert!(holding.iter().all(|id| ids.contains(&id)), "{holding:?} {ids:?}");
    assert!(ids.iter().all(|id| holding.contains(id)), "{holding:?} {ids:?}");
}

type Racing = std::pin::Pin<Box<dyn Future<Output = Answer> + Send>>;

fn racing<F: Future<Output = Answer> + Send + 'static>(
    request: impl FnOnce(Arc<World>) -> F + Send + 'static,
) -> Box<dyn FnOnce(Arc<World>) -> Racing + Send> {
    Box::new(|world| Box::pin(request(world)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_that_races_a_doubt_always_stops() {
    for round in 0..10 {
        let world = Arc::new(shared(2).await);
        let text = |label: String, body: &'static str| {
            racing(
                move |world: Arc<World>| async move { world.send(twilio(&label, ADA, OFFICE, body)).await },
            )
        };
        let requests = vec![
            text(format!("M{round}"), DOUBT),
            text(format!("S{round}"), "STOP"),
            text(format!("M{round}b"), DOUBT),
            text(format!("M{round}"), DOUBT),
        ];
        race(Arc::clone(&world), requests).await;
        for tenant in ["t000", "t001"] {
            assert_eq!(world.standing(tenant).await, "opted_out by text");
            assert_eq!(world.view(tenant).await["hold"], Value::Null);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_that_race_what_ends_the_hold_leave_one_ending() {
    for round in 0..8 {
        let world = Arc::new(shared(2).await);
        world.profile("t001", "uncheck").await.is(200);
        doubt(&world, "M1").await.is(200);
        let review = world.open_review().await;
        let decide = |decision: &'static str| {
            let review = review.clone();
            racing(move |world: Arc<World>| async move { world.decide(&review, decision).await })
        };
        let requests = vec![
            decide("no_opt_out"),
            racing(|world: Arc<World>| async move { world.portal("t001", "check").await }),
            decide("opt_out"),
            racing(|world: Arc<World>| async move { world.portal("t000", "uncheck").await }),
            racing(move |world: Arc<World>| async move {
                if round % 2 == 0 {
                    world.move_out("t000").await
                } else {
                    let body = json!({"cell_phone": BEN, "created_on": "2020-01-01"});
                    world.put_tenant("f1/tenants/t000", &body).await
                }
            }),
        ];
        race(Arc::clone(&world), requests).await;
        let page = world.reviews("f1/reviews?status=decided").await;
        assert_eq!(page["reviews"].as_array().unwrap().len(), 1);
        assert_eq!(page["open"], 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_decide_at_once_one_is_told_that_it_is_decided() {
    for _ in 0..8 {
        let world = Arc::new(shared(2).await);
        doubt(&world, "M1").await.is(200);
        let review = world.open_review().await;
        let deciding = |decision: &'static str| {
            let (world, review) = (Arc::clone(&world), review.clone());
            tokio::spawn(async move { world.decide(&review, decision).await })
        };
        let (out, not) = (deciding("opt_out"), deciding("no_opt_out"));
        out.await.unwrap().is(200);
        let not = not.await.unwrap();
        if not.status != 200 {
            not.is_problem(409, "review_decided");
        }
        for tenant in ["t000", "t001"] {
            assert_eq!(world.standing(tenant).await, "opted_out by text");
        }
    }
}

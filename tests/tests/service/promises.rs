//! What an acknowledged withdrawal promises, where something happens at the same time or breaks off in the middle.
//! `gate_race.rs` races the same; here each case is set up so that it must show.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use consent::gate::ProviderBlock;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent_http::clock;
use serde_json::{Value, json};
use tests::{ADA, BEN, Faults, OFFICE, Step, World, call, twilio, verify_chain};
use tokio::time::{Instant, sleep};

/// A file of tenants: id, name, number and first day.
fn file(rows: impl Iterator<Item = String>) -> String {
    let header = "tenant_id,name,cell_phone,created_on".to_owned();
    std::iter::once(header).chain(rows).collect::<Vec<_>>().join("\n")
}

/// A facility where several tenants who agreed share Ada's number.
async fn sharing(tenants: usize) -> World {
    let world = World::embedded().await;
    world.facility("on").await;
    let row = |at| format!("t{at:03},Ada Moreno,{ADA},2020-01-01");
    world.import(&file((0..tenants).map(row))).await.is(200);
    world
}

/// How long this takes.
async fn seconds(doing: impl Future) -> f64 {
    let begun = Instant::now();
    let _ = doing.await;
    begun.elapsed().as_secs_f64()
}

/// A STOP of 60 who share the number, whose first transaction was written and nothing more: `t000` was reached,
/// `t059` was not.
async fn half_a_stop() -> World {
    let world = sharing(60).await;
    let crashing = world.with_faults(&Faults::cut_after(1));
    crashing
        .send(twilio("STOP", ADA, OFFICE, "pls STOP"))
        .await
        .is_problem(503, "unavailable");
    assert_eq!(world.standing("t000").await, "opted_out by text");
    assert_eq!(world.standing("t059").await, "provided by grandfathered");
    world
}

#[tokio::test]
async fn a_stop_that_stopped_half_way_goes_with_a_tenant_who_leaves_the_number() {
    let old = |number: Value| json!({"cell_phone": number, "created_on": "2020-01-01"});
    for leaves in ["changes", "removes", "import", "moves out"] {
        let world = Box::pin(half_a_stop()).await;
        match leaves {
            "changes" => drop(world.register("t059", &old(json!(BEN))).await),
            "removes" => drop(world.register("t059", &old(Value::Null)).await),
            "import" => {
                let file =
                    format!("tenant_id,name,cell_phone,created_on\nt059,Ada Moreno,{BEN},2020-01-01\n");
                world.import(&file).await.is(200);
            }
            _ => {
                world.move_out("t059").await.is(204);
                world.register("t059", &old(json!(BEN))).await;
            }
        }
        assert_eq!(world.standing("t059").await, "opted_out by text", "{leaves}");
        let records = world.history("t059").await;
        verify_chain(&records);
        // The record has the text itself, as the records of those who were reached.
        let (mine, theirs) = (records.last().unwrap(), world.last_record("t000").await);
        for member in [
            "type",
            "channel",
            "actor",
            "text",
            "rule",
            "provider_message_id",
            "cell_phone",
        ] {
            assert_eq!(mine[member], theirs[member], "{leaves}: {member}");
        }
        if leaves != "removes" {
            let refused = world.profile("t059", "check").await;
            refused.is_problem(409, "start_reply_required");
        }
        // The redelivery completes the rest, and touches them no more.
        world.text("STOP", ADA, "pls STOP").await;
        assert_eq!(world.totals().await, [0, 0, 60], "{leaves}");
        assert_eq!(world.history("t059").await.len(), records.len(), "{leaves}");
    }
}

#[tokio::test]
async fn many_who_leave_a_half_stopped_number_in_one_file_all_take_the_stop_along() {
    let world = Box::pin(half_a_stop()).await;
    let row = |at| format!("t{at:03},Ada Moreno,+1512555{at:04},2020-01-01");
    let answer = world.import(&file((26..60).map(row))).await.is(200);
    assert_eq!(
        (&answer["updated"], &answer["rejected"]),
        (&json!(34), &json!([]))
    );
    assert_eq!(world.totals().await, [0, 0, 60]);
}

#[tokio::test]
async fn a_stop_that_crashed_is_completed_at_the_facility_where_it_began() {
    let world = Box::pin(half_a_stop()).await;
    let put = async |facility: &str, number: Value| {
        let texting = json!({"enabled": !number.is_null(), "number": number});
        world.put_facility(facility, &texting).await;
    };
    put("f1", Value::Null).await;
    put("f2", json!(OFFICE)).await;
    world.text("STOP", ADA, "pls STOP").await;
    assert_eq!(world.totals().await, [0, 0, 60]);
}

#[tokio::test]
async fn a_stop_reaches_the_number_and_its_tenants_while_large_transactions_conflict() {
    // Ten who share the number, and all ten at once are never written: others always touch one of them.
    let world = sharing(10).await;
    let busy = world.with_faults(&Faults::conflict_above(8));
    busy.send(twilio("STOP", ADA, OFFICE, "STOP")).await.is(200);
    assert_eq!(world.totals().await, [0, 0, 10]);

    // Not one tenant can be written: the number is stopped all the same, and the gate knows.
    let world = sharing(10).await;
    let busy = world.with_faults(&Faults::conflict_above(2));
    let stop = || twilio("STOP", ADA, OFFICE, "STOP");
    busy.send(stop()).await.is_problem(503, "unavailable");
    assert_eq!(world.totals().await, [10, 0, 0]);
    let send = call("POST /v1/facilities/f1/tenants/t009/messages").json(&json!({"body": "hello"}));
    world.send(send).await.is_problem(409, "consent_required");
    world.send(stop()).await.is(200);
    assert_eq!(world.totals().await, [0, 0, 10]);
}

#[tokio::test]
async fn the_redelivery_of_a_stop_that_crashed_waits_for_the_texts_of_those_it_had_reached() {
    let world = sharing(60).await;
    let let_out_at = Instant::now();
    let _permit = world.let_out("t000", None).await;
    let crashing = world.with_faults(&Faults::cut_after(1));
    let stop = || twilio("STOP", ADA, OFFICE, "STOP");
    crashing.send(stop()).await.is_problem(503, "unavailable");
    world.send(stop()).await.is(200);
    // Nobody says that it is over: then it is after four seconds.
    assert!(let_out_at.elapsed() > Duration::from_millis(3_900));
}

#[tokio::test]
async fn an_uncheck_waits_for_a_text_in_flight_also_where_the_provider_blocks_the_number() {
    let world = World::with_ada().await;
    let permit = world.let_out("t1", None).await;
    let block = ProviderBlock {
        number: PhoneNumber::parse_e164(ADA).unwrap(),
        since: clock::now(),
        retry_after: None,
    };
    let (facility, tenant) = (FacilityId::parse("f1").unwrap(), TenantId::parse("t1").unwrap());
    let kept = world
        .store
        .keep_provider_block(&facility, &tenant, Some(&block))
        .await;
    kept.unwrap();
    world.profile("t1", "uncheck").await.is(200);
    assert!(!permit.holds(clock::now()));
}

#[tokio::test]
async fn a_change_that_was_made_already_waits_for_the_text_that_the_first_one_waits_for() {
    for how in ["PUT", "import", "DELETE"] {
        let world = World::with_ada().await;
        let permit = world.let_out("t1", None).await;
        let withdraw = async |after: u64| {
            sleep(Duration::from_millis(after)).await;
            match how {
                "PUT" => drop(world.tenant("t1", BEN).await),
                "DELETE" => drop(world.move_out("t1").await),
                _ => {
                    let file =
                        format!("tenant_id,name,cell_phone,created_on\nt1,Ada Moreno,{BEN},2020-01-01\n");
                    world.import(&file).await.is(200);
                }
            }
            assert!(!permit.holds(clock::now()), "{how} after {after} ms");
        };
        tokio::join!(withdraw(0), withdraw(300));
    }
}

#[tokio::test]
async fn a_number_that_is_given_back_at_once_waits_for_the_text_to_it() {
    let world = World::with_ada().await;
    let permit = world.let_out("t1", None).await;
    let change = async |number: &str, after: u64| {
        sleep(Duration::from_millis(after)).await;
        world.tenant("t1", number).await;
        assert!(!permit.holds(clock::now()), "{after} ms");
    };
    // Away, back by somebody else, and that once more.
    tokio::join!(change(BEN, 0), change(ADA, 200), change(ADA, 400));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_waits_for_the_text_of_a_tenant_who_leaves_between_two_of_its_reads() {
    let world = Arc::new(World::with_ada().await);
    let permit = world.let_out("t1", None).await;
    // The first transaction loses a race, so the second one stops the number alone. Then the number is read again, and
    // Ada is gone before she is.
    let first = [Step::Pass, Step::Pass, Step::Pass, Step::Conflict];
    let alone = [Step::Pass, Step::Pass];
    let rest = [Step::Pass, Step::PassAfter(Duration::from_millis(400))];
    let racing = world.with_faults(&Faults::scripted(first.into_iter().chain(alone).chain(rest)));
    let leaving = Arc::clone(&world);
    let leave = tokio::spawn(async move {
        sleep(Duration::from_millis(200)).await;
        leaving.tenant("t1", BEN).await
    });
    racing.send(twilio("STOP", ADA, OFFICE, "STOP")).await.is(200);
    assert!(!permit.holds(clock::now()));
    leave.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stop_waits_for_the_text_to_a_tenant_whom_another_delivery_of_it_has_reached() {
    let world = sharing(70).await;
    let _permit = world.let_out("t040", None).await;
    let decided = Instant::now();
    // The STOP takes three transactions. Another delivery of it makes the second one, and then falls behind.
    let late = |passing: usize, after: u64| {
        let late = Step::PassAfter(Duration::from_millis(after));
        let steps = std::iter::repeat_n(Step::Pass, passing).chain([late]);
        world.with_faults(&Faults::scripted(steps))
    };
    let deliver = move |world: World, after: u64| async move {
        sleep(Duration::from_millis(after)).await;
        world.text("STOP", ADA, "STOP").await;
        decided.elapsed()
    };
    let first = tokio::spawn(deliver(late(6, 800), 0));
    let other = tokio::spawn(deliver(late(4, 2_000), 300));
    // Nothing tells what became of the text, so only its time ends the wait.
    for acknowledged in [first.await.unwrap(), other.await.unwrap()] {
        assert!(acknowledged > Duration::from_secs(3), "after {acknowledged:?}");
    }
}

#[tokio::test]
async fn what_takes_no_number_away_does_not_wait() {
    let world = World::with_ada().await;
    let _permit = world.let_out("t1", None).await;
    let quick = seconds(async {
        world
            .register(
                "t1",
                &json!({"cell_phone": ADA, "created_on": "2020-01-01", "name": "Ada M."}),
            )
            .await;
        world.profile("t1", "check").await.is(200);
        world.text("hello", ADA, "thank you").await;
    });
    // A wait would take four.
    assert!(quick.await < 2.5);
}

/// The texts in the outbox that answer a START, and when each left.
async fn answers_to_start(world: &World) -> Vec<jiff::Timestamp> {
    let outbox = world.sns.outbox().await;
    let answers = outbox
        .iter()
        .filter(|text| text["body"].as_str().unwrap().contains("opted in"));
    answers
        .map(|text| text["at"].as_str().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn the_answer_to_a_start_does_not_leave_after_an_acknowledged_stop() {
    for after in [0, 20, 40, 80, 160, 320] {
        let world = World::with_ada().await;
        world.text("STOP", ADA, "STOP").await;
        world.sns.tell("PUT", "/delay/300").await;
        let start = async {
            let now = clock::now().to_string();
            let event = tests::sns_notification("a1", ADA, OFFICE, "START", &now);
            assert!(world.deliver(json!({"Records": [event]})).await);
        };
        let stop = async {
            sleep(Duration::from_millis(after)).await;
            world.text("STOP2", ADA, "STOP").await;
            clock::now()
        };
        let ((), acknowledged) = tokio::join!(start, stop);
        if after > 100 {
            assert_eq!(world.standing("t1").await, "opted_out by text");
        }
        for left in answers_to_start(&world).await {
            assert!(left <= acknowledged, "{after} ms: {left} > {acknowledged}");
        }
    }
}

#[tokio::test]
async fn an_answer_in_a_response_is_given_before_a_stop_is_acknowledged_or_left_out() {
    for after in [0, 10, 40, 160, 320] {
        let world = World::with_ada().await;
        world.text("STOP", ADA, "STOP").await;
        // The response to Twilio waits until SNS has been asked to take the number off its list.
        world.sns.tell("PUT", "/delay/300").await;
        let start = async {
            let told = world.text("START", ADA, "START").await;
            (told, clock::now())
        };
        let stop = async {
            sleep(Duration::from_millis(after)).await;
            world.text("STOP2", ADA, "STOP").await;
            clock::now()
        };
        let ((told, answered), acknowledged) = tokio::join!(start, stop);
        assert!(told.is_empty() || answered <= acknowledged, "{after} ms: {told}");
    }
    // With nothing at the same time a START is answered, and a STOP after it waits for a moment at most.
    let world = World::with_ada().await;
    world.text("STOP", ADA, "STOP").await;
    assert_ne!(world.text("START", ADA, "START").await, "");
    for delivery in 1..=2 {
        assert!(
            seconds(world.text("STOP2", ADA, "STOP")).await < 2.0,
            "{delivery}"
        );
    }
}

#[tokio::test]
async fn two_stops_that_overtake_each_other_reach_everybody_and_are_confirmed_once() {
    for apart in [3, 10, 25] {
        let world = sharing(200).await;
        let stop = async |id: &str, after: u64| {
            sleep(Duration::from_millis(after)).await;
            let answer = world.send(twilio(id, ADA, OFFICE, "STOP")).await;
            answer.is(200);
            // A delivery that was acknowledged has reached the last of them.
            assert_eq!(world.standing("t199").await, "opted_out by text", "{id}");
            usize::from(!answer.message().is_empty())
        };
        let (first, second) = tokio::join!(stop("one", 0), stop("two", apart));
        assert_eq!(first + second, 1, "{apart} ms apart");
        assert_eq!(world.totals().await, [0, 0, 200]);
    }
}

#[tokio::test]
async fn a_facility_without_a_number_sends_nothing() {
    let world = World::new().await;
    world
        .put_facility("f1", &json!({"enabled": false, "number": null}))
        .await;
    let send = async || {
        let send = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": "hello"}));
        world.send(send).await
    };
    let old = |number: Value| json!({"cell_phone": number, "created_on": "2020-01-01"});
    // After every other refusal.
    world.register("t1", &old(Value::Null)).await;
    send().await.is_problem(409, "no_cell_phone");
    world.tenant("t1", ADA).await;
    send().await.is_problem(409, "consent_required");
    world.profile("t1", "check").await.is(200);
    send().await.is_problem(409, "no_text_number");
    // It is no matter of the tenant's consent, and no screen shows it.
    let view = world.view("t1").await;
    assert_eq!(
        (&view["can_text"], &view["two_way_texting"]["notice"]),
        (&json!(true), &Value::Null)
    );
    assert!(world.sns.outbox().await.is_empty());
    world.facility("off").await;
    send().await.is(202);
    assert_eq!(world.sns.outbox().await[0]["from"], OFFICE);
}

#[tokio::test]
async fn a_number_takes_no_more_tenants_than_a_stop_from_it_can_be_written_for() {
    let world = World::with_ada().await;
    let sharers = (0..4_999)
        .map(|at| AttributeValue::S(format!("{at:064}")))
        .collect();
    let (client, table) = world.client();
    let filled = client
        .update_item()
        .table_name(table)
        .key("PK", AttributeValue::S("FACILITY#f1".to_owned()))
        .key("SK", AttributeValue::S(format!("PHONE#{ADA}")))
        .update_expression("SET tenants = :tenants")
        .expression_attribute_values(":tenants", AttributeValue::L(sharers))
        .send()
        .await;
    filled.unwrap();
    let refused = world
        .put_tenant("f1/tenants/t2", &json!({"cell_phone": ADA}))
        .await;
    let problem = refused.is_problem(400, "invalid_request");
    assert_eq!(problem["errors"][0]["field"], "cell_phone");
    let file =
        format!("tenant_id,name,cell_phone,created_on\nt2,Ben,{ADA},2020-01-01\nt3,Ben,{BEN},2020-01-01\n");
    let imported = world.import(&file).await.is(200);
    assert_eq!(
        (&imported["created"], &imported["rejected"][0]["line"]),
        (&json!(1), &json!(2))
    );
    world.text("STOP", ADA, "STOP").await;
}

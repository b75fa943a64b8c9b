//! A database that is away, that takes no writes, or that answers something else.

use serde_json::{Value, json};
use tests::{ADA, BEN, Faults, OFFICE, World, call, twilio};

#[tokio::test]
async fn while_the_database_is_away_every_route_says_so_and_changes_nothing() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.profile("t1", "check").await.is(200);
    let faults = Faults::cut();
    let broken = world.with_faults(&faults);
    let facility = json!({"name": "Main", "two_way_texting": {"enabled": false}});
    let tenant = json!({"name": "Ada", "created_on": "2020-01-01", "cell_phone": ADA, "replied_stop": true});
    let consented = json!({"consented": false});
    let calls = || {
        [
            call("PUT /v1/facilities/f1").json(&facility),
            call("GET /v1/facilities/f1"),
            call("PUT /v1/facilities/f1/tenants/t1").json(&tenant),
            call("PUT /v1/facilities/f1/tenants/t2").json(&tenant),
            call("DELETE /v1/facilities/f1/tenants/t1"),
            call("GET /v1/facilities/f1/tenants/t1/consent"),
            call("PUT /v1/facilities/f1/tenants/t1/consent").json(&consented),
            call("PUT /v1/facilities/f1/tenants/t1/consent")
                .json(&consented)
                .header("if-match", "\"x\""),
            call("GET /v1/facilities/f1/tenants/t1/consent/history"),
            call("GET /v1/portal/consent").tenant("f1", "t1"),
            call("PUT /v1/portal/consent").tenant("f1", "t1").json(&consented),
            call("GET /v1/facilities/f1/consent-report"),
            call("GET /v1/facilities/f1/consent-report").header("accept", "text/csv"),
            twilio("SM1", ADA, OFFICE, "STOP"),
            twilio("SM2", ADA, OFFICE, "HELP"),
            twilio("SM3", ADA, OFFICE, "hello"),
            twilio("SM4", ADA, "+15125550109", "STOP"),
        ]
    };
    for call in calls() {
        let answer = broken.send(call.clone()).await;
        answer.is_problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "1", "{call:?}");
        assert!(!answer.text.contains("127.0.0.1"), "{}", answer.text);
    }
    // What is refused without it is refused as ever.
    broken
        .send(call("GET /v1/facilities/f1").nobody())
        .await
        .is_problem(401, "unauthenticated");
    broken
        .send(twilio("SM1", ADA, OFFICE, "STOP").without("x-twilio-signature"))
        .await
        .is_problem(403, "bad_signature");
    assert_eq!(world.standing("t1").await, "provided by profile");
    assert_eq!(world.totals().await, [1, 0, 0]);
    faults.heal();
    assert_ne!(
        broken.send(twilio("SM1", ADA, OFFICE, "STOP")).await.message(),
        ""
    );
    assert_eq!(world.view("t1").await["opt_in_via"], json!(["text"]));
}

#[tokio::test]
async fn a_write_that_fails_after_its_reading_changes_nothing() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    let before = (world.view("t1").await, world.totals().await);
    let read_only = world.with_faults(&Faults::read_only());
    read_only
        .profile("t1", "check")
        .await
        .is_problem(503, "unavailable");
    read_only
        .portal("t1", "check")
        .await
        .is_problem(503, "unavailable");
    read_only.move_out("t1").await.is_problem(503, "unavailable");
    read_only
        .put_tenant("f1/tenants/t2", &json!({"cell_phone": BEN}))
        .await
        .is_problem(503, "unavailable");
    read_only
        .send(twilio("SM1", ADA, OFFICE, "STOP"))
        .await
        .is_problem(503, "unavailable");
    assert_eq!(read_only.view("t1").await, before.0);
    assert_eq!(read_only.profile("t1", "uncheck").await.is(200), before.0);
    assert_eq!((world.view("t1").await, world.totals().await), before);
    assert_eq!(world.history("t1").await, Vec::<Value>::new());
    world
        .get("/v1/facilities/f1/tenants/t2/consent")
        .await
        .is_problem(404, "tenant_not_found");
}

#[tokio::test]
async fn what_the_database_answers_instead_is_told_by_what_it_means() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    for (code, status, told) in [
        ("ThrottlingException", 503, "unavailable"),
        ("ProvisionedThroughputExceededException", 503, "unavailable"),
        ("RequestLimitExceeded", 503, "unavailable"),
        ("InternalServerError", 503, "unavailable"),
        ("AccessDeniedException", 500, "internal"),
        ("ValidationException", 500, "internal"),
    ] {
        let answered = world.with_faults(&Faults::answered(code));
        answered.get("/v1/facilities/f1").await.is_problem(status, told);
        answered.profile("t1", "check").await.is_problem(status, told);
        // A text is delivered again, whatever kept it from being written.
        answered
            .send(twilio("SM1", ADA, OFFICE, "STOP"))
            .await
            .is_problem(503, "unavailable");
    }
}

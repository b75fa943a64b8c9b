//! `GET` and `PUT /v1/portal/consent`: the tenant's own page.

use serde_json::{Value, json};
use tests::{ADA, OFFICE, World, call};

fn get() -> tests::Call {
    call("GET /v1/portal/consent").tenant("f1", "t1")
}

fn check() -> tests::Call {
    call("PUT /v1/portal/consent")
        .tenant("f1", "t1")
        .json(&json!({"consented": true}))
}

#[tokio::test]
async fn the_page_shows_the_box_and_how_to_opt_in_by_text() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    let label = "I agree to receive text message communications from this facility.";
    let expected = json!({
        "status": "not_provided", "can_text": false, "cell_phone": ADA,
        "checkbox": {"label": label, "checked": false, "enabled": true, "reason": null, "disclosure": null},
        "note": "Please reply START to receive communications via text messages.",
        "text_number": OFFICE,
    });
    assert_eq!(world.portal_view("t1").await, expected);
    let expected = json!({
        "status": "provided", "can_text": true, "cell_phone": ADA,
        "checkbox": {"label": label, "checked": true, "enabled": true, "reason": null, "disclosure": null},
        "note": null, "text_number": null,
    });
    assert_eq!(world.portal("t1", "check").await.is(200), expected);
    assert_eq!(world.portal_view("t1").await, expected);
    assert_eq!(world.portal("t1", "check").await.is(200), expected);
    assert_eq!(world.standing("t1").await, "provided by portal");
    assert_eq!(world.history("t1").await.len(), 1);
    world.portal("t1", "uncheck").await.is(200);
    world.portal("t1", "uncheck").await.is(200);
    assert_eq!(world.standing("t1").await, "opted_out by portal");
    assert_eq!(world.history("t1").await.len(), 2);
}

/// A tenant who has withdrawn in these ways checks the box: it is `granted`, or refused with this code. Where START would do,
/// the page says so.
async fn check_box(withdrawn: &str, two_way_texting: &str, becomes: &str) {
    let start_would_do = becomes == "start_reply_required" || becomes == "granted, as by START";
    let is_granted = becomes.starts_with("granted");
    let world = Box::pin(World::who_withdrew(withdrawn, two_way_texting)).await;
    let view = world.portal_view("t1").await;
    assert_eq!(
        view["note"].is_string(),
        start_would_do,
        "{withdrawn} {two_way_texting}"
    );
    assert_eq!(
        view["text_number"],
        if start_would_do {
            json!(OFFICE)
        } else {
            Value::Null
        }
    );
    assert_eq!(view["checkbox"]["enabled"], is_granted);
    let answer = world.portal("t1", "check").await;
    if is_granted {
        assert_eq!(answer.is(200)["can_text"], true);
        assert_eq!(world.standing("t1").await, "provided by portal");
    } else {
        let problem = answer.is_problem(409, becomes);
        assert_eq!(view["checkbox"]["reason"], problem["detail"]);
        assert_eq!(world.portal_view("t1").await, view);
        world.portal("t1", "uncheck").await.is(200);
        assert_eq!(world.portal_view("t1").await, view);
    }
}

#[tokio::test]
async fn a_tenant_undoes_every_opt_out_but_a_text_one_while_start_is_possible() {
    check_box("profile", "on", "granted, as by START").await;
    check_box("profile", "off", "granted").await;
    check_box("portal", "on", "granted").await;
    check_box("portal", "off", "granted").await;
    check_box("text", "on", "start_reply_required").await;
    check_box("text", "off", "granted").await;
    check_box("portal, text", "on", "start_reply_required").await;
    check_box("portal, text", "off", "granted").await;
    check_box("profile, text", "on", "start_reply_required").await;
    check_box("profile, text", "off", "granted").await;
}

#[tokio::test]
async fn both_opt_outs_go_one_after_the_other_with_two_way_texting_and_at_once_without() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.portal("t1", "check").await.is(200);
    world.portal("t1", "uncheck").await.is(200);
    world.text("SM1", ADA, "STOP").await;
    assert_eq!(world.standing("t1").await, "opted_out by text");
    let reply = world.text("SM2", ADA, "START").await;
    assert!(reply.contains("portal"), "{reply}");
    assert_eq!(world.standing("t1").await, "opted_out by portal");
    assert_eq!(world.last_record("t1").await["type"], "opt_out_lifted");
    let reply = world.text("SM3", ADA, "START").await;
    assert!(reply.contains("portal"), "{reply}");
    assert_eq!(world.standing("t1").await, "opted_out by portal");
    assert_eq!(world.history("t1").await.len(), 4);
    world.portal("t1", "check").await.is(200);

    world.portal("t1", "uncheck").await.is(200);
    world.text("SM4", ADA, "STOP").await;
    world.facility("off").await;
    world.portal("t1", "check").await.is(200);
    assert_eq!(world.standing("t1").await, "provided by portal");
    // One record, and nothing is left of the text one.
    assert_eq!(world.history("t1").await.len(), 8);
    world.portal("t1", "uncheck").await.is(200);
    world.facility("on").await;
    assert_eq!(world.standing("t1").await, "opted_out by portal");
}

#[tokio::test]
async fn without_a_cell_phone_there_is_nothing_to_agree_to() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", Value::Null).await;
    let view = world.portal_view("t1").await;
    assert_eq!(view["cell_phone"], Value::Null);
    assert_eq!(view["checkbox"]["enabled"], false);
    assert_eq!(
        (&view["note"], &view["text_number"]),
        (&Value::Null, &Value::Null)
    );
    let problem = world.portal("t1", "check").await.is_problem(409, "no_cell_phone");
    assert_eq!(view["checkbox"]["reason"], problem["detail"]);
    world.portal("t1", "uncheck").await.is(200);
    assert!(world.history("t1").await.is_empty());
}

#[tokio::test]
async fn a_token_speaks_for_its_own_tenant_alone() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    let claims = |scope: &str, facility: &str, tenant: &str| json!({"sub": "tenant:t1", "scope": scope, "facility_id": facility, "tenant_id": tenant});
    for (claims, status, code) in [
        (claims("portal", "f1", "t2"), 404, "tenant_not_found"),
        (claims("portal", "f2", "t1"), 404, "facility_not_found"),
        (claims("portal", "", "t1"), 403, "forbidden"),
        (claims("portal", "f1", ""), 403, "forbidden"),
        (claims("portal", "f1", ".."), 403, "forbidden"),
        (claims("portal", "*", "t1"), 403, "forbidden"),
        (claims("", "f1", "t1"), 403, "forbidden"),
        (claims("portals consent:read", "f1", "t1"), 403, "forbidden"),
        (
            json!({"sub": "staff", "scope": "consent:read consent:write", "facilities": "*"}),
            403,
            "forbidden",
        ),
        (
            json!({"sub": "x", "scope": "portal", "facilities": "*"}),
            403,
            "forbidden",
        ),
        (
            json!({"scope": "portal", "facility_id": "f1", "tenant_id": "t1"}),
            401,
            "unauthenticated",
        ),
        (json!({}), 401, "unauthenticated"),
    ] {
        world
            .send(get().claims(claims.clone()))
            .await
            .is_problem(status, code);
        world.send(check().claims(claims)).await.is_problem(status, code);
    }
    world
        .send(get().nobody())
        .await
        .is_problem(401, "unauthenticated");
    // What says who in the query or the body is not read.
    world
        .send(call("GET /v1/portal/consent?tenant_id=t1&facility_id=f1").tenant("f1", "t2"))
        .await
        .is_problem(404, "tenant_not_found");
    // On the staff's screens it may nothing.
    for line in [
        "GET /v1/facilities/f1",
        "GET /v1/facilities/f1/tenants/t1/consent",
        "GET /v1/facilities/f1/tenants/t1/consent/history",
        "GET /v1/facilities/f1/consent-report",
        "DELETE /v1/facilities/f1/tenants/t1",
    ] {
        world
            .send(call(line).tenant("f1", "t1"))
            .await
            .is_problem(403, "forbidden");
    }
    assert!(world.history("t1").await.is_empty());
}

#[tokio::test]
async fn moved_out_the_page_is_gone() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.move_out("t1").await.is(204);
    world.send(get()).await.is_problem(404, "tenant_not_found");
    world.send(check()).await.is_problem(404, "tenant_not_found");
}

#[tokio::test]
async fn bodies_methods_and_tags_are_taken_as_on_the_profile() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world
        .send(check().json(&json!({"consented": "yes"})))
        .await
        .is_problem(400, "invalid_request");
    world
        .send(check().body("text/plain", "{}"))
        .await
        .is_problem(415, "unsupported_media_type");
    world
        .send(check().body("application/json", &" ".repeat(1024 * 1024 + 1)))
        .await
        .is_problem(413, "payload_too_large");
    let answer = world
        .send(call("DELETE /v1/portal/consent").tenant("f1", "t1"))
        .await;
    answer.is_problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET, PUT");
    world
        .send(call("GET /v1/portal/consent/history").tenant("f1", "t1"))
        .await
        .is_problem(404, "not_found");

    let shown = world.send(get()).await;
    let tag = shown.header("etag");
    world
        .send(check().header("if-match", "\"other\""))
        .await
        .is_problem(412, "precondition_failed");
    world.send(check().header("if-match", tag)).await.is(200);
    world
        .send(check().header("if-match", tag))
        .await
        .is_problem(412, "precondition_failed");
    assert_eq!(world.history("t1").await.len(), 1);
}

//! `GET` and `PUT .../tenants/{tenant_id}/consent`: the staff's screen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use tests::{ADA, OFFICE, World, call};

const CONSENT: &str = "/v1/facilities/f1/tenants/t1/consent";

fn check() -> tests::Call {
    call(&format!("PUT {CONSENT}")).json(&json!({"consented": true}))
}

async fn etag(world: &World) -> String {
    world.get(CONSENT).await.header("etag").to_owned()
}

#[tokio::test]
async fn a_new_tenant_has_not_agreed_and_every_screen_says_so() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", "(512) 555-0142").await;
    let expected = json!({
        "facility_id": "f1", "tenant_id": "t1", "name": "Ada Moreno", "cell_phone": ADA,
        "status": "not_provided", "source": null, "changed_at": null,
        "can_text": false, "opt_in_via": ["profile", "portal", "text"], "hold": null, "evidence": null,
        "profile": {
            "checkbox": {
                "label": "This customer agrees to receive text message communications from this facility.",
                "checked": false, "enabled": true, "reason": null, "disclosure": null,
            },
            "cell_phone_icon": "x",
        },
        "two_way_texting": {
            "can_send": false,
            "notice": "This customer has not agreed to receive text message communications.",
        },
        "automatic_notifications": {"text_selectable": false},
        "notification_templates": {"text": "dash"},
        "provider_block": null,
    });
    assert_eq!(world.view("t1").await, expected);
}

#[tokio::test]
async fn a_check_grants_and_a_second_one_changes_and_records_nothing() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    let view = world.profile("t1", "check").await.is(200);
    assert_eq!(view["status"], "provided");
    assert_eq!(view["source"], "profile");
    assert_eq!(view["can_text"], true);
    assert_eq!(view["opt_in_via"], json!([]));
    assert_eq!(view["profile"]["checkbox"]["checked"], true);
    assert_eq!(view["profile"]["checkbox"]["enabled"], true);
    assert_eq!(view["profile"]["cell_phone_icon"], Value::Null);
    assert_eq!(view["two_way_texting"], json!({"can_send": true, "notice": null}));
    assert_eq!(view["automatic_notifications"]["text_selectable"], true);
    assert_eq!(view["notification_templates"]["text"], "available");
    assert_time(&view["changed_at"]);
    assert_eq!(world.profile("t1", "check").await.is(200), view);
    assert_eq!(world.history("t1").await.len(), 1);

    let view = world.profile("t1", "uncheck").await.is(200);
    assert_eq!(
        (&view["status"], &view["source"]),
        (&json!("opted_out"), &json!("profile"))
    );
    assert_eq!(view["opt_in_via"], json!(["profile", "portal", "text"]));
    assert_eq!(world.profile("t1", "uncheck").await.is(200), view);
    assert_eq!(world.history("t1").await.len(), 2);
    assert_eq!(world.view("t1").await, view);
}

/// RFC 3339 in UTC with milliseconds.
#[track_caller]
fn assert_time(value: &Value) {
    let text = value.as_str().unwrap();
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '9' } else { c })
        .collect();
    assert_eq!(shape, "9999-99-99T99:99:99.999Z");
}

#[tokio::test]
async fn a_box_that_was_never_checked_can_be_saved_unchecked_for_ever() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.profile("t1", "uncheck").await.is(200);
    assert_eq!(world.standing("t1").await, "not_provided");
    assert!(world.history("t1").await.is_empty());
}

/// Lets a tenant withdraw, submits the profile's box checked, and expects `refused` with the ways that are
/// left, or a grant where that is empty.
async fn undo(withdraw: &[&str], two_way_texting: &str, refused: &str, ways: Value) {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.profile("t1", "check").await.is(200);
    for how in withdraw {
        match *how {
            "text" => drop(world.text("SM1", ADA, "STOP").await),
            "portal" => drop(world.portal("t1", "uncheck").await.is(200)),
            _ => drop(world.profile("t1", "uncheck").await.is(200)),
        }
    }
    world.facility(two_way_texting).await;
    let before = world.view("t1").await;
    let answer = world.profile("t1", "check").await;
    if refused.is_empty() {
        assert_eq!(answer.is(200)["source"], "profile");
        return;
    }
    let problem = answer.is_problem(409, refused);
    assert_eq!(problem["consent_status"], "opted_out");
    assert_eq!(problem["opt_in_via"], ways);
    assert_eq!(before["opt_in_via"], ways);
    let checkbox = &before["profile"]["checkbox"];
    assert_eq!(checkbox["enabled"], false);
    assert_eq!(checkbox["reason"], problem["detail"]);
    assert_eq!(world.view("t1").await, before, "{withdraw:?}");
    // As it stands already: not refused, not recorded.
    let records = world.history("t1").await.len();
    assert_eq!(world.profile("t1", "uncheck").await.is(200), before);
    assert_eq!(world.history("t1").await.len(), records);
}

#[tokio::test]
async fn staff_undo_their_own_opt_out_and_nobody_elses() {
    undo(&["profile"], "on", "", json!([])).await;
    undo(&["profile"], "off", "", json!([])).await;
    undo(&["portal"], "on", "portal_opt_in_required", json!(["portal"])).await;
    undo(&["portal"], "off", "portal_opt_in_required", json!(["portal"])).await;
    undo(&["text"], "on", "start_reply_required", json!(["text"])).await;
    undo(&["text"], "off", "portal_opt_in_required", json!(["portal"])).await;
    undo(&["portal", "text"], "on", "start_reply_required", json!(["text"])).await;
    undo(
        &["portal", "text"],
        "off",
        "portal_opt_in_required",
        json!(["portal"]),
    )
    .await;
    undo(
        &["profile", "text"],
        "on",
        "start_reply_required",
        json!(["text"]),
    )
    .await;
    undo(
        &["profile", "text"],
        "off",
        "portal_opt_in_required",
        json!(["portal"]),
    )
    .await;
}

#[tokio::test]
async fn without_a_cell_phone_that_comes_before_every_other_refusal() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.profile("t1", "check").await.is(200);
    world.text("SM1", ADA, "STOP").await;
    world.tenant("t1", Value::Null).await;
    let problem = world
        .profile("t1", "check")
        .await
        .is_problem(409, "no_cell_phone");
    assert_eq!(problem["opt_in_via"], json!([]));
    let view = world.view("t1").await;
    assert_eq!(view["cell_phone"], Value::Null);
    assert_eq!(view["opt_in_via"], json!([]));
    assert_eq!(view["status"], "opted_out");
    assert_eq!(view["profile"]["checkbox"]["enabled"], false);
    assert_eq!(view["profile"]["checkbox"]["reason"], problem["detail"]);
    world.profile("t1", "uncheck").await.is(200);
}

#[tokio::test]
async fn if_match_lets_through_what_was_seen_and_nothing_else() {
    let world = World::new().await;
    world.facility("on").await;
    let registered = world
        .put_tenant("f1/tenants/t1", &json!({"cell_phone": ADA}))
        .await;
    let seen = etag(&world).await;
    assert_eq!(registered.header("etag"), seen);
    assert_eq!(etag(&world).await, seen, "the same view has the same tag");
    let with = |tag: &str| check().header("if-match", tag);
    for stale in [
        "\"x\"",
        "",
        "x",
        &format!("W/{seen}"),
        "\"a\", \"b\"",
        &seen.replace('"', ""),
    ] {
        world
            .send(with(stale))
            .await
            .is_problem(412, "precondition_failed");
    }
    assert!(world.history("t1").await.is_empty());
    let granted = world.send(with(&format!("\"x\", {seen}"))).await;
    granted.is(200);
    assert_eq!(granted.header("etag"), etag(&world).await);
    world
        .send(with(&seen))
        .await
        .is_problem(412, "precondition_failed");
    world.send(with("*")).await.is(200);
    world.send(with(granted.header("etag"))).await.is(200);
}

#[tokio::test]
async fn a_stale_tag_comes_before_a_refusal_and_after_everything_else() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.text("SM1", ADA, "STOP").await;
    let stale = check().header("if-match", "\"stale\"");
    world
        .send(stale.clone())
        .await
        .is_problem(412, "precondition_failed");
    world
        .send(check().header("if-match", &etag(&world).await))
        .await
        .is_problem(409, "start_reply_required");
    world
        .send(stale.clone().json(&json!({"consented": 1})))
        .await
        .is_problem(400, "invalid_request");
    world
        .send(stale.clone().path("/v1/facilities/f1/tenants/nobody/consent"))
        .await
        .is_problem(404, "tenant_not_found");
    world
        .send(stale.nobody())
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_tag_changes_with_anything_that_the_view_shows() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    let mut seen = vec![etag(&world).await];
    let mut changed = async |what: &str| {
        let tag = etag(&world).await;
        assert!(!seen.contains(&tag), "{what}");
        seen.push(tag);
    };
    world.facility("off").await;
    changed("two-way texting off: START is no way any more").await;
    world.profile("t1", "check").await.is(200);
    changed("a grant").await;
    world.facility("on").await;
    changed("two-way texting on: texts can be sent").await;
    world
        .register("t1", &json!({"cell_phone": ADA, "name": "Ada Bell"}))
        .await;
    changed("another name").await;
    world.tenant("t1", "+15125550199").await;
    changed("another number").await;
    // Units are not shown: the tag stays.
    let tag = etag(&world).await;
    world
        .register("t1", &json!({"cell_phone": "+15125550199", "units": []}))
        .await;
    assert_eq!(etag(&world).await, tag);
}

#[tokio::test]
async fn what_is_not_there_is_404_by_what_is_missing() {
    let world = World::new().await;
    for line in ["GET", "PUT"] {
        let missing = |path: &str| {
            call(&format!("{line} /v1/facilities/{path}/consent")).json(&json!({"consented": true}))
        };
        world
            .send(missing("f1/tenants/t1"))
            .await
            .is_problem(404, "facility_not_found");
    }
    world.facility("on").await;
    world.get(CONSENT).await.is_problem(404, "tenant_not_found");
    world.send(check()).await.is_problem(404, "tenant_not_found");
    world.tenant("t1", ADA).await;
    world.move_out("t1").await.is(204);
    world.get(CONSENT).await.is_problem(404, "tenant_not_found");
    world.send(check()).await.is_problem(404, "tenant_not_found");
    world
        .send(check().header("if-match", "*"))
        .await
        .is_problem(404, "tenant_not_found");
}

#[tokio::test]
async fn a_body_is_one_boolean_in_json() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    let put = || call(&format!("PUT {CONSENT}"));
    for body in [
        "",
        "{",
        "null",
        "[]",
        "true",
        "{}",
        "\u{feff}{}",
        "{\"consented\":\"true\"}",
        "{\"consented\":1}",
        "{\"consented\":null}",
        "{\"Consented\":true}",
    ] {
        let problem = world
            .send(put().body("application/json", body))
            .await
            .is_problem(400, "invalid_request");
        assert!(problem["errors"][0]["field"].is_string(), "{body}");
        assert!(problem["errors"][0]["detail"].is_string(), "{body}");
    }
    world.send(put()).await.is_problem(400, "invalid_request");
    world
        .send(put().bytes("application/json", b"{\"consented\":true,\"x\":\"\xff\"}"))
        .await
        .is_problem(400, "invalid_request");
    let nested = format!(
        "{{\"consented\":true,\"x\":{}{}}}",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    world
        .send(put().body("application/json", &nested))
        .await
        .is_problem(400, "invalid_request");
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "text/json",
    ] {
        let answer = world.send(put().body(media_type, "{\"consented\":true}")).await;
        answer.is_problem(415, "unsupported_media_type");
    }
    let long = |bytes: usize| format!("{{\"consented\":false}}{}", " ".repeat(bytes - 19));
    world
        .send(put().body("text/plain", &long(1024 * 1024 + 1)))
        .await
        .is_problem(413, "payload_too_large");
    world
        .send(put().body("application/json", &long(1024 * 1024)))
        .await
        .is(200);
    assert!(world.history("t1").await.is_empty());
    let welcome = json!({"consented": true, "saved_by": {"screen": "profile"}}).to_string();
    world
        .send(put().body("Application/JSON; charset=utf-8", &welcome).base64())
        .await
        .is(200);
    assert_eq!(world.standing("t1").await, "provided by profile");
}

#[tokio::test]
async fn ids_are_read_strictly_and_other_methods_are_told_the_right_ones() {
    let world = World::new().await;
    world.facility("on").await;
    let longest = "x".repeat(64);
    world.tenant(&longest, ADA).await;
    world
        .get(&format!("/v1/facilities/f1/tenants/{longest}/consent"))
        .await
        .is(200);
    for bad in [
        ".",
        "..",
        "a%20b",
        "a%2Fb",
        "%C3%A9",
        "%FF",
        "a%00",
        "a:b",
        &"x".repeat(65),
    ] {
        for path in [
            format!("f1/tenants/{bad}/consent"),
            format!("f1/tenants/{bad}/consent/history"),
            format!("{bad}/tenants/t1/consent"),
        ] {
            let problem = world
                .invoke_event(
                    "profile",
                    &call(&format!("GET /v1/facilities/{path}")).event().to_string(),
                )
                .await;
            problem.is_problem(400, "invalid_request");
        }
    }
    // The same id in another spelling of the path.
    world
        .get(&format!(
            "/v1/facilities/f1/tenants/%78{}/consent",
            "x".repeat(63)
        ))
        .await
        .is(200);
    for method in ["POST", "DELETE", "PATCH", "HEAD", "OPTIONS"] {
        let answer = world.send(call(&format!("{method} {CONSENT}"))).await;
        answer.is_problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET, PUT");
    }
    let answer = world.send(call(&format!("PUT {CONSENT}/history"))).await;
    answer.is_problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET");
    world
        .get(&format!("{CONSENT}/history/1"))
        .await
        .is_problem(404, "not_found");
    world
        .get(&format!("{CONSENT}/"))
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn two_way_texting_is_read_as_it_is_now() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.text("SM1", ADA, "STOP").await;
    world
        .profile("t1", "check")
        .await
        .is_problem(409, "start_reply_required");
    world.facility("off").await;
    world
        .profile("t1", "check")
        .await
        .is_problem(409, "portal_opt_in_required");
    world
        .put_facility("f1", &json!({"enabled": false, "number": null}))
        .await;
    world
        .profile("t1", "check")
        .await
        .is_problem(409, "portal_opt_in_required");
    world
        .put_facility("f1", &json!({"enabled": true, "number": OFFICE}))
        .await;
    world
        .profile("t1", "check")
        .await
        .is_problem(409, "start_reply_required");
}

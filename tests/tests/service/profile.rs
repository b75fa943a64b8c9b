//! `GET` and `PUT .../tenants/{tenant_id}/consent`: the staff's screen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use tests::{ADA, OFFICE, World, call};

pub(crate) const CONSENT: &str = "/v1/facilities/f1/tenants/t1/consent";

pub(crate) fn check() -> tests::Call {
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
    assert_eq!(tests::standing(&view), "opted_out by profile");
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

/// Staff check the box of a tenant who has withdrawn in these ways: it is `granted`, or refused with this code.
async fn check_box(withdrawn: &str, two_way_texting: &str, becomes: &str) {
    let world = Box::pin(World::who_withdrew(withdrawn, two_way_texting)).await;
    let before = world.view("t1").await;
    let answer = world.profile("t1", "check").await;
    if becomes == "granted" {
        assert_eq!(answer.is(200)["source"], "profile");
        return;
    }
    let problem = answer.is_problem(409, becomes);
    let way_back = match becomes {
        "portal_opt_in_required" => "portal",
        _ => "text",
    };
    assert_eq!(problem["consent_status"], "opted_out");
    assert_eq!(problem["opt_in_via"], json!([way_back]));
    assert_eq!(before["opt_in_via"], json!([way_back]));
    let checkbox = &before["profile"]["checkbox"];
    assert_eq!(checkbox["enabled"], false);
    assert_eq!(checkbox["reason"], problem["detail"]);
    assert_eq!(world.view("t1").await, before, "{withdrawn}");
    // As it stands already: not refused, not recorded.
    let records = world.history("t1").await.len();
    assert_eq!(world.profile("t1", "uncheck").await.is(200), before);
    assert_eq!(world.history("t1").await.len(), records);
}

#[tokio::test]
async fn staff_undo_their_own_opt_out_and_nobody_elses() {
    check_box("profile", "on", "granted").await;
    check_box("profile", "off", "granted").await;
    check_box("portal", "on", "portal_opt_in_required").await;
    check_box("portal", "off", "portal_opt_in_required").await;
    check_box("text", "on", "start_reply_required").await;
    check_box("text", "off", "portal_opt_in_required").await;
    check_box("portal, text", "on", "start_reply_required").await;
    check_box("portal, text", "off", "portal_opt_in_required").await;
    check_box("profile, text", "on", "start_reply_required").await;
    check_box("profile, text", "off", "portal_opt_in_required").await;
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

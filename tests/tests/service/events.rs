//! Every recorded event under `events/`, through the function whose folder it is in. They serve
//! `cargo lambda invoke <function> --data-file events/<function>/<name>.json` as well.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use consent_http::clock;
use serde_json::{Value, json};
use tests::{ADA, BEN, OFFICE, World, call, twilio};

/// What each is answered with: status, and code where it is refused.
const EXPECTED: &[(&str, u16, &str)] = &[
    ("decisions/get-decisions", 200, ""),
    ("decisions/get-decisions-moved-out", 200, ""),
    ("decisions/get-decisions-of-a-record", 200, ""),
    ("decisions/get-decisions-unknown", 404, "tenant_not_found"),
    ("decisions/post-decisions", 200, ""),
    (
        "decisions/post-decisions-facility-unknown",
        404,
        "facility_not_found",
    ),
    ("decisions/post-decisions-forbidden", 403, "forbidden"),
    ("decisions/post-decisions-invalid", 400, "invalid_request"),
    ("decisions/post-decisions-unauthenticated", 401, "unauthenticated"),
    ("decisions/post-outcome", 405, "method_not_allowed"),
    ("decisions/put-outcome-invalid", 400, "invalid_request"),
    ("decisions/put-outcome-unknown", 404, "decision_not_found"),
    ("evidence/delete-evidence", 405, "method_not_allowed"),
    ("evidence/get-evidence", 200, ""),
    ("evidence/get-evidence-as-of", 200, ""),
    ("evidence/get-evidence-as-of-invalid", 400, "invalid_request"),
    ("evidence/get-evidence-elsewhere", 403, "forbidden"),
    ("evidence/get-evidence-moved-out", 200, ""),
    ("evidence/get-evidence-page", 200, ""),
    ("evidence/get-evidence-unauthenticated", 401, "unauthenticated"),
    ("evidence/get-evidence-unknown", 404, "tenant_not_found"),
    ("evidence/get-keys", 200, ""),
    ("facilities/delete-tenant", 204, ""),
    ("facilities/delete-tenant-unknown", 404, "tenant_not_found"),
    ("facilities/get-facility", 200, ""),
    ("facilities/get-facility-unauthenticated", 401, "unauthenticated"),
    ("facilities/get-facility-unknown", 404, "facility_not_found"),
    ("facilities/import-csv", 200, ""),
    ("facilities/import-csv-dry-run", 200, ""),
    ("facilities/import-csv-without-name", 400, "invalid_request"),
    ("facilities/import-ndjson", 200, ""),
    ("facilities/import-spreadsheet", 415, "unsupported_media_type"),
    ("facilities/post-facility", 405, "method_not_allowed"),
    ("facilities/put-facility", 200, ""),
    ("facilities/put-facility-forbidden", 403, "forbidden"),
    ("facilities/put-facility-new", 201, ""),
    ("facilities/put-facility-number-in-use", 409, "number_in_use"),
    ("facilities/put-facility-without-number", 400, "invalid_request"),
    ("facilities/put-tenant", 200, ""),
    ("facilities/put-tenant-back", 201, ""),
    (
        "facilities/put-tenant-facility-unknown",
        404,
        "facility_not_found",
    ),
    ("facilities/put-tenant-grandfathered", 201, ""),
    ("facilities/put-tenant-invalid", 400, "invalid_request"),
    ("facilities/put-tenant-new", 201, ""),
    ("facilities/put-tenant-not-json", 415, "unsupported_media_type"),
    ("facilities/put-tenant-replied-stop", 201, ""),
    ("messages/delete-messages", 405, "method_not_allowed"),
    ("messages/get-messages", 200, ""),
    ("messages/get-messages-moved-out", 404, "tenant_not_found"),
    ("messages/get-preferences", 200, ""),
    ("messages/post-message", 202, ""),
    ("messages/post-message-consent-required", 409, "consent_required"),
    ("messages/post-message-invalid", 400, "invalid_request"),
    ("messages/post-message-no-cell-phone", 409, "no_cell_phone"),
    ("messages/post-message-unauthenticated", 401, "unauthenticated"),
    ("messages/put-preferences", 200, ""),
    (
        "messages/put-preferences-consent-required",
        409,
        "consent_required",
    ),
    (
        "messages/put-preferences-template-unknown",
        400,
        "invalid_request",
    ),
    ("openapi/get-openapi", 200, ""),
    ("openapi/post-openapi", 405, "method_not_allowed"),
    ("pages/get-element-unknown", 404, "not_found"),
    ("pages/get-elements", 200, ""),
    ("pages/get-portal-page", 200, ""),
    ("pages/get-program", 200, ""),
    ("pages/get-program-unknown", 404, "facility_not_found"),
    ("pages/get-report-page", 200, ""),
    ("pages/get-tenant-page", 200, ""),
    ("pages/post-portal-page", 405, "method_not_allowed"),
    ("portal/get-consent", 200, ""),
    ("portal/get-consent-moved-out", 404, "tenant_not_found"),
    ("portal/get-consent-staff", 403, "forbidden"),
    ("portal/get-consent-unauthenticated", 401, "unauthenticated"),
    ("portal/post-consent", 405, "method_not_allowed"),
    ("portal/put-consent-check", 200, ""),
    ("portal/put-consent-invalid", 400, "invalid_request"),
    ("portal/put-consent-no-cell-phone", 409, "no_cell_phone"),
    (
        "portal/put-consent-start-reply-required",
        409,
        "start_reply_required",
    ),
    ("portal/put-consent-uncheck", 200, ""),
    ("profile/delete-consent", 405, "method_not_allowed"),
    ("profile/get-consent", 200, ""),
    ("profile/get-consent-elsewhere", 403, "forbidden"),
    ("profile/get-consent-id-invalid", 400, "invalid_request"),
    ("profile/get-consent-unknown", 404, "tenant_not_found"),
    ("profile/get-history", 200, ""),
    ("profile/get-history-cursor-invalid", 400, "invalid_request"),
    ("profile/get-history-moved-out", 200, ""),
    ("profile/get-history-unknown", 404, "tenant_not_found"),
    ("profile/put-consent-as-it-stands", 200, ""),
    ("profile/put-consent-check", 200, ""),
    ("profile/put-consent-forbidden", 403, "forbidden"),
    ("profile/put-consent-invalid", 400, "invalid_request"),
    ("profile/put-consent-no-cell-phone", 409, "no_cell_phone"),
    (
        "profile/put-consent-portal-opt-in-required",
        409,
        "portal_opt_in_required",
    ),
    ("profile/put-consent-stale", 412, "precondition_failed"),
    (
        "profile/put-consent-start-reply-required",
        409,
        "start_reply_required",
    ),
    ("profile/put-consent-unauthenticated", 401, "unauthenticated"),
    ("profile/put-consent-uncheck", 200, ""),
    ("report/get-report", 200, ""),
    ("report/get-report-csv", 200, ""),
    ("report/get-report-cursor-invalid", 400, "invalid_request"),
    ("report/get-report-forbidden", 403, "forbidden"),
    ("report/get-report-limit-invalid", 400, "invalid_request"),
    ("report/get-report-search", 200, ""),
    ("report/get-report-status-invalid", 400, "invalid_request"),
    ("report/get-report-unauthenticated", 401, "unauthenticated"),
    ("report/get-report-unknown", 404, "facility_not_found"),
    ("report/post-report", 405, "method_not_allowed"),
    ("reviews/get-reviews", 200, ""),
    ("reviews/get-reviews-decided", 200, ""),
    ("reviews/get-reviews-forbidden", 403, "forbidden"),
    ("reviews/get-reviews-status-invalid", 400, "invalid_request"),
    ("reviews/get-reviews-unauthenticated", 401, "unauthenticated"),
    ("reviews/get-reviews-unknown", 404, "facility_not_found"),
    ("reviews/post-review", 405, "method_not_allowed"),
    ("reviews/put-review-no-opt-out", 200, ""),
    ("reviews/put-review-opt-out", 200, ""),
    ("reviews/put-review-other-kind", 400, "invalid_request"),
    ("reviews/put-review-unknown", 404, "review_not_found"),
    ("sms-webhook/twilio-altered", 403, "bad_signature"),
    ("sms-webhook/twilio-get", 405, "method_not_allowed"),
    ("sms-webhook/twilio-help", 200, ""),
    ("sms-webhook/twilio-ordinary", 200, ""),
    ("sms-webhook/twilio-short-code", 200, ""),
    ("sms-webhook/twilio-start", 200, ""),
    ("sms-webhook/twilio-stop", 200, ""),
    ("sms-webhook/twilio-stop-opt-out-type", 200, ""),
    ("sms-webhook/twilio-unknown-number", 200, ""),
    ("sms-webhook/twilio-unsigned", 403, "bad_signature"),
    ("sms-webhook/twilio-without-message-id", 400, "invalid_request"),
    ("sms-webhook/unknown-provider", 404, "not_found"),
];

/// A tenant's number.
const HAL: &str = "+15125550149";
/// The id that the review of his text has in the recorded events.
const REVIEW: &str = "001795417929120-1b6e63a5b0b6e9f5b700df38";

const HERE: &str = "/v1/facilities/demo";

/// The facility that the events speak of: Ada agreed, Ben replied STOP, Cleo has no phone, Dan unchecked the
/// box on the portal, Eve was never asked, Gus moved out, Hal is on hold; and one other facility.
async fn seeded() -> World {
    let world = World::new().await;
    let put = async |path: &str, body: Value| {
        let answer = world.send(call(&format!("PUT {path}")).json(&body)).await;
        assert!(answer.status.is_success(), "{}", answer.text);
    };
    let facility = |number: &str| json!({"name": "Main Street Storage", "two_way_texting": {"enabled": true, "number": number}});
    put(HERE, facility(OFFICE)).await;
    put("/v1/facilities/elm-street", facility("+15125550101")).await;
    for (id, name, phone) in [
        ("t-ada", "Ada Moreno", json!(ADA)),
        ("t-ben", "Ben Ortiz", json!(BEN)),
        ("t-cleo", "Cleo Park", Value::Null),
        ("t-dan", "Dan Quist", json!("+15125550144")),
        ("t-eve", "Eve Rossi", json!("+15125550145")),
        ("t-hal", "Hal Stone", json!(HAL)),
        ("t-gone", "Gus Gone", json!("+15125550147")),
    ] {
        put(
            &format!("{HERE}/tenants/{id}"),
            json!({"name": name, "cell_phone": phone, "created_on": "2024-05-01"}),
        )
        .await;
    }
    for id in ["t-ada", "t-ben", "t-dan"] {
        put(
            &format!("{HERE}/tenants/{id}/consent"),
            json!({"consented": true}),
        )
        .await;
    }
    world.text("SM-seed", BEN, "STOP").await;
    let portal = call("PUT /v1/portal/consent").tenant("demo", "t-dan");
    world
        .send(portal.json(&json!({"consented": false})))
        .await
        .is(200);
    world
        .send(call(&format!("DELETE {HERE}/tenants/t-gone")))
        .await
        .is(204);
    let doubt = twilio("SM-doubt", HAL, OFFICE, "You have the wrong number");
    world.send(doubt).await.is(200);
    world
}

/// A recorded event about the review of Hal's text, which has another id in each world.
async fn of_this_world(world: &World, event: &str) -> String {
    let reviews = world.reviews("demo/reviews").await;
    event.replace(REVIEW, reviews["reviews"][0]["review_id"].as_str().unwrap())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("events")
}

/// The files under `events/`, as `function/name`. Those of the outbox are no requests: see `outbox.rs`.
fn recorded() -> BTreeSet<String> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    };
    list(&folder())
        .iter()
        // Those are no events of API Gateway, and have tests of their own.
        .filter(|function| !function.ends_with("sms-topic") && !function.ends_with("outbox"))
        .flat_map(|function| list(function))
        .map(|file| {
            assert_eq!(file.extension().unwrap(), "json", "{}", file.display());
            let file = file.strip_prefix(folder()).unwrap().with_extension("");
            file.to_str().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn each_event_is_answered_as_expected() {
    let expected: BTreeSet<String> = EXPECTED.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(recorded(), expected);
    let mut world = seeded().await;
    for (name, status, code) in EXPECTED {
        let recorded = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
        let (function, _) = name.split_once('/').unwrap();
        let event = of_this_world(&world, &recorded).await;
        let answer = world.invoke_event(function, &event).await;
        assert_eq!(answer.status.as_u16(), *status, "{name}: {}", answer.text);
        if !code.is_empty() {
            answer.is_problem(*status, code);
        }
        // What is refused, and what is only read, leaves the world as it was.
        let changes = answer.status.is_success() && !name.contains("/get-");
        if changes {
            world = seeded().await;
        }
        // As the router of the world sends it: the file is in the folder of the function that has the route.
        let routed = world.send_event(&of_this_world(&world, &recorded).await).await;
        assert_eq!(routed.status, answer.status, "{name}");
        if changes {
            world = seeded().await;
        }
    }
}

/// The caller writes query, headers and body; none of them makes a function fail.
#[tokio::test]
async fn what_no_request_can_be_made_of_is_answered_400_by_every_function() {
    let world = seeded().await;
    let mut functions = BTreeSet::new();
    for (name, ..) in EXPECTED {
        let (function, _) = name.split_once('/').unwrap();
        if !functions.insert(function) {
            continue;
        }
        let event = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
        let altered = |pointer: &str, value: &str| {
            let mut event: Value = serde_json::from_str(&event).unwrap();
            *event.pointer_mut(pointer).unwrap() = json!(value);
            event.to_string()
        };
        for query in ["<", "search=a b", "\"", "a=1#b", "\n"] {
            let answer = world.send_event(&altered("/rawQueryString", query)).await;
            assert_eq!(answer.wrong_fields(), [""], "{name} {query}");
        }
        for scheme in ["https, http", "<", ""] {
            let event = altered("/headers/x-forwarded-proto", scheme);
            let answer = world.send_event(&event).await;
            assert!(
                !answer.status.is_server_error(),
                "{name} {scheme}: {}",
                answer.text
            );
        }
    }
    assert!(
        functions.contains("openapi") && functions.contains("sms-webhook"),
        "{functions:?}"
    );
}

#[tokio::test]
async fn the_events_of_the_sms_topic_take_effect() {
    let world = seeded().await;
    let status = async || {
        let view = world
            .send(call(&format!("GET {HERE}/tenants/t-ada/consent")))
            .await;
        view.is(200)["status"].clone()
    };
    let event = |name: &str| {
        let event = std::fs::read_to_string(folder().join(format!("sms-topic/{name}.json"))).unwrap();
        // As if it were sent now: a START that was sent before Ada was registered is not hers.
        let event = event.replace("2026-11-23T07:11:49.120Z", &clock::now().to_string());
        serde_json::from_str(&event).unwrap()
    };
    for (name, failed, after) in [
        ("queued-ordinary", &[][..], "provided"),
        (
            "queued-with-a-malformed-one",
            &["059f36b4-87a3-44ab-83d2-661975830a7d"],
            "provided",
        ),
        ("queued-stop", &[], "opted_out"),
        ("queued-start", &[], "provided"),
    ] {
        assert_eq!(world.deliver_queued(event(name)).await, failed, "{name}");
        assert_eq!(status().await, after, "{name}");
    }
    for (name, after) in [("ordinary", "provided"), ("stop", "opted_out")] {
        assert!(world.deliver(event(name)).await);
        assert_eq!(status().await, after, "{name}");
    }
}

//! How strictly the profile's requests are read.

use serde_json::json;
use tests::{ADA, World, call};

use crate::profile::{CONSENT, check};

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

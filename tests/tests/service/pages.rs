//! The screens as they are served. What they do is for `tests/screens`, in a browser.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde_json::json;
use tests::{Answer, FRAME_ANCESTORS, OFFICE, World, call};

async fn get(world: &World, path: &str) -> Answer {
    world.send(call(&format!("GET {path}")).nobody()).await
}

#[tokio::test]
async fn pages_are_for_everybody_and_hold_nobody() {
    let world = World::new().await;
    for path in [
        "/staff/f1/report",
        "/staff/f1/reviews",
        "/staff/f1/tenants/t1",
        "/staff/f1/tenants/t1/texts",
        "/staff/f1/tenants/t1/notifications",
        "/portal",
    ] {
        let page = get(&world, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(
            policy.contains(&format!("frame-ancestors {FRAME_ANCESTORS};")),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        let others = path.replace("f1", "f2").replace("t1", "t2");
        assert_eq!(
            get(&world, &others).await.text,
            page.text,
            "one page for all: {path}"
        );
    }
    get(&world, "/staff/a%2Fb/report")
        .await
        .is_problem(400, "invalid_request");
    for path in [
        "/staff",
        "/staff/f1",
        "/staff/f1/tenants/t1/notes",
        "/elements",
        "/elements/../main.rs",
    ] {
        get(&world, path).await.is_problem(404, "not_found");
    }
    for path in ["/portal", "/elements/consent.js", "/programs/f1"] {
        let answer = world.send(call(&format!("POST {path}")).nobody()).await;
        answer.is_problem(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn the_elements_are_kept_until_they_change() {
    let world = World::new().await;
    let elements = get(&world, "/elements/consent.js").await;
    assert_eq!(elements.status, 200);
    assert_eq!(elements.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(elements.header("cache-control"), "no-cache");
    assert_eq!(elements.header("access-control-allow-origin"), "*");
    let again = call("GET /elements/consent.js")
        .nobody()
        .header("if-none-match", elements.header("etag"));
    let again = world.send(again).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    let compressed = call("GET /elements/consent.js")
        .nobody()
        .header("accept-encoding", "br;q=1.0, gzip;q=0.8");
    let compressed = world.send(compressed).await;
    assert_eq!(compressed.header("content-encoding"), "gzip");
    assert_eq!(compressed.header("etag"), elements.header("etag"));
    for refused in ["", "br", "gzip;q=0"] {
        let request = call("GET /elements/consent.js")
            .nobody()
            .header("accept-encoding", refused);
        let answer = world.send(request).await;
        assert_eq!(answer.text, elements.text, "{refused}");
        assert_eq!(answer.header("vary"), "accept-encoding");
    }

    let page = get(&world, "/portal").await.text;
    let (_, rest) = page.split_once("\"/elements/consent-").unwrap();
    let (hash, _) = rest.split_once(".js\"").unwrap();
    let kept = get(&world, &format!("/elements/consent-{hash}.js")).await;
    assert_eq!(
        kept.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(kept.text, elements.text);
    let other = get(&world, "/elements/consent-0000000000000000.js").await;
    other.is_problem(404, "not_found");
}

#[tokio::test]
async fn the_programme_says_what_the_facility_s_record_says() {
    let world = World::new().await;
    let program = async |facility: serde_json::Value| {
        let put = call("PUT /v1/facilities/f1").json(&facility);
        assert!(world.send(put).await.status.is_success());
        get(&world, "/programs/f1").await.text
    };
    let with_number = json!({"enabled": true, "number": OFFICE});
    let page = program(json!({"name": "Main Street Storage", "two_way_texting": with_number, "help_contact": "call 512-555-0199"})).await;
    for said in [
        "Main Street Storage",
        "(512) 555-0100",
        "I agree to receive text message communications from this facility.",
        "This customer agrees to receive text message communications from this facility.",
        "Text START to",
        "Reply <strong>STOP</strong>",
        "call 512-555-0199",
        "Message and data rates may apply.",
        "Gate access",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("under both boxes"), "it has no words of its own");
    let words = "Consent is not a condition of renting.\nPrivacy: https://main.example";
    let page =
        program(json!({"name": "Main Street Storage", "two_way_texting": with_number, "disclosure": words}))
            .await;
    assert!(page.contains(words), "{page}");
    let off = json!({"enabled": false, "number": OFFICE});
    let page = program(json!({"name": "Main Street Storage", "two_way_texting": off})).await;
    assert!(
        !page.contains("Text START to") && !page.contains("HELP"),
        "nobody reads replies"
    );
    let none = json!({"enabled": false, "number": null});
    let page = program(json!({"name": "Main Street Storage", "two_way_texting": none})).await;
    assert!(page.contains("no text number yet"));
    get(&world, "/programs/f2")
        .await
        .is_problem(404, "facility_not_found");
    get(&world, "/programs/f%202")
        .await
        .is_problem(400, "invalid_request");
}

#[tokio::test]
async fn a_name_is_text_in_the_programme_whatever_is_in_it() {
    let world = World::new().await;
    let name = "<img src=x onerror=alert(1)> \"A\" & 'B' {{staff.js}} \"/elements/page.css\"";
    let about = json!({"name": name, "two_way_texting": {"enabled": false, "number": null}, "help_contact": "</p><script>"});
    world
        .send(call("PUT /v1/facilities/f1").json(&about))
        .await
        .is(201);
    let page = get(&world, "/programs/f1").await.text;
    assert!(!page.contains("<img") && !page.contains("<script"), "{page}");
    assert!(
        page.contains("&lt;img src=x onerror=alert(1)&gt; &quot;A&quot; &amp; &#39;B&#39;"),
        "{page}"
    );
}

#[tokio::test]
async fn the_programme_speaks_spanish_and_quotes_what_is_recorded_as_it_is() {
    let world = World::new().await;
    let about = json!({"name": "Main Street Storage", "two_way_texting": {"enabled": true, "number": OFFICE}, "help_contact": "call 512-555-0199"});
    world
        .send(call("PUT /v1/facilities/f1").json(&about))
        .await
        .is(201);
    let program = async |path: &str, languages: &str| {
        let request = call(&format!("GET {path}"))
            .nobody()
            .header("accept-language", languages);
        let answer = world.send(request).await;
        assert_eq!(answer.header("vary"), "accept-language");
        answer.text
    };
    let spanish = program("/programs/f1", "es-US,es;q=0.9,en;q=0.8").await;
    for said in [
        "<html lang=\"es\">",
        "Mensajes de texto de",
        "Acceso al portón",
        "Envíe START al",
        "<strong>STOP</strong>",
        "call 512-555-0199",
        "<q lang=\"en\">I agree to receive text message communications from this facility.</q>",
        "?lang=en",
    ] {
        assert!(spanish.contains(said), "{said}");
    }
    assert_eq!(program("/programs/f1?lang=es", "en-US").await, spanish);
    let english = program("/programs/f1?lang=en", "es").await;
    assert!(english.contains("<html lang=\"en\">") && english.contains("Text messages from"));
    assert_eq!(program("/programs/f1", "en-US,es;q=0.5").await, english);
    for query in ["lang=fr", "lang=en&lang=es"] {
        let refused = world.get(&format!("/programs/f1?{query}")).await;
        refused.is_problem(400, "invalid_request");
    }
}

#[tokio::test]
async fn the_policy_of_the_pages_lets_the_page_of_evidence_have_its_style_and_nothing_else() {
    let world = World::with_ada().await;
    let request = call("GET /v1/facilities/f1/tenants/t1/consent/evidence").header("accept", "text/html");
    let evidence = world.send(request).await.text;
    let (_, rest) = evidence.split_once("<style>").unwrap();
    let (style, _) = rest.split_once("</style>").unwrap();
    let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
    let page = get(&world, "/staff/f1/tenants/t1").await;
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains(&format!("style-src 'self' 'sha256-{hash}';")),
        "{policy}"
    );
    assert!(!evidence.contains(" style="), "a policy has no hash for it");
}

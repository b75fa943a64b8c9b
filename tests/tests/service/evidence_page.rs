//! The page of evidence: what a judge reads, and that nothing in it runs.

use serde_json::json;
use tests::{ADA, World, attribute, call};

use crate::evidence_packs::life;

async fn page(world: &World, query: &str) -> String {
    let request = format!("GET /v1/facilities/f1/tenants/t1/consent/evidence{query}");
    let answer = world
        .send(call(&request).header("accept", "text/html,*/*;q=0.8"))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(
        answer
            .header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    answer.text
}

#[tokio::test]
async fn the_page_shows_every_text_wording_and_time_of_the_pack() {
    let world = life().await;
    let (page, pack) = (page(&world, "").await, world.evidence("t1", "").await);
    for record in pack["records"].as_array().unwrap() {
        for member in ["record_id", "hash", "text", "disclosure", "actor"] {
            if let Some(text) = record[member].as_str() {
                assert!(page.contains(&text.replace('"', "&quot;")), "{member}: {text}");
            }
        }
        let at = record["at"].as_str().unwrap();
        assert!(
            page.contains(&format!("{} {} UTC", &at[..10], &at[11..23])),
            "{at}"
        );
    }
    for decision in pack["decisions"].as_array().unwrap() {
        assert!(page.contains(decision["decision_id"].as_str().unwrap()));
        assert!(page.contains(decision["message"]["body"].as_str().unwrap_or_default()));
    }
    let letter = pack["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["received_via"] == "letter");
    let came = letter.unwrap()["received_at"].as_str().unwrap();
    assert!(page.contains(&format!(
        "withdrew by letter on {} {} UTC",
        &came[..10],
        &came[11..23]
    )));
    let honour_by: jiff::civil::Date = letter.unwrap()["honour_by"].as_str().unwrap().parse().unwrap();
    let honour_by = honour_by.strftime("%-d %B %Y");
    assert!(page.contains(&format!(
        "wants that honoured by {honour_by}. It was honoured when it was recorded, in time"
    )));
}

#[tokio::test]
async fn the_form_is_the_one_that_the_caller_prefers() {
    let world = World::with_ada().await;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (accept, html) in [
        (browser, true),
        ("text/html", true),
        ("text/*, application/json;q=0.9", true),
        ("application/json;q=0.5, text/html;q=0.501", true),
        ("text/html;q=0.9, application/json", false),
        ("text/html;q=0, */*", false),
        ("text/html, application/json", false),
        ("application/json", false),
        ("image/png", false),
        ("*/*", false),
    ] {
        let evidence = call("GET /v1/facilities/f1/tenants/t1/consent/evidence").header("accept", accept);
        let answer = world.send(evidence).await;
        let expected = if html {
            "text/html; charset=utf-8"
        } else {
            "application/json"
        };
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, expected),
            "{accept}"
        );
    }
}

#[tokio::test]
async fn times_are_also_in_the_zone_of_the_facility() {
    let world = World::with_ada().await;
    let body =
        json!({"name": "Storage", "two_way_texting": {"enabled": false}, "time_zone": "America/Chicago"});
    world
        .send(call("PUT /v1/facilities/f1").json(&body))
        .await
        .is(200);
    assert!(page(&world, "").await.contains("Central Time ("));
    let before = page(&world, "?as_of=2026-03-03T15:14:02.184Z").await;
    assert!(before.contains("3 March 2026 at 9:14:02 am Central Time (2026-03-03 15:14:02.184 UTC)"));
    assert!(before.contains("Nothing was recorded."));
}

#[tokio::test]
async fn hostile_names_and_texts_are_nothing_but_text() {
    let world = World::new().await;
    let hostile = "</title><script>alert(1)</script><img src=x onerror=alert(1)> \u{202e}'\"&";
    let facility = json!({"name": hostile, "two_way_texting": {"enabled": true, "number": tests::OFFICE}});
    world
        .send(call("PUT /v1/facilities/f1").json(&facility))
        .await
        .is(201);
    world
        .register(
            "t1",
            &json!({"name": hostile, "cell_phone": ADA, "units": ["<b>"], "created_on": "2020-01-01"}),
        )
        .await;
    world.text("M1", ADA, "stop <script>alert(1)</script>\u{1}").await;
    let page = page(&world, "").await;
    for tag in ["<script", "<img", "<b>", "onerror=\"", "\u{1}"] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert_eq!(page.matches("</title>").count(), 1);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    // A name that turns the direction of writing turns nothing but itself.
    for line in page
        .lines()
        .filter(|line| line.contains('\u{202e}') && !line.contains("<title>"))
    {
        assert!(line.contains("<bdi>") || line.contains("<blockquote>"), "{line}");
    }
}

#[tokio::test]
async fn nothing_is_loaded_and_the_signed_pack_is_attached() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    let world = life().await;
    let page = page(&world, "").await;
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("url("));
    let (_, attached) = page.split_once("data:application/json;base64,").unwrap();
    let (attached, _) = attached.split_once('"').unwrap();
    let pack = serde_json::from_slice(&STANDARD.decode(attached).unwrap()).unwrap();
    let keys = world.evidence_keys().await;
    let lines = crate::evidence_packs::lines(vec![pack], Some(&keys));
    assert!(lines.iter().all(|line| line.starts_with("ok ")), "{lines:#?}");
}

#[tokio::test]
async fn the_page_says_where_its_records_do_not_hold() {
    let world = life().await;
    let doubt = "These records do not hold.";
    assert!(!page(&world, "").await.contains(doubt));
    let mut altered = world.record_item(2).await;
    altered.insert("text".to_owned(), attribute(&json!("thanks!")));
    world.put_record(2, altered).await;
    let page = page(&world, "").await;
    assert!(page.contains(doubt));
    assert!(page.contains("FAILED chain: f1/t1/2: it does not match its hash: it was altered"));
}

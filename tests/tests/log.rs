//! Nothing personal reaches the log, no name, no phone number, no text, and nothing secret, whatever happens.
//!
//! A binary of its own: what is logged first by a thread that keeps no log is not kept by the others either.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use consent_http::clock;
use futures_util::future::join_all;
use futures_util::join;
use serde_json::json;
use tests::{
    ADA, BEN, Faults, OFFICE, TWILIO_AUTH_TOKEN, World, attribute, call, secret, telnyx, twilio, twilio_form,
    twilio_id,
};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Keeps whatever our own crates log in this thread, at every level, spans and all.
    fn keep(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let ours = filter_fn(|metadata| {
            let target = metadata.target().split("::").next().unwrap_or_default();
            [
                "consent",
                "consent_store",
                "consent_http",
                "facilities",
                "profile",
                "portal",
                "report",
                "sms_webhook",
                "sms_topic",
                "messages",
                "decisions",
                "consent_sns",
                "consent_texts",
                "consent_secrets",
                "outbox",
                "log",
            ]
            .contains(&target)
        });
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            // Its digits could be those of a number.
            .without_time()
            .with_writer(move || log.clone())
            .with_filter(ours);
        tracing::subscriber::set_default(tracing_subscriber::registry().with(layer))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What must not show: names, numbers in any spelling, texts, what stands in tokens.
const PERSONAL: [&str; 10] = [
    "Zebulon",
    "Quixote",
    "5125550142",
    "555-0142",
    "5125550143",
    "sesquipedalian",
    "padlock",
    "0142",
    "staff@example.com",
    "U-secret",
];

async fn everything(world: &World) {
    let tenant = |phone: &str| json!({"name": "Zebulon Quixote", "cell_phone": phone, "units": ["U-secret"], "created_on": "2020-01-01"});
    let consented = |consented: bool| json!({"consented": consented});
    let put = |path: &str| call(&format!("PUT /v1/facilities/{path}"));
    let facility = json!({"name": "Main", "two_way_texting": {"enabled": true, "number": OFFICE}});
    for call in [
        put("f1").json(&facility),
        put("f2").json(&facility),
        put("f1/tenants/t1").json(&tenant(ADA)),
        put("f1/tenants/t1").json(&tenant("(512) 555-0142")),
        put("f1/tenants/t1").json(&tenant("555-0142")),
        put("f1/tenants/t1").json(&json!({"name": ["Zebulon"], "cell_phone": 5_125_550_142_i64})),
        put("f1/tenants/t1").body("application/json", "{\"name\": \"Zebulon"),
        put("f1/tenants/t1").body("text/Zebulon", "Zebulon"),
        put("f1/tenants/Zebulon%20Quixote").json(&tenant(ADA)),
        put("f3/tenants/t1").json(&tenant(ADA)),
        put("f1/tenants/t2").json(
            &json!({"name": "Zebulon", "cell_phone": BEN, "created_on": "2020-01-01", "replied_stop": true}),
        ),
        call("GET /v1/facilities/f1/tenants/t1/consent"),
        put("f1/tenants/t1/consent").json(&consented(false)),
        put("f1/tenants/t2/consent").json(&consented(true)),
        put("f1/tenants/t1/consent")
            .json(&consented(true))
            .header("if-match", "\"Zebulon\""),
        put("f1/tenants/t1/consent")
            .json(&consented(true))
            .nobody()
            .header("authorization", "Bearer Zebulon"),
        call("PUT /v1/portal/consent")
            .tenant("f1", "t1")
            .json(&consented(true)),
        call("GET /v1/facilities/f1/tenants/t1/consent/history"),
        call("GET /v1/facilities/f1/tenants/t1/consent/history?cursor=Zebulon"),
        call("GET /v1/facilities/f1/consent-report?search=Zebulon"),
        call("GET /v1/facilities/f1/consent-report?search=5125550142").header("accept", "text/csv"),
        call("GET /v1/facilities/f1/consent-report?status=Zebulon"),
        call("POST /v1/facilities/f1/decisions")
            .json(&json!({"tenant_ids": ["t1", "t2", "t9"], "valid_for": 1})),
        call("POST /v1/facilities/f1/decisions")
            .json(&json!({"tenant_ids": ["Zebulon Quixote"], "valid_for": "0142"})),
        call("GET /v1/facilities/f1/tenants/t1/decisions?consent_record_id=Zebulon"),
        put("f1/tenants/t1/decisions/Zebulon")
            .json(&json!({"outcome": "sent", "body": "a sesquipedalian padlock"})),
        put("f1/tenants/t1/decisions/x")
            .json(&json!({"outcome": "padlock", "provider_message_id": "padlock"})),
        twilio("SM1", ADA, OFFICE, "a sesquipedalian padlock"),
        twilio("SM2", ADA, OFFICE, "STOP"),
        twilio("SM2", ADA, OFFICE, "STOP"),
        twilio("SM3", ADA, OFFICE, "START"),
        twilio("SM4", ADA, "+15125550143", "a padlock"),
        twilio("SM5", "Zebulon", OFFICE, "a padlock"),
        twilio("", ADA, OFFICE, "a padlock"),
        twilio("SM6", ADA, OFFICE, "a padlock").without("x-twilio-signature"),
        twilio_form(
            "",
            &[
                ("Body", "padlock"),
                ("From", ADA),
                ("MessageSid", &twilio_id("SM7")),
                ("OptOutType", "STOP"),
                ("To", OFFICE),
            ],
        ),
        call("DELETE /v1/facilities/f1/tenants/t2"),
        call("DELETE /v1/facilities/f1/tenants/t2"),
    ] {
        world.send(call).await;
    }
    texts(world).await;
}

/// Texts that leave, that SNS refuses or fails at, and that come by the other ways.
async fn texts(world: &World) {
    let send = |body: &str| call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": body}));
    let now = clock::now().as_second();
    world.send(send("a sesquipedalian padlock")).await;
    world
        .send(send("padlock").header("idempotency-key", "Zebulon"))
        .await;
    world
        .send(send("padlock?").header("idempotency-key", "Zebulon"))
        .await;
    world.send(send(&"padlock".repeat(300))).await;
    world
        .send(call("GET /v1/facilities/f1/tenants/t1/messages"))
        .await;
    world.sns.tell("PUT", "/failures/1").await;
    world.send(send("padlock")).await;
    // The stand-in's own refusal names the number.
    world.sns.tell("PUT", &format!("/opted-out/{ADA}")).await;
    world.send(send("padlock")).await;
    world
        .send(telnyx("TX1", ADA, OFFICE, "stop this padlock", now))
        .await;
    world.send(telnyx("TX2", ADA, OFFICE, "START", now)).await;
    world.send(telnyx("TX3", ADA, OFFICE, "STOP", now)).await;
    world.sns.tell("PUT", &format!("/opted-out/{ADA}")).await;
    world.send(telnyx("TX4", ADA, OFFICE, "START", now)).await;
    world.send(telnyx("TX5", ADA, OFFICE, "HELP", now - 400)).await;
    let message = |body: &str| json!({"originationNumber": ADA, "destinationNumber": OFFICE, "messageBody": body, "inboundMessageId": body});
    for (message, at) in [
        (message("HELP").to_string(), "2026-11-23T10:00:00Z"),
        (message("a padlock").to_string(), "2026-11-23T10:00:00Z"),
        ("Zebulon padlock".to_owned(), "2026-11-23T10:00:00Z"),
        (message("STOP").to_string(), "padlock"),
    ] {
        let records = json!({"Records": [{"Sns": {"Message": message, "Timestamp": at}}]});
        world.deliver(records).await;
    }
}

/// Texts by a provider without an SDK, and what it refuses.
async fn by_another_provider(world: &World, provider: &str) {
    let facility = json!({
        "name": "Main", "disclosure": "a padlock", "confirm_opt_in": true,
        "two_way_texting": {"enabled": true, "number": OFFICE, "provider": provider},
    });
    let tenant = json!({"name": "Zebulon Quixote", "cell_phone": ADA, "units": ["U-secret"], "created_on": "2020-01-01"});
    world.send(call("PUT /v1/facilities/f1").json(&facility)).await;
    world
        .send(call("PUT /v1/facilities/f1/tenants/t1").json(&tenant))
        .await;
    let click = async |consented: bool| {
        let box_of_ada = call("PUT /v1/facilities/f1/tenants/t1/consent");
        world
            .send(box_of_ada.json(&json!({"consented": consented})))
            .await;
    };
    for control in [
        "/failures/1",
        "/answers/400/21614",
        "/answers/401/10009",
        "/answers/500/20500",
    ] {
        world.sns.tell_provider(provider, "PUT", control).await;
        world.send_text("t1", "a padlock", None).await;
        click(false).await;
        world.sns.tell_provider(provider, "PUT", control).await;
        click(true).await;
    }
    let listed = format!("/opted-out/{ADA}");
    world.sns.tell_provider(provider, "PUT", &listed).await;
    world.send_text("t1", "a padlock", None).await;
    world.sns.tell_provider(provider, "PUT", "/failures/1").await;
    let help = telnyx("help", ADA, OFFICE, "HELP", clock::now().as_second());
    world.send(help).await;
    world.sns.tell_provider(provider, "DELETE", &listed).await;
}

/// Does something, and again while the database fails in different ways. Most of the time is spent on waits, hence at once.
async fn with_every_fault(world: &World, what: impl AsyncFn(&World)) {
    what(world).await;
    let faulty = [
        Faults::cut(),
        Faults::read_only(),
        Faults::answered("ThrottlingException"),
        Faults::answered("ValidationException"),
    ]
    .map(|faults| world.with_faults(&faults));
    join_all(faulty.iter().map(async |world| what(world).await)).await;
}

#[tokio::test]
async fn nothing_personal_reaches_the_log() {
    let log = Log::default();
    let _kept = log.keep();
    let world = World::embedded().await;
    let [by_twilio, by_telnyx] = [World::embedded().await, World::embedded().await];
    join!(
        with_every_fault(&world, everything),
        with_every_fault(&by_twilio, async |world| by_another_provider(world, "twilio")
            .await),
        with_every_fault(&by_telnyx, async |world| by_another_provider(world, "telnyx")
            .await),
    );
    world.sns.tell("PUT", "/failures/1").await;
    world.publish(world.stream()).await;
    // An altered record, read.
    let mut record = world.record_item(1).await;
    record.insert("text".to_owned(), attribute(&json!("padlock")));
    world.put_record(1, record).await;
    world
        .send(call("GET /v1/facilities/f1/tenants/t1/consent/history"))
        .await
        .is(200);
    let text = log.text();
    assert!(text.contains("text received"), "something is logged: {text}");
    assert!(text.contains("a text to a number that no facility has"));
    assert!(text.contains("request failed"));
    for line in [
        "a reply was not sent",
        "a grant is not confirmed",
        "the provider refused it: 400, error 21614",
        "did not take a number off its list",
        "a record was not carried out",
        "a record was not published",
        "a chain of records does not hold",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    // What is counted is written beside the log.
    let mut counted: Vec<_> = [&world, &by_twilio, &by_telnyx]
        .iter()
        .flat_map(|it| it.counts.take_documents())
        .collect();
    for document in &mut counted {
        // Its digits could be those of a number.
        document["timestamp"].take();
        document["_aws"]["Timestamp"].take();
    }
    for metric in ["OptOuts", "RefusedSends", "BadSignatures", "UnclassifiedTexts"] {
        let is_counted = counted.iter().any(|document| document[metric].is_u64());
        assert!(is_counted, "{metric}: {counted:#?}");
    }
    let counted: Vec<String> = counted.iter().map(ToString::to_string).collect();
    let text = text + &counted.join("\n");
    for personal in PERSONAL {
        let line = text.lines().find(|line| line.contains(personal));
        assert_eq!(line, None, "{personal}");
    }
}

#[tokio::test]
async fn nothing_of_the_secret_reaches_the_log() {
    const HISTORY: &str = "/v1/facilities/f1/tenants/t1/consent/history";
    let log = Log::default();
    let _kept = log.keep();
    let world = World::with_ada().await;
    world.facility_by("twilio", &json!({})).await;
    let use_it = async |world: &World| {
        for call in [
            twilio("SM1", ADA, OFFICE, "hello"),
            telnyx("T1", ADA, OFFICE, "hello", clock::now().as_second()),
            call(&format!("GET {HISTORY}")),
            call(&format!("GET {HISTORY}?cursor=AAAA")),
            call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": "hello"})),
        ] {
            let answer = world.send(call).await;
            assert!(!answer.text.contains("xylophone"), "{}", answer.text);
        }
    };
    let mut broken = secret(1);
    broken["cursor_key"] = json!("xylophone");
    let mut misplaced = secret(1);
    misplaced["twilio_auth_token"] = json!({"xylophone": "xylophone"});
    for version in [
        "xylophone",
        "\"xylophone\"",
        &broken.to_string(),
        &misplaced.to_string(),
    ] {
        world.secrets.put(version).await;
        use_it(&world.restarted()).await;
    }
    world.secrets.rotate(&secret(1)).await;
    use_it(&world).await;
    world.secrets.rotate(&secret(2)).await;
    let warm = world.restarted();
    warm.get(HISTORY).await.is(200);
    world.secrets.put("xylophone").await;
    use_it(&warm).await;
    world.secrets.fail(1_000).await;
    use_it(&world.restarted()).await;
    let text = log.text();
    for line in [
        "the secret is no JSON object",
        "the secret's member cursor_key is missing or not usable",
        "the secret's member twilio_auth_token is missing or not usable",
        "the secret could not be read: InternalServiceError",
        "the secret is used as it was read before",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let mut secrets = vec!["xylophone".to_owned(), TWILIO_AUTH_TOKEN.to_owned()];
    for version in [secret(1), secret(2)] {
        let members = version.as_object().unwrap().values();
        secrets.extend(members.map(|member| member.as_str().unwrap().to_owned()));
    }
    for secret in secrets {
        let line = text.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None);
    }
}

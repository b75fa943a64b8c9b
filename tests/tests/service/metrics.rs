//! What is counted, by each request: once, where the change was written.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use consent::facility::Provider;
use consent::gate::Closed;
use consent::record::Channel;
use consent::review::ReviewDecision;
use consent_http::clock;
use consent_metrics::Metric;
use serde_json::{Value, json};
use tests::{ADA, BEN, Counts, Faults, OFFICE, World, call, telnyx, twilio};

/// Checks what was counted since the last time, such as `OptOuts Channel=text`. The sum over a dimension, which
/// is counted beside it, is checked and not named.
#[track_caller]
fn counted(world: &World, expected: &[(&str, u64)]) {
    let mut counts = world.counts.take();
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for (name, count) in &counts {
        if let Some((metric, _)) = name.split_once(' ') {
            *sums.entry(metric.to_owned()).or_default() += count;
        }
    }
    for (metric, sum) in sums {
        assert_eq!(counts.remove(&metric), Some(sum), "{metric}");
    }
    let counts: Vec<(&str, u64)> = counts
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .collect();
    assert_eq!(counts, expected);
}

async fn send(world: &World, tenant: &str) -> u16 {
    let call = call(&format!("POST /v1/facilities/f1/tenants/{tenant}/messages"));
    let text = json!({"body": "The gate code is new."});
    world.send(call.json(&text)).await.status.as_u16()
}

/// A text from Ada, as AWS delivers it.
fn delivery(message_id: &str, body: &str) -> Value {
    let message = json!({
        "originationNumber": ADA, "destinationNumber": OFFICE, "messageBody": body,
        "inboundMessageId": message_id,
    });
    json!({"Records": [{"Sns": {"Message": message.to_string(), "Timestamp": clock::now()}}]})
}

/// As many grandfathered tenants with Ada's number.
async fn with_tenants(count: usize) -> World {
    let world = World::embedded().await;
    world.facility("on").await;
    for number in 0..count {
        world
            .register(
                &format!("t{number}"),
                &json!({"cell_phone": ADA, "created_on": "2020-01-01"}),
            )
            .await;
    }
    world.counts.take();
    world
}

#[tokio::test]
async fn a_check_box_counts_when_it_changes_something() {
    let world = World::with_ada().await;
    counted(&world, &[("OptIns Channel=registration", 1)]);
    for (screen, click, counts) in [
        ("profile", "check", [].as_slice()),
        ("profile", "uncheck", &[("OptOuts Channel=profile", 1)]),
        ("profile", "uncheck", &[]),
        ("profile", "check", &[("OptIns Channel=profile", 1)]),
        ("portal", "uncheck", &[("OptOuts Channel=portal", 1)]),
        ("portal", "uncheck", &[]),
        // Refused: it is hers to lift.
        ("profile", "check", &[]),
        ("portal", "check", &[("OptIns Channel=portal", 1)]),
    ] {
        match screen {
            "profile" => world.profile("t1", click).await,
            _ => world.portal("t1", click).await,
        };
        counted(&world, counts);
    }
    // A grant that ends is no opt-out.
    world.move_out("t1").await.is(204);
    counted(&world, &[]);
}

#[tokio::test]
async fn a_keyword_counts_each_tenant_once_however_often_it_is_delivered() {
    let world = with_tenants(3).await;
    world.tenant("other", BEN).await;
    for (message_id, body, counts) in [
        ("SM1", "STOP", [("OptOuts Channel=text", 3)].as_slice()),
        ("SM1", "STOP", &[]),
        // Another one finds nobody left to opt out.
        ("SM2", "STOP", &[]),
        ("SM3", "START", &[("OptIns Channel=text", 3)]),
        ("SM3", "START", &[]),
        ("SM4", "HELP", &[]),
    ] {
        world.text(message_id, ADA, body).await;
        counted(&world, counts);
    }
    // START lifts what was opted out by text, and the opt-out on the portal stands.
    world.text("SM5", ADA, "STOP").await;
    world.portal("t0", "uncheck").await;
    world.facility("off").await;
    world.portal("t1", "check").await;
    world.portal("t1", "uncheck").await;
    world.facility("on").await;
    world.text("SM6", ADA, "STOP").await;
    world.counts.take();
    world.text("SM7", ADA, "START").await;
    counted(&world, &[("OptIns Channel=text", 2)]);
}

#[tokio::test]
async fn a_keyword_that_is_interrupted_counts_whom_it_has_reached() {
    const TENANTS: u64 = 40;
    let world = with_tenants(TENANTS.try_into().unwrap()).await;
    let stop = || twilio("SM1", ADA, OFFICE, "STOP");
    let unwritten = world.with_faults(&Faults::read_only());
    unwritten.send(stop()).await.is_problem(503, "unavailable");
    counted(&world, &[]);

    let interrupted = world.with_faults(&Faults::cut_after(1));
    interrupted.send(stop()).await.is_problem(503, "unavailable");
    let reached = world.counts.take()["OptOuts"];
    assert!((1..TENANTS).contains(&reached), "{reached}");
    world.send(stop()).await.is(200);
    counted(&world, &[("OptOuts Channel=text", TENANTS - reached)]);
}

#[tokio::test]
async fn a_registration_counts_the_consent_that_comes_with_it() {
    let world = World::new().await;
    world.facility("on").await;
    let grandfathered = json!({"cell_phone": ADA, "created_on": "2020-01-01"});
    for counts in [[("OptIns Channel=registration", 1)].as_slice(), &[]] {
        world.register("t1", &grandfathered).await;
        counted(&world, counts);
    }
    world.tenant("t2", "+15125550144").await;
    counted(&world, &[]);
    // Known to have replied STOP: everybody with the number, and the tenant.
    let replied_stop = json!({"cell_phone": ADA, "created_on": "2020-01-01", "replied_stop": true});
    for counts in [[("OptOuts Channel=registration", 2)].as_slice(), &[]] {
        world.register("t3", &replied_stop).await;
        counted(&world, counts);
    }

    let file = "tenant_id,name,cell_phone,created_on,replied_stop\n\
        i1,Ben Ito,+15125550145,2020-01-01,\n\
        i2,Cy Roe,+15125550146,2020-01-01,\n\
        i3,Di Poe,+15125550147,2024-05-01,\n\
        i4,Ed Lee,+15125550148,2020-01-01,true\n";
    world.dry_run(file).await.is(200);
    counted(&world, &[]);
    let counts: &[_] = &[("OptIns Channel=import", 2), ("OptOuts Channel=import", 1)];
    for counts in [counts, &[]] {
        world.import(file).await.is(200);
        counted(&world, counts);
    }
}

#[tokio::test]
async fn texts_that_do_not_leave_count_by_the_reason() {
    let world = World::with_ada().await;
    world.tenant("asked", BEN).await;
    world.tenant("phoneless", Value::Null).await;
    world.counts.take();
    assert_eq!(send(&world, "t1").await, 202);
    counted(&world, &[]);
    assert_eq!(send(&world, "asked").await, 409);
    assert_eq!(send(&world, "asked").await, 409);
    assert_eq!(send(&world, "phoneless").await, 409);
    counted(
        &world,
        &[
            ("RefusedSends Reason=consent_required", 2),
            ("RefusedSends Reason=no_cell_phone", 1),
        ],
    );
    // The provider's own list, as it says itself and as we know it then.
    world.sns.tell("PUT", &format!("/opted-out/{ADA}")).await;
    for _ in 0..2 {
        assert_eq!(send(&world, "t1").await, 409);
        counted(&world, &[("RefusedSends Reason=provider_blocked", 1)]);
    }
    // Taken off it elsewhere: the text leaves, and was not refused.
    world.sns.tell("DELETE", &format!("/opted-out/{ADA}")).await;
    assert_eq!(send(&world, "t1").await, 202);
    counted(&world, &[]);
    world.sns.tell("PUT", "/failures/1").await;
    assert_eq!(send(&world, "t1").await, 503);
    counted(&world, &[("SendFailures", 1)]);
    // Decided too long ago to leave: SNS was not asked.
    let slow = world.with_faults(&Faults::late(Duration::from_millis(1_100)));
    let sent = world.sns.outbox().await;
    assert_eq!(send(&slow, "t1").await, 503);
    assert_eq!(world.sns.outbox().await, sent);
    counted(&world, &[]);
    // No text was to be sent.
    assert_eq!(send(&world, "nobody").await, 404);
    let choice = call("PUT /v1/facilities/f1/tenants/asked/notification-preferences");
    let choice = choice.json(&json!({"channels": {"text": true}}));
    world.send(choice).await.is_problem(409, "consent_required");
    counted(&world, &[]);
}

#[tokio::test]
async fn a_text_of_no_particular_meaning_counts_once() {
    let world = World::with_ada().await;
    world.counts.take();
    for counts in [[("UnclassifiedTexts Provider=twilio", 1)].as_slice(), &[]] {
        world.text("SM1", ADA, "see you at five").await;
        counted(&world, counts);
    }
    let now = clock::now().as_second();
    for counts in [[("UnclassifiedTexts Provider=telnyx", 1)].as_slice(), &[]] {
        world
            .send(telnyx("T1", ADA, OFFICE, "see you", now))
            .await
            .is(200);
        counted(&world, counts);
    }
    for counts in [[("UnclassifiedTexts Provider=aws", 1)].as_slice(), &[]] {
        assert!(world.deliver(delivery("a1", "see you")).await);
        counted(&world, counts);
    }
    // Nobody's number: it was not received.
    world.send(twilio("SM2", ADA, BEN, "see you")).await.is(200);
    counted(&world, &[("UnknownNumbers Provider=twilio", 1)]);
}

#[tokio::test]
async fn requests_that_are_no_texts_count_by_provider() {
    let world = World::with_ada().await;
    world.counts.take();
    let altered = twilio("SM1", ADA, OFFICE, "STOP").header("x-twilio-signature", "bm8=");
    world.send(altered).await.is_problem(403, "bad_signature");
    let unsigned = twilio("SM1", ADA, OFFICE, "STOP").without("x-twilio-signature");
    world.send(unsigned).await.is_problem(403, "bad_signature");
    let old = clock::now().as_second() - 400;
    let old = telnyx("T1", ADA, OFFICE, "STOP", old);
    world.send(old).await.is_problem(403, "bad_signature");
    counted(
        &world,
        &[
            ("BadSignatures Provider=telnyx", 1),
            ("BadSignatures Provider=twilio", 2),
        ],
    );
    let unreadable = twilio("", ADA, OFFICE, "STOP");
    world.send(unreadable).await.is_problem(400, "invalid_request");
    counted(&world, &[("UnreadableTexts Provider=twilio", 1)]);
    // No provider's, and nothing that is sent to a webhook.
    world.send(call("POST /v1/sms/other").nobody()).await.is(404);
    world.send(call("GET /v1/sms/twilio").nobody()).await.is(405);
    counted(&world, &[]);
}

#[tokio::test]
async fn what_sns_does_not_take_counts() {
    let world = World::embedded().await.and_ada().await;
    world.counts.take();
    world.sns.tell("PUT", "/failures/1").await;
    let now = clock::now().as_second();
    world.send(telnyx("T1", ADA, OFFICE, "HELP", now)).await.is(200);
    counted(&world, &[("ReplyFailures", 1)]);
    world.sns.tell("PUT", "/failures/1").await;
    assert!(world.deliver(delivery("a1", "HELP")).await);
    counted(&world, &[("ReplyFailures", 1)]);

    // On SNS's own list: as after each STOP where AWS manages opt-outs.
    let sent = world.sns.outbox().await;
    world.sns.tell("PUT", &format!("/opted-out/{ADA}")).await;
    assert!(world.deliver(delivery("a2", "HELP")).await);
    assert_eq!(world.sns.outbox().await, sent);
    counted(&world, &[]);

    let stream = world.stream();
    world.sns.tell("PUT", "/failures/1").await;
    assert_eq!(world.publish(stream.clone()).await.len(), 1);
    counted(&world, &[("PublishFailures", 1)]);
    assert!(world.publish(stream).await.is_empty());
    counted(&world, &[]);
}

#[tokio::test]
async fn a_line_is_a_document_of_the_embedded_metric_format() {
    let world = World::with_ada().await;
    let text = world.counts.take_text();
    let mut document: Value = serde_json::from_str(text.strip_suffix('\n').unwrap()).unwrap();
    assert!(!text.trim_end().contains('\n'), "{text}");
    let record = world.last_record("t1").await;
    assert_eq!(document["timestamp"].take(), record["at"]);
    let at: jiff::Timestamp = record["at"].as_str().unwrap().parse().unwrap();
    assert_eq!(document["_aws"]["Timestamp"].take(), at.as_millisecond());
    insta::assert_json_snapshot!(document, @r#"
    {
      "Channel": "registration",
      "OptIns": 1,
      "_aws": {
        "CloudWatchMetrics": [
          {
            "Dimensions": [
              [],
              [
                "Channel"
              ]
            ],
            "Metrics": [
              {
                "Name": "OptIns",
                "Unit": "Count"
              }
            ],
            "Namespace": "tests"
          }
        ],
        "Timestamp": null
      },
      "level": "INFO",
      "timestamp": null
    }
    "#);
}

/// The names, and names with dimensions, of the metrics that the template watches or shows.
fn deployed() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/template.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let alarms = lines
        .windows(2)
        .filter(|pair| pair[0] == "Namespace: !Ref AWS::StackName")
        .map(|pair| pair[1].strip_prefix("MetricName: ").unwrap().to_owned());
    let shown = lines
        .iter()
        .filter_map(|line| line.strip_prefix("[\"${AWS::StackName}\", \""));
    let shown = shown.map(|line| {
        let parts: Vec<&str> = line.split('"').step_by(2).take(3).collect();
        match parts.as_slice() {
            [metric, dimension, value] if !dimension.is_empty() => format!("{metric} {dimension}={value}"),
            [metric, ..] => (*metric).to_owned(),
            [] => panic!("{line}"),
        }
    });
    alarms.chain(shown).collect()
}

#[test]
fn the_template_watches_and_shows_what_is_counted() {
    let providers = Provider::ALL;
    let webhooks = [Provider::Twilio, Provider::Telnyx];
    let channels = [
        Channel::Profile,
        Channel::Portal,
        Channel::Text,
        Channel::Registration,
        Channel::Import,
    ];
    let closed = [
        Closed::NoCellPhone,
        Closed::ConsentRequired,
        Closed::OnHold,
        Closed::ProviderBlocked,
    ];
    let counts = Counts::default();
    let every = channels
        .map(Metric::OptOuts)
        .into_iter()
        .chain(channels.map(Metric::OptIns))
        .chain([Metric::OptOuts(Channel::Review), Metric::Holds])
        .chain(ReviewDecision::ALL.map(Metric::ReviewDecisions))
        .chain(closed.map(Metric::RefusedSends))
        .chain(providers.map(Metric::UnclassifiedTexts))
        .chain(webhooks.map(Metric::BadSignatures))
        .chain(providers.map(Metric::UnreadableTexts))
        .chain(providers.map(Metric::UnknownNumbers))
        .chain([
            Metric::DelayedTexts,
            Metric::SendFailures,
            Metric::ReplyFailures,
            Metric::PublishFailures,
            Metric::BrokenChains,
        ]);
    for metric in every {
        counts.metrics().count_one(metric, clock::now());
    }
    let every: BTreeSet<String> = counts.take().into_keys().collect();
    let deployed = deployed();
    assert!(deployed.is_subset(&every), "{:?}", deployed.difference(&every));
    // Where there is a dimension, each value is shown.
    let metrics_shown = |name: &&String| {
        let sum = every.iter().any(|other| other.starts_with(&format!("{name} ")));
        !sum && !deployed.contains(*name)
    };
    assert_eq!(every.iter().find(metrics_shown), None);
    for alarm in [
        "BadSignatures",
        "UnreadableTexts",
        "UnknownNumbers",
        "DelayedTexts",
        "SendFailures",
        "ReplyFailures",
        "PublishFailures",
        "BrokenChains",
    ] {
        assert!(deployed.contains(alarm), "{alarm}");
    }
}

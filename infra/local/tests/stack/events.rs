//! Records become events, whatever is killed on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{Stack, signal};

/// Longer than Lambda would need; a busy machine must not fail a test.
const PATIENCE: Duration = Duration::from_secs(30);

impl Stack {
    async fn ask(&self, method: Method, url: &str, body: Value) -> Result<Value> {
        let document = self.document()?;
        let token = document["tokens"]["service"].as_str().context("a token")?;
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .body(Full::from(body.to_string().into_bytes()))?;
        let response = self.client.request(request).await?;
        ensure!(response.status().is_success(), "{url}: {}", response.status());
        let body = response.into_body().collect().await?.to_bytes();
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn put(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::PUT, &format!("{}{path}", self.api), body).await
    }

    /// Uses one of the controls of the stand-in for SNS.
    async fn tell_sns(&self, control: &str) -> Result<()> {
        let events = self.document()?["events"]
            .as_str()
            .context("an address")?
            .to_owned();
        let url = events.replace("/events", control);
        self.ask(Method::PUT, &url, Value::Null).await.map(|_| ())
    }

    async fn events(&self) -> Result<Vec<Value>> {
        let url = self.document()?["events"]
            .as_str()
            .context("an address")?
            .to_owned();
        match self.ask(Method::GET, &url, Value::Null).await? {
            Value::Array(events) => Ok(events),
            other => anyhow::bail!("no list: {other}"),
        }
    }

    /// The events once there are so many, and how long that took.
    async fn events_once(&self, count: usize) -> Result<(Vec<Value>, Duration)> {
        let began = Instant::now();
        loop {
            let events = self.events().await?;
            if events.len() >= count {
                return Ok((events, began.elapsed()));
            }
            ensure!(began.elapsed() < PATIENCE, "{} events of {count}", events.len());
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn facility(&self) -> Result<()> {
        let facility =
            json!({"name": "Main Street Storage", "two_way_texting": {"enabled": false, "number": null}});
        self.put("/v1/facilities/f1", facility).await.map(|_| ())
    }

    /// Registers tenants, each of whom gets a record by it.
    async fn tenants(&self, numbers: std::ops::Range<usize>) -> Result<()> {
        for number in numbers {
            let tenant = json!({
                "name": "Ada Moreno", "cell_phone": format!("+1512555{:04}", 100 + number), "created_on": "2020-01-01",
            });
            self.put(&format!("/v1/facilities/f1/tenants/t{number}"), tenant)
                .await?;
        }
        Ok(())
    }

    async fn check(&self, tenant: usize, consented: bool) -> Result<()> {
        let path = format!("/v1/facilities/f1/tenants/t{tenant}/consent");
        self.put(&path, json!({"consented": consented})).await.map(|_| ())
    }

    fn signal_outbox(&self, name: &str) -> Result<()> {
        let processes = self.processes_of("outbox");
        ensure!(!processes.is_empty(), "no process of the outbox");
        processes
            .into_iter()
            .try_for_each(|process| signal(name, process))
    }
}

/// The sequences of each tenant's events, in the order in which they came; fails if an id came twice.
fn by_tenant(events: &[Value]) -> Result<BTreeMap<String, Vec<u64>>> {
    let mut ids = BTreeSet::new();
    let mut tenants: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for event in events {
        ensure!(ids.insert(event["id"].to_string()), "twice: {}", event["id"]);
        let tenant = event["subject"].as_str().context("a subject")?.to_owned();
        let sequence = event["data"]["sequence"].as_u64().context("a sequence")?;
        tenants.entry(tenant).or_default().push(sequence);
    }
    Ok(tenants)
}

#[tokio::test]
async fn every_change_becomes_an_event_in_order_per_tenant() -> Result<()> {
    let stack = Stack::start()?;
    stack.facility().await?;
    stack.tenants(0..3).await?;
    for consented in [false, true, false] {
        for tenant in 0..3 {
            stack.check(tenant, consented).await?;
        }
    }
    let (events, _) = stack.events_once(12).await?;
    let expected = (0..3)
        .map(|tenant| (format!("t{tenant}"), vec![1, 2, 3, 4]))
        .collect();
    assert_eq!(by_tenant(&events)?, expected);

    stack.check(1, true).await?;
    let (events, took) = stack.events_once(13).await?;
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(events[12]["id"], "f1/t1/5");
    assert_eq!(events[12]["type"], "consent.granted");
    Ok(())
}

#[tokio::test]
async fn the_outbox_killed_in_the_middle_of_a_batch_loses_nothing() -> Result<()> {
    const TENANTS: usize = 60;
    let stack = Stack::start()?;
    stack.facility().await?;
    // What happens while the outbox stands still comes to it as one batch, and slowly from then on.
    stack.signal_outbox("STOP")?;
    stack.tenants(0..TENANTS).await?;
    stack.tell_sns("/delay/200").await?;
    stack.signal_outbox("CONT")?;
    let (before, _) = stack.events_once(10).await?;
    stack.signal_outbox("KILL")?;
    assert!(before.len() < TENANTS, "in the middle");
    stack.tell_sns("/delay/0").await?;

    stack.tenants(TENANTS..TENANTS + 2).await?;
    stack.check(0, false).await?;
    let (events, _) = stack.events_once(TENANTS + 3).await?;
    let tenants = by_tenant(&events)?;
    assert_eq!(tenants.len(), TENANTS + 2);
    assert_eq!(tenants["t0"], [1, 2]);
    Ok(())
}

#[tokio::test]
async fn what_sns_does_not_take_is_published_later_and_in_order() -> Result<()> {
    let stack = Stack::start()?;
    stack.facility().await?;
    stack.tell_sns("/failures/1000").await?;
    stack.tenants(0..2).await?;
    stack.check(0, false).await?;
    sleep(Duration::from_secs(1)).await;
    assert!(stack.events().await?.is_empty());
    stack.tell_sns("/failures/0").await?;
    let (events, _) = stack.events_once(3).await?;
    assert_eq!(by_tenant(&events)?["t0"], [1, 2]);
    Ok(())
}

#[tokio::test]
async fn a_stack_that_is_started_again_goes_on_where_it_was() -> Result<()> {
    let data = tempfile::tempdir()?;
    let arguments = ["--data", data.path().to_str().context("a path")?];
    let mut first = Stack::start_with(&arguments)?;
    first.facility().await?;
    first.tenants(0..3).await?;
    first.events_once(3).await?;
    first.tell_sns("/failures/1000").await?;
    first.tenants(3..6).await?;
    // It has no time to tidy anything away.
    signal("KILL", first.child.id())?;
    first.wait()?;

    let second = Stack::start_with(&arguments)?;
    let (events, _) = second.events_once(3).await?;
    let published: Vec<String> = by_tenant(&events)?.into_keys().collect();
    // The last that the first stack published may come again: its position may not have been kept by then.
    for tenant in ["t3", "t4", "t5"] {
        assert!(published.contains(&tenant.to_owned()), "{published:?}");
    }
    assert!(!published.contains(&"t0".to_owned()), "{published:?}");
    Ok(())
}

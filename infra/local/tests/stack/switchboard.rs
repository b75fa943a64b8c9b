//! The page at `/`, and what it asks for.

use anyhow::Result;
use serde_json::{Value, json};

use super::*;

impl Stack {
    async fn json(&self, path: &str, token: &str) -> Result<Value> {
        let request = Request::get(format!("{}{path}", self.api))
            .header("authorization", format!("Bearer {token}"))
            .body(Full::default())?;
        let body = self.client.request(request).await?.into_body();
        Ok(serde_json::from_slice(&body.collect().await?.to_bytes())?)
    }
}

#[tokio::test]
async fn a_text_from_the_switchboard_changes_the_tenant_whose_token_it_has() -> Result<()> {
    let stack = Stack::start_full(|command| command)?;
    assert_eq!(stack.document()?["screens"], format!("{}/", stack.api));
    let page = stack.get("/").await?;
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let tokens = stack
        .json("/switchboard/tokens?facility=demo&tenant=t-ada", "")
        .await?;
    let portal = tokens["portal"].as_str().context("a token")?;
    let before = stack.json("/switchboard/changes?after=999999", "").await?["count"].clone();

    let text = json!({"from": "+15125550142", "to": "+15125550100", "body": "STOP"}).to_string();
    let answer = stack.send("POST", "/switchboard/texts", text.into()).await?;
    let answer: Value = serde_json::from_slice(answer.body())?;
    assert_eq!(answer["status"], 200);
    assert!(answer["answer"].is_string(), "the confirmation: {answer}");
    let consent = stack.json("/v1/portal/consent", portal).await?;
    assert_eq!(consent["status"], "opted_out");
    let after = stack
        .json(&format!("/switchboard/changes?after={before}"), "")
        .await?;
    assert_ne!(after["count"], before);
    Ok(())
}

#[tokio::test]
async fn the_switchboard_is_for_this_machine_by_its_own_name() -> Result<()> {
    let stack = Stack::start()?;
    for (host, expected) in [
        ("rebound.example", StatusCode::FORBIDDEN),
        ("127.0.0.1.example", StatusCode::FORBIDDEN),
        ("localhost:9000", StatusCode::OK),
    ] {
        let request = Request::get(format!("{}/switchboard/tokens?facility=demo", stack.api));
        let request = request.header("host", host).body(Full::default())?;
        assert_eq!(stack.client.request(request).await?.status(), expected, "{host}");
    }
    Ok(())
}

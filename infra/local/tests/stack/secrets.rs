//! A rotated secret takes effect while everything runs.

use anyhow::{Context as _, Result, ensure};
use axum::http::{Request, StatusCode};
use http_body_util::Full;
use serde_json::json;

use crate::Stack;

impl Stack {
    /// Puts a new version of the secret, as the AWS CLI does.
    async fn rotate(&self, auth_token: &str) -> Result<()> {
        let outbox = self.document()?["outbox"]
            .as_str()
            .context("an address")?
            .to_owned();
        let put = json!({
            "SecretId": dev::secrets::SECRET_ARN,
            "SecretString": json!({"twilio_auth_token": auth_token}).to_string(),
        });
        let request = Request::builder()
            .method("POST")
            .uri(outbox.replace("/outbox", "/secrets"))
            .header("x-amz-target", "secretsmanager.PutSecretValue")
            .body(Full::from(put.to_string().into_bytes()))?;
        let status = self.client.request(request).await?.status();
        ensure!(status.is_success(), "{status}");
        Ok(())
    }
}

#[tokio::test]
async fn a_rotation_takes_effect_without_a_restart() -> Result<()> {
    let stack = Stack::start()?;
    let first = stack.auth_token()?;
    // Each process of the function has read the secret.
    for _ in 0..5 {
        assert_eq!(stack.text(&first, "hello").await?, StatusCode::OK);
    }
    stack.rotate("rotated").await?;
    for _ in 0..5 {
        assert_eq!(stack.text("rotated", "hello").await?, StatusCode::OK);
        assert_eq!(stack.text(&first, "hello").await?, StatusCode::OK);
        assert_eq!(
            stack.text("somebody else's", "hello").await?,
            StatusCode::FORBIDDEN
        );
    }
    Ok(())
}

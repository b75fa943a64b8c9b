//! A rotated secret takes effect while everything runs.

use anyhow::{Context as _, Result, ensure};
use axum::http::{Request, StatusCode};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http_body_util::Full;
use ring::hmac;
use serde_json::json;

use crate::Stack;

impl Stack {
    /// A text to a number that no facility has, as Twilio delivers it for an account with this auth token.
    async fn text(&self, auth_token: &str) -> Result<StatusCode> {
        let url = format!("{}/v1/sms/twilio", self.api);
        let form = [
            ("Body", "hello"),
            ("From", "+15125550142"),
            ("MessageSid", "SM1"),
            ("To", "+15125550109"),
        ];
        let signed = form.iter().flat_map(|(name, value)| [*name, *value]);
        let signed = std::iter::once(url.as_str()).chain(signed).collect::<String>();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
        let request = Request::builder()
            .method("POST")
            .uri(&url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header(
                "x-twilio-signature",
                STANDARD.encode(hmac::sign(&key, signed.as_bytes())),
            )
            .body(Full::from(serde_urlencoded::to_string(form)?.into_bytes()))?;
        Ok(self.client.request(request).await?.status())
    }

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
            .uri(outbox.replace("/sns/outbox", "/secrets"))
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
    let first = stack.document()?["twilio"]["auth_token"]
        .as_str()
        .context("a token")?
        .to_owned();
    // Each process of the function has read the secret.
    for _ in 0..5 {
        assert_eq!(stack.text(&first).await?, StatusCode::OK);
    }
    stack.rotate("rotated").await?;
    for _ in 0..5 {
        assert_eq!(stack.text("rotated").await?, StatusCode::OK);
        assert_eq!(stack.text(&first).await?, StatusCode::OK);
        assert_eq!(stack.text("somebody else's").await?, StatusCode::FORBIDDEN);
    }
    Ok(())
}

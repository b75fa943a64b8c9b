//! A stand-in for AWS KMS: it speaks as much of its protocol (AWS JSON 1.1) as signing evidence uses, with keys of the
//! curve P-256 that it holds in memory.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};

/// The id of the key that signs.
pub const KEY_ID: &str = "00000000-0000-4000-8000-00000000e1d0";
/// The id of a key that signed before it: it is there to be read.
pub const EARLIER_KEY_ID: &str = "00000000-0000-4000-8000-00000000e1d1";
/// What comes before the point in a `SubjectPublicKeyInfo` of P-256 (RFC 5480).
const BEFORE_POINT: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A key that signs evidence.
#[derive(Clone)]
pub struct EvidenceKey(SigningKey);

impl EvidenceKey {
    /// Draws a key.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn generate() -> Result<Self> {
        Self::read(&Self::draw()?)
    }

    /// Draws the secret of a key, in base64.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn draw() -> Result<String> {
        let mut bytes = [0; 32];
        let drawn = SystemRandom::new().fill(&mut bytes);
        drawn.map_err(|_| anyhow!("the system has no random numbers"))?;
        Ok(STANDARD.encode(bytes))
    }

    /// The key with this secret.
    ///
    /// # Errors
    /// It is none.
    pub fn read(secret: &str) -> Result<Self> {
        let bytes = STANDARD
            .decode(secret)
            .context("the evidence key is not base64")?;
        let key = SigningKey::from_slice(&bytes).map_err(|_| anyhow!("the evidence key is not a key"))?;
        Ok(Self(key))
    }

    fn public(&self) -> Vec<u8> {
        let point = self.0.verifying_key().to_sec1_point(false);
        [&BEFORE_POINT[..], point.as_bytes()].concat()
    }

    /// The signature of a digest, in DER. `None`: the digest is none.
    fn sign(&self, digest: &[u8]) -> Option<Vec<u8>> {
        let signature: p256::ecdsa::Signature = self.0.sign_prehash(digest).ok()?;
        Some(signature.to_der().as_bytes().to_vec())
    }
}

/// The keys by their ids.
struct Keys {
    current: EvidenceKey,
    earlier: EvidenceKey,
}

/// An error as KMS names it.
struct Refusal(&'static str);

/// The stand-in's endpoint.
///
/// # Errors
/// The system has no random numbers.
pub fn router(key: EvidenceKey) -> Result<Router> {
    let keys = Keys {
        current: key,
        earlier: EvidenceKey::generate()?,
    };
    Ok(Router::new()
        .route("/kms", post(call))
        .route("/kms/", post(call))
        .with_state(Arc::new(keys)))
}

async fn call(State(keys): State<Arc<Keys>>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    let (status, answer) = match answer(&keys, target, &request) {
        Ok(answer) => (StatusCode::OK, answer),
        Err(Refusal(name)) => {
            let message = "The stand-in for KMS does not do this.";
            (
                StatusCode::BAD_REQUEST,
                json!({"__type": name, "message": message}),
            )
        }
    };
    (
        status,
        [(CONTENT_TYPE, "application/x-amz-json-1.1")],
        Json(answer),
    )
        .into_response()
}

fn answer(keys: &Keys, target: Option<&str>, request: &Value) -> Result<Value, Refusal> {
    let id = request["KeyId"].as_str();
    let key = match id {
        Some(KEY_ID) => &keys.current,
        Some(EARLIER_KEY_ID) => &keys.earlier,
        _ => return Err(Refusal("NotFoundException")),
    };
    match target {
        Some("TrentService.GetPublicKey") => Ok(json!({
            "KeyId": id, "PublicKey": STANDARD.encode(key.public()), "KeySpec": "ECC_NIST_P256",
            "KeyUsage": "SIGN_VERIFY", "SigningAlgorithms": ["ECDSA_SHA_256"],
        })),
        Some("TrentService.Sign") if id == Some(KEY_ID) => {
            let asked = (
                request["MessageType"].as_str(),
                request["SigningAlgorithm"].as_str(),
            );
            if asked != (Some("DIGEST"), Some("ECDSA_SHA_256")) {
                return Err(Refusal("ValidationException"));
            }
            let message = request["Message"].as_str().unwrap_or_default();
            let digest = STANDARD.decode(message).ok().filter(|digest| digest.len() == 32);
            let signature = digest.and_then(|digest| key.sign(&digest));
            let signature = signature.ok_or(Refusal("ValidationException"))?;
            Ok(json!({
                "KeyId": id, "Signature": STANDARD.encode(signature), "SigningAlgorithm": "ECDSA_SHA_256",
            }))
        }
        // Its policy allows nobody to sign any more.
        Some("TrentService.Sign") => Err(Refusal("AccessDeniedException")),
        _ => Err(Refusal("UnsupportedOperationException")),
    }
}

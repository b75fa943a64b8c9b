//! Tokens that no authorizer has verified: checked here against the issuer's published keys.

use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use lambda_http::http::Uri;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::Problem;

/// The issuer's keys are asked for anew at most so often, when a token names one that is not known.
const FETCH_AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(30);
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
const FETCH_BYTES: usize = 256 * 1024;

/// Verifies tokens of one issuer for one audience.
pub(crate) struct Verifier {
    pub(crate) url: Uri,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) keys: Mutex<Option<Fetched>>,
}

pub(crate) struct Fetched {
    at: Timestamp,
    keys: Vec<Jwk>,
}

/// A set of keys (RFC 7517, 5). Each is read for itself: one of a kind that is not known here is no key,
/// and takes nothing from the others.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// A token's claims, with those about time, in seconds.
#[derive(Deserialize)]
struct Timed<C> {
    exp: f64,
    nbf: Option<f64>,
    #[serde(flatten)]
    claims: C,
}

impl<C> Timed<C> {
    /// A token is over at the second that `exp` names, not after it.
    fn is_valid_at(&self, now: Timestamp) -> bool {
        let now = now.as_duration().as_secs_f64();
        now < self.exp && self.nbf.is_none_or(|not_before| not_before <= now)
    }
}

impl Verifier {
    /// The claims of a token, once its signature, issuer, audience and time hold.
    ///
    /// # Errors
    /// 401, and 503 when the issuer's keys cannot be had.
    pub(crate) async fn verify<C: DeserializeOwned>(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<C, Problem> {
        let header = decode_header(token).map_err(|_| Problem::unauthenticated())?;
        if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
            return Err(Problem::unauthenticated());
        }
        let keys = self.keys(header.kid.as_deref(), now).await?;
        let mut validation = Validation::new(header.alg);
        // The time of now is a parameter: see `Timed`.
        validation.validate_exp = false;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        keys.iter()
            .filter_map(|key| DecodingKey::from_jwk(key).ok())
            .find_map(|key| decode::<Timed<C>>(token, &key, &validation).ok())
            .filter(|token| token.claims.is_valid_at(now))
            .map(|token| token.claims.claims)
            .ok_or_else(Problem::unauthenticated)
    }

    /// The keys that may have signed: the one of this id, or all where the token names none.
    async fn keys(&self, id: Option<&str>, now: Timestamp) -> Result<Vec<Jwk>, Problem> {
        let mut fetched = self.keys.lock().await;
        let known = |keys: &[Jwk]| -> Vec<Jwk> {
            let may_have_signed = |key: &&Jwk| id.is_none_or(|id| key.common.key_id.as_deref() == Some(id));
            keys.iter().filter(may_have_signed).cloned().collect()
        };
        if let Some(Fetched { at, keys }) = fetched.as_ref() {
            let found = known(keys);
            if !found.is_empty() || now.duration_since(*at) < FETCH_AT_MOST_EVERY {
                return Ok(found);
            }
        }
        let keys = self.fetch().await.map_err(Problem::unavailable)?;
        let found = known(&keys);
        *fetched = Some(Fetched { at: now, keys });
        Ok(found)
    }

    async fn fetch(&self) -> Result<Vec<Jwk>, Box<dyn std::error::Error + Send + Sync>> {
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build::<_, Empty<&[u8]>>(connector);
        let fetch = async {
            let response = client.get(self.url.clone()).await?;
            if !response.status().is_success() {
                return Err(format!("the issuer answered {}", response.status()).into());
            }
            let body = Limited::new(response.into_body(), FETCH_BYTES)
                .collect()
                .await?
                .to_bytes();
            let set: KeySet = serde_json::from_slice(&body)?;
            let keys = set
                .keys
                .into_iter()
                .filter_map(|key| serde_json::from_value::<Jwk>(key).ok())
                .filter(|key| key.common.public_key_use != Some(PublicKeyUse::Encryption))
                .collect();
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(keys)
        };
        tokio::time::timeout(FETCH_TIMEOUT, fetch).await?
    }
}

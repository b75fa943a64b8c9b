//! Tokens that no authorizer has verified: checked here against the issuer's published keys.

use std::time::Duration;

use consent_store::{HttpsClient, Patience};
use http_body_util::{BodyExt as _, Limited};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use lambda_http::http::{Request, Uri};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::Problem;

/// Keys that were read longer ago are read again: the issuer may have withdrawn one.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// While the issuer cannot be reached, its keys count for this long after they were read, and then no longer. Who has a
/// token works on through an outage for as long as tokens usually live; a key that was withdrawn does not come back
/// because somebody keeps the issuer away.
const GOOD_WITHOUT_ISSUER_FOR: SignedDuration = SignedDuration::from_hours(1);
/// The issuer's keys are asked for anew at most so often: when a token names one that is not known, and while the
/// issuer does not answer.
const FETCH_AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(30);
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
const PATIENCE: Patience = Patience {
    connect: FETCH_TIMEOUT,
    idle: FETCH_TIMEOUT,
};
const FETCH_BYTES: usize = 256 * 1024;

/// Verifies tokens of one issuer for one audience.
pub(crate) struct Verifier {
    pub(crate) url: Uri,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) keys: Mutex<Keys>,
}

/// The issuer's keys, as far as they are known.
#[derive(Default)]
pub(crate) struct Keys {
    known: Option<Fetched>,
    /// When the issuer last did not answer, if it has not since.
    failed_at: Option<Timestamp>,
}

struct Fetched {
    at: Timestamp,
    keys: Vec<Jwk>,
}

impl Fetched {
    /// The key of this id, or all where a token names none.
    fn of(&self, id: Option<&str>) -> Vec<Jwk> {
        let may_have_signed = |key: &&Jwk| id.is_none_or(|id| key.common.key_id.as_deref() == Some(id));
        self.keys.iter().filter(may_have_signed).cloned().collect()
    }
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
        let mut keys = self.keys.lock().await;
        let since = |at: Timestamp| now.duration_since(at);
        let found = keys.known.as_ref().map(|known| (since(known.at), known.of(id)));
        if let Some((age, found)) = &found
            && (*age < FETCH_AT_MOST_EVERY || (*age < GOOD_FOR && !found.is_empty()))
        {
            return Ok(found.clone());
        }
        // What is known may be used on where the issuer cannot be asked. A key that is not known may be a new one of
        // its own, though: nobody can say that it is not.
        let without_issuer = found.filter(|(age, found)| *age < GOOD_WITHOUT_ISSUER_FOR && !found.is_empty());
        // Where nothing is known at all, nobody can be let in: then it is asked each time.
        let failed_lately =
            keys.known.is_some() && keys.failed_at.is_some_and(|at| since(at) < FETCH_AT_MOST_EVERY);
        let fetched = if failed_lately {
            Err("the issuer did not answer a moment ago".into())
        } else {
            self.fetch().await
        };
        match fetched {
            Ok(fetched) => {
                let known = Fetched {
                    at: now,
                    keys: fetched,
                };
                let found = known.of(id);
                *keys = Keys {
                    known: Some(known),
                    failed_at: None,
                };
                Ok(found)
            }
            Err(error) => {
                if !failed_lately {
                    tracing::warn!(%error, "the issuer's keys could not be read");
                    keys.failed_at = Some(now);
                }
                without_issuer
                    .map(|(_, found)| found)
                    .ok_or_else(|| Problem::unavailable(error))
            }
        }
    }

    async fn fetch(&self) -> Result<Vec<Jwk>, Box<dyn std::error::Error + Send + Sync>> {
        let client = HttpsClient::trusting_this_system(PATIENCE)?;
        let fetch = async {
            let response = client.request(Request::get(&self.url).body("")?).await?;
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

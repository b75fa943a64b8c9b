//! The secrets of one stack, and the tokens signed with them.
//!
//! `cargo dev` is its own issuer: the functions fetch the public half of the token key over HTTP, just as they
//! would from a real one.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock;
use crate::kms::EvidenceKey;
use dev::{telnyx, twilio};

/// `iss` of the ready-made tokens. A constant, not an address, so that a token outlives a restart with `--data`.
pub(crate) const ISSUER: &str = "https://issuer.cargo-dev.example";
/// `aud` of the ready-made tokens.
pub(crate) const AUDIENCE: &str = "consent";

/// Everything secret about a stack, as kept on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Keys {
    /// ES256 private key, PKCS #8 in base64.
    token: String,
    /// What the functions seal list cursors with, 32 bytes in base64.
    cursor: String,
    /// The secret of the key that signs evidence, 32 bytes in base64. Directories from before it have none: it is drawn.
    #[serde(default)]
    evidence: Option<String>,
    /// What Twilio would sign its webhooks with.
    pub(crate) twilio_auth_token: String,
    /// The seed of Telnyx's Ed25519 key, 32 bytes in base64.
    pub(crate) telnyx_private: String,
}

impl Keys {
    /// Draws new keys.
    pub(crate) fn generate() -> Result<Self> {
        let random = SystemRandom::new();
        let token = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|_| anyhow!("cannot generate a token key"))?;
        let bytes = || -> Result<[u8; 32]> {
            let mut bytes = [0; 32];
            random
                .fill(&mut bytes)
                .map_err(|_| anyhow!("the system has no random numbers"))?;
            Ok(bytes)
        };
        Ok(Self {
            token: STANDARD.encode(token),
            cursor: STANDARD.encode(bytes()?),
            evidence: Some(EvidenceKey::draw()?),
            twilio_auth_token: URL_SAFE_NO_PAD.encode(bytes()?),
            telnyx_private: STANDARD.encode(bytes()?),
        })
    }

    /// The keys kept at `path`; new ones where there are none yet.
    pub(crate) fn load_or_generate(path: &Path) -> Result<Self> {
        let keys = if path.exists() {
            let keys = Self::load(path)?;
            if keys.evidence.is_some() {
                return Ok(keys);
            }
            Self {
                evidence: Some(EvidenceKey::draw()?),
                ..keys
            }
        } else {
            Self::generate()?
        };
        keys.save(path)?;
        Ok(keys)
    }

    /// The keys kept at `path`.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let text = fs::read(path).with_context(|| format!("cannot read the keys in {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} does not hold keys", path.display()))
    }

    /// Writes the keys where only their owner can read them.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let write = || -> Result<()> {
            // A file that is there keeps its mode when opened, so it makes way first.
            if path.exists() {
                fs::remove_file(path)?;
            }
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write the keys to {}", path.display()))
    }

    /// The public half of the Telnyx key, 32 bytes in base64.
    pub(crate) fn telnyx_public(&self) -> Result<String> {
        let seed = STANDARD
            .decode(&self.telnyx_private)
            .context("the Telnyx key is not base64")?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
            .map_err(|error| anyhow!("the Telnyx key is not a key: {error}"))?;
        Ok(STANDARD.encode(pair.public_key()))
    }

    /// The key that signs evidence.
    pub(crate) fn evidence_key(&self) -> Result<EvidenceKey> {
        EvidenceKey::read(self.evidence.as_deref().context("there is no evidence key")?)
    }

    /// What the functions read from Secrets Manager.
    pub(crate) fn secret(&self) -> Result<Value> {
        Ok(json!({
            "cursor_key": self.cursor,
            "twilio_account_sid": twilio::ACCOUNT_SID,
            "twilio_auth_token": self.twilio_auth_token,
            "telnyx_public_key": self.telnyx_public()?,
            "telnyx_api_key": telnyx::API_KEY,
        }))
    }

    /// Signs `claims`.
    pub(crate) fn sign(&self, claims: &Claims) -> Result<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.key_id()?);
        let key = EncodingKey::from_ec_der(&self.token_pkcs8()?);
        jsonwebtoken::encode(&header, claims, &key).context("cannot sign the token")
    }

    /// The document that `JWKS_URL` answers.
    pub(crate) fn jwks(&self) -> Result<Value> {
        let point = self.token_point()?;
        // An uncompressed point: a tag byte and two coordinates of 32 bytes.
        let (x, y) = point
            .get(1..)
            .unwrap_or_default()
            .split_at_checked(32)
            .context("the token key is not P-256")?;
        Ok(json!({"keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.key_id()?,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        }]}))
    }

    fn key_id(&self) -> Result<String> {
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.token_point()?);
        Ok(URL_SAFE_NO_PAD.encode(digest))
    }

    fn token_pkcs8(&self) -> Result<Vec<u8>> {
        STANDARD
            .decode(&self.token)
            .context("the token key is not base64")
    }

    fn token_point(&self) -> Result<Vec<u8>> {
        let pkcs8 = self.token_pkcs8()?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &SystemRandom::new())
            .map_err(|error| anyhow!("the token key is not a key: {error}"))?;
        Ok(pair.public_key().as_ref().to_vec())
    }
}

/// What a token says of its bearer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Claims {
    pub(crate) sub: String,
    pub(crate) scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) facilities: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) facility_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tenant_id: Option<String>,
    pub(crate) iss: String,
    pub(crate) aud: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
}

impl Claims {
    /// Long enough for a day at the desk.
    const READY_MADE_SECONDS: i64 = 7 * 24 * 60 * 60;

    /// A member of staff, or another system, who may act on every facility.
    pub(crate) fn for_all_facilities(subject: &str) -> Self {
        Self {
            facilities: Some("*".to_owned()),
            ..Self::new(subject, "consent:read consent:write tenants:write messages:send")
        }
    }

    /// One tenant at the portal.
    pub(crate) fn for_tenant(facility_id: &str, tenant_id: &str) -> Self {
        Self {
            facility_id: Some(facility_id.to_owned()),
            tenant_id: Some(tenant_id.to_owned()),
            ..Self::new(tenant_id, "portal")
        }
    }

    fn new(subject: &str, scope: &str) -> Self {
        let now = clock::now().as_second();
        Self {
            sub: subject.to_owned(),
            scope: scope.to_owned(),
            facilities: None,
            facility_id: None,
            tenant_id: None,
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat: now,
            exp: now + Self::READY_MADE_SECONDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation};

    use super::*;

    #[test]
    fn the_published_key_verifies_the_tokens() -> Result<()> {
        let keys = Keys::generate()?;
        let token = keys.sign(&Claims::for_tenant("demo", "t-ada"))?;

        let published: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys.jwks()?)?;
        let kid = jsonwebtoken::decode_header(&token)?
            .kid
            .context("the header names its key")?;
        let key = DecodingKey::from_jwk(published.find(&kid).context("the key is published")?)?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation)?.claims;

        assert_eq!(claims["sub"], "t-ada");
        assert_eq!(claims["scope"], "portal");
        assert_eq!(claims["facility_id"], "demo");
        assert_eq!(
            claims.get("facilities"),
            None,
            "a portal token names no facilities"
        );
        Ok(())
    }

    #[test]
    fn keys_stay_the_same_and_are_private() -> Result<()> {
        use std::os::unix::fs::PermissionsExt as _;

        let directory = tempfile::tempdir()?;
        let path = directory.path().join("keys.json");
        let first = Keys::load_or_generate(&path)?;
        assert_eq!(Keys::load_or_generate(&path)?, first);
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        assert_eq!(STANDARD.decode(first.telnyx_public()?)?.len(), 32);
        Ok(())
    }
}

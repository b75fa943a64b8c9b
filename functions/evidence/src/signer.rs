//! Signing by AWS KMS, and the public keys.

use aws_sdk_kms::Client;
use aws_sdk_kms::error::DisplayErrorContext;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use consent::evidence::{Jwk, PublicKey, key_of_der, signature_of_der};
use consent_http::environment::{
    EARLIER_EVIDENCE_KEY_IDS, EVIDENCE_KEY_ID, EnvironmentError, optional, required,
};
use consent_store::{Lazily, aws_client};
use ring::digest::{SHA256, digest};
use tokio::sync::OnceCell;

/// Signs with a key that never leaves KMS.
#[derive(Debug)]
pub struct Signer {
    client: Lazily<Client>,
    key: SigningKey,
    earlier: Vec<SigningKey>,
}

/// A key in KMS, and its public half once it was asked for: it never changes.
#[derive(Debug)]
struct SigningKey {
    id: String,
    public: OnceCell<PublicKey>,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// KMS does not answer, or refuses. Its words are for the log.
    #[error("KMS did not do it: {0}")]
    Kms(String),
    /// What KMS answers is no key or signature of P-256.
    #[error("the KMS key is not one of the curve P-256 for signing")]
    AnotherKey,
}

impl SigningKey {
    fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            public: OnceCell::new(),
        }
    }

    async fn public(&self, client: &Client) -> Result<&PublicKey, SignError> {
        let read = || async {
            let answer = client.get_public_key().key_id(&self.id).send().await;
            let answer = answer.map_err(|error| SignError::Kms(DisplayErrorContext(error).to_string()))?;
            let der = answer.public_key.ok_or(SignError::AnotherKey)?;
            key_of_der(der.as_ref()).ok_or(SignError::AnotherKey)
        };
        self.public.get_or_try_init(read).await
    }
}

impl Signer {
    /// With the keys that the environment names.
    ///
    /// # Errors
    /// It names no key.
    pub fn from_environment() -> Result<Self, EnvironmentError> {
        let key = required(EVIDENCE_KEY_ID)?;
        let earlier = optional(EARLIER_EVIDENCE_KEY_IDS).unwrap_or_default();
        let client = aws_client(|configuration| Client::new(&configuration));
        Ok(Self::with(client, &key, earlier.split(',')))
    }

    /// With a client and these keys: the one that signs, and those that signed before it.
    pub fn new<'a>(client: Client, key: &str, earlier: impl Iterator<Item = &'a str>) -> Self {
        Self::with(client.into(), key, earlier)
    }

    fn with<'a>(client: Lazily<Client>, key: &str, earlier: impl Iterator<Item = &'a str>) -> Self {
        let earlier = earlier.map(str::trim).filter(|id| !id.is_empty());
        Self {
            client,
            key: SigningKey::new(key),
            earlier: earlier.map(SigningKey::new).collect(),
        }
    }

    /// Every public key that signed once, the current one first.
    ///
    /// # Errors
    /// See [`SignError`]: a list that lacks some would have earlier packs look forged.
    pub async fn keys(&self) -> Result<Vec<Jwk>, SignError> {
        let mut keys = Vec::new();
        for key in std::iter::once(&self.key).chain(&self.earlier) {
            let public = key.public(&self.client).await?.to_jwk();
            // A key may be both, while a rotation is being deployed.
            if !keys.contains(&public) {
                keys.push(public);
            }
        }
        Ok(keys)
    }

    /// The id of the current key and its signature of a text, in the form of RFC 7518.
    ///
    /// # Errors
    /// See [`SignError`].
    pub async fn sign(&self, text: &[u8]) -> Result<(String, String), SignError> {
        let public = self.key.public(&self.client).await?;
        let digest = digest(&SHA256, text);
        let answer = self
            .client
            .sign()
            .key_id(&self.key.id)
            .message_type(MessageType::Digest)
            .message(Blob::new(digest.as_ref()))
            .signing_algorithm(SigningAlgorithmSpec::EcdsaSha256)
            .send()
            .await
            .map_err(|error| SignError::Kms(DisplayErrorContext(error).to_string()))?;
        let der = answer.signature.ok_or(SignError::AnotherKey)?;
        let signature = signature_of_der(der.as_ref()).ok_or(SignError::AnotherKey)?;
        Ok((public.id(), signature))
    }
}

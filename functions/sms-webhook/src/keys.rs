//! What verifies the providers' signatures.

use consent_http::Problem;
use consent_secrets::{Malformed, Members};
use ring::hmac;
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::bad_signature;

/// Twilio's auth token.
const TWILIO_AUTH_TOKEN: &str = "twilio_auth_token";
/// Telnyx's public key, 32 bytes in base64.
const TELNYX_PUBLIC_KEY: &str = "telnyx_public_key";

/// The providers' keys: the current one, and the one before it. A provider without a key has no signature that
/// verifies.
pub struct ProviderKeys {
    twilio: Vec<hmac::Key>,
    telnyx: Vec<UnparsedPublicKey<[u8; 32]>>,
}

/// What may have been signed, and the signature that came with it.
pub(crate) struct Signed {
    /// Any one of these.
    pub(crate) texts: Vec<Vec<u8>>,
    pub(crate) signature: Vec<u8>,
}

impl Signed {
    /// Whether the signature is that of one of the texts by one of the keys.
    fn verify<K>(&self, keys: &[K], holds: impl Fn(&K, &[u8], &[u8]) -> bool) -> Result<(), Problem> {
        let mut texts = self.texts.iter();
        let good = texts.any(|text| keys.iter().any(|key| holds(key, text, &self.signature)));
        good.then_some(()).ok_or_else(bad_signature)
    }
}

impl ProviderKeys {
    /// Reads them from the secret.
    ///
    /// # Errors
    /// One of them is no key.
    pub fn read(current: &Members, previous: Option<&Members>) -> Result<Self, Malformed> {
        Ok(Self {
            twilio: keys(current, previous, twilio)?,
            telnyx: keys(current, previous, telnyx)?,
        })
    }

    pub(crate) fn verify_twilio(&self, signed: &Signed) -> Result<(), Problem> {
        signed.verify(&self.twilio, |key, text, signature| {
            hmac::verify(key, text, signature).is_ok()
        })
    }

    pub(crate) fn verify_telnyx(&self, signed: &Signed) -> Result<(), Problem> {
        signed.verify(&self.telnyx, |key, text, signature| {
            key.verify(text, signature).is_ok()
        })
    }
}

fn twilio(members: &Members) -> Result<Option<hmac::Key>, Malformed> {
    let token = members.text(TWILIO_AUTH_TOKEN)?;
    Ok(token.map(|token| hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes())))
}

fn telnyx(members: &Members) -> Result<Option<UnparsedPublicKey<[u8; 32]>>, Malformed> {
    let key = members.key(TELNYX_PUBLIC_KEY)?;
    Ok(key.map(|key| UnparsedPublicKey::new(&ED25519, key)))
}

/// A provider's key and the one before it. Taking the key out of the secret turns the provider off.
fn keys<K>(
    current: &Members,
    previous: Option<&Members>,
    key: fn(&Members) -> Result<Option<K>, Malformed>,
) -> Result<Vec<K>, Malformed> {
    let Some(current) = key(current)? else {
        return Ok(Vec::new());
    };
    let previous = previous.and_then(|previous| key(previous).ok().flatten());
    Ok([Some(current), previous].into_iter().flatten().collect())
}

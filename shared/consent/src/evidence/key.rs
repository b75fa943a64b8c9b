//! Signatures of packs: ES256 (RFC 7518, 3.4) with keys of a JWK set (RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::Serialize;
use serde_json::Value;

/// The only algorithm, as RFC 7518 names it.
pub const ALGORITHM: &str = "ES256";
/// Bytes of a coordinate, and of each half of a signature.
const COORDINATE: usize = 32;

/// A public key on the curve P-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// As uncompressed point: a tag byte and two coordinates.
    point: Vec<u8>,
}

/// A key of a JWK set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    kty: &'static str,
    crv: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: String,
    x: String,
    y: String,
}

impl PublicKey {
    /// The key with this uncompressed point. `None`: it is no point of P-256 in that form.
    pub fn from_point(point: &[u8]) -> Option<Self> {
        let is_point = point.len() == 1 + 2 * COORDINATE && point.first() == Some(&4);
        is_point.then(|| Self {
            point: point.to_vec(),
        })
    }

    /// The key of a JWK. `None`: it is a key of another kind.
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if (text("kty"), text("crv")) != (Some("EC"), Some("P-256")) {
            return None;
        }
        let coordinate = |name| {
            let bytes = URL_SAFE_NO_PAD.decode(text(name)?).ok()?;
            (bytes.len() == COORDINATE).then_some(bytes)
        };
        Self::from_point(&[vec![4], coordinate("x")?, coordinate("y")?].concat())
    }

    /// The key as a member of a JWK set.
    pub fn to_jwk(&self) -> Jwk {
        let (x, y) = self.coordinates();
        Jwk {
            kty: "EC",
            crv: "P-256",
            usage: "sig",
            alg: ALGORITHM,
            kid: self.id(),
            x,
            y,
        }
    }

    /// The key's id: its thumbprint (RFC 7638). Who has the key can compute it.
    pub fn id(&self) -> String {
        let (x, y) = self.coordinates();
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
    }

    fn coordinates(&self) -> (String, String) {
        let coordinates = self.point.get(1..).unwrap_or_default();
        let (x, y) = coordinates.split_at_checked(COORDINATE).unwrap_or_default();
        (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y))
    }

    /// Whether a signature, in base64url, is this key's over a text.
    pub fn verifies(&self, text: &[u8], signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point);
        URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| key.verify(text, &signature).is_ok())
    }
}

/// The keys of a JWK set. What is no key of P-256 is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySet(Vec<(String, PublicKey)>);

impl KeySet {
    /// Reads a JWK set. `None`: the text is not one.
    pub fn read(set: &Value) -> Option<Self> {
        let keys = set.get("keys")?.as_array()?.iter();
        let named = keys.filter_map(|jwk| {
            let id = jwk.get("kid").and_then(Value::as_str)?.to_owned();
            Some((id, PublicKey::from_jwk(jwk)?))
        });
        Some(Self(named.collect()))
    }

    /// The key with this id.
    pub fn key(&self, id: &str) -> Option<&PublicKey> {
        self.0.iter().find(|(own, _)| own == id).map(|(_, key)| key)
    }
}

/// A signature in ASN.1 DER, as KMS answers it, in the form of RFC 7518: both numbers in 32 bytes each, in base64url.
/// `None`: it is no such signature.
pub fn signature_of_der(der: &[u8]) -> Option<String> {
    let (body, []) = element(der, 0x30)? else {
        return None;
    };
    let (r, rest) = element(body, 0x02)?;
    let (s, []) = element(rest, 0x02)? else {
        return None;
    };
    let half = |number: &[u8]| {
        let digits = number
            .iter()
            .position(|byte| *byte != 0)
            .and_then(|at| number.get(at..))
            .unwrap_or_default();
        let padding = COORDINATE.checked_sub(digits.len())?;
        Some([vec![0; padding], digits.to_vec()].concat())
    };
    Some(URL_SAFE_NO_PAD.encode([half(r)?, half(s)?].concat()))
}

/// The content of a DER element with this tag, and what follows it. Signatures of P-256 have lengths of one byte.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [own, length, rest @ ..] = der else {
        return None;
    };
    (*own == tag && *length < 0x80).then(|| rest.split_at_checked((*length).into()))?
}

/// The key in a `SubjectPublicKeyInfo` (RFC 5480), as KMS answers it. `None`: it is no key of P-256.
pub fn key_of_der(der: &[u8]) -> Option<PublicKey> {
    /// Sequence, algorithm `id-ecPublicKey` with curve `secp256r1`, bit string.
    const BEFORE_POINT: [u8; 26] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];
    PublicKey::from_point(der.strip_prefix(&BEFORE_POINT[..])?)
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    use super::*;

    fn pair() -> EcdsaKeyPair {
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
        EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &SystemRandom::new()).unwrap()
    }

    #[test]
    fn what_kms_signs_verifies_with_the_published_key() {
        // Numbers with leading zeros come now and then.
        let pair = pair();
        let key = PublicKey::from_point(pair.public_key().as_ref()).unwrap();
        let set = json!({"keys": [{"kty": "RSA", "kid": "other"}, key.to_jwk()]});
        let set = KeySet::read(&set).unwrap();
        let published = set.key(&key.id()).unwrap();
        assert_eq!(published, &key);
        for text in 0..600_u32 {
            let text = text.to_be_bytes();
            let der = pair.sign(&SystemRandom::new(), &text).unwrap();
            let signature = signature_of_der(der.as_ref()).unwrap();
            assert_eq!(signature.len(), 86);
            assert!(published.verifies(&text, &signature));
            assert!(!published.verifies(b"another", &signature));
        }
    }

    #[test]
    fn what_is_no_signature_and_no_key_is_refused() {
        let der = pair().sign(&SystemRandom::new(), b"text").unwrap();
        let der = der.as_ref();
        for cut in 0..der.len() {
            assert_eq!(signature_of_der(&der[..cut]), None);
        }
        assert_eq!(signature_of_der(&[der, &[0]].concat()), None);
        assert_eq!(key_of_der(&[0; 91]), None);
        for jwk in [
            json!(null),
            json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
        ] {
            assert_eq!(PublicKey::from_jwk(&jwk), None);
        }
        assert_eq!(KeySet::read(&json!({"keys": 7})), None);
        let key = PublicKey::from_point(pair().public_key().as_ref()).unwrap();
        for signature in ["", "AA", "not base64 at all", &"A".repeat(86)] {
            assert!(!key.verifies(b"text", signature));
        }
    }

    #[test]
    fn the_id_is_the_thumbprint_of_rfc_7638() {
        // The key of RFC 7517, appendix A.1; its thumbprint by another implementation.
        let jwk = json!({
            "kty": "EC", "crv": "P-256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        });
        let key = PublicKey::from_jwk(&jwk).unwrap();
        assert_eq!(key.id(), "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
    }
}

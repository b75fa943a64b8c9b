//! An issuer of tokens: its keys, the set of them that it publishes on loopback, and tokens good and bad.

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use consent_http::Access;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A key for tests alone; it guards nothing.
const RSA_KEY: &[u8] = include_bytes!("../keys/rsa-2048.pkcs8.der");

/// Publishes keys, and counts how often it was asked for them.
#[derive(Clone)]
pub struct Issuer {
    /// Where the keys are.
    pub url: String,
    keys: Arc<Mutex<(String, u32)>>,
}

impl Issuer {
    /// Starts on a free port of this machine, with these keys.
    pub async fn start(keys: &[Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Self {
            url: format!("http://{}/jwks.json", listener.local_addr().unwrap()),
            keys: Arc::default(),
        };
        issuer.publish(keys);
        let published = Arc::clone(&issuer.keys);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let body = {
                    let mut published = published.lock().unwrap();
                    published.1 += 1;
                    published.0.clone()
                };
                let head = format!(
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            }
        });
        issuer
    }

    /// Publishes other keys instead.
    pub fn publish(&self, keys: &[Value]) {
        self.keys.lock().unwrap().0 = json!({"keys": keys}).to_string();
    }

    /// Answers what is no set of keys, until keys are published again.
    pub fn be_away(&self) {
        "away".clone_into(&mut self.keys.lock().unwrap().0);
    }

    /// How often the keys were asked for.
    pub fn fetches(&self) -> u32 {
        self.keys.lock().unwrap().1
    }

    /// Verifies tokens of this issuer.
    pub fn access(&self) -> Access {
        Access::by_keys(&self.url, "https://issuer.example", "consent").unwrap()
    }
}

/// A token in the making: one that is good, unless it is changed.
#[derive(Debug, Clone)]
pub struct Token {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
}

impl Token {
    /// A good one for ten minutes from `now`, in seconds.
    pub fn new(algorithm: &str, key_id: &str, now: i64) -> Self {
        Self {
            header: json!({"alg": algorithm, "kid": key_id, "typ": "JWT"}),
            claims: json!({
                "sub": "staff@example.com", "scope": "consent:read", "facilities": "f1",
                "iss": "https://issuer.example", "aud": "consent", "exp": now + 600,
            }),
        }
    }

    /// With another claim; null removes it.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        let claims = self.claims.as_object_mut().unwrap();
        match value.into() {
            Value::Null => claims.remove(name),
            value => claims.insert(name.to_owned(), value),
        };
        self
    }

    /// With another member of the header; null removes it.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        let header = self.header.as_object_mut().unwrap();
        match value.into() {
            Value::Null => header.remove(name),
            value => header.insert(name.to_owned(), value),
        };
        self
    }

    /// What is signed.
    pub fn input(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    /// Signed by a key: `rsa`, or the name of a pair of [`sign`].
    pub fn signed(&self, signature: &[u8]) -> String {
        format!("{}.{}", self.input(), URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Keys that sign.
pub mod sign {
    use super::*;

    /// An elliptic key.
    pub struct Es256(EcdsaKeyPair);

    impl Default for Es256 {
        fn default() -> Self {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap())
        }
    }

    impl Es256 {
        /// The public half, as it is published.
        pub fn public(&self, id: &str) -> Value {
            let point = self.0.public_key().as_ref();
            json!({
                "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": id,
                "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
            })
        }

        /// A token signed by it.
        pub fn token(&self, token: &Token) -> String {
            let signature = self
                .0
                .sign(&SystemRandom::new(), token.input().as_bytes())
                .unwrap();
            token.signed(signature.as_ref())
        }
    }

    /// The RSA key.
    pub struct Rs256(RsaKeyPair);

    impl Default for Rs256 {
        fn default() -> Self {
            Self(RsaKeyPair::from_pkcs8(RSA_KEY).unwrap())
        }
    }

    impl Rs256 {
        /// The public half, as it is published.
        pub fn public(&self, id: &str) -> Value {
            let public = PublicKeyComponents::<Vec<u8>>::from(self.0.public());
            let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            json!({
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
                "n": number(&public.n), "e": number(&public.e),
            })
        }

        /// The public half in DER.
        pub fn public_der(&self) -> &[u8] {
            self.0.public_key().as_ref()
        }

        /// A token signed by it.
        pub fn token(&self, token: &Token) -> String {
            let mut signature = vec![0; self.0.public().modulus_len()];
            self.0
                .sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    token.input().as_bytes(),
                    &mut signature,
                )
                .unwrap();
            token.signed(&signature)
        }
    }
}

/// A token with an HMAC in place of a signature.
pub fn mac(token: &Token, secret: &[u8]) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    token.signed(ring::hmac::sign(&key, token.input().as_bytes()).as_ref())
}

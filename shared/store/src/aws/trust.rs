//! Whom TLS trusts.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, Error, RootCertStore};

/// The domain of AWS, and the endpoints under it.
const AWS: &str = ".amazonaws.com";

/// The roots that sign for AWS, all five that Amazon Trust Services names for stores of one's own
/// (<https://www.amazontrust.com/repository/>). Parsing those five takes a start some 2 % of what it takes for the 140 of a
/// system.
///
/// A test says a year ahead when one of them ends. To renew: take the certificates from that page as DER, put them here, and
/// put the hashes of their keys, from the same page, into the test below.
pub(super) const ROOTS: [&[u8]; 5] = [
    include_bytes!("roots/amazon-root-ca-1.der"),
    include_bytes!("roots/amazon-root-ca-2.der"),
    include_bytes!("roots/amazon-root-ca-3.der"),
    include_bytes!("roots/amazon-root-ca-4.der"),
    include_bytes!("roots/starfield-services-root-g2.der"),
];

/// Configurations of TLS, each made at its first use.
#[derive(Debug, Default)]
pub(super) struct Trust {
    aws: OnceLock<Arc<ClientConfig>>,
    others: OnceLock<Arc<ClientConfig>>,
}

impl Trust {
    /// The configuration for a host: an endpoint of AWS is known by AWS's own roots, another, which only the environment
    /// can name, by those of this system.
    pub(super) fn configuration(&self, host: &str) -> Result<Arc<ClientConfig>, Error> {
        if is_aws(host) {
            made_once(&self.aws, aws_roots)
        } else {
            made_once(&self.others, system_roots)
        }
    }
}

fn is_aws(host: &str) -> bool {
    host.to_ascii_lowercase().ends_with(AWS)
}

fn made_once(
    made: &OnceLock<Arc<ClientConfig>>,
    roots: fn() -> Result<RootCertStore, Error>,
) -> Result<Arc<ClientConfig>, Error> {
    if let Some(made) = made.get() {
        return Ok(Arc::clone(made));
    }
    let mut configuration =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots()?)
            .with_no_client_auth();
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::clone(made.get_or_init(|| Arc::new(configuration))))
}

fn aws_roots() -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for root in ROOTS {
        roots.add(CertificateDer::from(root))?;
    }
    Ok(roots)
}

/// Those of the system that can be read. A system without any trusts nobody.
fn system_roots() -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn an_endpoint_of_aws_is_known_by_five_roots() {
        let trust = Trust::default();
        trust.configuration("dynamodb.us-east-1.amazonaws.com").unwrap();
        assert_eq!(aws_roots().unwrap().len(), 5);
        assert!(trust.others.get().is_none(), "the system's roots were loaded");
    }

    #[test]
    fn only_hosts_of_aws_are_known_by_its_roots() {
        let check = |host: &str, expected: bool| assert_eq!(is_aws(host), expected, "{host}");
        check("dynamodb.us-east-1.amazonaws.com", true);
        check("vpce-1.sns.us-gov-west-1.vpce.AMAZONAWS.com", true);
        check("localhost", false);
        check("127.0.0.1", false);
        check("amazonaws.com.example.org", false);
        check("notamazonaws.com", false);
        check("dynamodb.cn-north-1.amazonaws.com.cn", false);
    }

    /// When a certificate ends. Its validity is two times of the years up to 2049, in each of these five.
    fn not_after(certificate: &[u8]) -> jiff::civil::DateTime {
        let begin = certificate.windows(4).position(|it| it == [0x30, 0x1e, 0x17, 0x0d]).unwrap();
        let after = &certificate[begin + 19..begin + 32];
        jiff::civil::DateTime::strptime("%y%m%d%H%M%SZ", after).unwrap()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the calendar that certificates end by")]
    fn no_root_ends_within_a_year() {
        let in_a_year = jiff::Zoned::now().datetime().saturating_add(jiff::Span::new().years(1));
        for (number, root) in ROOTS.into_iter().enumerate() {
            let end = not_after(root);
            assert!(end > in_a_year, "root {number} ends at {end}: see how to renew the roots");
        }
        assert_eq!(not_after(ROOTS[0]).to_string(), "2038-01-17T00:00:00");
    }

    /// DER's length of `bytes` content bytes.
    fn length(bytes: usize) -> Vec<u8> {
        match u16::try_from(bytes).unwrap().to_be_bytes() {
            [0, short] if short < 0x80 => vec![short],
            [0, byte] => vec![0x81, byte],
            [high, low] => vec![0x82, high, low],
        }
    }

    /// Hashes of the keys, as the repository publishes them.
    #[test]
    fn the_roots_are_those_that_amazon_publishes() {
        let published = [
            "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
            "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
            "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
            "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
            "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",
        ];
        let hashes: Vec<String> = aws_roots()
            .unwrap()
            .roots
            .iter()
            .map(|root| {
                // The anchor has the content of the key's sequence; the hash is over all of it.
                let content = root.subject_public_key_info.as_ref();
                let key = [vec![0x30], length(content.len()), content.to_vec()].concat();
                let hash = ring::digest::digest(&ring::digest::SHA256, &key);
                hash.as_ref().iter().fold(String::new(), |mut hex, byte| {
                    write!(hex, "{byte:02x}").unwrap();
                    hex
                })
            })
            .collect();
        assert_eq!(hashes, published);
    }
}

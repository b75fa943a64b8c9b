//! The evidence of a tenant's consent: everything that is known of it up to a moment, signed, as JSON or as one page to
//! print, and the public keys that verify the signature.

mod page;
mod signer;
mod words;

use consent::evidence::{Compiler, Jwk, MOST_DECISIONS, More, Pack, PackFacility, PackTenant, Place};
use consent::record::rfc3339;
use consent::tenant::{Residence, Tenant};
use consent_http::request::{self, Query};
use consent_http::{Access, Problem, Scope, accept, clock, response};
use consent_store::{FacilityTenant, Store};
use jiff::{SignedDuration, Timestamp};
use lambda_http::http::{HeaderValue, Method, StatusCode, header};
use lambda_http::{Body, Request, Response};
use serde_json::json;

pub use signer::{SignError, Signer};

/// A moment that is not further ahead counts as now: clocks differ.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// The function, with what it works on.
pub struct Evidence {
    access: Access,
    store: Store,
    signer: Signer,
}

/// What is asked for.
struct Asked {
    as_of: Timestamp,
    part: Option<Place>,
}

impl Evidence {
    /// The function on a store.
    pub fn new(access: Access, store: Store, signer: Signer) -> Self {
        Self {
            access,
            store,
            signer,
        }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the caller is told.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        match (path.segments().as_slice(), request.method()) {
            ([".well-known", "evidence-keys.json"], &Method::GET) => self.keys().await,
            (
                [
                    "v1",
                    "facilities",
                    facility,
                    "tenants",
                    tenant,
                    "consent",
                    "evidence",
                ],
                &Method::GET,
            ) => self.pack(&request, facility, tenant).await,
            (
                ["v1", "facilities", _, "tenants", _, "consent", "evidence"]
                | [".well-known", "evidence-keys.json"],
                _,
            ) => Err(Problem::method_not_allowed("GET")),
            _ => Err(Problem::no_such_path()),
        }
    }

    async fn keys(&self) -> Result<Response<Body>, Problem> {
        let keys: Vec<Jwk> = self.signer.keys().await.map_err(Problem::unavailable)?;
        let mut response = response::json(StatusCode::OK, &json!({"keys": keys}))?;
        // A key is listed from the deployment on that signs with it, so a copy must not be old for long.
        let minutes = HeaderValue::from_static("public, max-age=300");
        response.headers_mut().insert(header::CACHE_CONTROL, minutes);
        Ok(response)
    }

    async fn pack(&self, request: &Request, facility: &str, tenant: &str) -> Result<Response<Body>, Problem> {
        let now = clock::now();
        let caller = self.access.caller(request, now).await?;
        caller.at_facility(Scope::ConsentRead, facility)?;
        let (facility, tenant) = (request::facility_id(facility)?, request::tenant_id(tenant)?);
        let asked = Asked::read(&Query::of(request), now)?;
        let found = self.store.resident_or_moved_out(&facility, &tenant).await?;
        let (pack, next) = self.compile(&found, &asked, now).await?;
        let text = pack
            .signed_text()
            .ok_or_else(|| Problem::internal("the pack has no canonical form"))?;
        let (key_id, value) = self.signer.sign(&text).await.map_err(Problem::unavailable)?;
        let signed = pack
            .with_signature(&key_id, &value)
            .ok_or_else(|| Problem::internal("the pack has no form in JSON"))?;
        let mut response = if accept::prefers(request.headers(), "text/html", "application/json") {
            let page = page::page(
                &pack,
                &signed,
                found.facility.time_zone.as_deref(),
                next.is_some(),
            );
            let mut response = response::with_type(StatusCode::OK, "text/html; charset=utf-8", page);
            // Names and texts are somebody else's words: whatever they hold, nothing runs and nothing is loaded.
            let policy =
                HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; form-action 'none'");
            response
                .headers_mut()
                .insert(header::CONTENT_SECURITY_POLICY, policy);
            response
        } else {
            response::json(StatusCode::OK, &signed)?
        };
        if let Some(next) = next {
            let link = format!("<?as_of={}&part={}>; rel=\"next\"", pack.as_of, next.text());
            let link = HeaderValue::from_str(&link).map_err(Problem::internal)?;
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }

    /// Puts the pack together, or the part of it that is asked for.
    async fn compile(
        &self,
        found: &FacilityTenant,
        asked: &Asked,
        now: Timestamp,
    ) -> Result<(Pack, Option<Place>), Problem> {
        let (facility, tenant) = (&found.facility.facility_id, &found.tenant.tenant_id);
        let mut compiler = Compiler::new(asked.as_of, asked.part);
        let mut after = None;
        'records: loop {
            let page = self.store.records(facility, tenant, after).await?;
            for record in page.records {
                if compiler.record(record) == More::TooLate {
                    break 'records;
                }
            }
            match page.rest {
                Some(rest) => after = Some(rest),
                None => break,
            }
        }
        let decisions = self
            .store
            .decisions_for_evidence(
                facility,
                tenant,
                asked.as_of,
                compiler.last_sequence(),
                MOST_DECISIONS,
                now,
            )
            .await?;
        for decision in decisions.decisions {
            compiler.decision(serde_json::to_value(&decision).map_err(Problem::internal)?);
        }
        let whose = PackFacility {
            facility_id: facility.clone(),
            name: found.facility.name.clone(),
        };
        let left_out = u64::try_from(decisions.left_out).unwrap_or(u64::MAX);
        Ok(compiler.finish(whose, named(&found.tenant), left_out, now))
    }
}

/// A tenant as a pack names them.
fn named(tenant: &Tenant) -> PackTenant {
    let details = &tenant.details;
    PackTenant {
        tenant_id: tenant.tenant_id.clone(),
        name: details.name.clone(),
        cell_phone: details.cell_phone.clone(),
        units: details.units.clone(),
        moved_out: tenant.residence == Residence::MovedOut,
    }
}

impl Asked {
    fn read(query: &Query, now: Timestamp) -> Result<Self, Problem> {
        let as_of = match query.one("as_of")? {
            None => now,
            Some(text) => request::moment(text)
                .filter(|as_of| as_of.duration_since(now) <= AHEAD)
                .ok_or_else(|| {
                    let detail = "must be an RFC 3339 time, not in the future; a + in it is written as %2B";
                    Problem::invalid_field("as_of", detail)
                })?
                .min(now),
        };
        let part = match query.one("part")? {
            None => None,
            Some(text) => Some(Place::read(text).ok_or_else(|| {
                Problem::invalid_field("part", "must be the one that the link of the part before has")
            })?),
        };
        // As a pack says it: a record of the same millisecond is of the moment.
        let as_of = rfc3339(as_of).parse().unwrap_or(as_of);
        Ok(Self { as_of, part })
    }
}

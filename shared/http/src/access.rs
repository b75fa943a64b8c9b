//! Who calls, and what they may do. Deny by default: nothing is read for a caller without claims.

use consent::id::{FacilityId, TenantId};
use jiff::Timestamp;
use lambda_http::aws_lambda_events::apigw::ApiGatewayRequestAuthorizer;
use lambda_http::http::header;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use crate::Problem;
use crate::environment::{self, EnvironmentError, JWKS_URL, TOKEN_AUDIENCE, TOKEN_ISSUER};
use crate::jwks::Verifier;

/// What a token may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Read consent.
    ConsentRead,
    /// Submit the profile's check box.
    ConsentWrite,
    /// Register facilities and tenants.
    TenantsWrite,
    /// Send texts.
    MessagesSend,
    /// Speak for the tenant of the token.
    Portal,
}

impl Scope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ConsentRead => "consent:read",
            Self::ConsentWrite => "consent:write",
            Self::TenantsWrite => "tenants:write",
            Self::MessagesSend => "messages:send",
            Self::Portal => "portal",
        }
    }
}

/// Finds out who calls.
pub struct Access {
    /// Where tokens are verified that no authorizer has verified; without it they are refused.
    verifier: Option<Verifier>,
}

/// The claims that matter here. Absent ones are empty: they allow nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Claims {
    sub: String,
    scope: String,
    facilities: String,
    facility_id: String,
    tenant_id: String,
}

/// Who calls, verified.
#[derive(Debug)]
pub struct Caller(Claims);

impl Access {
    /// Reads from the environment how tokens are verified where no authorizer does it.
    ///
    /// # Errors
    /// `JWKS_URL` is not a URL, or `TOKEN_ISSUER` or `TOKEN_AUDIENCE` is missing.
    pub fn from_environment() -> Result<Self, EnvironmentError> {
        let Some(url) = environment::optional(JWKS_URL) else {
            return Ok(Self { verifier: None });
        };
        let (issuer, audience) = (
            environment::required(TOKEN_ISSUER)?,
            environment::required(TOKEN_AUDIENCE)?,
        );
        Self::by_keys(&url, &issuer, &audience)
    }

    /// Tokens that no authorizer has verified are verified against the keys that an issuer publishes.
    ///
    /// # Errors
    /// The address of the keys is not a URL.
    pub fn by_keys(url: &str, issuer: &str, audience: &str) -> Result<Self, EnvironmentError> {
        let verifier = Verifier {
            url: url.parse().map_err(|_| EnvironmentError(JWKS_URL))?,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            keys: Mutex::default(),
        };
        Ok(Self {
            verifier: Some(verifier),
        })
    }

    /// Only what API Gateway's authorizer has verified counts.
    pub fn by_authorizer() -> Self {
        Self { verifier: None }
    }

    /// Who calls.
    ///
    /// # Errors
    /// 401, and 503 when the issuer's keys cannot be had.
    pub async fn caller(&self, request: &Request, now: Timestamp) -> Result<Caller, Problem> {
        let claims = match (authorizer(request), &self.verifier, bearer(request)) {
            (Some(verified), _, _) => claims_of(&verified),
            (None, Some(verifier), Some(token)) => verifier.verify(token, now).await?,
            (None, None, _) | (None, _, None) => return Err(Problem::unauthenticated()),
        };
        if claims.sub.is_empty() {
            Err(Problem::unauthenticated())
        } else {
            Ok(Caller(claims))
        }
    }
}

/// The claims that API Gateway's JWT authorizer has verified. Nobody but the platform writes the context.
fn authorizer(request: &Request) -> Option<ApiGatewayRequestAuthorizer> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => {
            context.authorizer.clone().filter(|found| found.jwt.is_some())
        }
        _ => None,
    }
}

fn claims_of(authorizer: &ApiGatewayRequestAuthorizer) -> Claims {
    let claims = authorizer
        .jwt
        .as_ref()
        .map(|jwt| json!(jwt.claims))
        .unwrap_or_default();
    serde_json::from_value(claims).unwrap_or_default()
}

fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

impl Caller {
    /// The token's subject, recorded with every change.
    pub fn subject(&self) -> &str {
        &self.0.sub
    }

    fn has(&self, scope: Scope) -> bool {
        self.0
            .scope
            .split_ascii_whitespace()
            .any(|granted| granted == scope.as_str())
    }

    /// Lets staff and services act on a facility. It is asked with the path's segment, before that is looked
    /// at: whether a facility exists, or could, is not told to those who may not know.
    ///
    /// # Errors
    /// 403.
    pub fn at_facility(&self, scope: Scope, facility: &str) -> Result<(), Problem> {
        let listed = self
            .0
            .facilities
            .split_ascii_whitespace()
            .any(|allowed| allowed == "*" || allowed == facility);
        if self.has(scope) && listed {
            Ok(())
        } else {
            Err(Problem::forbidden())
        }
    }

    /// The tenant that a portal token speaks for.
    ///
    /// # Errors
    /// 403.
    pub fn tenant(&self) -> Result<(FacilityId, TenantId), Problem> {
        let ids = (
            FacilityId::parse(&self.0.facility_id),
            TenantId::parse(&self.0.tenant_id),
        );
        match ids {
            (Ok(facility), Ok(tenant)) if self.has(Scope::Portal) => Ok((facility, tenant)),
            _ => Err(Problem::forbidden()),
        }
    }
}

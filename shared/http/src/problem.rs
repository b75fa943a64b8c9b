//! Problems as RFC 9457 documents.

use consent_store::{NotFound, StoreError};
use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::Code;

/// A member of a request that cannot be taken. Neither part quotes what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The member, as a path.
    pub field: String,
    /// What it must be.
    pub detail: String,
}

/// Why a request was not carried out, as the caller is told.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    detail: String,
    extensions: Map<String, Value>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
    /// For the log.
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Problem {
    /// A problem with this code.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            extensions: Map::new(),
            headers: Vec::new(),
            source: None,
        }
    }

    /// 400: members of the request cannot be taken.
    pub fn invalid(errors: &[FieldError]) -> Self {
        Self::new(Code::InvalidRequest, "The request cannot be taken as it is.").with("errors", json!(errors))
    }

    /// 400: one member of the request cannot be taken.
    pub fn invalid_field(field: &str, detail: impl Into<String>) -> Self {
        Self::invalid(&[FieldError {
            field: field.to_owned(),
            detail: detail.into(),
        }])
    }

    /// 401: nobody is known to call.
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "A valid bearer token is required.")
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403: the caller may not, whether or not the thing exists.
    pub fn forbidden() -> Self {
        Self::new(Code::Forbidden, "The token does not allow this.")
    }

    /// 404: no such path.
    pub fn no_such_path() -> Self {
        Self::new(Code::NotFound, "There is nothing at this path.")
    }

    /// 404: no such facility.
    pub fn facility_not_found() -> Self {
        Self::new(Code::FacilityNotFound, "The facility does not exist.")
    }

    /// 404: no such tenant.
    pub fn tenant_not_found() -> Self {
        Self::new(Code::TenantNotFound, "The facility has no such tenant.")
    }

    /// 405: the path takes other methods, `allowed` as in the `Allow` header.
    pub fn method_not_allowed(allowed: &'static str) -> Self {
        let detail = format!("This path takes {allowed}.");
        Self::new(Code::MethodNotAllowed, detail)
            .with_header(header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// 409: gave up after racing writers.
    pub fn conflict() -> Self {
        let detail = "Others changed the same at the same time. It is safe to repeat the request.";
        Self::new(Code::Conflict, detail)
    }

    /// 412: what the caller saw has changed.
    pub fn precondition_failed() -> Self {
        let detail = "It has changed since: read it again.";
        Self::new(Code::PreconditionFailed, detail)
    }

    /// 413: the body is larger than `limit` bytes.
    pub fn payload_too_large(limit: usize) -> Self {
        let detail = format!("The body may have {limit} bytes at most.");
        Self::new(Code::PayloadTooLarge, detail)
    }

    /// 415: the body is of another type than `expected`.
    pub fn unsupported_media_type(expected: &str) -> Self {
        let detail = format!("The body must be {expected}.");
        Self::new(Code::UnsupportedMediaType, detail)
    }

    /// 503: what the service depends on is away. The source goes to the log.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = "The service cannot do this right now. It is safe to repeat the request.";
        let problem = Self::new(Code::Unavailable, detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"));
        Self {
            source: Some(source.into()),
            ..problem
        }
    }

    /// Says what was wrong in other words.
    #[must_use]
    pub fn saying(self, detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }

    /// 500: a fault of ours. The source goes to the log.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let problem = Self::new(Code::Internal, "The service failed.");
        Self {
            source: Some(source.into()),
            ..problem
        }
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.extensions.insert(member.to_owned(), value);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The status, for the log.
    pub fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Writes to the log what the caller is not told.
    pub(crate) fn log(&self) {
        if let Some(source) = &self.source {
            let causes: Vec<String> =
                std::iter::successors(Some(source.as_ref() as &dyn std::error::Error), |error| {
                    error.source()
                })
                .map(ToString::to_string)
                .collect();
            tracing::error!(
                code = self.code.as_str(),
                causes = causes.join(": "),
                "request failed"
            );
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::conflict(),
            StoreError::Unavailable(_) => Self::unavailable(error),
            StoreError::Failed(_) => Self::internal(error),
        }
    }
}

impl From<NotFound> for Problem {
    fn from(not_found: NotFound) -> Self {
        match not_found {
            NotFound::Facility => Self::facility_not_found(),
            NotFound::Tenant => Self::tenant_not_found(),
        }
    }
}

impl From<Problem> for Response<Body> {
    fn from(problem: Problem) -> Self {
        let status = problem.code.status();
        let mut document = problem.extensions;
        document.insert("type".to_owned(), json!("about:blank"));
        document.insert(
            "title".to_owned(),
            json!(status.canonical_reason().unwrap_or_default()),
        );
        document.insert("status".to_owned(), json!(status.as_u16()));
        document.insert("detail".to_owned(), json!(problem.detail));
        document.insert("code".to_owned(), json!(problem.code));
        let mut response = Response::new(Body::from(Value::Object(document).to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.extend(problem.headers);
        response
    }
}

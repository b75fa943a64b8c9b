//! The service, asked until it answers.

use std::io::Cursor;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use http::{HeaderValue, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use indicatif::ProgressBar;
use serde::Deserialize;

use crate::parts::Part;
use crate::{Arguments, Format, is_id};

/// Attempts for one part, some two minutes in all.
const ATTEMPTS: usize = 10;
/// Attempts while others change the same tenants, some four seconds in all: the service has tried as well.
const ATTEMPTS_AT_CONFLICTS: usize = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_mins(1);
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// What became of a part.
#[derive(Deserialize)]
pub(crate) struct Outcome {
    pub(crate) created: u64,
    pub(crate) updated: u64,
    pub(crate) unchanged: u64,
    /// The first of them.
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) rejected_count: u64,
    /// Columns that the service does not know, as the file names them.
    pub(crate) ignored_columns: Vec<String>,
}

impl Outcome {
    fn has_conflicts(&self) -> bool {
        self.rejected.iter().any(|rejected| rejected.code == "conflict")
    }

    /// What became of the same rows over all, once they were sent again. Rows that were done before are unchanged
    /// then; they are done once more where a conflict kept another row of their tenant from being done.
    fn and_again(self, again: Self) -> Self {
        let done = again.created + again.updated + again.unchanged;
        let created = (self.created + again.created).min(done);
        let updated = (self.updated + again.updated).min(done - created);
        Self {
            created,
            updated,
            unchanged: done - created - updated,
            rejected: again.rejected,
            rejected_count: again.rejected_count,
            ignored_columns: again.ignored_columns,
        }
    }
}

/// A row that was not taken.
#[derive(Deserialize)]
pub(crate) struct Rejected {
    pub(crate) line: u64,
    pub(crate) code: String,
    pub(crate) detail: String,
}

/// What a problem document says. The service names nobody in it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    code: String,
    detail: String,
    errors: Vec<FieldError>,
}

#[derive(Deserialize)]
struct FieldError {
    field: String,
    detail: String,
}

/// Where the parts are sent.
pub(crate) struct Api {
    client: Client<HttpsConnector<HttpConnector>, Full<Cursor<Vec<u8>>>>,
    uri: Uri,
    /// The same, to be asked what would become of a file.
    dry_run: Uri,
    authorization: HeaderValue,
    media_type: &'static str,
}

/// An answer that another attempt will not change, or the reason for one.
enum Attempt {
    Answered(StatusCode, Vec<u8>),
    Again(String),
}

impl Api {
    /// The service that the arguments name.
    pub(crate) fn new(arguments: &Arguments, format: Format, token: &str) -> Result<Self> {
        let Arguments { api, facility, .. } = arguments;
        if !is_id(facility) {
            bail!("--facility is no id of a facility");
        }
        let api = api.trim_end_matches('/');
        let uri = format!("{api}/v1/facilities/{facility}/tenant-imports");
        let dry_run: Uri = format!("{uri}?dry_run=true").parse().context("--api is no URL")?;
        let uri = if arguments.dry_run {
            dry_run.clone()
        } else {
            uri.parse().context("--api is no URL")?
        };
        if uri.scheme().is_none() || uri.host().is_none() {
            bail!("--api is no URL: it begins with https://");
        }
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))
            .ok()
            .context("the token contains characters that a header cannot hold")?;
        authorization.set_sensitive(true);
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            uri,
            dry_run,
            authorization,
            media_type: format.media_type(),
        })
    }

    /// Where the parts are sent.
    pub(crate) fn address(&self) -> String {
        self.uri.to_string()
    }

    /// Sends a header alone, which changes nothing, and says which of its columns the service does not know. Where it
    /// lacks some that must be there, the service refuses it.
    pub(crate) async fn check(&self, header: &str, bar: &ProgressBar) -> Result<Vec<String>> {
        let outcome = self.ask(&self.dry_run, header.as_bytes(), bar).await?;
        Ok(outcome.ignored_columns)
    }

    /// Sends a part, again where others hindered some of its rows.
    pub(crate) async fn send(&self, part: &Part, bar: &ProgressBar) -> Result<Outcome> {
        let mut outcome = self.ask(&self.uri, &part.body, bar).await?;
        for pause in pauses(ATTEMPTS_AT_CONFLICTS) {
            if !outcome.has_conflicts() {
                break;
            }
            bar.set_message("others change the same tenants, trying again");
            tokio::time::sleep(pause).await;
            outcome = outcome.and_again(self.ask(&self.uri, &part.body, bar).await?);
        }
        Ok(outcome)
    }

    /// Asks again and again while the service is away, and says so on the bar.
    async fn ask(&self, uri: &Uri, body: &[u8], bar: &ProgressBar) -> Result<Outcome> {
        let mut pauses = pauses(ATTEMPTS);
        let (status, body) = loop {
            match self.attempt(uri, body).await {
                Attempt::Answered(status, body) => break (status, body),
                Attempt::Again(reason) => {
                    let Some(pause) = pauses.next() else {
                        bail!("{reason}: run the same command again to go on");
                    };
                    bar.set_message(format!("{reason}, trying again"));
                    tokio::time::sleep(pause).await;
                }
            }
        };
        if status.is_success() {
            return serde_json::from_slice(&body)
                .context("the service's answer makes no sense; is --api right?");
        }
        let problem: Problem = serde_json::from_slice(&body).unwrap_or_default();
        let errors = problem
            .errors
            .iter()
            .map(|error| format!(" {}: {}.", error.field, error.detail));
        bail!(
            "the service answered {} {}: {}{}",
            status.as_u16(),
            problem.code,
            problem.detail,
            errors.collect::<String>()
        );
    }

    async fn attempt(&self, uri: &Uri, body: &[u8]) -> Attempt {
        let mut request = Request::new(Full::new(Cursor::new(body.to_vec())));
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = uri.clone();
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.authorization.clone());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        let answer = async {
            let (parts, body) = self.client.request(request).await.ok()?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await.ok()?;
            Some((parts.status, body.to_bytes().to_vec()))
        };
        match tokio::time::timeout(TIMEOUT, answer).await {
            Err(_) => Attempt::Again("the service does not answer".to_owned()),
            Ok(None) => Attempt::Again("the service cannot be reached".to_owned()),
            Ok(Some((status, _))) if is_temporary(status) => {
                Attempt::Again(format!("the service answers {}", status.as_u16()))
            }
            Ok(Some((status, body))) => Attempt::Answered(status, body),
        }
    }
}

/// The pauses between the attempts.
fn pauses(attempts: usize) -> impl Iterator<Item = Duration> {
    let longer = |pause: &Duration| Some((*pause * 2).min(LONGEST_PAUSE));
    std::iter::successors(Some(FIRST_PAUSE), longer).take(attempts.saturating_sub(1))
}

/// Whether the same request may succeed later. It is safe to repeat.
fn is_temporary(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::CONFLICT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

//! Decisions about texts. Software that sends its own texts asks before each one, and then reports what became of it. Staff
//! read here why a text left, or why it did not.

mod body;

use std::collections::HashMap;

use consent::gate::Closed;
use consent::id::{DecisionId, FacilityId, RecordId, TenantId};
use consent::record::rfc3339;
use consent::rules::Status;
use consent::view::{OptInChannel, opt_in_via};
use consent_http::request::{self, Query};
use consent_http::{Access, Caller, Code, CursorKey, Problem, Scope, clock, response};
use consent_metrics::{Metric, Metrics};
use consent_secrets::Secret;
use consent_store::{Ask, Asked, OutcomeReport, RefusedText, ReportError, Store, StoreError, TenantList};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use serde_json::json;

/// The function, with what it works on.
pub struct Decisions {
    /// Who calls.
    pub access: Access,
    /// Where decisions are.
    pub store: Store,
    /// What seals cursors.
    pub cursors: Secret<CursorKey>,
    /// Counts the texts that may not leave.
    pub metrics: Metrics,
}

/// An answer about one tenant.
#[derive(Serialize)]
struct Row<'a> {
    tenant_id: &'a TenantId,
    decision_id: Option<DecisionId>,
    decided_at: Option<String>,
    allowed: bool,
    #[serde(flatten)]
    rest: Rest,
}

/// What an answer has beside, by how it turned out.
#[derive(Serialize)]
#[serde(untagged)]
enum Rest {
    Allowed {
        to: String,
        from: String,
        consent_record_id: Option<RecordId>,
        valid_until: Option<String>,
    },
    Refused {
        code: &'static str,
        detail: String,
        consent_status: Option<Status>,
        opt_in_via: Vec<OptInChannel>,
    },
}

impl Rest {
    /// A refusal that is not about the tenant's consent.
    fn without_consent(code: Code, detail: &str) -> Self {
        Self::Refused {
            code: code.as_str(),
            detail: detail.to_owned(),
            consent_status: None,
            opt_in_via: Vec::new(),
        }
    }
}

impl Decisions {
    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the caller is told.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        match (path.segments().as_slice(), request.method()) {
            (["v1", "facilities", facility, "decisions"], &Method::POST) => {
                self.ask(&request, facility).await
            }
            (["v1", "facilities", _, "decisions"], _) => Err(Problem::method_not_allowed("POST")),
            (["v1", "facilities", facility, "tenants", tenant, "decisions"], &Method::GET) => {
                self.list(&request, facility, tenant).await
            }
            (["v1", "facilities", _, "tenants", _, "decisions"], _) => {
                Err(Problem::method_not_allowed("GET"))
            }
            (
                [
                    "v1",
                    "facilities",
                    facility,
                    "tenants",
                    tenant,
                    "decisions",
                    decision,
                ],
                &Method::PUT,
            ) => self.report(&request, facility, tenant, decision).await,
            (["v1", "facilities", _, "tenants", _, "decisions", _], _) => {
                Err(Problem::method_not_allowed("PUT"))
            }
            _ => Err(Problem::no_such_path()),
        }
    }

    async fn caller(&self, request: &Request, scope: Scope, facility: &str) -> Result<Caller, Problem> {
        let caller = self.access.caller(request, clock::now()).await?;
        caller.at_facility(scope, facility)?;
        Ok(caller)
    }

    async fn ask(&self, request: &Request, facility: &str) -> Result<Response<Body>, Problem> {
        let caller = self.caller(request, Scope::MessagesSend, facility).await?;
        let facility = request::facility_id(facility)?;
        let question = body::question(&request::json_object(request)?)?;
        let ask = Ask {
            facility: &facility,
            tenants: &question.tenants,
            by: caller.subject(),
            open_for: question.open_for,
        };
        let asked = self.store.ask(&ask, clock::now).await?;
        self.count(&asked);
        let is_decided = |asked: &Asked| !matches!(asked, Asked::Undecided(_));
        if !asked.iter().any(is_decided) {
            return Err(undecided(asked));
        }
        let rows: Vec<Row<'_>> = question
            .tenants
            .iter()
            .zip(asked)
            .map(|(tenant, asked)| row(tenant, asked))
            .collect();
        response::json(StatusCode::OK, &json!({"decisions": rows}))
    }

    /// Counts the texts that somebody wanted to send and that may not leave.
    fn count(&self, asked: &[Asked]) {
        let mut refused: HashMap<Closed, u64> = HashMap::new();
        for asked in asked {
            if let Asked::Refused(refusal) = asked {
                *refused.entry(refusal.closed).or_default() += 1;
            }
        }
        for (closed, count) in refused {
            self.metrics
                .count(Metric::RefusedSends(closed), count, clock::now());
        }
    }

    async fn report(
        &self,
        request: &Request,
        facility: &str,
        tenant: &str,
        decision: &str,
    ) -> Result<Response<Body>, Problem> {
        self.caller(request, Scope::MessagesSend, facility).await?;
        let (facility, tenant) = ids(facility, tenant)?;
        let members = request::json_object(request)?;
        let outcome = body::outcome(&members)?;
        let decision = DecisionId::parse(decision);
        let report = OutcomeReport {
            facility: &facility,
            tenant: &tenant,
            decision_id: decision.as_ref(),
            outcome: outcome.outcome,
            body: outcome.body,
            provider_message_id: outcome.provider_message_id,
        };
        let decision = self.store.report_outcome(&report, clock::now()).await;
        response::json(StatusCode::OK, &decision.map_err(not_taken)?)
    }

    async fn list(&self, request: &Request, facility: &str, tenant: &str) -> Result<Response<Body>, Problem> {
        self.caller(request, Scope::ConsentRead, facility).await?;
        let (facility, tenant) = ids(facility, tenant)?;
        let query = Query::of(request);
        let limit = query.limit()?;
        let grant = query
            .one("consent_record_id")?
            .map(|id| record_id(id, &facility, &tenant))
            .transpose()?;
        let list = TenantList::decisions(&facility, &tenant, grant);
        let cursor = query.one("cursor")?;
        let (place, turner) = self
            .cursors
            .turn("cursor", cursor, list.name(), clock::now())
            .await?;
        let list = list.from(place);
        let page = self.store.decisions(&list, limit, clock::now()).await?;
        response::json(
            StatusCode::OK,
            &json!({"decisions": page.entries, "next": turner.cursor(page.next.as_ref())}),
        )
    }
}

fn ids(facility: &str, tenant: &str) -> Result<(FacilityId, TenantId), Problem> {
    Ok((request::facility_id(facility)?, request::tenant_id(tenant)?))
}

fn row(tenant_id: &TenantId, asked: Asked) -> Row<'_> {
    let (decision_id, decided_at, rest) = match asked {
        Asked::Allowed(allowed) => (
            Some(allowed.decision_id),
            Some(allowed.decided_at),
            Rest::Allowed {
                to: allowed.to.into(),
                from: allowed.from.into(),
                consent_record_id: allowed.consent_record_id,
                valid_until: allowed.valid_until,
            },
        ),
        Asked::Refused(refused) => {
            let RefusedText { decision, found, .. } = *refused;
            let rest = Rest::Refused {
                code: decision.code.unwrap_or_default(),
                detail: decision.detail.unwrap_or_default(),
                consent_status: Some(found.tenant.consent.status()),
                opt_in_via: opt_in_via(&found.tenant, found.facility.two_way_texting),
            };
            (Some(decision.decision_id), Some(decision.decided_at), rest)
        }
        Asked::NotFound(at) => {
            let detail = "The facility has no such tenant.";
            let rest = Rest::without_consent(Code::TenantNotFound, detail);
            (None, Some(rfc3339(at)), rest)
        }
        Asked::Undecided(error) => {
            tracing::warn!(%error, "a tenant was not decided on");
            let detail = "The service is too busy to decide on this customer. Do not text them now. It is safe to ask again.";
            (None, None, Rest::without_consent(Code::Unavailable, detail))
        }
    };
    Row {
        tenant_id,
        decision_id,
        decided_at,
        allowed: matches!(rest, Rest::Allowed { .. }),
        rest,
    }
}

/// What is told where nothing was decided at all.
fn undecided(asked: Vec<Asked>) -> Problem {
    let error = asked.into_iter().find_map(|asked| match asked {
        Asked::Undecided(error) => Some(error),
        Asked::Allowed(_) | Asked::Refused(_) | Asked::NotFound(_) => None,
    });
    error
        .unwrap_or_else(|| StoreError::Unavailable("nothing was asked".into()))
        .into()
}

fn not_taken(error: ReportError) -> Problem {
    match error {
        ReportError::NotFound(not_found) => not_found.into(),
        ReportError::DecisionNotFound => Problem::new(
            Code::DecisionNotFound,
            "There is no such decision about a text to this tenant.",
        ),
        ReportError::OutcomeReported(_) => Problem::new(
            Code::OutcomeReported,
            "Another outcome is known of this decision, or none can be reported: it was a refusal, or the text is one \
             that this service sends.",
        ),
        ReportError::Store(error) => error.into(),
    }
}

/// The id of a consent record of this tenant.
fn record_id(id: &str, facility: &FacilityId, tenant: &TenantId) -> Result<RecordId, Problem> {
    RecordId::parse(id, facility, tenant).ok_or_else(|| {
        Problem::invalid_field("consent_record_id", "must be the id of a record of this tenant")
    })
}

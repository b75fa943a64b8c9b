//! Texts to tenants, their threads and their notification preferences.

mod preferences;

use consent::gate::{Closed, ProviderBlock};
use consent::id::{FacilityId, TenantId};
use consent::view::{ConsentView, TwoWayTextingScreen, opt_in_via, why_not};
use consent_http::request::{self, Fields, Query};
use consent_http::{Access, Caller, Code, CursorKey, Problem, Scope, clock, response};
use consent_metrics::{Metric, Metrics};
use consent_secrets::Secret;
use consent_store::{
    ChooseError, FacilityTenant, Message, Permit, SendDecision, SendError, SendRequest, Store, TenantList,
    ThreadEntry, Unpublished,
};
use consent_texts::{NotSent, Sender};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use serde_json::json;

const PREFERENCES: &str = "notification-preferences";
/// What an `Idempotency-Key` may have.
const KEY_CHARACTERS: usize = 255;

/// The function, with what it works on.
pub struct Messages {
    /// Who calls.
    pub access: Access,
    /// Where decisions and threads are.
    pub store: Store,
    /// What sends texts.
    pub sender: Sender,
    /// What seals cursors.
    pub cursors: Secret<CursorKey>,
    /// Counts the texts that do not leave.
    pub metrics: Metrics,
}

#[derive(Serialize)]
struct ThreadBody {
    messages: Vec<ThreadEntry>,
    #[serde(flatten)]
    screen: TwoWayTextingScreen,
    next: Option<String>,
}

/// The tenant whom a path names.
#[derive(Clone, Copy)]
struct TenantPath<'a> {
    facility: &'a str,
    tenant: &'a str,
}

impl Messages {
    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the caller is told.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        let path = path.segments();
        match (path.as_slice(), request.method()) {
            (["v1", "facilities", facility, "tenants", tenant, "messages"], &Method::POST) => {
                self.send(&request, TenantPath { facility, tenant }).await
            }
            (["v1", "facilities", facility, "tenants", tenant, "messages"], &Method::GET) => {
                self.thread(&request, TenantPath { facility, tenant }).await
            }
            (["v1", "facilities", _, "tenants", _, "messages"], _) => {
                Err(Problem::method_not_allowed("GET, POST"))
            }
            (["v1", "facilities", facility, "tenants", tenant, PREFERENCES], &Method::GET) => {
                self.preferences(&request, TenantPath { facility, tenant }).await
            }
            (["v1", "facilities", facility, "tenants", tenant, PREFERENCES], &Method::PUT) => {
                self.choose(&request, TenantPath { facility, tenant }).await
            }
            (["v1", "facilities", _, "tenants", _, PREFERENCES], _) => {
                Err(Problem::method_not_allowed("GET, PUT"))
            }
            _ => Err(Problem::no_such_path()),
        }
    }

    /// Who calls, where they may do this at the facility, and the tenant whom it is about.
    async fn admitted(
        &self,
        request: &Request,
        scope: Scope,
        path: TenantPath<'_>,
    ) -> Result<(Caller, FacilityId, TenantId), Problem> {
        let caller = self.access.caller(request, clock::now()).await?;
        caller.at_facility(scope, path.facility)?;
        let facility = request::facility_id(path.facility)?;
        Ok((caller, facility, request::tenant_id(path.tenant)?))
    }

    async fn send(&self, request: &Request, path: TenantPath<'_>) -> Result<Response<Body>, Problem> {
        let (caller, facility, tenant) = &self.admitted(request, Scope::MessagesSend, path).await?;
        let members = request::json_object(request)?;
        let mut fields = Fields::new(&members, "");
        let body = fields.read("body", request::message);
        let body = fields.finish(body)?;
        let draft = SendRequest {
            facility,
            tenant,
            body,
            key: idempotency_key(request)?,
            by: caller.subject(),
        };
        let mut decided = self.store.authorise_send(&draft, clock::now).await;
        let mut known = None;
        // The provider may have let the number back where we did not see it.
        if let Err(SendError::Refused(Closed::ProviderBlocked, found)) = &decided
            && let Some(block) = found.tenant.provider_block()
            && self
                .sender
                .may_be_let_back(found.facility.provider, &block.number)
                .await
        {
            known = Some(block.clone());
            self.store.keep_provider_block(facility, tenant, None).await?;
            decided = self.store.authorise_send(&draft, clock::now).await;
        }
        match decided {
            Ok(SendDecision::SentBefore(message)) => accepted(&message),
            Ok(SendDecision::Publish(permit)) => self.publish(*permit, known.as_ref()).await,
            Err(SendError::NotFound(not_found)) => Err(not_found.into()),
            Err(SendError::Refused(closed, found)) => Err(self.refused_send(closed, &found)),
            Err(SendError::KeyReused) => {
                let detail = "This Idempotency-Key was used with a different body.";
                Err(Problem::new(Code::IdempotencyKeyReused, detail))
            }
            Err(SendError::Store(error)) => Err(error.into()),
        }
    }

    /// Hands an accepted message to the provider. `known` is what was known of the provider's own list before.
    async fn publish(
        &self,
        permit: Permit,
        known: Option<&ProviderBlock>,
    ) -> Result<Response<Body>, Problem> {
        let sent = self.sender.send(&self.store, permit, known, clock::now).await;
        let unpublished = match sent {
            Ok(message) => return accepted(&message),
            Err(NotSent::Blocked(found)) => return Err(self.refused_send(Closed::ProviderBlocked, &found)),
            Err(NotSent::Store(error)) => return Err(error.into()),
            Err(NotSent::Unpublished(unpublished)) => unpublished,
        };
        Err(match unpublished {
            // Nobody was asked, or the next try may be taken.
            error @ (Unpublished::TooLate | Unpublished::NotNow(_) | Unpublished::OptedOut) => {
                Problem::unavailable(error)
            }
            error @ Unpublished::Refused(_) => {
                let detail = "The provider refused this text, so it did not leave. The service's log has the \
                              provider's reason; the same text will be refused again until that has changed.";
                Problem::unavailable(error).saying(detail)
            }
            error @ Unpublished::Unknown(_) => {
                let detail = "The provider's answer did not come: the text may have left. Sending it again may send it twice.";
                Problem::unavailable(error)
                    .saying(detail)
                    .with("may_have_left", json!(true))
            }
        })
    }

    /// 409 to somebody who wanted to send a text, which counts.
    fn refused_send(&self, closed: Closed, found: &FacilityTenant) -> Problem {
        self.metrics.count_one(Metric::RefusedSends(closed), clock::now());
        refused(closed, found)
    }

    async fn thread(&self, request: &Request, path: TenantPath<'_>) -> Result<Response<Body>, Problem> {
        let (_, facility, tenant) = &self.admitted(request, Scope::ConsentRead, path).await?;
        let query = Query::of(request);
        let limit = query.limit()?;
        let list = TenantList::thread(facility, tenant);
        let cursor = query.one("cursor")?;
        let (place, turner) = self
            .cursors
            .turn("cursor", cursor, list.name(), clock::now())
            .await?;
        let list = list.from(place);
        let found = self.store.resident(facility, tenant).await?;
        let page = self.store.thread(&list, limit).await?;
        let screen = ConsentView::of(&found.facility, &found.tenant).two_way_texting;
        let body = ThreadBody {
            messages: page.entries,
            screen,
            next: turner.cursor(page.next.as_ref()),
        };
        response::json(StatusCode::OK, &body)
    }

    async fn preferences(&self, request: &Request, path: TenantPath<'_>) -> Result<Response<Body>, Problem> {
        let (_, facility, tenant) = &self.admitted(request, Scope::ConsentRead, path).await?;
        let view = self.store.preferences(facility, tenant).await?;
        response::json(StatusCode::OK, &view)
    }

    async fn choose(&self, request: &Request, path: TenantPath<'_>) -> Result<Response<Body>, Problem> {
        let (_, facility, tenant) = &self.admitted(request, Scope::ConsentWrite, path).await?;
        let changes = preferences::changes(&request::json_object(request)?)?;
        match self.store.choose(facility, tenant, &changes).await {
            Ok(view) => response::json(StatusCode::OK, &view),
            Err(ChooseError::NotFound(not_found)) => Err(not_found.into()),
            Err(ChooseError::Refused(closed, found)) => Err(refused(closed, &found)),
            Err(ChooseError::Store(error)) => Err(error.into()),
        }
    }
}

fn accepted(message: &Message) -> Result<Response<Body>, Problem> {
    let body = json!({
        "message_id": message.message_id,
        "decision_id": message.decision_id,
        "consent_record_id": message.consent_record_id,
    });
    response::json(StatusCode::ACCEPTED, &body)
}

/// 409, with the way back.
fn refused(closed: Closed, found: &FacilityTenant) -> Problem {
    let detail = why_not(closed, &found.facility, &found.tenant);
    let problem = Problem::new(closed.into(), detail)
        .with("consent_status", json!(found.tenant.consent.status()))
        .with(
            "opt_in_via",
            json!(opt_in_via(&found.tenant, found.facility.two_way_texting)),
        );
    match (closed, &found.tenant.hold) {
        (Closed::OnHold, Some(hold)) => problem.with("review_id", json!(hold.review_id)),
        _ => problem,
    }
}

fn idempotency_key(request: &Request) -> Result<Option<&str>, Problem> {
    let Some(value) = request.headers().get("idempotency-key") else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key) if (1..=KEY_CHARACTERS).contains(&key.len()) => Ok(Some(key)),
        _ => Err(Problem::invalid_field(
            "Idempotency-Key",
            format!("must be 1 to {KEY_CHARACTERS} visible ASCII characters"),
        )),
    }
}

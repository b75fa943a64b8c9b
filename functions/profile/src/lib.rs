//! The consent check box on the staff's profile screen, and the history behind it.

use consent::id::RecordId;
use consent::record::{Link, StoredRecord};
use consent::rules::Screen;
use consent::view::ConsentView;
use consent_http::request::{self, Query};
use consent_http::{Access, BadCursor, Caller, CursorKey, Problem, Scope, checkbox, clock, response};
use consent_secrets::Secret;
use consent_store::{FacilityTenant, Store, history_link, history_name};
use consent_texts::Sender;
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};
use serde::Serialize;

/// The function, with what it works on.
pub struct Profile {
    access: Access,
    store: Store,
    sender: Sender,
    cursors: Secret<CursorKey>,
}

#[derive(Serialize)]
struct HistoryBody {
    records: Vec<StoredRecord>,
    next: Option<String>,
    head: Option<Link>,
    broken_at: Option<RecordId>,
}

impl Profile {
    /// The function on a store.
    pub fn new(access: Access, store: Store, sender: Sender, cursors: Secret<CursorKey>) -> Self {
        Self {
            access,
            store,
            sender,
            cursors,
        }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the caller is told.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        match (path.segments().as_slice(), request.method()) {
            (["v1", "facilities", facility, "tenants", tenant, "consent"], &Method::GET) => {
                self.get(&request, facility, tenant).await
            }
            (["v1", "facilities", facility, "tenants", tenant, "consent"], &Method::PUT) => {
                self.put(&request, facility, tenant).await
            }
            (["v1", "facilities", _, "tenants", _, "consent"], _) => {
                Err(Problem::method_not_allowed("GET, PUT"))
            }
            (
                [
                    "v1",
                    "facilities",
                    facility,
                    "tenants",
                    tenant,
                    "consent",
                    "history",
                ],
                &Method::GET,
            ) => self.history(&request, facility, tenant).await,
            (["v1", "facilities", _, "tenants", _, "consent", "history"], _) => {
                Err(Problem::method_not_allowed("GET"))
            }
            _ => Err(Problem::no_such_path()),
        }
    }

    async fn get(&self, request: &Request, facility: &str, tenant: &str) -> Result<Response<Body>, Problem> {
        self.caller(request, Scope::ConsentRead, facility).await?;
        let (facility, tenant) = (request::facility_id(facility)?, request::tenant_id(tenant)?);
        let found = self.store.resident(&facility, &tenant).await?;
        response::tagged_json(StatusCode::OK, &ConsentView::of(&found.facility, &found.tenant))
    }

    async fn put(&self, request: &Request, facility: &str, tenant: &str) -> Result<Response<Body>, Problem> {
        let caller = self.caller(request, Scope::ConsentWrite, facility).await?;
        let (facility, tenant) = (request::facility_id(facility)?, request::tenant_id(tenant)?);
        let view = |found: &FacilityTenant| ConsentView::of(&found.facility, &found.tenant);
        let ids = (&facility, &tenant);
        let submitted = checkbox::submit(
            Screen::Profile,
            request,
            &caller,
            &self.store,
            ids,
            clock::now(),
            view,
        )
        .await?;
        let found = self
            .sender
            .confirm_grant(&self.store, submitted, caller.subject(), clock::now)
            .await;
        response::tagged_json(StatusCode::OK, &view(&found))
    }

    async fn history(
        &self,
        request: &Request,
        facility: &str,
        tenant: &str,
    ) -> Result<Response<Body>, Problem> {
        self.caller(request, Scope::ConsentRead, facility).await?;
        let (facility, tenant) = (request::facility_id(facility)?, request::tenant_id(tenant)?);
        let query = Query::of(request);
        let limit = query.limit()?;
        let cursor = query.one("cursor")?;
        let now = clock::now();
        let name = history_name(&facility, &tenant);
        let (place, turner) = self.cursors.turn("cursor", cursor, name, now).await?;
        let from = place
            .map(|place| history_link(&place).ok_or(BadCursor))
            .transpose();
        let from = from.map_err(|error| Problem::invalid_field("cursor", error.to_string()))?;
        let page = self.store.history(&facility, &tenant, from, limit, now).await?;
        response::json(
            StatusCode::OK,
            &HistoryBody {
                records: page.records,
                next: turner.cursor(page.next.as_ref()),
                head: page.head,
                broken_at: page.broken_at,
            },
        )
    }

    async fn caller(&self, request: &Request, scope: Scope, facility: &str) -> Result<Caller, Problem> {
        let caller = self.access.caller(request, clock::now()).await?;
        caller.at_facility(scope, facility)?;
        Ok(caller)
    }
}

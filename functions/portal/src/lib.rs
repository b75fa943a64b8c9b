//! The consent check box on the tenant's own page.

use consent::rules::Screen;
use consent::view::PortalView;
use consent_http::{Access, Problem, checkbox, clock, request, response};
use consent_store::{CheckboxOutcome, FacilityTenant, ReadError, Store};
use consent_texts::{LetBack, Sender};
use jiff::Timestamp;
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};

/// The function, with what it works on.
pub struct Portal {
    access: Access,
    store: Store,
    sender: Sender,
}

impl Portal {
    /// The function on a store.
    pub fn new(access: Access, store: Store, sender: Sender) -> Self {
        Self {
            access,
            store,
            sender,
        }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the caller is told.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        let path = path.segments();
        let ["v1", "portal", "consent"] = path.as_slice() else {
            return Err(Problem::no_such_path());
        };
        let method = request.method();
        if method != Method::GET && method != Method::PUT {
            return Err(Problem::method_not_allowed("GET, PUT"));
        }
        let caller = self.access.caller(&request, clock::now()).await?;
        let (facility, tenant) = caller.tenant()?;
        let ids = (&facility, &tenant);
        let view = |found: &FacilityTenant| PortalView::of(&found.facility, &found.tenant);
        let found = if method == Method::GET {
            self.store.resident(&facility, &tenant).await?
        } else {
            let now = clock::now();
            let submitted =
                checkbox::submit(Screen::Portal, &request, &caller, &self.store, ids, now, view).await?;
            let asked = self.lift_provider_block(&submitted, now).await;
            let found = self
                .sender
                .confirm_grant(&self.store, submitted, caller.subject(), clock::now)
                .await;
            if asked {
                // What the provider said shows. Who has moved out meanwhile is told what the click did.
                match self.store.resident(&facility, &tenant).await {
                    Err(ReadError::NotFound(_)) => found,
                    shown => shown?,
                }
            } else {
                found
            }
        };
        response::tagged_json(StatusCode::OK, &view(&found))
    }

    /// Where the box lifted a text opt-out, the provider is asked to lift its own: whether it was.
    async fn lift_provider_block(&self, submitted: &CheckboxOutcome, now: Timestamp) -> bool {
        let CheckboxOutcome { before, found } = submitted;
        let tenant = &found.tenant;
        let Some(number) = tenant.details.cell_phone.as_ref() else {
            return false;
        };
        let asks = tenant.consent != *before && tenant.lifts_provider_block(*before);
        if asks {
            let tenants = std::slice::from_ref(&tenant.tenant_id);
            let at = (&tenant.facility_id, found.facility.provider);
            self.sender
                .let_back(&self.store, at, tenants, number, LetBack::ByPortal, now)
                .await;
        }
        asks
    }
}

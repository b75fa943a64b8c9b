//! The consent check box on the tenant's own page.

use consent::rules::Screen;
use consent::view::PortalView;
use consent_http::{Access, Problem, checkbox, clock, request, response};
use consent_store::{Found, Store};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};

/// The function, with what it works on.
pub struct Portal {
    access: Access,
    store: Store,
}

impl Portal {
    /// The function on a store.
    pub fn new(access: Access, store: Store) -> Self {
        Self { access, store }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the caller is told.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let ["v1", "portal", "consent"] = path.as_slice() else {
            return Err(Problem::no_such_path());
        };
        let method = request.method();
        if method != Method::GET && method != Method::PUT {
            return Err(Problem::method_not_allowed("GET, PUT"));
        }
        let caller = self.access.caller(&request, clock::now()).await?;
        let (facility, tenant) = caller.tenant()?;
        let view = |found: &Found| PortalView::of(&found.facility, &found.tenant);
        let shown = if method == Method::GET {
            view(&self.store.resident(&facility, &tenant).await??)
        } else {
            let ids = (&facility, &tenant);
            checkbox::submit(
                Screen::Portal,
                &request,
                &caller,
                &self.store,
                ids,
                clock::now(),
                view,
            )
            .await?
        };
        response::tagged_json(StatusCode::OK, &shown)
    }
}

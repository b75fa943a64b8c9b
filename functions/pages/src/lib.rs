//! The screens: elements to embed, pages made of them, and a facility's public programme page.
//!
//! The elements and pages are static. They call the HTTP interface with a token that this function never sees. The
//! programme page is the exception: it has no token, so the function reads the facility's item itself and writes HTML.

mod assets;
mod program;

use consent_http::{Problem, request, response};
use consent_store::Store;
use lambda_http::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH,
    InvalidHeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use lambda_http::{Body, Request, Response};

use crate::assets::{Asset, Assets, Keep};

const HTML: &str = "text/html; charset=utf-8";
/// Resources that other sites load need this where a page isolates itself (the Fetch standard).
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The function, with what it works on.
pub struct Pages {
    store: Store,
    assets: Assets,
    policy: HeaderValue,
}

impl Pages {
    /// The function on a store. `frame_ancestors` says which sites may show the pages in a frame, in the words of
    /// `Content-Security-Policy`.
    ///
    /// # Errors
    /// `frame_ancestors` cannot be in a header.
    pub fn new(store: Store, frame_ancestors: &str) -> Result<Self, InvalidHeaderValue> {
        Ok(Self {
            store,
            assets: Assets::new(),
            policy: policy(frame_ancestors)?,
        })
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the caller is told.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let page = Page::at(&path)?;
        if request.method() != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        match page {
            Page::Element(name) => {
                let asset = self.assets.named(name).ok_or_else(Problem::no_such_path)?;
                Ok(served(asset, request.headers()))
            }
            Page::Staff => Ok(self.page(self.assets.staff.clone(), Keep::Ask)),
            Page::Portal => Ok(self.page(self.assets.portal.clone(), Keep::Ask)),
            Page::Program(facility) => {
                let facility = request::facility_id(facility)?;
                let facility = self.store.facility(&facility).await?;
                let facility = facility.ok_or_else(Problem::facility_not_found)?;
                Ok(self.page(self.assets.linked(&program::page(&facility)), Keep::Minutes))
            }
        }
    }

    fn page(&self, html: String, keep: Keep) -> Response<Body> {
        let mut response = response::with_type(StatusCode::OK, HTML, html);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep.header()));
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
}

/// What is at a path.
enum Page<'a> {
    Element(&'a str),
    Staff,
    Portal,
    Program(&'a str),
}

impl<'a> Page<'a> {
    /// # Errors
    /// 404, and 400 where an id in the path is malformed.
    fn at(path: &[&'a str]) -> Result<Self, Problem> {
        match *path {
            ["elements", name] => Ok(Self::Element(name)),
            ["staff", facility, "report" | "reviews"] => {
                request::facility_id(facility)?;
                Ok(Self::Staff)
            }
            ["staff", facility, "tenants", tenant]
            | ["staff", facility, "tenants", tenant, "texts" | "notifications"] => {
                request::facility_id(facility)?;
                request::tenant_id(tenant)?;
                Ok(Self::Staff)
            }
            ["portal"] => Ok(Self::Portal),
            ["programs", facility] => Ok(Self::Program(facility)),
            _ => Err(Problem::no_such_path()),
        }
    }
}

/// The policy of every page: what it needs and no more. Nothing is inline, and no text can become markup (Trusted Types).
fn policy(frame_ancestors: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    HeaderValue::try_from(format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors {frame_ancestors}; require-trusted-types-for 'script'; trusted-types 'none'"
    ))
}

/// A file, or 304 where the caller has it. Modules and styles are for pages of any site.
fn served(asset: &Asset, headers: &HeaderMap) -> Response<Body> {
    let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known == asset.tag);
    let mut response = if known {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        response::with_type(StatusCode::OK, asset.media_type, asset.text.clone())
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(asset.keep.header()));
    headers.insert(ETAG, asset.tag.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

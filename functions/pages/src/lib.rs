//! The screens: elements to embed, pages made of them, and a facility's public programme page.
//!
//! The elements and pages are static. They call the HTTP interface with a token that this function never sees. The
//! programme page is the exception: it has no token, so the function reads the facility's item itself and writes HTML.

mod assets;
mod language;
mod program;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use consent_http::request::Query;
use consent_http::{Problem, request, response};
use consent_store::Store;
use lambda_http::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    ETAG, IF_NONE_MATCH, InvalidHeaderValue, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use lambda_http::{Body, Request, Response};

use crate::assets::{Asset, Assets, Keep};
use crate::language::Language;

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
        let path = path.segments();
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
                let language = Language::of(&Query::of(&request), request.headers())?;
                let page = program::page(&facility, language);
                let mut response = self.page(self.assets.linked(&page), Keep::Minutes);
                response
                    .headers_mut()
                    .insert(VARY, HeaderValue::from_static("accept-language"));
                Ok(response)
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

/// The style of the page of evidence, which the history opens from memory: such a page has the policy of the one that
/// opened it, and its style is in it.
const EVIDENCE_STYLE: &str = include_str!("../../evidence/src/page.css");

/// The policy of every page: what it needs and no more. Nothing is inline but the one style whose hash is here, and no
/// text can become markup (Trusted Types).
fn policy(frame_ancestors: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let style = ring::digest::digest(&ring::digest::SHA256, EVIDENCE_STYLE.as_bytes());
    let style = STANDARD.encode(style);
    HeaderValue::try_from(format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{style}'; connect-src 'self'; \
         img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {frame_ancestors}; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    ))
}

/// A file, or 304 where the caller has it. Modules and styles are for pages of any site.
fn served(asset: &Asset, headers: &HeaderMap) -> Response<Body> {
    let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known == asset.tag);
    let mut response = if known {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else if takes_gzip(headers) {
        let mut response = response::with_type(StatusCode::OK, asset.media_type, String::new());
        *response.body_mut() = Body::Binary(asset.compressed().to_vec());
        let encoding = HeaderValue::from_static("gzip");
        response.headers_mut().insert(CONTENT_ENCODING, encoding);
        response
    } else {
        response::with_type(StatusCode::OK, asset.media_type, asset.text.clone())
    };
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(asset.keep.header()));
    headers.insert(ETAG, asset.tag.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Whether the caller takes gzip (RFC 9110, 12.5.3): it is named, and not refused by `q=0`.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter();
    let mut codings = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().trim_start_matches("q=");
        name.trim().eq_ignore_ascii_case("gzip") && weight.parse() != Ok(0.0_f32)
    })
}

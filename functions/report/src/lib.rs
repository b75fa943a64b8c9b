//! The Customer Consent Status report, as a page of JSON or whole as CSV.

mod csv;

use consent::id::PhoneNumber;
use consent::rules::{Source, Status};
use consent_http::request::{self, Query};
use consent_http::{Access, Problem, Scope, clock, response};
use consent_secrets::Secret;
use consent_store::{CursorKey, ReportQuery, ReportRow, Store, Totals};
use lambda_http::http::{Method, StatusCode, header};
use lambda_http::{Body, Request, Response};
use serde::Serialize;

/// What may be typed into the search.
const SEARCH_CHARACTERS: usize = 200;
/// The whole report is read in pages of so many rows.
const EXPORT_PAGE: usize = 1_000;

/// The function, with what it works on.
pub struct Report {
    access: Access,
    store: Store,
    cursors: Secret<CursorKey>,
}

#[derive(Serialize)]
struct ReportBody {
    rows: Vec<RowBody>,
    next: Option<String>,
    totals: TotalsBody,
}

#[derive(Serialize)]
struct TotalsBody {
    provided: i64,
    not_provided: i64,
    opted_out: i64,
}

/// A row on the wire; its members are the columns of the CSV.
#[derive(Serialize)]
struct RowBody {
    tenant_id: String,
    name: String,
    cell_phone: Option<PhoneNumber>,
    units: Vec<String>,
    provided_consent: &'static str,
    status: Status,
    source: Option<Source>,
    changed_at: Option<String>,
}

impl From<ReportRow> for RowBody {
    fn from(row: ReportRow) -> Self {
        Self {
            tenant_id: row.tenant_id.into(),
            name: row.name,
            cell_phone: row.cell_phone,
            units: row.units,
            provided_consent: if row.status == Status::Provided {
                "Yes"
            } else {
                "No"
            },
            status: row.status,
            source: row.source,
            changed_at: row.changed_at,
        }
    }
}

impl From<Totals> for TotalsBody {
    fn from(totals: Totals) -> Self {
        let Totals {
            provided,
            not_provided,
            opted_out,
        } = totals;
        Self {
            provided,
            not_provided,
            opted_out,
        }
    }
}

impl Report {
    /// The function on a store.
    pub fn new(access: Access, store: Store, cursors: Secret<CursorKey>) -> Self {
        Self {
            access,
            store,
            cursors,
        }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the caller is told.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let ["v1", "facilities", facility, "consent-report"] = path.as_slice() else {
            return Err(Problem::no_such_path());
        };
        if request.method() != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        let caller = self.access.caller(&request, clock::now()).await?;
        caller.at_facility(Scope::ConsentRead, facility)?;
        let facility = request::facility_id(facility)?;
        let query = Query::of(&request);
        let limit = query.limit()?;
        let (search, statuses) = typed(&query)?;
        let turned = |cursors: &CursorKey| {
            ReportQuery::new(&facility, search, statuses.clone(), query.last("cursor"), cursors)
        };
        let (cursors, report) = self.cursors.open("cursor", clock::now(), turned).await?;
        if self.store.facility(&facility).await?.is_none() {
            return Err(Problem::facility_not_found());
        }
        if wants_csv(&request) {
            return self.export(report.from_the_start(), &cursors).await;
        }
        let (page, totals) = tokio::try_join!(
            self.store.report(&report, limit.into(), &cursors),
            self.store.totals(&facility)
        )?;
        let rows = page.rows.into_iter().map(RowBody::from).collect();
        response::json(
            StatusCode::OK,
            &ReportBody {
                rows,
                next: page.next,
                totals: totals.into(),
            },
        )
    }

    /// The whole of what the query matches.
    async fn export(&self, mut query: ReportQuery, cursors: &CursorKey) -> Result<Response<Body>, Problem> {
        let mut export = csv::Export::new();
        loop {
            let page = self.store.report(&query, EXPORT_PAGE, cursors).await?;
            for row in page.rows {
                export.row(&row.into()).map_err(Problem::internal)?;
            }
            match page.next {
                Some(next) => query = query.turn(&next, cursors).map_err(Problem::internal)?,
                None => break,
            }
        }
        let text = export.finish().map_err(Problem::internal)?;
        Ok(response::with_type(
            StatusCode::OK,
            "text/csv; charset=utf-8; header=present",
            text,
        ))
    }
}

/// What is searched for, and in which statuses; none means all.
fn typed(query: &Query) -> Result<(&str, Vec<Status>), Problem> {
    let search = query.last("search").unwrap_or_default();
    if search.chars().count() > SEARCH_CHARACTERS {
        return Err(Problem::invalid_field(
            "search",
            format!("may have {SEARCH_CHARACTERS} characters"),
        ));
    }
    let statuses = query
        .all("status")
        .map(|text| Status::ALL.into_iter().find(|status| status.as_str() == text))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| {
            Problem::invalid_field(
                "status",
                "must be provided, not_provided or opted_out; it may be repeated",
            )
        })?;
    Ok((search, statuses))
}

/// Whether the caller prefers CSV to JSON (RFC 9110, 12.5.1).
fn wants_csv(request: &Request) -> bool {
    let accept = request
        .headers()
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let (mut csv, mut json) = (0.0_f32, 0.0_f32);
    for range in accept.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts
            .filter_map(|parameter| parameter.strip_prefix("q="))
            .find_map(|quality| quality.parse().ok())
            .unwrap_or(1.0);
        match media_type.as_str() {
            "text/csv" | "text/*" => csv = csv.max(quality),
            "application/json" | "application/*" => json = json.max(quality),
            _ => {}
        }
    }
    csv > json
}

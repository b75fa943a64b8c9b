//! The Customer Consent Status report, as a page of JSON or whole as CSV, in parts where an answer cannot hold it.

mod csv;

use consent::evidence::Grade;
use consent::id::{FacilityId, PhoneNumber};
use consent::rules::{Source, Status};
use consent_http::request::{self, Query};
use consent_http::{Access, CursorKey, Problem, Scope, accept, clock, response};
use consent_secrets::Secret;
use consent_store::{ReportQuery, ReportRow, Store, Totals};
use lambda_http::http::{HeaderValue, Method, StatusCode, header};
use lambda_http::{Body, Request, Response};
use serde::Serialize;

use crate::csv::Header;

/// What may be typed into the search.
const SEARCH_CHARACTERS: usize = 200;
/// The most reads for a part of an export. A filter that leaves few rows would take too long otherwise.
const PAGES_AT_MOST: u32 = 30;

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
    on_hold: bool,
    evidence: Option<Grade>,
}

impl From<&ReportRow> for RowBody {
    fn from(row: &ReportRow) -> Self {
        Self {
            tenant_id: row.tenant_id.to_string(),
            name: row.name.clone(),
            cell_phone: row.cell_phone.clone(),
            units: row.units.clone(),
            provided_consent: if row.status == Status::Provided {
                "Yes"
            } else {
                "No"
            },
            status: row.status,
            source: row.source,
            changed_at: row.changed_at.clone(),
            on_hold: row.on_hold,
            evidence: row.evidence(),
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
        let path = path.segments();
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
        let (search, statuses, evidence) = typed(&query)?;
        let cursor = query.one("cursor")?;
        let report = ReportQuery::new(&facility, search, statuses, evidence);
        let turned = self.cursors.turn("cursor", cursor, report.name(), clock::now());
        if accept::prefers(request.headers(), "text/csv", "application/json") {
            // What an export does with a cursor is to see that it is one.
            turned.await?;
            return self.export(&facility, &report, &query).await;
        }
        // It is large, and the caller would hold it.
        let page = Box::pin(self.store.report(report, limit.into(), turned));
        let (page, cursors) = page.await?;
        let rows = page.rows.iter().map(RowBody::from).collect();
        response::json(
            StatusCode::OK,
            &ReportBody {
                rows,
                next: cursors.cursor(page.next.as_ref()),
                totals: page.totals.into(),
            },
        )
    }

    /// The whole of what the query matches, or as much of it as an answer holds: then `Link` leads to the rest.
    async fn export(
        &self,
        facility: &FacilityId,
        report: &ReportQuery,
        query: &Query,
    ) -> Result<Response<Body>, Problem> {
        let part = query.one("part")?;
        let (place, turner) = self
            .cursors
            .turn("part", part, report.export_name(), clock::now())
            .await?;
        let mut report = report.clone().from(place);
        self.store.facility(facility).await?;
        let mut file = csv::Part::new(if part.is_none() {
            Header::Present
        } else {
            Header::Absent
        });
        let mut pages = 0..PAGES_AT_MOST;
        let rest = 'rest: {
            while pages.next().is_some() {
                let page = self.store.export(&report).await?;
                for row in &page.rows {
                    file.row(&row.into()).map_err(Problem::internal)?;
                    if file.is_full() {
                        break 'rest Some(report.following(row));
                    }
                }
                match page.rest {
                    Some(rest) => report = rest,
                    None => break 'rest None,
                }
            }
            Some(report)
        };
        let text = file.finish().map_err(Problem::internal)?;
        let mut response = response::with_type(StatusCode::OK, csv::MEDIA_TYPE, text);
        let rest = rest.and_then(|rest| rest.place());
        if let Some(part) = turner.cursor(rest.as_ref()) {
            let link = link_to(query, &part);
            response
                .headers_mut()
                .insert(header::LINK, link.map_err(Problem::internal)?);
        }
        Ok(response)
    }
}

/// What is searched for, in which statuses and with which grade of evidence; none means all.
fn typed(query: &Query) -> Result<(&str, Vec<Status>, Option<Grade>), Problem> {
    let search = query.one("search")?.unwrap_or_default();
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
    let evidence = match query.one("evidence")? {
        None => None,
        Some(text) => Some(
            Grade::ALL
                .into_iter()
                .find(|grade| grade.as_str() == text)
                .ok_or_else(|| {
                    Problem::invalid_field(
                        "evidence",
                        "must be signed_disclosure, keyword, staff_attested or assumed",
                    )
                })?,
        ),
    };
    Ok((search, statuses, evidence))
}

/// The link (RFC 8288) to the part of an export that follows: the same query, with that part.
fn link_to(query: &Query, part: &str) -> Result<HeaderValue, Box<dyn std::error::Error + Send + Sync>> {
    let mut asked: Vec<(&str, &str)> = ["status", "evidence", "search"]
        .iter()
        .flat_map(|name| query.all(name).map(|value| (*name, value)))
        .collect();
    asked.push(("part", part));
    let link = format!("<?{}>; rel=\"next\"", serde_urlencoded::to_string(asked)?);
    Ok(HeaderValue::from_str(&link)?)
}

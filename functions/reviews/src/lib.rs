//! Texts that a person has to read, and what they decide about them.

use consent::id::ReviewId;
use consent::review::{NotAdmitted, ReviewDecision, ReviewKind, ReviewView, Verdict};
use consent_http::request::{self, Fields, Query, optional, text};
use consent_http::{Access, Caller, Code, CursorKey, Problem, Scope, clock, response};
use consent_secrets::Secret;
use consent_store::{DecideError, ReviewList, ReviewStatus, Store};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use serde_json::Value;

/// What a note may have.
const NOTE_CHARACTERS: usize = 500;

/// The function, with what it works on.
pub struct Reviews {
    access: Access,
    store: Store,
    cursors: Secret<CursorKey>,
}

#[derive(Serialize)]
struct ReviewsBody {
    reviews: Vec<ReviewView>,
    next: Option<String>,
    open: u64,
}

impl Reviews {
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
        match (path.segments().as_slice(), request.method()) {
            (["v1", "facilities", facility, "reviews"], &Method::GET) => self.list(&request, facility).await,
            (["v1", "facilities", _, "reviews"], _) => Err(Problem::method_not_allowed("GET")),
            (["v1", "facilities", facility, "reviews", review], &Method::PUT) => {
                self.decide(&request, facility, review).await
            }
            (["v1", "facilities", _, "reviews", _], _) => Err(Problem::method_not_allowed("PUT")),
            _ => Err(Problem::no_such_path()),
        }
    }

    async fn list(&self, request: &Request, facility: &str) -> Result<Response<Body>, Problem> {
        self.caller(request, Scope::ConsentRead, facility).await?;
        let facility = request::facility_id(facility)?;
        let query = Query::of(request);
        let limit = query.limit()?;
        let list = ReviewList::new(&facility, status(&query)?);
        let cursor = query.one("cursor")?;
        let (place, turner) = self
            .cursors
            .turn("cursor", cursor, list.name(), clock::now())
            .await?;
        let list = list.from(place);
        let page = self.store.reviews(&list, limit).await?;
        response::json(
            StatusCode::OK,
            &ReviewsBody {
                reviews: page.reviews.iter().map(ReviewView::from).collect(),
                next: turner.cursor(page.next.as_ref()),
                open: page.open,
            },
        )
    }

    async fn decide(
        &self,
        request: &Request,
        facility: &str,
        review: &str,
    ) -> Result<Response<Body>, Problem> {
        let caller = self.caller(request, Scope::ConsentWrite, facility).await?;
        let facility = request::facility_id(facility)?;
        let review = ReviewId::parse(review)
            .map_err(|error| Problem::invalid_field("review_id", error.to_string()))?;
        let members = request::json_object(request)?;
        let mut fields = Fields::new(&members, "");
        let decision = fields.read("decision", decision);
        let note = fields.read("note", |value| {
            optional(value, |value| text(value, 1..=NOTE_CHARACTERS))
        });
        let (decision, note) = fields.finish(decision.zip(note))?;
        let verdict = Verdict {
            decision,
            by: caller.subject().to_owned(),
            note,
        };
        let decided = self
            .store
            .decide_review(&facility, &review, &verdict, clock::now())
            .await
            .map_err(refused)?;
        response::json(StatusCode::OK, &ReviewView::from(&decided))
    }

    async fn caller(&self, request: &Request, scope: Scope, facility: &str) -> Result<Caller, Problem> {
        let caller = self.access.caller(request, clock::now()).await?;
        caller.at_facility(scope, facility)?;
        Ok(caller)
    }
}

/// Which reviews are asked for; without a word those that are open.
fn status(query: &Query) -> Result<ReviewStatus, Problem> {
    let Some(asked) = query.one("status")? else {
        return Ok(ReviewStatus::Open);
    };
    ReviewStatus::ALL
        .into_iter()
        .find(|status| status.as_str() == asked)
        .ok_or_else(|| Problem::invalid_field("status", "must be open or decided"))
}

fn decision(value: Option<&Value>) -> Result<ReviewDecision, String> {
    let asked = value.and_then(Value::as_str);
    ReviewDecision::ALL
        .into_iter()
        .find(|decision| Some(decision.as_str()) == asked)
        .ok_or_else(|| "must be opt_out, no_opt_out or seen".to_owned())
}

fn refused(error: DecideError) -> Problem {
    match error {
        DecideError::NotFound(not_found) => not_found.into(),
        DecideError::ReviewNotFound => Problem::new(Code::ReviewNotFound, "The facility has no such review."),
        DecideError::NotAdmitted(NotAdmitted::OtherKind(ReviewKind::Hold)) => Problem::invalid_field(
            "decision",
            "must be opt_out or no_opt_out: this text may ask for no more texts",
        ),
        DecideError::NotAdmitted(NotAdmitted::OtherKind(ReviewKind::OptedOut)) => {
            Problem::invalid_field("decision", "must be seen: this text has opted its tenants out")
        }
        DecideError::NotAdmitted(NotAdmitted::Decided) => {
            let detail = "The review has ended with another decision, or because nobody was on hold from the text any \
                          more.";
            Problem::new(Code::ReviewDecided, detail)
        }
        DecideError::Store(error) => error.into(),
    }
}

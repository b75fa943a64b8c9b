//! What is asked of the report: whom it selects, and how cursors are bound to it.

use consent::evidence::Grade;
use consent::id::FacilityId;
use consent::rules::Status;

use crate::place::Place;
use crate::postings::Posting;
use crate::schema::Key;
use crate::search::Search;

/// What is asked of the report.
#[derive(Debug, Clone)]
pub struct ReportQuery {
    pub(crate) facility: FacilityId,
    pub(crate) search: Option<Search>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) evidence: Option<Grade>,
    /// The sort key of the last row of the page before.
    pub(crate) after: Option<String>,
}

impl ReportQuery {
    /// A query as it is typed. No statuses means all of them, and so does no grade of evidence.
    pub fn new(
        facility: &FacilityId,
        search: &str,
        mut statuses: Vec<Status>,
        evidence: Option<Grade>,
    ) -> Self {
        statuses.sort_unstable();
        statuses.dedup();
        Self {
            facility: facility.clone(),
            search: Search::parse(search),
            statuses,
            evidence,
            after: None,
        }
    }

    /// The same query from a place on. `None`: from the start.
    #[must_use]
    pub fn from(self, place: Option<Place>) -> Self {
        Self {
            after: place.map(|place| place.as_str().to_owned()),
            ..self
        }
    }

    /// The same query from behind a place on.
    pub(crate) fn behind(&self, place: &str) -> Self {
        Self {
            after: Some(place.to_owned()),
            ..self.clone()
        }
    }

    /// From where on the query goes. `None`: from the start.
    pub fn place(&self) -> Option<Place> {
        self.after.clone().map(Place::new)
    }

    /// What a part of an export of this query is bound to.
    pub fn export_name(&self) -> String {
        format!("export/{}", self.name())
    }

    /// What a cursor of this query is bound to.
    pub fn name(&self) -> String {
        let search = self.search.as_ref().map_or("", Search::canonical);
        let statuses: Vec<&str> = self.statuses.iter().map(|status| status.as_str()).collect();
        // No status has a name that is a grade's.
        let filters: Vec<&str> = statuses
            .into_iter()
            .chain(self.evidence.map(Grade::as_str))
            .collect();
        format!("report/{}/{}/{search}", self.facility, filters.join("+"))
    }

    pub(crate) fn selects_all(&self) -> bool {
        self.search.is_none() && self.statuses.is_empty() && self.evidence.is_none()
    }

    /// Whether it may select whom a posting lists, as far as that says: it says what its token is about.
    pub(crate) fn may_select(&self, posting: &Posting) -> bool {
        let search = self.search.as_ref();
        search.is_none_or(|search| search.may_find(posting.folded_name(), &posting.listed))
    }

    /// The same query from a posting's place on, and hardly earlier.
    pub(crate) fn before(&self, posting: &Posting) -> Self {
        let mut place = posting.name.clone();
        place.pop();
        Self {
            // Not back behind the page before.
            after: self.after.clone().max(Some(place)),
            ..self.clone()
        }
    }

    pub(crate) fn key_of(&self, posting: &Posting) -> Key {
        Key::tenant(&self.facility, &posting.tenant_id)
    }
}

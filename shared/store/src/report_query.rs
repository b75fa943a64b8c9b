//! What is asked of the report: whom it selects, and how cursors are bound to it.

use consent::evidence::Grade;
use consent::id::FacilityId;
use consent::rules::Status;

use crate::cursor::{BadCursor, CursorKey};
use crate::postings::Posting;
use crate::report::ReportRow;
use crate::schema::Key;
use crate::search::Search;

/// What is asked of the report.
#[derive(Debug, Clone)]
pub struct ReportQuery {
    pub(crate) facility: FacilityId,
    pub(crate) search: Option<Search>,
    statuses: Vec<Status>,
    evidence: Option<Grade>,
    /// The sort key of the last row of the page before.
    pub(crate) after: Option<String>,
}

impl ReportQuery {
    /// A query as it is typed. No statuses means all of them, and so does no grade of evidence.
    ///
    /// # Errors
    /// The cursor is none of this query.
    pub fn new(
        facility: &FacilityId,
        search: &str,
        mut statuses: Vec<Status>,
        evidence: Option<Grade>,
        cursor: Option<&str>,
        cursors: &CursorKey,
    ) -> Result<Self, BadCursor> {
        statuses.sort_unstable();
        statuses.dedup();
        let query = Self {
            facility: facility.clone(),
            search: Search::parse(search),
            statuses,
            evidence,
            after: None,
        };
        match cursor {
            Some(cursor) => query.turn(cursor, cursors),
            None => Ok(query),
        }
    }

    /// The same query from a page's `next` on.
    ///
    /// # Errors
    /// The cursor is none of this query.
    pub fn turn(mut self, cursor: &str, cursors: &CursorKey) -> Result<Self, BadCursor> {
        self.after = Some(cursors.open(&self.list(), cursor)?);
        Ok(self)
    }

    /// The same query as an export, its cursor left aside: from the start, or from where a part of it ended.
    ///
    /// # Errors
    /// The part is none of this query.
    pub fn export(mut self, part: Option<&str>, cursors: &CursorKey) -> Result<Self, BadCursor> {
        self.after = match part {
            Some(part) => Some(cursors.open(&format!("export/{}", self.list()), part)?),
            None => None,
        };
        Ok(self)
    }

    /// The same query from behind a row on.
    #[must_use]
    pub fn following(&self, row: &ReportRow) -> Self {
        self.behind(&row.report_name)
    }

    /// The same query from behind a place on.
    pub(crate) fn behind(&self, place: &str) -> Self {
        Self {
            after: Some(place.to_owned()),
            ..self.clone()
        }
    }

    /// Names what is left to export from here on, for [`ReportQuery::export`]. `None`: nothing is done yet.
    pub fn part(&self, cursors: &CursorKey) -> Option<String> {
        let after = self.after.as_deref()?;
        Some(cursors.seal(&format!("export/{}", self.list()), after))
    }

    /// What a cursor of this query is bound to.
    pub(crate) fn list(&self) -> String {
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

    pub(crate) fn selects(&self, row: &ReportRow) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&row.status))
            && (self.evidence.is_none() || self.evidence == row.evidence())
            && self
                .search
                .as_ref()
                .is_none_or(|search| search.finds(&row.name, row.cell_phone.as_ref(), &row.units))
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

//! The Customer Consent Status report: a facility's residents by name.

use aws_sdk_dynamodb::types::AttributeValue;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::rules::{Source, Status};
use serde::Deserialize;
use serde_dynamo::aws_sdk_dynamodb_1::from_items;

use crate::cursor::{BadCursor, CursorKey};
use crate::error::StoreError;
use crate::schema::{
    PARTITION_KEY, REPORT_FACILITY, REPORT_INDEX, REPORT_NAME, SORT_KEY, TOTALS_PREFIX, facility_partition,
};
use crate::search::Search;
use crate::store::Store;

/// A page that selects little is cut off after so many tenants, with a cursor to go on.
const READ_AT_MOST: usize = 2_000;
/// With a search or a filter, so many tenants are read at a time.
const READ_AT_ONCE: usize = 250;

/// A tenant in the report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReportRow {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Their name.
    pub name: String,
    /// Their number.
    pub cell_phone: Option<PhoneNumber>,
    /// Their units.
    pub units: Vec<String>,
    /// Where their consent stands.
    pub status: Status,
    /// Who set it.
    pub source: Option<Source>,
    /// When.
    pub changed_at: Option<String>,
    report_name: String,
}

/// How many of a facility's residents stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Agreed.
    pub provided: i64,
    /// Never agreed.
    pub not_provided: i64,
    /// Withdrew.
    pub opted_out: i64,
}

/// What is asked of the report.
#[derive(Debug, Clone)]
pub struct ReportQuery {
    facility: FacilityId,
    search: Option<Search>,
    statuses: Vec<Status>,
    /// The sort key of the last row of the page before.
    after: Option<String>,
}

/// A page of the report.
#[derive(Debug, Clone)]
pub struct Report {
    /// By name.
    pub rows: Vec<ReportRow>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl ReportQuery {
    /// A query as it is typed. No statuses means all of them.
    ///
    /// # Errors
    /// The cursor is none of this query.
    pub fn new(
        facility: &FacilityId,
        search: &str,
        mut statuses: Vec<Status>,
        cursor: Option<&str>,
        cursors: &CursorKey,
    ) -> Result<Self, BadCursor> {
        statuses.sort_unstable();
        statuses.dedup();
        let query = Self {
            facility: facility.clone(),
            search: Search::parse(search),
            statuses,
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

    /// The same query, its cursor left aside.
    #[must_use]
    pub fn from_the_start(mut self) -> Self {
        self.after = None;
        self
    }

    /// What a cursor of this query is bound to.
    fn list(&self) -> String {
        let search = self.search.as_ref().map_or("", Search::canonical);
        let statuses: Vec<&str> = self.statuses.iter().map(|status| status.as_str()).collect();
        format!("report/{}/{}/{search}", self.facility, statuses.join("+"))
    }

    fn selects_all(&self) -> bool {
        self.search.is_none() && self.statuses.is_empty()
    }

    fn selects(&self, row: &ReportRow) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&row.status))
            && self
                .search
                .as_ref()
                .is_none_or(|search| search.finds(&row.name, row.cell_phone.as_ref(), &row.units))
    }
}

impl Store {
    /// A page of the report.
    ///
    /// # Errors
    /// The database's.
    pub async fn report(
        &self,
        query: &ReportQuery,
        limit: usize,
        cursors: &CursorKey,
    ) -> Result<Report, StoreError> {
        let mut rows: Vec<ReportRow> = Vec::new();
        let mut after = query.after.clone();
        let mut read = 0;
        // One row more than is shown tells whether there is a next page.
        while rows.len() <= limit && read < READ_AT_MOST {
            let at_once = if query.selects_all() {
                limit + 1
            } else {
                READ_AT_ONCE
            };
            let (page, end) = self
                .report_rows(&query.facility, after.as_deref(), at_once)
                .await?;
            read += page.len();
            after = page.last().map(|row| row.report_name.clone()).or(after);
            rows.extend(page.into_iter().filter(|row| query.selects(row)));
            if end {
                after = None;
                break;
            }
        }
        if rows.len() > limit {
            rows.truncate(limit);
            after = rows.last().map(|row| row.report_name.clone());
        }
        Ok(Report {
            rows,
            next: after.map(|after| cursors.seal(&query.list(), &after)),
        })
    }

    /// Rows by name, and whether they are the last.
    async fn report_rows(
        &self,
        facility: &FacilityId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<ReportRow>, bool), StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(REPORT_INDEX)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .key_condition_expression("#facility = :facility AND #name > :after")
            .expression_attribute_names("#facility", REPORT_FACILITY)
            .expression_attribute_names("#name", REPORT_NAME)
            .expression_attribute_values(":facility", AttributeValue::S(facility_partition(facility)))
            // The separator alone sorts before every name.
            .expression_attribute_values(":after", AttributeValue::S(after.unwrap_or("\u{1}").to_owned()))
            .send()
            .await?;
        let end = answer.last_evaluated_key.is_none();
        Ok((from_items(answer.items.unwrap_or_default())?, end))
    }

    /// How many of a facility's residents stand where.
    ///
    /// # Errors
    /// The database's.
    pub async fn totals(&self, facility: &FacilityId) -> Result<Totals, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :totals)")
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_names("#sk", SORT_KEY)
            .expression_attribute_values(":pk", AttributeValue::S(facility_partition(facility)))
            .expression_attribute_values(":totals", AttributeValue::S(TOTALS_PREFIX.to_owned()))
            .send()
            .await?;
        let shards: Vec<Totals> = from_items(answer.items.unwrap_or_default())?;
        Ok(shards.into_iter().fold(Totals::default(), |sum, shard| Totals {
            provided: sum.provided + shard.provided,
            not_provided: sum.not_provided + shard.not_provided,
            opted_out: sum.opted_out + shard.opted_out,
        }))
    }
}

//! The Customer Consent Status report: a facility's residents by name.
//!
//! A page costs what it shows. Without a search, and in a facility of a few hundred tenants with one, it is a
//! stretch of the index `report`. A search in a larger one is looked up in the postings, which are in the order
//! of names as well, so that a cursor is a place in that order either way.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use consent::evidence::Grade;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::rules::{Source, Status};
use futures_util::try_join;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, from_items};

use crate::error::StoreError;
use crate::items::{Item, stored};
use crate::place::Place;
use crate::postings::Posting;
use crate::report_query::ReportQuery;
use crate::schema::{
    FACILITY, Key, PARTITION_KEY, REPORT_INDEX, REPORT_NAME, SORT_KEY, TENANT_PREFIX, facility_partition,
};
use crate::search::{NAME_END, Search};
use crate::store::{Consistency, NotFound, ReadError, Store};

/// A page of up to this number of rows may read as much as [`WALKED_PER_ROW`] and [`Reach`] allow it; a longer one in
/// proportion.
const SHORT_PAGE: usize = 50;
/// Tenants read in the order of names for each row asked for: 200 for a page of 50, 4 to 7 read units.
const WALKED_PER_ROW: usize = 4;
/// What a page of [`SHORT_PAGE`] rows may read of the index in this way: 7 read units of 8,192 bytes, so that with
/// longer rows towards the end it is 8.
const WALKED_BYTES: usize = 7 * 8192;
/// The tenants that an export reads at a time.
const EXPORTED_AT_ONCE: usize = 1_000;

/// How much of each a search may read for a page of [`SHORT_PAGE`], so that it stays within 8 read units.
struct Reach {
    /// Postings of some 115 bytes.
    postings: usize,
    /// Tenants, each read by itself for half a unit.
    tenants: usize,
    /// Or rows of the index of some 270 bytes.
    walked: usize,
}

/// 1.5 units, and 6 or 5.5.
const ONE_WORD: Reach = Reach {
    postings: 100,
    tenants: 12,
    walked: 150,
};
/// 4.5 units, and 3. Of those who are listed under a token of one word few have the others, which the postings tell.
const SEVERAL_WORDS: Reach = Reach {
    postings: 300,
    tenants: 6,
    walked: 80,
};

impl Reach {
    /// For a page of this number of rows.
    fn of(search: Option<&Search>, rows: usize) -> Self {
        let reach = if search.is_some_and(Search::has_several_words) {
            SEVERAL_WORDS
        } else {
            ONE_WORD
        };
        let rows = rows.max(SHORT_PAGE);
        Self {
            postings: reach.postings * rows / SHORT_PAGE,
            tenants: reach.tenants * rows / SHORT_PAGE,
            walked: reach.walked * rows / SHORT_PAGE,
        }
    }
}

stored!(ReportRow => ReportRow);

/// A tenant in the report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReportRow {
    /// The tenant.
    #[serde(rename = "SK", deserialize_with = "tenant_of_sort_key")]
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
    /// Whether texts to them are held back.
    #[serde(default)]
    pub on_hold: bool,
    /// Their place; none once they moved out.
    #[serde(default)]
    pub(crate) report_name: String,
}

impl ReportRow {
    /// How well the grant that stands is proven.
    pub const fn evidence(&self) -> Option<Grade> {
        Grade::of_source(self.status, self.source)
    }
}

fn tenant_of_sort_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TenantId, D::Error> {
    let sort_key = String::deserialize(deserializer)?;
    let tenant = sort_key.strip_prefix(TENANT_PREFIX).unwrap_or_default();
    TenantId::parse(tenant).map_err(D::Error::custom)
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

impl Totals {
    fn residents(self) -> usize {
        usize::try_from(self.provided + self.not_provided + self.opted_out).unwrap_or_default()
    }
}

/// A page of the report.
#[derive(Debug, Clone)]
pub struct Report {
    /// By name.
    pub rows: Vec<ReportRow>,
    /// Where the next page begins. A page may be short and have a next one: what it reads is bounded.
    pub next: Option<Place>,
    /// The whole facility's.
    pub totals: Totals,
}

/// Rows of an export, in the order of names.
#[derive(Debug, Clone)]
pub struct Export {
    /// By name.
    pub rows: Vec<ReportRow>,
    /// What is to be asked for the rows that follow.
    pub rest: Option<ReportQuery>,
}

/// What was read of the index.
struct Walked {
    rows: usize,
    bytes: usize,
}

impl ReportQuery {
    /// The same query from behind a row on.
    #[must_use]
    pub fn following(&self, row: &ReportRow) -> Self {
        self.behind(&row.report_name)
    }

    /// Whether it selects a row.
    pub(crate) fn selects(&self, row: &ReportRow) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&row.status))
            && (self.evidence.is_none() || self.evidence == row.evidence())
            && self
                .search
                .as_ref()
                .is_none_or(|search| search.finds(&row.name, row.cell_phone.as_ref(), &row.units))
    }
}

/// Rows, and the place after which the next ones are, where there may be more.
type Rows = (Vec<ReportRow>, Option<String>);

impl Store {
    /// A page of the report from the place on that `turned` gives, and what else that gives. What it reads depends on
    /// `limit` and not on the facility's size: two requests at most, beside the one for the totals.
    ///
    /// The totals do not wait for the place. So in a process that has just started, and has to fetch the key of cursors,
    /// they are read meanwhile, and the page is read on the same connection after them: to open another takes longer. Later
    /// both are read at once.
    ///
    /// # Errors
    /// Those of `turned`, and the database's.
    pub async fn report<T, E: From<ReadError>>(
        &self,
        query: ReportQuery,
        limit: usize,
        turned: impl Future<Output = Result<(Option<Place>, T), E>>,
    ) -> Result<(Report, T), E> {
        let walked = limit.max(SHORT_PAGE) * WALKED_PER_ROW;
        let facility = query.facility.clone();
        let page = async {
            let (place, given) = turned.await?;
            let query = query.from(place);
            let page = match &query.search {
                None => Some(
                    self.look_through(&query, limit, walked)
                        .await
                        .map_err(ReadError::from)?,
                ),
                Some(_) => None,
            };
            Ok((query, page, given))
        };
        let totals = async {
            let totals = self.totals(&facility).await.map_err(ReadError::from)?;
            Ok::<_, E>(totals.ok_or(NotFound::Facility).map_err(ReadError::from)?)
        };
        let ((query, page, given), totals) = try_join!(page, totals)?;
        let (rows, after) = match page {
            Some(page) => page,
            None => self
                .search(&query, limit, walked, totals)
                .await
                .map_err(ReadError::from)?,
        };
        let next = after.map(Place::new);
        Ok((Report { rows, next, totals }, given))
    }

    /// Those whom a search finds.
    async fn search(
        &self,
        query: &ReportQuery,
        limit: usize,
        walked: usize,
        totals: Totals,
    ) -> Result<Rows, StoreError> {
        match query.search.as_ref().and_then(Search::token) {
            // The tenants that are listed under the token are read one by one. A small facility is looked through instead.
            Some(token) if totals.residents() > walked => {
                self.find(query, &token, limit, totals.residents()).await
            }
            _ => self.look_through(query, limit, walked).await,
        }
    }

    /// Looks through the tenants in the order of names, where the query leaves some out: so many of them, and if that
    /// gives no page, because few are selected, so many more as [`WALKED_BYTES`] allows.
    async fn look_through(
        &self,
        query: &ReportQuery,
        limit: usize,
        at_most: usize,
    ) -> Result<Rows, StoreError> {
        let (mut rows, after, read) = self.walk(query, limit, at_most).await?;
        let allowed = WALKED_BYTES * limit.max(SHORT_PAGE) / SHORT_PAGE;
        let more = allowed.saturating_sub(read.bytes) * read.rows / read.bytes.max(1);
        let (Some(place), true) = (&after, rows.len() < limit && more > 0) else {
            return Ok((rows, after));
        };
        let rest = query.behind(place);
        let (others, after, _) = self.walk(&rest, limit - rows.len(), more).await?;
        rows.extend(others);
        Ok((rows, after))
    }

    /// A stretch of the index: at most so many tenants of it, where the query leaves some out.
    async fn walk(
        &self,
        query: &ReportQuery,
        limit: usize,
        at_most: usize,
    ) -> Result<(Vec<ReportRow>, Option<String>, Walked), StoreError> {
        // One row more than is shown tells whether there is a next page.
        let at_most = if query.selects_all() { limit + 1 } else { at_most };
        let (read, mut after, bytes) = self
            .residents(&query.facility, query.after.as_deref(), at_most)
            .await?;
        let walked = Walked {
            rows: read.len(),
            bytes,
        };
        let mut rows: Vec<ReportRow> = read.into_iter().filter(|row| query.selects(row)).collect();
        if rows.len() > limit {
            rows.truncate(limit);
            after = rows.last().map(|row| row.report_name.clone());
        }
        Ok((rows, after, walked))
    }

    /// Looks the search up by its token: the postings first, then the tenants whom they list.
    async fn find(
        &self,
        query: &ReportQuery,
        token: &str,
        limit: usize,
        residents: usize,
    ) -> Result<Rows, StoreError> {
        let reach = Reach::of(query.search.as_ref(), limit);
        let (postings, mut after) = self
            .postings(&query.facility, token, query.after.as_deref(), reach.postings)
            .await?;
        let mut hits: Vec<Posting> = postings
            .into_iter()
            .filter(|posting| query.may_select(posting))
            .collect();
        // While what a posting is about changes, and after a crash in that moment, there are two.
        hits.dedup_by(|next, hit| next.name == hit.name);
        let at_most = limit.min(reach.tenants);
        // Where so many are listed that a stretch of the index is expected to show more of them, it is read.
        if let ([first, .., last], Some(beyond), true) = (hits.as_slice(), hits.get(at_most), at_most < limit)
        {
            let are_close = hits.len() * reach.walked > residents * at_most;
            if are_close || first.folded_name() == beyond.folded_name() {
                let (rows, end, _) = self.walk(&query.before(first), limit, reach.walked).await?;
                let is_more = after.is_some() || end.as_ref().is_some_and(|end| *end < last.name);
                return Ok((rows, end.filter(|_| is_more)));
            }
        }
        if hits.len() > at_most {
            hits.truncate(at_most);
            after = hits.last().map(|hit| hit.name.clone());
        }
        // A posting that a crash has left lists a tenant under an earlier name as well.
        let keys: BTreeSet<Key> = hits.iter().map(|hit| query.key_of(hit)).collect();
        let mut items = self
            .read_with(&keys.iter().collect::<Vec<_>>(), Consistency::Eventual)
            .await?;
        let mut tenants: HashMap<Key, ReportRow> = HashMap::new();
        for key in keys {
            if let Some(row) = items.take::<ReportRow>(&key)? {
                tenants.insert(key, row.value);
            }
        }
        let row = |hit: &Posting| {
            let row = tenants.get(&query.key_of(hit))?;
            (row.report_name == hit.name && query.selects(row)).then(|| row.clone())
        };
        let rows = hits.iter().filter_map(row).collect();
        Ok((rows, after))
    }

    /// The next rows of an export.
    ///
    /// # Errors
    /// The database's.
    pub async fn export(&self, query: &ReportQuery) -> Result<Export, StoreError> {
        let (read, after, _) = self
            .residents(&query.facility, query.after.as_deref(), EXPORTED_AT_ONCE)
            .await?;
        let rows = read.into_iter().filter(|row| query.selects(row)).collect();
        let rest = after.map(|after| query.behind(&after));
        Ok(Export { rows, rest })
    }

    /// Residents in the order of names, the place of the last where more follow, and how many bytes they have.
    async fn residents(
        &self,
        facility: &FacilityId,
        after: Option<&str>,
        at_most: usize,
    ) -> Result<(Vec<ReportRow>, Option<String>, usize), StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(REPORT_INDEX)
            .limit(i32::try_from(at_most).unwrap_or(i32::MAX))
            .key_condition_expression("#facility = :facility AND #name > :after")
            .expression_attribute_names("#facility", PARTITION_KEY)
            .expression_attribute_names("#name", REPORT_NAME)
            .expression_attribute_values(":facility", AttributeValue::S(facility_partition(facility)))
            // The separator alone sorts before every name.
            .expression_attribute_values(
                ":after",
                AttributeValue::S(after.map_or_else(|| NAME_END.to_string(), str::to_owned)),
            )
            .send()
            .await?;
        let is_more = answer.last_evaluated_key.is_some();
        let items = answer.items.unwrap_or_default();
        let bytes = items.iter().map(bytes_of).sum();
        let rows: Vec<ReportRow> = from_items(items)?;
        let after = rows.last().filter(|_| is_more).map(|row| row.report_name.clone());
        Ok((rows, after, bytes))
    }

    /// How many of a facility's residents stand where, or `None` where there is no such facility.
    async fn totals(&self, facility: &FacilityId) -> Result<Option<Totals>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :facility)")
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_names("#sk", SORT_KEY)
            .expression_attribute_values(":pk", AttributeValue::S(facility_partition(facility)))
            .expression_attribute_values(":facility", AttributeValue::S(FACILITY.to_owned()))
            .send()
            .await?;
        let mut exists = false;
        let mut totals = Totals::default();
        for item in answer.items.unwrap_or_default() {
            if item.get(SORT_KEY) == Some(&AttributeValue::S(FACILITY.to_owned())) {
                exists = true;
                continue;
            }
            let shard: Totals = from_item(item)?;
            totals = Totals {
                provided: totals.provided + shard.provided,
                not_provided: totals.not_provided + shard.not_provided,
                opted_out: totals.opted_out + shard.opted_out,
            };
        }
        Ok(exists.then_some(totals))
    }
}

/// The size of an item as DynamoDB counts it, about.
fn bytes_of(item: &Item) -> usize {
    let of_value = |value: &AttributeValue| match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::L(values) => {
            let texts = values.iter().filter_map(|value| value.as_s().ok());
            3 + texts.map(|text| text.len() + 1).sum::<usize>()
        }
        _ => 1,
    };
    item.iter()
        .map(|(name, value)| name.len() + of_value(value))
        .sum()
}

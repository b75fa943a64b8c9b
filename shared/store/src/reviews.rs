//! Texts that a person has to read, as they are stored: each has an item of its own, and a place in the list of those
//! that are open or of those that have ended. A transaction that ends a hold also takes it off its review, which ends
//! with the last one.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Select, TransactWriteItem};
use consent::id::{FacilityId, ReviewId};
use consent::review::{Admission, Review};
use consent::tenant::Tenant;
use jiff::Timestamp;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::error::StoreError;
use crate::heard::{MessageDelivery, ReviewRole};
use crate::items::{Item, ReviewEntryItem, ReviewItem, Versioned, put};
use crate::place::Place;
use crate::schema::{
    DECIDED_REVIEWS_PREFIX, Key, OPEN_REVIEWS_PREFIX, PARTITION_KEY, SORT_KEY, facility_partition,
};
use crate::store::{ReadError, Store};

/// A page ends where its texts have this many bytes: Lambda takes answers of 6 MB.
const PAGE_BYTES: usize = 2 << 20;

/// Which reviews are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewStatus {
    /// Those that are open, oldest first.
    Open,
    /// Those that have ended, newest first.
    Decided,
}

impl ReviewStatus {
    /// Every status.
    pub const ALL: [Self; 2] = [Self::Open, Self::Decided];

    /// The status as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided => "decided",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Open => OPEN_REVIEWS_PREFIX,
            Self::Decided => DECIDED_REVIEWS_PREFIX,
        }
    }
}

/// A facility's reviews of one status.
#[derive(Debug, Clone)]
pub struct ReviewList<'a> {
    facility: &'a FacilityId,
    status: ReviewStatus,
    /// The sort key of the last entry of the page before.
    behind: Option<Place>,
}

/// A page of a [`ReviewList`].
#[derive(Debug, Clone)]
pub struct ReviewPage {
    /// In the list's order.
    pub reviews: Vec<Review>,
    /// Where the next page begins.
    pub next: Option<Place>,
    /// How many are open, of all of the facility's.
    pub open: u64,
}

impl<'a> ReviewList<'a> {
    /// The whole list.
    pub const fn new(facility: &'a FacilityId, status: ReviewStatus) -> Self {
        Self {
            facility,
            status,
            behind: None,
        }
    }

    /// The list from a page's `next` on. `None`: from the start.
    #[must_use]
    pub fn from(self, place: Option<Place>) -> Self {
        Self {
            behind: place,
            ..self
        }
    }

    /// What a cursor of this list is bound to.
    pub fn name(&self) -> String {
        format!("{}{}", self.status.prefix(), self.facility)
    }

    /// The first and the last sort key that are left to list.
    fn bounds(&self) -> (String, String) {
        let prefix = self.status.prefix();
        // What comes after the prefix are digits.
        let (first, last) = (prefix.to_owned(), format!("{prefix}~"));
        match (&self.behind, self.status) {
            (None, _) => (first, last),
            (Some(behind), ReviewStatus::Open) => (behind.as_str().to_owned(), last),
            (Some(behind), ReviewStatus::Decided) => (first, behind.as_str().to_owned()),
        }
    }
}

/// Reviews as they were read, with what has changed since.
#[derive(Default)]
pub(crate) struct Reviews(BTreeMap<ReviewId, ReviewDraft>);

struct ReviewDraft {
    review: Review,
    /// The version that was read, with the place in the lists. `None`: it is new.
    stored: Option<(Option<u64>, Key)>,
    is_changed: bool,
}

impl Reviews {
    pub(crate) fn get(&self, id: &ReviewId) -> Option<&Review> {
        self.0.get(id).map(|drafted| &drafted.review)
    }

    /// Changes a review, where there is one.
    pub(crate) fn change(&mut self, id: &ReviewId, change: impl FnOnce(&mut Review)) {
        if let Some(drafted) = self.0.get_mut(id) {
            change(&mut drafted.review);
            drafted.is_changed = true;
        }
    }

    /// Whether nobody has decided about a text yet. One that is not stored has changed nobody so far.
    pub(crate) fn is_open(&self, id: &ReviewId) -> bool {
        self.get(id).is_none_or(|review| review.ended.is_none())
    }

    /// A text has changed this tenant: with the first of them its review is opened.
    pub(crate) fn add(&mut self, id: &ReviewId, tenant: &Tenant, open: impl FnOnce() -> Option<Review>) {
        if !self.0.contains_key(id)
            && let Some(review) = open()
        {
            let drafted = ReviewDraft {
                review,
                stored: None,
                is_changed: true,
            };
            self.0.insert(id.clone(), drafted);
        }
        self.change(id, |review| review.add(tenant));
    }

    /// The writes of those that changed, each on the version that was read.
    pub(crate) fn writes(
        &self,
        store: &Store,
        facility: &FacilityId,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::new();
        for drafted in self.0.values().filter(|drafted| drafted.is_changed) {
            let item = ReviewItem {
                review: drafted.review.clone(),
            };
            let key = Key::review(facility, &item.review.review_id);
            let (version, place) = drafted.stored.clone().unzip();
            writes.push(put(&store.table, &key, &item, version.flatten())?);
            let now = Key::review_entry(facility, &item.review);
            if place.as_ref() == Some(&now) {
                continue;
            }
            let entry = ReviewEntryItem {
                review_id: item.review.review_id,
            };
            writes.push(put(&store.table, &now, &entry, None)?);
            if let Some(place) = place {
                let delete = Delete::builder()
                    .table_name(&store.table)
                    .set_key(Some(place.attributes()));
                let delete = delete.build().map_err(StoreError::failed)?;
                writes.push(TransactWriteItem::builder().delete(delete).build());
            }
        }
        Ok(writes)
    }
}

impl Store {
    /// Reads reviews that have not been read yet. Where there is nothing to read no request is made.
    pub(crate) async fn read_reviews(
        &self,
        reviews: &mut Reviews,
        facility: &FacilityId,
        ids: impl IntoIterator<Item = &ReviewId>,
    ) -> Result<(), StoreError> {
        let wanted: BTreeSet<&ReviewId> = ids.into_iter().filter(|id| !reviews.0.contains_key(id)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let keys: Vec<Key> = wanted.iter().map(|id| Key::review(facility, id)).collect();
        let mut items = self.read(&keys.iter().collect::<Vec<_>>()).await?;
        for key in &keys {
            if let Some(Versioned {
                value: review,
                version,
            }) = items.take::<ReviewItem>(key)?
            {
                let place = Key::review_entry(facility, &review);
                let drafted = ReviewDraft {
                    review,
                    stored: Some((version, place)),
                    is_changed: false,
                };
                reviews.0.insert(drafted.review.review_id.clone(), drafted);
            }
        }
        Ok(())
    }

    /// The review that a message is about, as far as it can be stored by now. `None`: the message decides it, and it has
    /// been decided otherwise.
    pub(crate) async fn reviews_of(
        &self,
        heard: &MessageDelivery<'_>,
        id: Option<&ReviewId>,
        is_first: bool,
        now: Timestamp,
    ) -> Result<Option<Reviews>, StoreError> {
        let mut reviews = Reviews::default();
        let decides = match heard.review {
            ReviewRole::Decides(_, verdict) => Some(verdict),
            ReviewRole::None | ReviewRole::Opens(_) => None,
        };
        // The first transaction of a text opens its review.
        let Some(id) = id.filter(|_| decides.is_some() || !is_first) else {
            return Ok(Some(reviews));
        };
        self.read_reviews(&mut reviews, heard.facility, [id]).await?;
        if let (Some(verdict), true) = (decides, is_first) {
            let admission = reviews.get(id).map(|review| review.admit(verdict.decision));
            if admission != Some(Ok(Admission::Take)) {
                return Ok(None);
            }
            reviews.change(id, |review| review.decide(verdict, now));
        }
        Ok(Some(reviews))
    }

    /// Takes holds that end off their reviews: one for each time that an id is there.
    pub(crate) async fn end_holds(
        &self,
        reviews: &mut Reviews,
        facility: &FacilityId,
        ended: &[ReviewId],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.read_reviews(reviews, facility, ended).await?;
        for id in ended {
            reviews.change(id, |review| review.hold_ended(now));
        }
        Ok(())
    }

    /// The writes that go with the end of holds, none where no hold ends.
    pub(crate) async fn holds_ended(
        &self,
        facility: &FacilityId,
        ended: impl IntoIterator<Item = &ReviewId>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let ended: Vec<ReviewId> = ended.into_iter().cloned().collect();
        let mut reviews = Reviews::default();
        self.end_holds(&mut reviews, facility, &ended, now).await?;
        reviews.writes(self, facility)
    }

    /// A page of a facility's reviews.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn reviews(&self, list: &ReviewList<'_>, limit: u16) -> Result<ReviewPage, ReadError> {
        self.facility(list.facility).await?;
        let (entries, is_more) = self.review_entries(list, limit).await?;
        let mut reviews = Reviews::default();
        let ids = entries.iter().map(|(_, entry)| &entry.review_id);
        self.read_reviews(&mut reviews, list.facility, ids).await?;
        let mut page = Vec::with_capacity(entries.len());
        let mut bytes = 0;
        let mut listed = None;
        let mut is_cut = false;
        for (place, entry) in &entries {
            if bytes >= PAGE_BYTES {
                is_cut = true;
                break;
            }
            listed = Some(place);
            // One that was decided between the two reads is in the other list by now.
            let review = reviews.get(&entry.review_id);
            if let Some(review) =
                review.filter(|review| Key::review_entry(list.facility, review).sk == *place)
            {
                bytes += review.text.body.len();
                page.push(review.clone());
            }
        }
        let next = listed.filter(|_| is_more || is_cut);
        Ok(ReviewPage {
            reviews: page,
            next: next.cloned().map(Place::new),
            open: self.count_open_reviews(list.facility).await?,
        })
    }

    /// The next entries of a list with their sort keys, and whether there are more.
    async fn review_entries(
        &self,
        list: &ReviewList<'_>,
        limit: u16,
    ) -> Result<(Vec<(String, ReviewEntryItem)>, bool), StoreError> {
        let (from, to) = list.bounds();
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(list.status == ReviewStatus::Open)
            // One more than is shown tells whether there is a next page, and the cursor's own is left out.
            .limit(i32::from(limit) + 2)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_names("#sk", SORT_KEY)
            .expression_attribute_values(":pk", AttributeValue::S(facility_partition(list.facility)))
            .expression_attribute_values(":from", AttributeValue::S(from))
            .expression_attribute_values(":to", AttributeValue::S(to))
            .send()
            .await?;
        let mut is_more = answer.last_evaluated_key.is_some();
        let place = |item: &Item| item.get(SORT_KEY)?.as_s().ok().cloned();
        let mut entries = Vec::new();
        for item in answer.items.unwrap_or_default() {
            let Some(place) =
                place(&item).filter(|place| list.behind.as_ref().map(Place::as_str) != Some(place.as_str()))
            else {
                continue;
            };
            if entries.len() == usize::from(limit) {
                is_more = true;
                break;
            }
            entries.push((place, from_item(item)?));
        }
        Ok((entries, is_more))
    }

    /// How many of a facility's reviews are open. Their entries are counted: a count that is kept would be one item
    /// that every doubt and every decision of the facility waits for.
    async fn count_open_reviews(&self, facility: &FacilityId) -> Result<u64, StoreError> {
        let mut open = 0;
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .select(Select::Count)
                .set_exclusive_start_key(start)
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :open)")
                .expression_attribute_names("#pk", PARTITION_KEY)
                .expression_attribute_names("#sk", SORT_KEY)
                .expression_attribute_values(":pk", AttributeValue::S(facility_partition(facility)))
                .expression_attribute_values(":open", AttributeValue::S(OPEN_REVIEWS_PREFIX.to_owned()))
                .send()
                .await?;
            open += u64::try_from(answer.count).unwrap_or_default();
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(open);
            }
        }
    }
}

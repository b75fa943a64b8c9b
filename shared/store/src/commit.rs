//! Writing on the condition of what was read, and trying again when somebody was faster.

use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::record::Record;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::store::Store;

/// How often a write is decided anew after racing writers before it is given up.
pub(crate) const ATTEMPTS: u32 = 12;
/// The most items that `TransactWriteItems` takes.
pub(crate) const TRANSACTION_ITEMS: usize = 100;

/// What an attempt to change something has come to.
pub(crate) enum Attempt<T> {
    /// There is nothing to write.
    Done(T),
    /// This is to be written, on the condition of what was read.
    Write(Commit, T),
    /// It has to look again: somebody else is at it.
    Again,
}

/// What is written together, or not at all.
pub(crate) struct Commit {
    pub(crate) writes: Vec<TransactWriteItem>,
    /// The records among them.
    pub(crate) records: Vec<Record>,
    pub(crate) now: Timestamp,
}

impl Commit {
    /// Writes without a record, which do not count.
    pub(crate) fn uncounted(writes: Vec<TransactWriteItem>) -> Self {
        Self {
            writes,
            records: Vec::new(),
            now: Timestamp::UNIX_EPOCH,
        }
    }
}

impl Store {
    /// Reads, decides and writes: `attempt` reads and decides, and is asked anew where somebody else was faster.
    pub(crate) async fn commit<T, E, F>(&self, mut attempt: impl FnMut() -> F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: Future<Output = Result<Attempt<T>, E>>,
    {
        let mut pause = Pause::new();
        loop {
            match attempt().await? {
                Attempt::Done(done) => return Ok(done),
                Attempt::Again => {}
                Attempt::Write(commit, done) => {
                    let written = self.write_records(commit.writes, &commit.records, commit.now);
                    match written.await {
                        Ok(()) => return Ok(done),
                        Err(error) => pause.after(error).await?,
                    }
                }
            }
        }
    }
}

/// The waits between attempts: longer each time, and never the same for two racing writers.
pub(crate) struct Pause {
    attempt: u32,
    attempts: u32,
    base_ms: u64,
}

/// No attempt is left.
pub(crate) struct GaveUp;

impl Pause {
    pub(crate) fn new() -> Self {
        Self {
            attempt: 0,
            attempts: ATTEMPTS,
            base_ms: 5,
        }
    }

    /// Fewer and longer: for a database that throttles, after the SDK's own attempts.
    pub(crate) fn long() -> Self {
        Self {
            attempt: 0,
            attempts: 6,
            base_ms: 100,
        }
    }

    pub(crate) async fn wait(&mut self) -> Result<(), GaveUp> {
        self.attempt += 1;
        if self.attempt >= self.attempts {
            return Err(GaveUp);
        }
        let ceiling = self.base_ms << self.attempt.min(6);
        let mut random = [0; 2];
        // Without randomness the writers still take turns, by the version each has read.
        let _ = crate::random::fill(&mut random);
        tokio::time::sleep(Duration::from_millis(
            u64::from(u16::from_le_bytes(random)) % ceiling,
        ))
        .await;
        Ok(())
    }

    /// What to do with a failed write: `Ok` to read and decide anew.
    pub(crate) async fn after(&mut self, error: StoreError) -> Result<(), StoreError> {
        match error {
            StoreError::Conflict => self.wait().await.map_err(|GaveUp| StoreError::Conflict),
            error => Err(error),
        }
    }
}

//! The embedded DynamoDB-compatible store.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result};
use dynoxide::Database;
use rusqlite::Connection;

/// Numbers the stores in memory of this process.
static IN_MEMORY: AtomicU32 = AtomicU32::new(0);

/// For every item that is written, dynoxide looks for the highest number in the table's stream. Without an
/// index it reads the whole stream for that, so that each write takes longer than the one before: a few
/// thousand tenants make it ten times as slow.
const STREAM_INDEX: &str = "CREATE INDEX IF NOT EXISTS consent_stream
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// A store in memory, gone with the last use of it.
///
/// # Errors
/// The database's.
pub fn in_memory() -> Result<Database> {
    let number = IN_MEMORY.fetch_add(1, Ordering::Relaxed);
    open(&format!("file:/consent-{number}?vfs=memdb"))
}

/// A store in a file, which is made where it is missing.
///
/// # Errors
/// The database's.
pub fn open(path: &str) -> Result<Database> {
    let database = Database::new(path).with_context(|| format!("cannot open the store in {path}"))?;
    // A connection of its own, beside the store's, which nobody else gets to see.
    let connection = Connection::open(path)?;
    connection
        .execute_batch(STREAM_INDEX)
        .context("cannot index the store's stream")?;
    Ok(database)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_looked_up_by_the_index() -> Result<()> {
        let path = "file:/consent-tests?vfs=memdb";
        let _database = open(path)?;
        // As dynoxide asks, storage.rs.
        let plan: String = Connection::open(path)?.query_row(
            "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1
             FROM _stream_records WHERE table_name = ?1",
            ["consent"],
            |row| row.get("detail"),
        )?;
        assert!(plan.contains("INDEX consent_stream"), "{plan}");
        Ok(())
    }
}

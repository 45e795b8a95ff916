//! Schema versions, forward only. Each step and its version number commit together, so an interrupted upgrade resumes.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// One entry a version; never edited once released, only added to.
const STEPS: &[&str] = &[include_str!("schema.sql")];

/// The schema this library reads and writes.
pub const SCHEMA_VERSION: i64 = STEPS.len() as i64;

/// Brings the schema up to [`SCHEMA_VERSION`], or refuses a newer one without touching it.
pub(super) fn forward(connection: &mut Connection) -> Result<(), StoreError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > SCHEMA_VERSION || found < 0 {
        return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    for version in found..SCHEMA_VERSION {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(STEPS[version as usize])?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

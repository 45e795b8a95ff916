//! Schema versions, forward only. Each step and its version number commit together, so an interrupted upgrade resumes.

use rusqlite::{Connection, TransactionBehavior};

use super::corruption::StoreError;

/// One entry a version; never edited once released, only added to.
const STEPS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
];

/// The schema this library reads and writes.
pub const SCHEMA_VERSION: i64 = STEPS.len() as i64;

/// Brings the schema up to [`SCHEMA_VERSION`], or refuses a newer one without touching it.
pub(super) fn forward(connection: &mut Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    if !(0..=SCHEMA_VERSION).contains(&found) {
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

/// Refuses any schema but [`SCHEMA_VERSION`], changing nothing.
pub(super) fn present(connection: &Connection) -> Result<(), StoreError> {
    match version(connection)? {
        SCHEMA_VERSION => Ok(()),
        found if found < SCHEMA_VERSION => Err(StoreError::Older { found, known: SCHEMA_VERSION }),
        found => Err(StoreError::Newer { found, known: SCHEMA_VERSION }),
    }
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

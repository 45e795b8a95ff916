//! Looking the whole store through, which opening it does not.

use rusqlite::Transaction;

use super::StoreError;
use crate::crypto::seal::Place;

/// Most findings of SQLite's own that are told.
const MOST_TOLD: u32 = 20;

/// Every sealed column.
const SEALED: &[(&str, &str)] = &[
    ("factors", "secret"),
    ("enrolments", "secret"),
    ("emails", "address"),
    ("emails_pending", "address"),
    ("emails_undo", "address"),
    ("outbox", "content"),
];

/// What the owner may want counted.
const COUNTED: &[&str] =
    &["accounts", "factors", "passkeys", "recovery_codes", "app_passwords", "sessions", "emails", "outbox", "events"];

/// What SQLite finds wrong with its own pages and indexes; nothing where all is well.
pub fn quick_check(tx: &Transaction<'_>) -> Result<Vec<String>, StoreError> {
    let mut statement = tx.prepare(&format!("PRAGMA quick_check({MOST_TOLD})"))?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut found: Vec<String> = rows.collect::<Result<_, _>>()?;
    found.retain(|line| line != "ok");
    Ok(found)
}

/// Shows every sealed value to `look`, with its place; those it says no to are counted by table.
pub fn unopened(
    tx: &Transaction<'_>,
    look: impl Fn(&Place<'_>, &[u8]) -> bool,
) -> Result<Vec<(&'static str, usize)>, StoreError> {
    let mut found = Vec::new();
    for (table, column) in SEALED {
        let mut statement = tx.prepare(&format!("SELECT row, {column} FROM {table} WHERE {column} IS NOT NULL"))?;
        let mut rows = statement.query([])?;
        let mut refused = 0;
        while let Some(row) = rows.next()? {
            // The seal of an enrolment is made for the factor it becomes.
            let of = if *table == "enrolments" { "factors" } else { table };
            let name: String = row.get(0)?;
            let opened =
                row.get_ref(1)?.as_blob().is_ok_and(|sealed| look(&Place { table: of, column, row: &name }, sealed));
            refused += usize::from(!opened);
        }
        if refused > 0 {
            found.push((*table, refused));
        }
    }
    Ok(found)
}

/// Rows by table.
pub fn counts(tx: &Transaction<'_>) -> Result<Vec<(&'static str, i64)>, StoreError> {
    let count = |table: &&'static str| {
        let question = format!("SELECT COUNT(*) FROM {table}");
        Ok((*table, tx.query_row(&question, [], |row| row.get(0))?))
    };
    COUNTED.iter().map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sealed_column_is_opened() {
        let sources = [
            include_str!("factors.rs"),
            include_str!("emails.rs"),
            include_str!("email_changes.rs"),
            include_str!("outbox.rs"),
            include_str!("accounts.rs"),
            include_str!("passkeys.rs"),
            include_str!("mail_codes.rs"),
            include_str!("resets.rs"),
            include_str!("challenges.rs"),
        ];
        let places: Vec<&str> = sources
            .iter()
            .flat_map(|source| source.split("Place { table: \"").skip(1))
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(places.len() + 1, SEALED.len(), "{places:?}, and enrolments, sealed as factors");
        for place in places {
            assert!(SEALED.iter().any(|(table, _)| *table == place), "{place}");
        }
    }
}

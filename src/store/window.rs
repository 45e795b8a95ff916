//! Sliding windows: how often something happened lately, a row for each time. Tables `outbox_counts`, `reset_counts` and
//! `mail_codes_sent`.

use rusqlite::{ToSql, Transaction, params, params_from_iter};

use super::StoreError;
use crate::clock::{CLOCK_SLACK, Seconds};

/// Rows kept in each: more than there are in an hour, over which most are counted. Beyond that the oldest go.
pub const MOST_ROWS: i64 = 100_000;

/// One such table.
pub struct Window {
    table: &'static str,
    /// What says whose times are counted.
    columns: &'static [&'static str],
}

/// What each recipient was sent.
pub const OUTBOX: Window = Window { table: "outbox_counts", columns: &["recipient"] };

/// Resets asked for, and guessed wrongly.
pub const RESETS: Window = Window { table: "reset_counts", columns: &["subject"] };

/// Codes by mail that were asked for, by account and source.
pub const MAIL_CODES: Window = Window { table: "mail_codes_sent", columns: &["account", "source"] };

impl Window {
    /// How often since, until now, and when first: a clock that ran ahead leaves nothing that counts.
    pub fn counted(
        &self,
        tx: &Transaction<'_>,
        whose: &[&dyn ToSql],
        since: Seconds,
        now: Seconds,
    ) -> Result<(u32, Seconds), StoreError> {
        let Self { table, columns } = self;
        let same: String = columns.iter().map(|column| format!("{column} = ? AND ")).collect();
        Ok(tx
            .prepare_cached(&format!(
                "SELECT COUNT(*), COALESCE(MIN(at), 0) FROM {table} WHERE {same}at > ? AND at <= ?"
            ))?
            .query_row(params_from_iter(whose.iter().copied().chain([&since as &dyn ToSql, &now])), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?)
    }

    /// Once more; what is as old as `before` goes, and what a clock left that ran ahead.
    pub fn count(
        &self,
        tx: &Transaction<'_>,
        whose: &[&dyn ToSql],
        now: Seconds,
        before: Seconds,
    ) -> Result<(), StoreError> {
        let Self { table, columns } = self;
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE at <= ? OR at > ?"))?
            .execute(params![before, now + CLOCK_SLACK])?;
        let (names, places) = (columns.join(", "), "?, ".repeat(columns.len()));
        tx.prepare_cached(&format!("INSERT INTO {table} ({names}, at) VALUES ({places}?)"))?
            .execute(params_from_iter(whose.iter().copied().chain([&now as &dyn ToSql])))?;
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE rowid <= (SELECT MAX(rowid) FROM {table}) - ?"))?
            .execute(params![MOST_ROWS])?;
        Ok(())
    }
}

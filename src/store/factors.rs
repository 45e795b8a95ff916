//! Tables `factors` and `spent_steps`: enrolled factors, secrets sealed, steps spent once and for ever.

use std::collections::HashSet;

use rusqlite::{Row, Transaction, params};

use super::{StoreError, accounts};
use crate::clock::Seconds;
use crate::crypto::seal::Place;
use crate::host::AccountId;

/// The only kind stored today.
pub const TOTP: &str = "totp";

/// One enrolled factor, its secret still sealed.
#[derive(Clone)]
pub struct Factor {
    /// Row id.
    pub id: i64,
    /// The user's name for it. Hostile text.
    pub name: String,
    /// Names the row to the seal.
    pub row: String,
    /// Sealed secret.
    pub secret: Vec<u8>,
    /// Parameters as JSON.
    pub parameters: String,
    /// When it was confirmed.
    pub created_at: Seconds,
    /// When it last proved somebody.
    pub used_at: Option<Seconds>,
}

/// Where a factor's secret is sealed to.
pub fn place(row: &str) -> Place<'_> {
    Place { table: "factors", column: "secret", row }
}

/// What a new factor row holds.
pub struct NewFactor<'a> {
    /// Whose.
    pub account: &'a AccountId,
    /// The user's name for it.
    pub name: &'a str,
    /// Names the row to the seal.
    pub row: &'a str,
    /// Sealed to [`place`] of `row`.
    pub secret: &'a [u8],
    /// Parameters as JSON.
    pub parameters: &'a str,
    /// Now.
    pub now: Seconds,
}

/// Adds a confirmed TOTP factor; gives its id.
pub fn insert(tx: &Transaction<'_>, new: &NewFactor<'_>) -> Result<i64, StoreError> {
    tx.prepare_cached(
        "INSERT INTO factors (account, kind, name, row, secret, parameters, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![new.account.as_bytes(), TOTP, new.name, new.row, new.secret, new.parameters, new.now])?;
    Ok(tx.last_insert_rowid())
}

/// An account's factors, oldest first.
pub fn of(tx: &Transaction<'_>, account: &AccountId) -> Result<Vec<Factor>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT id, name, row, secret, parameters, created_at, used_at FROM factors WHERE account = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map(params![account.as_bytes()], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Factor> {
    Ok(Factor {
        id: row.get(0)?,
        name: row.get(1)?,
        row: row.get(2)?,
        secret: row.get(3)?,
        parameters: row.get(4)?,
        created_at: row.get(5)?,
        used_at: row.get(6)?,
    })
}

/// The accounts that have a factor.
pub fn protected_accounts(tx: &Transaction<'_>) -> Result<HashSet<AccountId>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT account FROM factors UNION SELECT account FROM passkeys UNION SELECT account FROM mail_factors",
    )?;
    let rows = statement.query_map([], |row| Ok(AccountId::from(row.get::<_, [u8; 16]>(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The accounts that have a factor, and how many.
pub fn protected(tx: &Transaction<'_>) -> Result<Vec<(AccountId, i64)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT account, COUNT(*) FROM (SELECT account FROM factors UNION ALL SELECT account FROM passkeys \
         UNION ALL SELECT account FROM mail_factors) \
         GROUP BY account ORDER BY account",
    )?;
    let rows = statement.query_map([], |row| Ok((AccountId::from(row.get::<_, [u8; 16]>(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Names one anew; true if it is the account's.
pub fn rename(tx: &Transaction<'_>, account: &AccountId, id: i64, name: &str) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached("UPDATE factors SET name = ?3 WHERE account = ?1 AND id = ?2")?
        .execute(params![account.as_bytes(), id, name])?;
    Ok(changed == 1)
}

/// Removes a factor; true if it was there.
pub fn remove(tx: &Transaction<'_>, account: &AccountId, id: i64) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached("DELETE FROM factors WHERE account = ?1 AND id = ?2")?
        .execute(params![account.as_bytes(), id])?;
    Ok(changed == 1)
}

/// Removes every authenticator, codes by mail, and every passkey but those to keep; gives how many went.
pub fn remove_all(tx: &Transaction<'_>, account: &AccountId, keep: &[i64]) -> Result<usize, StoreError> {
    let keep = serde_json::to_string(keep).map_err(|_| StoreError::row("passkeys"))?;
    let authenticators =
        tx.prepare_cached("DELETE FROM factors WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    let passkeys = tx
        .prepare_cached("DELETE FROM passkeys WHERE account = ?1 AND id NOT IN (SELECT value FROM json_each(?2))")?
        .execute(params![account.as_bytes(), keep])?;
    let mail =
        tx.prepare_cached("DELETE FROM mail_factors WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    Ok(authenticators + passkeys + mail)
}

/// Spends a TOTP step (RFC 6238 section 5.2: never a second time); true if it was still to be had.
///
/// Normally a step must lie above the last one. If the last lies further ahead than `current + 1`, the clock
/// was set back, and the set of spent steps decides instead.
pub fn spend_step(
    tx: &Transaction<'_>,
    factor: i64,
    step: i64,
    current: i64,
    now: Seconds,
) -> Result<bool, StoreError> {
    let moved = tx
        .prepare_cached(
            "UPDATE factors SET last_step = max(last_step, ?2), used_at = ?4 \
             WHERE id = ?1 AND (last_step < ?2 OR last_step > ?3 + 1) \
             AND NOT EXISTS (SELECT 1 FROM spent_steps WHERE factor = ?1 AND step = ?2)",
        )?
        .execute(params![factor, step, current, now])?;
    if moved == 1 {
        tx.prepare_cached("INSERT INTO spent_steps (factor, step) VALUES (?1, ?2)")?.execute(params![factor, step])?;
    }
    Ok(moved == 1)
}

/// Takes all recovery codes of an account away and stores the hashes of new ones.
pub fn replace_recovery_codes(
    tx: &Transaction<'_>,
    account: &AccountId,
    hashes: &[[u8; 32]],
) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM recovery_codes WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    let mut insert = tx.prepare_cached("INSERT INTO recovery_codes (account, hash) VALUES (?1, ?2)")?;
    for hash in hashes {
        insert.execute(params![account.as_bytes(), hash])?;
    }
    Ok(())
}

/// How many recovery codes are left.
pub fn recovery_codes_left(tx: &Transaction<'_>, account: &AccountId) -> Result<i64, StoreError> {
    accounts::count(tx, "recovery_codes", account)
}

/// Is this an unspent recovery code of the account? Looks, spends nothing.
pub fn has_recovery_code(tx: &Transaction<'_>, account: &AccountId, hash: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM recovery_codes WHERE account = ?1 AND hash = ?2")?
        .exists(params![account.as_bytes(), hash])?)
}

/// Gives a spent recovery code back, while so many are left as when it was spent: new ones have come in its place else.
pub fn give_back_recovery_code(
    tx: &Transaction<'_>,
    account: &AccountId,
    hash: &[u8; 32],
    left: i64,
) -> Result<(), StoreError> {
    if recovery_codes_left(tx, account)? == left {
        tx.prepare_cached("INSERT OR IGNORE INTO recovery_codes (account, hash) VALUES (?1, ?2)")?
            .execute(params![account.as_bytes(), hash])?;
    }
    Ok(())
}

/// Spends a recovery code; true if it was still to be had.
pub fn spend_recovery_code(tx: &Transaction<'_>, account: &AccountId, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let gone = tx
        .prepare_cached("DELETE FROM recovery_codes WHERE account = ?1 AND hash = ?2")?
        .execute(params![account.as_bytes(), hash])?;
    Ok(gone == 1)
}

//! Tables `mail_factors` and `mail_codes`: who chose codes by mail, and which ones are under way.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{StoreError, window};
use crate::clock::{CLOCK_SLACK, Seconds};
use crate::host::AccountId;

/// Codes by mail as an account's factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailFactor {
    /// Row id.
    pub id: i64,
    /// When it was switched on.
    pub created_at: Seconds,
    /// When it last proved somebody.
    pub used_at: Option<Seconds>,
    /// The account has an address that was verified. Without one the factor still protects, and proves nothing.
    pub verified: bool,
}

/// What a code is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Meeting a challenge.
    Challenge,
    /// Proving oneself inside a session.
    StepUp,
    /// Showing that mail arrives, before it becomes a factor.
    Enrol,
}

impl Purpose {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Challenge => "challenge",
            Self::StepUp => "step_up",
            Self::Enrol => "enrol",
        }
    }
}

/// Where a code belongs.
#[derive(Clone, Copy)]
pub struct Bound<'a> {
    /// Whose.
    pub account: &'a AccountId,
    /// What it is good for.
    pub purpose: Purpose,
    /// Hash of the challenge's or the session's token.
    pub to: &'a [u8; 32],
}

/// A code on its way.
pub struct New<'a> {
    /// Where it goes, as in `emails.folded`.
    pub address: &'a [u8],
    /// Keyed hash.
    pub code: &'a [u8; 32],
    /// Who asked for it.
    pub source: &'a str,
    /// Now.
    pub now: Seconds,
    /// When it lapses.
    pub expires_at: Seconds,
}

/// The last sending for a challenge or session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When.
    pub at: Seconds,
    /// How many there were.
    pub sends: u32,
    /// Tries that were made at them, all together.
    pub tries: u32,
}

/// An account's factor.
pub fn factor(tx: &Transaction<'_>, account: &AccountId) -> Result<Option<MailFactor>, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT f.id, f.created_at, f.used_at, e.verified_at IS NOT NULL FROM mail_factors f \
             LEFT JOIN emails e ON e.account = f.account WHERE f.account = ?1",
        )?
        .query_row(params![account.as_bytes()], |row| {
            Ok(MailFactor { id: row.get(0)?, created_at: row.get(1)?, used_at: row.get(2)?, verified: row.get(3)? })
        })
        .optional()?)
}

/// Adds the factor; gives its id, or none when it is there already.
pub fn add_factor(tx: &Transaction<'_>, account: &AccountId, now: Seconds) -> Result<Option<i64>, StoreError> {
    let added = tx
        .prepare_cached("INSERT INTO mail_factors (account, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![account.as_bytes(), now])?;
    Ok((added == 1).then(|| tx.last_insert_rowid()))
}

/// Removes the factor, and what was sent; true if it was there.
pub fn remove_factor(tx: &Transaction<'_>, account: &AccountId, id: i64) -> Result<bool, StoreError> {
    tx.prepare_cached("DELETE FROM mail_codes WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    let gone = tx
        .prepare_cached("DELETE FROM mail_factors WHERE account = ?1 AND id = ?2")?
        .execute(params![account.as_bytes(), id])?;
    Ok(gone == 1)
}

/// What was sent last, if that was after `since`.
pub fn last(tx: &Transaction<'_>, bound: &Bound<'_>, since: Seconds) -> Result<Option<Sent>, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT sent_at, sends, tries FROM mail_codes \
             WHERE account = ?1 AND purpose = ?2 AND bound_to = ?3 AND sent_at > ?4",
        )?
        .query_row(params![bound.account.as_bytes(), bound.purpose.as_str(), bound.to, since], |row| {
            Ok(Sent { at: row.get(0)?, sends: row.get(1)?, tries: row.get(2)? })
        })
        .optional()?)
}

/// Notes a code that is being sent, instead of the one before: that one is void, its tries stay. What was sent before
/// `keep`, and asked for before `count`, is forgotten, and what a clock left that ran ahead: a code would outlive its time.
pub fn put(
    tx: &Transaction<'_>,
    bound: &Bound<'_>,
    new: &New<'_>,
    keep: Seconds,
    count: Seconds,
) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM mail_codes WHERE sent_at <= ?1 OR sent_at > ?2")?
        .execute(params![keep, new.now + CLOCK_SLACK])?;
    tx.prepare_cached(
        "INSERT INTO mail_codes (account, purpose, bound_to, address, code, tries, sends, sent_at, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, 0, 1, ?6, ?7) ON CONFLICT (account, purpose, bound_to) \
         DO UPDATE SET address = ?4, code = ?5, sends = sends + 1, sent_at = ?6, expires_at = ?7",
    )?
    .execute(params![
        bound.account.as_bytes(),
        bound.purpose.as_str(),
        bound.to,
        new.address,
        new.code,
        new.now,
        new.expires_at
    ])?;
    window::MAIL_CODES.count(tx, &[bound.account.as_bytes(), &new.source], new.now, count)
}

/// Counts one try and compares. True for the live code of that challenge or session, sent to the address the account has
/// verified now; it is used up then.
pub fn spend(
    tx: &Transaction<'_>,
    bound: &Bound<'_>,
    code: &[u8; 32],
    now: Seconds,
    most: u32,
) -> Result<bool, StoreError> {
    let right: Option<bool> = tx
        .prepare_cached(
            "UPDATE mail_codes SET tries = tries + 1 \
             WHERE account = ?1 AND purpose = ?2 AND bound_to = ?3 AND expires_at > ?5 AND tries < ?6 \
             RETURNING code IS ?4 AND EXISTS (SELECT 1 FROM emails WHERE emails.account = ?1 \
             AND emails.folded = mail_codes.address AND emails.verified_at IS NOT NULL)",
        )?
        .query_row(params![bound.account.as_bytes(), bound.purpose.as_str(), bound.to, code, now, most], |row| {
            row.get(0)
        })
        .optional()?;
    if right != Some(true) {
        return Ok(false);
    }
    tx.prepare_cached(
        "UPDATE mail_codes SET code = NULL, tries = 0, sends = 0 WHERE account = ?1 AND purpose = ?2 AND bound_to = ?3",
    )?
    .execute(params![bound.account.as_bytes(), bound.purpose.as_str(), bound.to])?;
    tx.prepare_cached("UPDATE mail_factors SET used_at = ?2 WHERE account = ?1")?
        .execute(params![bound.account.as_bytes(), now])?;
    Ok(true)
}

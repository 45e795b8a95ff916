//! Table `accounts`: what we know of an account beside Jellyfin's own facts.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{StoreError, browsers};
use crate::clock::Seconds;
use crate::host::AccountId;

/// What goes when the epoch is raised; resets carry it, and are void. Half an enrolment would become a factor of whoever began it.
const RESTS_ON_EPOCH: &[&str] = &[
    "app_passwords",
    "ceremonies",
    "emails_pending",
    "enrolments",
    "mail_codes",
    "paired_devices",
    "pending_devices",
    "tv_windows",
    "tv_words",
];
/// What was begun on the strength of the password alone, and would change something of a protected account.
const BEGUN: &[&str] = &["ceremonies", "emails_pending", "enrolments", "mail_codes"];
/// What stays until the account goes itself.
const STAYS: &[&str] = &[
    "challenges",
    "emails",
    "emails_undo",
    "ended_sessions",
    "factors",
    "known_networks",
    "mail_codes_sent",
    "mail_factors",
    "outbox",
    "passkeys",
    "recovery_codes",
    "resets",
    "resets_under_way",
    "sessions",
    "skipped_steps",
    "words",
    "wrong_codes",
];

/// What may be kept of nobody: whoever asks for a name that no one has leaves it there, for a while.
const OF_NOBODY: &[&str] = &["outbox", "resets"];

/// The administrator's rule for one account, over the general requirement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// As the general requirement says.
    #[default]
    Default,
    /// A factor is required, whatever the general requirement says.
    Required,
    /// No factor is required; an enrolled one still counts.
    Exempt,
}

impl Rule {
    /// As stored and sent.
    fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Required => "required",
            Self::Exempt => "exempt",
        }
    }

    /// The rule of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Default, Self::Required, Self::Exempt].into_iter().find(|rule| rule.as_str() == name)
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// When we first heard of it.
    pub first_seen: Seconds,
    /// The administrator's rule.
    pub rule: Rule,
    /// When the rule was set.
    pub ruled_at: Seconds,
    /// Revocation epoch: what carries an older one is void.
    pub epoch: i64,
    /// A factor was enrolled once; without one now, a password alone does not enrol again.
    pub had_factor: bool,
    /// Everything was taken away; a factor must be enrolled whatever the policy says.
    pub must_enrol: bool,
    /// Keyed hash of a PIN that went by mail and is the password now; another must be chosen.
    pub chosen_pin: Option<[u8; 32]>,
    /// The password was reset by mail; a code to the same mailbox shows nothing more.
    pub reset_by_mail: bool,
}

/// The account's row, if there is one.
pub fn find(tx: &Transaction<'_>, id: &AccountId) -> Result<Option<Account>, StoreError> {
    let row = tx
        .prepare_cached(
            "SELECT first_seen, rule, ruled_at, epoch, had_factor, must_enrol, chosen_pin, reset_by_mail \
             FROM accounts WHERE id = ?1",
        )?
        .query_row(params![id.as_bytes()], |row| Ok(read(row)))
        .optional()?;
    row.transpose()
}

fn read(row: &Row<'_>) -> Result<Account, StoreError> {
    let rule: String = row.get(1)?;
    Ok(Account {
        first_seen: row.get(0)?,
        rule: Rule::named(&rule).ok_or(StoreError::row("accounts"))?,
        ruled_at: row.get(2)?,
        epoch: row.get(3)?,
        had_factor: row.get(4)?,
        must_enrol: row.get(5)?,
        chosen_pin: row.get(6)?,
        reset_by_mail: row.get(7)?,
    })
}

/// Every account that anything is kept of, but what may be of nobody.
pub fn all(tx: &Transaction<'_>) -> Result<BTreeSet<AccountId>, StoreError> {
    let mut question = "SELECT id FROM accounts".to_owned();
    let tables = RESTS_ON_EPOCH.iter().chain(STAYS).chain(&["browser_trust"]);
    for table in tables.filter(|table| !OF_NOBODY.contains(table)) {
        question.push_str(&format!(" UNION SELECT account FROM {table} WHERE account IS NOT NULL"));
    }
    let mut statement = tx.prepare(&question)?;
    let rows = statement.query_map([], |row| row.get::<_, [u8; 16]>(0))?;
    Ok(rows.map(|id| id.map(AccountId::from)).collect::<Result<_, _>>()?)
}

/// Notes an account; an existing row stays as it is.
pub fn note(tx: &Transaction<'_>, id: &AccountId, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO accounts (id, first_seen) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING")?
        .execute(params![id.as_bytes(), now])?;
    Ok(())
}

/// Remembers the stamp of the account's password; none: it is met next. An account nothing is kept of stays so.
pub fn meet(tx: &Transaction<'_>, id: &AccountId, stamp: Option<&str>) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE accounts SET stamp = ?2 WHERE id = ?1 AND stamp IS NOT ?2")?
        .execute(params![id.as_bytes(), stamp])?;
    Ok(())
}

/// The password with that stamp is gone: the next one is met as it comes.
pub fn unmeet(tx: &Transaction<'_>, id: &AccountId, stamp: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE accounts SET stamp = NULL WHERE id = ?1 AND stamp = ?2")?
        .execute(params![id.as_bytes(), stamp])?;
    Ok(())
}

/// The stamps of all passwords, as they were met last.
pub fn stamps(tx: &Transaction<'_>) -> Result<BTreeMap<AccountId, Option<String>>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT id, stamp FROM accounts")?;
    let rows = statement.query_map([], |row| Ok((AccountId::from(row.get::<_, [u8; 16]>(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Sets the administrator's rule.
pub fn set_rule(tx: &Transaction<'_>, id: &AccountId, rule: Rule, now: Seconds) -> Result<(), StoreError> {
    note(tx, id, now)?;
    tx.prepare_cached("UPDATE accounts SET rule = ?2, ruled_at = ?3 WHERE id = ?1")?.execute(params![
        id.as_bytes(),
        rule.as_str(),
        now
    ])?;
    Ok(())
}

/// Remembers that the account had a factor.
pub fn mark_protected(tx: &Transaction<'_>, id: &AccountId, now: Seconds) -> Result<(), StoreError> {
    note(tx, id, now)?;
    tx.prepare_cached("UPDATE accounts SET had_factor = 1, must_enrol = 0, reset_by_mail = 0 WHERE id = ?1")?
        .execute(params![id.as_bytes()])?;
    Ok(())
}

/// The account has its first factor: what was begun without one does not end in a change.
pub fn end_begun(tx: &Transaction<'_>, id: &AccountId) -> Result<(), StoreError> {
    delete_from(tx, BEGUN, id)
}

/// Demands that the account enrols again before it gets another session.
pub fn demand_enrolment(tx: &Transaction<'_>, id: &AccountId, now: Seconds) -> Result<(), StoreError> {
    note(tx, id, now)?;
    tx.prepare_cached("UPDATE accounts SET had_factor = 1, must_enrol = 1 WHERE id = ?1")?
        .execute(params![id.as_bytes()])?;
    Ok(())
}

/// Demands, or no longer, that the PIN with this hash is replaced at the next sign-in.
pub fn demand_password(tx: &Transaction<'_>, id: &AccountId, pin: Option<&[u8; 32]>) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE accounts SET chosen_pin = ?2 WHERE id = ?1")?.execute(params![id.as_bytes(), pin])?;
    Ok(())
}

/// Remembers whether the password the account has now was set by whoever reads its mail.
pub fn note_reset(tx: &Transaction<'_>, id: &AccountId, by_mail: bool) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE accounts SET reset_by_mail = ?2 WHERE id = ?1")?
        .execute(params![id.as_bytes(), by_mail])?;
    Ok(())
}

/// Voids whatever carries the present epoch; what is of no use any more goes.
pub fn raise_epoch(tx: &Transaction<'_>, id: &AccountId, now: Seconds) -> Result<(), StoreError> {
    note(tx, id, now)?;
    browsers::forget_all(tx, id)?;
    delete_from(tx, RESTS_ON_EPOCH, id)?;
    tx.prepare_cached("UPDATE accounts SET epoch = epoch + 1 WHERE id = ?1")?.execute(params![id.as_bytes()])?;
    Ok(())
}

/// The account's revocation epoch.
pub fn epoch(tx: &Transaction<'_>, id: &AccountId) -> Result<i64, StoreError> {
    Ok(find(tx, id)?.map_or(0, |account| account.epoch))
}

/// As if the account were new: no rule, no memory of an earlier factor, the grace period ahead. Whatever carries the
/// present epoch is void.
pub fn start_over(tx: &Transaction<'_>, id: &AccountId, now: Seconds) -> Result<(), StoreError> {
    set_rule(tx, id, Rule::Default, now)?;
    raise_epoch(tx, id, now)?;
    tx.prepare_cached(
        "UPDATE accounts SET had_factor = 0, must_enrol = 0, reset_by_mail = 0, first_seen = ?2 WHERE id = ?1",
    )?
    .execute(params![id.as_bytes(), now])?;
    Ok(())
}

/// Has the account a factor, of whatever kind?
pub fn has_factor(tx: &Transaction<'_>, id: &AccountId) -> Result<bool, StoreError> {
    Ok(count(tx, "factors", id)? > 0 || count(tx, "passkeys", id)? > 0 || count(tx, "mail_factors", id)? > 0)
}

/// Rows of an account in one of our tables.
pub fn count(tx: &Transaction<'_>, table: &'static str, id: &AccountId) -> Result<i64, StoreError> {
    Ok(tx
        .prepare_cached(&format!("SELECT COUNT(*) FROM {table} WHERE account = ?1"))?
        .query_row(params![id.as_bytes()], |row| row.get(0))?)
}

/// Forgets everything about a deleted user. A new user of the same name has a new id and none of this.
pub fn purge(tx: &Transaction<'_>, id: &AccountId) -> Result<(), StoreError> {
    browsers::forget_all(tx, id)?;
    delete_from(tx, RESTS_ON_EPOCH, id)?;
    delete_from(tx, STAYS, id)?;
    tx.prepare_cached("DELETE FROM accounts WHERE id = ?1")?.execute(params![id.as_bytes()])?;
    Ok(())
}

fn delete_from(tx: &Transaction<'_>, tables: &[&str], id: &AccountId) -> Result<(), StoreError> {
    for table in tables {
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE account = ?1"))?.execute(params![id.as_bytes()])?;
    }
    Ok(())
}

//! Table `challenges`: what was promised after a right password, bound from its first request on.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::StoreError;
use super::proof::Proof;
use crate::clock::Seconds;
use crate::host::AccountId;

/// What a challenge asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A proof by an enrolled factor.
    Prove,
    /// A factor to be enrolled.
    Enrol,
    /// Something else to be set up, everything being proven.
    SetUp,
}

impl Ask {
    fn column(self) -> &'static str {
        match self {
            Self::Prove => "prove",
            Self::Enrol => "enrol",
            Self::SetUp => "set_up",
        }
    }

    fn of(column: &str) -> Self {
        match column {
            "prove" => Self::Prove,
            "enrol" => Self::Enrol,
            // The table takes no other.
            _ => Self::SetUp,
        }
    }
}

/// One open challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// For whom.
    pub account: AccountId,
    /// What it asks for.
    pub ask: Ask,
    /// By what everything was proven; none while it is not.
    pub proof: Option<Proof>,
    /// The credential stamp the password was right for.
    pub stamp: String,
    /// The account's revocation epoch then.
    pub epoch: i64,
    /// The policy epoch then.
    pub policy_epoch: i64,
    /// Client name, version, device id and device name: the session is minted with these.
    pub app: String,
    /// See `app`.
    pub version: String,
    /// See `app`.
    pub device_id: String,
    /// See `app`.
    pub device_name: String,
    /// The asker's network (IPv4 address or IPv6 /64).
    pub network: String,
    /// From a browser or network that the account has used before.
    pub known: bool,
    /// Hash of the browser secret, where cookies work.
    pub browser: Option<Vec<u8>>,
    /// When it lapses.
    pub expires_at: Seconds,
    /// Wrong proofs so far.
    pub tries: u32,
}

const COLUMNS: &str = "account, kind, proof, stamp, epoch, policy_epoch, app, version, device_id, device_name, network, browser, expires_at, tries, known";

fn read(row: &Row<'_>) -> Result<Challenge, StoreError> {
    let account: [u8; 16] = row.get(0)?;
    let kind: String = row.get(1)?;
    Ok(Challenge {
        account: account.into(),
        ask: Ask::of(&kind),
        proof: Proof::of_challenge(row.get_ref(2)?)?,
        stamp: row.get(3)?,
        epoch: row.get(4)?,
        policy_epoch: row.get(5)?,
        app: row.get(6)?,
        version: row.get(7)?,
        device_id: row.get(8)?,
        device_name: row.get(9)?,
        network: row.get(10)?,
        browser: row.get(11)?,
        expires_at: row.get(12)?,
        tries: row.get(13)?,
        known: row.get(14)?,
    })
}

/// Challenges open at once for one account from wherever. Whoever knows the password makes as many in a minute.
pub const MOST_OF_ACCOUNT: u32 = 1_000;

/// How many challenges stay, and for how long.
#[derive(Clone, Copy)]
pub struct Bounds {
    /// So many for one account from one network.
    pub most: u32,
    /// No longer than this for one of the new one's kind, in seconds.
    pub lifetime: Seconds,
}

/// Adds a challenge. Lapsed ones go, and those whose clock ran ahead; of one account and network only the newest of strangers stay, and as many of
/// whoever is known: behind a proxy all have one address. Of one account no more than [`MOST_OF_ACCOUNT`] stay.
pub fn insert(
    tx: &Transaction<'_>,
    hash: &[u8; 32],
    new: &Challenge,
    now: Seconds,
    bounds: Bounds,
) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM challenges WHERE expires_at <= ?1 OR (kind = ?2 AND expires_at > ?3)")?
        .execute(params![now, new.ask.column(), now + bounds.lifetime])?;
    tx.prepare_cached(&format!(
        "INSERT INTO challenges (hash, {COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
    ))?
    .execute(params![
        hash,
        new.account.as_bytes(),
        new.ask.column(),
        new.proof.map(Proof::column),
        new.stamp,
        new.epoch,
        new.policy_epoch,
        new.app,
        new.version,
        new.device_id,
        new.device_name,
        new.network,
        new.browser,
        new.expires_at,
        new.tries,
        new.known
    ])?;
    tx.prepare_cached(
        "DELETE FROM challenges WHERE hash IN (SELECT hash FROM challenges WHERE account = ?1 AND network = ?2 AND known = ?3 \
         ORDER BY expires_at DESC, hash = ?4 DESC LIMIT -1 OFFSET ?5)",
    )?
    .execute(params![new.account.as_bytes(), new.network, new.known, hash, bounds.most])?;
    bound(tx, hash, &new.account)
}

/// Whoever filled an account's challenges makes room: strangers first, of these the network that holds most, of this its
/// oldest.
fn bound(tx: &Transaction<'_>, newest: &[u8; 32], account: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached(
        "DELETE FROM challenges WHERE hash IN (SELECT hash FROM (SELECT hash, known, expires_at, \
         COUNT(*) OVER (PARTITION BY network) AS beside FROM challenges WHERE account = ?1) \
         ORDER BY known, beside DESC, expires_at, hash = ?3 \
         LIMIT max(0, (SELECT COUNT(*) FROM challenges WHERE account = ?1) - ?2))",
    )?
    .execute(params![account.as_bytes(), MOST_OF_ACCOUNT, newest])?;
    Ok(())
}

/// The challenge behind a token hash, spent or lapsed ones excepted. Looks, changes nothing.
pub fn find(tx: &Transaction<'_>, hash: &[u8; 32], now: Seconds) -> Result<Option<Challenge>, StoreError> {
    let row = tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM challenges WHERE hash = ?1 AND expires_at > ?2"))?
        .query_row(params![hash, now], |row| Ok(read(row)))
        .optional()?;
    row.transpose()
}

/// Counts one try before anything is compared; none when the challenge is gone or its tries are used up.
pub fn attempt(
    tx: &Transaction<'_>,
    hash: &[u8; 32],
    now: Seconds,
    most: u32,
) -> Result<Option<Challenge>, StoreError> {
    let row = tx
        .prepare_cached(&format!(
            "UPDATE challenges SET tries = tries + 1 WHERE hash = ?1 AND expires_at > ?2 AND tries < ?3 RETURNING {COLUMNS}"
        ))?
        .query_row(params![hash, now, most], |row| Ok(read(row)))
        .optional()?;
    row.transpose()
}

/// Takes a challenge away; true if it was there.
pub fn consume(tx: &Transaction<'_>, hash: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(tx.prepare_cached("DELETE FROM challenges WHERE hash = ?1")?.execute(params![hash])? == 1)
}

/// Ends every challenge of an account.
pub fn end_all(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM challenges WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    Ok(())
}

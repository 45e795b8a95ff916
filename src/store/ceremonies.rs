//! Table `ceremonies`: what a browser is answering with a passkey. Each is taken out before its answer is looked at.

use rusqlite::{OptionalExtension, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// Open ones kept of one challenge, or of one session for one purpose; its own oldest goes first.
pub const MOST_OF_ONE: i64 = 4;
/// Open ones kept of one account's sessions; its own oldest goes first. Challenges are bounded themselves.
pub const MOST_OF_ONE_ACCOUNT: i64 = 32;
/// Open sign-ins without a password kept of one network; its own oldest goes first.
const MOST_OF_ONE_NETWORK: i64 = 64;
/// The same of a network that many people may share: behind a proxy everybody has its address. As many as may be begun
/// there before the first of them lapses, so that nobody pushes out anybody.
const MOST_OF_A_SHARED_NETWORK: i64 = 6_600;
/// Open sign-ins without a password kept of all.
pub const MOST: i64 = 8_192;

/// What a ceremony is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new passkey.
    Register,
    /// The second factor of a challenge.
    Challenge,
    /// A sign-in without a password.
    SignIn,
    /// A proof for a change.
    StepUp,
}

impl Purpose {
    fn column(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Challenge => "challenge",
            Self::SignIn => "sign_in",
            Self::StepUp => "step_up",
        }
    }
}

/// One open ceremony.
pub struct Ceremony<'a> {
    /// What it is for.
    pub purpose: Purpose,
    /// For whom; none for a sign-in without a password.
    pub account: Option<&'a AccountId>,
    /// The hash of the challenge or session it belongs to.
    pub bound_to: Option<&'a [u8; 32]>,
    /// The mechanism's state, as JSON.
    pub state: &'a str,
    /// The asker's network.
    pub network: &'a str,
    /// Many people may be there.
    pub shared: bool,
    /// When it lapses.
    pub expires_at: Seconds,
}

/// Opens one. Lapsed ones go, and those that lapse later than one that begins now: their clock ran ahead. Those of a
/// challenge push out that challenge's: whoever has no more than the password opens none of the owner's. A session's push out
/// the account's sessions' oldest; nobody's, begun by whoever asks, push out only nobody's: a network's own oldest first.
pub fn open(tx: &Transaction<'_>, hash: &[u8; 32], new: &Ceremony<'_>, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM ceremonies WHERE expires_at <= ?1 OR expires_at > ?2")?
        .execute(params![now, new.expires_at])?;
    tx.prepare_cached(
        "INSERT INTO ceremonies (hash, account, purpose, bound_to, state, network, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        hash,
        new.account.map(AccountId::as_bytes),
        new.purpose.column(),
        new.bound_to,
        new.state,
        new.network,
        new.expires_at
    ])?;
    let Some(account) = new.account else { return bound_sign_ins(tx, hash, new) };
    tx.prepare_cached(
        "DELETE FROM ceremonies WHERE hash IN (SELECT hash FROM ceremonies WHERE account = ?1 AND purpose = ?2 \
         AND bound_to IS ?3 ORDER BY expires_at DESC, hash = ?4 DESC LIMIT -1 OFFSET ?5)",
    )?
    .execute(params![account.as_bytes(), new.purpose.column(), new.bound_to, hash, MOST_OF_ONE])?;
    tx.prepare_cached(
        "DELETE FROM ceremonies WHERE hash IN (SELECT hash FROM ceremonies WHERE account = ?1 AND purpose <> ?2 \
         ORDER BY expires_at DESC, hash = ?3 DESC LIMIT -1 OFFSET ?4)",
    )?
    .execute(params![account.as_bytes(), Purpose::Challenge.column(), hash, MOST_OF_ONE_ACCOUNT])?;
    Ok(())
}

fn bound_sign_ins(tx: &Transaction<'_>, hash: &[u8; 32], new: &Ceremony<'_>) -> Result<(), StoreError> {
    let most = if new.shared { MOST_OF_A_SHARED_NETWORK } else { MOST_OF_ONE_NETWORK };
    tx.prepare_cached(
        "DELETE FROM ceremonies WHERE hash IN (SELECT hash FROM ceremonies WHERE account IS NULL AND network = ?1 \
         ORDER BY expires_at DESC, hash = ?2 DESC LIMIT -1 OFFSET ?3)",
    )?
    .execute(params![new.network, hash, most])?;
    // Over all, whoever filled the table makes room: the network that holds most, its oldest first.
    let all: i64 =
        tx.prepare_cached("SELECT COUNT(*) FROM ceremonies WHERE account IS NULL")?.query_row([], |row| row.get(0))?;
    if all > MOST {
        tx.prepare_cached(
            "DELETE FROM ceremonies WHERE hash = (SELECT hash FROM ceremonies WHERE account IS NULL AND network = \
             (SELECT network FROM ceremonies WHERE account IS NULL GROUP BY network \
             ORDER BY COUNT(*) DESC, MIN(expires_at) LIMIT 1) ORDER BY expires_at, hash = ?1 LIMIT 1)",
        )?
        .execute(params![hash])?;
    }
    Ok(())
}

/// Is it open? Looks, takes nothing: rubbish from a stranger must not cost a wait for the disk.
pub fn is_open(tx: &Transaction<'_>, hash: &[u8; 32], now: Seconds) -> Result<bool, StoreError> {
    Ok(tx.prepare_cached("SELECT 1 FROM ceremonies WHERE hash = ?1 AND expires_at > ?2")?.exists(params![hash, now])?)
}

/// Takes one out, if it is for this purpose and belongs to this; gives account and state. Nobody gets it again.
pub fn take(
    tx: &Transaction<'_>,
    hash: &[u8; 32],
    purpose: Purpose,
    bound_to: Option<&[u8; 32]>,
    now: Seconds,
) -> Result<Option<(Option<AccountId>, String)>, StoreError> {
    Ok(tx
        .prepare_cached(
            "DELETE FROM ceremonies WHERE hash = ?1 AND purpose = ?2 AND bound_to IS ?3 AND expires_at > ?4 \
             RETURNING account, state",
        )?
        .query_row(params![hash, purpose.column(), bound_to, now], |row| {
            let account: Option<[u8; 16]> = row.get(0)?;
            Ok((account.map(AccountId::from), row.get(1)?))
        })
        .optional()?)
}

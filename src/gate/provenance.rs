//! How a session was proven. Only a full proof may approve, create, enrol or change.

use rusqlite::Transaction;

use crate::context::Context;
use crate::gate::attempt::Caller;
use crate::host::AccountId;
use crate::store::proof::Proof;
use crate::store::{StoreError, sessions};

/// A token hash as it lies in the store; none for what is not 64 hexadecimal digits.
pub fn token_hash(text: &str) -> Option<[u8; 32]> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// Was the caller's session made by a full proof of this very account, and not revoked since?
/// Unknown means unproven: made before installation, or forgotten in a crash.
pub fn fully_proven(
    tx: &Transaction<'_>,
    caller: Option<&Caller>,
    account: &AccountId,
    epoch: i64,
) -> Result<bool, StoreError> {
    let Some(caller) = caller.filter(|caller| !caller.api_key && caller.user_id.as_ref() == Some(account)) else {
        return Ok(false);
    };
    let Some(hash) = token_hash(&caller.token_hash) else { return Ok(false) };
    let found = sessions::find(tx, &hash)?;
    Ok(found.is_some_and(|session| session.account == *account && session.proof.is_full() && session.epoch == epoch))
}

/// The caller has just proven a factor inside this session.
pub fn raise(cx: &Context, tx: &Transaction<'_>, caller: &Caller, epoch: i64) -> Result<(), StoreError> {
    if let (Some(account), Some(hash)) = (caller.user_id, token_hash(&caller.token_hash)) {
        let now = cx.now();
        let session = sessions::Session {
            account,
            proof: Proof::Full,
            epoch,
            at: now,
            proven_at: now,
            app_password: None,
            device: None,
            network: None,
        };
        sessions::prove(tx, &hash, &session, Some(Proof::Full))?;
    }
    Ok(())
}

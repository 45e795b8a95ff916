//! How a session was proven. Only a full proof may approve, create, enrol or change.

use rusqlite::Transaction;

use crate::context::Context;
use crate::gate::attempt::Caller;
use crate::host::AccountId;
use crate::store::{StoreError, sessions};

/// The kinds of proof, as they are kept with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Password and factor, or everything the account could be asked for at that time plus a factor since.
    Full,
    /// A passkey alone, its authenticator knowing its user.
    Passkey,
    /// A password only: the account had no factor.
    Password,
    /// A password, in a browser that was spared the factor because the account trusts it.
    TrustedBrowser,
    /// Quick Connect, approved from a fully proven session of the same account, or for an unprotected account.
    QuickConnect,
    /// An app password.
    AppPassword,
    /// A one-time word, typed as the password.
    Word,
    /// A right password from a device that the owner approved.
    Paired,
    /// Another plugin's sign-in.
    OtherPlugin,
    /// Made before installation, or forgotten in a crash; known of because a proof was given inside it.
    Legacy,
}

impl Proof {
    /// What proves everything the account can ask for.
    const FULL: &[Self] = &[Self::Full, Self::Passkey];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Passkey => "passkey",
            Self::Password => "password",
            Self::TrustedBrowser => "trusted_browser",
            Self::QuickConnect => "quick_connect",
            Self::AppPassword => "app_password",
            Self::Word => "word",
            Self::Paired => "paired",
            Self::OtherPlugin => "other_plugin",
            Self::Legacy => "legacy",
        }
    }

    /// The proof that was stored so; none for what nobody stored.
    pub fn stored(text: &str) -> Option<Self> {
        [Self::Full, Self::Passkey, Self::Password, Self::TrustedBrowser].into_iter().find(|one| one.as_str() == text)
    }

    /// Everything the account can ask for was proven when the session was made.
    pub fn is_full(self) -> bool {
        Self::FULL.contains(&self)
    }
}

/// Was the session opened by whoever knows the password, or holds a passkey? An app password, a word, an approval
/// from elsewhere are handed to devices, and what nobody wrote down may be anything: such a session plays, and changes
/// nothing of a protected account.
pub fn opened_in_person(proof: &str) -> bool {
    let lesser = [Proof::AppPassword, Proof::Word, Proof::QuickConnect, Proof::Legacy];
    !lesser.iter().any(|lesser| lesser.as_str() == proof)
}

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
    Ok(found.is_some_and(|session| session.account == *account && is_full(&session.proof) && session.epoch == epoch))
}

/// Does what is kept with a session stand for everything the account can ask for?
pub fn is_full(proof: &str) -> bool {
    Proof::FULL.iter().any(|full| full.as_str() == proof)
}

/// The account has its first factor: nothing that was proven before is proof of it.
pub fn lower(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    let full: Vec<&str> = Proof::FULL.iter().map(|full| full.as_str()).collect();
    sessions::lower(tx, account, &full, Proof::Password.as_str())
}

/// The caller has just proven a factor inside this session.
pub fn raise(cx: &Context, tx: &Transaction<'_>, caller: &Caller, epoch: i64) -> Result<(), StoreError> {
    if let (Some(account), Some(hash)) = (caller.user_id, token_hash(&caller.token_hash)) {
        let now = cx.now();
        let full = Proof::Full.as_str();
        let proof = full.to_owned();
        let session = sessions::Session {
            account,
            proof,
            epoch,
            at: now,
            proven_at: now,
            app_password: None,
            device: None,
            network: None,
        };
        sessions::prove(tx, &hash, &session, Some(full))?;
    }
    Ok(())
}

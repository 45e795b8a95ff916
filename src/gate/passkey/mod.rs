//! Passkeys at the gate: registering one, proving by one, and signing in by one alone.
//!
//! A ceremony is taken out of the store before its answer is looked at, and belongs to one purpose, and to the
//! challenge or session that opened it.

pub mod enrol;
pub mod register;
pub mod sign_in;

use rusqlite::Transaction;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::crypto::token::{self, Token};
use crate::defense::network::Network;
use crate::factor::passkey::{
    self, AssertionState, Credential, LIFETIME, PasskeyError, RelyingParty, RelyingPartyError, Verification,
};
use crate::gate::denial::Denial;
use crate::host::AccountId;
use crate::settings::{SettingCode, SettingError, Settings, WebOrigin, keys};
use crate::store::StoreError;
use crate::store::accounts;
use crate::store::ceremonies::{self, Ceremony, Purpose};
use crate::store::passkeys::{self, Stored};

/// A ceremony, as the browser gets it.
pub struct Started {
    /// Names it in the answer.
    pub ceremony: Zeroizing<String>,
    /// For `navigator.credentials`.
    pub options: Value,
}

/// Passkeys as this server's owner has settled them; none while neither domain nor addresses are, or they do not fit.
pub fn relying_party(settings: &Settings) -> Option<RelyingParty> {
    made(settings)?.ok()
}

/// Why what the owner has settled is of no use. Values fixed by file or environment are not asked by [`fits`].
pub fn misfit(settings: &Settings) -> Option<RelyingPartyError> {
    made(settings)?.err()
}

/// Do domain and addresses go together? Asked before they are stored: a browser would only say no.
pub fn fits(settings: &Settings) -> Result<(), SettingError> {
    let Some(Err(error)) = made(settings) else { return Ok(()) };
    let field = match error {
        RelyingPartyError::NotAHost | RelyingPartyError::IdIsAddress | RelyingPartyError::TooBroad => {
            keys::PASSKEYS_DOMAIN.key
        }
        RelyingPartyError::Name => keys::TOTP_ISSUER.key,
        _ => keys::PASSKEYS_ORIGINS.key,
    };
    Err(SettingError { field: field.to_owned(), code: SettingCode::DoesNotFit, detail: error.to_string() })
}

/// One of the two is enough: a domain alone is used over https, an address alone is its own domain.
fn made(settings: &Settings) -> Option<Result<RelyingParty, RelyingPartyError>> {
    let domain = settings.get(&keys::PASSKEYS_DOMAIN);
    let mut origins = settings.get(&keys::PASSKEYS_ORIGINS);
    let domain = match (domain.as_str(), origins.first()) {
        ("", None) => return None,
        ("", Some(first)) => first.host().to_owned(),
        (domain, None) => {
            origins.extend(format!("https://{domain}").parse::<WebOrigin>());
            domain.to_owned()
        }
        (domain, Some(_)) => domain.to_owned(),
    };
    Some(RelyingParty::new(&domain, &settings.get(&keys::TOTP_ISSUER), &origins))
}

/// As [`relying_party`], for who cannot go on without.
pub fn offered(cx: &Context) -> Result<RelyingParty, Denial> {
    relying_party(&cx.settings()).ok_or(Denial::NotOffered)
}

/// A passkey as the mechanism knows it. Damage is this row's alone.
pub fn credential(stored: &Stored) -> Result<Credential, Denial> {
    Ok(serde_json::from_str(&stored.credential).map_err(|_| StoreError::row("passkeys"))?)
}

/// Where a ceremony belongs.
#[derive(Clone, Copy)]
pub struct Bound<'a> {
    /// What it is for.
    pub purpose: Purpose,
    /// For whom; none for a sign-in without a password.
    pub account: Option<&'a AccountId>,
    /// The hash of the challenge or session that opened it.
    pub to: Option<&'a [u8; 32]>,
}

/// What a browser gives back.
#[derive(Clone, Copy)]
pub struct Returned<'a> {
    /// The ceremony's token.
    pub ceremony: &'a str,
    /// The authenticator's answer, as JSON.
    pub response: &'a str,
}

/// Opens a ceremony. Lost in a crash, it is opened again: no `fsync`.
pub fn open(
    cx: &Context,
    network: &Network,
    bound: Bound<'_>,
    options: Value,
    state: &impl serde::Serialize,
) -> Result<Started, Denial> {
    let token = Token::generate(&*cx.randomness)?;
    let state = serde_json::to_string(state).map_err(|error| Denial::Broken(error.to_string()))?;
    let now = cx.now();
    let ceremony = Ceremony {
        purpose: bound.purpose,
        account: bound.account,
        bound_to: bound.to,
        state: &state,
        network: network.as_str(),
        shared: network.shared(),
        expires_at: now + LIFETIME,
    };
    cx.store.lazy(|tx| ceremonies::open(tx, &token::hash(token.as_str()), &ceremony, now))?;
    Ok(Started { ceremony: Zeroizing::new(token.as_str().to_owned()), options })
}

/// Opens one that asks for a proof: by one of these passkeys, or with none given by any that says whose it is.
pub fn ask(
    cx: &Context,
    network: &Network,
    bound: Bound<'_>,
    allowed: &[Stored],
    verification: Verification,
) -> Result<Started, Denial> {
    let allowed = allowed.iter().map(credential).collect::<Result<Vec<_>, _>>()?;
    let (options, state) = passkey::begin_assertion(&offered(cx)?, &allowed, verification).map_err(refused)?;
    open(cx, network, bound, options, &state)
}

/// Judges the answer to one. In one transaction: the ceremony taken, the signature checked, the counter stored. A
/// refusal must commit too, so it is the value inside.
pub fn judge(
    cx: &Context,
    tx: &Transaction<'_>,
    from: &Network,
    bound: Bound<'_>,
    returned: Returned<'_>,
) -> Result<Result<Proven, Denial>, Denial> {
    match examine(cx, tx, from, bound, returned)? {
        Ok(right) => keep(cx, tx, right),
        Err(refused) => Ok(Err(refused)),
    }
}

/// An answer that is right, and whose counter is not stored yet.
struct Right {
    stored: Stored,
    after: String,
    /// The authenticator knows its user too: a passkey is then two factors.
    user_verified: bool,
}

/// Takes the ceremony and checks the signature.
fn examine(
    cx: &Context,
    tx: &Transaction<'_>,
    from: &Network,
    bound: Bound<'_>,
    returned: Returned<'_>,
) -> Result<Result<Right, Denial>, Denial> {
    let Returned { ceremony, response } = returned;
    let rp = offered(cx)?;
    let taken = ceremonies::take(tx, &token::hash(ceremony), bound.purpose, bound.to, cx.now())?;
    let Some((account, state)) = taken else { return Ok(Err(Denial::CeremonyGone)) };
    let state: AssertionState = serde_json::from_str(&state).map_err(|error| Denial::Broken(error.to_string()))?;
    let found = match passkey::credential_id(response) {
        Ok(id) => passkeys::find(tx, id.as_bytes())?,
        Err(_) => None,
    };
    // A refusal is written down in the transaction that took the ceremony.
    let refuse = |kind, account, detail: Option<&str>| -> Result<Result<Right, Denial>, Denial> {
        audit::record(cx, tx, &audit::Entry { kind, account, address: Some(from.as_str()), detail })?;
        Ok(Err(Denial::WrongPasskey))
    };
    let Some(stored) = found.filter(|found| account.is_none_or(|account| account == found.account)) else {
        return refuse(Kind::WrongPasskey, account, None);
    };
    let known = credential(&stored)?;
    let asserted = match passkey::finish_assertion(&rp, &state, response, &known) {
        Ok(asserted) if asserted.user_handle.as_bytes() == stored.account.as_bytes() => asserted,
        Err(PasskeyError::PossibleClone) => {
            return refuse(Kind::PasskeyCopied, Some(stored.account), Some(&stored.name));
        }
        _ => return refuse(Kind::WrongPasskey, Some(stored.account), Some(&stored.name)),
    };
    let after = Credential { counter: asserted.counter, backup_state: asserted.backup_state, ..known };
    let after = serde_json::to_string(&after).map_err(|error| Denial::Broken(error.to_string()))?;
    Ok(Ok(Right { stored, after, user_verified: asserted.user_verified }))
}

/// Stores the counter, if nobody was faster.
fn keep(cx: &Context, tx: &Transaction<'_>, right: Right) -> Result<Result<Proven, Denial>, Denial> {
    let Right { stored, after, .. } = right;
    if !passkeys::used(tx, &stored, &after, cx.now())? {
        return Ok(Err(Denial::WrongPasskey));
    }
    let epoch = accounts::epoch(tx, &stored.account)?;
    Ok(Ok(Proven { account: stored.account, passkey: stored.id, epoch }))
}

/// Is there such a ceremony at all? Asked before anything is written.
pub fn is_open(cx: &Context, ceremony: &str) -> Result<(), Denial> {
    let open = cx.store.read(|tx| ceremonies::is_open(tx, &token::hash(ceremony), cx.now()))?;
    if open { Ok(()) } else { Err(Denial::CeremonyGone) }
}

/// What an answer proved.
#[derive(Clone, Copy, Debug)]
pub struct Proven {
    /// Who it is.
    pub account: AccountId,
    /// By which passkey.
    pub passkey: i64,
    /// The account's revocation epoch then.
    pub epoch: i64,
}

fn refused(error: PasskeyError) -> Denial {
    match error {
        PasskeyError::TooMany => Denial::TooMany,
        error => Denial::Broken(error.to_string()),
    }
}

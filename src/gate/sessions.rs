//! The sessions of an account: Jellyfin's devices, and what we know of how each was proven.

use std::collections::HashSet;

use serde::Serialize;

use crate::audit::{self, By, Kind};
use crate::clock::Seconds;
use crate::context::Context;
use crate::crypto::mac;
use crate::defense::network;
use crate::gate::attempt::Caller;
use crate::gate::denial::Denial;
use crate::gate::provenance;
use crate::gate::standing::Standing;
use crate::host::{AccountId, HostSession, Level};
use crate::settings::keys;
use crate::store::proof::Proof;
use crate::store::{ended, sessions};

/// The client that runs in browsers, as it calls itself.
const WEB_CLIENT: &str = "Jellyfin Web";
/// Bytes of a session's public id.
const ID: usize = 9;

/// A live session and what is known of it.
pub struct Live {
    host: HostSession,
    known: Option<sessions::Session>,
}

impl Live {
    /// The app password it was made with.
    pub fn app_password(&self) -> Option<i64> {
        self.known.as_ref()?.app_password
    }

    /// How it was proven.
    fn proof(&self) -> Proof {
        self.known.as_ref().map_or(Proof::Legacy, |known| known.proof)
    }

    /// Made before anybody noted how, or before the account's first factor.
    pub fn legacy(&self) -> bool {
        matches!(self.proof(), Proof::Legacy | Proof::Password)
    }
}

/// One session, as shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Names it in [`Which::These`]; nothing else can be done with it.
    pub id: String,
    /// The one that asks.
    pub current: bool,
    /// The client. Hostile text, as the next two.
    pub app: String,
    /// Its version.
    pub version: String,
    /// Its device's name.
    pub device_name: String,
    /// Where it was last heard from; if it was not since Jellyfin started, the network it was made from.
    pub address: Option<String>,
    /// When it was made.
    pub created_at: Seconds,
    /// When it was last heard of.
    pub last_seen_at: Seconds,
    /// How it was proven; `legacy` when nobody knows.
    pub proof: Proof,
    /// Made before the account was protected.
    pub legacy: bool,
    /// To be ended, if nobody says otherwise: one from before that a browser has, or whose place nobody else of the
    /// account shares.
    pub suggested: bool,
}

/// Which sessions to end.
pub enum Which {
    /// Those with these ids.
    These(Vec<String>),
    /// All but the one that asks.
    Others,
    /// All.
    All,
}

/// An account's sessions as they are now.
pub fn live(cx: &Context, account: &AccountId) -> Result<Vec<Live>, Denial> {
    let hosted = cx.host.list_sessions(Some(account))?;
    let mut known = cx.store.read(|tx| sessions::of(tx, account))?;
    let live = hosted.into_iter().filter(|host| host.user == *account);
    Ok(live
        .map(|host| Live { known: provenance::token_hash(&host.token_hash).and_then(|hash| known.remove(&hash)), host })
        .collect())
}

/// Shows them, the last used first.
pub fn list(cx: &Context, account: &AccountId, caller: Option<&Caller>) -> Result<Vec<SessionView>, Denial> {
    let protected = Standing::of(cx, account)?.protected();
    let mut shown: Vec<SessionView> = live(cx, account)?.into_iter().map(|session| view(cx, session, caller)).collect();
    for session in &mut shown {
        // Before its first factor an account has no sessions from before it.
        session.legacy &= protected;
    }
    let suggested: Vec<bool> = shown.iter().map(|one| one.legacy && !one.current && is_doubtful(one, &shown)).collect();
    for (session, suggested) in shown.iter_mut().zip(suggested) {
        session.suggested = suggested;
    }
    shown.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
    Ok(shown)
}

/// A browser asks again in a minute, a television takes longer: that one stays, where another session of the account
/// is at the same place.
fn is_doubtful(session: &SessionView, all: &[SessionView]) -> bool {
    let place = |one: &SessionView| one.address.as_deref().and_then(network::place);
    let Some(here) = place(session) else { return true };
    session.app == WEB_CLIENT || !all.iter().any(|other| other.id != session.id && place(other).as_ref() == Some(&here))
}

/// One, as shown.
pub(super) fn view(cx: &Context, session: Live, caller: Option<&Caller>) -> SessionView {
    let (proof, legacy) = (session.proof(), session.legacy());
    let Live { host, known } = session;
    SessionView {
        id: public_id(cx, &host.token_hash),
        current: is_current(&host, caller),
        app: host.app,
        version: host.version,
        device_name: host.device_name,
        address: host.remote.or_else(|| known.as_ref()?.network.clone()),
        created_at: host.created_at,
        last_seen_at: host.last_seen_at,
        proof,
        legacy,
        suggested: false,
    }
}

fn is_current(host: &HostSession, caller: Option<&Caller>) -> bool {
    caller.is_some_and(|caller| caller.token_hash.eq_ignore_ascii_case(&host.token_hash))
}

/// What a page may know of a token: enough to name it, nothing to find it by.
fn public_id(cx: &Context, token_hash: &str) -> String {
    let id = mac::keyed_hash(&cx.keys.privacy, "session", &[token_hash.to_ascii_lowercase().as_bytes()]);
    data_encoding::BASE64URL_NOPAD.encode(&id[..ID])
}

/// What came of ending sessions.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Ended {
    /// So many are over.
    pub ended: usize,
    /// So many Jellyfin could not end.
    pub left: usize,
}

/// Ends sessions of an account.
pub fn end(cx: &Context, account: &AccountId, which: &Which, caller: Option<&Caller>) -> Result<Ended, Denial> {
    end_by(cx, account, which, caller, By::default())
}

/// The same, by somebody.
pub fn end_by(
    cx: &Context,
    account: &AccountId,
    which: &Which,
    caller: Option<&Caller>,
    by: By<'_>,
) -> Result<Ended, Denial> {
    end_where(cx, account, by, |session| match which {
        Which::These(ids) => ids.contains(&public_id(cx, &session.host.token_hash)),
        Which::Others => !is_current(&session.host, caller),
        Which::All => true,
    })
}

/// Ends the sessions that an app password made.
pub fn end_made_with(cx: &Context, account: &AccountId, app_password: i64, by: By<'_>) -> Result<Ended, Denial> {
    end_where(cx, account, by, |session| session.app_password() == Some(app_password))
}

fn end_where(cx: &Context, account: &AccountId, by: By<'_>, meant: impl Fn(&Live) -> bool) -> Result<Ended, Denial> {
    let hashes: Vec<String> =
        live(cx, account)?.into_iter().filter(meant).map(|session| session.host.token_hash).collect();
    end_these(cx, account, hashes, by)
}

/// What Jellyfin says to have ended counts only where it is gone: a request under way can put a token back into Jellyfin's
/// memory (`DeviceManager.UpdateDevice`), where it lives on. So it is looked for, and ended once more.
pub(super) fn end_these(
    cx: &Context,
    account: &AccountId,
    mut hashes: Vec<String>,
    by: By<'_>,
) -> Result<Ended, Denial> {
    if hashes.is_empty() {
        return Ok(Ended::default());
    }
    let asked = hashes.len();
    cx.host.end_sessions(account, &hashes)?;
    let mut left = still_there(cx, account, &hashes)?;
    if !left.is_empty() && cx.host.end_sessions(account, &left).is_ok() {
        left = still_there(cx, account, &left)?;
    }
    hashes.retain(|hash| !left.contains(hash));
    let result = Ended { ended: hashes.len(), left: asked - hashes.len() };
    cx.store.lazy(|tx| {
        let gone: Vec<[u8; 32]> = hashes.iter().filter_map(|hash| provenance::token_hash(hash)).collect();
        gone.iter().try_for_each(|hash| sessions::forget(tx, hash))?;
        ended::note_sessions(tx, account, &gone, cx.now())?;
        let count = result.ended.to_string();
        let entry = audit::Entry { detail: Some(&count), ..audit::Entry::of(Kind::SessionsEnded, account) };
        audit::record_by(cx, tx, by, &entry)
    })?;
    if result.left > 0 {
        cx.host.log(Level::Warning, &format!("jellyfin could not end {} of {asked} sessions", result.left));
    }
    Ok(result)
}

fn still_there(cx: &Context, account: &AccountId, hashes: &[String]) -> Result<Vec<String>, Denial> {
    let listed = cx.host.list_sessions(Some(account))?;
    let there: HashSet<&str> = listed.iter().map(|session| session.token_hash.as_str()).collect();
    Ok(hashes.iter().filter(|hash| there.contains(hash.as_str())).cloned().collect())
}

/// Sessions made within this time may not have been listed yet, in seconds.
const JUST_MADE: Seconds = 60;

/// What Jellyfin has ended without us, as each time a device signs in again, is forgotten. Not now: then later.
pub fn forget_ended(cx: &Context, account: &AccountId) {
    let before = cx.now() - JUST_MADE;
    let forget = || -> Result<(), Denial> {
        let hosted = cx.host.list_sessions(Some(account))?;
        let live = hosted.iter().filter_map(|session| provenance::token_hash(&session.token_hash)).collect();
        Ok(cx.store.lazy(|tx| sessions::keep_only(tx, account, &live, before))?)
    };
    if let Err(denial) = forget() {
        cx.host.log(Level::Warning, &format!("ended sessions could not be forgotten: {denial}"));
    }
}

/// The owner's limit on sessions of one account: after a sign-in those used longest ago go.
pub fn keep_within_limit(cx: &Context, account: &AccountId, newest: &str) -> Result<(), Denial> {
    let most = cx.settings().get(&keys::SESSIONS_MOST) as usize;
    if most == 0 {
        return Ok(());
    }
    let mut others = cx.host.list_sessions(Some(account))?;
    others.retain(|session| !session.token_hash.eq_ignore_ascii_case(newest));
    others.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
    let over: Vec<String> = others.into_iter().skip(most - 1).map(|session| session.token_hash).collect();
    end_these(cx, account, over, By::default()).map(|_| ())
}

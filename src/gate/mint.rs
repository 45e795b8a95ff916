//! The one place where sessions are asked for. The account is read again right before, unless it was read just now.

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::crypto::mac;
use crate::defense::limits::Ticket;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::gate::attempt::Client;
use crate::gate::denial::Denial;
use crate::gate::provenance;
use crate::gate::sessions as live_sessions;
use crate::host::{AccountId, HostError, Level, MintRequest, UserFacts, UserQuery};
use crate::store::proof::Proof;
use crate::store::{StoreError, accounts, app_passwords, attempts, sessions};
use crate::trust::known_browser::{self, Met};
use crate::trust::trusted_browser::Headers;

/// A session to be made, everything proven.
pub struct Deserved<'a> {
    /// For whom.
    pub account: AccountId,
    /// With which client.
    pub client: &'a Client,
    /// From where.
    pub origin: &'a Origin,
    /// How it was proven.
    pub proof: Proof,
    /// The account's revocation epoch at the decision.
    pub epoch: i64,
    /// The credential stamp the password was right for; none where no password was involved.
    pub stamp: Option<&'a str>,
    /// The stamp of the password that was given, as the check left it: it may have renewed the stored hash.
    pub met: Option<&'a str>,
    /// Who last looked whether the account may enter.
    pub seen: Seen<'a>,
    /// The app password it is made with.
    pub app_password: Option<i64>,
    /// The counted try, forgiven now.
    pub ticket: Option<&'a Ticket>,
    /// Make this browser known for the account.
    pub remember: bool,
}

/// Who last looked at the account. Each look costs Jellyfin as much as everything else here together.
#[derive(Clone, Copy)]
pub enum Seen<'a> {
    /// Too long ago: look again.
    Earlier,
    /// We, in this very call, and nothing slow came since.
    JustNow(&'a UserFacts),
    /// Jellyfin's own password check, which ends with that look; it has dated the login, too.
    ByCheck,
}

impl Seen<'_> {
    /// A password check that dates logins counts, any other may be a tenth of a second old.
    pub fn by_check(dated: bool) -> Self {
        if dated { Self::ByCheck } else { Self::Earlier }
    }
}

/// May the account enter now?
fn look(cx: &Context, deserved: &Deserved<'_>) -> Result<(), Denial> {
    let again;
    let facts = match deserved.seen {
        Seen::ByCheck => return Ok(()),
        Seen::JustNow(facts) => facts,
        Seen::Earlier => {
            let remote = deserved.origin.remote.as_deref();
            again = cx.host.find_user(&UserQuery::Id(deserved.account), remote)?.ok_or(Denial::ChallengeGone)?;
            &again
        }
    };
    if deserved.stamp.is_some_and(|stamp| stamp != facts.stamp) {
        return Err(Denial::ChallengeGone);
    }
    if facts.may_enter() {
        return Ok(());
    }
    tell(cx, deserved, Kind::NotAllowed)?;
    Err(Denial::NotAllowedNow)
}

/// The account is told why it was kept out.
fn tell(cx: &Context, deserved: &Deserved<'_>, kind: Kind) -> Result<(), StoreError> {
    let network = Network::of(deserved.origin);
    let (account, address) = (Some(deserved.account), Some(network.as_str()));
    audit::note(cx, &audit::Entry { kind, account, address, detail: Some(&deserved.client.app) })
}

/// Mints; gives the headers to add to the answer.
pub fn mint(cx: &Context, deserved: &Deserved<'_>) -> Result<Headers, Denial> {
    look(cx, deserved)?;
    let request = MintRequest {
        user: deserved.account,
        app: deserved.client.app.clone(),
        version: deserved.client.version.clone(),
        device_id: deserved.client.device_id.clone(),
        device_name: deserved.client.device_name.clone(),
        remote: deserved.origin.remote.clone(),
        dated: matches!(deserved.seen, Seen::ByCheck),
    };
    let minted = match cx.host.mint(&request) {
        Ok(minted) => minted,
        Err(HostError::Refused(_)) => {
            tell(cx, deserved, Kind::SessionRefused)?;
            return Err(Denial::SessionRefused);
        }
        Err(failed) => return Err(failed.into()),
    };
    match write_down(cx, deserved, &minted.token_hash) {
        Ok(Written::One) => {}
        Ok(Written::OneOfMany) => live_sessions::forget_ended(cx, &deserved.account),
        Ok(Written::Revoked) => {
            // Everything was revoked between decision and session: whoever revoked did not see this one.
            if cx.host.end_sessions(&deserved.account, std::slice::from_ref(&minted.token_hash))? == 0 {
                cx.host.log(Level::Error, "a session made while its account was revoked could not be ended");
            }
            return Err(Denial::ChallengeGone);
        }
        Err(error) => {
            // The session exists; what is lost counts as unproven and unknown, never as more.
            cx.host.log(Level::Warning, &format!("a sign-in could not be written down: {error}"));
        }
    }
    sessions_within_limit(cx, deserved, &minted.token_hash);
    if !deserved.remember {
        return Ok(Vec::new());
    }
    let met = Met { account: &deserved.account, epoch: deserved.epoch, protected: by_factor(deserved) };
    Ok(vec![known_browser::remember(cx, deserved.origin, met)?])
}

/// As it was decided, whatever the account has got since.
fn by_factor(deserved: &Deserved<'_>) -> bool {
    deserved.proof != Proof::Password
}

/// The session exists; a limit that cannot be kept now is kept by the next sign-in.
fn sessions_within_limit(cx: &Context, deserved: &Deserved<'_>, token_hash: &str) {
    if let Err(denial) = live_sessions::keep_within_limit(cx, &deserved.account, token_hash) {
        cx.host.log(Level::Warning, &format!("sessions over the limit could not be ended: {denial}"));
    }
}

/// What came of writing a session down.
enum Written {
    /// It is.
    One,
    /// It is, and the account has so many that those should be looked for that are no more.
    OneOfMany,
    /// What it rests on was revoked meanwhile.
    Revoked,
}

/// Provenance, network and event, in one commit that does not wait for the disk.
fn write_down(cx: &Context, deserved: &Deserved<'_>, token_hash: &str) -> Result<Written, StoreError> {
    let now = cx.now();
    let network = Network::of(deserved.origin);
    let session = sessions::Session {
        account: deserved.account,
        proof: deserved.proof,
        epoch: deserved.epoch,
        at: now,
        proven_at: if deserved.proof.is_full() { now } else { 0 },
        app_password: deserved.app_password,
        device: Some(mac::sha256(deserved.client.device_id.as_bytes())),
        network: deserved.origin.remote.as_ref().map(|_| network.as_str().to_owned()),
    };
    cx.store.lazy(|tx| {
        accounts::note(tx, &deserved.account, now)?;
        let account = accounts::find(tx, &deserved.account)?;
        let (epoch, had_factor) = account.map_or((0, false), |account| (account.epoch, account.had_factor));
        let rests = match deserved.app_password {
            Some(id) => app_passwords::exists(tx, &deserved.account, id)?,
            None => true,
        };
        if epoch != deserved.epoch || !rests {
            return Ok(Written::Revoked);
        }
        if deserved.met.is_some() {
            accounts::meet(tx, &deserved.account, deserved.met)?;
        }
        let many = match provenance::token_hash(token_hash) {
            Some(hash) => sessions::insert(tx, &hash, &session)?,
            None => false,
        };
        // A factor that came meanwhile makes no network known that has not shown it.
        if !network.shared() && (by_factor(deserved) || !had_factor) {
            attempts::know_network(tx, &deserved.account, network.as_str(), now)?;
        }
        if let Some(ticket) = deserved.ticket.filter(|ticket| ticket.dirty()) {
            ticket.succeeded(tx)?;
        }
        let entry = audit::Entry {
            kind: Kind::SignedIn,
            account: Some(deserved.account),
            address: Some(network.as_str()),
            detail: Some(&deserved.client.app),
        };
        audit::record(cx, tx, &entry)?;
        Ok(if many { Written::OneOfMany } else { Written::One })
    })
}

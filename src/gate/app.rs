//! Apps that know only a name and a password: what they may type instead of the password.

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::defense::name::tidy;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::defense::same_site;
use crate::factor::{app_password, word};
use crate::gate::attempt::{LONGEST_OF_CLIENT, LoginAttempt, OBSOLETE_ACTION};
use crate::gate::challenge::SCRIPT_HEADER;
use crate::gate::denial::Denial;
use crate::gate::grants::GRANT_LIFETIME;
use crate::gate::mint::{self, Deserved, Seen};
use crate::gate::standing::Standing;
use crate::host::{UserFacts, UserQuery};
use crate::settings::{Settings, keys};
use crate::store::app_passwords;
use crate::store::proof::Proof;
use crate::store::tv;
use crate::trust::trusted_browser::Headers;

/// An app, not a browser on this server's pages: it cannot show ours. A browser loses nothing by that: it gets the
/// challenge.
pub fn is_app(origin: &Origin) -> bool {
    origin.header(SCRIPT_HEADER).is_none() && !same_site::is_own_page(origin)
}

/// May this account have app passwords, and use them?
pub fn allowed(settings: &Settings, administrator: bool) -> bool {
    settings.get(&keys::APP_PASSWORDS_ENABLED) && (!administrator || settings.get(&keys::APP_PASSWORDS_ADMINISTRATORS))
}

/// May this account make app passwords now? Without a factor its own password is as good.
pub fn offered(settings: &Settings, standing: &Standing, administrator: bool) -> bool {
    standing.protected() && allowed(settings, administrator)
}

/// Is the account's own password refused to this asker?
pub fn closed_to_password(settings: &Settings, standing: &Standing, origin: &Origin) -> bool {
    settings.get(&keys::APP_PASSWORDS_ONLY) && standing.protected() && is_app(origin)
}

/// Who tries, and at what.
#[derive(Clone, Copy)]
pub struct Door<'a> {
    /// The attempt.
    pub attempt: &'a LoginAttempt,
    /// The user, as last known.
    pub facts: &'a UserFacts,
    /// The account.
    pub standing: &'a Standing,
}

impl Door<'_> {
    /// Only where a factor stands in the way is there one to go around; and no secret belongs into a URL.
    fn is_open(&self) -> bool {
        is_app(&self.attempt.origin) && self.standing.protected() && self.attempt.action != OBSOLETE_ACTION
    }

    /// The user as Jellyfin knows them now. Asked only when something right was typed.
    fn now(&self, cx: &Context) -> Result<UserFacts, Denial> {
        let remote = self.attempt.origin.remote.as_deref();
        cx.host.find_user(&UserQuery::Id(self.facts.id), remote)?.ok_or(Denial::NotAllowedNow)
    }
}

/// What came of looking for an app password.
pub enum ByAppPassword {
    /// A session.
    In(Headers),
    /// It is one of the account's, and good for nothing here and now.
    Unfit,
    /// None, or none is taken.
    No,
}

/// A session for an app password, if that is what was typed. 120 bits are not guessed, so strangers' tries do not close
/// this way in. One keyed hash and one lookup, whatever was typed and however many there are.
pub fn by_app_password(cx: &Context, door: Door<'_>, typed: &str) -> Result<ByAppPassword, Denial> {
    let Door { attempt, facts, standing } = door;
    if !door.is_open() || !allowed(&cx.settings(), facts.administrator) {
        return Ok(ByAppPassword::No);
    }
    let hash = app_password::hash(&cx.keys.app_password, &facts.id, typed);
    let now = cx.now();
    let found = cx.store.read(|tx| app_passwords::find(tx, &facts.id, &hash))?;
    let Some(found) = found else { return Ok(ByAppPassword::No) };
    let facts = door.now(cx)?;
    if !allowed(&cx.settings(), facts.administrator) {
        return Ok(ByAppPassword::No);
    }
    let (app, device) = (tidy(&attempt.client.app, LONGEST_OF_CLIENT), &attempt.client.device_id);
    let address = attempt.origin.remote.as_deref();
    if !found.admits(standing.account.epoch, &app, device, now)
        || !cx.store.lazy(|tx| app_passwords::used(tx, found.id, &app, device, address, now))?
    {
        return Ok(ByAppPassword::Unfit);
    }
    admit(cx, Door { facts: &facts, ..door }, Proof::AppPassword, Some(found.id)).map(ByAppPassword::In)
}

/// A session for a one-time word, spent by that; none otherwise.
pub fn by_word(cx: &Context, door: Door<'_>, typed: &str) -> Result<Option<Headers>, Denial> {
    let Door { facts, standing, .. } = door;
    let (epoch, now) = (standing.account.epoch, cx.now());
    let Some(hash) = word::hash(&cx.keys.tv_word, &facts.id, typed).filter(|_| door.is_open()) else {
        return Ok(None);
    };
    if !cx.store.read(|tx| tv::has_word(tx, &facts.id, &hash, epoch, now))? {
        return Ok(None);
    }
    let facts = door.now(cx)?;
    if !facts.may_enter() {
        // Kept out before the word is spent: it stays good for when they may.
        let network = Network::of(&door.attempt.origin);
        let entry = audit::Entry {
            address: Some(network.as_str()),
            detail: Some(&door.attempt.client.app),
            ..audit::Entry::of(Kind::NotAllowed, &facts.id)
        };
        audit::note(cx, &entry)?;
        return Err(Denial::NotAllowedNow);
    }
    if !cx.store.durable(|tx| tv::spend_word(tx, &facts.id, &hash, epoch, now))? {
        return Ok(None);
    }
    match admit(cx, Door { facts: &facts, ..door }, Proof::Word, None) {
        Err(refused @ (Denial::SessionRefused | Denial::Broken(_))) => {
            // Jellyfin had no room: the word stays good for a moment, or a full list of devices would cost it.
            cx.store.durable(|tx| tv::give_word(tx, &facts.id, &hash, epoch, now + GRANT_LIFETIME))?;
            Err(refused)
        }
        admitted => admitted.map(Some),
    }
}

fn admit(cx: &Context, door: Door<'_>, proof: Proof, app_password: Option<i64>) -> Result<Headers, Denial> {
    let deserved = Deserved {
        account: door.facts.id,
        client: &door.attempt.client,
        origin: &door.attempt.origin,
        proof,
        epoch: door.standing.account.epoch,
        stamp: None,
        met: None,
        seen: Seen::JustNow(door.facts),
        app_password,
        ticket: None,
        remember: false,
    };
    mint::mint(cx, &deserved)
}

//! Somebody says a name or an address, and has forgotten the password.

use rusqlite::Transaction;

use super::count::Count;
use super::{CODE_LIFETIME, LINK_LIFETIME, PAGE, PIN_PAGE, ResetError, Sends, code_hash, minutes, secret, sends};
use crate::account::links;
use crate::audit::{self, Kind as Told};
use crate::clock::Seconds;
use crate::context::Context;
use crate::crypto::mac;
use crate::crypto::token::{self, Token};
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::digits;
use crate::gate::standing::Standing;
use crate::host::{AccountId, Level, UserFacts, UserQuery};
use crate::notify::addresses;
use crate::notify::message::{self, Delivery, Kind as Occasion, Message, Variable};
use crate::settings::{MailAddress, Settings};
use crate::store::resets::{Hash, Kind};
use crate::store::{StoreError, emails, outbox};

/// Accounts that one address may reach.
const MOST_WITH_ONE_ADDRESS: usize = 3;
/// Where nobody lives (RFC 6761, 6.4): what would have been sent to somebody is written there, and taken away again.
const NOWHERE: &str = "invalid";

/// By which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Our own page.
    Page,
    /// Jellyfin's dialog.
    Dialog,
}

struct Target {
    account: AccountId,
    facts: Option<UserFacts>,
}

/// Sends whoever that is what they need. Gives the secret of this asking, to which a code is bound; it says nothing
/// about whether anybody was found.
pub fn ask(cx: &Context, identifier: &str, origin: &Origin, way: Way) -> Result<Token, ResetError> {
    let settings = cx.settings();
    let sends = sends(cx, &settings, way);
    if !sends.anything() {
        return Err(ResetError::NotOffered);
    }
    let network = Network::of(origin);
    cx.store.lazy(|tx| {
        Count::AskedFrom(&network).demand_room(cx, tx)?;
        Ok::<_, ResetError>(Count::AskedFrom(&network).add(cx, tx)?)
    })?;
    let flow = Token::generate(&*cx.randomness)?;
    for target in targets(cx, identifier.trim(), origin)? {
        let writing = Writing { cx, settings: &settings, sends, flow: token::hash(flow.as_str()), network: &network };
        writing.write(&target)?;
    }
    cx.bell.ring();
    Ok(flow)
}

/// Whoever has that name, and whoever has that address; else nobody, under an id that stays the same for what was typed.
/// Jellyfin is asked as often either way.
fn targets(cx: &Context, identifier: &str, origin: &Origin) -> Result<Vec<Target>, ResetError> {
    let remote = origin.remote.as_deref();
    let named = cx.host.find_user(&UserQuery::Name(identifier.to_owned()), remote)?;
    let nobody = nobody(cx, identifier);
    let folded = match identifier.parse::<MailAddress>() {
        Ok(address) => addresses::folded(cx, &address),
        Err(_) => mac::keyed_hash(&cx.keys.privacy, "no address", &[identifier.as_bytes()]),
    };
    let rows = cx.store.read(|tx| emails::with_address(tx, &folded))?;
    let mut found: Vec<AccountId> = rows
        .into_iter()
        .filter(|row| row.verified_at.is_some())
        .map(|row| row.account)
        .take(MOST_WITH_ONE_ADDRESS)
        .collect();
    if found.is_empty() {
        found.push(nobody);
    }
    let mut targets: Vec<Target> = Vec::new();
    for account in found {
        let facts = cx.host.find_user(&UserQuery::Id(account), remote)?;
        targets.push(Target { account, facts });
    }
    if let Some(facts) = named {
        targets.retain(|target| target.facts.as_ref().is_some_and(|other| other.id != facts.id));
        targets.push(Target { account: facts.id, facts: Some(facts) });
    }
    Ok(targets)
}

fn nobody(cx: &Context, identifier: &str) -> AccountId {
    let hash = mac::keyed_hash(&cx.keys.privacy, "nobody", &[identifier.to_lowercase().as_bytes()]);
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    id.into()
}

struct Writing<'a> {
    cx: &'a Context,
    settings: &'a Settings,
    sends: Sends,
    flow: Hash,
    network: &'a Network,
}

impl Writing<'_> {
    /// One transaction, the same for somebody and nobody but for the message that stays.
    fn write(&self, target: &Target) -> Result<(), ResetError> {
        let cx = self.cx;
        let account = &target.account;
        let mail_alone = Standing::of(cx, account)?.mail_alone();
        cx.store.durable(|tx| {
            let full = Count::AskedFor(account).wait(cx, tx)? > 0;
            if !full {
                // Whoever goes on asking must not keep the next mail away for ever.
                Count::AskedFor(account).add(cx, tx)?;
            }
            let entry =
                audit::Entry { address: Some(self.network.as_str()), ..audit::Entry::of(Told::ResetAsked, account) };
            let unknown = audit::Entry { account: None, ..entry };
            audit::record(cx, tx, if target.facts.is_some() { &entry } else { &unknown })?;
            if full {
                return Ok(());
            }
            let address = addresses::verified(cx, tx, account)?;
            let reached = target.facts.as_ref().filter(|facts| {
                // One mailbox must not be all that keeps an administrator's account.
                let opens_all = facts.administrator && mail_alone;
                !facts.disabled && !opens_all
            });
            let found = reached.zip(address.as_ref());
            // What Jellyfin does not keep, Jellyfin cannot set.
            let stamp = found.filter(|(facts, _)| facts.keeps_password()).map_or("", |(facts, _)| &facts.stamp);
            let made = self.make(tx, account, stamp)?;
            self.tell(tx, account, found, &made)
        })
    }

    /// What is good from now on. With an empty stamp it is good for nothing.
    fn make(&self, tx: &Transaction<'_>, account: &AccountId, stamp: &str) -> Result<Made, ResetError> {
        let cx = self.cx;
        let guessed = Count::WrongCodes(account).wait(cx, tx)? > 0;
        let mut made = Made::default();
        let keep =
            |kind: Kind, hash: Hash, flow: Option<Hash>| secret::issue(cx, tx, account, stamp, (kind, hash, flow));
        if self.sends.code && !(guessed && self.sends.link) {
            let code = digits::draw::<{ super::CODE_DIGITS }>(&*cx.randomness)?;
            // Beyond a day's wrong guesses only a link helps; without links, waiting does.
            let hash = if guessed { token::hash(&code) } else { code_hash(cx, &self.flow, &code) };
            keep(Kind::Code, hash, Some(self.flow))?;
            made.values.push((Variable::Code, code.to_string()));
            made.values.push((Variable::Minutes, minutes(CODE_LIFETIME)));
            made.lives = CODE_LIFETIME;
        }
        let link = |path: &str, token: &Token| links::link(self.settings, path, token.as_str()).unwrap_or_default();
        if self.sends.link {
            let token = Token::generate(&*cx.randomness)?;
            keep(Kind::Link, token::hash(token.as_str()), None)?;
            made.link(link(PAGE, &token));
        }
        if self.sends.pin {
            let pin = secret::draw_pin(&*cx.randomness)?;
            keep(Kind::Pin, secret::pin_hash(cx, &pin).unwrap_or_default(), None)?;
            made.values.push((Variable::Pin, pin.to_string()));
            made.values.push((Variable::Minutes, minutes(LINK_LIFETIME)));
            (made.occasion, made.lives) = (Occasion::ResetPin, LINK_LIFETIME);
        }
        if self.sends.pin_link {
            let token = Token::generate(&*cx.randomness)?;
            keep(Kind::PinLink, token::hash(token.as_str()), None)?;
            made.values.push((Variable::Pin, secret::pin_of_link(cx, token.as_str())?.to_string()));
            made.link(link(PIN_PAGE, &token));
            made.occasion = Occasion::ResetPinLink;
        }
        Ok(made)
    }

    fn tell(
        &self,
        tx: &Transaction<'_>,
        account: &AccountId,
        found: Option<(&UserFacts, &MailAddress)>,
        made: &Made,
    ) -> Result<(), ResetError> {
        let elsewhere = found.is_some_and(|(facts, _)| !facts.keeps_password());
        // One for each: the outbox counts recipients.
        let nobody: MailAddress = format!("{account}@{NOWHERE}").parse().map_err(|_| StoreError::row("emails"))?;
        let values: Vec<(Variable, &str)> = made.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let message = Message {
            kind: if elsewhere { Occasion::ResetElsewhere } else { made.occasion },
            user: found.map_or("", |(facts, _)| &facts.name),
            values: if elsewhere { &[] } else { &values },
        };
        let to = found.map_or(&nobody, |(_, address)| address);
        let delivery = Delivery { to, account, revocable: true, lives: made.lives };
        match message::put(self.cx, tx, &message, &delivery) {
            Ok(id) if found.is_none() => {
                outbox::remove(tx, id)?;
            }
            Ok(_) => {}
            // Too many for that reader, or the outbox is full: whoever asks must not learn of it.
            Err(error) => self.cx.host.log(Level::Warning, &format!("a reset was not mailed: {error}")),
        }
        Ok(())
    }
}

/// What was made, for the message.
struct Made {
    occasion: Occasion,
    values: Vec<(Variable, String)>,
    lives: Seconds,
}

impl Default for Made {
    fn default() -> Self {
        Self { occasion: Occasion::Reset, values: Vec::new(), lives: LINK_LIFETIME }
    }
}

impl Made {
    fn link(&mut self, link: String) {
        self.values.push((Variable::Link, link));
        // Beside a code, the time that is told is the code's.
        if self.values.iter().all(|(name, _)| *name != Variable::Minutes) {
            self.values.push((Variable::Minutes, minutes(LINK_LIFETIME)));
        }
        self.lives = LINK_LIFETIME;
    }
}

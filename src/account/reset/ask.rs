//! Somebody says a name or an address, and has forgotten the password.

use rusqlite::Transaction;
use zeroize::Zeroizing;

use super::asker::{Asker, asker, of_the_browser, strangers};
use super::count::Count;
use super::error::ResetError;
use super::limits::{CODE_DIGITS, CODE_LIFETIME, LINK_LIFETIME};
use super::secret::{self, code_hash};
use super::way::{PAGE, PIN_PAGE, Sends, Way, sends};
use crate::account::links;
use crate::audit::{self, Kind as Told};
use crate::clock::Seconds;
use crate::context::Context;
use crate::crypto::mac;
use crate::crypto::token::{self, Token};
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::digits;
use crate::gate::Gate;
use crate::gate::standing::Standing;
use crate::host::{AccountId, Level, UserFacts, UserQuery};
use crate::notify::addresses::{self, AddressError};
use crate::notify::message::{self, Delivery, Kind as Occasion, Message, MessageError, Variable};
use crate::notify::outbox as mails;
use crate::settings::{MailAddress, Settings};
use crate::store::resets::{self, Hash, Kind};
use crate::store::{StoreError, emails, outbox};

/// Accounts that one address may reach. Whoever has a further one with the same address asks by its name.
const MOST_WITH_ONE_ADDRESS: usize = 3;
/// Where nobody lives (RFC 6761, 6.4): what would have been sent to somebody is written there, and taken away again.
const NOWHERE: &str = "invalid";

/// Whom it is written for: an account, or nobody.
struct Target {
    account: AccountId,
    facts: Option<UserFacts>,
    asker: Asker,
    mail_alone: bool,
}

impl Target {
    fn of(
        cx: &Context,
        account: AccountId,
        facts: Option<UserFacts>,
        origin: &Origin,
        way: Way,
    ) -> Result<Self, ResetError> {
        let standing = Standing::of(cx, &account)?;
        let asker = asker(cx, &standing, origin, way)?;
        Ok(Self { account, facts, asker, mail_alone: standing.mail_alone() })
    }

    /// Nobody, in the place of an account that gets no more.
    fn nobody_for(&self, cx: &Context, flow: &Hash) -> Self {
        let account = nobody(cx, &[flow, self.account.as_bytes()]);
        Self { asker: strangers(cx, &account), account, facts: None, mail_alone: false }
    }
}

/// Sends whoever that is what they need. Gives the secret of this asking, to which a code is bound; it says nothing
/// about whether anybody was found.
pub fn ask(cx: &Context, gate: &Gate, identifier: &str, origin: &Origin, way: Way) -> Result<Token, ResetError> {
    let settings = cx.settings();
    let sends = sends(cx, &settings, way);
    if !sends.anything() {
        return Err(ResetError::NotOffered);
    }
    let network = Network::of(origin);
    let identifier = identifier.trim();
    let typed = typed(cx, identifier);
    demand_room(cx, gate, &typed, (origin, &network))?;
    let token = Token::generate(&*cx.randomness)?;
    let flow = token::hash(token.as_str());
    let targets = targets(cx, identifier, &typed, origin, way)?;
    let writing = Writing { cx, settings: &settings, sends, flow, network: &network };
    // One commit, however many share an address.
    cx.store.durable(|tx| {
        resets::open_flow(tx, &flow, cx.now(), cx.now() + CODE_LIFETIME)?;
        targets.iter().try_for_each(|target| writing.write(tx, target))
    })?;
    cx.bell.ring();
    Ok(token)
}

/// What was typed, as it is counted and looked for.
fn typed(cx: &Context, identifier: &str) -> Hash {
    match identifier.parse::<MailAddress>() {
        Ok(address) => addresses::folded(cx, &address),
        Err(_) => mac::keyed_hash(&cx.keys.privacy, "no address", &[identifier.to_lowercase().as_bytes()]),
    }
}

/// Where its network, or everybody together, has asked enough, a browser that an account knows has some of its own. Nobody
/// is looked up before: who is refused hears nothing of whom they named.
fn demand_room(
    cx: &Context,
    gate: &Gate,
    typed: &Hash,
    (origin, network): (&Origin, &Network),
) -> Result<(), ResetError> {
    let refused = cx.store.lazy(|tx| {
        let asked = Count::AskedFrom(network, typed);
        asked.demand_room(cx, tx)?;
        let pace = gate.resets_asked.step(network, cx.now());
        pace.map_err(|retry_after| ResetError::TooManyTries { retry_after })?;
        Ok(asked.add(cx, tx)?)
    });
    let Err(ResetError::TooManyTries { .. }) = refused else { return refused };
    for account in of_the_browser(cx, origin)? {
        let taken = cx.store.lazy(|tx| {
            let own = Count::AskedInBrowserOf(&account);
            own.demand_room(cx, tx)?;
            Ok::<_, ResetError>(own.add(cx, tx)?)
        });
        if !matches!(taken, Err(ResetError::TooManyTries { .. })) {
            return taken;
        }
    }
    refused
}

/// Whoever has that name, and whoever has that address; else nobody, under an id that stays the same for what was typed.
/// Jellyfin is asked as often either way.
fn targets(cx: &Context, identifier: &str, typed: &Hash, origin: &Origin, way: Way) -> Result<Vec<Target>, ResetError> {
    let remote = origin.remote.as_deref();
    let named = cx.host.find_user(&UserQuery::Name(identifier.to_owned()), remote)?;
    let rows = cx.store.read(|tx| emails::with_address(tx, typed))?;
    let mut found: Vec<AccountId> = rows
        .into_iter()
        .filter(|row| row.verified_at.is_some())
        .map(|row| row.account)
        .take(MOST_WITH_ONE_ADDRESS)
        .collect();
    if found.is_empty() {
        found.push(nobody(cx, &[typed]));
    }
    let mut reached: Vec<(AccountId, Option<UserFacts>)> = Vec::new();
    for account in found {
        reached.push((account, cx.host.find_user(&UserQuery::Id(account), remote)?));
    }
    if let Some(facts) = named {
        reached.retain(|(account, other)| other.is_some() && *account != facts.id);
        reached.push((facts.id, Some(facts)));
    }
    reached.into_iter().map(|(account, facts)| Target::of(cx, account, facts, origin, way)).collect()
}

/// An id that nobody has.
fn nobody(cx: &Context, what: &[&[u8]]) -> AccountId {
    let hash = mac::keyed_hash(&cx.keys.privacy, "nobody", what);
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
    /// The same for somebody and nobody but for the message that stays. An account that gets no more is nobody: whoever
    /// goes on asking sees no difference, and what was sent before stays good.
    fn write(&self, tx: &Transaction<'_>, target: &Target) -> Result<(), ResetError> {
        let cx = self.cx;
        let account = target.facts.as_ref().map(|_| target.account);
        let address = Some(self.network.as_str());
        audit::record(cx, tx, &audit::Entry { kind: Told::ResetAsked, account, address, detail: None })?;
        let full = Count::AskedBy(&target.asker.hash).wait(cx, tx)? > 0;
        let nobody = target.nobody_for(cx, &self.flow);
        let target = if full { &nobody } else { target };
        Count::AskedBy(&target.asker.hash).add(cx, tx)?;
        let address = match addresses::verified(cx, tx, &target.account) {
            // One damaged row must not be seen by whoever asks.
            Err(AddressError::Seal(_)) => None,
            known => known?,
        };
        let reached = target.facts.as_ref().filter(|facts| {
            // One mailbox must not be all that keeps an administrator's account.
            let opens_all = facts.administrator && target.mail_alone;
            !facts.disabled && !opens_all
        });
        let found = reached.zip(address.as_ref());
        // What Jellyfin does not keep, Jellyfin cannot set.
        let stamp = found.filter(|(facts, _)| facts.keeps_password()).map_or("", |(facts, _)| &facts.stamp);
        let made = self.make(tx, target, stamp)?;
        self.tell(tx, target, found, &made)
    }

    /// What is good from now on. With an empty stamp it is good for nothing.
    fn make(&self, tx: &Transaction<'_>, target: &Target, stamp: &str) -> Result<Made, ResetError> {
        let cx = self.cx;
        let guessed = Count::WrongCodes(&target.asker.hash).wait(cx, tx)? > 0;
        let mut made = Made::default();
        let keep = |kind: Kind, hash: Hash, flow: Option<Hash>, stamp: &str| {
            secret::issue(cx, tx, (&target.account, target.asker.hash, stamp), (kind, hash, flow))
        };
        if self.sends.code {
            let code = digits::draw::<{ CODE_DIGITS }>(&*cx.randomness)?;
            let hash = code_hash(cx, &self.flow, &target.account, &code);
            // Beyond a day's wrong guesses only a link helps; without links, waiting does. The mail says so.
            keep(Kind::Code, hash, Some(self.flow), if guessed { "" } else { stamp })?;
            if guessed {
                made.occasion = Occasion::ResetWithoutCode;
            } else {
                made.values.push((Variable::Code, code));
                made.values.push((Variable::Minutes, Zeroizing::new(message::minutes(CODE_LIFETIME))));
                made.lives = CODE_LIFETIME;
            }
        }
        let link = |path: &str, token: &Token| links::link(self.settings, path, token.as_str()).unwrap_or_default();
        if self.sends.link {
            let token = Token::generate(&*cx.randomness)?;
            keep(Kind::Link, token::hash(token.as_str()), None, stamp)?;
            made.link(link(PAGE, &token));
        }
        if self.sends.pin {
            let pin = secret::draw_pin(cx)?;
            keep(Kind::Pin, secret::pin_hash(cx, &pin).unwrap_or_default(), None, stamp)?;
            made.values.push((Variable::Pin, pin));
            made.values.push((Variable::Minutes, Zeroizing::new(message::minutes(LINK_LIFETIME))));
            (made.occasion, made.lives) = (Occasion::ResetPin, LINK_LIFETIME);
        }
        if self.sends.pin_link {
            let token = Token::generate(&*cx.randomness)?;
            keep(Kind::PinLink, token::hash(token.as_str()), None, stamp)?;
            made.values.push((Variable::Pin, secret::pin_of_link(cx, token.as_str())?));
            made.link(link(PIN_PAGE, &token));
            made.occasion = Occasion::ResetPinLink;
        }
        Ok(made)
    }

    fn tell(
        &self,
        tx: &Transaction<'_>,
        target: &Target,
        found: Option<(&UserFacts, &MailAddress)>,
        made: &Made,
    ) -> Result<(), ResetError> {
        let account = &target.account;
        // One for each: the outbox counts recipients.
        let nobody: MailAddress = format!("{account}@{NOWHERE}").parse().map_err(|_| StoreError::row("emails"))?;
        let log = |error: &MessageError| self.cx.host.log(Level::Warning, &format!("a reset was not mailed: {error}"));
        // What strangers ask for must not keep the owner's codes and warnings away: beyond their share it is for nobody.
        let reader = found.map_or(&nobody, |(_, address)| address);
        let share = if target.asker.known { Ok(()) } else { mails::take_share(self.cx, tx, reader) };
        let share = share.map_err(MessageError::from).inspect_err(log);
        let found = found.filter(|_| share.is_ok());
        let elsewhere = found.is_some_and(|(facts, _)| !facts.keeps_password());
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
            Err(error) => log(&error),
        }
        Ok(())
    }
}

/// What was made, for the message.
struct Made {
    occasion: Occasion,
    values: Vec<(Variable, Zeroizing<String>)>,
    lives: Seconds,
}

impl Default for Made {
    fn default() -> Self {
        Self { occasion: Occasion::Reset, values: Vec::new(), lives: LINK_LIFETIME }
    }
}

impl Made {
    fn link(&mut self, link: Zeroizing<String>) {
        self.values.push((Variable::Link, link));
        // Beside a code, the time that is told is the code's.
        if self.values.iter().all(|(name, _)| *name != Variable::Minutes) {
            self.values.push((Variable::Minutes, Zeroizing::new(message::minutes(LINK_LIFETIME))));
        }
        self.lives = LINK_LIFETIME;
    }
}

//! A challenge: what a right password gets instead of a session, while a factor is still wanted.

use serde_json::{Value, json};

use crate::audit::{self, Kind};
use crate::clock::Seconds;
use crate::context::Context;
use crate::crypto::token::{self, Token};
use crate::defense::limits::Ticket;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::mail_code::DIGITS;
use crate::factor::{recovery, totp};
use crate::gate::attempt::{Client, LoginAttempt};
use crate::gate::budget::Budget;
use crate::gate::denial::Denial;
use crate::gate::guard::Visitor;
use crate::gate::lifetime;
use crate::gate::mail_code;
use crate::gate::method::Method;
use crate::gate::passkey;
use crate::gate::requirement::Need;
use crate::gate::standing::Standing;
use crate::gate::verdict::{Outcome, Verdict};
use crate::host::{AccountId, UserFacts, UserQuery};
use crate::store::accounts;
use crate::store::challenges::{self, Ask, Bounds, Challenge};
use crate::store::proof::Proof;
use crate::trust::{cookies, trusted_browser};

/// Wrong proofs a challenge takes; then it is gone.
pub const MOST_TRIES: u32 = 5;
/// Challenges open at once for one account from one network; its own oldest gives way.
pub const MOST_OPEN: u32 = 5;
/// Our script marks its sign-in with this header and gets the challenge with 200: one 401 for each good sign-in
/// would get families banned by fail2ban. Answers that it can mend are marked by the same.
pub const SCRIPT_HEADER: &str = "X-Jellyward";
/// Where enrolment that a sign-in demands goes on, below the base URL.
pub const SET_UP_PATH: &str = "/Jellyward/Login";

/// The cookie by which a challenge is bound to its browser; set with the script, so that its presence at the
/// login shows that cookies work.
const BROWSER_PURPOSE: &str = "try";

/// What a challenge is made from.
pub struct Asking<'a> {
    /// The attempt.
    pub attempt: &'a LoginAttempt,
    /// The user, as Jellyfin sees them.
    pub facts: &'a UserFacts,
    /// The account, as we see it.
    pub standing: &'a Standing,
    /// The asker.
    pub visitor: &'a Visitor,
    /// The counted try.
    pub ticket: &'a Ticket,
    /// What is wanted.
    pub need: Need,
}

/// Makes a challenge and the verdict that carries it.
pub fn ask(cx: &Context, asking: Asking<'_>) -> Result<Verdict, Denial> {
    let Asking { attempt, facts, standing, visitor, .. } = &asking;
    let retry_after = cx.store.read(|tx| Budget::of(cx, facts.id, visitor).wait(tx))?;
    let mail = mail_to(cx, &asking)?;
    let methods = methods(cx, standing, retry_after == 0, mail.is_some());
    let closed = asking.need == Need::Factor && (!standing.factors.is_empty() || mail.is_some());
    let codes_in = if closed { retry_after } else { 0 };
    let hindered = if asking.need == Need::Factor && methods.is_empty() { hindered(standing) } else { Vec::new() };
    let told = retry_after == 0 && attempt.origin.header(SCRIPT_HEADER).is_some();
    if asking.need == Need::Factor && methods.is_empty() && (hindered.is_empty() || !told) {
        return Ok(Verdict::wait(retry_after));
    }
    let ask = if asking.need == Need::Factor { Ask::Prove } else { Ask::Enrol };
    let opened = open(cx, &asking.opening(ask, None, lifetime::CHALLENGE))?;
    let trust = trusted_browser::offered(cx, &attempt.origin, &opened.facts);
    let passkey = asking.need != Need::Factor && passkey::offered(cx).is_ok();
    let offer = Offer { methods: &methods, hindered: &hindered, passkey, mail: mail.as_deref(), trust, codes_in };
    Ok(challenged(&asking, opened.token.as_str(), cx.now(), &offer))
}

impl<'a> Asking<'a> {
    /// A challenge for this attempt.
    pub fn opening(&self, ask: Ask, proof: Option<Proof>, lifetime: Seconds) -> Opening<'a> {
        Opening {
            account: self.facts.id,
            standing: self.standing,
            client: &self.attempt.client,
            origin: &self.attempt.origin,
            network: &self.visitor.network,
            known: self.visitor.familiar || proof.is_some_and(Proof::is_full),
            ticket: Some(self.ticket),
            ask,
            proof,
            lifetime,
        }
    }
}

/// A challenge to be opened.
pub struct Opening<'a> {
    /// For whom.
    pub account: AccountId,
    /// The account, as we see it.
    pub standing: &'a Standing,
    /// With which client; the session will be made with it.
    pub client: &'a Client,
    /// From where.
    pub origin: &'a Origin,
    /// From which network.
    pub network: &'a Network,
    /// From a browser or network that the account has used before.
    pub known: bool,
    /// The counted try, forgiven now.
    pub ticket: Option<&'a Ticket>,
    /// What it asks for.
    pub ask: Ask,
    /// By what everything was proven.
    pub proof: Option<Proof>,
    /// How long it can be met, in seconds.
    pub lifetime: Seconds,
}

/// An open challenge.
pub struct Opened {
    /// Its token.
    pub token: Token,
    /// The user as they are now.
    pub facts: UserFacts,
}

/// Opens a challenge. Lost in a crash, it is asked for again: no `fsync`.
pub fn open(cx: &Context, opening: &Opening<'_>) -> Result<Opened, Denial> {
    let Opening { client, standing, network, .. } = opening;
    // Read again: the password check itself may have renewed the stored hash.
    let remote = opening.origin.remote.as_deref();
    let facts = cx.host.find_user(&UserQuery::Id(opening.account), remote)?.ok_or(Denial::NotAllowedNow)?;
    let token = Token::generate(&*cx.randomness)?;
    let now = cx.now();
    let challenge = Challenge {
        account: facts.id,
        ask: opening.ask,
        proof: opening.proof,
        stamp: facts.stamp.clone(),
        epoch: standing.account.epoch,
        policy_epoch: standing.policy_epoch,
        app: client.app.clone(),
        version: client.version.clone(),
        device_id: client.device_id.clone(),
        device_name: client.device_name.clone(),
        network: network.as_str().to_owned(),
        known: opening.known,
        browser: browser(cx, opening.origin),
        expires_at: now + opening.lifetime,
        tries: 0,
    };
    cx.store.lazy(|tx| {
        accounts::note(tx, &facts.id, now)?;
        let bounds = Bounds { most: MOST_OPEN, lifetime: opening.lifetime };
        challenges::insert(tx, &token::hash(token.as_str()), &challenge, now, bounds)?;
        if let Some(ticket) = opening.ticket.filter(|ticket| ticket.dirty()) {
            ticket.succeeded(tx)?;
        }
        if opening.ask == Ask::SetUp {
            return Ok(());
        }
        let entry = audit::Entry {
            kind: Kind::Challenged,
            account: Some(facts.id),
            address: Some(network.as_str()),
            detail: Some(&client.app),
        };
        audit::record(cx, tx, &entry)
    })?;
    Ok(Opened { token, facts })
}

/// What can be used from here and now.
fn methods(cx: &Context, standing: &Standing, codes_open: bool, mail: bool) -> Vec<Method> {
    let mut methods = Vec::new();
    if !standing.factors.is_empty() && codes_open {
        methods.push(Method::Totp);
    }
    if !standing.passkeys.is_empty() && passkey::offered(cx).is_ok() {
        methods.push(Method::Passkey);
    }
    if standing.protected() && standing.codes_left > 0 {
        methods.push(Method::Recovery);
    }
    // The weakest comes last.
    if standing.mail.is_some() && mail && codes_open {
        methods.push(Method::Email);
    }
    methods
}

/// What keeps an account out that has factors, and none of them can be used: whoever runs the server has to see to it.
fn hindered(standing: &Standing) -> Vec<Method> {
    let passkey = (!standing.passkeys.is_empty()).then_some(Method::Passkey);
    passkey.into_iter().chain(standing.mail.is_some().then_some(Method::Email)).collect()
}

/// The account's address, masked, where a code by mail may meet the challenge, or become the factor that is wanted.
fn mail_to(cx: &Context, asking: &Asking<'_>) -> Result<Option<String>, Denial> {
    let Asking { facts, standing, need, .. } = asking;
    let wanted = match need {
        Need::Factor => mail_code::usable_by(cx, standing, facts.administrator),
        Need::Enrolment { .. } => mail_code::offered(cx, facts.administrator),
        Need::Nothing => false,
    };
    if wanted { mail_code::address(cx, &facts.id) } else { Ok(None) }
}

/// What the asker is offered.
struct Offer<'a> {
    methods: &'a [Method],
    /// What the account has and nobody can use now, where there is nothing else.
    hindered: &'a [Method],
    /// A passkey may become the factor that is wanted.
    passkey: bool,
    mail: Option<&'a str>,
    trust: Option<u32>,
    /// Seconds until codes that can be guessed are taken again; 0 where they are.
    codes_in: Seconds,
}

fn challenged(asking: &Asking<'_>, token: &str, now: Seconds, offer: &Offer<'_>) -> Verdict {
    let outcome = if asking.need == Need::Factor { Outcome::Challenge } else { Outcome::Enrol };
    let mut told = json!({
        "outcome": outcome,
        "challenge": token,
        "methods": offer.methods,
        "lengths": { "totp": totp::Parameters::default().digits, "recovery": recovery::SYMBOLS, "email": DIGITS },
        "expiresIn": lifetime::CHALLENGE,
        "serverTime": now,
        "setUp": set_up_path(&asking.attempt.origin),
    });
    if asking.need == (Need::Enrolment { needs_word: true }) {
        told["needsWord"] = true.into();
    }
    if !offer.hindered.is_empty() {
        told["hindered"] = json!(offer.hindered);
    }
    if offer.passkey {
        told["passkey"] = true.into();
    }
    if let Some(address) = offer.mail {
        told["email"] = address.into();
    }
    if let Some(days) = offer.trust {
        told["trust"] = json!({ "days": days });
    }
    if offer.codes_in > 0 {
        told["codesIn"] = offer.codes_in.into();
    }
    verdict(&asking.attempt.origin, outcome, &told)
}

/// Where what a sign-in demands goes on, as the browser reaches it.
pub fn set_up_path(origin: &Origin) -> String {
    format!("{}{SET_UP_PATH}", origin.path_base)
}

/// The answer that carries a challenge: 200 to our script, 401 to everybody else.
pub fn verdict(origin: &Origin, outcome: Outcome, told: &Value) -> Verdict {
    let from_our_script = origin.header(SCRIPT_HEADER).is_some();
    Verdict {
        outcome,
        status: if from_our_script { 200 } else { 401 },
        session: false,
        announce_failure: false,
        headers: vec![("Cache-Control".to_owned(), "no-store".to_owned())],
        body: Some(json!({ "jellyward": told })),
    }
}

/// The browser secret a request carries, hashed.
fn browser(cx: &Context, origin: &Origin) -> Option<Vec<u8>> {
    cookies::read(origin, &cookies::name(cx, BROWSER_PURPOSE)).map(|secret| token::hash(&secret).to_vec())
}

/// The header that gives a browser its secret; none where it has one.
pub fn introduce(cx: &Context, origin: &Origin) -> Result<Option<(String, String)>, Denial> {
    let name = cookies::name(cx, BROWSER_PURPOSE);
    if cookies::read(origin, &name).is_some() {
        return Ok(None);
    }
    Ok(Some(cookies::set(origin, name, Token::generate(&*cx.randomness)?.as_str().to_owned(), None)))
}

/// Does a challenge belong to this device, client and browser, and has nothing been revoked since?
pub fn holds(
    cx: &Context,
    challenge: &Challenge,
    client: Option<&Client>,
    origin: &Origin,
    epoch: i64,
    policy_epoch: i64,
) -> bool {
    let same_client =
        client.is_some_and(|client| client.device_id == challenge.device_id && client.app == challenge.app);
    let same_browser = challenge.browser.is_none() || challenge.browser == browser(cx, origin);
    same_client && same_browser && challenge.epoch == epoch && challenge.policy_epoch == policy_epoch
}

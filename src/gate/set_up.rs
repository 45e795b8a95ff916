//! What is set up at sign-in: after the last proof, before the session. Each step is due or is not; the session is made
//! once none is.
//!
//! Only a browser that our page runs in can take a step. Apps are let in where it may be left out, and refused where it
//! may not, as with a factor that is required and not enrolled. What a device's own secret or an approval opens (app
//! passwords, one-time words, paired TVs, Quick Connect, other plugins) is not asked.

use rusqlite::Transaction;
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::{DAY, HOUR, Seconds};
use crate::context::Context;
use crate::defense::origin::Origin;
use crate::gate::answer::Answer;
use crate::gate::attempt::OBSOLETE_ACTION;
use crate::gate::challenge::{self, Asking, Opening, SCRIPT_HEADER};
use crate::gate::denial::Denial;
use crate::gate::lifetime;
use crate::gate::standing::Standing;
use crate::gate::verdict::{Outcome, Verdict};
use crate::host::{AccountId, UserQuery};
use crate::notify::outgoing;
use crate::settings::{EmailWanted, keys};
use crate::store::challenges::{self, Ask, Bounds, Challenge};
use crate::store::proof::Proof;
use crate::store::{StoreError, accounts, emails, outbox, skipped_steps};

const BOUNDS: Bounds = Bounds { most: challenge::MOST_OPEN, lifetime: lifetime::SET_UP };
/// Whoever skips a step is not asked again for so long, in seconds.
const SKIPPED_FOR: Seconds = 30 * DAY;
/// A mail that did not get out within this time shows that none does, in seconds.
const LATELY: Seconds = HOUR;

/// The steps there are, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// A PIN that went by mail is replaced by a password of its owner's own.
    Password,
    /// An e-mail address is entered and verified.
    Email,
}

impl Step {
    /// Every step.
    pub const ALL: &[Self] = &[Self::Password, Self::Email];

    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Email => "email",
        }
    }

    /// The step of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|step| step.as_str() == name)
    }
}

/// A step that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Which.
    pub step: Step,
    /// It cannot be skipped.
    pub required: bool,
}

/// What is due for an account now.
pub fn due(cx: &Context, account: &AccountId) -> Result<Vec<Due>, Denial> {
    let mut due = Vec::new();
    for step in Step::ALL.iter().copied() {
        let required = match step {
            Step::Password => password(cx, account)?,
            Step::Email => email(cx, account)?,
        };
        let Some(required) = required else { continue };
        let now = cx.now();
        if required || !cx.store.read(|tx| skipped_steps::is_skipped(tx, account, step.as_str(), now))? {
            due.push(Due { step, required });
        }
    }
    Ok(due)
}

/// Is the password a PIN that another has to follow? Nobody skips that who can see the page.
fn password(cx: &Context, account: &AccountId) -> Result<Option<bool>, Denial> {
    let row = cx.store.read(|tx| accounts::find(tx, account))?;
    Ok(row.and_then(|row| row.chosen_pin).map(|_| true))
}

/// Is an address wanted, and must it be given? Never while mail is not set up, and it may be left out while mail does
/// not get out: nobody is locked out by a mail server.
fn email(cx: &Context, account: &AccountId) -> Result<Option<bool>, Denial> {
    let settings = cx.settings();
    let wanted = settings.get(&keys::EMAIL_REQUIRED);
    if wanted == EmailWanted::Off || !outgoing::can_leave(cx, &settings) {
        return Ok(None);
    }
    let since = cx.now() - LATELY;
    Ok(cx.store.read(|tx| {
        if emails::find(tx, account)?.is_some_and(|known| known.verified_at.is_some()) {
            return Ok::<_, StoreError>(None);
        }
        Ok(Some(wanted == EmailWanted::Required && !outbox::falters(tx, since)?))
    })?)
}

/// What keeps this attempt from a session although everything is proven. Where a browser's `trust` stands in for the factor,
/// no address is asked for: whoever has the browser and the password must not choose where warnings and resets go.
pub fn due_at(
    cx: &Context,
    account: &AccountId,
    origin: &Origin,
    action: &str,
    trust: bool,
) -> Result<Vec<Due>, Denial> {
    let mut due = due(cx, account)?;
    due.retain(|one| !trust || one.step != Step::Email);
    if origin.header(SCRIPT_HEADER).is_none() || action == OBSOLETE_ACTION {
        // A PIN is long and was drawn by us: it lets an app in that shows no page, until a browser sees to it.
        due.retain(|one| one.required && one.step != Step::Password);
    }
    Ok(due)
}

/// Makes a challenge that stands for what was proven, and the verdict that carries it.
pub fn ask(cx: &Context, asking: &Asking<'_>, proof: Proof, due: &[Due]) -> Result<Verdict, Denial> {
    let told = open(cx, &asking.opening(Ask::SetUp, Some(proof), lifetime::SET_UP), due)?;
    Ok(challenge::verdict(&asking.attempt.origin, Outcome::SetUp, &told))
}

/// Makes such a challenge; gives what a page gets to see of it.
pub fn open(cx: &Context, opening: &Opening<'_>, due: &[Due]) -> Result<Value, Denial> {
    let opened = challenge::open(cx, opening)?;
    let mut told = told(cx, opened.token.as_str(), due);
    told["setUp"] = challenge::set_up_path(opening.origin).into();
    Ok(told)
}

/// What a page gets to see of it.
fn told(cx: &Context, token: &str, due: &[Due]) -> Value {
    json!({
        "outcome": Outcome::SetUp,
        "challenge": token,
        "steps": due,
        "expiresIn": lifetime::SET_UP,
        "serverTime": cx.now(),
    })
}

/// Keeps what was proven in a challenge of the same token, until the steps are taken.
pub fn hold(cx: &Context, answer: &Answer<'_>, proven: Challenge, due: &[Due]) -> Result<Value, Denial> {
    let now = cx.now();
    // Going round does not make it last longer.
    let expires_at = if proven.ask == Ask::SetUp { proven.expires_at } else { now + lifetime::SET_UP };
    let proof = Some(proven_by(&proven));
    // Whoever proved everything is no stranger any more.
    let held = Challenge { ask: Ask::SetUp, proof, known: true, expires_at, tries: 0, ..proven };
    cx.store.lazy(|tx| challenges::insert(tx, &answer.hash(), &held, now, BOUNDS))?;
    Ok(told(cx, answer.challenge, due))
}

/// By what everything was proven, once it is: a challenge that was met without anything held back was met by a factor.
pub fn proven_by(challenge: &Challenge) -> Proof {
    challenge.proof.unwrap_or(Proof::Full)
}

/// Whose steps these are, if the challenge waits for that one.
pub fn waiting(cx: &Context, answer: &Answer<'_>, step: Step) -> Result<(AccountId, Due), Denial> {
    let (challenge, _) = answer.open(cx, Ask::SetUp)?;
    let due = due(cx, &challenge.account)?.into_iter().find(|due| due.step == step);
    due.map(|due| (challenge.account, due)).ok_or(Denial::NotOffered)
}

/// The steps that are left.
pub fn left(cx: &Context, answer: &Answer<'_>) -> Result<Vec<Due>, Denial> {
    let (challenge, _) = answer.open(cx, Ask::SetUp)?;
    due(cx, &challenge.account)
}

/// Leaves a step out for a while, where that is allowed.
pub fn skip(cx: &Context, answer: &Answer<'_>, step: Step) -> Result<(), Denial> {
    let (account, due) = waiting(cx, answer, step)?;
    if due.required {
        return Err(Denial::NotOffered);
    }
    let until = cx.now() + SKIPPED_FOR;
    Ok(cx.store.durable(|tx| skipped_steps::skip(tx, &account, step.as_str(), until))?)
}

/// Takes the challenge whose steps are all taken; somebody else who asks at the same time gets nothing.
pub fn take(cx: &Context, answer: &Answer<'_>) -> Result<Challenge, Denial> {
    let (challenge, _) = answer.open(cx, Ask::SetUp)?;
    let hash = answer.hash();
    let taken = cx.store.durable(|tx: &Transaction<'_>| challenges::consume(tx, &hash))?;
    if taken { Ok(challenge) } else { Err(Denial::ChallengeGone) }
}

/// Puts back what was taken for a step that changed the password itself: it rests on the new one now.
pub fn put_back(cx: &Context, answer: &Answer<'_>, proven: Challenge) -> Result<(), Denial> {
    let remote = answer.origin.remote.as_deref();
    let facts = cx.host.find_user(&UserQuery::Id(proven.account), remote)?.ok_or(Denial::NotAllowedNow)?;
    let standing = Standing::of(cx, &proven.account)?;
    let renewed =
        Challenge { stamp: facts.stamp, epoch: standing.account.epoch, policy_epoch: standing.policy_epoch, ..proven };
    Ok(cx.store.lazy(|tx| challenges::insert(tx, &answer.hash(), &renewed, cx.now(), BOUNDS))?)
}

//! The JSON API: parsed calls in, gate functions called, documents out. docs/http-api.md tells the shapes.

mod account;
mod admin;
mod browsers;
mod challenge;

use crate::clock::Seconds;
use crate::context::Context;
use crate::factor::totp;
use crate::gate::Gate;
use crate::gate::denial::Denial;
use crate::gate::proof::{self, FreshProof, Method};
use crate::host::{Level, UserFacts, UserQuery};
use crate::web::body::Fields;
use crate::web::message::{Request, Response};
use crate::web::problem::{Code, Problem};
use crate::web::routes::Api;
use crate::web::texts::Texts;

/// What a call is answered from.
pub struct Desk<'a> {
    /// Store, settings, clock, host.
    pub cx: &'a Context,
    /// The gate.
    pub gate: &'a Gate,
    /// The reader's language.
    pub texts: &'a Texts,
    /// The request.
    pub request: &'a Request,
}

/// Answers one call.
pub fn call(desk: &Desk<'_>, api: Api, fields: Fields) -> Result<Response, Problem> {
    match api {
        Api::ChallengeVerify => challenge::verify(desk, fields),
        Api::ChallengeEnrolStart => challenge::enrol_start(desk, fields),
        Api::ChallengeEnrolConfirm => challenge::enrol_confirm(desk, fields),
        Api::ChallengeFinish => challenge::finish(desk, fields),
        Api::Account => account::show(desk),
        Api::AccountTotpStart => account::totp_start(desk, fields),
        Api::AccountTotpConfirm => account::totp_confirm(desk, fields),
        Api::AccountFactorsRemove => account::remove_factor(desk, fields),
        Api::AccountRecoveryRenew => account::renew_recovery_codes(desk, fields),
        Api::AccountBrowsers => browsers::show(desk),
        Api::AccountBrowsersForget => browsers::forget(desk, fields),
        Api::AdminStatus => admin::status(desk),
        Api::AdminSettings => Ok(admin::settings(desk)),
        Api::AdminSettingsChange => admin::change_settings(desk, fields),
        Api::AdminUsers => admin::users(desk),
        Api::AdminUsersRule => admin::set_rule(desk, fields),
        Api::AdminUsersRemoveFactor => admin::remove_factor(desk, fields),
        Api::AdminUsersWord => admin::give_word(desk, fields),
        Api::AdminEvents => admin::events(desk),
    }
}

/// A denial, as it is sent.
fn problem(desk: &Desk<'_>, denial: Denial) -> Problem {
    match denial {
        Denial::WrongCode { tries_left } => Problem::new(Code::WrongCode).with("triesLeft", tries_left),
        Denial::CodeUsed => Problem::new(Code::CodeUsed).retry_after(until_next_code(desk.cx.now())),
        Denial::ChallengeGone => Problem::new(Code::ChallengeGone),
        Denial::EnrolmentGone => Problem::new(Code::EnrolmentGone),
        Denial::TooManyTries { retry_after } => {
            Problem::new(Code::TooManyTries).retry_after(retry_after.unsigned_abs())
        }
        Denial::NotAllowedNow => Problem::new(Code::NotAllowedNow),
        Denial::SessionRefused => Problem::new(Code::SessionRefused),
        Denial::WordNeeded => Problem::new(Code::WordNeeded),
        Denial::WrongWord => Problem::new(Code::WrongWord),
        Denial::WrongProof => Problem::new(Code::WrongProof),
        Denial::UnknownFactor => Problem::new(Code::UnknownFactor),
        Denial::UnknownUser => Problem::new(Code::UnknownUser),
        Denial::Broken(reason) => {
            // The reader gets "unavailable"; the reason is for whoever runs the server.
            desk.cx.host.log(Level::Error, &format!("a request failed because something is broken: {reason}"));
            Problem::new(Code::Unavailable)
        }
    }
}

/// Seconds until authenticators show another code.
fn until_next_code(now: Seconds) -> u64 {
    let period = Seconds::from(totp::Parameters::default().period);
    (period - now.rem_euclid(period)).unsigned_abs()
}

/// The signed-in user, as Jellyfin sees them now. The routes let only persons this far.
fn caller(desk: &Desk<'_>) -> Result<UserFacts, Problem> {
    let id = desk.request.caller.as_ref().and_then(|caller| caller.user_id).ok_or(Problem::new(Code::SignIn))?;
    desk.cx
        .host
        .find_user(&UserQuery::Id(id), desk.request.origin.remote.as_deref())
        .map_err(|error| problem(desk, error.into()))?
        .filter(UserFacts::may_enter)
        .ok_or(Problem::new(Code::SignIn))
}

/// The fresh proof in field `proof`, demanded of the caller.
fn demand_proof(desk: &Desk<'_>, facts: &UserFacts, fields: &mut Fields) -> Result<(), Problem> {
    let mut given = fields.object("proof")?;
    let method = match given.text("method")?.as_str() {
        "totp" => Method::Totp,
        "recovery" => Method::Recovery,
        "password" => Method::Password,
        _ => return Err(given.complaint("method")),
    };
    let fresh = FreshProof { method, value: given.secret("value")? };
    let device = desk.request.client.as_ref().map_or("", |client| &client.device_id);
    proof::demand(desk.cx, desk.gate, facts, &desk.request.origin, device, &fresh)
        .map_err(|denial| problem(desk, denial))
}

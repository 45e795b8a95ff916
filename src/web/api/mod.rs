//! The JSON API: parsed calls in, gate functions called, documents out. docs/http-api.md tells the shapes.

mod account;
mod admin;
mod browsers;
mod challenge;
mod devices;
mod email;
mod mail;
mod mail_code;
mod messages;
mod passkeys;
mod passwords;
mod reset;
mod sessions;
mod ways_in;

use serde_json::json;

use crate::clock::Seconds;
use crate::context::Context;
use crate::defense::network::Network;
use crate::factor::totp;
use crate::gate::Gate;
use crate::gate::account::FactorKind;
use crate::gate::denial::Denial;
use crate::gate::method::Method;
use crate::gate::proof::FreshProof;
use crate::gate::standing::Standing;
use crate::gate::step_up::{self, Asker, Proved};
use crate::host::{AccountId, UserFacts, UserQuery};
use crate::notify::PostOffice;
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
    /// Where mail leaves.
    pub post: &'a PostOffice,
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
        Api::AccountProve => account::prove(desk, fields),
        Api::AccountQuickConnectLook => devices::look_at_quick_connect(desk, fields),
        Api::AccountAppPasswords => devices::app_passwords(desk),
        Api::AccountAppPasswordsCreate => devices::create_app_password(desk, fields),
        Api::AccountAppPasswordsRevoke => devices::revoke_app_password(desk, fields),
        Api::AccountTvWord => devices::tv_word(desk, fields),
        Api::AccountTvWindow => devices::tv_window(desk, fields),
        Api::AccountDevices => devices::devices(desk),
        Api::AccountDevicesApprove => devices::approve(desk, fields),
        Api::AccountDevicesDeny => devices::deny(desk, fields),
        Api::AccountDevicesForget => devices::forget(desk, fields),
        Api::AccountRefused => devices::refused(desk),
        Api::AccountSessions => sessions::list(desk),
        Api::AccountSessionsEnd => sessions::end(desk, fields),
        Api::AccountLostPhone => sessions::lost_phone(desk, fields),
        Api::AdminUsersSessions => sessions::list_of_user(desk),
        Api::AdminUsersSessionsEnd => sessions::end_of_user(desk, fields),
        Api::AdminUsersLostPhone => sessions::lost_phone_of_user(desk, fields),
        Api::AdminUsersAppPasswords => ways_in::app_passwords(desk),
        Api::AdminUsersAppPasswordsRevoke => ways_in::revoke_app_password(desk, fields),
        Api::AdminUsersBrowsers => ways_in::browsers(desk),
        Api::AdminUsersBrowsersForget => ways_in::forget_browser(desk, fields),
        Api::AdminUsersDevices => ways_in::devices(desk),
        Api::AdminUsersDevicesForget => ways_in::forget_device(desk, fields),
        Api::AdminLegacy => sessions::leftovers(desk),
        Api::AccountTotpStart => account::totp_start(desk, fields),
        Api::AccountTotpConfirm => account::totp_confirm(desk, fields),
        Api::AccountFactorsRename => account::rename_factor(desk, fields),
        Api::AccountPasskeysStart => passkeys::register_start(desk, fields),
        Api::AccountPasskeysFinish => passkeys::register_finish(desk, fields),
        Api::AccountProvePasskey => passkeys::prove(desk),
        Api::ChallengePasskey => passkeys::challenge(desk, fields),
        Api::PasskeyOffer => Ok(passkeys::sign_in_offer(desk)),
        Api::PasskeyStart => passkeys::sign_in_start(desk),
        Api::PasskeyFinish => passkeys::sign_in_finish(desk, fields),
        Api::PasskeyDiagnose => passkeys::diagnose(desk, fields),
        Api::PasswordStrength => passwords::strength(desk, fields),
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
        Api::AdminSelfTest => admin::self_test(desk),
        Api::AdminMailTest => mail::test(desk, fields),
        Api::AdminMailOutbox => mail::outbox(desk),
        Api::AdminMailOutboxRetry => mail::retry(desk, fields),
        Api::AdminMailOutboxDiscard => mail::discard(desk, fields),
        Api::ResetOffer => Ok(reset::offer(desk)),
        Api::ResetAsk => reset::ask(desk, fields),
        Api::ResetCode => reset::by_code(desk, fields),
        Api::ResetLink => reset::by_link(desk, fields),
        Api::ResetPinLink => reset::pin_link(desk, fields),
        Api::AdminUsersReset => reset::hand_out(desk, fields),
        Api::AdminMessages => messages::list(desk),
        Api::AdminMessagesSave => messages::save(desk, fields),
        Api::AdminMessagesReset => messages::reset(desk, fields),
        Api::AdminMessagesPreview => messages::preview(desk, fields),
        Api::AdminMessagesSend => messages::send(desk, fields),
        Api::MessagesPreview => messages::previewed(desk),
        Api::AccountEmail => email::show(desk),
        Api::AccountEmailStart => email::start(desk, fields),
        Api::AccountEmailResend => email::resend(desk),
        Api::AccountEmailConfirm => email::confirm(desk, fields),
        Api::AccountEmailRemove => email::remove(desk, fields),
        Api::AddressUndo => email::undo(desk, fields),
        Api::AdminUsersEmail => email::administer(desk, fields),
        Api::ChallengeSetUp => challenge::set_up(desk, fields),
        Api::ChallengeSetUpSkip => challenge::skip(desk, fields),
        Api::ChallengeSetUpPassword => reset::choose(desk, fields),
        Api::ChallengeSetUpEmailStart => challenge::email_start(desk, fields),
        Api::ChallengeSetUpEmailResend => challenge::email_resend(desk, fields),
        Api::ChallengeSetUpEmailConfirm => challenge::email_confirm(desk, fields),
        Api::ChallengeEmail => mail_code::challenge(desk, fields),
        Api::ChallengeEnrolPasskey => passkeys::enrol_start(desk, fields),
        Api::ChallengeEnrolPasskeyFinish => passkeys::enrol_finish(desk, fields),
        Api::ChallengeEnrolEmail => mail_code::enrol_start(desk, fields),
        Api::ChallengeEnrolEmailConfirm => mail_code::enrol_confirm(desk, fields),
        Api::AccountProveEmail => mail_code::send_proof(desk),
        Api::AccountMailCodeStart => mail_code::start(desk, fields),
        Api::AccountMailCodeConfirm => mail_code::confirm(desk, fields),
    }
}

/// A denial, as it is sent. What is broken is told to the log.
fn problem(desk: &Desk<'_>, denial: Denial) -> Problem {
    if let Denial::Broken(reason) = &denial {
        desk.cx.broke("a request failed", reason);
    }
    refusal(denial, desk.cx.now())
}

/// A denial, as it is sent.
pub fn refusal(denial: Denial, now: Seconds) -> Problem {
    match denial {
        Denial::WrongCode { tries_left } => Problem::new(Code::WrongCode).with("triesLeft", tries_left),
        Denial::CodeUsed => Problem::new(Code::CodeUsed).retry_after(until_next_code(now)),
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
        Denial::WrongPasskey => Problem::new(Code::WrongPasskey),
        Denial::CeremonyGone => Problem::new(Code::CeremonyGone),
        Denial::PasskeyKnown => Problem::new(Code::PasskeyKnown),
        Denial::UnknownAppPassword => Problem::new(Code::UnknownAppPassword),
        Denial::UnknownDevice => Problem::new(Code::UnknownDevice),
        Denial::NotOffered => Problem::new(Code::NotOffered),
        Denial::TooOften { retry_after } => {
            Problem::new(Code::TooOften).retry_after(retry_after.unsigned_abs()).with("retryAfter", retry_after)
        }
        Denial::AddressNeeded => Problem::new(Code::AddressNeeded),
        Denial::TooMany => Problem::new(Code::TooMany),
        Denial::UnknownCode => Problem::new(Code::UnknownCode),
        Denial::StepUp { proofs } => Problem::new(Code::StepUp).with("proofs", json!(proofs)),
        Denial::SignInFully => Problem::new(Code::SignInFully),
        Denial::WizardDone => Problem::new(Code::WizardDone),
        Denial::NotForKeys => Problem::new(Code::ApiKey),
        // The reader gets "unavailable"; the reason is for whoever runs the server.
        Denial::Broken(_) => Problem::new(Code::Unavailable),
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

/// The user that field `user` names by id.
fn user(desk: &Desk<'_>, fields: &mut Fields) -> Result<UserFacts, Problem> {
    let id = fields.text("user")?;
    user_named(desk, &id)
}

fn user_named(desk: &Desk<'_>, id: &str) -> Result<UserFacts, Problem> {
    let id: AccountId = id.parse().map_err(|_| Problem::bad_field("user"))?;
    desk.cx
        .host
        .find_user(&UserQuery::Id(id), None)
        .map_err(|error| problem(desk, error.into()))?
        .ok_or(Problem::new(Code::UnknownUser))
}

/// Which kind of factor field `kind` names; an authenticator when it is missing.
fn factor_kind(fields: &mut Fields) -> Result<FactorKind, Problem> {
    match fields.optional_text("kind")?.as_deref() {
        None | Some("totp") => Ok(FactorKind::Totp),
        Some("passkey") => Ok(FactorKind::Passkey),
        Some("email") => Ok(FactorKind::Email),
        Some(_) => Err(fields.complaint("kind")),
    }
}

/// A fresh proof, demanded of the caller: the one in field `proof`, or one this session gave minutes ago.
fn demand_proof(desk: &Desk<'_>, facts: &UserFacts, fields: &mut Fields) -> Result<Proved, Problem> {
    let fresh = fields.optional_object("proof")?.map(proof).transpose()?;
    step_up::demand(desk.cx, desk.gate, &asker(desk, facts)?, fresh.as_ref()).map_err(|denial| problem(desk, denial))
}

/// What takes something away asks for no proof, but not of a session that a device's secret opened: whoever stole that
/// would shut the owner out.
fn demand_in_person(desk: &Desk<'_>, facts: &UserFacts) -> Result<(), Problem> {
    let standing = Standing::of(desk.cx, &facts.id).map_err(|error| problem(desk, error.into()))?;
    step_up::demand_in_person(desk.cx, &asker(desk, facts)?, &standing).map_err(|denial| problem(desk, denial))
}

/// The same of an administrator, where the owner wants it.
fn demand_of_administrator(desk: &Desk<'_>, facts: &UserFacts, fields: &mut Fields) -> Result<(), Problem> {
    let fresh = fields.optional_object("proof")?.map(proof).transpose()?;
    step_up::demand_of_administrator(desk.cx, desk.gate, &asker(desk, facts)?, fresh.as_ref())
        .map_err(|denial| problem(desk, denial))
}

/// Where this call comes from, as it is written down.
fn network(desk: &Desk<'_>) -> Network {
    Network::of(&desk.request.origin)
}

fn asker<'a>(desk: &Desk<'a>, facts: &'a UserFacts) -> Result<Asker<'a>, Problem> {
    Ok(Asker {
        facts,
        caller: desk.request.caller.as_ref().ok_or(Problem::new(Code::SignIn))?,
        origin: &desk.request.origin,
        device_id: desk.request.client.as_ref().map_or("", |client| &client.device_id),
    })
}

/// Reads a proof.
fn proof(mut given: Fields) -> Result<FreshProof, Problem> {
    let method = match given.text("method")?.as_str() {
        "totp" => Method::Totp,
        "recovery" => Method::Recovery,
        "password" => Method::Password,
        "email" => Method::Email,
        "passkey" => {
            let (ceremony, response) = passkeys::answer(&mut given)?;
            return Ok(FreshProof::Passkey { ceremony, response });
        }
        _ => return Err(given.complaint("method")),
    };
    Ok(FreshProof::Typed { method, value: given.secret("value")? })
}

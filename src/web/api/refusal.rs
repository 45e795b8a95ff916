//! Why a call is not done, whichever layer says so. A problem is made of it in this one place.

use fluent_bundle::FluentArgs;
use serde_json::json;

use crate::account::email::EmailDenial;
use crate::account::password_rules::Weak;
use crate::account::reset::ResetError;
use crate::clock::Seconds;
use crate::context::Context;
use crate::factor::totp;
use crate::gate::denial::Denial;
use crate::gate::policy::Refused;
use crate::host::HostError;
use crate::notify::message::template::Flaw;
use crate::settings::{SettingCode, SettingError};
use crate::store::StoreError;
use crate::web::problem::{Code, Problem};
use crate::web::texts::Texts;

/// What a call fails with.
pub enum Refusal {
    /// Said by the call itself.
    Problem(Problem),
    /// By the gate.
    Denial(Denial),
    /// About an e-mail address.
    Email(EmailDenial),
    /// About a forgotten password.
    Reset(ResetError),
    /// About settings.
    Settings(Refused),
    /// About a message's words.
    Template(Flaw),
}

macro_rules! refused_by {
    ($($error:ty => $kind:ident),+ $(,)?) => { $(
        impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                Self::$kind(error.into())
            }
        }
    )+ };
}

refused_by! {
    Problem => Problem,
    Denial => Denial,
    StoreError => Denial,
    HostError => Denial,
    EmailDenial => Email,
    ResetError => Reset,
    Refused => Settings,
    Flaw => Template,
}

impl From<SettingError> for Refusal {
    fn from(error: SettingError) -> Self {
        Self::Settings(Refused::Setting(error))
    }
}

impl Refusal {
    /// As it is sent. What is broken is told to the log.
    pub fn problem(self, cx: &Context, texts: &Texts) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Denial(denial) => denied(cx, denial),
            Self::Email(denial) => of_email(cx, denial),
            Self::Reset(error) => of_reset(cx, texts, error),
            Self::Settings(why) => of_settings(cx, why),
            Self::Template(flaw) => of_template(flaw),
        }
    }
}

fn denied(cx: &Context, denial: Denial) -> Problem {
    if let Denial::Broken(reason) = &denial {
        cx.broke("a request failed", reason);
    }
    of_denial(denial, cx.now())
}

/// A denial, as it is sent.
pub fn of_denial(denial: Denial, now: Seconds) -> Problem {
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

fn of_email(cx: &Context, denial: EmailDenial) -> Problem {
    match denial {
        EmailDenial::Gate(denial) => denied(cx, denial),
        EmailDenial::TooOften(seconds) => Problem::new(Code::TooOften).retry_after(seconds.max(1).unsigned_abs()),
        EmailDenial::NotSetUp => Problem::new(Code::MailNotSetUp),
        EmailDenial::Gone => Problem::new(Code::CodeGone),
        EmailDenial::WrongCode { tries_left } => Problem::new(Code::WrongCode).with("triesLeft", tries_left),
        EmailDenial::Factor => Problem::new(Code::EmailIsFactor),
        EmailDenial::Required => Problem::new(Code::EmailRequired),
        EmailDenial::InUse => Problem::new(Code::AddressInUse).field("address"),
        EmailDenial::NoAddress => Problem::new(Code::NoAddress),
        EmailDenial::UndoGone => Problem::new(Code::LinkGone),
    }
}

fn of_reset(cx: &Context, texts: &Texts, error: ResetError) -> Problem {
    match error {
        ResetError::NotOffered => Problem::new(Code::NotOffered),
        ResetError::Gone => Problem::new(Code::ResetGone),
        ResetError::WrongCode { tries_left } => Problem::new(Code::WrongCode).with("triesLeft", tries_left),
        ResetError::TooManyTries { retry_after } => {
            Problem::new(Code::TooManyTries).retry_after(retry_after.unsigned_abs())
        }
        ResetError::ChallengeGone => Problem::new(Code::ChallengeGone),
        ResetError::Disabled => Problem::new(Code::AccountDisabled),
        ResetError::MailOpensAll => Problem::new(Code::MailOpensAll),
        ResetError::NoAddress => Problem::new(Code::NoAddress),
        ResetError::Weak(weak) => {
            Problem::new(Code::WeakPassword).field("password").detail(weakness(texts, weak)).with("weak", weak.code())
        }
        ResetError::Broken(reason) => {
            cx.broke("a password was not reset", &reason);
            Problem::new(Code::Unavailable)
        }
    }
}

fn of_settings(cx: &Context, why: Refused) -> Problem {
    match why {
        Refused::Setting(error) => {
            let code = if error.code == SettingCode::Locked { Code::SettingLocked } else { Code::BadSetting };
            Problem::new(code).field(&error.field).detail(error.detail).with("reason", error.code.as_str())
        }
        Refused::Changed(revision) => Problem::new(Code::SettingsChanged).with("revision", revision),
        Refused::Denial(denial) => denied(cx, denial),
    }
}

fn of_template(flaw: Flaw) -> Problem {
    Problem::new(Code::BadTemplate)
        .field(flaw.part.as_str())
        .detail(flaw.reason)
        .with("line", flaw.line)
        .with("column", flaw.column)
}

/// Why a new password will not do, in words.
pub(super) fn weakness(texts: &Texts, weak: Weak) -> String {
    let mut args = FluentArgs::new();
    if let Some(count) = weak.count() {
        args.set("count", count);
    }
    texts.with(&format!("password-problem-{}", weak.code()), &args)
}

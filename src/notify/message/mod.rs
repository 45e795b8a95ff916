//! What is told to people, and in which words: one kind of message for each occasion.

use rusqlite::Transaction;
use thiserror::Error;
use zeroize::Zeroizing;

use super::mail::Letter;
use super::outbox::{self, OutboxError, Parcel};
use crate::clock::Seconds;
use crate::context::Context;
use crate::host::AccountId;
use crate::settings::MailAddress;

/// On what occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A new address is to be verified: [`Variable::Code`], `Minutes`.
    AddressCode,
    /// Somebody entered an address that another account has: `Address`.
    AddressInUse,
    /// To the old address: it was replaced. `Link` undoes it for `Hours`.
    AddressChanged,
    /// The code by which a sign-in is finished: `Code`, `Minutes`, `Device`, `Network`.
    SignInCode,
    /// The code by which a change is confirmed: `Code`, `Minutes`.
    StepUpCode,
    /// A forgotten password: `Code` or `Link` or both, `Minutes`.
    Reset,
    /// A forgotten password, asked for in Jellyfin's own dialog: `Pin`, `Minutes`.
    ResetPin,
    /// The same, with a `Link` that makes the PIN the password: `Pin`, `Minutes`.
    ResetPinLink,
    /// A forgotten password that Jellyfin does not keep: another service does.
    ResetElsewhere,
    /// The password was reset.
    PasswordReset,
    /// The password was changed.
    PasswordChanged,
    /// A factor was added.
    FactorAdded,
    /// A factor was removed.
    FactorRemoved,
    /// A recovery code was used: `Left`.
    RecoveryCodeUsed,
    /// An app password was made.
    AppPasswordMade,
    /// The unlock file was used.
    Unlocked,
    /// An old value of a trusted browser's cookie came back.
    TrustEnded,
    /// Recovery codes were replaced.
    RecoveryCodesRenewed,
    /// The phone was reported lost: everything was ended and taken away.
    PhoneLost,
}

/// What stands in a message beside the user's name, which all of them have. All of it is hostile text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variable {
    /// A code to be typed.
    Code,
    /// A PIN for Jellyfin's own dialog.
    Pin,
    /// A link to follow.
    Link,
    /// For how many minutes code, PIN or link are good.
    Minutes,
    /// For how many hours a link is good.
    Hours,
    /// An e-mail address.
    Address,
    /// The app and device somebody signs in with.
    Device,
    /// The network address it comes from.
    Network,
    /// How many are left.
    Left,
}

/// A message to one user.
pub struct Message<'a> {
    /// On what occasion.
    pub kind: Kind,
    /// The user's name, as Jellyfin spells it.
    pub user: &'a str,
    /// The occasion's variables.
    pub values: &'a [(Variable, &'a str)],
}

/// To whom a message goes, and for how long.
pub struct Delivery<'a> {
    /// Where to.
    pub to: &'a MailAddress,
    /// Whom it concerns.
    pub account: &'a AccountId,
    /// It rests on the account's present revocation epoch: a code or a link, not a warning.
    pub revocable: bool,
    /// For how long it may be told, in seconds.
    pub lives: Seconds,
}

/// Why nothing was put into the outbox.
#[derive(Debug, Error)]
pub enum MessageError {
    /// See [`OutboxError`].
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl Kind {
    /// In a word, for the owner's eye.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressCode => "address_code",
            Self::AddressInUse => "address_in_use",
            Self::AddressChanged => "address_changed",
            Self::SignInCode => "sign_in_code",
            Self::StepUpCode => "step_up_code",
            Self::Reset => "reset",
            Self::ResetPin => "reset_pin",
            Self::ResetPinLink => "reset_pin_link",
            Self::ResetElsewhere => "reset_elsewhere",
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::FactorAdded => "factor_added",
            Self::FactorRemoved => "factor_removed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::AppPasswordMade => "app_password_made",
            Self::Unlocked => "unlocked",
            Self::TrustEnded => "trust_ended",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::PhoneLost => "phone_lost",
        }
    }
}

/// Puts a message into the outbox, inside the transaction of what it tells of. Ring [`Context::bell`] once that is
/// committed.
pub fn put(
    cx: &Context,
    tx: &Transaction<'_>,
    message: &Message<'_>,
    delivery: &Delivery<'_>,
) -> Result<i64, MessageError> {
    let letter = letter(message);
    let parcel = Parcel {
        topic: message.kind.as_str(),
        to: delivery.to,
        letter: &letter,
        account: Some(delivery.account),
        revocable: delivery.revocable,
        lives: delivery.lives,
    };
    Ok(outbox::put(cx, tx, &parcel)?)
}

fn letter(message: &Message<'_>) -> Letter {
    let values: Vec<String> = message.values.iter().map(|(name, value)| format!("{name:?}: {value}")).collect();
    Letter {
        subject: message.kind.as_str().to_owned(),
        text: Zeroizing::new(format!("{}\n{}\n", message.user, values.join("\n"))),
        html: None,
    }
}

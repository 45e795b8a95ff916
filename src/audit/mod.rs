//! What happened, for the owner to read. Names nobody has are kept as a keyed hash only: people type passwords there.

pub mod name;

use serde::Serialize;

use crate::clock::{DAY, Seconds};
use crate::context::Context;
use crate::host::AccountId;
use crate::settings::keys;
use crate::store::{StoreError, events};
use rusqlite::Transaction;

/// What kinds of things are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A session was made.
    SignedIn,
    /// A password was wrong, or the name.
    WrongPassword,
    /// A password was right, and one more factor was asked for.
    Challenged,
    /// A code was wrong.
    WrongCode,
    /// A recovery code was spent.
    RecoveryCodeUsed,
    /// Limits refused an attempt.
    Limited,
    /// A sign-in was refused for another reason.
    Refused,
    /// The obsolete call that carries the password in its URL, for a protected account.
    ObsoleteSignIn,
    /// Jellyfin does not let the user in: disabled, remote access, schedule.
    NotAllowed,
    /// Jellyfin did not make the session: too many, or not with this device.
    SessionRefused,
    /// An app password that has run out, or belongs to another app or device.
    AppPasswordUnfit,
    /// A factor was enrolled.
    FactorAdded,
    /// A factor was removed.
    FactorRemoved,
    /// Recovery codes were replaced.
    RecoveryCodesRenewed,
    /// An administrator changed an account's rule.
    RuleChanged,
    /// An administrator gave a one-time word.
    WordGiven,
    /// A browser was trusted.
    BrowserTrusted,
    /// Trust in a browser was taken back by its owner.
    BrowserForgotten,
    /// An older value of a browser's cookie came back: somebody may have a copy, and trust in the browser ended.
    TrustEnded,
    /// Settings were changed.
    SettingsChanged,
    /// A user was deleted, and everything of theirs here.
    AccountPurged,
    /// A deleted user is back, as from a back-up of Jellyfin.
    AccountRestored,
    /// An app password was made.
    AppPasswordMade,
    /// An app password was taken away.
    AppPasswordRevoked,
    /// A one-time word for a TV was made.
    TvWordGiven,
    /// An app knew the password and could not answer.
    DeviceWaiting,
    /// A waiting device was approved.
    DeviceApproved,
    /// A waiting device was called not mine.
    DeviceDenied,
    /// A paired device was forgotten.
    DeviceForgotten,
    /// A passkey that proved nothing.
    WrongPasskey,
    /// A proof for a change that did not hold.
    WrongProof,
    /// A passkey's counter went back: it may have been copied.
    PasskeyCopied,
    /// An app was refused that came with the account's own password, where the owner wants an app password.
    AppPasswordWanted,
    /// A sign-in without a password was refused: not approved by a session with a second factor.
    NotApproved,
    /// The unlock file was used: for an hour everybody signed in by password alone.
    Unlocked,
    /// Sessions were ended.
    SessionsEnded,
    /// Everything was ended and taken away: the phone is lost.
    PhoneLost,
    /// Somebody forgot the password, or said so.
    ResetAsked,
    /// A code for a forgotten password was wrong.
    WrongReset,
    /// A forgotten password was replaced.
    PasswordReset,
    /// An e-mail address was set.
    EmailChanged,
    /// An e-mail address was verified.
    EmailVerified,
    /// An e-mail address was taken away.
    EmailRemoved,
    /// The e-mail address before was put back by whoever reads it, and everything was signed out.
    EmailRestored,
    /// The password was changed.
    PasswordChanged,
}

impl Kind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::SignedIn,
        Self::WrongPassword,
        Self::Challenged,
        Self::WrongCode,
        Self::RecoveryCodeUsed,
        Self::Limited,
        Self::Refused,
        Self::ObsoleteSignIn,
        Self::NotAllowed,
        Self::SessionRefused,
        Self::AppPasswordUnfit,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::RecoveryCodesRenewed,
        Self::RuleChanged,
        Self::WordGiven,
        Self::BrowserTrusted,
        Self::BrowserForgotten,
        Self::TrustEnded,
        Self::SettingsChanged,
        Self::AccountPurged,
        Self::AccountRestored,
        Self::AppPasswordMade,
        Self::AppPasswordRevoked,
        Self::TvWordGiven,
        Self::DeviceWaiting,
        Self::DeviceApproved,
        Self::DeviceDenied,
        Self::DeviceForgotten,
        Self::WrongPasskey,
        Self::WrongProof,
        Self::PasskeyCopied,
        Self::AppPasswordWanted,
        Self::NotApproved,
        Self::Unlocked,
        Self::SessionsEnded,
        Self::PhoneLost,
        Self::ResetAsked,
        Self::WrongReset,
        Self::PasswordReset,
        Self::EmailChanged,
        Self::EmailVerified,
        Self::EmailRemoved,
        Self::EmailRestored,
        Self::PasswordChanged,
    ];

    /// What an account's owner is told beside what they did themselves: who was kept out, and why.
    pub const REFUSALS: &[Self] = &[
        Self::WrongPassword,
        Self::WrongCode,
        Self::Limited,
        Self::Refused,
        Self::ObsoleteSignIn,
        Self::NotAllowed,
        Self::SessionRefused,
        Self::AppPasswordUnfit,
        Self::DeviceWaiting,
        Self::AppPasswordWanted,
        Self::NotApproved,
        Self::WrongPasskey,
        Self::WrongProof,
        Self::PasskeyCopied,
        Self::TrustEnded,
    ];

    /// What somebody should be told by another way than our own pages: a thief would do it, too, or somebody else did it
    /// (see [`Self::BY_OTHERS`]).
    pub const ALARMS: &[Self] = &[
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::RecoveryCodesRenewed,
        Self::RecoveryCodeUsed,
        Self::AppPasswordMade,
        Self::PasswordChanged,
        Self::PhoneLost,
        Self::SessionsEnded,
        Self::RuleChanged,
        Self::PasskeyCopied,
        Self::TrustEnded,
        Self::Unlocked,
    ];

    /// Of those, what is worth it only where somebody else did it.
    pub const BY_OTHERS: &[Self] = &[Self::SessionsEnded, Self::RuleChanged];

    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::WrongPassword => "wrong_password",
            Self::Challenged => "challenged",
            Self::WrongCode => "wrong_code",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::Limited => "limited",
            Self::Refused => "refused",
            Self::ObsoleteSignIn => "obsolete_sign_in",
            Self::NotAllowed => "not_allowed",
            Self::SessionRefused => "session_refused",
            Self::AppPasswordUnfit => "app_password_unfit",
            Self::FactorAdded => "factor_added",
            Self::FactorRemoved => "factor_removed",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::RuleChanged => "rule_changed",
            Self::WordGiven => "word_given",
            Self::BrowserTrusted => "browser_trusted",
            Self::BrowserForgotten => "browser_forgotten",
            Self::TrustEnded => "trust_ended",
            Self::SettingsChanged => "settings_changed",
            Self::AccountPurged => "account_purged",
            Self::AccountRestored => "account_restored",
            Self::AppPasswordMade => "app_password_made",
            Self::AppPasswordRevoked => "app_password_revoked",
            Self::TvWordGiven => "tv_word_given",
            Self::DeviceWaiting => "device_waiting",
            Self::DeviceApproved => "device_approved",
            Self::DeviceDenied => "device_denied",
            Self::DeviceForgotten => "device_forgotten",
            Self::WrongPasskey => "wrong_passkey",
            Self::WrongProof => "wrong_proof",
            Self::PasskeyCopied => "passkey_copied",
            Self::AppPasswordWanted => "app_password_wanted",
            Self::NotApproved => "not_approved",
            Self::Unlocked => "unlocked",
            Self::SessionsEnded => "sessions_ended",
            Self::PhoneLost => "phone_lost",
            Self::ResetAsked => "reset_asked",
            Self::WrongReset => "wrong_reset",
            Self::PasswordReset => "password_reset",
            Self::EmailChanged => "email_changed",
            Self::EmailVerified => "email_verified",
            Self::EmailRemoved => "email_removed",
            Self::EmailRestored => "email_restored",
            Self::PasswordChanged => "password_changed",
        }
    }
}

/// One thing that happened.
pub struct Entry<'a> {
    /// What.
    pub kind: Kind,
    /// Whom it concerns.
    pub account: Option<AccountId>,
    /// From where.
    pub address: Option<&'a str>,
    /// More; may hold hostile text.
    pub detail: Option<&'a str>,
}

impl Entry<'_> {
    /// Something of an account's own.
    pub fn of(kind: Kind, account: &AccountId) -> Self {
        Self { kind, account: Some(*account), address: None, detail: None }
    }
}

/// Who does something, and from where.
#[derive(Clone, Copy, Default)]
pub struct By<'a> {
    /// Whose session it is done in; none: nobody's, we do it.
    pub actor: Option<&'a AccountId>,
    /// From where.
    pub address: Option<&'a str>,
}

impl By<'_> {
    /// Somebody else than the account itself.
    pub fn other_than(&self, account: &AccountId) -> Option<AccountId> {
        self.actor.copied().filter(|actor| actor != account)
    }
}

/// Longest detail kept, in characters: the text comes from outside.
const LONGEST_DETAIL: usize = 200;

/// Writes an entry inside a transaction, so that it stands or falls with what it tells of.
pub fn record(cx: &Context, tx: &Transaction<'_>, entry: &Entry<'_>) -> Result<(), StoreError> {
    record_by(cx, tx, By::default(), entry)
}

/// The same of what somebody did, who may be another than the account.
pub fn record_by(cx: &Context, tx: &Transaction<'_>, by: By<'_>, entry: &Entry<'_>) -> Result<(), StoreError> {
    let now = cx.now();
    let keep = Seconds::from(cx.settings().get(&keys::EVENTS_KEEP_DAYS)) * DAY;
    let event = events::Event {
        at: now,
        kind: entry.kind.as_str().to_owned(),
        account: entry.account,
        actor: entry.account.and_then(|account| by.other_than(&account)),
        address: entry.address.or(by.address).map(str::to_owned),
        detail: entry.detail.map(|text| name::tidy(text, LONGEST_DETAIL)),
    };
    if Kind::ALARMS.contains(&entry.kind) {
        cx.alarms.raise();
    }
    events::insert(tx, &event, now - keep)
}

/// Writes an entry that a crash may forget.
pub fn note(cx: &Context, entry: &Entry<'_>) -> Result<(), StoreError> {
    cx.store.lazy(|tx| record(cx, tx, entry))
}

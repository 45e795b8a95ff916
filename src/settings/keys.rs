//! The settings themselves.

use super::address::MailAddress;
use super::certificates::Certificates;
use super::choice::{EmailWanted, Language, MailSecurity, OtherPlugins, Required, ResetDialog, ResetMessage};
use super::day::Day;
use super::declaration::{Declared, Setting, Who};
use super::error::{Refusal, SettingCode, SettingError};
use super::kinds::{Range, Text, Unit};
use super::origins::{LONGEST_HOST, WebOrigin};
use super::public_url::PublicUrl;
use super::secret::{Hidden, Secret};

/// The master switch: off, every sign-in is Jellyfin's own again and nothing of ours is asked.
pub const GATE_ENABLED: Setting<bool> =
    Setting { key: "gate.enabled", default: || true, limits: (), who: Who::Administrators };

/// The code may stand behind the password in the same box, for apps that know nothing else.
pub const GATE_CODE_BEHIND_PASSWORD: Setting<bool> =
    Setting { key: "gate.code_behind_password", default: || true, limits: (), who: Who::Administrators };

/// What another plugin's sign-in is worth for a protected account.
pub const GATE_OTHER_PLUGINS: Setting<OtherPlugins> =
    Setting { key: "gate.other_plugins", default: || OtherPlugins::Refuse, limits: (), who: Who::Administrators };

/// Who must have a second factor, unless the account has a rule of its own.
pub const POLICY_REQUIRED: Setting<Required> =
    Setting { key: "policy.required", default: || Required::Nobody, limits: (), who: Who::Administrators };

/// How long after a requirement was switched on a password alone still suffices to set a factor up.
pub const POLICY_GRACE_DAYS: Setting<u32> = Setting {
    key: "policy.grace_days",
    default: || 14,
    limits: Range { min: 0, max: 365, unit: Unit::Days },
    who: Who::Administrators,
};

/// The longest a browser can be trusted, whatever the owner sets.
pub const LONGEST_TRUST_DAYS: u32 = 90;

/// How long a browser may be trusted, from the day trust was given; 0 for not at all.
pub const TRUST_DAYS: Setting<u32> = Setting {
    key: "trust.days",
    default: || 30,
    limits: Range { min: 0, max: LONGEST_TRUST_DAYS, unit: Unit::Days },
    who: Who::Administrators,
};

/// The same for administrators; never longer than for everybody.
pub const TRUST_ADMINISTRATOR_DAYS: Setting<u32> = Setting {
    key: "trust.administrator_days",
    default: || 7,
    limits: Range { min: 0, max: 30, unit: Unit::Days },
    who: Who::Administrators,
};

/// A browser may be trusted although it comes by plain HTTP, where anybody on the way can copy its cookie.
pub const TRUST_PLAIN_HTTP: Setting<bool> =
    Setting { key: "trust.plain_http", default: || false, limits: (), who: Who::Administrators };

/// The name that authenticator apps show above the code.
pub const TOTP_ISSUER: Setting<String> = Setting {
    key: "totp.issuer",
    default: || "Jellyfin".to_owned(),
    limits: Text {
        min: 1,
        max: 64,
        // The colon parts issuer and account in an otpauth label.
        forbidden: |c| c == ':' || c.is_control(),
    },
    who: Who::Administrators,
};

/// People may choose codes by mail as their second factor.
pub const MAIL_CODE_ENABLED: Setting<bool> =
    Setting { key: "mail_code.enabled", default: || true, limits: (), who: Who::Administrators };

/// Administrators may, too.
pub const MAIL_CODE_ADMINISTRATORS: Setting<bool> =
    Setting { key: "mail_code.administrators", default: || false, limits: (), who: Who::Administrators };

/// People with a second factor may make passwords for apps.
pub const APP_PASSWORDS_ENABLED: Setting<bool> =
    Setting { key: "app_passwords.enabled", default: || true, limits: (), who: Who::Administrators };

/// Administrators may, too.
pub const APP_PASSWORDS_ADMINISTRATORS: Setting<bool> =
    Setting { key: "app_passwords.administrators", default: || false, limits: (), who: Who::Administrators };

/// Apps get in by nothing that rests on the account's own password.
pub const APP_PASSWORDS_ONLY: Setting<bool> =
    Setting { key: "app_passwords.only", default: || false, limits: (), who: Who::Administrators };

/// The relying party's id (WebAuthn Level 3, 4): a host name; empty for no passkeys.
pub const PASSKEYS_DOMAIN: Setting<String> = Setting {
    key: "passkeys.domain",
    default: String::new,
    limits: Text { min: 0, max: LONGEST_HOST, forbidden: |c| c == ':' || c.is_control() },
    who: Who::Administrators,
};

/// Where passkeys may be used.
pub const PASSKEYS_ORIGINS: Setting<Vec<WebOrigin>> =
    Setting { key: "passkeys.origins", default: Vec::new, limits: (), who: Who::Administrators };

/// A passkey alone signs in.
pub const PASSKEYS_SIGN_IN: Setting<bool> =
    Setting { key: "passkeys.sign_in", default: || true, limits: (), who: Who::Administrators };

/// An approved device may be allowed to come back.
pub const DEVICES_AGAIN: Setting<bool> =
    Setting { key: "devices.again", default: || false, limits: (), who: Who::Administrators };

/// Sessions an account may have at once; 0 for any number.
pub const SESSIONS_MOST: Setting<u32> = Setting {
    key: "sessions.most",
    default: || 0,
    limits: Range { min: 0, max: 1000, unit: Unit::Sessions },
    who: Who::Administrators,
};

/// When sessions end of which nobody knows how they were proven.
pub const SESSIONS_LEGACY_END: Setting<Day> =
    Setting { key: "sessions.legacy_end", default: Day::never, limits: (), who: Who::Administrators };

/// Administrators prove themselves afresh before acts that weaken everybody's protection.
pub const STEP_UP_ADMINISTRATORS: Setting<bool> =
    Setting { key: "step_up.administrators", default: || true, limits: (), who: Who::Administrators };

/// Wrong tries before delays begin.
pub const LIMITS_FREE_TRIES: Setting<u32> = Setting {
    key: "limits.free_tries",
    default: || 5,
    limits: Range { min: 3, max: 50, unit: Unit::Tries },
    who: Who::Administrators,
};

/// What the growing delay grows to.
pub const LIMITS_LONGEST_DELAY_MINUTES: Setting<u32> = Setting {
    key: "limits.longest_delay_minutes",
    default: || 15,
    limits: Range { min: 1, max: 60, unit: Unit::Minutes },
    who: Who::Administrators,
};

/// Wrong codes an account takes from strangers in an hour.
pub const LIMITS_WRONG_CODES_PER_HOUR: Setting<u32> = Setting {
    key: "limits.wrong_codes_per_hour",
    default: || 10,
    limits: Range { min: 3, max: 100, unit: Unit::Tries },
    who: Who::Administrators,
};

/// Puts the script into Jellyfin's `index.html`.
pub const WEB_INJECT: Setting<bool> =
    Setting { key: "web.inject", default: || true, limits: (), who: Who::Administrators };

/// Sites that may show our pages in a frame.
pub const WEB_FRAME_ANCESTORS: Setting<Vec<WebOrigin>> =
    Setting { key: "web.frame_ancestors", default: Vec::new, limits: (), who: Who::Administrators };

/// The language of pages and answers.
pub const WEB_LANGUAGE: Setting<Language> =
    Setting { key: "web.language", default: || Language::Auto, limits: (), who: Who::Administrators };

/// Where people reach Jellyfin: links in messages begin with it. None: no links are sent.
pub const WEB_PUBLIC_URL: Setting<Option<PublicUrl>> =
    Setting { key: "web.public_url", default: || None, limits: (), who: Who::Administrators };

/// How long events are kept.
pub const EVENTS_KEEP_DAYS: Setting<u32> = Setting {
    key: "events.keep_days",
    default: || 90,
    limits: Range { min: 7, max: 3650, unit: Unit::Days },
    who: Who::Administrators,
};

/// The mail server; empty for no mail.
pub const SMTP_HOST: Setting<String> = Setting {
    key: "smtp.host",
    default: String::new,
    limits: Text {
        min: 0,
        max: LONGEST_HOST,
        forbidden: |c| c.is_control() || c.is_whitespace() || "/@[]".contains(c),
    },
    who: Who::Administrators,
};

/// Its port.
pub const SMTP_PORT: Setting<u32> = Setting {
    key: "smtp.port",
    default: || 587,
    limits: Range { min: 1, max: 65535, unit: Unit::Port },
    who: Who::Administrators,
};

/// How the connection is kept private.
pub const SMTP_SECURITY: Setting<MailSecurity> =
    Setting { key: "smtp.security", default: || MailSecurity::Auto, limits: (), who: Who::Administrators };

/// The mail account's name; empty for no login.
pub const SMTP_USER: Setting<String> = Setting {
    key: "smtp.user",
    default: String::new,
    limits: Text { min: 0, max: 320, forbidden: char::is_control },
    who: Who::Administrators,
};

/// Its password.
pub const SMTP_PASSWORD: Setting<Secret> =
    Setting { key: "smtp.password", default: Secret::default, limits: Hidden { max: 1024 }, who: Who::Administrators };

/// Whom mail comes from.
pub const SMTP_FROM_ADDRESS: Setting<Option<MailAddress>> =
    Setting { key: "smtp.from_address", default: || None, limits: (), who: Who::Administrators };

/// The name beside it.
pub const SMTP_FROM_NAME: Setting<String> = Setting {
    key: "smtp.from_name",
    default: || "Jellyfin".to_owned(),
    limits: Text { min: 0, max: 64, forbidden: char::is_control },
    who: Who::Administrators,
};

/// The only authorities whose word counts for the server's certificate.
pub const SMTP_AUTHORITIES: Setting<Certificates> =
    Setting { key: "smtp.authorities", default: Certificates::default, limits: (), who: Who::Administrators };

/// How long sending one mail may take.
pub const SMTP_DEADLINE_SECONDS: Setting<u32> = Setting {
    key: "smtp.deadline_seconds",
    default: || 30,
    limits: Range { min: 5, max: 300, unit: Unit::Seconds },
    who: Who::Administrators,
};

/// Fewest characters of a password that is set through us. Nothing below 8 is up to the standard (NIST SP 800-63B-4).
pub const PASSWORDS_MIN_LENGTH: Setting<u32> = Setting {
    key: "passwords.min_length",
    default: || 10,
    limits: Range { min: 8, max: 64, unit: Unit::Characters },
    who: Who::Administrators,
};

/// Passwords that everybody tries first are refused.
pub const PASSWORDS_REFUSE_COMMON: Setting<bool> =
    Setting { key: "passwords.refuse_common", default: || true, limits: (), who: Who::Administrators };

/// People may set a new password by mail when they forgot theirs.
pub const RESET_ENABLED: Setting<bool> =
    Setting { key: "reset.enabled", default: || true, limits: (), who: Who::Administrators };

/// What the mail holds that our own page sends.
pub const RESET_MESSAGE: Setting<ResetMessage> =
    Setting { key: "reset.message", default: || ResetMessage::Both, limits: (), who: Who::Administrators };

/// What Jellyfin's own dialog does.
pub const RESET_DIALOG: Setting<ResetDialog> =
    Setting { key: "reset.dialog", default: || ResetDialog::Pin, limits: (), who: Who::Administrators };

/// Jellyfin's own link to its dialog is not shown where ours is.
pub const RESET_HIDE_STOCK_LINK: Setting<bool> =
    Setting { key: "reset.hide_stock_link", default: || true, limits: (), who: Who::Administrators };

/// A reset ends every session of the account.
pub const RESET_END_SESSIONS: Setting<bool> =
    Setting { key: "reset.end_sessions", default: || true, limits: (), who: Who::Administrators };

/// A list of breached passwords, made by `jellyward passwords compact`: its absolute path; empty for none.
pub const PASSWORDS_LIST_FILE: Setting<String> = Setting {
    key: "passwords.list_file",
    default: String::new,
    limits: Text { min: 0, max: LONGEST_PATH, forbidden: char::is_control },
    who: Who::Administrators,
};

/// Most characters of a path: Linux takes no more bytes.
const LONGEST_PATH: usize = 4096;

/// The score that an estimate of the tries it takes has to reach; 0 for whatever is long enough.
pub const PASSWORDS_MIN_SCORE: Setting<u32> = Setting {
    key: "passwords.min_score",
    default: || 2,
    limits: Range { min: 0, max: 4, unit: Unit::Points },
    who: Who::Administrators,
};

/// What the owner calls the server in messages; empty: as the sender's name.
pub const MESSAGES_SERVER_NAME: Setting<String> = Setting {
    key: "messages.server_name",
    default: String::new,
    limits: Text { min: 0, max: 64, forbidden: char::is_control },
    who: Who::Administrators,
};

/// People are asked for an e-mail address when they sign in.
pub const EMAIL_REQUIRED: Setting<EmailWanted> =
    Setting { key: "email.required", default: || EmailWanted::Off, limits: (), who: Who::Administrators };

/// One address may serve several accounts.
pub const EMAIL_SHARED: Setting<bool> =
    Setting { key: "email.shared", default: || false, limits: (), who: Who::Administrators };

/// Every setting, in the order of the dashboard.
pub const ALL: &[&dyn Declared] = &[
    &GATE_ENABLED,
    &GATE_CODE_BEHIND_PASSWORD,
    &GATE_OTHER_PLUGINS,
    &POLICY_REQUIRED,
    &POLICY_GRACE_DAYS,
    &APP_PASSWORDS_ENABLED,
    &APP_PASSWORDS_ADMINISTRATORS,
    &APP_PASSWORDS_ONLY,
    &PASSKEYS_DOMAIN,
    &PASSKEYS_ORIGINS,
    &PASSKEYS_SIGN_IN,
    &MAIL_CODE_ENABLED,
    &MAIL_CODE_ADMINISTRATORS,
    &DEVICES_AGAIN,
    &SESSIONS_MOST,
    &SESSIONS_LEGACY_END,
    &STEP_UP_ADMINISTRATORS,
    &TRUST_DAYS,
    &TRUST_ADMINISTRATOR_DAYS,
    &TRUST_PLAIN_HTTP,
    &PASSWORDS_MIN_LENGTH,
    &PASSWORDS_REFUSE_COMMON,
    &PASSWORDS_LIST_FILE,
    &PASSWORDS_MIN_SCORE,
    &TOTP_ISSUER,
    &LIMITS_FREE_TRIES,
    &LIMITS_LONGEST_DELAY_MINUTES,
    &LIMITS_WRONG_CODES_PER_HOUR,
    &WEB_INJECT,
    &WEB_FRAME_ANCESTORS,
    &WEB_LANGUAGE,
    &WEB_PUBLIC_URL,
    &EVENTS_KEEP_DAYS,
    &SMTP_HOST,
    &SMTP_PORT,
    &SMTP_SECURITY,
    &SMTP_USER,
    &SMTP_PASSWORD,
    &SMTP_FROM_ADDRESS,
    &SMTP_FROM_NAME,
    &SMTP_AUTHORITIES,
    &SMTP_DEADLINE_SECONDS,
    &RESET_ENABLED,
    &RESET_MESSAGE,
    &RESET_DIALOG,
    &RESET_HIDE_STOCK_LINK,
    &RESET_END_SESSIONS,
    &MESSAGES_SERVER_NAME,
    &EMAIL_REQUIRED,
    &EMAIL_SHARED,
];

/// The setting of that key.
pub(super) fn known(key: &str) -> Result<&'static dyn Declared, SettingError> {
    ALL.iter()
        .copied()
        .find(|setting| setting.key() == key)
        .ok_or_else(|| Refusal::new(SettingCode::Unknown, "there is no such setting").of(key))
}

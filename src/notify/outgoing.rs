//! The owner's mail server and sender, as the settings say.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

use super::mail::{LONGEST_SUBJECT, Sender};
use super::mail_server::{Login, SUBMISSIONS, Security, Server};
use crate::context::Context;
use crate::crypto::seal::SealError;
use crate::defense::name::tidy;
use crate::settings::{MailSecurity, SettingCode, SettingError, Settings, keys};

/// How mail leaves.
pub struct Outgoing {
    /// Through whom.
    pub server: Server,
    /// In whose name.
    pub sender: Sender,
}

/// Why none can leave.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum NotSetUp {
    /// No server was given.
    #[error("no mail server is set")]
    Server,
    /// No address to send from.
    #[error("no sender's address is set")]
    Sender,
    /// The password is there, but sealed with another key, or damaged.
    #[error("the mail password cannot be read: {0}; set it again")]
    Password(#[from] SealError),
}

/// The mail server and the sender of these settings.
pub fn outgoing(cx: &Context, settings: &Settings) -> Result<Outgoing, NotSetUp> {
    let host = settings.get(&keys::SMTP_HOST);
    if host.is_empty() {
        return Err(NotSetUp::Server);
    }
    let user = settings.get(&keys::SMTP_USER);
    let address = settings.get(&keys::SMTP_FROM_ADDRESS).or_else(|| user.parse().ok()).ok_or(NotSetUp::Sender)?;
    let port = u16::try_from(settings.get(&keys::SMTP_PORT)).unwrap_or_default();
    let login = match cx.reveal(settings, &keys::SMTP_PASSWORD)? {
        _ if user.is_empty() => None,
        password => Some(Login { user, password: password.unwrap_or_default() }),
    };
    let server = Server {
        host,
        port,
        security: security(settings.get(&keys::SMTP_SECURITY), port),
        login,
        authorities: settings.get(&keys::SMTP_AUTHORITIES),
        deadline: Duration::from_secs(settings.get(&keys::SMTP_DEADLINE_SECONDS).into()),
    };
    Ok(Outgoing {
        server,
        sender: Sender { address, name: tidy(&settings.get(&keys::SMTP_FROM_NAME), LONGEST_SUBJECT) },
    })
}

/// Is there an [`outgoing`] of these settings? A password is unsealed for that, and certificates are read: once for each
/// change of the settings.
pub fn can_leave(cx: &Context, settings: &Settings) -> bool {
    settings.mail_leaves(|| outgoing(cx, settings).is_ok())
}

/// A password that is kept and that nobody can read goes to no other server, and in no other way, than it was typed for:
/// whoever may change settings would have it sent to themselves. With `changes` that make a difference it is typed again,
/// or taken away; only one that was typed while there was no server yet goes to the first there is.
pub fn keeps_password(
    before: &Settings,
    after: &Settings,
    changes: &BTreeMap<String, Value>,
) -> Result<(), SettingError> {
    let typed = changes.contains_key(keys::SMTP_PASSWORD.key);
    let bound = [before.value(&keys::SMTP_PASSWORD), before.value(&keys::SMTP_HOST)].iter().all(|value| *value != "");
    if typed || !bound || destination(before) == destination(after) {
        return Ok(());
    }
    let detail = "type the password again: it is used for no other server, user or kind of connection than before";
    let field = keys::SMTP_PASSWORD.key.to_owned();
    Err(SettingError { field, code: SettingCode::DoesNotFit, detail: detail.to_owned() })
}

/// Where a password goes, and how.
fn destination(settings: &Settings) -> [Value; 5] {
    [
        settings.value(&keys::SMTP_HOST),
        settings.value(&keys::SMTP_PORT),
        settings.value(&keys::SMTP_SECURITY),
        settings.value(&keys::SMTP_USER),
        settings.value(&keys::SMTP_AUTHORITIES),
    ]
}

/// What people mean by "use SSL/TLS" hangs on the port.
fn security(chosen: MailSecurity, port: u16) -> Security {
    match chosen {
        MailSecurity::Auto if port == SUBMISSIONS => Security::Tls,
        MailSecurity::Auto | MailSecurity::Starttls => Security::StartTls,
        MailSecurity::Tls => Security::Tls,
        MailSecurity::None => Security::None,
    }
}

//! Mail, for any program.

use std::time::Duration;

use safer_ffi::prelude::*;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::engine::{document, json};
use super::failure::Failure;
use super::guard::guarded;
use super::raw::Output;
use super::{JwBuffer, JwStatus, JwView};
use crate::clock::{Clock, SystemClock, SystemRandomness};
use crate::notify::mail::{LONGEST_TEXT, Letter, Mail, MailError, Sender, Stamp};
use crate::notify::mail_server::{Login, Security, Server};
use crate::notify::mailer::{self, Mailer, Stop};
use crate::notify::smtp::Smtp;
use crate::settings::{Certificates, LONGEST_CERTIFICATES, keys};

/// Longest description of a server; the certificates are the longest part.
const SERVER: usize = 2 * LONGEST_CERTIFICATES + 8 * 1024;
/// Longest mail: two texts, with room for what JSON escapes.
const MAIL: usize = 4 * LONGEST_TEXT + 8 * 1024;
/// Longest password.
const PASSWORD: usize = 4096;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Submission {
    host: String,
    port: u16,
    security: Security,
    #[serde(default)]
    user: String,
    #[serde(default)]
    authorities: String,
    deadline_seconds: Option<u32>,
    from: Author,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Author {
    address: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    to: String,
    subject: String,
    text: Zeroizing<String>,
    html: Option<Zeroizing<String>>,
}

#[derive(Serialize)]
struct Outcome {
    sent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permanent: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Sends one mail to one person, now, and stores in `*dst` what came of it: `{"sent":true}`, or
/// `{"sent":false,"cause":"login","permanent":true,"detail":"…"}`. That a server refuses is an answer, not a failure.
///
/// `server`: `{"host":"smtp.example.org","port":587,"security":"starttls","user":"…","authorities":"<PEM>",
/// "deadlineSeconds":30,"from":{"address":"tv@example.org","name":"…"}}`; security is `starttls`, `tls` or `none`, and
/// never less than asked for; user (none: no login), authorities (none: those the machine trusts), deadline and name may
/// be left out. `mail`: `{"to":"…","subject":"…","text":"…","html":"…"}`, html may be left out.
///
/// `cause`: `name_not_found`, `refused`, `tls`, `login`, `sender_rejected`, `recipient_rejected`, `timed_out` or `other`;
/// `permanent`: the same mail will be refused again; `detail` is for a log and holds no secret. Blocks until the deadline
/// at most.
#[ffi_export]
pub fn jw_smtp_send(server: JwView, password: JwView, mail: JwView, dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let (server, sender) = read(document(&server, SERVER)?, password.text(PASSWORD)?)?;
        let message: Message = document(&mail, MAIL)?;
        let to = message.to.parse().map_err(|error| invalid(&error))?;
        let letter = Letter { subject: message.subject, text: message.text, html: message.html };
        let mail = Mail::write(
            &sender,
            &to,
            &letter,
            &Stamp::new(SystemClock.now(), &SystemRandomness).map_err(MailError::from)?,
        )?;
        dst.write(json(&Outcome::of(Smtp::default().send(&server, &mail, &Stop::default())))?);
        Ok(())
    })
}

impl Outcome {
    fn of(sent: Result<(), mailer::Failure>) -> Self {
        match sent {
            Ok(()) => Self { sent: true, cause: None, permanent: None, detail: None },
            Err(failure) => Self {
                sent: false,
                cause: Some(failure.cause.as_str()),
                permanent: Some(failure.permanent),
                detail: Some(failure.detail),
            },
        }
    }
}

fn read(given: Submission, password: &str) -> Result<(Server, Sender), Failure> {
    let usual = (keys::SMTP_DEADLINE_SECONDS.default)();
    let deadline = given.deadline_seconds.unwrap_or(usual);
    if !(1..=keys::SMTP_DEADLINE_SECONDS.limits.max).contains(&deadline) {
        let most = keys::SMTP_DEADLINE_SECONDS.limits.max;
        return Err(Failure::new(JwStatus::InvalidArgument, format!("a deadline has 1 to {most} seconds")));
    }
    let login =
        (!given.user.is_empty()).then(|| Login { user: given.user, password: Zeroizing::new(password.to_owned()) });
    let server = Server {
        host: given.host,
        port: given.port,
        security: given.security,
        login,
        authorities: Certificates::from_pem(&given.authorities).map_err(|error| invalid(&error))?,
        deadline: Duration::from_secs(deadline.into()),
    };
    let address = given.from.address.parse().map_err(|error| invalid(&error))?;
    Ok((server, Sender { address, name: given.from.name }))
}

fn invalid(error: &dyn std::error::Error) -> Failure {
    Failure::new(JwStatus::InvalidArgument, error.to_string())
}

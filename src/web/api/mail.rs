//! Calls under `Admin/Mail`: does mail work, and what waits to be sent? The routes let only administrators this far.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::admin::{PAGE_SIZE, page};
use super::refusal::Refusal;
use super::{Desk, Reply, caller, demand_of_administrator};
use crate::host::Level;
use crate::notify::mail::Letter;
use crate::notify::mailer::Cause;
use crate::notify::outbox;
use crate::notify::outgoing::{NotSetUp, keeps_password};
use crate::notify::trial::TrialError;
use crate::settings::{MailAddress, Settings, keys};
use crate::store::outbox::Entry;
use crate::store::{self, StoreError};
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::{Code, Problem};

/// Sends a mail now, with the settings as they are or as they would be. The browser learns what kind of thing went
/// wrong, the log all of it.
pub fn test(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let administrator = caller(desk)?;
    let to: MailAddress = fields.text("to")?.trim().parse().map_err(|_| fields.complaint("to"))?;
    let values = fields.optional_object("values")?.map(Fields::rest).unwrap_or_default();
    demand_of_administrator(desk, &administrator, &mut fields)?;
    let changes: BTreeMap<String, Value> = values.into_iter().collect();
    let stored = desk.cx.settings();
    let rows = stored.validate(&changes, desk.cx.sealing())?;
    let meant = stored.changed(&rows);
    keeps_password(&stored, &meant, &changes)?;
    let letter = Letter {
        subject: desk.texts.get("mail-test-subject"),
        text: Zeroizing::new(desk.texts.get("mail-test-text")),
        html: None,
    };
    send(desk, &meant, &to, &letter)
}

/// Sends that letter now, and says how it went.
pub(super) fn send(desk: &Desk<'_>, settings: &Settings, to: &MailAddress, letter: &Letter) -> Reply {
    match desk.post.trials.send(desk.cx, &*desk.post.mailer, settings, to, letter) {
        Ok(()) => Ok(Response::json(&json!({ "sent": true, "text": desk.texts.get("mail-test-sent") }))),
        Err(TrialError::Wait(seconds)) => Err(Problem::new(Code::TooOften).retry_after(seconds.unsigned_abs()).into()),
        Err(TrialError::NotSetUp(missing @ (NotSetUp::Server | NotSetUp::Sender))) => {
            let field = if missing == NotSetUp::Server { keys::SMTP_HOST.key } else { keys::SMTP_FROM_ADDRESS.key };
            Err(Problem::new(Code::MailNotSetUp).field(field).into())
        }
        Err(error) => {
            desk.cx.host.log(Level::Warning, &format!("a test mail was not sent: {error}"));
            let cause = if let TrialError::Failed(failure) = &error { failure.cause } else { Cause::Other };
            let text = desk.texts.get(&format!("mail-cause-{cause}"));
            Ok(Response::json(&json!({ "sent": false, "cause": cause.as_str(), "text": text })))
        }
    }
}

/// What waits, what failed and why; the newest first.
pub fn outbox(desk: &Desk<'_>) -> Reply {
    let found = desk.cx.store.read(|tx| store::outbox::newest(tx, page(desk), PAGE_SIZE));
    let (waiting, failed, entries) = found?;
    let shown: Vec<Value> = entries.iter().map(|entry| shown(desk, entry)).collect();
    let total = waiting + failed;
    let document =
        json!({ "waiting": waiting, "failed": failed, "total": total, "pageSize": PAGE_SIZE, "items": shown });
    Ok(Response::json(&document))
}

fn shown(desk: &Desk<'_>, entry: &Entry) -> Value {
    let text = entry.cause.as_ref().map(|cause| desk.texts.get(&format!("mail-cause-{cause}")));
    json!({
        "id": entry.id,
        "channel": entry.channel,
        "topic": entry.topic,
        "account": entry.account,
        "to": outbox::address(desk.cx, entry),
        "createdAt": entry.created_at,
        "expiresAt": entry.expires_at,
        "dueAt": entry.due_at,
        "tries": entry.tries,
        "failedAt": entry.failed_at,
        "cause": entry.cause,
        "text": text,
        "retriable": entry.content.is_some(),
    })
}

/// Tries one again, at once.
pub fn retry(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let id = chosen(desk, &mut fields)?;
    let now = desk.cx.now();
    let there = desk.cx.store.durable(|tx| store::outbox::retry(tx, id, now));
    let answer = done(there)?;
    desk.post.worker.try_at_once();
    Ok(answer)
}

/// Takes one away, so that it is not sent.
pub fn discard(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let id = chosen(desk, &mut fields)?;
    let there = desk.cx.store.durable(|tx| store::outbox::remove(tx, id));
    done(there)
}

fn chosen(desk: &Desk<'_>, fields: &mut Fields) -> Result<i64, Refusal> {
    let administrator = caller(desk)?;
    let id = fields.integer("id")?;
    demand_of_administrator(desk, &administrator, fields)?;
    Ok(id)
}

fn done(there: Result<bool, StoreError>) -> Reply {
    if there? { Ok(Response::json(&json!({}))) } else { Err(Problem::new(Code::MailGone).into()) }
}

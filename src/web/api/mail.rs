//! Calls under `Admin/Mail`: does mail work? The routes let only administrators this far.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::admin::refused;
use super::{Desk, caller, demand_of_administrator};
use crate::gate::policy::Refused;
use crate::host::Level;
use crate::notify::mail::Letter;
use crate::notify::mailer::Cause;
use crate::notify::outgoing::NotSetUp;
use crate::notify::trial::TrialError;
use crate::settings::MailAddress;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::{Code, Problem};

/// Sends a mail now, with the settings as they are or as they would be. The browser learns what kind of thing went
/// wrong, the log all of it.
pub(super) fn test(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let administrator = caller(desk)?;
    let to: MailAddress = fields.text("to")?.trim().parse().map_err(|_| fields.complaint("to"))?;
    let values = fields.optional_object("values")?.map(Fields::rest).unwrap_or_default();
    demand_of_administrator(desk, &administrator, &mut fields)?;
    let changes: BTreeMap<String, Value> = values.into_iter().collect();
    let stored = desk.cx.settings();
    let rows = stored.validate(&changes, desk.cx.sealing()).map_err(|error| refused(desk, Refused::Setting(error)))?;
    let letter = Letter {
        subject: desk.texts.get("mail-test-subject"),
        text: Zeroizing::new(desk.texts.get("mail-test-text")),
        html: None,
    };
    match desk.post.trials.send(desk.cx, &*desk.post.mailer, &stored.changed(&rows), &to, &letter) {
        Ok(()) => Ok(Response::json(&json!({ "sent": true, "text": desk.texts.get("mail-test-sent") }))),
        Err(TrialError::Wait(seconds)) => Err(Problem::new(Code::TooOften).retry_after(seconds.unsigned_abs())),
        Err(TrialError::NotSetUp(missing @ (NotSetUp::Server | NotSetUp::Sender))) => {
            let field = if missing == NotSetUp::Server { "smtp.host" } else { "smtp.from_address" };
            Err(Problem::new(Code::MailNotSetUp).field(field))
        }
        Err(error) => {
            desk.cx.host.log(Level::Warning, &format!("a test mail was not sent: {error}"));
            let cause = if let TrialError::Failed(failure) = &error { failure.cause } else { Cause::Other };
            let text = desk.texts.get(&format!("mail-cause-{cause}"));
            Ok(Response::json(&json!({ "sent": false, "cause": cause.as_str(), "text": text })))
        }
    }
}

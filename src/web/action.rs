//! The gate's word on one of Jellyfin's own calls, in the reader's language.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::reset::{ResetError, pin};
use crate::context::Context;
use crate::gate::Gate;
use crate::gate::action::{self as watched, Action};
use crate::gate::attempt::{Door, LoginAttempt, OBSOLETE_ACTION};
use crate::gate::challenge::SCRIPT_HEADER;
use crate::gate::denial::Denial;
use crate::gate::login;
use crate::gate::verdict::Verdict;
use crate::host::{AccountId, UserQuery};
use crate::settings::keys;
use crate::web::api;
use crate::web::site::{Look, Site};

/// What [`SCRIPT_HEADER`] says on an answer that our script can mend by asking for a proof; Jellyfin's own client shows its
/// usual error.
const STEP_UP: &str = "step-up";

/// What to do with the call.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Passage {
    /// True: let Jellyfin run it.
    pub pass: bool,
    /// Else answer with this status,
    pub status: u16,
    /// these headers,
    pub headers: Vec<(String, String)>,
    /// and this document; none: as Jellyfin itself answers such a sign-in.
    pub body: Option<Value>,
}

/// Lets a call pass, answers it, or says why not.
pub fn answer(cx: &Context, gate: &Gate, site: &Site, action: &Action) -> Passage {
    if let Some(answered) = forgotten(cx, gate, site, action).or_else(|| nobody(cx, gate, action)) {
        return answered;
    }
    match watched::decide(cx, action) {
        Ok(()) => Passage { pass: true, status: 0, headers: Vec::new(), body: None },
        Err(denial) => refuse(cx, site, action, denial),
    }
}

/// Jellyfin's two calls for a forgotten password (`UserController.ForgotPassword`, `ForgotPasswordPin`) are answered
/// here while its dialog is ours; none: Jellyfin runs its own.
fn forgotten(cx: &Context, gate: &Gate, site: &Site, action: &Action) -> Option<Passage> {
    let text = |name: &str| action.text(name).unwrap_or_default();
    let starts = action.action == watched::FORGOT_PASSWORD;
    if !(starts || action.action == watched::FORGOT_PASSWORD_PIN) || !pin::dialog_is_ours(cx) {
        return None;
    }
    let settings = cx.settings();
    let answer = if starts {
        let words = site.texts(&action.origin, Look::of(&settings)).get("reset-dialog-look");
        pin::start(cx, gate, text(watched::ENTERED_USERNAME), &action.origin, &words)
    } else {
        pin::redeem(cx, gate, text(watched::PIN), &action.origin)
    };
    let no_store = ("Cache-Control".to_owned(), "no-store".to_owned());
    Some(match answer {
        Ok(body) => Passage { pass: false, status: 200, headers: vec![no_store], body: Some(body) },
        Err(ResetError::TooManyTries { retry_after }) => refuse(cx, site, action, Denial::TooManyTries { retry_after }),
        Err(error) => refuse(cx, site, action, Denial::Broken(error.to_string())),
    })
}

/// The sign-in by id: Jellyfin says 404 to one that nobody has, and at once, so that it shows who is there. It is answered as
/// a wrong password is, limits and all. No user's name has a slash in it, and so none is met by this one.
fn nobody(cx: &Context, gate: &Gate, action: &Action) -> Option<Passage> {
    if action.action != OBSOLETE_ACTION || !cx.settings().get(&keys::GATE_ENABLED) {
        return None;
    }
    let id: AccountId = action.text("userId")?.parse().ok()?;
    if !matches!(cx.host.find_user(&UserQuery::Id(id), None), Ok(None)) {
        return None;
    }
    let attempt = LoginAttempt {
        door: Door::Password,
        action: OBSOLETE_ACTION.to_owned(),
        name: format!("/{id}"),
        user_id: None,
        client: action.client.clone(),
        origin: action.origin.clone(),
        caller: None,
    };
    let Verdict { status, headers, .. } = login::login(cx, gate, &attempt, action.text("pw").unwrap_or_default());
    Some(Passage { pass: false, status, headers, body: None })
}

fn refuse(cx: &Context, site: &Site, action: &Action, denial: Denial) -> Passage {
    if let Denial::Broken(reason) = &denial {
        cx.broke(&format!("{} was stopped", action.action), reason);
    }
    let marked = matches!(denial, Denial::StepUp { .. });
    let problem = api::refusal(denial, cx.now());
    let mut headers = vec![("Cache-Control".to_owned(), "no-store".to_owned())];
    if marked {
        headers.push((SCRIPT_HEADER.to_owned(), STEP_UP.to_owned()));
    }
    if let Some(seconds) = problem.retry_after {
        headers.push(("Retry-After".to_owned(), seconds.to_string()));
    }
    let settings = cx.settings();
    let texts = site.texts(&action.origin, Look::of(&settings));
    Passage { pass: false, status: problem.code.status(), headers, body: Some(problem.document(texts)) }
}

//! Quick Connect: a device shows a code, somebody signed in approves it (`QuickConnectManager.cs`).

use serde_json::json;

use super::entry::{Path, settled, signed_in};
use super::watched;
use crate::clock::Seconds;
use crate::demo::authorization::Who;
use crate::demo::call::{Call, Reply, text};
use crate::demo::jellyfin::lock;
use crate::demo::rooms::Rooms;
use crate::demo::waiting::Attempt;
use crate::engine::Event;
use crate::gate::attempt::Door;
use crate::host::{AccountId, HostError};

use super::signing_in::{ask, attempt};

/// How long a code can be approved and fetched.
const LIVES: Seconds = 600;

pub fn answer(rooms: &Rooms, call: &Call, path: &Path<'_>) -> Option<Reply> {
    Some(settled(match (call.method.as_str(), path.folded.as_slice()) {
        ("GET", ["quickconnect", "enabled"]) => Ok(Reply::json(&true)),
        ("POST" | "GET", ["quickconnect", "initiate"]) => initiate(rooms, call),
        ("GET", ["quickconnect", "connect"]) => state(rooms, call),
        ("POST", ["quickconnect", "authorize"]) => authorize(rooms, call),
        ("POST", ["users", "authenticatewithquickconnect"]) => fetch(rooms, call),
        _ => return None,
    }))
}

fn initiate(rooms: &Rooms, call: &Call) -> Result<Reply, Reply> {
    let client = call.authorization.client.clone();
    if [&client.app, &client.version, &client.device_id, &client.device_name].iter().any(|field| field.is_empty()) {
        return Err(Reply::stock(400));
    }
    let code = code(rooms).map_err(failed)?;
    let fresh = Attempt {
        secret: rooms.jellyfin.token().map_err(failed)?,
        code,
        client,
        at: rooms.jellyfin.clock.now(),
        session: None,
    };
    let shape = fresh.shape();
    rooms.engine.event(&Event::QuickConnectStarted {
        code: fresh.code.clone(),
        client: fresh.client.clone(),
        remote: call.remote().map(str::to_owned),
    });
    waiting(rooms).push(fresh);
    Ok(Reply::json(&shape))
}

fn state(rooms: &Rooms, call: &Call) -> Result<Reply, Reply> {
    let secret = call.parameter("secret").ok_or_else(|| Reply::empty(400))?;
    let waiting = waiting(rooms);
    let attempt = waiting.iter().find(|attempt| attempt.secret == secret).ok_or_else(unknown)?;
    Ok(Reply::json(&attempt.shape()))
}

/// The session is made here, in the approver's call. An administrator may approve for anybody; what that is worth
/// is the engine's decision.
fn authorize(rooms: &Rooms, call: &Call) -> Result<Reply, Reply> {
    let who = signed_in(call)?;
    let code = call.parameter("code").ok_or_else(|| Reply::empty(400))?;
    watched::pass(rooms, call, "QuickConnect.AuthorizeQuickConnect", json!({ "code": code }))?;
    let user = target(who, call.parameter("userId"))?;
    let found = waiting(rooms).iter().find(|attempt| attempt.code == code).cloned().ok_or_else(unknown)?;
    if found.session.is_some() {
        return Err(Reply::text(401, "Quick connect is disabled"));
    }
    let mut approval = attempt(call, Door::Direct, "QuickConnect.AuthorizeQuickConnect", found.client);
    approval.user_id = Some(user);
    match ask(rooms, &approval, "") {
        Ok((session, _)) => {
            if let Some(attempt) = waiting(rooms).iter_mut().find(|attempt| attempt.secret == found.secret) {
                attempt.session = Some(session);
            }
            Ok(Reply::json(&true))
        }
        Err(verdict) if verdict.status == 401 => Err(Reply::text(401, "Quick connect is disabled")),
        Err(verdict) => Err(Reply::stock(verdict.status)),
    }
}

/// `RequestHelpers.GetUserId`.
fn target(who: &Who, asked: Option<String>) -> Result<AccountId, Reply> {
    let own = match who {
        Who::Person { user, .. } => Some(user.id),
        _ => None,
    };
    let asked = match asked.filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse::<AccountId>().map_err(|_| Reply::empty(400))?),
        None => None,
    };
    match (asked, own) {
        (Some(asked), own) if Some(asked) == own || who.is_administrator() => Ok(asked),
        (Some(_), _) => Err(Reply::stock(403)),
        (None, Some(own)) => Ok(own),
        (None, None) => Err(Reply::stock(404)),
    }
}

/// The waiting device asks for its session, as often as it likes until the code expires.
fn fetch(rooms: &Rooms, call: &Call) -> Result<Reply, Reply> {
    let body = call.json().ok_or_else(|| Reply::empty(400))?;
    let secret = text(&body, "Secret").ok_or_else(|| Reply::empty(400))?;
    let waiting = waiting(rooms);
    let attempt = waiting.iter().find(|attempt| attempt.secret == secret).ok_or_else(unknown)?;
    attempt.session.as_ref().map(Reply::json).ok_or_else(|| Reply::stock(401))
}

/// The live attempts.
fn waiting(rooms: &Rooms) -> std::sync::MutexGuard<'_, Vec<Attempt>> {
    let now = rooms.jellyfin.clock.now();
    let mut waiting = lock(&rooms.waiting.0);
    waiting.retain(|attempt| now < attempt.at + LIVES);
    waiting
}

/// Six digits.
fn code(rooms: &Rooms) -> Result<String, HostError> {
    let mut bytes = [0; 4];
    rooms.jellyfin.fill(&mut bytes)?;
    Ok(format!("{:06}", u32::from_be_bytes(bytes) % 1_000_000))
}

fn unknown() -> Reply {
    Reply::text(404, "Unable to find request")
}

fn failed(_: HostError) -> Reply {
    Reply::stock(500)
}

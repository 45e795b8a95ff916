//! The doors: everything that ends in a session asks the engine, as the plugin's proxy does.

use crate::demo::authorization::carries_a_token;
use crate::demo::call::{Call, Reply, text};
use crate::demo::host::with_session;
use crate::demo::rooms::Rooms;
use crate::gate::attempt::{Client, Door, LoginAttempt};
use crate::gate::verdict::Verdict;
use crate::host::AccountId;
use serde_json::{Value, json};

use super::entry::{Path, settled};
use super::watched;

pub fn answer(rooms: &Rooms, call: &Call, path: &Path<'_>) -> Option<Reply> {
    match (call.method.as_str(), path.folded.as_slice()) {
        ("POST", ["users", "authenticatebyname"]) => Some(settled(by_name(rooms, call))),
        ("POST", ["users", id, "authenticate"]) => Some(settled(by_id(rooms, call, id))),
        _ => None,
    }
}

/// `UserController.AuthenticateUserByName`.
fn by_name(rooms: &Rooms, call: &Call) -> Result<Reply, Reply> {
    if !call.origin.header("Content-Type").is_some_and(|kind| kind.to_ascii_lowercase().contains("json")) {
        return Err(Reply::empty(415));
    }
    let body = call.json().filter(Value::is_object).ok_or_else(|| Reply::empty(400))?;
    let name = text(&body, "Username").unwrap_or_default();
    let password = text(&body, "Pw").unwrap_or_default();
    Ok(with_password(rooms, call, "User.AuthenticateUserByName", name, password))
}

/// `UserController.AuthenticateUser`, obsolete: the password stands in the address.
fn by_id(rooms: &Rooms, call: &Call, id: &str) -> Result<Reply, Reply> {
    let id: AccountId = id.parse().map_err(|_| Reply::empty(400))?;
    let password = call.parameter("pw").ok_or_else(|| Reply::empty(400))?;
    watched::pass(rooms, call, "User.AuthenticateUser", json!({ "userId": id, "pw": password }))?;
    let user = rooms.jellyfin.user(id).ok_or_else(|| Reply::text(404, "User not found"))?;
    Ok(with_password(rooms, call, "User.AuthenticateUser", &user.name, &password))
}

fn with_password(rooms: &Rooms, call: &Call, action: &str, name: &str, password: &str) -> Reply {
    let mut attempt = attempt(call, Door::Password, action, call.authorization.client.clone());
    name.clone_into(&mut attempt.name);
    match ask(rooms, &attempt, password) {
        Ok((session, verdict)) => with_headers(Reply::json(&session), verdict.headers),
        Err(verdict) => refusal(verdict),
    }
}

/// What every door tells the engine of the call it serves.
pub fn attempt(call: &Call, door: Door, action: &str, client: Client) -> LoginAttempt {
    let mut origin = call.origin.clone();
    origin.headers.retain(|(name, _)| !carries_a_token(name));
    LoginAttempt {
        door,
        action: action.to_owned(),
        name: String::new(),
        user_id: None,
        client,
        origin,
        caller: call.authorization.caller.clone(),
    }
}

/// Asks the engine: the session that was made, or the verdict that there is none.
pub fn ask(rooms: &Rooms, attempt: &LoginAttempt, password: &str) -> Result<(Value, Verdict), Verdict> {
    let (verdict, session) = with_session(|| rooms.engine.login(attempt, password));
    if verdict.announce_failure {
        rooms.jellyfin.announce_failure();
    }
    match session {
        Some(session) if verdict.session => Ok((session, verdict)),
        _ => Err(verdict),
    }
}

fn refusal(verdict: Verdict) -> Reply {
    let reply = match &verdict.body {
        Some(body) => Reply::json_with(verdict.status, body).with("Cache-Control", "no-store"),
        // A session was promised and not made: the one answer that is neither.
        None if verdict.session => Reply::stock(500),
        None => Reply::stock(verdict.status),
    };
    with_headers(reply, verdict.headers)
}

fn with_headers(mut reply: Reply, headers: Vec<(String, String)>) -> Reply {
    reply.headers.extend(headers);
    reply
}

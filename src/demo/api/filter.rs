//! The action filter of the plugin: the engine has its word on some of Jellyfin's own calls before they run.

use serde_json::{Map, Value};

use super::Path;
use crate::demo::call::{Call, Reply, property};
use crate::demo::server::Rooms;
use crate::gate::action::Action;

/// The engine's answer instead of Jellyfin's; none lets the call run.
pub fn stopped(rooms: &Rooms, call: &Call, path: &Path<'_>) -> Option<Reply> {
    let (name, user) = action(call, path)?;
    let mut arguments = Map::new();
    if let Some(user) = user.map(str::to_owned).or_else(|| call.parameter("userId").filter(|id| !id.is_empty())) {
        arguments.insert("userId".into(), user.into());
    }
    if let Some(reset) = call.json().as_ref().and_then(|body| property(body, "ResetPassword")).and_then(Value::as_bool)
    {
        arguments.insert("resetPassword".into(), reset.into());
    }
    let passage = rooms.engine.action(&Action {
        action: name.to_owned(),
        arguments,
        wizard_done: true,
        client: call.authorization.client.clone(),
        origin: call.origin.clone(),
        caller: call.authorization.caller.clone(),
    });
    if passage.pass {
        return None;
    }
    let reply = Reply::json_with(passage.status, &passage.body);
    Some(passage.headers.iter().fold(reply, |reply, (name, value)| reply.with(name, value)))
}

/// Which action of Jellyfin's this call runs, and the user in its path; none for those nobody watches.
fn action<'a>(call: &Call, path: &Path<'a>) -> Option<(&'static str, Option<&'a str>)> {
    let user = path.original.get(1).map(AsRef::as_ref);
    Some(match (call.method.as_str(), path.folded.as_slice()) {
        ("POST", ["users", "password"]) => ("User.UpdateUserPassword", None),
        ("POST", ["users", _, "password"]) => ("User.UpdateUserPasswordLegacy", user),
        ("POST", ["users", _, "policy"]) => ("User.UpdateUserPolicy", user),
        ("POST", ["users", "new"]) => ("User.CreateUserByName", None),
        ("DELETE", ["users", _]) => ("User.DeleteUser", user),
        ("POST", ["quickconnect", "authorize"]) => ("QuickConnect.AuthorizeQuickConnect", None),
        _ => return None,
    })
}

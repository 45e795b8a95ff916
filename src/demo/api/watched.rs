//! Before a call of Jellyfin's own that the engine watches runs, the engine is asked, as the plugin's action filter does.

use serde_json::Value;

use crate::demo::authorization::carries_a_token;
use crate::demo::call::{Call, Reply};
use crate::demo::rooms::Rooms;
use crate::gate::action::Action;

/// Goes on where the engine does not want to see the call, or lets it pass. `arguments`: ids and flags
/// by name, and the texts that it asks for.
pub fn pass(rooms: &Rooms, call: &Call, action: &str, arguments: Value) -> Result<(), Reply> {
    if !rooms.engine.watched().contains_key(action) {
        return Ok(());
    }
    let mut origin = call.origin.clone();
    origin.headers.retain(|(name, _)| !carries_a_token(name));
    let passage = rooms.engine.action(&Action {
        action: action.to_owned(),
        arguments: arguments.as_object().cloned().unwrap_or_default().into(),
        wizard_done: true,
        client: call.authorization.client.clone(),
        origin,
        // Jellyfin has let the caller in, wherever the token stands.
        caller: call.authorization.who.caller(),
    });
    if passage.pass {
        return Ok(());
    }
    let mut reply = match &passage.body {
        Some(answer) if passage.status < 400 => Reply::json_with(passage.status, answer),
        Some(problem) => Reply::bytes(passage.status, "application/problem+json", problem.to_string().into_bytes()),
        None => Reply::stock(passage.status),
    };
    reply.headers.extend(passage.headers);
    Err(reply)
}

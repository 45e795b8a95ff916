//! Sessions, devices and API keys.

use serde_json::{Value, json};

use super::entry::{Path, elevated, person, settled, signed_in};
use super::watched;
use crate::demo::authorization::Who;
use crate::demo::call::{Call, Reply};
use crate::demo::rooms::Rooms;
use crate::demo::shapes;

pub fn answer(rooms: &Rooms, call: &Call, path: &Path<'_>) -> Option<Reply> {
    Some(settled(match (call.method.as_str(), path.folded.as_slice()) {
        ("GET", ["sessions"]) => signed_in(call).map(|who| sessions(rooms, who)),
        ("POST", ["sessions", "logout"]) => person(call).map(|(_, device)| {
            let token = device.token.clone();
            rooms.jellyfin.drop_devices(|device| device.token == token);
            Reply::empty(204)
        }),
        ("POST", ["sessions", "capabilities"] | ["sessions", "capabilities", "full"] | ["sessions", "viewing"]) => {
            signed_in(call).map(|_| Reply::empty(204))
        }
        ("GET", ["devices"]) => elevated(call).map(|_| devices(rooms)),
        ("DELETE", ["devices"]) => elevated(call).and_then(|_| {
            let id = call.parameter("id").ok_or_else(|| Reply::empty(400))?;
            rooms.jellyfin.drop_devices(|device| device.device_id == id);
            Ok(Reply::empty(204))
        }),
        ("GET", ["auth", "keys"]) => elevated(call).and_then(|_| {
            watched::pass(rooms, call, "ApiKey.GetKeys", json!({}))?;
            Ok(keys(rooms))
        }),
        ("POST", ["auth", "keys"]) => elevated(call).and_then(|_| {
            let app = call.parameter("app").ok_or_else(|| Reply::empty(400))?;
            watched::pass(rooms, call, "ApiKey.CreateKey", json!({ "app": app }))?;
            rooms.jellyfin.add_key(&app).map_err(|_| Reply::stock(500))?;
            Ok(Reply::empty(204))
        }),
        _ => return None,
    }))
}

/// An administrator sees all, everybody else their own.
fn sessions(rooms: &Rooms, who: &Who) -> Reply {
    let own = match who {
        Who::Person { user, .. } => Some(user.id),
        _ => None,
    };
    let shown: Vec<Value> = rooms
        .jellyfin
        .live_sessions()
        .iter()
        .filter(|session| who.is_administrator() || own == Some(session.user))
        .filter_map(|session| Some(shapes::session(&rooms.jellyfin, &rooms.jellyfin.user(session.user)?, session)))
        .collect();
    Reply::json(&shown)
}

fn devices(rooms: &Rooms) -> Reply {
    page(
        rooms
            .jellyfin
            .device_rows()
            .iter()
            .map(|device| shapes::device(rooms.jellyfin.user(device.user).as_ref(), device))
            .collect(),
    )
}

fn keys(rooms: &Rooms) -> Reply {
    page(
        rooms
            .jellyfin
            .keys()
            .iter()
            .map(|key| json!({"AccessToken": key.token, "AppName": key.app, "DateCreated": shapes::time(key.created)}))
            .collect(),
    )
}

fn page(items: Vec<Value>) -> Reply {
    Reply::json(&json!({"TotalRecordCount": items.len(), "StartIndex": 0, "Items": items}))
}

//! What a client asks before and right after signing in: system, branding, settings of its own.

use serde_json::{Value, json};

use super::entry::{Path, elevated, settled, signed_in};
use crate::demo::call::{Call, Reply};
use crate::demo::rooms::Rooms;
use crate::demo::shapes;

pub fn answer(rooms: &Rooms, call: &Call, path: &Path<'_>) -> Option<Reply> {
    Some(settled(match (call.method.as_str(), path.folded.as_slice()) {
        ("GET", ["system", "info", "public"]) => Ok(Reply::json(&system(rooms, call, false))),
        ("GET", ["system", "info"]) => signed_in(call).map(|_| Reply::json(&system(rooms, call, true))),
        ("GET" | "POST", ["system", "ping"]) => Ok(Reply::json(&"Jellyfin Server")),
        ("GET", ["system", "endpoint"]) => {
            signed_in(call).map(|_| Reply::json(&json!({"IsLocal": true, "IsInNetwork": true})))
        }
        ("GET", ["health"]) => Ok(Reply::text(200, "Healthy")),
        ("GET", ["branding", "configuration"]) => {
            Ok(Reply::json(&json!({"LoginDisclaimer": "", "CustomCss": "", "SplashscreenEnabled": false})))
        }
        ("GET", ["branding", "css" | "css.css"]) => Ok(Reply::bytes(200, "text/css", Vec::new())),
        ("GET", ["displaypreferences", _]) => signed_in(call).map(|_| Reply::json(&display_preferences(path))),
        ("POST", ["displaypreferences", _]) => signed_in(call).map(|_| Reply::empty(204)),
        ("GET", ["web", "configurationpages"]) => elevated(call).map(|_| Reply::json(&json!([]))),
        ("GET", ["plugins" | "packages" | "scheduledtasks" | "repositories"]) => {
            elevated(call).map(|_| Reply::json(&json!([])))
        }
        ("GET", ["system", "activitylog", "entries"]) => elevated(call).map(|_| Reply::json(&shapes::no_items())),
        _ => return None,
    }))
}

fn system(rooms: &Rooms, call: &Call, whole: bool) -> Value {
    let host = call.origin.header("Host").unwrap_or_default();
    shapes::system(&rooms.jellyfin, &format!("{}://{host}{}", call.origin.scheme, rooms.base), whole)
}

fn display_preferences(path: &Path<'_>) -> Value {
    json!({
        "Id": path.original.last(),
        "SortBy": "SortName",
        "RememberIndexing": false,
        "PrimaryImageHeight": 250,
        "PrimaryImageWidth": 250,
        "CustomPrefs": {},
        "ScrollDirection": "Horizontal",
        "ShowBackdrop": true,
        "RememberSorting": false,
        "SortOrder": "Ascending",
        "ShowSidebar": false,
        "Client": "emby",
    })
}

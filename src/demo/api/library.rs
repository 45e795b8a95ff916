//! A library with nothing in it: enough for a web client to come up on its home page.

use serde_json::json;

use super::entry::{Path, settled, signed_in};
use crate::demo::call::{Call, Reply};
use crate::demo::rooms::Rooms;
use crate::demo::shapes;

pub fn answer(_: &Rooms, call: &Call, path: &Path<'_>) -> Option<Reply> {
    if call.method != "GET" {
        return None;
    }
    let reply = match path.folded.as_slice() {
        ["users", _, "items", "latest"] | ["items", "latest"] | ["syncplay", "list"] => Reply::json(&json!([])),
        ["localization", "cultures" | "countries" | "options" | "parentalratings"] => Reply::json(&json!([])),
        ["users", _, "views" | "items"]
        | ["users", _, "items", "resume"]
        | ["userviews" | "items" | "artists" | "genres" | "persons" | "studios" | "channels"]
        | ["useritems", "resume"]
        | ["shows", "nextup" | "upcoming"]
        | ["livetv", "channels" | "recordings" | "timers"]
        | ["livetv", "programs", "recommended"] => Reply::json(&shapes::no_items()),
        _ => return None,
    };
    Some(settled(signed_in(call).map(|_| reply)))
}

//! Jellyfin's own endpoints, as far as signing in, looking after accounts and starting the web client need them.

mod entry;
mod forgotten;
mod library;
mod quick_connect;
mod sessions;
mod signing_in;
mod system;
mod users;
mod watched;

use super::authorization::Who;
use super::call::{Call, Reply};
use super::rooms::Rooms;
use entry::Path;

/// Answers the endpoints it knows.
type Room = fn(&Rooms, &Call, &Path<'_>) -> Option<Reply>;

/// Answers one call, or Jellyfin's empty 404.
pub fn answer(rooms: &Rooms, call: &Call) -> Reply {
    let original = call.segments();
    let folded: Vec<String> = original.iter().map(|segment| segment.to_lowercase()).collect();
    let path = Path { original: &original, folded: folded.iter().map(String::as_str).collect() };
    let rooms_in_turn: [Room; 7] = [
        signing_in::answer,
        quick_connect::answer,
        forgotten::answer,
        users::answer,
        sessions::answer,
        system::answer,
        library::answer,
    ];
    if let Who::Person { device, .. } = &call.authorization.who {
        rooms.jellyfin.heard_of(device, call.origin.remote.clone());
    }
    rooms_in_turn.into_iter().find_map(|room| room(rooms, call, &path)).unwrap_or_else(|| Reply::empty(404))
}

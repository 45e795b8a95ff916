//! Jellyfin's own endpoints, as far as signing in, looking after accounts and starting the web client need them.

mod forgotten;
mod library;
mod quick_connect;
mod sessions;
mod signing_in;
mod system;
mod users;
mod watched;

use super::authorization::Who;
use super::book::{Device, User};
use super::call::{Call, Reply};
use super::rooms::Rooms;

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

/// A path in two spellings: as it came for what it names, lower-case for finding the endpoint.
pub struct Path<'a> {
    original: &'a [std::borrow::Cow<'a, str>],
    folded: Vec<&'a str>,
}

/// Jellyfin's `[Authorize]`: a person, or a 401 without a word. An API key counts as one.
fn signed_in(call: &Call) -> Result<&Who, Reply> {
    match &call.authorization.who {
        Who::Nobody | Who::Invalid => Err(Reply::empty(401)),
        who => Ok(who),
    }
}

/// A person on a device; an API key is nobody here.
fn person(call: &Call) -> Result<(&User, &Device), Reply> {
    match signed_in(call)? {
        Who::Person { user, device } => Ok((user, device)),
        _ => Err(Reply::stock(404)),
    }
}

/// Jellyfin's `RequiresElevation`.
fn elevated(call: &Call) -> Result<&Who, Reply> {
    let who = signed_in(call)?;
    if who.is_administrator() { Ok(who) } else { Err(Reply::empty(403)) }
}

/// Either way an answer.
fn settled(answer: Result<Reply, Reply>) -> Reply {
    answer.unwrap_or_else(|refusal| refusal)
}

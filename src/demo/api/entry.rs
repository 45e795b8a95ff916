//! What each endpoint starts with: its path, and who may call it.

use std::borrow::Cow;

use crate::demo::authorization::Who;
use crate::demo::book::{Device, User};
use crate::demo::call::{Call, Reply};

/// A path in two spellings: as it came for what it names, lower-case for finding the endpoint.
pub struct Path<'a> {
    pub(super) original: &'a [Cow<'a, str>],
    pub(super) folded: Vec<&'a str>,
}

/// Jellyfin's `[Authorize]`: a person, or a 401 without a word. An API key counts as one.
pub(super) fn signed_in(call: &Call) -> Result<&Who, Reply> {
    match &call.authorization.who {
        Who::Nobody | Who::Invalid => Err(Reply::empty(401)),
        who => Ok(who),
    }
}

/// A person on a device; an API key is nobody here.
pub(super) fn person(call: &Call) -> Result<(&User, &Device), Reply> {
    match signed_in(call)? {
        Who::Person { user, device } => Ok((user, device)),
        _ => Err(Reply::stock(404)),
    }
}

/// Jellyfin's `RequiresElevation`.
pub(super) fn elevated(call: &Call) -> Result<&Who, Reply> {
    let who = signed_in(call)?;
    if who.is_administrator() { Ok(who) } else { Err(Reply::empty(403)) }
}

/// Either way an answer.
pub(super) fn settled(answer: Result<Reply, Reply>) -> Reply {
    answer.unwrap_or_else(|refusal| refusal)
}

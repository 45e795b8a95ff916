//! Which room answers: the web client, the engine, or Jellyfin's own API.

use super::api;
use super::authorization;
use super::call::{Call, Reply};
use super::host::with_session;
use super::mailbox::page;
use super::rooms::Rooms;
use crate::web::message::{Content, Request};

/// Who answers a path.
pub enum Place {
    /// Files below `/web/`.
    Web,
    /// What would have been sent.
    Mailbox,
    /// The engine, with its largest body in bytes.
    Engine { max_body: usize },
    /// Jellyfin itself.
    Jellyfin,
}

/// The path below the base URL, `/emby` and `/mediabrowser` taken off (10.11; any letter case). Everything outside
/// the base leads to the web client (`BaseUrlRedirectionMiddleware`).
pub fn below_base(base: &str, path: &str) -> Result<String, Reply> {
    let home = || Reply::redirect(&format!("{base}/web/"));
    let Some(path) = without_prefix(path, base) else {
        return Err(home());
    };
    if path.is_empty() || path == "/" {
        return Err(home());
    }
    let trimmed = ["/emby", "/mediabrowser"].iter().find_map(|prefix| without_prefix(path, prefix));
    let path = trimmed.unwrap_or(path);
    if path.eq_ignore_ascii_case("/web") {
        return Err(home());
    }
    Ok(path.to_owned())
}

/// `path` behind `prefix`, where that ends at a segment.
fn without_prefix<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let head = path.get(..prefix.len())?;
    let rest = &path[prefix.len()..];
    (head.eq_ignore_ascii_case(prefix) && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
}

/// Who answers this path.
pub fn place(rooms: &Rooms, method: &str, path: &str) -> Result<Place, Reply> {
    if path.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("/web/")) && !is_page_of_a_plugin(path) {
        return Ok(Place::Web);
    }
    if page::is_here(path) {
        return Ok(Place::Mailbox);
    }
    let ownership = rooms.engine.owns(path);
    if ownership.owned {
        return Ok(Place::Engine { max_body: ownership.max_body });
    }
    if path.contains("//") {
        return Err(Reply::empty(404));
    }
    if method == "OPTIONS" {
        return Err(Reply::empty(204));
    }
    Ok(Place::Jellyfin)
}

/// The dashboard's list of plugin pages stands below `/web` too, but is an endpoint.
fn is_page_of_a_plugin(path: &str) -> bool {
    ["/web/ConfigurationPages", "/web/ConfigurationPage"].iter().any(|page| path.eq_ignore_ascii_case(page))
}

/// Answers.
pub fn answer(rooms: &Rooms, place: &Place, call: Call) -> Reply {
    match place {
        Place::Web => rooms.web.answer(&rooms.engine, &call),
        Place::Mailbox => page::answer(&rooms.mailbox, &call),
        Place::Engine { .. } => engine(rooms, call),
        Place::Jellyfin => api::answer(rooms, &call),
    }
}

fn engine(rooms: &Rooms, call: Call) -> Reply {
    let mut origin = call.origin;
    origin.headers.retain(|(name, _)| !authorization::carries_a_token(name));
    let request = Request {
        method: call.method,
        path: call.path,
        query: call.query,
        origin,
        caller: call.authorization.caller,
        client: call.authorization.named.then_some(call.authorization.client),
    };
    let (response, session) = with_session(|| rooms.engine.http(&request, &call.body));
    let mut reply = match (response.content, session) {
        (Content::Bytes(body), _) => Reply { status: response.status, headers: Vec::new(), body },
        (Content::Session, Some(session)) => Reply::json_with(response.status, &session),
        // The engine promised a session that nobody made.
        (Content::Session, None) => Reply::stock(500),
    };
    reply.headers.extend(response.headers);
    reply
}

#[cfg(test)]
mod tests {
    use super::below_base;

    fn below(base: &str, path: &str) -> Option<String> {
        below_base(base, path).ok()
    }

    #[test]
    fn base_and_old_prefixes_come_off() {
        assert_eq!(below("", "/Users/Me").unwrap(), "/Users/Me");
        assert_eq!(below("", "/EMBY/Users/Me").unwrap(), "/Users/Me");
        assert_eq!(below("/jf", "/JF/mediabrowser/Users/Me").unwrap(), "/Users/Me");
        assert_eq!(below("/jf", "/jfx/Users/Me"), None);
        assert_eq!(below("", "/embyx").unwrap(), "/embyx");
        assert_eq!(below("/jf", "/Users/Me"), None);
        assert_eq!(below("", "/web"), None);
    }
}

//! Our cookies: named by server, never readable by script, never sent from another site's requests.

use cookie::{Cookie, SameSite};

use crate::context::Context;
use crate::crypto::mac;
use crate::defense::origin::Origin;

/// Longest `Cookie` header looked at, in bytes; more is a client that wants work done for nothing.
const LONGEST_HEADER: usize = 16 * 1024;

/// `jellyward-<purpose>-<8 hex digits of the server>`: two servers under one host name must not share cookies.
pub fn name(cx: &Context, purpose: &str) -> String {
    let server = data_encoding::HEXLOWER.encode(&mac::sha256(cx.server_id.as_bytes())[..4]);
    format!("jellyward-{purpose}-{server}")
}

/// The value of our cookie, if the request carries exactly one of that name.
pub fn read(origin: &Origin, name: &str) -> Option<String> {
    let mut found = None;
    for (_, header) in origin.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case("cookie")) {
        if header.len() > LONGEST_HEADER {
            return None;
        }
        for cookie in Cookie::split_parse(header.as_str()).flatten().filter(|cookie| cookie.name() == name) {
            if found.replace(cookie.value().to_owned()).is_some() {
                return None;
            }
        }
    }
    found
}

/// Does the request travel by https, as Jellyfin or the browser says? A browser that pretends harms itself alone.
pub fn secure(origin: &Origin) -> bool {
    origin.scheme.eq_ignore_ascii_case("https")
        || origin.header("origin").is_some_and(|from| from.starts_with("https://"))
}

/// What a browser takes by https only, from this very host and for its whole site (RFC 6265bis, section 4.1.3.2): no
/// neighbour under the same domain can put such a cookie in.
pub fn host_name(name: &str) -> String {
    format!("__Host-{name}")
}

/// A `Set-Cookie` header that takes a cookie away.
pub fn remove(origin: &Origin, name: String) -> (String, String) {
    set(origin, name, String::new(), Some(0))
}

/// A `Set-Cookie` header. Without `max_age` the cookie goes with the browser's session.
pub fn set(origin: &Origin, name: String, value: String, max_age: Option<i64>) -> (String, String) {
    let mut cookie = Cookie::new(name, value);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_path("/");
    cookie.set_secure(secure(origin));
    let lifetime = max_age.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    ("Set-Cookie".to_owned(), format!("{cookie}{lifetime}"))
}

//! Who calls: the `Authorization` header as Jellyfin reads it (`AuthorizationContext.cs`), and whose token it carries.

use std::borrow::Cow;

use super::book::{Device, User};
use super::jellyfin::{Jellyfin, hex_sha256};
use super::network;
use crate::defense::origin::Origin;
use crate::gate::attempt::{Caller, Client};

/// What Jellyfin resolved from one call.
#[derive(Default)]
pub struct Authorization {
    /// What the client says of itself; gaps filled from the device when a token came along.
    pub client: Client,
    /// An `Authorization` header was there and readable.
    pub named: bool,
    /// Whom Jellyfin's own endpoints take this call to be from.
    pub who: Who,
    /// The same for the engine, where only the `Authorization` header carries tokens.
    pub caller: Option<Caller>,
}

/// Whose call it is.
#[derive(Default)]
pub enum Who {
    /// Nobody's: no token.
    #[default]
    Nobody,
    /// The token is not, or no longer, good.
    Invalid,
    /// A person on a device.
    Person { user: User, device: Device },
    /// An API key: administrator, but nobody.
    Key { token: String },
}

impl Who {
    pub fn is_administrator(&self) -> bool {
        match self {
            Self::Person { user, .. } => user.administrator,
            Self::Key { .. } => true,
            Self::Nobody | Self::Invalid => false,
        }
    }

    /// The same in the engine's words.
    pub fn caller(&self) -> Option<Caller> {
        let (user_id, token) = match self {
            Self::Person { user, device } => (Some(user.id), &device.token),
            Self::Key { token } => (None, token),
            Self::Nobody | Self::Invalid => return None,
        };
        Some(Caller {
            user_id,
            administrator: self.is_administrator(),
            api_key: user_id.is_none(),
            token_hash: hex_sha256(token.as_bytes()),
        })
    }
}

/// Resolves a call. `query_token` is what stands behind `ApiKey=` in the address.
pub fn resolve(jellyfin: &Jellyfin, origin: &Origin, query_token: Option<String>) -> Authorization {
    let standard = origin.header("Authorization").and_then(header_parts);
    let legacy = origin.header("X-Emby-Authorization").and_then(header_parts);
    let named = standard.is_some() || legacy.is_some();
    let token_of_header = standard.as_ref().and_then(|parts| parts.get("Token"));
    let parts = standard.or(legacy).unwrap_or_default();
    let token = parts
        .get("Token")
        .or_else(|| origin.header("X-Emby-Token").map(str::to_owned))
        .or_else(|| origin.header("X-MediaBrowser-Token").map(str::to_owned))
        .or(query_token);

    let who = token.map_or(Who::Nobody, |token| owner(jellyfin, &token, origin.remote.as_deref()));
    let caller = token_of_header.and_then(|token| owner(jellyfin, &token, origin.remote.as_deref()).caller());
    let mut client = Client {
        app: parts.get("Client").unwrap_or_default(),
        version: parts.get("Version").unwrap_or_default(),
        device_id: parts.get("DeviceId").unwrap_or_default(),
        device_name: parts.get("Device").unwrap_or_default(),
    };
    if let Who::Person { device, .. } = &who {
        fill(&mut client.app, &device.app);
        fill(&mut client.version, &device.version);
        fill(&mut client.device_id, &device.device_id);
        fill(&mut client.device_name, &device.device_name);
    }
    Authorization { client, named, who, caller }
}

fn fill(value: &mut String, known: &str) {
    if value.is_empty() {
        known.clone_into(value);
    }
}

/// A disabled user, one outside the schedule or one who may not come from there is as good as nobody
/// (`AuthService`, `DefaultAuthorizationHandler`).
fn owner(jellyfin: &Jellyfin, token: &str, remote: Option<&str>) -> Who {
    if token.is_empty() {
        return Who::Nobody;
    }
    if let Some(device) = jellyfin.device_of(token) {
        return match jellyfin.user(device.user) {
            Some(user)
                if !user.disabled
                    && user.in_schedule
                    && (user.remote_allowed || remote.is_some_and(network::is_local)) =>
            {
                Who::Person { user, device }
            }
            _ => Who::Invalid,
        };
    }
    if jellyfin.keys().iter().any(|key| key.token == token) {
        return Who::Key { token: token.to_owned() };
    }
    Who::Invalid
}

#[derive(Default)]
struct Parts(Vec<(String, String)>);

impl Parts {
    /// Keys are compared exactly; the last one of a name counts.
    fn get(&self, key: &str) -> Option<String> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    }
}

/// `MediaBrowser Client="…", Device="…", …`: values quoted and URL-encoded. Scheme `Emby` is the legacy one.
fn header_parts(header: &str) -> Option<Parts> {
    let (scheme, rest) = header.split_once(' ')?;
    if !["MediaBrowser", "Emby"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let mut quoted = false;
    let fields = rest.split(|character| {
        quoted ^= character == '"';
        character == ',' && !quoted
    });
    Some(Parts(
        fields
            .filter_map(|field| field.split_once('='))
            .map(|(key, value)| (key.trim().to_owned(), url_decoded(value.trim().trim_matches('"'))))
            .collect(),
    ))
}

/// `WebUtility.UrlDecode`: `+` is a space.
fn url_decoded(value: &str) -> String {
    let spaced: Cow<'_, str> = if value.contains('+') { value.replace('+', " ").into() } else { value.into() };
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// Tokens are resolved here and never reach the engine.
pub fn carries_a_token(header: &str) -> bool {
    ["Authorization", "X-Emby-Authorization", "X-Emby-Token", "X-MediaBrowser-Token"]
        .iter()
        .any(|name| header.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::header_parts;

    #[test]
    fn values_are_unquoted_and_decoded() {
        let parts = header_parts(r#"mediabrowser Client="Jellyfin%20Web", Device="A, B", DeviceId="x+y=",Version="1""#)
            .unwrap();
        assert_eq!(parts.get("Client").unwrap(), "Jellyfin Web");
        assert_eq!(parts.get("Device").unwrap(), "A, B");
        assert_eq!(parts.get("DeviceId").unwrap(), "x y=");
        assert_eq!(parts.get("Version").unwrap(), "1");
        assert_eq!(parts.get("client"), None);
        assert!(header_parts("Bearer abc").is_none());
    }
}

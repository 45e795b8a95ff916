//! Where a call comes from, as Jellyfin resolved it.

use serde::{Deserialize, Serialize};

/// The facts of one request that the gate may use. Everything here but `remote` is the client's own word.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Origin {
    /// The peer's address as Jellyfin normalised it (`GetNormalizedRemoteIP`); never taken from a header by us.
    pub remote: Option<String>,
    /// Jellyfin's `KnownProxies` is not empty, so `remote` can be believed behind a proxy.
    pub proxies_listed: bool,
    /// `http` or `https`, after Jellyfin's own forwarded-header handling.
    pub scheme: String,
    /// The base URL Jellyfin runs under, for instance `/jf`; empty for none.
    pub path_base: String,
    /// Request headers as received, repeated names allowed.
    pub headers: Vec<(String, String)>,
}

impl Origin {
    /// The first header of that name, any letter case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

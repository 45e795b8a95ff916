//! A security key at a site, for the engine's own calls.

use jellyward::demo::security_key::SecurityKey;
use serde_json::Value;

pub const SITE: &str = "https://media.example.org";

/// What the key says when it is to be registered.
pub fn made(key: &mut SecurityKey, started: &Value) -> Value {
    serde_json::from_str(&key.create(&started["options"], SITE).json()).unwrap()
}

/// What it says when it is to prove its user.
pub fn used(key: &mut SecurityKey, started: &Value) -> Value {
    serde_json::from_str(&key.get(&started["options"], SITE).json()).unwrap()
}

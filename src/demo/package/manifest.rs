//! `meta.json` inside the zip (Jellyfin: `PluginManifest.cs`) and the repository's `manifest.json` (`PackageInfo`,
//! `VersionInfo`). Both from the same facts.

use serde_json::{Value, json};

use crate::demo::shapes;

/// The plugin's assembly, the only one Jellyfin is to load.
pub const ASSEMBLY: &str = "Jellyfin.Plugin.Jellyward.dll";
/// The plugin's id; the assembly carries the same.
pub const GUID: &str = "6c8e5a14-0f3b-4d0c-9a52-7d1be2a4f0c7";
/// The plugin's name, and its folder's.
pub const NAME: &str = "Jellyward";
/// The lowest server it runs on.
const TARGET_ABI: &str = "10.11.11.0";

const OVERVIEW: &str = "A second factor, decided before any session exists.";
const CATEGORY: &str = "Authentication";
const OWNER: &str = "Jellyward";
const CHANGELOG: &str = "\
Passkeys, codes of an authenticator app, codes by mail and recovery codes at every sign-in; trusted browsers.
App passwords, one-time words and approvals for TVs and other clients that show no page.
Forgotten passwords by mail, by a link of an administrator's, or through Jellyfin's own dialog.
Each account sees its sessions, ends them, and can say that its phone is lost; changes want a fresh proof.
Messages in the owner's own words.";

/// Four parts, as Jellyfin wants it; the assembly has the same.
pub fn version() -> String {
    concat!(env!("CARGO_PKG_VERSION"), ".0").to_owned()
}

/// The plugin's own description. Only the assembly is loaded as one; Jellyfin does not update it behind the owner's
/// back.
pub fn meta(made_at: i64) -> String {
    pretty(&json!({
        "guid": GUID,
        "name": NAME,
        "description": env!("CARGO_PKG_DESCRIPTION"),
        "overview": OVERVIEW,
        "owner": OWNER,
        "category": CATEGORY,
        "version": version(),
        "changelog": CHANGELOG,
        "targetAbi": TARGET_ABI,
        "timestamp": shapes::time(made_at),
        "autoUpdate": false,
        "assemblies": [ASSEMBLY],
    }))
}

/// A plugin repository with this one version.
pub fn repository(made_at: i64, source_url: &str, checksum: &str) -> String {
    pretty(&json!([{
        "guid": GUID,
        "name": NAME,
        "description": env!("CARGO_PKG_DESCRIPTION"),
        "overview": OVERVIEW,
        "owner": OWNER,
        "category": CATEGORY,
        "versions": [{
            "version": version(),
            "changelog": CHANGELOG,
            "targetAbi": TARGET_ABI,
            "sourceUrl": source_url,
            "checksum": checksum,
            "timestamp": shapes::time(made_at),
        }],
    }]))
}

fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}

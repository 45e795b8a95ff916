//! The main stories on a real Jellyfin server with its real web client, the packaged plugin installed.
//!
//! `JELLYFIN_SERVER` names the folder of `jellyfin.dll`, `JELLYFIN_WEB` the built web client; without them the
//! folders of Debian's packages are looked at. Where there is no server, each test says so on stderr and passes.
//! Needs `dotnet`; the stories in the browser need Chromium with its driver.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "jellyfin/authenticator.rs"]
mod authenticator;
#[path = "browser/driver.rs"]
#[allow(dead_code, reason = "the stories of the pages use the rest of it")]
mod driver;
#[path = "jellyfin/installation.rs"]
mod installation;
#[path = "support/mail_server.rs"]
#[allow(dead_code, reason = "other tests have it misbehave")]
mod mail_server;
#[path = "jellyfin/people.rs"]
mod people;
#[path = "jellyfin/plugin.rs"]
mod plugin;
#[path = "jellyfin/server.rs"]
mod server;
#[path = "jellyfin/stories/mod.rs"]
mod stories;
#[path = "jellyfin/traces.rs"]
mod traces;
#[path = "jellyfin/visitor.rs"]
mod visitor;
#[path = "jellyfin/window.rs"]
mod window;

//! What people see and do, in a real browser against the demo. Skipped by name where there is none.
//!
//! `PICTURES=1 cargo test --test browser` renews the pictures in docs/screenshots, `VECTORS=1 cargo test --test browser
//! vectors` the captured ceremonies in tests/vectors.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(feature = "demo")]

#[path = "browser/account.rs"]
mod account;
#[path = "support/address.rs"]
mod address;
#[path = "browser/alone.rs"]
mod alone;
#[path = "browser/authenticators.rs"]
mod authenticators;
#[path = "browser/dashboard.rs"]
mod dashboard;
#[path = "browser/demanded.rs"]
mod demanded;
#[path = "browser/driver.rs"]
mod driver;
#[path = "browser/email.rs"]
mod email;
#[path = "browser/extras.rs"]
mod extras;
#[path = "browser/mail.rs"]
mod mail;
#[path = "browser/mail_codes.rs"]
mod mail_codes;
#[path = "browser/messages.rs"]
mod messages;
#[path = "browser/overlay.rs"]
mod overlay;
#[path = "browser/passkeys.rs"]
mod passkeys;
#[path = "browser/password.rs"]
mod password;
#[path = "browser/quick_connect.rs"]
mod quick_connect;
#[path = "browser/resets.rs"]
mod resets;
#[path = "browser/screens.rs"]
mod screens;
#[path = "browser/stage.rs"]
mod stage;
#[path = "browser/texts.rs"]
mod texts;
#[path = "support/tools.rs"]
#[allow(dead_code)] // only what says that something was skipped
mod tools;
#[path = "browser/trust.rs"]
mod trust;
#[path = "browser/tv.rs"]
mod tv;
#[path = "browser/vectors.rs"]
mod vectors;
#[path = "browser/ways.rs"]
mod ways;
#[path = "browser/ways_in.rs"]
mod ways_in;

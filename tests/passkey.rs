//! Passkeys against a security key in software that is honest until told otherwise.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(feature = "demo")]

#[path = "passkey/ceremony.rs"]
mod ceremony;
#[path = "passkey/data.rs"]
mod data;
#[path = "passkey/desk.rs"]
mod desk;
#[path = "passkey/keys.rs"]
mod keys;
#[path = "passkey/page.rs"]
mod page;
#[path = "passkey/size.rs"]
mod size;
#[path = "passkey/vectors.rs"]
mod vectors;

//! A pretend Jellyfin, a clock that is set by hand, and an engine between them.
#![allow(dead_code)] // each test file uses a part of it

pub mod abi_door;
pub mod address;
pub mod jellyfin;
pub mod library;
pub mod mail_server;
pub mod mailbox;
#[cfg(feature = "demo")]
pub mod passkey;
pub mod postman;
pub mod tools;
pub mod world;

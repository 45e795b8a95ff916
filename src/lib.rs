//! Jellyward: a second factor and grown-up account care for Jellyfin, decided before any session exists.
//!
//! Layers, each importing only what stands below it (`tests/layers.rs` holds them to it):
//! `ffi` > `engine` > `web` > `account` > `gate` > `trust` > `factor` > `notify` > `defense` > `audit` > `context` > `settings` >
//! `store` > `rescue` > `crypto` > `host`, `clock`. `demo` stands beside the ladder, like `ffi`.

pub mod account;
pub mod audit;
pub mod clock;
pub mod context;
pub mod crypto;
pub mod defense;
#[cfg(feature = "demo")]
pub mod demo;
pub mod engine;
pub mod factor;
pub mod ffi;
pub mod gate;
pub mod host;
pub mod notify;
pub mod rescue;
pub mod settings;
pub mod store;
pub mod trust;
pub mod web;

//! Browsers we have met before.

pub mod cookies;
pub mod known_browser;

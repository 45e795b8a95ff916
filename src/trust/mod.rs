//! Browsers we have met before: known ones, which strangers' tries do not slow down, and trusted ones, which are spared
//! the second factor.

pub mod browser_list;
pub mod cookies;
pub mod known_browser;
mod trust_cookie;
pub mod trusted_browser;
pub mod user_agent;

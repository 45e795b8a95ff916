//! Requests in, responses out: router, JSON API, pages, assets, languages.

pub mod message;

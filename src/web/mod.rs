//! Requests in, responses out: router, JSON API, pages, assets, languages.

pub mod action;
pub mod api;
pub mod assets;
pub mod body;
pub mod front;
pub mod index;
pub mod message;
pub mod pages;
pub mod problem;
pub mod routes;
pub mod site;
pub mod tagged;
pub mod texts;

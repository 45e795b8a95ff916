//! Telling people something outside of Jellyfin: mail now.
//!
//! `mail` is what is sent, `mailer` whoever carries it, `smtp` the one that does so in earnest.

pub mod mail;
pub mod mailer;
pub mod smtp;

//! What proves who somebody is.

pub mod app_password;
pub mod digits;
pub mod mail_code;
pub mod passkey;
pub mod qr;
pub mod recovery;
pub mod symbols;
pub mod totp;
pub mod word;

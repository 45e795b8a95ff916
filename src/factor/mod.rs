//! What proves who somebody is.

pub mod passkey;
pub mod qr;
pub mod recovery;
pub mod totp;

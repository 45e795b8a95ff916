//! What proves who somebody is.

pub mod qr;
pub mod recovery;
pub mod totp;

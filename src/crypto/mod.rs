//! Sealing, hashing, tokens, keys: bytes in, bytes out.

pub mod key;
pub mod mac;
pub mod password;
pub mod seal;
pub mod signed;
pub mod token;
pub mod wiped;

//! The C ABI. No rule lives here: it translates, checks what C cannot promise, and keeps panics in.
//!
//! `types` holds the words, `engine`, `totp`, `recovery`, `passkey`, `password`, `token`, `cookie` and
//! `smtp` the verbs, `handles` the table of open engines, `reply` and `failure` what each thread keeps of its calls,
//! `host` the callbacks, `guard` the fence. Every `unsafe` line stands in `raw`, the assembler in `glibc`.
#![deny(unsafe_code)]

mod cookie;
#[cfg(feature = "headers")]
mod csharp;
#[cfg(feature = "headers")]
pub mod documents;
mod engine;
mod failure;
#[allow(unsafe_code)]
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
mod glibc;
mod guard;
mod handles;
#[cfg(feature = "headers")]
pub mod headers;
mod host;
mod passkey;
mod password;
#[allow(unsafe_code)]
mod raw;
mod recovery;
mod reply;
mod smtp;
mod token;
mod totp;
mod types;

pub use cookie::*;
pub use engine::*;
pub use passkey::*;
pub use password::*;
pub use recovery::*;
pub use smtp::*;
pub use token::*;
pub use totp::*;
pub use types::*;

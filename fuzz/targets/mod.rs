//! One function for each thing that reads what strangers send. They panic where a promise is broken.

mod abi;
mod engine;
mod mail;
mod passkey;
mod text;

pub use engine::{action, attempt, event, request};
pub use mail::smtp;
pub use passkey::passkey;
pub use text::{address, cookie, template};

//! Who is at the door: client addresses, attempt limits, admission.

pub mod admission;
pub mod limits;
pub mod name;
pub mod network;
pub mod origin;
pub mod pace;
pub mod repeats;
pub mod same_site;

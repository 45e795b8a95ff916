//! Who is at the door: client addresses, attempt limits, admission.

pub mod origin;

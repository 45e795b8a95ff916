//! Names from outside, kept as what is written down of them is.

pub use crate::audit::name::{misleads, tidy};

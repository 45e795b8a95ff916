//! Jellyward.
fn main() {}

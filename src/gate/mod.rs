//! The decision: who may have a session, and what proof is still wanted.

pub mod attempt;
pub mod verdict;

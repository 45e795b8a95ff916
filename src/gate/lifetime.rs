//! How long a sign-in waits for its next step, in seconds.

use crate::clock::Seconds;

/// For a factor, or for the enrolment of one.
pub const CHALLENGE: Seconds = 10 * 60;

/// For what is set up once everything is proven: a mail may come late.
pub const SET_UP: Seconds = 20 * 60;

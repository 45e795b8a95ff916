//! The decision: who may have a session, and what proof is still wanted.

pub mod account;
pub mod action;
pub mod answer;
pub mod app;
pub mod app_password;
pub mod armed;
pub mod attempt;
pub mod budget;
pub mod challenge;
pub mod denial;
pub mod direct;
pub mod enrol;
pub mod failure;
pub mod grants;
pub mod guard;
pub mod leftovers;
pub mod lifetime;
pub mod login;
pub mod lost_phone;
pub mod mail_code;
pub mod method;
pub mod mint;
pub mod names;
pub mod pairing;
pub mod passkey;
pub mod policy;
pub mod proof;
pub mod provenance;
pub mod quick_connect;
pub mod requirement;
pub mod resetting;
pub mod restored;
pub mod roll;
pub mod roll_call;
pub mod self_test;
pub mod sessions;
pub mod set_up;
pub mod spent;
pub mod standing;
pub mod step_up;
pub mod tail;
pub mod verdict;
pub mod verify;

use std::sync::Arc;

use crate::clock::Seconds;
use crate::defense::admission::Admission;
use crate::defense::limits::Limits;
use crate::defense::pace::Pace;

/// Resets that everybody together may ask for in a minute, and guess: each asking is a wait for the disk, and that is more
/// than a town forgets.
const MOST_RESETS: u32 = 60;

/// What the gate keeps in memory; everything else is in the store.
pub struct Gate {
    /// Attempts in flight.
    pub limits: Limits,
    /// Password checks in flight.
    pub admission: Arc<Admission>,
    /// Whom names meant.
    pub names: names::Names,
    /// Proven, but not yet minted.
    pub grants: grants::Grants,
    /// Devices that show a Quick Connect code.
    pub quick_connects: quick_connect::QuickConnects,
    /// Passwords that we are setting.
    pub resetting: resetting::Resetting,
    /// Who is there; asked once.
    pub roll_call: roll::RollCall,
    /// How often a reset was asked for.
    pub resets_asked: Pace,
    /// How often a reset was tried to be redeemed that nobody was given.
    pub resets_guessed: Pace,
    /// How often the strength of a password was asked for.
    pub strengths: Pace,
    /// How often somebody began, or answered, a sign-in by a passkey alone.
    pub passkey_sign_ins: Pace,
}

impl Gate {
    /// An empty one.
    pub fn new(now: Seconds) -> Self {
        Self {
            limits: Limits::default(),
            admission: Admission::for_this_machine(),
            names: names::Names::default(),
            grants: grants::Grants::default(),
            quick_connects: quick_connect::QuickConnects::default(),
            resetting: resetting::Resetting::default(),
            roll_call: roll::RollCall::new(now),
            resets_asked: Pace::of_all(MOST_RESETS),
            resets_guessed: Pace::of_all(MOST_RESETS),
            strengths: Pace::default(),
            passkey_sign_ins: Pace::default(),
        }
    }
}

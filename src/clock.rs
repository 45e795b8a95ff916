//! Time and randomness, injected so that tests own both.

use std::time::{SystemTime, UNIX_EPOCH};

use rand::TryRng;
use rand::rngs::SysRng;

/// Seconds since the Unix epoch.
pub type Seconds = i64;

/// Seconds in an hour.
pub const HOUR: Seconds = 60 * 60;

/// Seconds in a day, as far as expiries are concerned.
pub const DAY: Seconds = 24 * HOUR;

/// What was written so far ahead of now, in seconds, was not by a clock that is merely corrected, nor by a thread that read
/// it earlier: the clock ran ahead, and was set back.
pub const CLOCK_SLACK: Seconds = 60;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Seconds;

    /// Does time pass by itself? Where somebody turns the clock by hand, nothing is done behind their back either.
    fn runs(&self) -> bool {
        true
    }
}

/// The machine's own clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Seconds {
        // A clock before 1970 is as good as none: codes then fail, nothing opens.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs().try_into().unwrap_or(Seconds::MAX))
    }
}

/// The operating system gave no randomness; nothing may be made without it.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

/// Makes secrets.
pub trait Randomness: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The operating system's generator.
#[derive(Debug, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        SysRng.try_fill_bytes(bytes).map_err(|_| NoRandomness)
    }
}

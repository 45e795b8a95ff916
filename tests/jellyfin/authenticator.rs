//! Somebody's authenticator app, against the real clock.

use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jellyward::factor::totp::{Parameters, Totp};
use serde_json::Value;

const PERIOD: i64 = 30;
/// So close to the end of a step its predecessor may be gone before the server looks.
const MARGIN: i64 = 8;

/// Gives each step's code once.
pub struct Authenticator {
    totp: Totp,
    /// The last step given away.
    last: i64,
}

impl Authenticator {
    /// From the answer to a started enrolment.
    pub fn read(started: &Value) -> Self {
        let secret = started["secret"].as_str().unwrap_or_else(|| panic!("no secret in {started}"));
        Self::typed(secret)
    }

    /// From the secret as a person types it.
    pub fn typed(secret: &str) -> Self {
        let secret: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
        let secret = data_encoding::BASE32_NOPAD.decode(secret.to_uppercase().as_bytes()).unwrap();
        Self { totp: Totp::new(&secret, Parameters::default()).unwrap(), last: 0 }
    }

    /// A code that was never given before and is right now. The server takes one step back and one ahead, so three
    /// in a row need no waiting.
    pub fn fresh(&mut self) -> String {
        loop {
            let now = now();
            let step = now / PERIOD;
            let previous_is_safe = PERIOD - now % PERIOD > MARGIN;
            let oldest = if previous_is_safe { step - 1 } else { step };
            let next = oldest.max(self.last + 1);
            if next <= step + 1 {
                self.last = next;
                return self.totp.code_at(next * PERIOD);
            }
            thread::sleep(Duration::from_secs(1));
        }
    }

    /// The code given last.
    pub fn last(&self) -> String {
        self.totp.code_at(self.last * PERIOD)
    }

    /// A code that is wrong now and in the next minutes.
    pub fn wrong(&self) -> String {
        let near: Vec<String> = (-2..8).map(|step| self.totp.code_at(now() + step * PERIOD)).collect();
        (0..).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

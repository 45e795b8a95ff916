//! What a sign-in leaves behind at Jellyfin: device, session and activity rows, as an administrator sees them.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::people::Person;
use super::visitor::Visitor;

/// How long to wait for rows that are written behind the answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Rows about one device and one user.
#[derive(Debug, PartialEq, Eq)]
pub struct Traces {
    /// Rows of `/Devices`: each is a token.
    pub devices: usize,
    /// Sessions of that device that belong to somebody.
    pub sessions: usize,
    /// Activity rows about the user, by type.
    pub succeeded: usize,
    pub started: usize,
    pub failed: usize,
}

impl Traces {
    pub const NONE: Self = Self { devices: 0, sessions: 0, succeeded: 0, started: 0, failed: 0 };

    /// Of this device and this person, where nothing is to be. Activity rows are written behind the answer: a moment is
    /// left for those that should not come.
    pub fn of(administrator: &mut Visitor, device_id: &str, person: &Person) -> Self {
        thread::sleep(Duration::from_millis(400));
        Self::now(administrator, device_id, person)
    }

    /// Waits until these are there.
    pub fn come(&self, administrator: &mut Visitor, device_id: &str, person: &Person) {
        let since = Instant::now();
        loop {
            let now = Self::now(administrator, device_id, person);
            if now == *self {
                return;
            }
            if since.elapsed() > PATIENCE {
                assert_eq!(now, *self, "of {device_id}");
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn now(administrator: &mut Visitor, device_id: &str, person: &Person) -> Self {
        let devices = administrator.get("/Devices").expect(200).json();
        let sessions = administrator.get("/Sessions").expect(200).json();
        let activity = administrator.get("/System/ActivityLog/Entries?limit=200").expect(200).json();
        let of_kind = |kind: &str| {
            list(&activity["Items"])
                .iter()
                .filter(|row| row["Type"] == kind && row["Name"].as_str().unwrap_or_default().contains(&person.name))
                .count()
        };
        Self {
            devices: list(&devices["Items"]).iter().filter(|row| row["Id"] == device_id).count(),
            sessions: list(&sessions)
                .iter()
                .filter(|row| row["DeviceId"] == device_id && row["UserName"].is_string())
                .count(),
            succeeded: of_kind("AuthenticationSucceeded"),
            started: of_kind("SessionStarted"),
            failed: of_kind("AuthenticationFailed"),
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

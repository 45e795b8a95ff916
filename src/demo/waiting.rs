//! Devices that wait for Quick Connect's approval (`QuickConnectManager.cs`).

use std::sync::Mutex;

use serde_json::{Value, json};

use super::shapes;
use crate::clock::Seconds;
use crate::gate::attempt::Client;

/// All of them.
#[derive(Default)]
pub struct Waiting(pub Mutex<Vec<Attempt>>);

/// One device.
#[derive(Clone)]
pub struct Attempt {
    pub secret: String,
    pub code: String,
    pub client: Client,
    pub at: Seconds,
    pub session: Option<Value>,
}

impl Attempt {
    /// As Jellyfin tells it to the device.
    pub fn shape(&self) -> Value {
        json!({
            "Authenticated": self.session.is_some(),
            "Secret": self.secret,
            "Code": self.code,
            "DeviceId": self.client.device_id,
            "DeviceName": self.client.device_name,
            "AppName": self.client.app,
            "AppVersion": self.client.version,
            "DateAdded": shapes::time(self.at),
        })
    }
}

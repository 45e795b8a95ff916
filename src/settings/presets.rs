//! What the well-known mail providers want: fills the form, changes nothing by itself.

use serde_json::{Value, json};

/// One provider.
pub struct Preset {
    /// Names its texts: `preset-<id>-label` and `preset-<id>-note`.
    pub id: &'static str,
    host: &'static str,
    port: u16,
}

/// Those the dashboard offers. Security is always what belongs to the port.
pub const PRESETS: &[Preset] = &[
    Preset { id: "gmail", host: "smtp.gmail.com", port: 465 },
    Preset { id: "outlook", host: "smtp.office365.com", port: 587 },
    Preset { id: "fastmail", host: "smtp.fastmail.com", port: 465 },
    Preset { id: "proton", host: "127.0.0.1", port: 1025 },
    Preset { id: "generic", host: "", port: 587 },
];

impl Preset {
    /// The settings it fills in, by key.
    pub fn values(&self) -> Value {
        json!({ "smtp.host": self.host, "smtp.port": self.port, "smtp.security": "auto" })
    }

    /// As the dashboard gets it; `text` gives the text of a message id.
    pub fn describe(&self, text: &dyn Fn(&str) -> String) -> Value {
        let [label, note] = self.message_ids();
        json!({ "id": self.id, "label": text(&label), "note": text(&note), "values": self.values() })
    }

    /// Its texts.
    pub fn message_ids(&self) -> [String; 2] {
        [format!("preset-{}-label", self.id), format!("preset-{}-note", self.id)]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::keys;

    #[test]
    fn every_preset_is_accepted_as_it_is() {
        for preset in PRESETS {
            let values: BTreeMap<String, Value> = serde_json::from_value(preset.values()).unwrap();
            for (key, value) in values {
                assert!(keys::known(&key).unwrap().check(&value).is_ok(), "{}: {key} = {value}", preset.id);
            }
        }
    }
}

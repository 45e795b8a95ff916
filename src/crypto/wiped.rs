//! Values by name, some of them secret: wiped when they go.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroize;

/// A JSON object. Whatever texts are in it when it goes are wiped.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wiped(Map<String, Value>);

impl Wiped {
    /// What is in it, for somebody else to wipe.
    pub fn into_inner(mut self) -> Map<String, Value> {
        std::mem::take(&mut self.0)
    }
}

impl From<Map<String, Value>> for Wiped {
    fn from(values: Map<String, Value>) -> Self {
        Self(values)
    }
}

impl Deref for Wiped {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl DerefMut for Wiped {
    fn deref_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.0
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_wiped_however_deep() {
        let mut value = serde_json::json!({ "pw": "secret", "list": ["secret", { "inner": "secret" }], "number": 7 });
        wipe(&mut value);
        assert_eq!(value, serde_json::json!({ "pw": "", "list": ["", { "inner": "" }], "number": 7 }));
    }
}

//! A text that nobody gets to read again: sealed where it is kept, and shown only as set or not set.

use data_encoding::BASE64;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::error::{Refusal, SettingCode};
use super::kinds::{Held, add_lengths, text_of};
use super::sealing::Sealing;
use crate::crypto::seal::{Place, SealError, Sealer};

/// A secret, sealed; empty for none. What is sealed may be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secret(String);

/// The bounds of a secret.
#[derive(Clone, Copy, Debug)]
pub struct Hidden {
    /// Most characters.
    pub max: usize,
}

impl Secret {
    /// What was typed; none: nothing was.
    pub fn open(&self, key: &str, sealer: &Sealer) -> Result<Option<Zeroizing<String>>, SealError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let sealed = BASE64.decode(self.0.as_bytes()).map_err(|_| SealError::Broken)?;
        let plain = sealer.open(&place(key), &sealed)?;
        let text = str::from_utf8(&plain).map_err(|_| SealError::Broken)?;
        Ok(Some(Zeroizing::new(text.to_owned())))
    }
}

/// The row's name stands in the seal: one setting's secret does not open as another's.
fn place(key: &str) -> Place<'_> {
    Place { table: "settings", column: "value", row: key }
}

impl Held for Secret {
    type Limits = Hidden;

    const KIND: &'static str = "secret";

    /// From the store: sealed, or nothing. Anything else would be a secret in the open.
    fn read(value: &Value, _: &Hidden) -> Result<Self, Refusal> {
        let text = text_of(value)?;
        let sealed = text.is_empty() || BASE64.decode(text.as_bytes()).is_ok();
        if sealed { Ok(Self(text.to_owned())) } else { Err(Refusal::new(SettingCode::WrongType, "set it anew")) }
    }

    fn write(&self) -> Value {
        json!(self.0)
    }

    fn keep(value: &Value, limits: &Hidden, key: &str, sealing: Sealing<'_>) -> Result<Value, Refusal> {
        let text = text_of(value)?;
        if text.chars().take(limits.max + 1).count() > limits.max {
            let detail = format!("give at most {} characters", limits.max);
            return Err(Refusal::new(SettingCode::OutOfRange, detail));
        }
        if text.contains(char::is_control) {
            return Err(Refusal::new(SettingCode::ForbiddenCharacter, "leave out control characters"));
        }
        if text.is_empty() {
            return Ok(json!(""));
        }
        let sealed = sealing
            .sealer
            .seal(&place(key), text.as_bytes(), sealing.randomness)
            .map_err(|error| Refusal::new(SettingCode::NotSealed, error.to_string()))?;
        Ok(json!(BASE64.encode(&sealed)))
    }

    fn show(value: &Value) -> Value {
        json!(value.as_str().is_some_and(|sealed| !sealed.is_empty()))
    }

    fn describe(limits: &Hidden, _message: &str, _text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>) {
        add_lengths(0, limits.max, into);
    }

    fn allowed(limits: &Hidden, text: &dyn Fn(&str) -> String) -> String {
        format!("0 to {} {}", limits.max, text("setting-unit-characters"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;
    use crate::crypto::key::MasterKey;

    const LIMITS: Hidden = Hidden { max: 20 };

    fn kept(sealer: &Sealer, text: &str) -> Result<Value, Refusal> {
        Secret::keep(&json!(text), &LIMITS, "smtp.password", Sealing { sealer, randomness: &SystemRandomness })
    }

    #[test]
    fn what_is_typed_is_sealed_shown_as_set_and_opened_in_its_place_alone() {
        let sealer = Sealer::new(&MasterKey::from_bytes([3; 32]));
        let value = kept(&sealer, " correct horse ").unwrap();
        assert!(!value.to_string().contains("horse"));
        assert_eq!(Secret::show(&value), json!(true));
        let secret = Secret::read(&value, &LIMITS).unwrap();
        assert_eq!(secret.open("smtp.password", &sealer).unwrap().unwrap().as_str(), " correct horse ");
        assert_eq!(secret.open("smtp.other", &sealer).err(), Some(SealError::Broken));
    }

    #[test]
    fn nothing_typed_is_nothing_set() {
        let sealer = Sealer::new(&MasterKey::from_bytes([3; 32]));
        let value = kept(&sealer, "").unwrap();
        assert_eq!(Secret::show(&value), json!(false));
        assert!(Secret::read(&value, &LIMITS).unwrap().open("smtp.password", &sealer).unwrap().is_none());
    }

    #[test]
    fn what_does_not_fit_is_refused_without_being_repeated() {
        let sealer = Sealer::new(&MasterKey::from_bytes([3; 32]));
        for (bad, code) in [
            ("correct horse battery staple", SettingCode::OutOfRange),
            ("correct\r\nhorse", SettingCode::ForbiddenCharacter),
        ] {
            let refusal = kept(&sealer, bad).unwrap_err();
            assert_eq!(refusal.code, code);
            assert!(!refusal.detail.contains("horse"));
        }
        assert!(Secret::read(&json!("correct horse"), &LIMITS).is_err(), "a secret in the open is not read");
    }
}

//! A day on which something happens, or none.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::error::{Refusal, SettingCode};
use super::kinds::{Held, add_lengths, text_of};
use crate::clock::Seconds;

/// Characters of a day: `2026-01-31`.
const LENGTH: usize = 10;

/// A calendar day in UTC (RFC 3339, `full-date`); empty for never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(Option<Date>);

impl Day {
    /// Never.
    pub const fn never() -> Self {
        Self(None)
    }

    /// Its first second.
    pub fn begins(self) -> Option<Seconds> {
        self.0.and_then(|date| date.to_zoned(TimeZone::UTC).ok()).map(|midnight| midnight.timestamp().as_second())
    }
}

impl Held for Day {
    type Limits = ();

    const KIND: &'static str = "text";

    fn read(value: &Value, (): &()) -> Result<Self, Refusal> {
        let text = text_of(value)?.trim();
        if text.is_empty() {
            return Ok(Self(None));
        }
        let date = Some(text).filter(|text| text.len() == LENGTH).and_then(|text| text.parse().ok());
        date.map(|date| Self(Some(date)))
            .ok_or_else(|| Refusal::new(SettingCode::OutOfRange, "write a day as year-month-day, or nothing"))
    }

    fn write(&self) -> Value {
        json!(self.0.map(|date| date.to_string()).unwrap_or_default())
    }

    fn describe((): &(), _message: &str, _text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>) {
        add_lengths(0, LENGTH, into);
    }

    fn allowed((): &(), _text: &dyn Fn(&str) -> String) -> String {
        "`year-month-day`, or empty".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_utc() {
        let read = |text: &str| Day::read(&json!(text), &());
        assert_eq!(read("2025-06-15").unwrap().begins(), Some(1_749_945_600));
        assert_eq!(read(" 2025-06-15 ").unwrap().write(), json!("2025-06-15"));
        assert_eq!(read("").unwrap().begins(), None);
        for bad in ["2025-6-15", "15.06.2025", "2025-02-30", "tomorrow", "2025-06-15T00:00"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}

//! The types a setting can have.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::{Map, Value, json};

use super::error::{Refusal, SettingCode};
use super::sealing::Sealing;

/// A type that a setting can hold.
pub trait Held: Sized + 'static {
    /// What a declaration adds to the type.
    type Limits: Sync;

    /// The type's name in the JSON API.
    const KIND: &'static str;

    /// Reads and checks a value from outside.
    fn read(value: &Value, limits: &Self::Limits) -> Result<Self, Refusal>;

    /// The value in its one normal form.
    fn write(&self) -> Value;

    /// The form in which a value from outside is kept: its normal form, or for a secret that form sealed.
    fn keep(value: &Value, limits: &Self::Limits, _key: &str, _sealing: Sealing<'_>) -> Result<Value, Refusal> {
        Ok(Self::read(value, limits)?.write())
    }

    /// What others get to see of a kept value.
    fn show(value: &Value) -> Value {
        value.clone()
    }

    /// What the text of an environment variable stands for; [`Held::read`] judges it.
    fn from_text(text: &str) -> Value {
        json!(text)
    }

    /// Adds what a form needs to know beyond the type's name. `message` is the stem of the setting's message ids.
    fn describe(_: &Self::Limits, _message: &str, _text: &dyn Fn(&str) -> String, _into: &mut Map<String, Value>) {}

    /// What is allowed, for the documentation.
    fn allowed(limits: &Self::Limits, text: &dyn Fn(&str) -> String) -> String;

    /// The values on offer; empty unless a choice.
    fn choices() -> Vec<String> {
        Vec::new()
    }
}

/// The text that a value from outside has to be.
pub(super) fn text_of(value: &Value) -> Result<&str, Refusal> {
    value.as_str().ok_or_else(|| Refusal::new(SettingCode::WrongType, "give a text"))
}

/// What a text stands for that may be left empty; `code` is what a text that stands for nothing is refused by.
pub(super) fn parsed_of<T>(value: &Value, code: SettingCode) -> Result<Option<T>, Refusal>
where
    T: FromStr<Err: Display>,
{
    match text_of(value)?.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|error: T::Err| Refusal::new(code, error.to_string())),
    }
}

/// How long a text may be, for a form.
pub(super) fn add_lengths(min: usize, max: usize, into: &mut Map<String, Value>) {
    into.insert("min".to_owned(), json!(min));
    into.insert("max".to_owned(), json!(max));
}

impl Held for bool {
    type Limits = ();

    const KIND: &'static str = "bool";

    fn read(value: &Value, (): &()) -> Result<Self, Refusal> {
        value.as_bool().ok_or_else(|| Refusal::new(SettingCode::WrongType, "give true or false"))
    }

    fn write(&self) -> Value {
        json!(self)
    }

    fn from_text(text: &str) -> Value {
        match text {
            "true" => json!(true),
            "false" => json!(false),
            other => json!(other),
        }
    }

    fn allowed((): &(), _text: &dyn Fn(&str) -> String) -> String {
        "`true`, `false`".to_owned()
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Characters of a text.
    Characters,
    /// Days.
    Days,
    /// Minutes.
    Minutes,
    /// Points of a score.
    Points,
    /// Ports of TCP, by their number.
    Port,
    /// Seconds.
    Seconds,
    /// Sessions.
    Sessions,
    /// Tries at signing in.
    Tries,
}

impl Unit {
    /// Every unit.
    pub const ALL: &'static [Self] = &[
        Self::Characters,
        Self::Days,
        Self::Minutes,
        Self::Points,
        Self::Port,
        Self::Seconds,
        Self::Sessions,
        Self::Tries,
    ];

    /// The message that names it.
    pub fn message(self) -> &'static str {
        match self {
            Self::Characters => "setting-unit-characters",
            Self::Days => "setting-unit-days",
            Self::Minutes => "setting-unit-minutes",
            Self::Points => "setting-unit-points",
            Self::Port => "setting-unit-port",
            Self::Seconds => "setting-unit-seconds",
            Self::Sessions => "setting-unit-sessions",
            Self::Tries => "setting-unit-tries",
        }
    }
}

/// The bounds of a number, both included.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Smallest value.
    pub min: u32,
    /// Largest value.
    pub max: u32,
    /// What is counted.
    pub unit: Unit,
}

impl Held for u32 {
    type Limits = Range;

    const KIND: &'static str = "integer";

    fn read(value: &Value, range: &Range) -> Result<Self, Refusal> {
        // A negative or huge whole number is of the right type but out of range.
        let number = match (value.as_u64(), value.as_i64()) {
            (Some(number), _) => u32::try_from(number).ok(),
            (None, Some(_)) => None,
            (None, None) => return Err(Refusal::new(SettingCode::WrongType, "give a whole number")),
        };
        number.filter(|number| (range.min..=range.max).contains(number)).ok_or_else(|| {
            let detail = format!("give a number from {} to {}", range.min, range.max);
            Refusal::new(SettingCode::OutOfRange, detail)
        })
    }

    fn write(&self) -> Value {
        json!(self)
    }

    fn from_text(text: &str) -> Value {
        text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
    }

    fn describe(range: &Range, _message: &str, text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>) {
        into.insert("min".to_owned(), json!(range.min));
        into.insert("max".to_owned(), json!(range.max));
        into.insert("unit".to_owned(), json!(text(range.unit.message())));
    }

    fn allowed(range: &Range, text: &dyn Fn(&str) -> String) -> String {
        format!("{} to {} {}", range.min, range.max, text(range.unit.message()))
    }
}

/// The bounds of a text.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
    /// Characters that may not stand in it.
    pub forbidden: fn(char) -> bool,
}

impl Held for String {
    type Limits = Text;

    const KIND: &'static str = "text";

    fn read(value: &Value, limits: &Text) -> Result<Self, Refusal> {
        let text = text_of(value)?.trim();
        let length = text.chars().take(limits.max + 1).count();
        if !(limits.min..=limits.max).contains(&length) {
            let detail = format!("give {} to {} characters", limits.min, limits.max);
            return Err(Refusal::new(SettingCode::OutOfRange, detail));
        }
        if text.contains(limits.forbidden) {
            return Err(Refusal::new(SettingCode::ForbiddenCharacter, "it holds a character that cannot stand there"));
        }
        Ok(text.to_owned())
    }

    fn write(&self) -> Value {
        json!(self)
    }

    fn describe(limits: &Text, _message: &str, _text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>) {
        add_lengths(limits.min, limits.max, into);
    }

    fn allowed(limits: &Text, text: &dyn Fn(&str) -> String) -> String {
        format!("{} to {} {}", limits.min, limits.max, text("setting-unit-characters"))
    }
}

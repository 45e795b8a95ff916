//! Settings that take one of a few values. Their serde names are what is stored, shown and documented.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::{Refusal, SettingCode};
use super::kinds::{Held, text_of};

/// One of a few values; each has the text `setting-<key>-choice-<value>`.
pub trait Choice: Copy + Serialize + DeserializeOwned + 'static {
    /// Every value, in the order in which they are offered.
    const ALL: &'static [Self];
}

/// Who must have a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Required {
    /// Whoever wants one.
    Nobody,
    /// Accounts with Jellyfin's administrator right.
    Administrators,
    /// Every account.
    Everybody,
}

impl Choice for Required {
    const ALL: &'static [Self] = &[Self::Nobody, Self::Administrators, Self::Everybody];
}

/// What another plugin's sign-in is worth for a protected account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OtherPlugins {
    /// Nothing: refused, and the log names the caller.
    Refuse,
    /// As much as a second factor; recorded.
    Accept,
}

impl Choice for OtherPlugins {
    const ALL: &'static [Self] = &[Self::Refuse, Self::Accept];
}

/// Whether people are asked for an e-mail address when they sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EmailWanted {
    /// Not asked: whoever likes sets one.
    Off,
    /// Asked, and may be left out.
    Optional,
    /// Asked, and no browser signs in without.
    Required,
}

impl Choice for EmailWanted {
    const ALL: &'static [Self] = &[Self::Off, Self::Optional, Self::Required];
}

/// How the connection to the mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MailSecurity {
    /// TLS, in the way that belongs to the port.
    Auto,
    /// STARTTLS, or nothing is sent.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all.
    None,
}

impl Choice for MailSecurity {
    const ALL: &'static [Self] = &[Self::Auto, Self::Starttls, Self::Tls, Self::None];
}

/// What a message about a forgotten password holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResetMessage {
    /// A code, for the page that asked.
    Code,
    /// A link to the page where a password is chosen.
    Link,
    /// Both.
    Both,
}

impl Choice for ResetMessage {
    const ALL: &'static [Self] = &[Self::Both, Self::Code, Self::Link];
}

/// What Jellyfin's own dialog for a forgotten password does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResetDialog {
    /// Mails a PIN that it takes.
    Pin,
    /// Mails a link to the page where a password is chosen.
    Link,
    /// Mails a link that makes a PIN the password.
    PinLink,
    /// What it does without us: a file on the server.
    Stock,
}

impl Choice for ResetDialog {
    const ALL: &'static [Self] = &[Self::Pin, Self::Link, Self::PinLink, Self::Stock];
}

/// The language of pages and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// Whichever of ours the browser likes best.
    Auto,
    /// English.
    En,
}

impl Language {
    /// The language tag everybody gets; none: as the browser asks.
    pub fn tag(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::En => Some("en"),
        }
    }
}

impl Choice for Language {
    const ALL: &'static [Self] = &[Self::Auto, Self::En];
}

impl<T: Choice> Held for T {
    type Limits = ();

    const KIND: &'static str = "choice";

    fn read(value: &Value, (): &()) -> Result<Self, Refusal> {
        text_of(value)?;
        T::deserialize(value).map_err(|_| {
            let detail = format!("give one of {}", Self::choices().join(", "));
            Refusal::new(SettingCode::NotAChoice, detail)
        })
    }

    fn write(&self) -> Value {
        json!(self)
    }

    fn describe((): &(), message: &str, text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>) {
        let choices: Vec<Value> = Self::choices()
            .into_iter()
            .map(|value| json!({"label": text(&format!("{message}-choice-{value}")), "value": value}))
            .collect();
        into.insert("choices".to_owned(), Value::Array(choices));
    }

    fn allowed((): &(), _text: &dyn Fn(&str) -> String) -> String {
        let quoted: Vec<String> = Self::choices().iter().map(|value| format!("`{value}`")).collect();
        quoted.join(", ")
    }

    fn choices() -> Vec<String> {
        T::ALL.iter().filter_map(|value| json!(value).as_str().map(str::to_owned)).collect()
    }
}

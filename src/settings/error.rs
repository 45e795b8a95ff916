//! Why a value is not accepted.

use thiserror::Error;

/// The stable name of a reason; goes to clients as the problem's `code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingCode {
    /// No setting has that key.
    Unknown,
    /// Set by file or environment; only there can it be changed.
    Locked,
    /// Not of the setting's type.
    WrongType,
    /// A number outside its range, or a text or list too short or too long.
    OutOfRange,
    /// Not one of the values on offer.
    NotAChoice,
    /// A text with a character that may not stand there.
    ForbiddenCharacter,
    /// Not `scheme://host[:port]`.
    NotAnOrigin,
    /// Not one e-mail address.
    NotAnAddress,
    /// Not certificates as PEM.
    NotCertificates,
    /// Not the path of a list of passwords that can be read.
    NotAList,
    /// A secret that could not be sealed, and so is not kept.
    NotSealed,
    /// Good by itself, but not together with another setting.
    DoesNotFit,
}

impl SettingCode {
    /// As it stands in an answer, as the `reason`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_setting",
            Self::Locked => "setting_locked",
            Self::WrongType => "wrong_type",
            Self::OutOfRange => "out_of_range",
            Self::NotAChoice => "not_a_choice",
            Self::ForbiddenCharacter => "forbidden_character",
            Self::NotAnOrigin => "not_an_origin",
            Self::NotAnAddress => "not_an_address",
            Self::NotCertificates => "not_certificates",
            Self::NotAList => "not_a_list",
            Self::NotSealed => "not_sealed",
            Self::DoesNotFit => "does_not_fit",
        }
    }
}

/// A value that is not accepted, and why. Never carries the value itself: it is hostile text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("setting {field}: {detail}")]
pub struct SettingError {
    /// The setting's key, or the unknown key cut to 64 characters.
    pub field: String,
    /// The reason's stable name.
    pub code: SettingCode,
    /// What would be right, in English, for the log.
    pub detail: String,
}

/// A reason without the setting it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub(super) code: SettingCode,
    pub(super) detail: String,
}

impl Refusal {
    pub(super) fn new(code: SettingCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    pub(super) fn of(self, key: &str) -> SettingError {
        SettingError { field: printable(key), code: self.code, detail: self.detail }
    }
}

/// At most 64 characters of a key from outside, fit for a log line.
fn printable(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(64).collect()
}

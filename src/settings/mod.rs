//! Every setting, declared once.
//!
//! One line in [`keys`] is the whole of a setting: its type, default, range, unit and who may change it. The
//! dashboard's page and its JSON, validation, overrides by file or environment, `docs/settings.md` and the test that
//! every switch does something are all made from that line. To add a setting, add the constant, name it in
//! [`keys::ALL`], write its texts (`setting-<key>-label`, `-help`) and a test `setting_<key>_does_something`.
//!
//! Nothing here reads a store: rows come in, an immutable [`Settings`] comes out.

mod address;
mod certificates;
mod choice;
mod day;
mod declaration;
mod describe;
mod error;
mod kinds;
mod origins;
mod overrides;
mod presets;
mod public_url;
mod sealing;
mod secret;
mod snapshot;

pub mod keys;

pub use address::{InvalidMailAddress, LONGEST_ADDRESS, MailAddress};
pub use certificates::{Certificates, InvalidCertificates, LONGEST_CERTIFICATES};
pub use choice::{Choice, EmailWanted, Language, MailSecurity, OtherPlugins, Required, ResetDialog, ResetMessage};
pub use day::Day;
pub use declaration::{Declared, Setting, Who};
pub use describe::{markdown, message_ids};
pub use error::{SettingCode, SettingError};
pub use kinds::{Held, Range, Text, Unit};
pub use origins::{InvalidOrigin, LONGEST_HOST, MOST_ORIGINS, WebOrigin};
pub use overrides::{LockedBy, OVERRIDES_FILE, Overrides, OverridesError};
pub use public_url::{InvalidPublicUrl, PublicUrl};
pub use sealing::Sealing;
pub use secret::{Hidden, Secret};
pub use snapshot::Settings;

#[cfg(test)]
mod tests;

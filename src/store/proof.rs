//! How a session was proven, as it is kept with the session, and with a challenge that holds one back.

use rusqlite::types::ValueRef;
use serde::{Serialize, Serializer};

use super::StoreError;

/// The kinds of proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Password and factor, or everything the account could be asked for at that time plus a factor since.
    Full,
    /// A passkey alone, its authenticator knowing its user.
    Passkey,
    /// A password only: the account had no factor.
    Password,
    /// A password, in a browser that was spared the factor because the account trusts it.
    TrustedBrowser,
    /// Quick Connect, approved from a fully proven session of the same account, or for an unprotected account.
    QuickConnect,
    /// An app password.
    AppPassword,
    /// A one-time word, typed as the password.
    Word,
    /// A right password from a device that the owner approved.
    Paired,
    /// Another plugin's sign-in.
    OtherPlugin,
    /// Made before installation, or forgotten in a crash; known of because a proof was given inside it.
    Legacy,
}

impl Proof {
    /// All of them.
    pub(super) const ALL: [Self; 10] = [
        Self::Full,
        Self::Passkey,
        Self::Password,
        Self::TrustedBrowser,
        Self::QuickConnect,
        Self::AppPassword,
        Self::Word,
        Self::Paired,
        Self::OtherPlugin,
        Self::Legacy,
    ];

    /// Everything the account can ask for was proven when the session was made.
    pub fn is_full(self) -> bool {
        match self {
            Self::Full | Self::Passkey => true,
            Self::Password
            | Self::TrustedBrowser
            | Self::QuickConnect
            | Self::AppPassword
            | Self::Word
            | Self::Paired
            | Self::OtherPlugin
            | Self::Legacy => false,
        }
    }

    /// Was the session opened by whoever knows the password, or holds a passkey? An app password, a word, an approval
    /// from elsewhere are handed to devices, and what nobody wrote down may be anything: such a session plays, and
    /// changes nothing of a protected account.
    pub fn opened_in_person(self) -> bool {
        match self {
            Self::Full | Self::Passkey | Self::Password | Self::TrustedBrowser | Self::Paired | Self::OtherPlugin => {
                true
            }
            Self::QuickConnect | Self::AppPassword | Self::Word | Self::Legacy => false,
        }
    }

    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Passkey => "passkey",
            Self::Password => "password",
            Self::TrustedBrowser => "trusted_browser",
            Self::QuickConnect => "quick_connect",
            Self::AppPassword => "app_password",
            Self::Word => "word",
            Self::Paired => "paired",
            Self::OtherPlugin => "other_plugin",
            Self::Legacy => "legacy",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.column() == text)
    }

    /// Of a session. One that cannot be read counts like one of which nobody knows: it stays in the list, can be ended,
    /// and proves nothing.
    pub(super) fn of_session(column: ValueRef<'_>) -> Self {
        column.as_str().ok().and_then(Self::parse).unwrap_or(Self::Legacy)
    }

    /// Of a challenge. One that cannot be read is not met; it lapses soon, and the next sign-in gets another.
    pub(super) fn of_challenge(column: ValueRef<'_>) -> Result<Option<Self>, StoreError> {
        let unknown = || StoreError::row("challenges");
        let Some(text) = column.as_str_or_null().map_err(|_| unknown())? else { return Ok(None) };
        Self::parse(text).map(Some).ok_or_else(unknown)
    }
}

/// As it is stored.
impl Serialize for Proof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.column())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proof_is_read_as_it_was_stored_and_nothing_else_is() {
        for (at, proof) in Proof::ALL.into_iter().enumerate() {
            assert_eq!(proof as usize, at, "all of them, in their order");
            let stored = ValueRef::Text(proof.column().as_bytes());
            assert_eq!(Proof::of_session(stored), proof);
            assert_eq!(Proof::of_challenge(stored).unwrap(), Some(proof));
            assert!(proof.opened_in_person() || !proof.is_full(), "{proof:?}");
        }
        assert_eq!(Proof::ALL.len(), Proof::Legacy as usize + 1);
        assert_eq!(Proof::of_challenge(ValueRef::Null).unwrap(), None);
        let unknown = [&b"telepathy"[..], b"", b"Full", b"\xff"].map(ValueRef::Text);
        for stored in unknown.into_iter().chain([ValueRef::Blob(b"full"), ValueRef::Integer(1)]) {
            assert_eq!(Proof::of_session(stored), Proof::Legacy, "{stored:?}");
            assert!(Proof::of_challenge(stored).is_err(), "{stored:?}");
        }
    }
}

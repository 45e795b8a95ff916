//! The ways to prove who somebody is.

use serde::{Deserialize, Serialize};

/// By what somebody proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// A code from an authenticator app.
    Totp,
    /// A recovery code.
    Recovery,
    /// A passkey.
    Passkey,
    /// The account's own password; only where no factor is enrolled.
    Password,
    /// A code sent to the account's verified address: the weakest of the factors.
    Email,
}

impl Method {
    /// The method of that name, as it is sent.
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    /// A few digits that can be guessed: what is wrong spends the account's budget of wrong codes.
    pub fn guessable(self) -> bool {
        matches!(self, Self::Totp | Self::Email)
    }
}

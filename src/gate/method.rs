//! The ways to prove who somebody is.

use serde::Serialize;

/// By what somebody proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
    /// A few digits that can be guessed: what is wrong spends the account's budget of wrong codes.
    pub fn guessable(self) -> bool {
        matches!(self, Self::Totp | Self::Email)
    }
}

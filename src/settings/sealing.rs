//! What seals the settings that nobody gets to read again.

use crate::clock::Randomness;
use crate::crypto::seal::Sealer;

/// What seals a secret on its way into the settings.
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    /// With the engine's key.
    pub sealer: &'a Sealer,
    /// For the nonce.
    pub randomness: &'a dyn Randomness,
}

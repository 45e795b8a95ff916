//! Bearer tokens: 256 random bits, handed out once, stored as a hash.

use data_encoding::BASE64URL_NOPAD;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::mac;
use crate::clock::{NoRandomness, Randomness};

/// Random bytes in a token.
const TOKEN_BYTES: usize = 32;

/// A token's text.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Token(String);

impl Token {
    /// Makes a new one.
    pub fn generate(randomness: &dyn Randomness) -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        randomness.fill(bytes.as_mut_slice())?;
        Ok(Self(BASE64URL_NOPAD.encode(bytes.as_slice())))
    }

    /// The text to hand out.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is stored of a token: SHA-256 of its text. It has 256 random bits, so a fast hash is enough.
pub fn hash(text: &str) -> [u8; mac::DIGEST_BYTES] {
    mac::sha256(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;

    #[test]
    fn is_256_bits_of_url_safe_text() {
        let (one, two) = (Token::generate(&SystemRandomness).unwrap(), Token::generate(&SystemRandomness).unwrap());
        assert_eq!(BASE64URL_NOPAD.decode(one.as_str().as_bytes()).unwrap().len(), TOKEN_BYTES);
        assert_ne!(one.as_str(), two.as_str());
    }

    #[test]
    fn one_character_off_is_another_hash() {
        let token = Token::generate(&SystemRandomness).unwrap();
        assert_eq!(hash(token.as_str()), hash(token.as_str()));
        for other in [format!("{}=", token.as_str()), format!(" {}", token.as_str()), token.as_str()[1..].to_owned()] {
            assert_ne!(hash(token.as_str()), hash(&other));
        }
    }
}

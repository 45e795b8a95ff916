//! Codes of digits that are sent to somebody: drawn evenly, forgiving on entry.

use zeroize::Zeroizing;

use crate::clock::{NoRandomness, Randomness};

/// Draws `COUNT` digits (at most 9), every number equally likely.
pub fn draw<const COUNT: usize>(randomness: &dyn Randomness) -> Result<Zeroizing<String>, NoRandomness> {
    let many = 10u32.pow(COUNT as u32);
    // Beyond the last whole multiple some numbers would come more often.
    let even = u32::MAX - u32::MAX % many;
    loop {
        let mut bytes = Zeroizing::new([0; 4]);
        randomness.fill(bytes.as_mut_slice())?;
        let drawn = u32::from_le_bytes(*bytes);
        if drawn < even {
            return Ok(Zeroizing::new(format!("{:0COUNT$}", drawn % many)));
        }
    }
}

/// The `COUNT` digits behind what was typed, or none when it is anything else. Blanks and hyphens do not matter.
pub fn normalise<const COUNT: usize>(typed: &str) -> Option<Zeroizing<String>> {
    let mut digits = Zeroizing::new(String::with_capacity(COUNT));
    for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        if !c.is_ascii_digit() || digits.len() == COUNT {
            return None;
        }
        digits.push(c);
    }
    (digits.len() == COUNT).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;
    use std::sync::Mutex;

    struct Scripted(Mutex<Vec<u32>>);

    impl Randomness for Scripted {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            bytes.copy_from_slice(&self.0.lock().unwrap().remove(0).to_le_bytes());
            Ok(())
        }
    }

    #[test]
    fn has_its_length_with_its_zeroes() {
        assert_eq!(draw::<6>(&Scripted(Mutex::new(vec![42]))).unwrap().as_str(), "000042");
        assert_eq!(draw::<8>(&SystemRandomness).unwrap().len(), 8);
    }

    #[test]
    fn what_would_favour_small_numbers_is_drawn_again() {
        // 4,294 whole millions; the rest would favour numbers below 967,296.
        let drawn = draw::<6>(&Scripted(Mutex::new(vec![4_294_000_000, u32::MAX, 4_293_999_999]))).unwrap();
        assert_eq!(drawn.as_str(), "999999");
    }

    #[test]
    fn entry_forgives_blanks_and_hyphens_only() {
        assert_eq!(normalise::<6>(" 123-456 ").unwrap().as_str(), "123456");
        for bad in ["12345", "1234567", "12345a", "-12345", "１２３４５６", ""] {
            assert!(normalise::<6>(bad).is_none(), "{bad}");
        }
    }
}

//! The code behind the password, in the stock login box: `password 123456`, also without the space.
//!
//! Only a tail that is a right code for this account at this moment is peeled off; whatever is left goes to the
//! one password check. So an account whose real password ends in six digits still gets in.

use crate::clock::Seconds;
use crate::context::Context;
use crate::factor::recovery;
use crate::gate::denial::Denial;
use crate::gate::proof::{self, Spend};
use crate::gate::standing::Standing;
use crate::host::AccountId;
use crate::store::factors;

/// A password box, read.
pub struct Typed<'a> {
    /// What goes to the password check.
    pub password: &'a str,
    /// The right code that stood behind it; spent only once the password proved right.
    pub code: Option<Spend>,
    /// The tail was compared with codes: a failure counts against the account's budget of guesses.
    pub guessed: bool,
}

/// Reads what was typed; `open` says whether codes are compared at all. The work done is the same whether the tail is
/// right or not.
pub fn read<'a>(
    cx: &Context,
    account: &AccountId,
    standing: &Standing,
    typed: &'a str,
    open: bool,
) -> Result<Typed<'a>, Denial> {
    let mut read = Typed { password: typed, code: None, guessed: false };
    for factor in &standing.factors {
        let totp = proof::authenticator(cx, factor)?;
        let Some((password, code)) = split_digits(typed, totp.digits()) else { continue };
        read.guessed = open;
        let now: Seconds = cx.now();
        if let Some(step) = totp.matching_step(code, now).filter(|_| open) {
            read.password = password;
            read.code = Some(Spend::totp(factor.id, step, totp.step(now).unwrap_or(0)));
        }
    }
    if read.code.is_none()
        && standing.protected()
        && let Some((start, normalised)) = recovery::tail(typed)
    {
        let hash = recovery::hash(&cx.keys.recovery, account, &normalised);
        if cx.store.read(|tx| factors::has_recovery_code(tx, account, &hash))? {
            read.password = without_separator(&typed[..start]);
            read.code = Some(Spend::Recovery { hash });
        }
    }
    Ok(read)
}

/// Splits off exactly so many digits at the end, and one space before them.
fn split_digits(typed: &str, digits: u8) -> Option<(&str, &str)> {
    let start = typed.len().checked_sub(usize::from(digits))?;
    let code = typed.get(start..)?;
    code.bytes().all(|byte| byte.is_ascii_digit()).then(|| (without_separator(&typed[..start]), code))
}

fn without_separator(password: &str) -> &str {
    password.strip_suffix(' ').unwrap_or(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_split_off_with_at_most_one_space() {
        assert_eq!(split_digits("secret 123456", 6), Some(("secret", "123456")));
        assert_eq!(split_digits("secret123456", 6), Some(("secret", "123456")));
        assert_eq!(split_digits("secret  123456", 6), Some(("secret ", "123456")));
        assert_eq!(split_digits("123456", 6), Some(("", "123456")));
        assert_eq!(split_digits("12345", 6), None);
        assert_eq!(split_digits("secret12345x", 6), None);
        assert_eq!(split_digits("ſecret１２３４５６", 6), None);
    }
}

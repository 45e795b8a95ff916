//! The texts we bring: one file for each kind in each language. Its first line is the subject; behind an empty line
//! follows the text, from which the HTML is made, too.

use super::kind::Kind;
use super::template::Part;

/// The texts of one language.
struct Language {
    tag: &'static str,
    /// Stands on a button, before the name of the server it leads to.
    button: &'static str,
    of: fn(Kind) -> &'static str,
}

/// English stands first: it is what everybody gets whose language we do not have.
const LANGUAGES: &[Language] = &[Language { tag: "en", button: include_str!("en/button.txt"), of: english }];

fn english(kind: Kind) -> &'static str {
    match kind {
        Kind::AddressCode => include_str!("en/address_code.txt"),
        Kind::AddressInUse => include_str!("en/address_in_use.txt"),
        Kind::AddressChanged => include_str!("en/address_changed.txt"),
        Kind::AddressRestored => include_str!("en/address_restored.txt"),
        Kind::SignInCode => include_str!("en/sign_in_code.txt"),
        Kind::StepUpCode => include_str!("en/step_up_code.txt"),
        Kind::Reset => include_str!("en/reset.txt"),
        Kind::ResetWithoutCode => include_str!("en/reset_without_code.txt"),
        Kind::ResetPin => include_str!("en/reset_pin.txt"),
        Kind::ResetPinLink => include_str!("en/reset_pin_link.txt"),
        Kind::ResetElsewhere => include_str!("en/reset_elsewhere.txt"),
        Kind::PasswordReset => include_str!("en/password_reset.txt"),
        Kind::PasswordChanged => include_str!("en/password_changed.txt"),
        Kind::FactorAdded => include_str!("en/factor_added.txt"),
        Kind::FactorRemoved => include_str!("en/factor_removed.txt"),
        Kind::RecoveryCodeUsed => include_str!("en/recovery_code_used.txt"),
        Kind::AppPasswordMade => include_str!("en/app_password_made.txt"),
        Kind::Unlocked => include_str!("en/unlocked.txt"),
        Kind::TrustEnded => include_str!("en/trust_ended.txt"),
        Kind::RecoveryCodesRenewed => include_str!("en/recovery_codes_renewed.txt"),
        Kind::PhoneLost => include_str!("en/phone_lost.txt"),
        Kind::SessionsEnded => include_str!("en/sessions_ended.txt"),
        Kind::RuleChanged => include_str!("en/rule_changed.txt"),
        Kind::PasskeyCopied => include_str!("en/passkey_copied.txt"),
    }
}

/// The tags of the languages we have.
pub fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|language| language.tag)
}

/// The language in which messages go out, by the owner's choice; as long as that is none, nobody knows how the
/// recipient reads, and it is English.
pub fn language(owners: Option<&str>) -> &'static str {
    languages().find(|tag| Some(*tag) == owners).unwrap_or(LANGUAGES[0].tag)
}

fn of(language: &str) -> &'static Language {
    LANGUAGES.iter().find(|one| one.tag == language).unwrap_or(&LANGUAGES[0])
}

/// What stands on a button, before the name of the server it leads to.
pub(super) fn button(language: &str) -> &'static str {
    of(language).button.trim_end()
}

/// Our template. There is none for HTML: that is made of the text.
pub fn template(kind: Kind, language: &str, part: Part) -> &'static str {
    let (subject, text) = (of(language).of)(kind).split_once("\n\n").unwrap_or_default();
    match part {
        Part::Subject => subject,
        Part::Text => text.trim_end(),
        Part::Html => "",
    }
}

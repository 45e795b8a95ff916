//! What an account is asked for beside its password.

use crate::clock::{DAY, Seconds};
use crate::gate::standing::Standing;
use crate::host::UserFacts;
use crate::settings::{Required, Settings, keys};
use crate::store::accounts::Rule;

/// What must be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The password is enough.
    Nothing,
    /// A proof by an enrolled factor.
    Factor,
    /// A factor must be enrolled first.
    Enrolment {
        /// A password alone does not do: an administrator's one-time word or a recovery code is wanted too.
        needs_word: bool,
    },
}

/// Must this account have a factor?
pub fn required(settings: &Settings, rule: Rule, administrator: bool) -> bool {
    match rule {
        Rule::Required => true,
        Rule::Exempt => false,
        Rule::Default => match settings.get(&keys::POLICY_REQUIRED) {
            Required::Everybody => true,
            Required::Administrators => administrator,
            Required::Nobody => false,
        },
    }
}

/// What this account is asked for, from a browser that is known or is not.
pub fn need(settings: &Settings, standing: &Standing, facts: &UserFacts, known_browser: bool, now: Seconds) -> Need {
    if standing.protected() {
        return Need::Factor;
    }
    if !standing.account.must_enrol && !required(settings, standing.account.rule, facts.administrator) {
        return Need::Nothing;
    }
    let leave = !standing.account.had_factor && (known_browser || in_grace(settings, standing, now));
    Need::Enrolment { needs_word: !leave }
}

/// The dated grace period: a password alone may enrol until so many days after the requirement, or the account, came.
fn in_grace(settings: &Settings, standing: &Standing, now: Seconds) -> bool {
    let demanded = match standing.account.rule {
        Rule::Required => standing.account.ruled_at,
        _ => standing.required_since,
    };
    let days = Seconds::from(settings.get(&keys::POLICY_GRACE_DAYS));
    now < demanded.max(standing.account.first_seen) + days * DAY
}

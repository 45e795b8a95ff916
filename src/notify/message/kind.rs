//! The occasions, and what stands in the message of each.

/// On what occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A new address is to be verified: [`Variable::Code`], `Minutes`.
    AddressCode,
    /// Somebody entered an address that another account has: `Address`.
    AddressInUse,
    /// To the old address: it was replaced. `Link` undoes it for `Hours`.
    AddressChanged,
    /// To both addresses: the old one was put back, and everything was signed out: `Address`.
    AddressRestored,
    /// The code by which a sign-in is finished: `Code`, `Minutes`, `Device`, `Network`.
    SignInCode,
    /// The code by which a change is confirmed: `Code`, `Minutes`.
    StepUpCode,
    /// A forgotten password: `Code` or `Link` or both, `Minutes` (of the code, where there is one).
    Reset,
    /// The same where codes are off for a while, because too many wrong ones were typed: `Link` and `Minutes`, if any.
    ResetWithoutCode,
    /// A forgotten password, asked for in Jellyfin's own dialog: `Pin`, `Minutes`.
    ResetPin,
    /// The same, with a `Link` that makes the PIN the password: `Pin`, `Minutes`.
    ResetPinLink,
    /// A forgotten password that Jellyfin does not keep: another service does.
    ResetElsewhere,
    /// The password was reset.
    PasswordReset,
    /// The password was changed.
    PasswordChanged,
    /// A factor was added.
    FactorAdded,
    /// A factor was removed.
    FactorRemoved,
    /// A recovery code was used: `Left`.
    RecoveryCodeUsed,
    /// An app password was made.
    AppPasswordMade,
    /// The unlock file was used.
    Unlocked,
    /// An old value of a trusted browser's cookie came back.
    TrustEnded,
    /// Recovery codes were replaced.
    RecoveryCodesRenewed,
    /// The phone was reported lost: everything was ended and taken away.
    PhoneLost,
    /// Whoever runs the server ended sessions.
    SessionsEnded,
    /// Whoever runs the server changed whether a second factor is asked for.
    RuleChanged,
    /// A passkey came back with an older counter: it may have been copied.
    PasskeyCopied,
}

/// What stands in a message. All of it is hostile text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variable {
    /// A code to be typed.
    Code,
    /// A PIN for Jellyfin's own dialog.
    Pin,
    /// A link to follow.
    Link,
    /// For how many minutes code, PIN or link are good.
    Minutes,
    /// For how many hours a link is good.
    Hours,
    /// An e-mail address.
    Address,
    /// The app and device somebody signs in with.
    Device,
    /// The network address it comes from.
    Network,
    /// How many are left.
    Left,
    /// The user's name; every message has it, from [`super::Message::user`].
    User,
    /// What the owner calls the server; every message has it, from the settings.
    Server,
}

/// What every message has, whoever sends it.
const ALWAYS: [Variable; 2] = [Variable::User, Variable::Server];

impl Kind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: &[Self] = &[
        Self::AddressCode,
        Self::AddressInUse,
        Self::AddressChanged,
        Self::AddressRestored,
        Self::SignInCode,
        Self::StepUpCode,
        Self::Reset,
        Self::ResetWithoutCode,
        Self::ResetPin,
        Self::ResetPinLink,
        Self::ResetElsewhere,
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::RecoveryCodeUsed,
        Self::AppPasswordMade,
        Self::Unlocked,
        Self::TrustEnded,
        Self::RecoveryCodesRenewed,
        Self::PhoneLost,
        Self::SessionsEnded,
        Self::RuleChanged,
        Self::PasskeyCopied,
    ];

    /// In a word: in the store, in the API, for the owner's eye.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressCode => "address_code",
            Self::AddressInUse => "address_in_use",
            Self::AddressChanged => "address_changed",
            Self::AddressRestored => "address_restored",
            Self::SignInCode => "sign_in_code",
            Self::StepUpCode => "step_up_code",
            Self::Reset => "reset",
            Self::ResetWithoutCode => "reset_without_code",
            Self::ResetPin => "reset_pin",
            Self::ResetPinLink => "reset_pin_link",
            Self::ResetElsewhere => "reset_elsewhere",
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::FactorAdded => "factor_added",
            Self::FactorRemoved => "factor_removed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::AppPasswordMade => "app_password_made",
            Self::Unlocked => "unlocked",
            Self::TrustEnded => "trust_ended",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::PhoneLost => "phone_lost",
            Self::SessionsEnded => "sessions_ended",
            Self::RuleChanged => "rule_changed",
            Self::PasskeyCopied => "passkey_copied",
        }
    }

    /// The kind of that word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// What stands in its message beside the user's name and the server's. Whatever a sender leaves out is empty.
    fn own(self) -> &'static [Variable] {
        use Variable::{Address, Code, Device, Hours, Left, Link, Minutes, Network, Pin};
        match self {
            Self::AddressCode | Self::StepUpCode => &[Code, Minutes],
            Self::AddressInUse => &[Address],
            Self::AddressChanged => &[Address, Link, Hours],
            Self::AddressRestored => &[Address],
            Self::SignInCode => &[Code, Minutes, Device, Network],
            Self::Reset => &[Code, Link, Minutes],
            Self::ResetWithoutCode => &[Link, Minutes],
            Self::ResetPin => &[Pin, Minutes],
            Self::ResetPinLink => &[Pin, Link, Minutes],
            Self::RecoveryCodeUsed => &[Left],
            Self::ResetElsewhere
            | Self::PasswordReset
            | Self::PasswordChanged
            | Self::FactorAdded
            | Self::FactorRemoved
            | Self::AppPasswordMade
            | Self::Unlocked
            | Self::TrustEnded
            | Self::RecoveryCodesRenewed
            | Self::SessionsEnded
            | Self::RuleChanged
            | Self::PasskeyCopied
            | Self::PhoneLost => &[],
        }
    }

    /// Everything that can stand in its message.
    pub fn variables(self) -> Vec<Variable> {
        self.own().iter().copied().chain(ALWAYS).collect()
    }

    /// Which of its variables are there together, in each way a sender may send it: without a public address there is
    /// no link, a reset holds a code, a link or both, and much of the rest may be unknown.
    pub(super) fn occasions(self) -> Vec<Vec<Variable>> {
        let all = self.variables();
        let without = |gone: &[Variable]| all.iter().copied().filter(|one| !gone.contains(one)).collect::<Vec<_>>();
        let mut ways = vec![all.clone()];
        match self {
            Self::Reset => ways.extend([without(&[Variable::Link]), without(&[Variable::Code])]),
            Self::ResetWithoutCode => ways.push(without(&[Variable::Link, Variable::Minutes])),
            Self::AddressChanged => ways.push(without(&[Variable::Link, Variable::Hours])),
            Self::SignInCode => ways.extend([
                without(&[Variable::Device]),
                without(&[Variable::Network]),
                without(&[Variable::Device, Variable::Network]),
            ]),
            Self::RecoveryCodeUsed => ways.push(without(&[Variable::Left])),
            _ => {}
        }
        ways
    }
}

impl Variable {
    /// Every variable.
    pub const ALL: &[Self] = &[
        Self::Code,
        Self::Pin,
        Self::Link,
        Self::Minutes,
        Self::Hours,
        Self::Address,
        Self::Device,
        Self::Network,
        Self::Left,
        Self::User,
        Self::Server,
    ];

    /// Its name in a template.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Pin => "pin",
            Self::Link => "link",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Address => "address",
            Self::Device => "device",
            Self::Network => "network",
            Self::Left => "left",
            Self::User => "user",
            Self::Server => "server",
        }
    }

    /// Something like what will stand there, for previews.
    pub fn sample(self) -> &'static str {
        match self {
            Self::Code => "481516",
            Self::Pin => "k7mq-2fxe-9hnt",
            Self::Link => "https://media.example.org/Jellyward/Sample/7Qy2vT0nB4sJk9LwXc1eRg",
            Self::Minutes => "10",
            Self::Hours => "72",
            Self::Address => "alice@example.org",
            Self::Device => "Firefox on Windows",
            Self::Network => "192.0.2.7",
            Self::Left => "7",
            Self::User => "alice",
            Self::Server => "Jellyfin",
        }
    }

    /// Whoever has it gets in somewhere. Never in a subject: those lie open in the logs of mail servers, and a phone
    /// shows them while it is locked.
    pub fn opens(self) -> bool {
        matches!(self, Self::Code | Self::Pin | Self::Link)
    }
}

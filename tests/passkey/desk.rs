//! Where ceremonies are begun and finished in these tests: one relying party and one account.

use jellyward::factor::passkey::{
    Asserted, AssertionState, Base64Url, Credential, PasskeyError, Person, RegistrationState, RelyingParty,
    Verification, begin_assertion, begin_registration, finish_assertion, finish_registration,
};
use serde_json::Value;

use jellyward::demo::security_key::{Made, SecurityKey, Used};

pub const ORIGIN: &str = "https://media.example.org";
pub const ALICE: [u8; 16] = *b"alice's sixteen!";

pub fn relying_party() -> RelyingParty {
    RelyingParty::new("example.org", "Jellyfin", &[ORIGIN.parse().unwrap()]).unwrap()
}

/// A registration begun.
pub struct Registering {
    pub rp: RelyingParty,
    pub options: Value,
    pub state: RegistrationState,
}

impl Registering {
    pub fn with(verification: Verification, existing: &[Base64Url]) -> Self {
        let rp = relying_party();
        let alice = Person { handle: &ALICE, name: "alice", display_name: "Alice" };
        let (options, state) = begin_registration(&rp, &alice, existing, verification).unwrap();
        Self { rp, options, state }
    }

    pub fn new() -> Self {
        Self::with(Verification::Preferred, &[])
    }

    /// What happens when the honest response is changed like this.
    pub fn when(&self, change: impl Fn(&mut Made)) -> Result<Credential, PasskeyError> {
        let mut made = SecurityKey::new(1).create(&self.options, ORIGIN);
        change(&mut made);
        self.finish(&made.json())
    }

    pub fn finish(&self, response: &str) -> Result<Credential, PasskeyError> {
        finish_registration(&self.rp, &self.state, response)
    }
}

/// An assertion begun with a key that was registered.
pub struct Asserting {
    pub rp: RelyingParty,
    pub options: Value,
    pub state: AssertionState,
    pub credential: Credential,
}

impl Asserting {
    pub fn with(key: &mut SecurityKey, verification: Verification, listed: bool) -> Self {
        let registering = Registering::new();
        let made = key.create(&registering.options, ORIGIN);
        let credential = registering.finish(&made.json()).unwrap();
        let rp = relying_party();
        let allowed = [credential.clone()];
        let (options, state) = begin_assertion(&rp, if listed { &allowed } else { &[] }, verification).unwrap();
        Self { rp, options, state, credential }
    }

    /// What happens when the honest response is changed like this.
    pub fn when(key: &mut SecurityKey, change: impl Fn(&mut Used)) -> Result<Asserted, PasskeyError> {
        let asserting = Self::with(key, Verification::Preferred, true);
        let mut used = key.get(&asserting.options, ORIGIN);
        change(&mut used);
        asserting.finish(&used.json())
    }

    pub fn finish(&self, response: &str) -> Result<Asserted, PasskeyError> {
        finish_assertion(&self.rp, &self.state, response, &self.credential)
    }
}

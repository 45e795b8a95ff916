//! A passkey's assertion through the ABI against the bare verification of its signature.

use std::hint::black_box;

use jellyward::demo::security_key::SecurityKey;
use jellyward::factor::passkey::{
    Person, RelyingParty, Verification, begin_assertion, begin_registration, finish_registration,
};
use jellyward::ffi::{JwBuffer, JwRelyingParty, JwStatus, JwView, jw_buffer_free, jw_passkey_assert_finish};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::{Figure, medians};

const ORIGIN: &str = "https://media.example.org";
/// One verification is too short to time.
const AT_ONCE: u32 = 20;

pub fn figures() -> Vec<Figure> {
    let ceremony = Ceremony::new();
    let (through_abi, bare) =
        medians(201, || (0..AT_ONCE).for_each(|_| ceremony.finish()), || (0..AT_ONCE).for_each(|_| ceremony.verify()));
    vec![Figure::new(
        "passkey assertion through the ABI, in bare P-256 verifications",
        through_abi.as_secs_f64() / bare.as_secs_f64(),
        1.3,
        "x",
    )]
}

/// One that ends well, with all documents as a program would hold them.
struct Ceremony {
    state: String,
    response: String,
    credential: String,
    key: VerifyingKey,
    signed: Vec<u8>,
    signature: Signature,
}

impl Ceremony {
    fn new() -> Self {
        let rp = RelyingParty::new("example.org", "Jellyfin", &[ORIGIN.parse().unwrap()]).unwrap();
        let person = Person { handle: &[7; 16], name: "alice", display_name: "Alice" };
        let (options, state) = begin_registration(&rp, &person, &[], Verification::Required).unwrap();
        let mut key = SecurityKey::new(1);
        let made = key.create(&options, ORIGIN).json();
        let credential = finish_registration(&rp, &state, &made).unwrap();
        let (options, state) = begin_assertion(&rp, &[], Verification::Required).unwrap();
        let used = key.get(&options, ORIGIN);
        let signed = [used.data.bytes(), Sha256::digest(used.page.bytes()).to_vec()].concat();
        Self {
            state: serde_json::to_string(&state).unwrap(),
            response: used.json(),
            credential: serde_json::to_string(&credential).unwrap(),
            key: key.public(),
            signed,
            signature: Signature::from_der(&used.signature()).unwrap(),
        }
    }

    fn finish(&self) {
        let party = JwRelyingParty {
            id: view("example.org"),
            name: view("Jellyfin"),
            origins: view("[\"https://media.example.org\"]"),
        };
        let mut asserted = JwBuffer { ptr: std::ptr::null_mut(), len: 0 };
        let status = jw_passkey_assert_finish(
            &party,
            view(black_box(&self.state)),
            view(&self.response),
            view(&self.credential),
            &mut asserted,
        );
        assert!(status == JwStatus::Ok);
        jw_buffer_free(&mut asserted);
    }

    fn verify(&self) {
        assert!(self.key.verify(black_box(&self.signed), &self.signature).is_ok());
    }
}

fn view(text: &str) -> JwView {
    JwView { ptr: text.as_ptr(), len: text.len() }
}

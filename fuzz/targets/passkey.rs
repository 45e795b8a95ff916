//! What a browser's `PublicKeyCredential.toJSON()` may be, in both ceremonies.

use std::sync::OnceLock;

use jellyward::ffi::{
    JwRelyingParty, jw_passkey_assert_begin, jw_passkey_assert_finish, jw_passkey_credential_id,
    jw_passkey_register_begin, jw_passkey_register_finish,
};

use super::abi::{stored, view};

/// The first vector of WebAuthn Level 3, section 16: its seeds pass, and so their mutations get far.
const REGISTERED: &str = "AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA";
const ASSERTED: &str = "OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag";
const PERSON: &str = r#"{"userHandle":"AAECAwQFBgcICQoLDA0ODw","name":"alice","displayName":"Alice","existing":[],"verification":"preferred"}"#;

/// One response, given as an answer to either ceremony.
pub fn passkey(data: &[u8]) {
    static KNOWN: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    let party = party();
    let [registering, asserting, credential] = KNOWN.get_or_init(begin);
    let _ = stored(|dst| jw_passkey_credential_id(view(data), dst));
    let _ = stored(|dst| jw_passkey_register_finish(&raw const party, view(registering), view(data), dst));
    let asserted =
        stored(|dst| jw_passkey_assert_finish(&raw const party, view(asserting), view(data), view(credential), dst));
    if let Ok(asserted) = asserted {
        // The one that was signed; around it a browser may write what it likes.
        assert!(String::from_utf8(asserted).unwrap().contains("AAECAwQFBgcICQoLDA0ODw"));
    }
}

fn party() -> JwRelyingParty {
    let text = |text: &'static str| view(text.as_bytes());
    JwRelyingParty { id: text("example.org"), name: text("Example"), origins: text(r#"["https://example.org"]"#) }
}

fn begin() -> [Vec<u8>; 3] {
    let party = party();
    let mut state = Vec::new();
    stored(|options| {
        let mut status = jellyward::ffi::JwStatus::Ok;
        state = stored(|dst| {
            status = jw_passkey_register_begin(&raw const party, view(PERSON.as_bytes()), options, dst);
            status
        })
        .unwrap();
        status
    })
    .unwrap();
    let registering = drawn(&state, REGISTERED);
    let response = include_bytes!("../seeds/passkey/registered.json");
    let credential =
        stored(|dst| jw_passkey_register_finish(&raw const party, view(&registering), view(response), dst)).unwrap();
    let request = format!(r#"{{"allowed":[{}],"verification":"preferred"}}"#, String::from_utf8_lossy(&credential));
    stored(|options| {
        let mut status = jellyward::ffi::JwStatus::Ok;
        state = stored(|dst| {
            status = jw_passkey_assert_begin(&raw const party, view(request.as_bytes()), options, dst);
            status
        })
        .unwrap();
        status
    })
    .unwrap();
    [registering, drawn(&state, ASSERTED), credential]
}

/// The state as if it had drawn that challenge.
fn drawn(state: &[u8], challenge: &str) -> Vec<u8> {
    let state = std::str::from_utf8(state).unwrap();
    let (before, behind) = state.split_once(r#""challenge":""#).unwrap();
    format!("{before}\"challenge\":\"{challenge}{}", &behind[challenge.len()..]).into_bytes()
}

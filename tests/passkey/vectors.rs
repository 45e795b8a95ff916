//! Known ceremonies: what must be taken, what must be refused, and every byte of them changed.

use jellyward::factor::passkey::{
    AssertionState, Base64Url, Credential, PasskeyError, Person, RegistrationState, RelyingParty, Verification,
    begin_assertion, begin_registration, finish_assertion, finish_registration,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const STANDARD: &str = include_str!("../vectors/webauthn.json");
const RSA: &str = include_str!("../vectors/rs256.json");
const CHROMIUM: &str = include_str!("../vectors/chromium.json");
const HANDLE: [u8; 16] = [7; 16];

fn vectors(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

/// Where it was made.
fn relying_party(vector: &Value) -> RelyingParty {
    let origin = vector["origin"].as_str().unwrap_or("https://example.org");
    let id = if origin.starts_with("http://localhost:") { "localhost" } else { "example.org" };
    RelyingParty::new(id, "Example", &[origin.parse().unwrap()]).unwrap()
}

/// The state that would have drawn this challenge.
fn with_challenge<T: Serialize + DeserializeOwned>(state: &T, pointer: &str, challenge: &Value) -> T {
    let mut state = serde_json::to_value(state).unwrap();
    *state.pointer_mut(pointer).unwrap() = challenge.clone();
    serde_json::from_value(state).unwrap()
}

fn registering(rp: &RelyingParty, challenge: &Value) -> RegistrationState {
    let person = Person { handle: &HANDLE, name: "x", display_name: "x" };
    let (_, state) = begin_registration(rp, &person, &[], Verification::Preferred).unwrap();
    with_challenge(&state, "/registration/challenge", challenge)
}

fn asserting(rp: &RelyingParty, challenge: &Value, credential: &Credential) -> AssertionState {
    let allowed = [credential.clone()];
    let (_, state) = begin_assertion(rp, &allowed, Verification::Preferred).unwrap();
    with_challenge(&state, "/assertion/challenge", challenge)
}

fn response(id: &Value, fields: &Value) -> Value {
    json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": fields})
}

fn register(vector: &Value, change: impl Fn(&mut Value)) -> Result<Credential, PasskeyError> {
    let given = &vector["registration"];
    let mut response = response(&given["credentialId"], given);
    change(&mut response["response"]);
    let rp = relying_party(vector);
    finish_registration(&rp, &registering(&rp, &given["challenge"]), &response.to_string())
}

/// `true`: the user was verified.
fn assert(vector: &Value, credential: &Credential, change: impl Fn(&mut Value)) -> Result<bool, PasskeyError> {
    let given = &vector["authentication"];
    let mut response = response(&vector["registration"]["credentialId"], given);
    change(&mut response["response"]);
    let rp = relying_party(vector);
    let state = asserting(&rp, &given["challenge"], credential);
    finish_assertion(&rp, &state, &response.to_string(), credential).map(|proved| proved.user_verified)
}

#[test]
fn the_standards_vectors() {
    let mut seen = Vec::new();
    for vector in vectors(STANDARD) {
        let name = vector["name"].as_str().unwrap().to_owned();
        let expected = match name.as_str() {
            "none-es256-crossOrigin" | "none-es256-topOrigin" => Some(PasskeyError::Frame),
            "packed-es384" | "packed-es512" | "packed-eddsa" | "packed-ed448" => Some(PasskeyError::Key),
            // 3488 bits.
            "packed-rs256" => Some(PasskeyError::Key),
            _ => None,
        };
        let credential = register(&vector, |_| {});
        assert_eq!(credential.as_ref().err().copied(), expected, "{name}");
        if let Ok(credential) = credential {
            assert!(assert(&vector, &credential, |_| {}).is_ok(), "{name}");
            assert_eq!(credential.user_handle.as_bytes(), HANDLE);
            seen.push(name);
        }
    }
    let taken = [
        "none-es256",
        "packed-self-es256",
        "none-es256-long-credential-id",
        "packed-es256",
        "tpm-es256",
        "android-key-es256",
        "apple-es256",
        "fido-u2f-es256",
    ];
    assert_eq!(seen, taken);
}

#[test]
fn rsa_made_elsewhere() {
    let vector = &vectors(RSA)[0];
    let credential = register(vector, |_| {}).unwrap();
    assert_eq!(credential.counter, 7);
    assert_eq!(assert(vector, &credential, |_| {}), Ok(true));
    for at in [0, 100, 255] {
        let refused = assert(vector, &credential, |response| flip(response, "signature", at, 0));
        assert_eq!(refused, Err(PasskeyError::Signature));
    }
    let cut = |response: &mut Value| response["signature"] = json!(&response["signature"].as_str().unwrap()[4..]);
    assert_eq!(assert(vector, &credential, cut), Err(PasskeyError::Signature));
}

/// Captured, not made by a program of ours: see tests/vectors/README.md.
#[test]
fn a_real_browsers_ceremonies() {
    let vector = &vectors(CHROMIUM)[0];
    let credential = register(vector, |_| {}).unwrap();
    assert_eq!(credential.user_handle.as_bytes(), HANDLE);
    assert_eq!(assert(vector, &credential, |_| {}), Ok(true));
    for at in [8, 40] {
        assert!(assert(vector, &credential, |response| flip(response, "signature", at, 0)).is_err());
    }
    for (field, at) in [("authenticatorData", 34), ("clientDataJSON", 30)] {
        assert!(assert(vector, &credential, |response| flip(response, field, at, 0)).is_err(), "{field}");
    }
    // To another page's question, and at another page.
    let mut other = vector.clone();
    other["authentication"]["challenge"] = vector["registration"]["challenge"].clone();
    assert!(assert(&other, &credential, |_| {}).is_err());
    other = vector.clone();
    other["origin"] = json!("http://localhost:1");
    assert_eq!(assert(&other, &credential, |_| {}), Err(PasskeyError::Origin));
}

fn flip(response: &mut Value, field: &str, at: usize, bit: usize) {
    let mut bytes: Base64Url = serde_json::from_value(response[field].clone()).unwrap();
    bytes.0[at] ^= 1 << bit;
    response[field] = serde_json::to_value(bytes).unwrap();
}

fn length(vector: &Value, field: &str) -> usize {
    serde_json::from_value::<Base64Url>(vector[field].clone()).unwrap().0.len()
}

/// Registration is signed by nobody, so some changes make another good one; none may panic.
#[test]
fn no_changed_byte_of_a_registration_panics() {
    for vector in vectors(STANDARD).iter().chain(&vectors(RSA)).chain(&vectors(CHROMIUM)) {
        for field in ["attestationObject", "clientDataJSON"] {
            for at in 0..length(&vector["registration"], field) {
                for bit in [0, 4, 7] {
                    let _ = register(vector, |response| flip(response, field, at, bit));
                }
            }
        }
    }
}

#[test]
fn no_cut_registration_is_taken() {
    let vector = &vectors(STANDARD)[0];
    for length in 0..length(&vector["registration"], "attestationObject") {
        let cut = |response: &mut Value| {
            let mut bytes: Base64Url = serde_json::from_value(response["attestationObject"].clone()).unwrap();
            bytes.0.truncate(length);
            response["attestationObject"] = serde_json::to_value(bytes).unwrap();
        };
        assert_eq!(register(vector, cut), Err(PasskeyError::Malformed), "{length}");
    }
}

//! A security key and its browser, in software (WebAuthn Level 3, 6 and 5.8.1): honest until told otherwise.
//!
//! Deliberately not the engine's own code, so that the two can disagree. What is not in the options it was given is
//! empty in its answer, and the engine's to refuse.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::ops::Reduce;
use p256::{FieldBytes, NonZeroScalar};
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Flag of authenticator data (6.1): somebody touched it.
pub const PRESENT: u8 = 0x01;
/// Flag: it knows who.
pub const VERIFIED: u8 = 0x04;
/// Flag: the passkey can be kept elsewhere too. Never changes.
pub const BACKUP_ELIGIBLE: u8 = 0x08;
/// Flag: the passkey is kept elsewhere too.
pub const BACKED_UP: u8 = 0x10;
/// Flag: a new passkey is described.
pub const HAS_CREDENTIAL: u8 = 0x40;
/// Flag: extensions follow.
pub const HAS_EXTENSIONS: u8 = 0x80;

/// One key with one passkey on it. A clone is a copy that somebody made of it.
#[derive(Clone)]
pub struct SecurityKey {
    secret: SigningKey,
    /// The passkey's id.
    pub id: Vec<u8>,
    /// Raised with each signature, unless it is 0.
    pub counter: u32,
    /// What it says of itself with each signature.
    pub flags: u8,
    /// Of the account it was registered for.
    pub handle: Option<Vec<u8>>,
}

/// What the browser says of the page (`clientDataJSON`).
#[derive(Clone)]
pub struct Page(pub Value);

/// Authenticator data (6.1).
#[derive(Clone)]
pub struct Data {
    /// The domain the passkey is for.
    pub rp_id: String,
    /// See [`PRESENT`] and the others.
    pub flags: u8,
    /// Signatures so far.
    pub counter: u32,
    /// Id and `COSE_Key`.
    pub credential: Option<(Vec<u8>, Vec<u8>)>,
    /// What stands behind.
    pub tail: Vec<u8>,
}

/// A response of `navigator.credentials.create`.
#[derive(Clone)]
pub struct Made {
    /// What the browser says.
    pub page: Page,
    /// What the key says.
    pub data: Data,
    /// Of the attestation; `none`.
    pub format: Cbor,
    /// Of the attestation; empty.
    pub statement: Cbor,
    /// The passkey's id.
    pub raw_id: Vec<u8>,
}

/// A response of `navigator.credentials.get`, signed when it is written.
#[derive(Clone)]
pub struct Used {
    /// What the browser says.
    pub page: Page,
    /// What the key says.
    pub data: Data,
    /// The passkey's id.
    pub raw_id: Vec<u8>,
    /// Whose it is, where the key remembers that.
    pub handle: Option<Vec<u8>>,
    secret: SigningKey,
}

/// As WebAuthn's JSON writes bytes.
pub fn base64(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// As authenticators write.
pub fn cbor(value: &Cbor) -> Vec<u8> {
    serde_cbor_2::to_vec(value).unwrap_or_default()
}

/// `options` as the server sends them, or as `navigator.credentials` takes them.
fn inner(options: &Value) -> &Value {
    options.get("publicKey").unwrap_or(options)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

impl SecurityKey {
    /// Number 1 to 255: each another key.
    pub fn new(number: u8) -> Self {
        let secret = SigningKey::from(NonZeroScalar::reduce(&FieldBytes::from([number; 32])));
        Self { secret, id: vec![number; 32], counter: 1, flags: PRESENT | VERIFIED, handle: None }
    }

    /// Its public key.
    pub fn public(&self) -> VerifyingKey {
        *self.secret.verifying_key()
    }

    /// The same as a `COSE_Key` (RFC 9053, 7.1.1), with each part replaced that is given.
    pub fn cose(&self, instead: &[(i128, Cbor)]) -> Vec<u8> {
        let point = self.secret.verifying_key().to_sec1_point(false);
        // SEC 1: 4, x, y.
        let part = |from: usize| Cbor::Bytes(point.as_bytes()[from..from + 32].to_vec());
        let mut map: BTreeMap<Cbor, Cbor> =
            [(1, Cbor::Integer(2)), (3, Cbor::Integer(-7)), (-1, Cbor::Integer(1)), (-2, part(1)), (-3, part(33))]
                .map(|(label, value)| (Cbor::Integer(label), value))
                .into();
        for (label, value) in instead {
            map.insert(Cbor::Integer(*label), value.clone());
        }
        cbor(&Cbor::Map(map))
    }

    /// Registers at a page of `origin` that has these options.
    pub fn create(&mut self, options: &Value, origin: &str) -> Made {
        let options = inner(options);
        self.handle = BASE64URL_NOPAD.decode(text(&options["user"]["id"]).as_bytes()).ok();
        let data = Data {
            rp_id: text(&options["rp"]["id"]).to_owned(),
            flags: self.flags | HAS_CREDENTIAL,
            counter: self.counter,
            credential: Some((self.id.clone(), self.cose(&[]))),
            tail: Vec::new(),
        };
        Made {
            page: Page::new("webauthn.create", options, origin),
            data,
            format: Cbor::Text("none".to_owned()),
            statement: Cbor::Map(BTreeMap::new()),
            raw_id: self.id.clone(),
        }
    }

    /// Signs at a page of `origin` that has these options.
    pub fn get(&mut self, options: &Value, origin: &str) -> Used {
        let options = inner(options);
        if self.counter > 0 {
            self.counter += 1;
        }
        let data = Data {
            rp_id: text(&options["rpId"]).to_owned(),
            flags: self.flags,
            counter: self.counter,
            credential: None,
            tail: Vec::new(),
        };
        Used {
            page: Page::new("webauthn.get", options, origin),
            data,
            raw_id: self.id.clone(),
            handle: self.handle.clone(),
            secret: self.secret.clone(),
        }
    }
}

impl Page {
    fn new(kind: &str, options: &Value, origin: &str) -> Self {
        Self(json!({"type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false}))
    }

    /// As it is hashed and sent.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }
}

impl Data {
    /// As it is signed and sent.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        bytes.push(self.flags);
        bytes.extend(self.counter.to_be_bytes());
        if let Some((id, key)) = &self.credential {
            bytes.extend([0; 16]);
            bytes.extend(u16::try_from(id.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend(id);
            bytes.extend(key);
        }
        bytes.extend(&self.tail);
        bytes
    }
}

impl Made {
    /// What `PublicKeyCredential.toJSON()` gives.
    pub fn json(&self) -> String {
        let text = |text: &str| Cbor::Text(text.to_owned());
        let object = Cbor::Map(BTreeMap::from([
            (text("fmt"), self.format.clone()),
            (text("attStmt"), self.statement.clone()),
            (text("authData"), Cbor::Bytes(self.data.bytes())),
        ]));
        self.json_over(&cbor(&object))
    }

    /// With another attestation object.
    pub fn json_over(&self, object: &[u8]) -> String {
        json!({
            "id": base64(&self.raw_id),
            "rawId": base64(&self.raw_id),
            "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": {"credProps": {"rk": true}},
            "response": {
                "attestationObject": base64(object),
                "clientDataJSON": base64(&self.page.bytes()),
                "transports": ["usb", "nfc", "usb", "carrier-pigeon"],
            },
        })
        .to_string()
    }
}

impl Used {
    /// What `PublicKeyCredential.toJSON()` gives.
    pub fn json(&self) -> String {
        self.json_with(|signature| signature)
    }

    /// DER.
    pub fn signature(&self) -> Vec<u8> {
        let signed = [self.data.bytes(), Sha256::digest(self.page.bytes()).to_vec()].concat();
        let signature: Signature = self.secret.sign(&signed);
        signature.to_der().as_bytes().to_vec()
    }

    /// With the signature replaced.
    pub fn json_with(&self, tamper: impl Fn(Vec<u8>) -> Vec<u8>) -> String {
        json!({
            "id": base64(&self.raw_id),
            "rawId": base64(&self.raw_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "authenticatorData": base64(&self.data.bytes()),
                "clientDataJSON": base64(&self.page.bytes()),
                "signature": base64(&tamper(self.signature())),
                "userHandle": self.handle.as_deref().map(base64),
            },
        })
        .to_string()
    }
}

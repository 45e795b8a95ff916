//! Takes attestation away and looks for what stands behind the data: webauthn-rs-core reads past both.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_cbor_2::{Deserializer, Value};

use super::PasskeyError;

/// Hash of the relying party's id, flags, counter (WebAuthn Level 3, 6.1).
const HEAD: usize = 32 + 1 + 4;
const FLAGS: usize = 32;
/// AAGUID and the length of the credential's id (6.5.1).
const ATTESTED_HEAD: usize = 16 + 2;
const HAS_CREDENTIAL: u8 = 0x40;
const HAS_EXTENSIONS: u8 = 0x80;

/// An attestation object without its attestation, and the key that it holds.
pub(super) struct Attested {
    /// Format `none`.
    pub(super) object: Vec<u8>,
    /// The `COSE_Key` as the authenticator wrote it.
    pub(super) key: Vec<u8>,
    /// The id that the authenticator signs.
    pub(super) id: Vec<u8>,
}

/// Nobody asked for attestation, so whatever came is as good as none (7.1, step 21) and is not even parsed: what a
/// browser does for "none" (5.1.3) is done here for all.
pub(super) fn without_attestation(object: &[u8]) -> Result<Attested, PasskeyError> {
    #[derive(Deserialize)]
    struct Object<'a> {
        #[serde(rename = "authData")]
        data: &'a [u8],
    }
    let Object { data } = serde_cbor_2::from_slice(object).map_err(|_| PasskeyError::Malformed)?;
    let (id, key) = attested(data)?;
    let text = |text: &str| Value::Text(text.to_owned());
    let none = BTreeMap::from([
        (text("fmt"), text("none")),
        (text("attStmt"), Value::Map(BTreeMap::new())),
        (text("authData"), Value::Bytes(data.to_vec())),
    ]);
    let object = serde_cbor_2::to_vec(&Value::Map(none)).map_err(|_| PasskeyError::Malformed)?;
    Ok(Attested { object, key: key.to_vec(), id: id.to_vec() })
}

/// Id and key in a registration's data, which must end where it says.
fn attested(data: &[u8]) -> Result<(&[u8], &[u8]), PasskeyError> {
    let (flags, rest) = head(data)?;
    let lengths: Option<(&[u8], &[u8])> =
        (flags & HAS_CREDENTIAL != 0).then(|| rest.split_at_checked(ATTESTED_HEAD)).flatten();
    let (head, rest) = lengths.ok_or(PasskeyError::Malformed)?;
    let length = usize::from(u16::from_be_bytes([head[16], head[17]]));
    let (id, rest) = rest.split_at_checked(length).ok_or(PasskeyError::Malformed)?;
    let (key, rest) = rest.split_at(value(rest)?);
    ends(flags, rest)?;
    Ok((id, key))
}

/// An assertion's data holds no credential, and nothing behind its extensions.
pub(super) fn check_asserted(data: &[u8]) -> Result<(), PasskeyError> {
    let (flags, rest) = head(data)?;
    if flags & HAS_CREDENTIAL != 0 {
        return Err(PasskeyError::Malformed);
    }
    ends(flags, rest)
}

fn head(data: &[u8]) -> Result<(u8, &[u8]), PasskeyError> {
    let (head, rest) = data.split_at_checked(HEAD).ok_or(PasskeyError::Malformed)?;
    Ok((head[FLAGS], rest))
}

/// One CBOR value if the flags promise extensions, and then nothing.
fn ends(flags: u8, rest: &[u8]) -> Result<(), PasskeyError> {
    let length = if flags & HAS_EXTENSIONS == 0 { 0 } else { value(rest)? };
    if length == rest.len() { Ok(()) } else { Err(PasskeyError::Malformed) }
}

/// How many bytes the first CBOR value takes.
fn value(bytes: &[u8]) -> Result<usize, PasskeyError> {
    let mut reader = Deserializer::from_slice(bytes);
    Value::deserialize(&mut reader).map_err(|_| PasskeyError::Malformed)?;
    Ok(reader.byte_offset())
}

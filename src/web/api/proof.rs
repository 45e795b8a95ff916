//! How a body tells a proof.

use serde_json::Value;
use zeroize::Zeroizing;

use crate::gate::method::Method;
use crate::gate::proof::FreshProof;
use crate::web::body::Fields;
use crate::web::problem::Problem;

/// The proof that a change wants.
pub(super) fn fresh(mut given: Fields) -> Result<FreshProof, Problem> {
    let method = match given.text("method")?.as_str() {
        "totp" => Method::Totp,
        "recovery" => Method::Recovery,
        "password" => Method::Password,
        "email" => Method::Email,
        "passkey" => {
            let (ceremony, response) = passkey(&mut given)?;
            return Ok(FreshProof::Passkey { ceremony, response });
        }
        _ => return Err(given.complaint("method")),
    };
    Ok(FreshProof::Typed { method, value: given.secret("value")? })
}

/// The two fields of a browser's answer by a passkey.
pub(super) fn passkey(fields: &mut Fields) -> Result<(Zeroizing<String>, String), Problem> {
    let ceremony = fields.secret("ceremony")?;
    let response = fields.object("response")?.rest();
    Ok((ceremony, Value::Object(response).to_string()))
}

//! How a body tells a proof.

use serde_json::Value;
use zeroize::Zeroizing;

use crate::gate::method::Method;
use crate::gate::proof::FreshProof;
use crate::web::body::Fields;
use crate::web::problem::Problem;

/// The proof that a change wants.
pub(super) fn fresh(mut given: Fields) -> Result<FreshProof, Problem> {
    read(&mut given, "value", |_| true)
}

/// The proof by which a challenge is met: everything but a password, which was given already.
pub(super) fn of_challenge(given: &mut Fields) -> Result<FreshProof, Problem> {
    read(given, "code", |method| method != Method::Password)
}

fn read(given: &mut Fields, value: &str, taken: impl Fn(Method) -> bool) -> Result<FreshProof, Problem> {
    let method = Method::named(&given.text("method")?).filter(|method| taken(*method));
    match method.ok_or_else(|| given.complaint("method"))? {
        Method::Passkey => {
            let (ceremony, response) = passkey(given)?;
            Ok(FreshProof::Passkey { ceremony, response })
        }
        method => Ok(FreshProof::Typed { method, value: given.secret(value)? }),
    }
}

/// The two fields of a browser's answer by a passkey.
pub(super) fn passkey(fields: &mut Fields) -> Result<(Zeroizing<String>, String), Problem> {
    let ceremony = fields.secret("ceremony")?;
    let response = fields.object("response")?.rest();
    Ok((ceremony, Value::Object(response).to_string()))
}

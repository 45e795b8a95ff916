//! Ceremonies of a real browser, against the mechanism alone. `VECTORS=1 cargo test --test browser vectors` keeps them in
//! tests/vectors.

use std::path::PathBuf;

use jellyward::factor::passkey::{
    Person, RelyingParty, Verification, begin_assertion, begin_registration, finish_assertion, finish_registration,
};
use serde_json::{Value, json};

use super::passkeys::{named, no_list, open, platform};
use super::stage::{Stage, stage};

/// Has the page's own script make or use a passkey; gives the browser's answer.
fn answer(stage: &Stage, verb: &str, options: &Value) -> Value {
    stage.browser.run(&format!(
        "window.made = null; JellywardPasskey.{verb}({options}).then(made => {{ window.made = made; }}, error => {{ window.made = String(error); }})"
    ));
    let made = stage.browser.wait("the browser's answer", "window.made");
    assert!(made.is_object(), "{made}");
    made
}

#[test]
fn chromium_makes_and_uses_a_passkey() {
    let Some(stage) = stage("chromium_makes_and_uses_a_passkey", "") else { return };
    no_list(&stage);
    stage.browser.authenticator(&platform());
    open(&stage, "/Jellyward/Login");
    stage.browser.see("input[name=username]");
    let origin = named(&stage);
    let rp = RelyingParty::new("localhost", "Jellyfin", &[origin.parse().unwrap()]).unwrap();
    let person = Person { handle: &[7; 16], name: "alice", display_name: "alice" };
    let (options, state) = begin_registration(&rp, &person, &[], Verification::Preferred).unwrap();
    let made = answer(&stage, "create", &options);
    let credential = finish_registration(&rp, &state, &made.to_string()).unwrap();
    let registration = kept(&options, &made, &["clientDataJSON", "attestationObject"]);

    let (options, state) = begin_assertion(&rp, std::slice::from_ref(&credential), Verification::Preferred).unwrap();
    let used = answer(&stage, "get", &options);
    assert!(finish_assertion(&rp, &state, &used.to_string(), &credential).unwrap().user_verified);
    let authentication = kept(&options, &used, &["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
    if std::env::var_os("VECTORS").is_some() {
        let version = stage.browser.run("return navigator.userAgent.match(/Chrome.([0-9]+)/)[1]");
        let vector = json!([{"name": format!("chromium-{}", version.as_str().unwrap()), "origin": origin, "registration": registration, "authentication": authentication}]);
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/chromium.json");
        std::fs::write(file, format!("{vector}\n")).unwrap();
    }
    stage.nothing_was_wrong();
}

/// What the browser was asked and what it answered.
fn kept(options: &Value, answer: &Value, fields: &[&str]) -> Value {
    let mut kept = json!({"challenge": options["publicKey"]["challenge"], "credentialId": answer["id"]});
    for field in fields {
        kept[*field] = answer["response"][*field].clone();
    }
    kept
}

//! Passkeys, with the browser's virtual authenticators.

use serde_json::{Value, json};

use super::stage::{Stage, stage};

/// A passkey that lives in the device and asks for a finger.
fn platform() -> Value {
    json!({"protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true})
}

/// The demo under a name: an address made of numbers can have no passkeys.
fn open(stage: &Stage, path: &str) {
    let address = stage.demo.address().replace("127.0.0.1", "localhost");
    stage.browser.open(&format!("{address}{path}"));
}

#[test]
fn what_the_authenticator_makes_goes_to_the_server_as_the_standard_says() {
    let Some(stage) = stage("what_the_authenticator_makes_goes_to_the_server_as_the_standard_says", "") else { return };
    stage.browser.authenticator(&platform());
    let creation = json!({
        "rp": {"id": "localhost", "name": "Jellyfin"}, "user": {"id": "YWxpY2U", "name": "alice", "displayName": "alice"},
        "challenge": "Y2hhbGxlbmdlLTE_-w", "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}], "attestation": "none",
        "authenticatorSelection": {"residentKey": "required", "userVerification": "required"}, "timeout": null
    });
    let request = json!({"rpId": "localhost", "challenge": "Y2hhbGxlbmdlLTI", "allowCredentials": [], "userVerification": "required"});
    stage.pretend(&json!({
        "GET Passkey/Offer": {"signIn": true},
        "POST Account/Passkeys/Start": {"ceremony": "one", "options": {"publicKey": creation}},
        "POST Account/Passkeys/Finish": [{"status": 409, "body": {"code": "passkey_known", "title": "Known already."}}, {"factor": {}, "recoveryCodes": []}],
        "POST Passkey/Start": {"ceremony": "two", "options": request},
        "POST Passkey/Finish": {"status": 401, "body": {"code": "wrong_passkey", "title": "Wrong passkey."}}
    }));
    open(&stage, "/Jellyward/Login");
    stage.sign_in_alone("alice");
    stage.browser.type_into(".jwd-code", &stage.code("alice"));
    stage.is_home_at(&stage.demo.address().replace("127.0.0.1", "localhost"), "alice");
    open(&stage, "/Jellyward/#methods");
    stage.browser.press("Add a passkey");
    stage.browser.type_into("form input", "Laptop");
    stage.browser.press("Create the passkey");
    stage.browser.read("Known already.");
    stage.browser.press("Create the passkey");
    stage.browser.read("The passkey works.");
    let made = stage.asked("POST Account/Passkeys/Finish").remove(1);
    assert_eq!(
        (&made["ceremony"], &made["name"], &made["response"]["type"]),
        (&json!("one"), &json!("Laptop"), &json!("public-key"))
    );
    let client = |response: &Value| -> Value {
        let raw = data_encoding::BASE64URL_NOPAD
            .decode(response["response"]["clientDataJSON"].as_str().unwrap().as_bytes())
            .unwrap();
        serde_json::from_slice(&raw).unwrap()
    };
    assert_eq!(client(&made["response"])["challenge"], "Y2hhbGxlbmdlLTE_-w");
    assert_eq!(made["response"]["id"], made["response"]["rawId"]);
    assert_eq!(made["response"]["response"]["transports"], json!(["internal"]));
    assert!(made["response"]["response"]["attestationObject"].is_string());
    open(&stage, "/Jellyward/Login");
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("Wrong passkey.");
    let used = stage.asked("POST Passkey/Finish").pop().unwrap();
    assert_eq!(client(&used["response"])["challenge"], "Y2hhbGxlbmdlLTI");
    assert_eq!(used["response"]["response"]["userHandle"], "YWxpY2U");
    for part in ["authenticatorData", "signature"] {
        assert!(used["response"]["response"][part].is_string(), "{used}");
    }
    stage.nothing_was_wrong();
}

#[test]
fn an_address_of_numbers_is_told_and_explained() {
    let Some(stage) = stage("an_address_of_numbers_is_told_and_explained", "") else { return };
    stage.pretend(&json!({
        "POST Account/Passkeys/Start": {"ceremony": "one", "options": {"rp": {"id": "127.0.0.1", "name": "x"}, "user": {"id": "YQ", "name": "a", "displayName": "a"}, "challenge": "YQ", "pubKeyCredParams": []}},
        "POST Passkey/Diagnose": {"ready": false, "findings": [{"code": "address", "text": "<b>An address of numbers</b> has no passkeys."}]}
    }));
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
    stage.open("/Jellyward/#methods");
    stage.browser.press("Add a passkey");
    stage.browser.press("Create the passkey");
    stage.browser.read("Passkeys do not work at this address.");
    stage.browser.press("Cancel");
    stage.browser.press("Why can't I use a passkey here?");
    stage.browser.read("<b>An address of numbers</b> has no passkeys.");
    let told = stage.asked("POST Passkey/Diagnose").remove(0);
    assert_eq!(told["origin"], stage.demo.address());
    assert_eq!((&told["secureContext"], &told["publicKeyCredential"]), (&json!(true), &json!(true)));
    stage.picture("account-passkey-diagnosis");
    stage.nothing_was_wrong();
}

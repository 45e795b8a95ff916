//! Hostile pages: where the browser stood.

use jellyward::factor::passkey::{PasskeyError, RelyingParty, finish_assertion, finish_registration};
use serde_json::{Value, json};

use crate::desk::{Asserting, ORIGIN, Registering};
use jellyward::demo::security_key::SecurityKey;

const OTHERS: [&str; 22] = [
    "https://evil-media.example.org",
    "https://evil-example.org",
    "https://example.org.evil",
    "https://media.example.org.evil",
    "https://example.org",
    "https://sub.media.example.org",
    "http://media.example.org",
    "https://media.example.org:8443",
    "https://media.example.org:443",
    "https://MEDIA.example.org",
    "HTTPS://media.example.org",
    "https://media.example.org.",
    "https://media.example.org/",
    "https://media.example.org/path",
    "https://user@media.example.org",
    "https://media.example.org?",
    " https://media.example.org",
    "https://media%2Eexample.org",
    "https://203.0.113.7",
    "android:apk-key-hash:AAAA",
    "null",
    "",
];

#[test]
fn another_origin_is_refused() {
    for other in OTHERS {
        let refused = |error| matches!(error, PasskeyError::Origin);
        let made = Registering::new().when(|made| made.page.0["origin"] = other.into());
        assert!(made.is_err_and(refused), "{other:?}");
        let used = Asserting::when(&mut SecurityKey::new(1), |used| used.page.0["origin"] = other.into());
        assert!(used.is_err_and(refused), "{other:?}");
    }
    for nonsense in [Value::Null, json!(1), json!([ORIGIN])] {
        let made = Registering::new().when(|made| made.page.0["origin"] = nonsense.clone());
        assert_eq!(made, Err(PasskeyError::Malformed), "{nonsense}");
    }
}

#[test]
fn each_allowed_origin_will_do() {
    let origins = ["https://media.example.org:8920", "https://tv.example.org:443", ORIGIN];
    let parsed: Vec<_> = origins.iter().map(|origin| origin.parse().unwrap()).collect();
    let rp = RelyingParty::new("example.org", "Jellyfin", &parsed).unwrap();
    for origin in ["https://media.example.org:8920", "https://tv.example.org", ORIGIN] {
        let registering = Registering::new();
        let mut key = SecurityKey::new(1);
        let made = key.create(&registering.options, origin).json();
        assert!(finish_registration(&rp, &registering.state, &made).is_ok(), "{origin}");
        let asserting = Asserting::with(&mut key, jellyward::factor::passkey::Verification::Preferred, true);
        let used = key.get(&asserting.options, origin).json();
        assert!(finish_assertion(&rp, &asserting.state, &used, &asserting.credential).is_ok(), "{origin}");
    }
}

#[test]
fn a_frame_of_another_site_is_refused() {
    let both = |change: fn(&mut Value)| {
        let made = Registering::new().when(|made| change(&mut made.page.0)).map(|_| ());
        let used = Asserting::when(&mut SecurityKey::new(1), |used| change(&mut used.page.0)).map(|_| ());
        assert_eq!(made, used);
        made
    };
    assert_eq!(both(|page| page["crossOrigin"] = true.into()), Err(PasskeyError::Frame));
    assert_eq!(both(|page| page["topOrigin"] = "https://example.com".into()), Err(PasskeyError::Frame));
    assert_eq!(both(|page| page["crossOrigin"] = "yes".into()), Err(PasskeyError::Malformed));
    assert_eq!(both(|page| page["later"] = json!({"invented": [1, 2, 3]})), Ok(()));
    assert_eq!(both(|page| drop(page.as_object_mut().unwrap().remove("crossOrigin"))), Ok(()));
}

#[test]
fn another_relying_party_is_refused() {
    for id in ["media.example.org", "evil-example.org", "EXAMPLE.ORG", "example.org.", ""] {
        let made = Registering::new().when(|made| made.data.rp_id = id.into());
        assert_eq!(made, Err(PasskeyError::RelyingParty), "{id}");
        let used = Asserting::when(&mut SecurityKey::new(1), |used| used.data.rp_id = id.into());
        assert_eq!(used, Err(PasskeyError::RelyingParty), "{id}");
    }
}

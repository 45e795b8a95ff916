//! The ceremonies as they are meant, and whose they are.

use jellyward::factor::passkey::{
    Base64Url, Credential, MOST_CREDENTIALS, PasskeyError, Person, Verification, begin_assertion, begin_registration,
    credential_id, finish_assertion, finish_registration,
};
use serde_json::{Value, json};

use crate::desk::{ALICE, Asserting, ORIGIN, Registering, relying_party};
use jellyward::demo::security_key::{BACKED_UP, BACKUP_ELIGIBLE, PRESENT, SecurityKey, VERIFIED, base64};

#[test]
fn a_browser_is_asked_for_what_is_wanted_and_nothing_else() {
    let registering = Registering::with(Verification::Required, &[Base64Url(vec![9; 16])]);
    let mut options = registering.options;
    let challenge = options["publicKey"]["challenge"].take();
    assert_eq!(challenge.as_str().unwrap().len(), 43);
    assert_eq!(
        options,
        json!({"publicKey": {
            "challenge": null,
            "rp": {"id": "example.org", "name": "Jellyfin"},
            "user": {"id": base64(&ALICE), "name": "alice", "displayName": "Alice"},
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
            "timeout": 600_000,
            "attestation": "none",
            "excludeCredentials": [{"type": "public-key", "id": base64(&[9; 16])}],
            "authenticatorSelection":
                {"residentKey": "preferred", "requireResidentKey": false, "userVerification": "required"},
            "extensions": {"credProps": true},
        }})
    );
    let mut asserting = Asserting::with(&mut SecurityKey::new(1), Verification::Preferred, true);
    assert_ne!(asserting.options["publicKey"]["challenge"].take(), challenge);
    let listed = json!([{"type": "public-key", "id": base64(&[1; 32]), "transports": ["usb", "nfc"]}]);
    assert_eq!(
        asserting.options,
        json!({"publicKey": {"challenge": null, "rpId": "example.org", "timeout": 600_000,
            "userVerification": "preferred", "allowCredentials": listed}})
    );
    let asserting = Asserting::with(&mut SecurityKey::new(1), Verification::Required, false);
    assert_eq!(asserting.options["publicKey"]["allowCredentials"], json!([]));
}

/// webauthn-rs-core would write challenges and keys to whoever listens.
#[test]
fn nothing_is_traced() {
    assert_eq!(tracing::level_filters::STATIC_MAX_LEVEL, tracing::level_filters::LevelFilter::OFF);
}

#[test]
fn no_two_challenges_are_alike() {
    let challenge = || Registering::new().options["publicKey"]["challenge"].to_string();
    let drawn: std::collections::BTreeSet<String> = (0..100).map(|_| challenge()).collect();
    assert_eq!(drawn.len(), 100);
}

#[test]
fn what_is_kept_of_a_passkey() {
    let made = Registering::new().when(|_| {}).unwrap();
    let kept = serde_json::to_value(&made).unwrap();
    assert_eq!(kept["publicKey"], base64(&SecurityKey::new(1).cose(&[])));
    assert_eq!(
        kept,
        json!({"id": base64(&[1; 32]), "userHandle": base64(&ALICE), "publicKey": kept["publicKey"], "counter": 1,
            "transports": ["usb", "nfc"], "backupEligible": false, "backupState": false, "userVerified": true,
            "discoverable": true})
    );
    assert_eq!(serde_json::from_value::<Credential>(kept).unwrap(), made);
}

#[test]
fn it_is_used_with_and_without_a_name() {
    for (listed, verification) in [(true, Verification::Preferred), (false, Verification::Required)] {
        let mut key = SecurityKey::new(1);
        let asserting = Asserting::with(&mut key, verification, listed);
        let response = key.get(&asserting.options, ORIGIN).json();
        assert_eq!(credential_id(&response).unwrap(), asserting.credential.id);
        let asserted = asserting.finish(&response).unwrap();
        assert_eq!(
            serde_json::to_value(&asserted).unwrap(),
            json!({"userHandle": base64(&ALICE), "credentialId": base64(&[1; 32]), "counter": 2,
                "backupState": false, "userVerified": true})
        );
    }
}

#[test]
fn a_state_lives_through_a_restart() {
    let mut key = SecurityKey::new(1);
    let mut registering = Registering::with(Verification::Required, &[]);
    registering.state = serde_json::from_str(&serde_json::to_string(&registering.state).unwrap()).unwrap();
    assert!(registering.finish(&key.create(&registering.options, ORIGIN).json()).is_ok());
    let mut asserting = Asserting::with(&mut key, Verification::Required, true);
    asserting.state = serde_json::from_str(&serde_json::to_string(&asserting.state).unwrap()).unwrap();
    assert!(asserting.finish(&key.get(&asserting.options, ORIGIN).json()).is_ok());
}

#[test]
fn a_response_answers_its_own_challenge_only() {
    let (one, other) = (Registering::new(), Registering::new());
    let response = SecurityKey::new(1).create(&one.options, ORIGIN).json();
    assert_eq!(other.finish(&response), Err(PasskeyError::Challenge));
    let mut key = SecurityKey::new(1);
    let (one, other) = (
        Asserting::with(&mut key, Verification::Preferred, true),
        Asserting::with(&mut key, Verification::Preferred, true),
    );
    let response = key.get(&one.options, ORIGIN).json();
    assert_eq!(other.finish(&response), Err(PasskeyError::Challenge));
    assert!(one.finish(&response).is_ok());
    let no_challenge = |challenge: Value| {
        Asserting::when(&mut SecurityKey::new(1), |used| used.page.0["challenge"] = challenge.clone()).unwrap_err()
    };
    assert_eq!(no_challenge(json!("")), PasskeyError::Challenge);
    assert_eq!(no_challenge(Value::Null), PasskeyError::Malformed);
}

#[test]
fn one_ceremony_is_not_the_other() {
    let registering = Registering::new();
    assert_eq!(registering.when(|made| made.page.0["type"] = "webauthn.get".into()), Err(PasskeyError::Ceremony));
    let mut key = SecurityKey::new(1);
    assert_eq!(
        Asserting::when(&mut key, |used| used.page.0["type"] = "webauthn.create".into()),
        Err(PasskeyError::Ceremony)
    );
    let asserting = Asserting::with(&mut key, Verification::Preferred, true);
    let made = key.create(&registering.options, ORIGIN).json();
    let used = key.get(&asserting.options, ORIGIN).json();
    assert_eq!(asserting.finish(&made), Err(PasskeyError::Malformed));
    assert_eq!(registering.finish(&used), Err(PasskeyError::Malformed));
    // Nor is the state of one a state of the other.
    let state = serde_json::to_string(&registering.state).unwrap();
    assert!(serde_json::from_str::<jellyward::factor::passkey::AssertionState>(&state).is_err());
    let state = serde_json::to_string(&asserting.state).unwrap();
    assert!(serde_json::from_str::<jellyward::factor::passkey::RegistrationState>(&state).is_err());
}

#[test]
fn an_authenticator_is_registered_once() {
    let registering = Registering::with(Verification::Preferred, &[Base64Url(vec![2; 32]), Base64Url(vec![1; 32])]);
    assert_eq!(registering.when(|_| {}), Err(PasskeyError::Registered));
}

#[test]
fn only_a_passkey_that_was_asked_for_answers() {
    let (mut asked, mut other) = (SecurityKey::new(1), SecurityKey::new(2));
    let asserting = Asserting::with(&mut asked, Verification::Preferred, true);
    let also = Asserting::with(&mut other, Verification::Preferred, true);
    let response = other.get(&asserting.options, ORIGIN).json();
    let finish = |credential| finish_assertion(&asserting.rp, &asserting.state, &response, credential);
    assert_eq!(finish(&also.credential), Err(PasskeyError::Unknown));
    assert_eq!(finish(&asserting.credential), Err(PasskeyError::Unknown));
    // With the right id, it still signs with the wrong key.
    let mut used = other.get(&asserting.options, ORIGIN);
    used.raw_id = vec![1; 32];
    assert_eq!(asserting.finish(&used.json()), Err(PasskeyError::Signature));
}

#[test]
fn a_passkey_says_whose_it_is() {
    let used_with = |listed, handle: Option<&[u8]>| {
        let mut key = SecurityKey::new(1);
        let asserting = Asserting::with(&mut key, Verification::Preferred, listed);
        let mut used = key.get(&asserting.options, ORIGIN);
        used.handle = handle.map(<[u8]>::to_vec);
        asserting.finish(&used.json())
    };
    for listed in [true, false] {
        assert_eq!(used_with(listed, Some(&[7; 16])), Err(PasskeyError::Account));
        assert_eq!(used_with(listed, Some(&ALICE[..15])), Err(PasskeyError::Account));
        assert!(used_with(listed, Some(&ALICE)).is_ok());
        // A key without room for the account says nothing: enough behind a password, and only there.
        let silent = if listed { Ok(()) } else { Err(PasskeyError::Account) };
        assert_eq!(used_with(listed, None).map(|_| ()), silent);
        assert_eq!(used_with(listed, Some(&[])).map(|_| ()), silent);
    }
}

#[test]
fn backup_state_is_reported_anew() {
    let mut key = SecurityKey::new(1);
    key.flags = PRESENT | BACKUP_ELIGIBLE;
    key.counter = 0;
    let asserted = Asserting::when(&mut key, |used| used.data.flags |= BACKED_UP | VERIFIED).unwrap();
    assert!(asserted.backup_state && asserted.user_verified && asserted.counter == 0);
}

#[test]
fn people_and_numbers_have_bounds() {
    let rp = relying_party();
    let begin = |handle: &[u8], name: &str, existing: usize| {
        let person = Person { handle, name, display_name: name };
        let existing = vec![Base64Url(vec![1]); existing];
        begin_registration(&rp, &person, &existing, Verification::Preferred)
            .map(|(options, _)| options["publicKey"]["user"]["name"].as_str().unwrap().to_owned())
    };
    for handle in [0, 65] {
        assert_eq!(begin(&vec![1; handle], "alice", 0), Err(PasskeyError::Person));
    }
    for nothing in ["", " ", "\u{202e}\n\u{200b}"] {
        assert_eq!(begin(&ALICE, nothing, 0), Err(PasskeyError::Person), "{nothing:?}");
    }
    assert_eq!(begin(&ALICE, "a\u{202e}l\ti\u{feff}ce", 0).unwrap(), "alice");
    assert_eq!(begin(&ALICE, &"ß".repeat(5000), 0).unwrap(), "ß".repeat(32));
    // Whoever may register one more may also use all of them.
    assert!(begin(&ALICE, "alice", MOST_CREDENTIALS - 1).is_ok());
    assert_eq!(begin(&ALICE, "alice", MOST_CREDENTIALS), Err(PasskeyError::TooMany));
    let mut many = vec![Registering::new().when(|_| {}).unwrap(); MOST_CREDENTIALS];
    assert!(begin_assertion(&rp, &many, Verification::Preferred).is_ok());
    many.extend_from_within(..1);
    assert_eq!(begin_assertion(&rp, &many, Verification::Preferred).err(), Some(PasskeyError::TooMany));
}

#[test]
fn a_key_that_was_begun_at_another_relying_party_is_refused() {
    let registering = Registering::new();
    let elsewhere =
        jellyward::factor::passkey::RelyingParty::new("media.example.org", "Jellyfin", &[ORIGIN.parse().unwrap()])
            .unwrap();
    let response = SecurityKey::new(1).create(&registering.options, ORIGIN).json();
    assert_eq!(finish_registration(&elsewhere, &registering.state, &response), Err(PasskeyError::RelyingParty));
}

//! Signing in with a second factor.

use std::thread;

use serde_json::json;

use super::turn;
use crate::people::Person;
use crate::traces::Traces;

#[test]
fn no_trace_of_a_session_exists_before_the_code() {
    let Some(mut turn) = turn("no_trace_of_a_session_exists_before_the_code") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let mut browser = alice.browser(&turn.server);
    // The session she enrolled in.
    let before = Traces { devices: 0, sessions: 0, succeeded: 1, started: 1, failed: 0 };
    before.come(&mut turn.administrator, &browser.device_id, &alice);
    let mut traces = |of: &str| Traces::of(&mut turn.administrator, of, &alice);

    let challenge = browser.login(&alice.name, &alice.password).expect(200);
    assert!(!challenge.is_session(), "{}", challenge.shown());
    let told = challenge.json()["jellyward"].clone();
    assert_eq!((&told["outcome"], &told["methods"]), (&json!("challenge"), &json!(["totp", "recovery"])));
    assert_eq!(traces(&browser.device_id), before);

    let wrong = browser.verify(&challenge.challenge(), "totp", &factors.app.wrong()).expect(401);
    assert_eq!((wrong.code(), wrong.json()["triesLeft"].clone()), ("wrong_code".into(), json!(4)));
    assert_eq!(traces(&browser.device_id), before);

    let session = browser.verify(&challenge.challenge(), "totp", &factors.app.fresh()).expect(200);
    assert_eq!(session.json()["User"]["Name"], json!(alice.name));
    let mut signed_in = browser.holding(&session);
    signed_in.get("/Users/Me").expect(200);
    let after = Traces { devices: 1, sessions: 1, succeeded: 2, started: 2, failed: 0 };
    after.come(&mut turn.administrator, &browser.device_id, &alice);
    let user = turn.administrator.get(&format!("/Users/{}", alice.id)).expect(200).json();
    assert!(user["LastLoginDate"].is_string(), "{user}");
}

#[test]
fn a_code_and_a_challenge_are_good_once() {
    let Some(mut turn) = turn("a_code_and_a_challenge_are_good_once") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let mut browser = alice.browser(&turn.server);
    let first = browser.login(&alice.name, &alice.password).challenge();
    browser.verify(&first, "totp", &factors.app.fresh()).expect(200);
    assert_eq!(browser.verify(&first, "totp", &factors.app.last()).expect(401).code(), "challenge_gone");
    let second = browser.login(&alice.name, &alice.password).challenge();
    assert_eq!(browser.verify(&second, "totp", &factors.app.last()).expect(401).code(), "code_used");
    // A challenge is the device's that asked.
    let mut other = alice.browser(&turn.server);
    assert_eq!(other.verify(&second, "totp", &factors.app.fresh()).expect(401).code(), "challenge_gone");
}

#[test]
fn a_recovery_code_works_once() {
    let Some(mut turn) = turn("a_recovery_code_works_once") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let factors = alice.enrol(&turn.server);
    assert_eq!(factors.recovery_codes.len(), 10);
    let mut browser = alice.browser(&turn.server);
    let challenge = browser.login(&alice.name, &alice.password).challenge();
    browser.verify(&challenge, "recovery", &factors.recovery_codes[0].to_uppercase().replace('-', " ")).expect(200);
    let challenge = browser.login(&alice.name, &alice.password).challenge();
    let again = browser.verify(&challenge, "recovery", &factors.recovery_codes[0]);
    assert_eq!(again.expect(401).code(), "wrong_code");
    let mut session = factors.session;
    assert_eq!(session.get("/Jellyward/Api/Account").expect(200).json()["recoveryCodesLeft"], json!(9));
}

#[test]
fn one_recovery_code_sent_twice_at_once_makes_one_session() {
    let Some(mut turn) = turn("one_recovery_code_sent_twice_at_once_makes_one_session") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let factors = alice.enrol(&turn.server);
    for code in &factors.recovery_codes[..3] {
        let tries: Vec<_> = (0..2)
            .map(|_| {
                let mut browser = alice.browser(&turn.server);
                let challenge = browser.login(&alice.name, &alice.password).challenge();
                let code = code.clone();
                let sent = browser.clone();
                (sent, thread::spawn(move || browser.verify(&challenge, "recovery", &code)))
            })
            .collect();
        let mut sessions = 0;
        let mut devices = 0;
        for (browser, answer) in tries {
            sessions += usize::from(answer.join().unwrap().is_session());
            devices += Traces::of(&mut turn.administrator, &browser.device_id, &alice).devices;
        }
        assert_eq!((sessions, devices), (1, 1));
    }
}

#[test]
fn the_code_may_stand_behind_the_password() {
    let Some(mut turn) = turn("the_code_may_stand_behind_the_password") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let mut tv = alice.television(&turn.server);
    let answer = tv.login(&alice.name, &alice.password).expect(401);
    assert_eq!(answer.json()["jellyward"]["outcome"], "challenge");
    let wrong = format!("{} {}", alice.password, factors.app.wrong());
    tv.login(&alice.name, &wrong).expect(401);
    let typed = format!("{} {}", alice.password, factors.app.fresh());
    assert!(tv.login(&alice.name, &typed).expect(200).is_session());
    assert!(!tv.login(&alice.name, &typed).expect(401).is_session(), "the same code again");
    let typed = format!("{}{}", alice.password, factors.recovery_codes[4]);
    assert!(tv.login(&alice.name, &typed).expect(200).is_session());
    tv.login(&alice.name, &typed).expect(401);
}

#[test]
fn names_are_jellyfins_to_compare() {
    let Some(mut turn) = turn("names_are_jellyfins_to_compare") else { return };
    let kess = Person::named(&mut turn.administrator, "kess");
    let mut factors = kess.enrol(&turn.server);
    for name in ["keſſ", "KESS", "Kess"] {
        let mut browser = kess.browser(&turn.server);
        let answer = browser.login(name, &kess.password);
        assert!(!answer.is_session(), "{name} was let in without a code");
        assert_eq!(answer.json()["jellyward"]["outcome"], "challenge", "{name}: {}", answer.shown());
    }
    let mut browser = kess.browser(&turn.server);
    let challenge = browser.login("keſſ", &kess.password).challenge();
    let session = browser.verify(&challenge, "totp", &factors.app.fresh()).expect(200);
    assert_eq!(session.json()["User"]["Name"], "kess");
}

#[test]
fn half_an_enrolment_changes_nothing() {
    let Some(mut turn) = turn("half_an_enrolment_changes_nothing") else { return };
    let bob = Person::new(&mut turn.administrator, "bob");
    let mut browser = bob.browser(&turn.server);
    let session = browser.login(&bob.name, &bob.password).expect(200);
    let mut signed_in = browser.holding(&session);
    let wrong = json!({ "proof": { "method": "password", "value": "wrong" } });
    assert_eq!(signed_in.post("/Jellyward/Api/Account/Totp/Start", &wrong).expect(401).code(), "wrong_proof");
    let proof = json!({ "proof": { "method": "password", "value": bob.password } });
    let started = signed_in.post("/Jellyward/Api/Account/Totp/Start", &proof).expect(200).json();
    let mut app = crate::authenticator::Authenticator::read(&started);
    let confirm = json!({ "enrolment": started["enrolment"], "code": app.wrong() });
    assert_eq!(signed_in.post("/Jellyward/Api/Account/Totp/Confirm", &confirm).expect(401).code(), "wrong_code");
    assert_eq!(signed_in.get("/Jellyward/Api/Account").expect(200).json()["factors"], json!([]));
    let mut tv = bob.television(&turn.server);
    tv.login(&bob.name, &format!("{} {}", bob.password, app.fresh())).expect(401);
    assert!(tv.login(&bob.name, &bob.password).expect(200).is_session());
}

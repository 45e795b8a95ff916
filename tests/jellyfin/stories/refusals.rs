//! Who is not let in, and what that looks like from outside.

use std::time::Instant;

use serde_json::json;

use super::turn;
use crate::authenticator::Authenticator;
use crate::installation::report;
use crate::people::Person;
use crate::server::ADMIN_PASSWORD;
use crate::traces::Traces;
use crate::visitor::Answer;

/// Refusals of each kind that are timed. Printed, not asserted.
const ROUNDS: usize = 7;

#[test]
fn unknown_wrong_and_disabled_are_answered_alike() {
    let Some(mut turn) = turn("unknown_wrong_and_disabled_are_answered_alike") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    alice.enrol(&turn.server);
    let bob = Person::new(&mut turn.administrator, "bob");
    let carol = Person::new(&mut turn.administrator, "carol");
    carol.change_policy(&mut turn.administrator, "IsDisabled", &json!(true));
    let cases = [
        ("unknown", "nobody at all", "some password"),
        ("wrong", &bob.name, "wrong"),
        ("wrong, protected", &alice.name, "wrong"),
        ("wrong with a code behind it", &alice.name, "wrong 123456"),
        ("disabled, wrong", &carol.name, "wrong"),
        ("disabled, right", &carol.name, &carol.password),
    ];
    let mut seen: Vec<(&str, Answer)> = Vec::new();
    let mut times: [Vec<u128>; 6] = Default::default();
    for round in 0..ROUNDS {
        for (at, (what, name, password)) in cases.into_iter().enumerate() {
            // Each from its own address: limits are another story.
            let mut tv = bob.television(&turn.server);
            let began = Instant::now();
            let answer = tv.login(name, password);
            times[at].push(began.elapsed().as_millis());
            if round == 0 {
                seen.push((what, answer));
            }
        }
    }
    for ((what, ..), mut times) in cases.into_iter().zip(times) {
        times.sort_unstable();
        report(&format!("  refused in {:4} ms (median of {ROUNDS}): {what}", times[ROUNDS / 2]));
    }
    let face = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.retain(|(name, _)| name != "date" && name != "x-response-time-ms");
        headers.sort();
        (answer.status, headers, answer.text())
    };
    let (_, first) = &seen[0];
    assert_eq!(first.status, 401, "{}", first.shown());
    for (what, answer) in &seen[1..] {
        assert_eq!(face(answer), face(first), "{what}");
    }
}

#[test]
fn whoever_is_disabled_between_the_steps_gets_no_session() {
    let Some(mut turn) = turn("whoever_is_disabled_between_the_steps_gets_no_session") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let mut browser = alice.browser(&turn.server);
    let challenge = browser.login(&alice.name, &alice.password).challenge();
    alice.change_policy(&mut turn.administrator, "IsDisabled", &json!(true));
    let refused = browser.verify(&challenge, "totp", &factors.app.fresh()).expect(403);
    assert_eq!(refused.code(), "not_allowed_now");
    let traces = Traces::of(&mut turn.administrator, &browser.device_id, &alice);
    assert_eq!((traces.devices, traces.sessions), (0, 0));
}

#[test]
fn whoever_must_enrol_gets_a_session_from_nowhere_before() {
    let Some(mut turn) = turn("whoever_must_enrol_gets_a_session_from_nowhere_before") else { return };
    let bob = Person::new(&mut turn.administrator, "bob");
    let mut earlier = bob.browser(&turn.server);
    let session = earlier.login(&bob.name, &bob.password).expect(200);
    let mut earlier = earlier.holding(&session);
    let rule =
        json!({ "user": bob.id, "rule": "required", "proof": { "method": "password", "value": ADMIN_PASSWORD } });
    turn.administrator.post("/Jellyward/Api/Admin/Users/Rule", &rule).expect(200);

    let mut tv = bob.television(&turn.server);
    let refused = tv.login(&bob.name, &bob.password).expect(401);
    assert!(!refused.is_session());
    tv.post(&format!("/Users/{}/Authenticate?pw={}", bob.id, bob.password.replace(' ', "%20")), &json!({})).expect(401);
    let quick = tv.post("/QuickConnect/Initiate", &json!({})).expect(200).json();
    let code = quick["Code"].as_str().unwrap();
    for approving in [
        earlier.post(&format!("/QuickConnect/Authorize?code={code}"), &json!({})),
        turn.administrator.post(&format!("/QuickConnect/Authorize?code={code}&userId={}", bob.id), &json!({})),
    ] {
        assert_ne!(approving.status, 200, "{}", approving.shown());
    }
    let mut browser = bob.browser(&turn.server);
    let answer = browser.login(&bob.name, &bob.password).expect(200);
    assert_eq!(answer.json()["jellyward"]["outcome"], "enrol");
    let challenge = answer.challenge();
    for method in ["totp", "recovery"] {
        assert_eq!(browser.verify(&challenge, method, "123456").expect(401).code(), "challenge_gone");
    }
    let finish = json!({ "challenge": challenge });
    assert_eq!(browser.post("/Jellyward/Api/Challenge/Finish", &finish).expect(401).code(), "challenge_gone");
    for device in [&tv.device_id, &browser.device_id] {
        let traces = Traces::of(&mut turn.administrator, device, &bob);
        assert_eq!((traces.devices, traces.sessions), (0, 0), "{device}");
    }

    // Set up on the way in.
    let started = browser.post("/Jellyward/Api/Challenge/Enrol/Start", &finish).expect(200).json();
    let mut app = Authenticator::read(&started);
    let confirm = json!({ "challenge": challenge, "enrolment": started["enrolment"], "code": app.fresh() });
    let confirmed = browser.post("/Jellyward/Api/Challenge/Enrol/Confirm", &confirm).expect(200).json();
    assert_eq!(confirmed["recoveryCodes"].as_array().map(Vec::len), Some(10));
    assert!(browser.post("/Jellyward/Api/Challenge/Finish", &finish).expect(200).is_session());
}

//! Passkeys through the engine's own calls: registered, second factor, proof, sign-in without a password.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(feature = "demo")]

mod support;

use jellyward::demo::security_key::{BACKED_UP, BACKUP_ELIGIBLE, SecurityKey, VERIFIED};
use jellyward::gate::verdict::Outcome;
use jellyward::web::message::Response;
use serde_json::{Value, json};
use support::mailbox::{give_address, letters_to, set_up_mail};
use support::passkey::{SITE, made, used};
use support::world::{Authenticator, Visitor, World, body, challenge, code_of, codes, text};

const PASSWORD: &str = "right password";

fn world() -> World {
    let world = World::new();
    world.set(&json!({ "passkeys.domain": "media.example.org", "passkeys.origins": [SITE] }));
    world
}

fn account(world: &World, from: &Visitor, path: &str, document: &Value) -> Response {
    world.post(from, &format!("/Jellyward/Api/Account/{path}"), document)
}

/// Registers a key; gives what the engine answered.
fn register(world: &World, from: &Visitor, key: &mut SecurityKey, proof: &Value) -> Response {
    let started = account(world, from, "Passkeys/Start", &json!({ "proof": proof }));
    assert_eq!(started.status, 200, "{}", text(&started));
    let started = body(&started);
    let response = made(key, &started);
    let document = json!({ "ceremony": started["ceremony"], "response": response, "name": "key" });
    account(world, from, "Passkeys/Finish", &document)
}

/// A user with a passkey and nothing else, signed in where it was registered; and the recovery codes.
fn keyed(world: &World, name: &str) -> (Visitor, SecurityKey, Vec<String>) {
    world.user(name, PASSWORD);
    let browser = world.sign_in(&Visitor::at("203.0.113.5"), name, PASSWORD);
    let mut key = SecurityKey::new(name.len() as u8);
    let answer = register(world, &browser, &mut key, &json!({ "method": "password", "value": PASSWORD }));
    assert_eq!(answer.status, 200, "{}", text(&answer));
    (browser, key, codes(&body(&answer)))
}

fn begin(world: &World, from: &Visitor, token: &str) -> Value {
    let begun = world.post(from, "/Jellyward/Api/Challenge/Passkey", &json!({ "challenge": token }));
    assert_eq!(begun.status, 200, "{}", text(&begun));
    body(&begun)
}

fn answer(world: &World, from: &Visitor, token: &str, ceremony: &Value, response: &Value) -> Response {
    let document = json!({ "challenge": token, "method": "passkey", "ceremony": ceremony, "response": response });
    world.post(from, "/Jellyward/Api/Challenge/Verify", &document)
}

/// Signs in without a password.
fn alone(world: &World, from: &Visitor, key: &mut SecurityKey) -> Response {
    let started = body(&world.post(from, "/Jellyward/Api/Passkey/Start", &json!({})));
    assert_eq!(started["options"]["allowCredentials"].as_array().map_or(0, Vec::len), 0, "the same for everybody");
    let document = json!({ "ceremony": started["ceremony"], "response": used(key, &started) });
    world.post(from, "/Jellyward/Api/Passkey/Finish", &document)
}

#[test]
fn the_first_passkey_protects_the_account_and_brings_recovery_codes() {
    let world = world();
    let (browser, mut key, codes) = keyed(&world, "alice");
    assert_eq!(codes.len(), 10);
    let listed = body(&world.get(&browser, "/Jellyward/Api/Account"));
    assert_eq!((&listed["factors"][0]["kind"], &listed["factors"][0]["name"]), (&json!("passkey"), &json!("key")));
    assert_eq!(listed["proofs"], json!(["passkey", "recovery"]));

    let before = world.jellyfin.session_count();
    let elsewhere = Visitor::at("203.0.113.6");
    let verdict = world.login(&elsewhere, "alice", PASSWORD);
    assert_eq!(verdict.body.as_ref().unwrap()["jellyward"]["methods"], json!(["passkey", "recovery"]));
    assert_eq!(world.jellyfin.session_count(), before, "a session before the factor");
    let token = challenge(&verdict);
    let begun = begin(&world, &elsewhere, &token);
    assert_eq!(begun["options"]["allowCredentials"].as_array().unwrap().len(), 1, "after the password its own");
    let verified = answer(&world, &elsewhere, &token, &begun["ceremony"], &used(&mut key, &begun));
    assert_eq!(verified.status, 200, "{}", text(&verified));
    assert_eq!(world.jellyfin.session_count(), before + 1);
    assert_eq!(
        world.login(&Visitor::app_at("203.0.113.7"), "alice", &format!("{PASSWORD} {}", codes[0])).outcome,
        Outcome::Allow,
        "a recovery code behind the password"
    );
}

#[test]
fn a_passkey_alone_signs_in_if_it_knows_its_user() {
    let world = world();
    let (_, mut key, _) = keyed(&world, "alice");
    let before = world.jellyfin.session_count();
    let browser = Visitor::at("203.0.113.6");
    key.flags &= !VERIFIED;
    assert_eq!(code_of(&alone(&world, &browser, &mut key)), "wrong_passkey", "holding it is one factor only");
    key.flags |= VERIFIED;
    let checks = world.jellyfin.password_checks.load(std::sync::atomic::Ordering::SeqCst);
    let signed_in = alone(&world, &browser, &mut key);
    assert_eq!(signed_in.status, 200, "{}", text(&signed_in));
    assert_eq!(world.jellyfin.session_count(), before + 1);
    assert_eq!(world.jellyfin.password_checks.load(std::sync::atomic::Ordering::SeqCst), checks);
    let mut strange = SecurityKey::new(99);
    strange.handle = key.handle.clone();
    assert_eq!(code_of(&alone(&world, &browser, &mut strange)), "wrong_passkey");
}

#[test]
fn who_may_not_enter_now_does_not_with_a_passkey_either() {
    let world = world();
    let (browser, mut key, _) = keyed(&world, "alice");
    world.jellyfin.change(browser.token.as_ref().unwrap().0, |user| user.facts.disabled = true);
    let refused = alone(&world, &Visitor::at("203.0.113.6"), &mut key);
    assert_eq!((refused.status, code_of(&refused).as_str()), (403, "not_allowed_now"));
}

#[test]
fn a_ceremony_is_answered_once_and_where_it_was_begun() {
    let world = world();
    let (_, mut key, _) = keyed(&world, "alice");
    let browser = Visitor::at("203.0.113.6");
    let token = challenge(&world.login(&browser, "alice", PASSWORD));
    let other = challenge(&world.login(&browser, "alice", PASSWORD));
    let begun = begin(&world, &browser, &token);
    let response = used(&mut key, &begun);
    assert_eq!(code_of(&answer(&world, &browser, &other, &begun["ceremony"], &response)), "ceremony_gone");
    let alone = json!({ "ceremony": begun["ceremony"], "response": response });
    assert_eq!(code_of(&world.post(&browser, "/Jellyward/Api/Passkey/Finish", &alone)), "ceremony_gone");
    assert_eq!(answer(&world, &browser, &token, &begun["ceremony"], &response).status, 200);

    let third = challenge(&world.login(&browser, "alice", PASSWORD));
    let begun = begin(&world, &browser, &third);
    let mut forged = used(&mut key, &begun);
    forged["response"]["signature"] = json!("MEUCIQ");
    assert_eq!(code_of(&answer(&world, &browser, &third, &begun["ceremony"], &forged)), "wrong_passkey");
    let right = used(&mut key, &begun);
    assert_eq!(code_of(&answer(&world, &browser, &third, &begun["ceremony"], &right)), "ceremony_gone");

    let begun = begin(&world, &browser, &third);
    world.pass(600);
    let late = used(&mut key, &begun);
    assert_eq!(code_of(&answer(&world, &browser, &third, &begun["ceremony"], &late)), "challenge_gone");
}

#[test]
fn a_challenge_takes_five_wrong_passkeys_and_no_more() {
    let world = world();
    let (_, mut key, _) = keyed(&world, "alice");
    let browser = Visitor::at("203.0.113.6");
    let token = challenge(&world.login(&browser, "alice", PASSWORD));
    for _ in 0..5 {
        let begun = begin(&world, &browser, &token);
        let mut forged = used(&mut key, &begun);
        forged["response"]["signature"] = json!("MEUCIQ");
        assert_eq!(code_of(&answer(&world, &browser, &token, &begun["ceremony"], &forged)), "wrong_passkey");
    }
    let gone = world.post(&browser, "/Jellyward/Api/Challenge/Passkey", &json!({ "challenge": token }));
    assert_eq!(code_of(&gone), "challenge_gone");
    assert_eq!(refusals(&world), ["wrong_passkey"; 5], "the owner reads of each");
}

/// What the account's page tells its owner of sign-ins that were refused.
fn refusals(world: &World) -> Vec<String> {
    let owner = world.jellyfin.sessions.lock().unwrap()[0].clone();
    let owner = Visitor::at("203.0.113.5").signed_in_as(owner.request.user, false, &owner.token);
    let told = body(&world.get(&owner, "/Jellyward/Api/Account/Refused"));
    told["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_copied_passkey_is_refused_and_the_owner_reads_of_it() {
    let world = world();
    world.user("alice", PASSWORD);
    let browser = world.sign_in(&Visitor::at("203.0.113.5"), "alice", PASSWORD);
    let mut key = SecurityKey::new(1);
    key.counter = 7;
    register(&world, &browser, &mut key, &json!({ "method": "password", "value": PASSWORD }));
    assert_eq!(alone(&world, &browser, &mut key).status, 200);
    key.counter -= 1;
    assert_eq!(code_of(&alone(&world, &browser, &mut key)), "wrong_passkey");
    world.administrator("root", PASSWORD);
    let root = world.sign_in(&Visitor::at("203.0.113.9"), "root", PASSWORD);
    let events = body(&world.get(&root, "/Jellyward/Api/Admin/Events")).to_string();
    assert!(events.contains("passkey_copied"), "{events}");
}

#[test]
fn a_copied_passkey_is_told_by_mail_and_from_where() {
    let world = world();
    set_up_mail(&world);
    let (_, mut key, _) = keyed(&world, "alice");
    give_address(&world, &world.jellyfin.id_of("alice"), "alice@example.org");
    key.counter = 7;
    assert_eq!(alone(&world, &Visitor::at("203.0.113.5"), &mut key).status, 200);
    key.counter -= 1;
    assert_eq!(code_of(&alone(&world, &Visitor::at("203.0.113.66"), &mut key)), "wrong_passkey");
    let topics: Vec<_> = letters_to(&world, "alice@example.org").into_iter().map(|letter| letter.topic).collect();
    assert_eq!(topics, ["passkey_copied"]);
    let told = body(&world.get(&world.with_session(&Visitor::at("203.0.113.5")), "/Jellyward/Api/Account/Refused"));
    assert_eq!(
        (&told["events"][0]["kind"], &told["events"][0]["address"]),
        (&json!("passkey_copied"), &json!("203.0.113.66"))
    );
}

/// A thief who knows the password holds a session beside the owner's.
fn thief_and_owner(world: &World) -> (Visitor, Visitor, Value) {
    world.user("alice", PASSWORD);
    let thief = world.sign_in(&Visitor::at("192.0.2.66"), "alice", PASSWORD);
    let owner = world.sign_in(&Visitor::at("203.0.113.5"), "alice", PASSWORD);
    (thief, owner, json!({ "method": "password", "value": PASSWORD }))
}

#[test]
fn a_passkey_begun_before_the_first_factor_does_not_come_after_it() {
    let world = world();
    let (thief, owner, proof) = thief_and_owner(&world);
    let started = body(&account(&world, &thief, "Passkeys/Start", &json!({ "proof": proof })));
    let response = made(&mut SecurityKey::new(9), &started);
    world.enrol(&owner, &proof);
    let late = json!({ "ceremony": started["ceremony"], "response": response, "name": "mine" });
    assert_eq!(code_of(&account(&world, &thief, "Passkeys/Finish", &late)), "ceremony_gone");
    let factors = body(&world.get(&owner, "/Jellyward/Api/Account"))["factors"].clone();
    assert_eq!(factors.as_array().unwrap().len(), 1, "{factors}");
}

#[test]
fn an_authenticator_begun_before_the_first_factor_does_not_come_after_it() {
    let world = world();
    let (thief, owner, proof) = thief_and_owner(&world);
    let started = body(&account(&world, &thief, "Totp/Start", &json!({ "proof": proof })));
    assert_eq!(register(&world, &owner, &mut SecurityKey::new(1), &proof).status, 200);
    let code = Authenticator::read(&started).code(world.now());
    let late = json!({ "enrolment": started["enrolment"], "code": code });
    assert_eq!(code_of(&account(&world, &thief, "Totp/Confirm", &late)), "enrolment_gone");
}

#[test]
fn sign_ins_without_a_password_are_begun_and_answered_so_often_from_one_network() {
    let world = world();
    let (_, mut key, _) = keyed(&world, "alice");
    let stranger = Visitor::at("192.0.2.66");
    let start = |from: &Visitor| world.post(from, "/Jellyward/Api/Passkey/Start", &json!({}));
    let mut strange = SecurityKey::new(99);
    strange.handle = key.handle.clone();
    strange.id = key.id.clone();
    let before = world.engine.durable_commits();
    for _ in 0..60 {
        assert_eq!(code_of(&alone(&world, &stranger, &mut strange)), "wrong_passkey");
    }
    assert_eq!(world.engine.durable_commits(), before, "a wrong answer waits for no disk");
    let refused = start(&stranger);
    assert_eq!((refused.status, code_of(&refused).as_str()), (429, "too_often"));
    let finish = world.post(&stranger, "/Jellyward/Api/Passkey/Finish", &json!({ "ceremony": "x", "response": {} }));
    assert_eq!(code_of(&finish), "too_often");
    assert_eq!(alone(&world, &Visitor::at("203.0.113.6"), &mut key).status, 200, "others go on");
    assert_eq!(world.engine.durable_commits(), before + 1);
    world.pass(60);
    assert_eq!(start(&stranger).status, 200);
}

#[test]
fn backup_flags_may_not_change_their_story() {
    let world = world();
    let (_, mut key, _) = keyed(&world, "alice");
    let browser = Visitor::at("203.0.113.6");
    key.flags |= BACKUP_ELIGIBLE;
    assert_eq!(code_of(&alone(&world, &browser, &mut key)), "wrong_passkey", "suddenly able to be backed up");
    key.flags = (key.flags & !BACKUP_ELIGIBLE) | BACKED_UP;
    assert_eq!(code_of(&alone(&world, &browser, &mut key)), "wrong_passkey", "backed up though it cannot be");
}

#[test]
fn one_passkey_belongs_to_one_account() {
    let world = world();
    let (_, key, _) = keyed(&world, "alice");
    world.user("bobby", PASSWORD);
    let bobby = world.sign_in(&Visitor::at("203.0.113.6"), "bobby", PASSWORD);
    let mut same = SecurityKey::new(5);
    same.id = key.id.clone();
    let proof = json!({ "method": "password", "value": PASSWORD });
    let refused = register(&world, &bobby, &mut same, &proof);
    assert_eq!((refused.status, code_of(&refused).as_str()), (409, "passkey_known"));
}

#[test]
fn passkeys_begun_at_the_same_time_are_no_more_than_an_account_can_use() {
    let world = world();
    let (browser, mut key, codes) = keyed(&world, "alice");
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute_batch(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 62) \
         INSERT INTO passkeys (account, credential_id, credential, name, created_at) \
         SELECT account, randomblob(16), credential, name, created_at FROM passkeys, n;",
    )
    .unwrap();
    let start = |code: &str| {
        let proof = json!({ "method": "recovery", "value": code });
        account(&world, &browser, "Passkeys/Start", &json!({ "proof": proof }))
    };
    let begun = [body(&start(&codes[0])), body(&start(&codes[1]))];
    let finished = [10, 11].map(|n| {
        let started = &begun[usize::from(n) - 10];
        let response = made(&mut SecurityKey::new(n), started);
        let document = json!({ "ceremony": started["ceremony"], "response": response, "name": "key" });
        account(&world, &browser, "Passkeys/Finish", &document).status
    });
    assert_eq!(finished, [200, 409]);
    assert_eq!(code_of(&start(&codes[2])), "too_many");
    let token = challenge(&world.login(&browser, "alice", PASSWORD));
    let ceremony = begin(&world, &browser, &token);
    let response = used(&mut key, &ceremony);
    assert_eq!(answer(&world, &browser, &token, &ceremony["ceremony"], &response).status, 200);
}

#[test]
fn ceremonies_from_a_clock_that_ran_ahead_keep_no_place() {
    let world = world();
    let (browser, mut key, _) = keyed(&world, "alice");
    world.pass(365 * 24 * 60 * 60);
    let token = challenge(&world.login(&browser, "alice", PASSWORD));
    for _ in 0..32 {
        begin(&world, &browser, &token);
    }
    world.pass(-365 * 24 * 60 * 60);
    let token = challenge(&world.login(&browser, "alice", PASSWORD));
    let ceremony = begin(&world, &browser, &token);
    let response = used(&mut key, &ceremony);
    assert_eq!(answer(&world, &browser, &token, &ceremony["ceremony"], &response).status, 200);
}

#[test]
fn a_passkey_is_a_proof_for_changes_in_its_session_only() {
    let world = world();
    let (browser, mut key, _) = keyed(&world, "alice");
    let elsewhere = Visitor::at("203.0.113.6");
    assert_eq!(alone(&world, &elsewhere, &mut key).status, 200);
    let elsewhere = world.with_session(&elsewhere);
    world.pass(10 * 60);
    assert_eq!(code_of(&account(&world, &browser, "Recovery/Renew", &json!({}))), "step_up");
    let begun = body(&account(&world, &browser, "Prove/Passkey", &json!({})));
    let response = used(&mut key, &begun);
    let proof = json!({ "proof": { "method": "passkey", "ceremony": begun["ceremony"], "response": response } });
    assert_eq!(code_of(&account(&world, &elsewhere, "Prove", &proof)), "ceremony_gone");
    let proven = account(&world, &browser, "Prove", &proof);
    assert_eq!(proven.status, 200, "{}", text(&proven));
    assert_eq!(account(&world, &browser, "Recovery/Renew", &json!({})).status, 200);
}

#[test]
fn passkeys_are_named_anew_and_removed() {
    let world = world();
    let (browser, mut key, _) = keyed(&world, "alice");
    let id = body(&world.get(&browser, "/Jellyward/Api/Account"))["factors"][0]["id"].clone();
    let name = format!("<script>{}", "x".repeat(10_000));
    let renamed = account(&world, &browser, "Factors/Rename", &json!({ "id": id, "kind": "passkey", "name": name }));
    assert_eq!(renamed.status, 200, "{}", text(&renamed));
    let listed = body(&world.get(&browser, "/Jellyward/Api/Account"));
    assert_eq!(listed["factors"][0]["name"].as_str().unwrap().chars().count(), 64);
    let totp = account(&world, &browser, "Factors/Remove", &json!({ "id": id }));
    assert_eq!(code_of(&totp), "unknown_factor", "an authenticator of that number is another thing");
    world.pass(10 * 60);
    let remove = json!({ "id": id, "kind": "passkey" });
    assert_eq!(code_of(&account(&world, &browser, "Factors/Remove", &remove)), "step_up");
    let begun = body(&account(&world, &browser, "Prove/Passkey", &json!({})));
    let proof = json!({ "method": "passkey", "ceremony": begun["ceremony"], "response": used(&mut key, &begun) });
    let remove = json!({ "id": id, "kind": "passkey", "proof": proof });
    assert_eq!(account(&world, &browser, "Factors/Remove", &remove).status, 200);
    assert_eq!(code_of(&alone(&world, &Visitor::at("203.0.113.6"), &mut key)), "wrong_passkey");
}

#[test]
fn the_passkey_in_hand_survives_the_lost_phone() {
    let world = world();
    let (browser, mut key, _) = keyed(&world, "alice");
    let mut lost = SecurityKey::new(77);
    assert_eq!(register(&world, &browser, &mut lost, &Value::Null).status, 200);
    let kept = body(&world.get(&browser, "/Jellyward/Api/Account"))["factors"][0]["id"].clone();
    let ended = account(&world, &browser, "LostPhone", &json!({ "keep": [kept] }));
    assert_eq!(body(&ended)["factors"], 1, "{}", text(&ended));
    let fresh = Visitor::at("203.0.113.6");
    assert_eq!(code_of(&alone(&world, &fresh, &mut lost)), "wrong_passkey");
    assert_eq!(alone(&world, &fresh, &mut key).status, 200);
    assert_eq!(world.login(&fresh, "alice", PASSWORD).outcome, Outcome::Challenge);
}

#[test]
fn domain_and_addresses_are_judged_together_when_saved() {
    let world = World::new();
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let save = |values: Value| {
        let now = body(&world.get(&owner, "/Jellyward/Api/Admin/Settings"));
        let change = json!({ "revision": now["revision"], "values": values });
        let answer = world.post(&owner, "/Jellyward/Api/Admin/Settings", &change);
        (answer.status, body(&answer)["field"].as_str().map(str::to_owned))
    };
    let refused = |field: &str| (400, Some(field.to_owned()));
    for (domain, origins, field) in [
        ("203.0.113.5", json!([SITE]), "passkeys.domain"),
        ("https://media.example.org", json!([SITE]), "passkeys.domain"),
        ("", json!(["https://203.0.113.5"]), "passkeys.domain"),
        ("media.example.org", json!(["http://media.example.org"]), "passkeys.origins"),
        ("media.example.org", json!(["https://example.org"]), "passkeys.origins"),
        ("media.example.org", json!(["https://media.example.org.evil.example"]), "passkeys.origins"),
    ] {
        let values = json!({ "passkeys.domain": domain, "passkeys.origins": origins });
        assert_eq!(save(values), refused(field), "{domain} {origins}");
    }
    let good = json!({ "passkeys.domain": "example.org", "passkeys.origins": [SITE, "https://tv.example.org:8443"] });
    assert_eq!(save(good), (200, None));
    assert_eq!(
        save(json!({ "passkeys.domain": "other.example" })),
        refused("passkeys.origins"),
        "against what is stored"
    );
}

#[test]
fn the_diagnosis_says_in_words_what_stands_in_the_way() {
    let world = world();
    let diagnose =
        |document: Value| body(&world.post(&Visitor::at("203.0.113.6"), "/Jellyward/Api/Passkey/Diagnose", &document));
    let browser = |origin: &str, secure: bool| json!({ "origin": origin, "secureContext": secure, "publicKeyCredential": true, "platformAuthenticator": true, "conditionalMediation": true });
    let fine = diagnose(browser(SITE, true));
    assert_eq!((&fine["ready"], &fine["findings"][0]["code"]), (&json!(true), &json!("ready")));
    let by_address = diagnose(browser("http://192.168.1.5:8096", false));
    assert_eq!((&by_address["ready"], &by_address["findings"][0]["code"]), (&json!(false), &json!("address_is_ip")));
    for finding in by_address["findings"].as_array().unwrap() {
        assert!(finding["text"].as_str().unwrap().len() > 20, "{finding}");
    }
}

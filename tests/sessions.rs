//! One's own sessions, an administrator's view of somebody else's, and the lost phone.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::sync::atomic::Ordering;

use jellyward::gate::verdict::Outcome;
use serde_json::{Value, json};
use support::world::{Visitor, World, body, challenge, code_of, codes, text};

const PASSWORD: &str = "right password";

fn list(world: &World, from: &Visitor) -> Vec<Value> {
    body(&world.get(from, "/Jellyward/Api/Account/Sessions"))["items"].as_array().unwrap().clone()
}

fn end(world: &World, from: &Visitor, which: &Value) -> i64 {
    let ended = world.post(from, "/Jellyward/Api/Account/Sessions/End", which);
    assert_eq!(ended.status, 200, "{}", text(&ended));
    body(&ended)["ended"].as_i64().unwrap()
}

/// Alice, protected, in a browser; one session of hers is from before, one is an app's.
fn alice(world: &World) -> Visitor {
    world.user("alice", PASSWORD);
    let home = Visitor::at("198.51.100.77");
    let (phone, codes) = world.enrol_user(&home, "alice", PASSWORD);
    world.login(&Visitor::app_at("203.0.113.20"), "alice", &format!("{PASSWORD} {}", codes[0]));
    let browser = Visitor::at("203.0.113.5");
    world.full_sign_in(&browser, "alice", PASSWORD, &phone)
}

#[test]
fn sessions_are_listed_with_how_they_were_proven_and_no_token() {
    let world = World::new();
    let browser = alice(&world);
    let sessions = list(&world, &browser);
    assert_eq!(sessions.len(), 3);
    let current: Vec<_> = sessions.iter().filter(|session| session["current"] == true).collect();
    assert_eq!(current.len(), 1);
    assert_eq!((&current[0]["proof"], &current[0]["address"]), (&json!("full"), &json!("203.0.113.5")));
    let from_before: Vec<_> = sessions.iter().filter(|session| session["legacy"] == true).collect();
    // The session that enrolled proved itself by that.
    assert_eq!(from_before.len(), 0, "{sessions:?}");
    for token in world.jellyfin.alive() {
        assert!(!format!("{sessions:?}").contains(&token));
    }
}

#[test]
fn no_sign_in_asks_for_all_sessions_unless_there_is_a_limit() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let (phone, codes) = world.enrol_user(&Visitor::at("198.51.100.77"), "alice", PASSWORD);
    let listed = |what: &str, sign_in: &dyn Fn()| {
        let (lists, alive) = (world.jellyfin.listed.load(Ordering::SeqCst), world.jellyfin.session_count());
        sign_in();
        assert_eq!(world.jellyfin.session_count(), alive + 1, "{what}");
        world.jellyfin.listed.load(Ordering::SeqCst) - lists
    };
    let browser = Visitor::at("203.0.113.5");
    let by_code = || drop(world.full_sign_in(&browser, "alice", PASSWORD, &phone));
    assert_eq!(listed("a code", &by_code), 0);
    let alice = world.with_session(&browser);
    let made = body(&world.post(&alice, "/Jellyward/Api/Account/AppPasswords/Create", &json!({ "name": "Kodi" })));
    let app_password = made["password"].as_str().unwrap();
    let typed = |typed: &str| _ = world.login(&Visitor::app_at("203.0.113.20"), "alice", typed);
    assert_eq!(listed("an app password", &|| typed(app_password)), 0);
    assert_eq!(listed("all in one box", &|| typed(&format!("{PASSWORD} {}", codes[0]))), 0);
    world.user("bob", PASSWORD);
    assert_eq!(listed("a password", &|| _ = world.login(&browser, "bob", PASSWORD)), 0);
    world.set(&json!({ "sessions.most": 100 }));
    assert_eq!(listed("a limit has to be kept", &by_code), 1);
}

#[test]
fn a_session_from_before_the_factor_is_offered_for_ending() {
    let world = World::new();
    world.user("alice", PASSWORD);
    world.login(&Visitor::app_at("203.0.113.20"), "alice", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    world.enrol_user(&browser, "alice", PASSWORD);
    let browser = world.with_session(&browser);
    let account = body(&world.get(&browser, "/Jellyward/Api/Account"));
    assert_eq!(account["legacySessions"], 1);
    let old: Vec<_> = list(&world, &browser).into_iter().filter(|session| session["legacy"] == true).collect();
    assert_eq!((old.len(), &old[0]["app"]), (1, &json!("Kodi")));
    assert_eq!(world.jellyfin.alive().len(), 2, "enrolment by itself ends nobody's session");
}

#[test]
fn a_session_from_before_is_ticked_unless_it_is_an_apps_at_a_place_of_the_accounts() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let sign_in = |mut from: Visitor, device: &str| {
        from.client.device_id = device.into();
        world.sign_in(&from, "alice", PASSWORD)
    };
    sign_in(Visitor::app_at("203.0.113.5"), "tv at home");
    sign_in(Visitor::at("203.0.113.5"), "browser at home");
    sign_in(Visitor::app_at("192.0.2.66"), "app elsewhere");
    let mut nowhere = Visitor::app_at("");
    nowhere.origin.remote = None;
    sign_in(nowhere, "app nowhere");
    let home = Visitor::at("203.0.113.5");
    world.enrol_user(&home, "alice", PASSWORD);
    let home = world.with_session(&home);
    let ticked = |world: &World| {
        let all = list(world, &home).into_iter().filter(|session| session["suggested"] == true);
        let mut places: Vec<_> =
            all.map(|session| (session["app"].to_string(), session["address"].to_string())).collect();
        places.sort();
        places
    };
    let expected = [
        ("\"Jellyfin Web\"".to_owned(), "\"203.0.113.5\"".to_owned()),
        ("\"Kodi\"".to_owned(), "\"192.0.2.66\"".to_owned()),
        ("\"Kodi\"".to_owned(), "null".to_owned()),
    ];
    assert_eq!(ticked(&world), expected);
    // Jellyfin knows addresses only of those that it has heard from since it started.
    world.jellyfin.sessions.lock().unwrap().iter_mut().for_each(|session| session.request.remote = None);
    assert_eq!(ticked(&world.restart()), expected);
}

#[test]
fn one_the_others_or_all_are_ended() {
    let world = World::new();
    let browser = alice(&world);
    let other = list(&world, &browser).into_iter().find(|session| session["current"] == false).unwrap();
    assert_eq!(end(&world, &browser, &json!({ "ids": [other["id"]] })), 1);
    assert_eq!(end(&world, &browser, &json!({ "ids": [other["id"]] })), 0);
    world.login(&Visitor::app_at("203.0.113.21"), "alice", PASSWORD);
    assert_eq!(end(&world, &browser, &json!({ "others": true })), 1);
    assert_eq!(list(&world, &browser).len(), 1);
    assert_eq!(end(&world, &browser, &json!({ "all": true })), 1);
    let nothing = world.post(&browser, "/Jellyward/Api/Account/Sessions/End", &json!({}));
    assert_eq!((nothing.status, body(&nothing)["field"].as_str()), (400, Some("ids")));
}

#[test]
fn nobody_ends_somebody_elses_session() {
    let world = World::new();
    let alice = alice(&world);
    world.user("bob", PASSWORD);
    let bob = world.sign_in(&Visitor::at("203.0.113.6"), "bob", PASSWORD);
    let ids: Vec<Value> = list(&world, &alice).into_iter().map(|session| session["id"].clone()).collect();
    assert_eq!(end(&world, &bob, &json!({ "ids": ids })), 0);
    assert_eq!(end(&world, &bob, &json!({ "others": true })), 0);
    let path = "/Jellyward/Api/Admin/Users/Sessions/End";
    assert_eq!(world.post(&bob, path, &json!({ "user": alice.token.unwrap().0, "all": true })).status, 403);
}

#[test]
fn an_administrator_ends_anybodys_after_a_proof() {
    let world = World::new();
    let alice = alice(&world);
    let id = alice.token.as_ref().unwrap().0;
    world.administrator("root", PASSWORD);
    let root = world.sign_in(&Visitor::at("203.0.113.9"), "root", PASSWORD);
    let listed = body(&world.get(&root, &format!("/Jellyward/Api/Admin/Users/Sessions?user={id}")));
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    let path = "/Jellyward/Api/Admin/Users/Sessions/End";
    assert_eq!(code_of(&world.post(&root, path, &json!({ "user": id, "all": true }))), "step_up");
    let proof = json!({ "method": "password", "value": PASSWORD });
    let ended = world.post(&root, path, &json!({ "user": id, "all": true, "proof": proof }));
    assert_eq!(body(&ended)["ended"], 3);
}

#[test]
fn a_lost_phone_ends_every_way_in_and_never_leaves_a_password_alone() {
    let world = World::new();
    let browser = alice(&world);
    let made = body(&world.post(&browser, "/Jellyward/Api/Account/AppPasswords/Create", &json!({ "name": "Kodi" })));
    let app_password = made["password"].as_str().unwrap();
    let word = body(&world.post(&browser, "/Jellyward/Api/Account/Tv/Word", &json!({})));
    let renewed = world.post(&browser, "/Jellyward/Api/Account/Recovery/Renew", &json!({}));
    let recovery = codes(&body(&renewed));
    world.pass(10 * 60);
    assert_eq!(code_of(&world.post(&browser, "/Jellyward/Api/Account/LostPhone", &json!({}))), "step_up");
    let proof = json!({ "method": "recovery", "value": recovery[0] });
    let lost = world.post(&browser, "/Jellyward/Api/Account/LostPhone", &json!({ "proof": proof }));
    assert_eq!(lost.status, 200, "{}", text(&lost));
    let lost = body(&lost);
    assert_eq!((&lost["ended"], &lost["factors"], &lost["appPasswords"]), (&json!(3), &json!(1), &json!(1)));
    assert!(world.jellyfin.alive().is_empty());

    let tv = Visitor::app_at("203.0.113.20");
    for secret in [app_password, word["word"].as_str().unwrap()] {
        assert_eq!(world.login(&tv, "alice", secret).outcome, Outcome::Refuse);
    }
    // The way on: the password, and one of the recovery codes or an administrator's word.
    let fresh = Visitor::at("203.0.113.5");
    let verdict = world.login(&fresh, "alice", PASSWORD);
    assert_eq!(verdict.outcome, Outcome::Enrol);
    let start = |document: Value| world.post(&fresh, "/Jellyward/Api/Challenge/Enrol/Start", &document);
    let token = challenge(&verdict);
    assert_eq!(code_of(&start(json!({ "challenge": token }))), "word_needed");
    assert_eq!(start(json!({ "challenge": token, "word": recovery[1] })).status, 200);
}

#[test]
fn an_administrator_reports_somebodys_phone_lost() {
    let world = World::new();
    let alice = alice(&world);
    let id = alice.token.as_ref().unwrap().0;
    world.administrator("root", PASSWORD);
    let root = world.sign_in(&Visitor::at("203.0.113.9"), "root", PASSWORD);
    let proof = json!({ "method": "password", "value": PASSWORD });
    let lost = world.post(&root, "/Jellyward/Api/Admin/Users/LostPhone", &json!({ "user": id, "proof": proof }));
    assert_eq!(body(&lost)["ended"], 3, "{}", text(&lost));
    assert_eq!(world.login(&Visitor::at("203.0.113.5"), "alice", PASSWORD).outcome, Outcome::Enrol);
}

#[test]
fn leftovers_are_listed_before_their_day() {
    let world = World::new();
    world.user("alice", PASSWORD);
    world.login(&Visitor::app_at("203.0.113.20"), "alice", PASSWORD);
    world.enrol_user(&Visitor::at("203.0.113.5"), "alice", PASSWORD);
    world.administrator("root", PASSWORD);
    let root = world.sign_in(&Visitor::at("203.0.113.9"), "root", PASSWORD);
    let legacy = body(&world.get(&root, "/Jellyward/Api/Admin/Legacy"));
    // The session that enrolled proved itself by that; root has no factor and needs none.
    assert_eq!((&legacy["endOn"], legacy["items"].as_array().unwrap().len()), (&json!(""), 1));
    assert_eq!((&legacy["items"][0]["name"], &legacy["items"][0]["app"]), (&json!("alice"), &json!("Kodi")));
}

#[test]
fn a_television_that_cannot_be_signed_out_keeps_nothing_else_alive() {
    let world = World::new();
    let browser = alice(&world);
    let id = browser.token.as_ref().unwrap().0;
    world.jellyfin.stuck.lock().unwrap().push("device-at-203.0.113.20".into());
    let lost = world.post(&browser, "/Jellyward/Api/Account/LostPhone", &json!({}));
    let lost = body(&lost);
    assert_eq!((&lost["ended"], &lost["left"], &lost["factors"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(world.jellyfin.alive().len(), 1);
    // It proves nothing any more, and can be ended once that works again.
    let root = world.proven_administrator("root", "203.0.113.9");
    let path = "/Jellyward/Api/Admin/Users/Sessions/End";
    assert_eq!(body(&world.post(&root, path, &json!({ "user": id, "all": true }))), json!({ "ended": 0, "left": 1 }));
    world.jellyfin.stuck.lock().unwrap().clear();
    assert_eq!(body(&world.post(&root, path, &json!({ "user": id, "all": true }))), json!({ "ended": 1, "left": 0 }));
}

#[test]
fn a_session_that_a_request_puts_back_is_ended_once_more() {
    let world = World::new();
    let browser = alice(&world);
    world.jellyfin.put_back.lock().unwrap().push("device-at-203.0.113.20".into());
    let lost = body(&world.post(&browser, "/Jellyward/Api/Account/LostPhone", &json!({})));
    assert_eq!((&lost["ended"], &lost["left"]), (&json!(3), &json!(0)));
    assert_eq!(world.jellyfin.alive().len(), 0);
}

#[test]
fn a_lost_phone_is_lost_even_if_jellyfin_can_end_nothing() {
    let world = World::new();
    let browser = alice(&world);
    world.jellyfin.refuse_end.store(true, Ordering::SeqCst);
    let lost = world.post(&browser, "/Jellyward/Api/Account/LostPhone", &json!({}));
    assert_eq!(lost.status, 200, "{}", text(&lost));
    assert_eq!((&body(&lost)["ended"], &body(&lost)["left"]), (&json!(0), &json!(null)));
    assert!(world.jellyfin.log_text().contains("no session could be ended"));
    assert_eq!(body(&world.get(&browser, "/Jellyward/Api/Account"))["factors"], json!([]));
    let renew = world.post(&browser, "/Jellyward/Api/Account/Recovery/Renew", &json!({}));
    assert_eq!(code_of(&renew), "step_up", "what is left of it proves nothing");
}

#[test]
fn old_sessions_that_cannot_be_ended_keep_nobody_elses_alive_and_are_tried_again() {
    let world = World::new();
    for (name, tv) in [("alice", "203.0.113.20"), ("bob", "203.0.113.21"), ("carol", "203.0.113.22")] {
        world.user(name, PASSWORD);
        world.login(&Visitor::app_at(tv), name, PASSWORD);
        world.enrol_user(&Visitor::at("203.0.113.5"), name, PASSWORD);
    }
    world.set(&json!({ "sessions.legacy_end": "2025-06-17" }));
    world.pass(2 * 24 * 60 * 60);
    let alive = || world.jellyfin.alive().len();
    let before = alive();
    world.jellyfin.stuck.lock().unwrap().push("device-at-203.0.113.21".into());
    let look = || drop(world.get(&Visitor::at("203.0.113.7"), "/Jellyward/Api/Passkey/Offer"));
    look();
    assert_eq!(alive(), before - 2, "all but bob's");
    let listed = world.jellyfin.listed.load(Ordering::SeqCst);
    world.jellyfin.stuck.lock().unwrap().clear();
    look();
    assert_eq!((alive(), world.jellyfin.listed.load(Ordering::SeqCst)), (before - 2, listed), "not at every request");
    world.pass(10 * 60);
    look();
    assert_eq!(alive(), before - 3);
    let listed = world.jellyfin.listed.load(Ordering::SeqCst);
    world.pass(10 * 60);
    look();
    assert_eq!(world.jellyfin.listed.load(Ordering::SeqCst), listed, "it is done");
}

#[test]
fn what_an_administrator_does_for_somebody_says_who_did_it_and_from_where() {
    let world = World::new();
    let alice = alice(&world);
    let id = alice.token.as_ref().unwrap().0;
    end(&world, &alice, &json!({ "others": true }));
    let root = world.proven_administrator("root", "203.0.113.9");
    let boss = root.token.as_ref().unwrap().0;
    let act = |path: &str, mut document: Value| {
        document["user"] = json!(id);
        let done = world.post(&root, &format!("/Jellyward/Api/Admin/Users/{path}"), &document);
        assert_eq!(done.status, 200, "{path}: {}", text(&done));
    };
    act("Rule", json!({ "rule": "required" }));
    act("Sessions/End", json!({ "all": true }));
    act("Word", json!({}));
    act("RemoveFactor", json!({ "id": 1 }));
    act("LostPhone", json!({}));
    act("Email", json!({ "address": "alice@example.org", "verified": true }));
    let reset = json!({ "users": [id], "how": "link" });
    assert_eq!(world.post(&root, "/Jellyward/Api/Admin/Users/Reset", &reset).status, 200);
    world.set(&json!({ "events.keep_days": 30 }));
    let events = body(&world.get(&root, "/Jellyward/Api/Admin/Events"))["events"].as_array().unwrap().clone();
    let of = |kind: &str| events.iter().filter(|event| event["kind"] == kind).cloned().collect::<Vec<_>>();
    for kind in
        ["rule_changed", "sessions_ended", "word_given", "factor_removed", "phone_lost", "email_changed", "reset_asked"]
    {
        let event = &of(kind)[0];
        assert_eq!((&event["actor"], &event["actorName"]), (&json!(boss), &json!("root")), "{kind}");
        assert_eq!(event["address"], "203.0.113.9", "{kind}");
    }
    let settings = &of("settings_changed")[0];
    assert_eq!((&settings["name"], &settings["address"]), (&json!("owner"), &json!("198.51.100.1")));
    let own = &of("sessions_ended")[1];
    assert_eq!((&own["actor"], &own["address"]), (&json!(null), &json!("203.0.113.5")), "she did that herself");
}

#[test]
fn a_session_whose_proof_cannot_be_read_is_listed_and_proves_nothing() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let from = Visitor::at("203.0.113.5");
    let browser = world.full_sign_in(&from, "alice", PASSWORD, &phone);
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    for damage in ["'telepathy'", "''", "CAST(x'ff' AS TEXT)"] {
        raw.execute(&format!("UPDATE sessions SET proof = {damage}"), []).unwrap();
        let listed = list(&world, &browser);
        assert!(listed.iter().all(|session| session["proof"] == "legacy"), "{damage}: {listed:?}");
        world.pass(60);
        let code = json!({ "method": "totp", "value": phone.code(world.now()) });
        let proved = world.post(&browser, "/Jellyward/Api/Account/Prove", &json!({ "proof": code }));
        assert_eq!(code_of(&proved), "sign_in_fully", "{damage}");
        let made = world.post(&browser, "/Jellyward/Api/Account/AppPasswords/Create", &json!({ "name": "Kodi" }));
        assert_eq!(code_of(&made), "sign_in_fully", "{damage}");
    }
    world.pass(60);
    let again = world.full_sign_in(&from, "alice", PASSWORD, &phone);
    assert_eq!(list(&world, &again).iter().filter(|session| session["proof"] == "full").count(), 1);
    let made = world.post(&again, "/Jellyward/Api/Account/AppPasswords/Create", &json!({ "name": "Kodi" }));
    assert_eq!(made.status, 200, "signing in again is the way back: {}", text(&made));
}

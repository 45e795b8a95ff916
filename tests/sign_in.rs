//! Signing in, as stories through the engine's own verbs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use jellyward::gate::verdict::Outcome;
use serde_json::json;
use std::sync::atomic::Ordering;
use support::world::{Visitor, World, body, challenge, code_of, text};

#[test]
fn a_password_alone_signs_in_who_has_no_factor() {
    let world = World::new();
    world.user("bob", "bob's password");
    let verdict = world.login(&Visitor::at("203.0.113.5"), "bob", "bob's password");
    assert_eq!((verdict.outcome, verdict.session), (Outcome::Allow, true));
    assert_eq!(world.jellyfin.session_count(), 1);
}

#[test]
fn no_session_exists_before_the_last_factor() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let before = world.jellyfin.session_count();
    let browser = Visitor::at("203.0.113.5");
    let verdict = world.login(&browser, "alice", "alice's password");
    assert_eq!((verdict.outcome, verdict.status, verdict.session), (Outcome::Challenge, 200, false));
    assert_eq!(world.jellyfin.session_count(), before, "a session before the factor");
    let wrong = world.verify(&browser, &challenge(&verdict), "totp", &authenticator.wrong_code(world.now()));
    assert_eq!((wrong.status, body(&wrong)["triesLeft"].as_u64()), (401, Some(4)));
    assert_eq!(world.jellyfin.session_count(), before, "a session for a wrong code");
    let right = world.verify(&browser, &challenge(&verdict), "totp", &authenticator.code(world.now()));
    assert_eq!(right.status, 200, "{}", text(&right));
    assert_eq!(world.jellyfin.session_count(), before + 1);
}

#[test]
fn a_login_is_dated_once_and_only_where_a_session_follows() {
    let world = World::new();
    let (_, authenticator, codes) = world.protected("alice", "alice's password");
    world.user("bob", "bob's password");
    let (browser, tv) = (Visitor::at("203.0.113.5"), Visitor::app_at("203.0.113.6"));
    let before = world.jellyfin.dated_by_check.load(Ordering::SeqCst);
    let by_check = || world.jellyfin.dated_by_check.load(Ordering::SeqCst) - before;
    let by_mint = || !world.jellyfin.sessions.lock().unwrap().last().unwrap().request.dated;

    world.login(&browser, "bob", "bob's password");
    assert_eq!((by_check(), by_mint()), (1, false), "no factor: the check dates it");
    world.login(&tv, "alice", &format!("alice's password {}", codes[0]));
    assert_eq!((by_check(), by_mint()), (2, false), "a right code behind the password: the check dates it");
    let verdict = world.login(&browser, "alice", "alice's password");
    assert_eq!(by_check(), 2, "a challenge is no login yet");
    world.verify(&browser, &challenge(&verdict), "totp", &authenticator.code(world.now()));
    assert_eq!((by_check(), by_mint()), (2, true), "the session dates it");
}

#[test]
fn only_our_script_gets_a_challenge_with_200() {
    let world = World::new();
    world.protected("alice", "alice's password");
    let verdict = world.login(&Visitor::app_at("203.0.113.5"), "alice", "alice's password");
    assert_eq!((verdict.outcome, verdict.status), (Outcome::Challenge, 401));
}

#[test]
fn a_name_is_whose_jellyfin_says_it_is() {
    let world = World::new();
    world.protected("kess", "kess's password");
    let before = world.jellyfin.session_count();
    for name in ["kess", "KESS", "keſſ"] {
        let verdict = world.login(&Visitor::at("203.0.113.5"), name, "kess's password");
        assert_eq!(verdict.outcome, Outcome::Challenge, "{name}");
    }
    assert_eq!(world.jellyfin.session_count(), before);
}

#[test]
fn a_user_an_external_provider_creates_is_decided_by_the_returned_id() {
    let world = World::new();
    world.set(&json!({ "policy.required": "everybody" }));
    world.jellyfin.external.lock().unwrap().insert("ldap-user".into(), "directory password".into());
    let verdict = world.login(&Visitor::at("203.0.113.5"), "ldap-user", "directory password");
    assert_eq!(verdict.outcome, Outcome::Enrol);
}

#[test]
fn every_failure_looks_the_same() {
    let world = World::new();
    world.user("bob", "bob's password");
    let disabled = world.user("carol", "carol's password");
    world.jellyfin.change(disabled, |user| user.facts.disabled = true);
    let mut wrong = world.login(&Visitor::at("203.0.113.5"), "bob", "wrong");
    let mut unknown = world.login(&Visitor::at("203.0.113.6"), "nobody", "wrong");
    let closed = world.login(&Visitor::at("203.0.113.7"), "carol", "carol's password");
    // The host event is the only difference, and it is not seen outside.
    (wrong.announce_failure, unknown.announce_failure) = (false, false);
    let seen = [&wrong, &unknown, &closed].map(|verdict| serde_json::to_value(verdict).unwrap());
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    assert_eq!(world.jellyfin.password_checks.load(Ordering::SeqCst), 3, "exactly one check each");
}

#[test]
fn a_code_is_right_only_once() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let code = authenticator.code(world.now());
    let first = challenge(&world.login(&browser, "alice", "alice's password"));
    assert_eq!(world.verify(&browser, &first, "totp", &code).status, 200);
    let second = challenge(&world.login(&browser, "alice", "alice's password"));
    let again = world.verify(&browser, &second, "totp", &code);
    assert_eq!((again.status, code_of(&again)), (401, "code_used".into()));
}

#[test]
fn a_code_of_the_step_before_is_refused_after_its_successor() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let before = authenticator.code(world.now() - 30);
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    assert_eq!(world.verify(&browser, &token, "totp", &authenticator.code(world.now())).status, 200);
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    assert_eq!(code_of(&world.verify(&browser, &token, "totp", &before)), "code_used");
}

#[test]
fn the_code_that_confirmed_an_authenticator_does_not_sign_in() {
    let world = World::new();
    world.user("alice", "alice's password");
    let home = Visitor::at("198.51.100.77");
    let signed_in = world.sign_in(&home, "alice", "alice's password");
    let (authenticator, _) = world.enrol(&signed_in, &json!({ "method": "password", "value": "alice's password" }));
    let token = challenge(&world.login(&home, "alice", "alice's password"));
    assert_eq!(code_of(&world.verify(&home, &token, "totp", &authenticator.code(world.now()))), "code_used");
}

#[test]
fn a_recovery_code_works_once_and_leaves_the_factor() {
    let world = World::new();
    let (_, _, codes) = world.protected("alice", "alice's password");
    assert_eq!(codes.len(), 10);
    let browser = Visitor::at("203.0.113.5");
    let shouted = codes[0].to_uppercase().replace('-', " ");
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    assert_eq!(world.verify(&browser, &token, "recovery", &shouted).status, 200);
    let verdict = world.login(&browser, "alice", "alice's password");
    assert_eq!(verdict.outcome, Outcome::Challenge);
    assert_eq!(code_of(&world.verify(&browser, &challenge(&verdict), "recovery", &codes[0])), "wrong_code");
}

#[test]
fn parallel_tries_with_one_code_bring_one_session() {
    for (method, pick) in [("totp", true), ("recovery", false)] {
        let world = World::new();
        let (_, authenticator, codes) = world.protected("alice", "alice's password");
        let before = world.jellyfin.session_count();
        let code = if pick { authenticator.code(world.now()) } else { codes[0].clone() };
        let visitors: Vec<_> = (0..5).map(|_| Visitor::at("203.0.113.5")).collect();
        let tokens: Vec<_> = visitors.iter().map(|v| challenge(&world.login(v, "alice", "alice's password"))).collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..20)
                .map(|n| {
                    let (world, visitor, token, code) = (&world, &visitors[n % 5], &tokens[n % 5], &code);
                    scope.spawn(move || world.verify(visitor, token, method, code).status)
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{method}: {statuses:?}");
        assert_eq!(world.jellyfin.session_count(), before + 1, "{method}");
    }
}

#[test]
fn five_wrong_codes_end_a_challenge() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    for left in (0..5).rev() {
        let answer = world.verify(&browser, &token, "totp", &authenticator.wrong_code(world.now()));
        assert_eq!(body(&answer)["triesLeft"], left);
    }
    let late = world.verify(&browser, &token, "totp", &authenticator.code(world.now()));
    assert_eq!(code_of(&late), "challenge_gone");
}

#[test]
fn a_challenge_lasts_ten_minutes() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    world.pass(600);
    let late = world.verify(&browser, &token, "totp", &authenticator.code(world.now()));
    assert_eq!(code_of(&late), "challenge_gone");
}

#[test]
fn a_challenge_is_worth_nothing_elsewhere() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    world.get(&browser, "/Jellyward/Login");
    assert!(!browser.cookies.lock().unwrap().is_empty(), "the page gives the browser its secret");
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    let code = authenticator.code(world.now());
    let mut other_device = browser.clone();
    other_device.client.device_id = "another".into();
    let mut other_app = browser.clone();
    other_app.client.app = "another".into();
    let other_browser = Visitor { cookies: Default::default(), ..browser.clone() };
    for thief in [other_device, other_app, other_browser] {
        assert_eq!(code_of(&world.verify(&thief, &token, "totp", &code)), "challenge_gone");
    }
    assert_eq!(world.verify(&browser, &token, "totp", &code).status, 200);
}

#[test]
fn the_account_is_read_again_before_the_session() {
    let world = World::new();
    let (id, authenticator, _) = world.protected("alice", "alice's password");
    let before = world.jellyfin.session_count();
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    world.jellyfin.change(id, |user| user.facts.disabled = true);
    let answer = world.verify(&browser, &token, "totp", &authenticator.code(world.now()));
    assert_eq!((answer.status, code_of(&answer)), (403, "not_allowed_now".into()));
    assert_eq!(world.jellyfin.session_count(), before);
}

#[test]
fn the_rules_of_jellyfin_hold_at_the_moment_of_the_session() {
    let world = World::new();
    let (id, authenticator, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let rows = [
        // (allowed from outside, asks from the home network, within the hours, enters)
        (true, false, true, true),
        (false, true, true, true),
        (false, false, true, false),
        (true, false, false, false),
        (true, true, false, false),
    ];
    for (remote_allowed, local, in_schedule, enters) in rows {
        let change = |remote_allowed, local, in_schedule| {
            world.jellyfin.change(id, |user| {
                user.facts.remote_allowed = remote_allowed;
                user.facts.local = local;
                user.facts.in_schedule = in_schedule;
            });
        };
        change(true, false, true);
        let token = challenge(&world.login(&browser, "alice", "alice's password"));
        change(remote_allowed, local, in_schedule);
        let before = world.jellyfin.session_count();
        let answer = world.verify(&browser, &token, "totp", &authenticator.code(world.now()));
        let row = format!("{:?}", (remote_allowed, local, in_schedule));
        assert_eq!(answer.status, if enters { 200 } else { 403 }, "{row}");
        assert_eq!(world.jellyfin.session_count() - before, usize::from(enters), "{row}");
        world.pass(60);
    }
}

#[test]
fn a_changed_password_ends_the_challenge() {
    let world = World::new();
    let (id, authenticator, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    // No event: some ways of changing a password raise none.
    world.jellyfin.change(id, |user| user.password = "new".into());
    let answer = world.verify(&browser, &token, "totp", &authenticator.code(world.now()));
    assert_eq!(code_of(&answer), "challenge_gone");
}

#[test]
fn a_session_jellyfin_refused_needs_no_second_code() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    world.jellyfin.refuse_mint.store(true, Ordering::SeqCst);
    let code = authenticator.code(world.now());
    assert_eq!(code_of(&world.verify(&browser, &token, "totp", &code)), "session_refused");
    world.jellyfin.refuse_mint.store(false, Ordering::SeqCst);
    assert_eq!(world.verify(&browser, &token, "totp", &code).status, 200);
    assert_eq!(code_of(&world.verify(&browser, &token, "totp", &code)), "challenge_gone");
}

#[test]
fn empty_client_fields_get_jellyfins_own_400_and_no_challenge() {
    let world = World::new();
    world.protected("alice", "alice's password");
    let checks = world.jellyfin.password_checks.load(Ordering::SeqCst);
    for empty in 0..4 {
        let mut visitor = Visitor::at("203.0.113.5");
        let client = &mut visitor.client;
        *[&mut client.app, &mut client.version, &mut client.device_id, &mut client.device_name][empty] = String::new();
        let verdict = world.login(&visitor, "alice", "alice's password");
        assert_eq!((verdict.outcome, verdict.status, verdict.body), (Outcome::Invalid, 400, None));
    }
    assert_eq!(world.jellyfin.password_checks.load(Ordering::SeqCst), checks);
}

#[test]
fn the_code_may_stand_behind_the_password() {
    for separator in ["", " "] {
        let world = World::new();
        let (_, authenticator, codes) = world.protected("alice", "alice's password");
        let kodi = Visitor::app_at("203.0.113.9");
        let typed = format!("alice's password{separator}{}", authenticator.code(world.now()));
        let checks = world.jellyfin.password_checks.load(Ordering::SeqCst);
        assert!(world.login(&kodi, "alice", &typed).session, "TOTP with {separator:?}");
        assert_eq!(world.jellyfin.password_checks.load(Ordering::SeqCst), checks + 1);
        let typed = format!("alice's password{separator}{}", codes[3]);
        assert!(world.login(&kodi, "alice", &typed).session, "recovery code with {separator:?}");
        assert!(!world.login(&kodi, "alice", &typed).session, "the same recovery code again");
    }
}

#[test]
fn a_wrong_code_behind_the_password_is_a_wrong_password() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let checks = world.jellyfin.password_checks.load(Ordering::SeqCst);
    let typed = format!("alice's password {}", authenticator.wrong_code(world.now()));
    let verdict = world.login(&Visitor::app_at("203.0.113.9"), "alice", &typed);
    assert_eq!((verdict.outcome, verdict.status), (Outcome::Refuse, 401));
    assert_eq!(world.jellyfin.password_checks.load(Ordering::SeqCst), checks + 1);
}

#[test]
fn a_right_code_behind_a_wrong_password_is_not_spent() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let kodi = Visitor::app_at("203.0.113.9");
    let code = authenticator.code(world.now());
    assert!(!world.login(&kodi, "alice", &format!("wrong {code}")).session);
    assert!(world.login(&kodi, "alice", &format!("alice's password {code}")).session);
}

#[test]
fn a_password_that_ends_in_six_digits_still_gets_in() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "horse 246810");
    let browser = Visitor::at("203.0.113.5");
    let verdict = world.login(&browser, "alice", "horse 246810");
    assert_eq!(verdict.outcome, Outcome::Challenge);
    let typed = format!("horse 246810 {}", authenticator.code(world.now()));
    assert!(world.login(&Visitor::app_at("203.0.113.9"), "alice", &typed).session);
}

#[test]
fn the_obsolete_sign_in_with_the_password_in_its_url_is_closed_to_protected_accounts() {
    let world = World::new();
    world.user("bob", "bob's password");
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let visitor = Visitor::app_at("203.0.113.5");
    let obsolete = |name: &str, password: &str| {
        let mut attempt = visitor.attempt(name);
        attempt.action = "User.AuthenticateUser".into();
        world.decide(&attempt, password)
    };
    assert!(obsolete("bob", "bob's password").session);
    let refused = obsolete("alice", &format!("alice's password {}", authenticator.code(world.now())));
    assert_eq!((refused.outcome, refused.status, refused.body), (Outcome::Refuse, 401, None));
}

#[test]
fn under_the_obsolete_address_an_id_nobody_has_is_a_wrong_password() {
    let world = World::new();
    let bob = world.user("bob", "bob's password");
    let visitor = Visitor::app_at("203.0.113.5");
    let asked = |id: &str, guess: usize| {
        world.act(&visitor, "User.AuthenticateUser", &json!({ "userId": id, "pw": format!("guess {guess}") }))
    };
    assert!(asked(&bob.to_string(), 0).pass, "that is decided at the door");

    let checks = || world.jellyfin.password_checks.load(Ordering::SeqCst);
    let (before, nobody) = (checks(), "7f9c2ba4-e88f-827d-6160-4550760585da");
    let told = asked(nobody, 0);
    assert_eq!((told.pass, told.status, told.body), (false, 401, None));
    assert_eq!(checks(), before + 1, "it takes as long");
    // Limited as a name is: sooner or later it is told to wait, at the cost of no check.
    let waits = (1..30)
        .map(|guess| asked(nobody, guess))
        .find(|told| told.headers.iter().any(|(name, _)| name == "Retry-After"));
    assert_eq!(waits.unwrap().status, 401);
    assert!(checks() < before + 30);
}

#[test]
fn a_host_call_may_enter_the_engine_again() {
    let world = World::new();
    world.user("bob", "bob's password");
    world.jellyfin.reenter.store(true, Ordering::SeqCst);
    assert!(world.login(&Visitor::at("203.0.113.5"), "bob", "bob's password").session);
}

#[test]
fn a_restart_keeps_factors_and_spent_steps() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let code = authenticator.code(world.now());
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    assert_eq!(world.verify(&browser, &token, "totp", &code).status, 200);
    let world = world.restart();
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    assert_eq!(code_of(&world.verify(&browser, &token, "totp", &code)), "code_used");
    world.pass(60);
    assert_eq!(world.verify(&browser, &token, "totp", &authenticator.code(world.now())).status, 200);
}

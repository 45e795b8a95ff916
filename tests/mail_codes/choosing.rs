//! Choosing codes by mail, proving by one, and what becomes of the factor.

use super::*;

#[test]
fn is_chosen_with_a_proof_and_a_code_that_came() {
    let world = world();
    let id = world.user("alice", PASSWORD);
    let session = world.sign_in(&home(), "alice", PASSWORD);
    let proof = json!({ "proof": { "method": "password", "value": PASSWORD } });
    assert_eq!(code_of(&world.post(&session, START, &proof)), "address_needed");
    give_address(&world, &id, ALICE);
    world.pass(5 * 60);
    assert_eq!(code_of(&world.post(&session, START, &json!({}))), "step_up");
    assert_eq!(code_of(&world.post(&session, CONFIRM, &json!({ "code": "000000" }))), "enrolment_gone");
    assert_eq!(world.post(&session, START, &proof).status, 200);
    let code = newest(&world, ALICE);
    let wrong = world.post(&session, CONFIRM, &json!({ "code": other(&code) }));
    assert_eq!((code_of(&wrong).as_str(), &body(&wrong)["triesLeft"]), ("wrong_code", &json!(4)));
    let elsewhere = world.sign_in(&Visitor::at("203.0.113.6"), "alice", PASSWORD);
    assert_eq!(
        code_of(&world.post(&elsewhere, CONFIRM, &json!({ "code": code }))),
        "enrolment_gone",
        "another session"
    );
    assert_eq!(world.post(&session, CONFIRM, &json!({ "code": code })).status, 200);
    assert_eq!(code_of(&world.post(&session, START, &json!({}))), "too_many", "it is chosen");
    let shown = body(&world.get(&session, "/Jellyward/Api/Account"));
    assert_eq!(shown["factors"][0]["name"], "a•••@e•••.org");
    assert_eq!(shown["factors"][0]["usable"], true);

    let remove = json!({ "id": shown["factors"][0]["id"], "kind": "email" });
    assert_eq!(world.post(&session, "/Jellyward/Api/Account/Factors/Remove", &remove).status, 200);
    assert_eq!(world.login(&stranger(), "alice", PASSWORD).outcome, Outcome::Allow);
}

#[test]
fn a_requirement_can_be_met_by_mail_at_the_sign_in_that_demands_it() {
    let world = world();
    let id = world.user("alice", PASSWORD);
    give_address(&world, &id, ALICE);
    world.set(&json!({ "policy.required": "everybody", "policy.grace_days": 0 }));
    let (token, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!((verdict.outcome, &told(&verdict)["email"]), (Outcome::Enrol, &json!("a•••@e•••.org")));
    assert_eq!(told(&verdict)["needsWord"], true, "for anything else");
    assert_eq!(code_of(&ask(&world, &stranger(), &token)), "challenge_gone", "there is nothing to be met yet");
    let sent = world.post(&stranger(), "/Jellyward/Api/Challenge/Enrol/Email", &json!({ "challenge": token }));
    assert_eq!(sent.status, 200, "a verified address is as good as a word: {}", text(&sent));
    let code = newest(&world, ALICE);
    let confirm = |code: &str| {
        let document = json!({ "challenge": token, "code": code });
        world.post(&stranger(), "/Jellyward/Api/Challenge/Enrol/Email/Confirm", &document)
    };
    assert_eq!(code_of(&confirm(&other(&code))), "wrong_code");
    let confirmed = confirm(&code);
    assert_eq!(codes(&body(&confirmed)).len(), 10);
    let finished = world.post(&stranger(), "/Jellyward/Api/Challenge/Finish", &json!({ "challenge": token }));
    assert_eq!(finished.status, 200, "{}", text(&finished));
    let (_, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!(verdict.outcome, Outcome::Challenge);
}

#[test]
fn after_a_factor_was_taken_away_mail_alone_brings_none_back() {
    let world = world();
    let (id, session, _) = with_mail_codes(&world, "alice", ALICE);
    let lost = json!({ "user": id, "proof": { "method": "password", "value": "owner's password" } });
    let owner = world.administrator("owner", "owner's password");
    let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    let answer = world.post(&owner, "/Jellyward/Api/Admin/Users/LostPhone", &lost);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!(body(&answer)["factors"], 1, "the mailbox was on the phone, too");
    drop(session);
    let (token, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!(verdict.outcome, Outcome::Enrol);
    let sent = world.post(&stranger(), "/Jellyward/Api/Challenge/Enrol/Email", &json!({ "challenge": token }));
    assert_eq!(code_of(&sent), "word_needed");
}

/// Forgets alice's password, and sets that one by the mail's link.
fn resets(world: &World, password: &str) {
    world.set(&json!({ "web.public_url": "https://media.example.org" }));
    assert_eq!(world.post(&stranger(), "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" })).status, 200);
    let token = token_in(&letters_to(world, ALICE).pop().unwrap().mail);
    let document = json!({ "token": token, "password": password });
    let done = world.post(&stranger(), "/Jellyward/Api/Reset/Link", &document);
    assert_eq!(done.status, 200, "{}", text(&done));
}

#[test]
fn after_a_reset_by_mail_the_same_mailbox_brings_no_factor() {
    let world = world();
    let id = world.user("alice", PASSWORD);
    give_address(&world, &id, ALICE);
    world.set(&json!({ "policy.required": "everybody", "policy.grace_days": 0 }));
    resets(&world, "what the mailbox chose");
    let begin = |password: &str, word: Option<&str>| {
        let verdict = world.login(&stranger(), "alice", password);
        assert_eq!(verdict.outcome, Outcome::Enrol);
        let document = json!({ "challenge": challenge(&verdict), "word": word });
        (told(&verdict).clone(), world.post(&stranger(), "/Jellyward/Api/Challenge/Enrol/Email", &document))
    };
    let (shown, sent) = begin("what the mailbox chose", None);
    assert_eq!(code_of(&sent), "word_needed");
    assert_eq!(shown["needsWord"], true);
    let world = world.restart();
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let given = body(&world.post(&owner, "/Jellyward/Api/Admin/Users/Word", &json!({ "user": id })));
    let verdict = world.login(&stranger(), "alice", "what the mailbox chose");
    let document = json!({ "challenge": challenge(&verdict), "word": given["word"] });
    let sent = world.post(&stranger(), "/Jellyward/Api/Challenge/Enrol/Email", &document);
    assert_eq!(sent.status, 200, "an administrator's word: {}", text(&sent));
}

#[test]
fn a_password_that_did_not_come_by_mail_lets_a_code_be_as_good_as_a_word_again() {
    let world = world();
    let id = world.user("alice", PASSWORD);
    give_address(&world, &id, ALICE);
    world.set(&json!({ "policy.required": "everybody", "policy.grace_days": 0 }));
    resets(&world, "what the mailbox chose");
    world.jellyfin.change(id, |user| user.password = "an administrator's choice".into());
    world.engine.event(&Event::PasswordChanged { user_id: id });
    let verdict = world.login(&stranger(), "alice", "an administrator's choice");
    let document = json!({ "challenge": challenge(&verdict) });
    let sent = world.post(&stranger(), "/Jellyward/Api/Challenge/Enrol/Email", &document);
    assert_eq!(sent.status, 200, "{}", text(&sent));
}

#[test]
fn a_change_is_confirmed_by_eight_digits_where_there_is_nothing_else() {
    let world = world();
    let (_, session, _) = with_mail_codes(&world, "alice", ALICE);
    let refused = world.post(&session, RENEW, &json!({}));
    assert_eq!(body(&refused)["proofs"], json!(["email", "recovery"]));
    let sent = world.post(&session, "/Jellyward/Api/Account/Prove/Email", &json!({}));
    assert_eq!(body(&sent)["length"], 8, "{}", text(&sent));
    let code = newest(&world, ALICE);
    assert_eq!(code.len(), 8);
    assert_eq!(letters_to(&world, ALICE).last().unwrap().topic, "step_up_code");
    let prove =
        |from: &Visitor, code: &str| world.post(from, PROVE, &json!({ "proof": { "method": "email", "value": code } }));
    let (token, _) = asked(&world, &stranger(), "alice");
    assert_eq!(code_of(&world.verify(&stranger(), &token, "email", &code)), "wrong_code", "it opens no challenge");
    ask(&world, &stranger(), &token);
    let six = newest(&world, ALICE);
    assert_eq!(world.verify(&stranger(), &token, "email", &six).status, 200);
    let elsewhere = world.with_session(&stranger());
    world.pass(60);
    assert_eq!(code_of(&prove(&elsewhere, &code)), "wrong_proof", "another session's");
    assert_eq!(code_of(&prove(&session, &other(&code))), "wrong_proof");
    let proven = prove(&session, &code);
    assert_eq!(proven.status, 200, "{}", text(&proven));
    assert_eq!(world.post(&session, RENEW, &json!({})).status, 200);
    assert_eq!(code_of(&prove(&session, &code)), "wrong_proof", "once");
}

#[test]
fn a_change_is_not_confirmed_by_mail_where_there_is_something_better() {
    let world = world();
    let (_, session, _) = with_mail_codes(&world, "alice", ALICE);
    world.post(&session, "/Jellyward/Api/Account/Prove/Email", &json!({}));
    let code = newest(&world, ALICE);
    let proof = json!({ "method": "email", "value": code });
    let (phone, _) = world.enrol(&session, &proof);
    world.pass(5 * 60);
    let refused = world.post(&session, RENEW, &json!({}));
    assert_eq!(body(&refused)["proofs"], json!(["totp", "recovery"]));
    assert_eq!(code_of(&world.post(&session, "/Jellyward/Api/Account/Prove/Email", &json!({}))), "not_offered");
    let (_, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!(told(&verdict)["methods"], json!(["totp", "recovery", "email"]), "signing in is another matter");
    let totp = json!({ "proof": { "method": "totp", "value": phone.code(world.now()) } });
    assert_eq!(world.post(&session, PROVE, &totp).status, 200);
}

#[test]
fn step_up_codes_stop_guessing() {
    let world = world();
    let (_, session, _) = with_mail_codes(&world, "alice", ALICE);
    world.post(&session, "/Jellyward/Api/Account/Prove/Email", &json!({}));
    let code = newest(&world, ALICE);
    // Each another one: the very same is not compared again.
    let guesses = (0..).map(|n| format!("{n:0digits$}", digits = code.len())).filter(|guess| *guess != code);
    for guess in guesses.take(5) {
        let guess = json!({ "proof": { "method": "email", "value": guess } });
        assert!(["wrong_proof", "too_many_tries"].contains(&code_of(&world.post(&session, PROVE, &guess)).as_str()));
    }
    let right = json!({ "proof": { "method": "email", "value": code } });
    assert_eq!(world.post(&session, PROVE, &right).status, 401);
}

#[test]
fn an_administrator_is_sent_none_unless_the_owner_allows_it() {
    let world = world();
    let (id, _, recovery) = with_mail_codes(&world, "alice", ALICE);
    world.jellyfin.users.lock().unwrap().get_mut(&id).unwrap().facts.administrator = true;
    let (token, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!(told(&verdict)["methods"], json!(["recovery"]));
    assert_eq!(code_of(&ask(&world, &stranger(), &token)), "not_offered");
    assert_eq!(code_of(&world.verify(&stranger(), &token, "email", "000000")), "not_offered");
    assert_eq!(world.verify(&stranger(), &token, "recovery", &recovery[0]).status, 200);
}

#[test]
fn no_code_lies_in_the_open() {
    let world = world();
    with_mail_codes(&world, "alice", ALICE);
    let (token, _) = asked(&world, &stranger(), "alice");
    ask(&world, &stranger(), &token);
    let folder = world.engine.store_path().parent().unwrap().to_owned();
    let files: Vec<Vec<u8>> =
        std::fs::read_dir(folder).unwrap().flatten().map(|file| std::fs::read(file.path()).unwrap()).collect();
    let code = newest(&world, ALICE);
    assert!(!files.iter().any(|bytes| bytes.windows(6).any(|part| part == code.as_bytes())));
    assert!(!world.jellyfin.log_text().contains(&code));
}

#[test]
fn a_restart_keeps_what_was_sent_and_what_was_tried() {
    let world = world();
    with_mail_codes(&world, "alice", ALICE);
    let (token, _) = asked(&world, &stranger(), "alice");
    ask(&world, &stranger(), &token);
    let code = newest(&world, ALICE);
    for _ in 0..4 {
        world.verify(&stranger(), &token, "email", &other(&code));
    }
    let world = world.restart();
    assert_eq!(code_of(&ask(&world, &stranger(), &token)), "too_often");
    assert_eq!(world.verify(&stranger(), &token, "email", &code).status, 200, "the fifth try is the last");
}

#[test]
fn an_address_that_codes_go_to_is_not_taken_away_by_its_owner_unawares() {
    let world = world();
    let (id, session, _) = with_mail_codes(&world, "alice", ALICE);
    world.post(&session, "/Jellyward/Api/Account/Prove/Email", &json!({}));
    let proof = json!({ "proof": { "method": "email", "value": newest(&world, ALICE) } });
    assert_eq!(world.post(&session, PROVE, &proof).status, 200);
    let refused = world.post(&session, "/Jellyward/Api/Account/Email/Remove", &json!({}));
    assert_eq!((refused.status, code_of(&refused).as_str()), (409, "email_is_factor"));
    let owner = world.administrator("owner", "owner's password");
    let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    let gone = json!({ "user": id, "address": "", "proof": { "method": "password", "value": "owner's password" } });
    assert_eq!(world.post(&owner, "/Jellyward/Api/Admin/Users/Email", &gone).status, 200);
    let (_, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!(
        told(&verdict)["methods"],
        json!(["recovery"]),
        "an administrator may; the factor protects all the same"
    );
}

#[test]
fn a_new_address_counts_once_its_code_came_back() {
    let world = world();
    let (_, session, _) = with_mail_codes(&world, "alice", ALICE);
    world.post(&session, "/Jellyward/Api/Account/Prove/Email", &json!({}));
    let proof = json!({ "proof": { "method": "email", "value": newest(&world, ALICE) } });
    assert_eq!(world.post(&session, PROVE, &proof).status, 200);
    let start = json!({ "address": "alice@example.net" });
    assert_eq!(world.post(&session, "/Jellyward/Api/Account/Email/Start", &start).status, 200);
    let address = |world: &World| told(&asked(world, &stranger(), "alice").1)["email"].clone();
    assert_eq!(address(&world), "a•••@e•••.org");
    let confirm = json!({ "code": newest(&world, "alice@example.net") });
    let confirmed = world.post(&session, "/Jellyward/Api/Account/Email/Confirm", &confirm);
    assert_eq!(confirmed.status, 200, "{}", text(&confirmed));
    assert_eq!(address(&world), "a•••@e•••.net");
}

//! The ways in. Each leads to a password that was chosen, or to a PIN in its place.

use jellyward::demo::mailbox::Reading;
use serde_json::{Value, json};

use super::*;
use crate::support::mailbox::{code_in, mail_to, mails_to, token_in};
use crate::support::world::challenge;

/// The four groups of a PIN.
fn pin_in(mail: &Reading) -> String {
    mail.pin().expect("a PIN").to_owned()
}

#[test]
fn method_1_a_pin_through_jellyfins_own_dialog() {
    let (world, alice) = ready();
    let tv = Visitor::at("203.0.113.5");
    let begun = start_in_dialog(&world, &tv, "ALICE");
    assert_eq!((begun.pass, begun.status), (false, 200));
    let told = begun.body.unwrap();
    assert_eq!(told["Action"], "PinCode");
    assert!(told["PinExpirationDate"].as_str().unwrap().ends_with('Z'), "{told}");
    assert!(!told["PinFile"].as_str().unwrap().contains('/'), "no path: {told}");

    let pin = pin_in(&mail_to(&world, ADDRESS));
    let typed = pin.to_uppercase();
    let done = pin_in_dialog(&world, &tv, &format!(" {typed} "));
    assert_eq!(done.body.unwrap(), json!({ "Success": true, "UsersReset": ["alice"] }));
    assert!(!lets_in(&world, OLD));
    assert_eq!(world.jellyfin.users.lock().unwrap()[&alice].password, typed, "the password is the PIN as typed");
    // Once.
    assert_eq!(pin_in_dialog(&world, &tv, &pin).body.unwrap()["Success"], false);
}

#[test]
fn method_2_a_link_that_makes_a_pin_the_password() {
    let (world, alice) = ready();
    world.set(&json!({ "reset.dialog": "pinLink" }));
    let from = Visitor::at("203.0.113.5");
    assert_eq!(start_in_dialog(&world, &from, "alice").status, 200);
    let mail = mail_to(&world, ADDRESS);
    let token = token_in(&mail);
    assert!(mail.token("/Jellyward/Reset/Pin").is_some(), "{mail:?}");

    // Looking at the page spends nothing.
    for _ in 0..3 {
        assert_eq!(world.get(&from, "/Jellyward/Reset/Pin").status, 200);
    }
    let pressed = world.post(&from, "/Jellyward/Api/Reset/PinLink", &json!({ "token": token }));
    assert_eq!(pressed.status, 200, "{}", text(&pressed));
    let password = body(&pressed)["password"].as_str().unwrap().to_owned();
    assert_eq!(password, pin_in(&mail), "the PIN of the mail");
    assert_eq!(world.jellyfin.users.lock().unwrap()[&alice].password, password);
    assert_eq!(refusal(&world.post(&from, "/Jellyward/Api/Reset/PinLink", &json!({ "token": token }))), "reset_gone");
}

#[test]
fn method_3_a_link_to_a_page_where_the_password_is_chosen() {
    let (world, _) = ready();
    world.set(&json!({ "reset.dialog": "link" }));
    let from = Visitor::at("203.0.113.5");
    start_in_dialog(&world, &from, "alice");
    let token = token_in(&mail_to(&world, ADDRESS));
    assert_eq!(world.get(&from, "/Jellyward/Reset").status, 200);
    let elsewhere = Visitor::at("203.0.113.77");
    assert_eq!(refusal(&by_link(&world, &elsewhere, &token, "short")), "weak_password");
    assert_eq!(refusal(&by_link(&world, &elsewhere, &token, "alice@example.org")), "weak_password");
    assert_eq!(by_link(&world, &elsewhere, &token, NEW).status, 200, "what would not do has spent nothing");
    assert!(!lets_in(&world, OLD));
    assert!(lets_in(&world, NEW));
    assert_eq!(refusal(&by_link(&world, &elsewhere, &token, "yet another sentence")), "reset_gone");
}

#[test]
fn method_4_my_account_by_name_or_address() {
    for typed in ["alice", " Alice ", "ALICE@example.org"] {
        let (world, _) = ready();
        let from = Visitor::at("203.0.113.5");
        let asked = ask(&world, &from, typed);
        assert_eq!((&asked["code"], &asked["link"]), (&json!(true), &json!(true)), "{asked}");
        let mail = mail_to(&world, ADDRESS);
        assert!(mail.link().is_some(), "{mail:?}");
        assert_eq!(refusal(&by_code(&world, &from, &asked, "000000", NEW)), "wrong_code");
        let code = code_in(&mail);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        let done = by_code(&world, &from, &asked, &spaced, NEW);
        assert_eq!(done.status, 200, "{typed}: {}", text(&done));
        assert!(lets_in(&world, NEW) && !lets_in(&world, OLD));
        // One of them voids the others.
        assert_eq!(refusal(&by_link(&world, &from, &token_in(&mail), "yet another sentence")), "reset_gone");
    }
}

#[test]
fn the_message_holds_what_the_owner_says() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    for (message, code, link) in [("code", true, false), ("link", false, true)] {
        world.set(&json!({ "reset.message": message }));
        let asked = ask(&world, &from, "alice");
        assert_eq!((&asked["code"], &asked["link"]), (&json!(code), &json!(link)));
        assert_eq!(mail_to(&world, ADDRESS).link().is_some(), link, "{message}");
    }
}

#[test]
fn whoever_comes_with_a_pin_chooses_a_password_before_the_session() {
    let (world, alice) = ready();
    let tv = Visitor::at("203.0.113.5");
    start_in_dialog(&world, &tv, "alice");
    let pin = pin_in(&mail_to(&world, ADDRESS));
    pin_in_dialog(&world, &tv, &pin);

    // An app that shows no page is let in.
    let mut kodi = Visitor::at("203.0.113.8");
    kodi.origin.headers.clear();
    assert!(world.login(&kodi, "alice", &pin).session);

    let from = Visitor::at("203.0.113.6");
    let verdict = world.login(&from, "alice", &pin);
    assert!(!verdict.session);
    let told = verdict.body.unwrap()["jellyward"].clone();
    assert_eq!((&told["outcome"], &told["steps"][0]["step"]), (&json!("setUp"), &json!("password")), "{told}");
    let token = told["challenge"].as_str().unwrap();
    let choose = |password: &str| {
        let chosen = json!({ "challenge": token, "password": password });
        world.post(&from, "/Jellyward/Api/Challenge/SetUp/Password", &chosen)
    };
    let skip = json!({ "challenge": token, "step": "password" });
    assert_eq!(refusal(&world.post(&from, "/Jellyward/Api/Challenge/SetUp/Skip", &skip)), "not_offered");
    assert_eq!(refusal(&choose("short")), "weak_password");
    for again in [pin.clone(), pin.to_uppercase(), pin.replace('-', " "), pin.replace('-', "")] {
        assert_eq!(refusal(&choose(&again)), "weak_password", "{again:?} stood in a mail");
    }
    assert_eq!(choose(NEW).status, 200);
    assert_eq!(refusal(&choose("yet another sentence")), "not_offered", "once");
    let finished = world.post(&from, "/Jellyward/Api/Challenge/Finish", &json!({ "challenge": token }));
    assert_eq!(finished.status, 200, "{}", text(&finished));
    assert_eq!(world.jellyfin.sessions.lock().unwrap().last().unwrap().request.user, alice);
    assert_eq!(world.jellyfin.users.lock().unwrap()[&alice].password, NEW);
    assert!(lets_in(&world, NEW));
}

#[test]
fn a_pin_is_as_long_as_a_password_must_be_however_it_is_typed() {
    for (least, symbols) in [(8, 16), (16, 16), (17, 20), (64, 64)] {
        let (world, alice) = ready();
        world.set(&json!({ "passwords.min_length": least }));
        let tv = Visitor::at("203.0.113.5");
        start_in_dialog(&world, &tv, "alice");
        let pin = pin_in(&mail_to(&world, ADDRESS));
        let plain = pin.replace('-', "");
        assert_eq!(plain.len(), symbols, "{pin}");
        assert_eq!(pin_in_dialog(&world, &tv, &plain).body.unwrap()["Success"], true);
        assert_eq!(world.jellyfin.users.lock().unwrap()[&alice].password, plain);

        world.set(&json!({ "reset.dialog": "pinLink" }));
        start_in_dialog(&world, &tv, "alice");
        let mail = mail_to(&world, ADDRESS);
        let pressed = world.post(&tv, "/Jellyward/Api/Reset/PinLink", &json!({ "token": token_in(&mail) }));
        let password = body(&pressed)["password"].as_str().unwrap().to_owned();
        assert_eq!((password.replace('-', "").len(), &password), (symbols, &pin_in(&mail)));
    }
}

#[test]
fn a_second_factor_is_asked_for_afterwards_as_ever() {
    let (world, alice) = ready();
    let home = Visitor::at("198.51.100.77");
    world.enrol_user(&home, "alice", OLD);
    let from = Visitor::at("203.0.113.5");
    ask(&world, &from, "alice");
    assert_eq!(by_link(&world, &from, &token_in(&mail_to(&world, ADDRESS)), NEW).status, 200);
    let verdict = world.login(&from, "alice", NEW);
    assert!(!verdict.session);
    assert!(!challenge(&verdict).is_empty());
    assert!(world.jellyfin.sessions.lock().unwrap().iter().all(|kept| kept.request.user != alice || kept.ended));
}

#[test]
fn a_reset_ends_sessions_unless_the_owner_keeps_them() {
    for keep in [false, true] {
        let (world, alice) = ready();
        world.set(&json!({ "reset.end_sessions": !keep }));
        world.sign_in(&Visitor::at("198.51.100.77"), "alice", OLD);
        let from = Visitor::at("203.0.113.5");
        ask(&world, &from, "alice");
        assert_eq!(by_link(&world, &from, &token_in(&mail_to(&world, ADDRESS)), NEW).status, 200);
        let ended = world.jellyfin.sessions.lock().unwrap().iter().find(|one| one.request.user == alice).unwrap().ended;
        assert_eq!(ended, !keep);
        let told = mails_to(&world, ADDRESS);
        assert!(told.last().unwrap().says("password"), "whoever reads the mail is told: {told:?}");
        assert_eq!(told.iter().filter(|mail| mail.says("was reset") || mail.says("changed")).count(), 1);
    }
}

#[test]
fn switched_off_jellyfins_own_flow_runs_as_before() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    for off in [json!({ "reset.enabled": false }), json!({ "reset.enabled": true, "reset.dialog": "stock" })] {
        world.set(&off);
        assert!(start_in_dialog(&world, &from, "alice").pass);
        assert!(pin_in_dialog(&world, &from, "AB-CD-EF-01").pass);
    }
    world.set(&json!({ "reset.enabled": false }));
    assert_eq!(refusal(&world.post(&from, "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" }))), "not_offered");
    assert_eq!(body(&world.get(&from, "/Jellyward/Api/Reset/Offer"))["offered"], false);
}

#[test]
fn without_mail_nothing_is_offered_and_without_an_address_no_link() {
    let world = World::new();
    world.user("alice", OLD);
    let from = Visitor::at("203.0.113.5");
    assert_eq!(body(&world.get(&from, "/Jellyward/Api/Reset/Offer"))["offered"], false);
    assert!(start_in_dialog(&world, &from, "alice").pass, "nothing of ours could help");
    let mut settings = mail_settings();
    settings["web.public_url"] = "".into();
    world.set(&settings);
    let asked = ask(&world, &from, "alice");
    assert_eq!((&asked["code"], &asked["link"]), (&json!(true), &json!(false)));
    world.set(&json!({ "reset.message": "link" }));
    assert_eq!(body(&world.get(&from, "/Jellyward/Api/Reset/Offer"))["offered"], false);
}

#[test]
fn jellyfins_link_is_hidden_where_ours_is_unless_the_owner_shows_both() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    assert_eq!(
        body(&world.get(&from, "/Jellyward/Api/Reset/Offer")),
        json!({ "offered": true, "hideStockLink": true })
    );
    world.set(&json!({ "reset.hide_stock_link": false }));
    assert_eq!(body(&world.get(&from, "/Jellyward/Api/Reset/Offer"))["hideStockLink"], false);
}

#[test]
fn an_administrator_mails_a_reset_or_hands_a_link_over() {
    let (world, alice) = ready();
    let bob = world.user("bob", "bob's password");
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let start = |users: Value, how: &str| {
        let answer = world.post(&owner, "/Jellyward/Api/Admin/Users/Reset", &json!({ "users": users, "how": how }));
        assert_eq!(answer.status, 200, "{}", text(&answer));
        body(&answer)["items"].clone()
    };
    let mailed = start(json!([alice, bob]), "mail");
    assert_eq!((&mailed[0]["done"], &mailed[1]["code"]), (&json!(true), &json!("no_address")), "{mailed}");
    assert!(mail_to(&world, ADDRESS).link().is_some());

    world.jellyfin.change(bob, |user| user.facts.disabled = true);
    for how in ["mail", "link"] {
        assert_eq!(start(json!([bob]), how)[0]["code"], "account_disabled");
    }
    world.jellyfin.change(bob, |user| user.facts.disabled = false);
    let handed = start(json!([bob]), "link");
    let link = handed[0]["link"].as_str().unwrap();
    world.pass(23 * 60 * 60);
    let done = by_link(&world, &Visitor::at("203.0.113.5"), link.split_once('#').unwrap().1, NEW);
    assert_eq!(done.status, 200, "{}", text(&done));
    assert!(world.login(&Visitor::at("203.0.113.5"), "bob", NEW).session);
}

//! How much anybody may ask and guess.

use super::*;
use crate::support::mailbox::{code_in, code_to, mail_to, mails_to, token_in};

fn wrong(right: &str, number: usize) -> String {
    let guess = format!("{number:06}");
    if guess == right { "999999".into() } else { guess }
}

#[test]
fn a_code_takes_five_wrong_tries_and_then_not_the_right_one() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    let asked = ask(&world, &from, "alice");
    let code = code_to(&world, ADDRESS);
    for number in 0..5 {
        let answer = by_code(&world, &from, &asked, &wrong(&code, number), NEW);
        assert_eq!(refusal(&answer), "wrong_code");
        assert_eq!(body(&answer)["triesLeft"], 4 - number);
    }
    assert_eq!(refusal(&by_code(&world, &from, &asked, &code, NEW)), "reset_gone");
}

#[test]
fn a_code_is_good_for_ten_minutes_and_a_link_for_thirty() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    let asked = ask(&world, &from, "alice");
    let mail = mail_to(&world, ADDRESS);
    world.pass(10 * 60);
    assert_eq!(refusal(&by_code(&world, &from, &asked, &code_in(&mail), NEW)), "reset_gone");
    world.pass(20 * 60 - 1);
    assert_eq!(by_link(&world, &from, &token_in(&mail), NEW).status, 200);
    ask(&world, &from, "alice");
    let mail = mail_to(&world, ADDRESS);
    world.pass(30 * 60);
    assert_eq!(refusal(&by_link(&world, &from, &token_in(&mail), NEW)), "reset_gone");
}

#[test]
fn one_account_gets_five_an_hour_and_nobody_is_told() {
    let (world, _) = ready();
    let answers: Vec<Value> = (0..8)
        .map(|number| {
            let mut answer = ask(&world, &Visitor::at(&format!("203.0.{number}.5")), "alice");
            answer["flow"] = Value::Null;
            answer
        })
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(mails_to(&world, ADDRESS).len(), 5);
    world.pass(60 * 60 + 1);
    ask(&world, &Visitor::at("203.0.113.5"), "alice");
    assert_eq!(mails_to(&world, ADDRESS).len(), 6);
}

#[test]
fn whoever_asks_all_day_keeps_no_mail_away_and_sends_no_more() {
    let (world, _) = ready();
    for number in 0..120 {
        ask(&world, &Visitor::at(&format!("203.0.{number}.5")), "alice");
        world.engine.empty_outbox();
        world.pass(60);
    }
    let mails = mails_to(&world, ADDRESS);
    assert!((10..=11).contains(&mails.len()), "{} in two hours", mails.len());
    ask(&world, &Visitor::at("198.51.100.5"), "nobody");
    for number in 0..40 {
        ask(&world, &Visitor::at(&format!("198.51.{number}.5")), &format!("nobody {number}"));
    }
    assert!(!world.jellyfin.log_text().contains("was not mailed"), "nobody's mails count for nobody else");
}

#[test]
fn one_network_asks_twenty_times_an_hour_whoever_it_asks_for() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    for number in 0..20 {
        ask(&world, &from, &format!("nobody {number}"));
    }
    let answer = world.post(&from, "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" }));
    assert_eq!(refusal(&answer), "too_many_tries");
    assert!(answer.header("Retry-After").is_some());
    assert_eq!(start_in_dialog(&world, &from, "alice").status, 200, "the dialog knows no such answer");
    assert!(mails_to(&world, ADDRESS).is_empty());
    let world = world.restart();
    assert_eq!(refusal(&world.post(&from, "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" }))), "too_many_tries");
}

/// Types so many wrong codes for alice, from networks nobody knows.
fn guess(world: &World, many: usize) {
    for round in 0..many.div_ceil(5) {
        let from = Visitor::at(&format!("203.9.{round}.5"));
        let asked = ask(world, &from, "alice");
        let code = code_to(world, ADDRESS);
        for number in 0..5.min(many - round * 5) {
            assert_eq!(refusal(&by_code(world, &from, &asked, &wrong(&code, number), NEW)), "wrong_code");
        }
    }
}

#[test]
fn after_twenty_wrong_codes_in_a_day_only_links_are_sent() {
    let (world, _) = ready();
    guess(&world, 20);
    world.pass(60 * 60 + 1);
    let from = Visitor::at("203.0.113.5");
    let asked = ask(&world, &from, "alice");
    assert_eq!(asked["code"], true, "whoever asks is told the same");
    let mail = mail_to(&world, ADDRESS);
    assert!(mail.code().is_none() && mail.says("no code is sent for up to a day"), "{mail:?}");
    assert_eq!(by_link(&world, &from, &token_in(&mail), NEW).status, 200);
}

#[test]
fn without_a_link_the_mail_says_what_helps_and_a_code_helps_again_a_day_later() {
    let (world, _) = ready();
    world.set(&json!({ "web.public_url": "" }));
    guess(&world, 20);
    world.pass(60 * 60 + 1);
    let from = Visitor::at("203.0.113.5");
    let asked = ask(&world, &from, "alice");
    let mail = mail_to(&world, ADDRESS);
    assert!(mail.code().is_none() && mail.link().is_none() && mail.says("signed in before"), "{mail:?}");
    // What is typed meanwhile makes it no longer.
    for _ in 0..5 {
        assert_eq!(refusal(&by_code(&world, &from, &asked, "000000", NEW)), "wrong_code");
    }
    world.pass(23 * 60 * 60);
    let asked = ask(&world, &from, "alice");
    assert_eq!(by_code(&world, &from, &asked, &code_to(&world, ADDRESS), NEW).status, 200);
}

#[test]
fn the_twenty_first_code_is_not_compared_even_if_it_was_sent_before() {
    let (world, _) = ready();
    let askers: Vec<(Visitor, Value, String)> = (0..5)
        .map(|number| {
            let from = Visitor::at(&format!("203.0.{number}.5"));
            let asked = ask(&world, &from, "alice");
            (from, asked, code_to(&world, ADDRESS))
        })
        .collect();
    let mut wrongs = 0;
    for (from, asked, code) in &askers {
        for number in 0..4 {
            if wrongs < 19 {
                assert_eq!(refusal(&by_code(&world, from, asked, &wrong(code, number), NEW)), "wrong_code");
                wrongs += 1;
            }
        }
    }
    let (from, asked, code) = &askers[4];
    assert_eq!(refusal(&by_code(&world, from, asked, &wrong(code, 9), NEW)), "wrong_code", "the twentieth");
    for (from, asked, code) in &askers {
        let answer = by_code(&world, from, asked, code, NEW);
        assert_eq!(refusal(&answer), "wrong_code", "the same answer for the right one");
    }
    assert!(lets_in(&world, OLD));
}

#[test]
fn strangers_use_up_nothing_of_the_dialog_nor_of_a_browser_that_is_known() {
    let (world, _) = ready();
    let home = Visitor::at("198.51.100.77");
    world.sign_in(&home, "alice", OLD);
    // The same browser, somewhere else.
    let mut mine = Visitor::at("192.0.2.77");
    mine.cookies = home.cookies.clone();
    let earlier = ask(&world, &mine, "alice");
    let code = code_to(&world, ADDRESS);
    guess(&world, 20);
    for number in 0..20 {
        ask(&world, &Visitor::at(&format!("203.8.{number}.5")), "alice");
        world.engine.empty_outbox();
    }
    let before = mails_to(&world, ADDRESS).len();
    start_in_dialog(&world, &Visitor::at("203.0.113.5"), "alice");
    assert!(mail_to(&world, ADDRESS).pin().is_some());
    assert_eq!(mails_to(&world, ADDRESS).len(), before + 1);
    let asked = ask(&world, &mine, "alice");
    assert_eq!(mails_to(&world, ADDRESS).len(), before + 2);
    let newer = code_to(&world, ADDRESS);
    assert_eq!(refusal(&by_code(&world, &mine, &asked, &wrong(&newer, 1), NEW)), "wrong_code");
    assert_eq!(refusal(&by_code(&world, &mine, &asked, "not a code", "short")), "weak_password");
    let done = by_code(&world, &mine, &earlier, &code, NEW);
    assert_eq!(done.status, 200, "what was sent before stays good: {}", text(&done));
}

#[test]
fn wrong_tokens_and_pins_stop_their_network_and_no_other() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    ask(&world, &from, "alice");
    let token = token_in(&mail_to(&world, ADDRESS));
    for number in 0..10 {
        assert_eq!(refusal(&by_link(&world, &from, &format!("{token}{number}"), NEW)), "reset_gone");
    }
    assert_eq!(refusal(&by_link(&world, &from, "another", NEW)), "too_many_tries");
    assert_eq!(pin_in_dialog(&world, &from, "abcd-abcd-abcd-abcd").status, 401);
    assert_eq!(refusal(&by_link(&world, &Visitor::at("203.0.113.6"), "another", NEW)), "reset_gone");
    assert_eq!(by_link(&world, &from, &token, NEW).status, 200, "what nobody guesses is not refused for guesses");
}

/// Behind a proxy that nobody listed.
fn behind_a_proxy() -> Visitor {
    Visitor::at("172.18.0.2")
}

#[test]
fn behind_a_proxy_nobody_listed_strangers_close_no_link_and_no_pin() {
    let (world, _) = ready();
    for number in 0..200 {
        by_link(&world, &behind_a_proxy(), &format!("x{number}"), NEW);
        world.pass(2);
    }
    assert_eq!(refusal(&by_link(&world, &behind_a_proxy(), "x", NEW)), "too_many_tries");
    ask(&world, &behind_a_proxy(), "alice");
    let token = token_in(&mail_to(&world, ADDRESS));
    assert_eq!(by_link(&world, &behind_a_proxy(), &token, NEW).status, 200);
    assert_eq!(pin_in_dialog(&world, &behind_a_proxy(), "abcd-abcd-abcd-abcd").status, 401);
    start_in_dialog(&world, &behind_a_proxy(), "alice");
    let pin = mail_to(&world, ADDRESS).pin().unwrap().to_owned();
    assert_eq!(pin_in_dialog(&world, &behind_a_proxy(), &pin).status, 200);
}

#[test]
fn behind_a_proxy_nobody_listed_nobody_closes_asking_for_another_name() {
    let (world, _) = ready();
    for number in 0..300 {
        ask(&world, &behind_a_proxy(), &format!("ghost {number}"));
        world.pass(3);
    }
    ask(&world, &behind_a_proxy(), "alice");
    assert_eq!(mails_to(&world, ADDRESS).len(), 1);
    for name in ["alice", "ghost"] {
        world.pass(60);
        for _ in 0..20 - usize::from(name == "alice") {
            ask(&world, &behind_a_proxy(), name);
        }
        let answer = world.post(&behind_a_proxy(), "/Jellyward/Api/Reset/Ask", &json!({ "name": name }));
        assert_eq!(refusal(&answer), "too_many_tries", "{name}");
    }
}

#[test]
fn strangers_of_many_networks_ask_sixty_times_a_minute_together_and_a_known_browser_asks_all_the_same() {
    let (world, _) = ready();
    let home = Visitor::at("198.51.100.77");
    world.sign_in(&home, "alice", OLD);
    let mine = Visitor { cookies: home.cookies.clone(), ..behind_a_proxy() };
    for number in 0..60 {
        ask(&world, &Visitor::at(&format!("203.0.{number}.5")), &format!("ghost {number}"));
    }
    for name in ["alice", ADDRESS, "ghost"] {
        let answer = world.post(&Visitor::at("203.0.113.5"), "/Jellyward/Api/Reset/Ask", &json!({ "name": name }));
        assert_eq!((refusal(&answer).as_str(), answer.header("Retry-After")), ("too_many_tries", Some("60")), "{name}");
        let dialog = start_in_dialog(&world, &behind_a_proxy(), name);
        assert_eq!(dialog.status, 200, "the dialog knows no such answer");
    }
    assert!(mails_to(&world, ADDRESS).is_empty());
    for number in 1..=5 {
        ask(&world, &mine, "alice");
        assert_eq!(mails_to(&world, ADDRESS).len(), number);
    }
    let answer = world.post(&mine, "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" }));
    assert_eq!(refusal(&answer), "too_many_tries", "beyond its own, it is one of many");
    world.pass(60);
    ask(&world, &Visitor::at("203.0.113.5"), "alice");
    assert_eq!(mails_to(&world, ADDRESS).len(), 6);
}

#[test]
fn what_strangers_ask_for_one_name_behind_a_proxy_leaves_a_known_browser_its_own() {
    let (world, _) = ready();
    let home = Visitor::at("198.51.100.77");
    world.sign_in(&home, "alice", OLD);
    let mine = Visitor { cookies: home.cookies.clone(), ..behind_a_proxy() };
    for _ in 0..20 {
        ask(&world, &behind_a_proxy(), "alice");
        world.engine.empty_outbox();
    }
    let before = mails_to(&world, ADDRESS).len();
    ask(&world, &mine, "alice");
    assert_eq!(mails_to(&world, ADDRESS).len(), before + 1);
}

#[test]
fn whatever_is_guessed_from_many_networks_is_written_down_sixty_times_a_minute_at_most() {
    let (world, _) = ready();
    ask(&world, &Visitor::at("203.0.113.5"), "alice");
    let token = token_in(&mail_to(&world, ADDRESS));
    let guesses = |from: u8| {
        let answers = (0..=255).map(|host| by_link(&world, &Visitor::at(&format!("203.1.{from}.{host}")), "x", NEW));
        answers.filter(|answer| refusal(answer) == "reset_gone").count()
    };
    assert_eq!(guesses(1), 60);
    world.pass(60);
    assert_eq!(guesses(2), 60);
    assert_eq!(by_link(&world, &Visitor::at("203.0.113.5"), &token, NEW).status, 200);
}

//! Whoever would abuse it, and what may happen meanwhile.

use std::sync::Barrier;

use jellyward::engine::Event;

use super::*;
use crate::support::mailbox::{code_in, code_to, mail_to, mails_to, token_in};

/// An answer without what is drawn anew each time.
fn plain(answer: &Response) -> (u16, Vec<(String, String)>, Value) {
    let mut document = body(answer);
    document["flow"] = Value::Null;
    let headers = answer.headers.iter().filter(|(name, _)| name != "Set-Cookie").cloned().collect();
    (answer.status, headers, document)
}

#[test]
fn the_answer_is_the_same_for_everybody_and_nobody() {
    let (world, alice) = ready();
    let disabled = world.user("dora", "dora's password");
    give_address(&world, disabled, "dora@example.org");
    world.jellyfin.change(disabled, |user| user.facts.disabled = true);
    world.user("bob", "bob's password");
    let elsewhere = world.user("ldap", "ldap's password");
    give_address(&world, elsewhere, "ldap@example.org");
    world.jellyfin.change(elsewhere, |user| user.facts.provider = "Jellyfin.Plugin.LDAP_Auth.LdapProvider".into());
    let mut seen = Vec::new();
    for (number, name) in
        ["alice", "dora", "bob", "ldap", "owner", "nobody", "nobody@example.org", "x\r\ny", "<script>"]
            .iter()
            .enumerate()
    {
        let from = Visitor::at(&format!("203.0.{number}.5"));
        let answer = world.post(&from, "/Jellyward/Api/Reset/Ask", &json!({ "name": name }));
        seen.push(plain(&answer));
        // Wrong codes are told in the same way, too.
        for left in (0..5).rev() {
            let wrong = by_code(&world, &from, &body(&answer), "000000", NEW);
            assert_eq!(
                (refusal(&wrong), body(&wrong)["triesLeft"].clone()),
                ("wrong_code".into(), json!(left)),
                "{name}"
            );
        }
        assert_eq!(refusal(&by_code(&world, &from, &body(&answer), "000000", NEW)), "reset_gone", "{name}");
        let dialog = start_in_dialog(&world, &from, name);
        assert_eq!(dialog.status, 200);
    }
    assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:#?}");
    assert_eq!(mails_to(&world, ADDRESS).len(), 2);
    assert!(mails_to(&world, "dora@example.org").is_empty(), "a disabled account");
    let told = mails_to(&world, "ldap@example.org");
    assert!(told[0].link().is_none() && !told[0].says("is your code"), "{:?}", told[0]);
    assert_eq!(world.jellyfin.users.lock().unwrap()[&alice].password, OLD);
}

/// What somebody hears who asks and guesses in all ways there are: by one spelling, by another of the same address, by name.
fn heard(world: &World, network: u8, spellings: &[&str]) -> Vec<String> {
    let mut heard = Vec::new();
    // The pace of all together is another matter.
    world.pass(60);
    for (round, typed) in (0_u8..6).flat_map(|round| spellings.iter().map(move |typed| (round, typed))) {
        let from = Visitor::at(&format!("203.{network}.{round}.5"));
        let answer = world.post(&from, "/Jellyward/Api/Reset/Ask", &json!({ "name": typed }));
        heard.push(format!("{:?}", plain(&answer)));
        for _ in 0..6 {
            let wrong = by_code(world, &from, &body(&answer), "000000", NEW);
            heard.push(format!("{} {}", refusal(&wrong), body(&wrong)["triesLeft"]));
        }
    }
    heard
}

#[test]
fn however_often_somebody_asks_and_guesses_nobody_is_told_apart() {
    let (world, _) = ready();
    world.user("bob", "bob's password");
    let known = heard(&world, 1, &[ADDRESS, "alice@\u{ff45}xample.org", "\"alice\"@example.org", "alice"]);
    for (network, spellings) in [
        // Somebody without an address, nobody, and an address that belongs to another name than the one that is asked for.
        (2, ["bob@example.org", "bob@\u{ff45}xample.org", "\"bob\"@example.org", "bob"]),
        (3, ["nobody@example.org", "nobody@\u{ff45}xample.org", "\"nobody\"@example.org", "nobody"]),
        (4, [ADDRESS, "alice@\u{ff45}xample.org", "ALICE@example.org", "bob"]),
    ] {
        assert_eq!(heard(&world, network, &spellings), known, "{spellings:?}");
    }
}

#[test]
fn a_change_of_the_account_is_not_heard_by_whoever_guesses() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    let asked = ask(&world, &from, "alice");
    let link = token_in(&mail_to(&world, ADDRESS));
    assert_eq!(by_link(&world, &Visitor::at("203.0.113.6"), &link, NEW).status, 200);
    assert_eq!(refusal(&by_code(&world, &from, &asked, "000000", "yet another sentence")), "wrong_code");
}

#[test]
fn one_address_of_several_accounts_brings_a_code_for_each() {
    let (world, _) = ready();
    world.set(&json!({ "email.shared": true }));
    let others = ["anton", "berta", "carla"];
    let mut names = vec!["alice"];
    for name in others {
        give_address(&world, world.user(name, &format!("{name}'s password")), ADDRESS);
        names.push(name);
    }
    let before = world.engine.durable_commits();
    ask(&world, &Visitor::at("198.51.100.9"), "nobody@example.org");
    let for_nobody = world.engine.durable_commits() - before;
    let before = world.engine.durable_commits();
    let from = Visitor::at("203.0.113.5");
    let asked = ask(&world, &from, ADDRESS);
    assert_eq!(world.engine.durable_commits() - before, for_nobody, "the time does not tell how many they are");
    let mails = mails_to(&world, ADDRESS);
    assert_eq!(mails.len(), 3, "of a fourth account nothing is said");
    // Each code is for the account its mail names.
    for mail in &mails {
        let name = names.iter().find(|name| mail.says(&format!("for {name} on"))).unwrap();
        let chosen = format!("a long sentence of {name}");
        let done = by_code(&world, &from, &asked, &code_in(mail), &chosen);
        assert_eq!(body(&done)["name"], **name, "{}", text(&done));
        assert!(world.login(&Visitor::at("192.0.2.200"), name, &chosen).session);
    }
    // The fourth asks by its name.
    let left = names.iter().find(|name| !mails.iter().any(|mail| mail.says(&format!("for {name} on")))).unwrap();
    let asked = ask(&world, &from, left);
    assert_eq!(by_code(&world, &from, &asked, &code_to(&world, ADDRESS), NEW).status, 200);
}

#[test]
fn an_address_counts_once_it_is_verified() {
    let (world, _) = ready();
    let bob = world.user("bob", "bob's password");
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let given = json!({ "user": bob, "address": "bob@example.org", "verified": false });
    assert_eq!(world.post(&owner, "/Jellyward/Api/Admin/Users/Email", &given).status, 200);
    for typed in ["bob", "bob@example.org"] {
        ask(&world, &Visitor::at("203.0.113.5"), typed);
    }
    assert!(mails_to(&world, "bob@example.org").is_empty());
}

#[test]
fn a_code_is_good_only_where_it_was_asked_for() {
    let (world, _) = ready();
    let (mine, other) = (Visitor::at("203.0.113.5"), Visitor::at("203.0.113.6"));
    let asked = ask(&world, &mine, "alice");
    let code = code_to(&world, ADDRESS);
    let foreign = ask(&world, &other, "alice");
    assert_eq!(refusal(&by_code(&world, &other, &foreign, &code, NEW)), "wrong_code");
    assert_eq!(by_code(&world, &mine, &asked, &code, NEW).status, 200);
}

#[test]
fn a_token_of_another_shape_is_none() {
    let (world, _) = ready();
    ask(&world, &Visitor::at("203.0.113.5"), "alice");
    let token = token_in(&mail_to(&world, ADDRESS));
    let flipped = format!("{}{}", if token.starts_with('A') { 'B' } else { 'A' }, &token[1..]);
    let swapped: String =
        token.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect();
    for (number, bad) in [flipped, swapped, format!("{token}="), format!(" {token}"), token[1..].into(), String::new()]
        .into_iter()
        .enumerate()
    {
        let from = Visitor::at(&format!("203.0.{number}.5"));
        assert_eq!(refusal(&by_link(&world, &from, &bad, NEW)), "reset_gone", "{bad:?}");
    }
    // A PIN's page takes no other token, and the other way round.
    let from = Visitor::at("203.0.113.9");
    assert_eq!(refusal(&world.post(&from, "/Jellyward/Api/Reset/PinLink", &json!({ "token": token }))), "reset_gone");
    assert_eq!(by_link(&world, &from, &token, NEW).status, 200);
}

/// Something that happens to an account.
type Change = fn(&World, AccountId);

#[test]
fn what_was_sent_is_void_after_anything_changed() {
    let changes: &[(&str, Change)] = &[
        ("a new password", |world, alice| {
            world.jellyfin.change(alice, |user| user.password = "changed meanwhile".into());
            world.engine.event(&Event::PasswordChanged { user_id: alice });
        }),
        ("a new password that nobody told of", |world, alice| {
            world.jellyfin.change(alice, |user| user.password = "changed meanwhile".into());
        }),
        ("disabled", |world, alice| world.jellyfin.change(alice, |user| user.facts.disabled = true)),
        ("deleted", |world, alice| {
            world.jellyfin.users.lock().unwrap().remove(&alice);
            world.engine.event(&Event::UserDeleted { user_id: alice });
        }),
        ("a new factor", |world, _| {
            world.enrol_user(&Visitor::at("198.51.100.77"), "alice", OLD);
        }),
        ("kept elsewhere since", |world, alice| {
            world.jellyfin.change(alice, |user| user.facts.provider = "Some.Ldap".into());
        }),
    ];
    for (what, change) in changes {
        let (world, alice) = ready();
        let from = Visitor::at("203.0.113.5");
        let asked = ask(&world, &from, "alice");
        let mail = mail_to(&world, ADDRESS);
        change(&world, alice);
        assert_eq!(refusal(&by_link(&world, &from, &token_in(&mail), NEW)), "reset_gone", "{what}");
        // Of somebody who is gone nothing is left to compare with: as for a name that nobody ever had.
        let told = if *what == "deleted" { "wrong_code" } else { "reset_gone" };
        assert_eq!(refusal(&by_code(&world, &from, &asked, &code_in(&mail), NEW)), told, "{what}");
    }
}

#[test]
fn of_fifty_at_once_one_wins() {
    let (world, _) = ready();
    ask(&world, &Visitor::at("203.0.113.5"), "alice");
    let token = token_in(&mail_to(&world, ADDRESS));
    let barrier = Barrier::new(50);
    let won = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..50)
            .map(|number| {
                let (world, barrier, token) = (&world, &barrier, &token);
                scope.spawn(move || {
                    barrier.wait();
                    by_link(world, &Visitor::at(&format!("203.0.{number}.5")), token, &format!("{NEW} {number}")).status
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).filter(|status| *status == 200).count()
    });
    assert_eq!(won, 1);
}

#[test]
fn jellyfins_trouble_costs_no_link() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    ask(&world, &from, "alice");
    let token = token_in(&mail_to(&world, ADDRESS));
    world.jellyfin.refuse_password.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(by_link(&world, &from, &token, NEW).status, 503);
    world.jellyfin.refuse_password.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(by_link(&world, &from, &token, NEW).status, 200);
}

#[test]
fn links_begin_with_the_owners_address_whatever_a_request_says() {
    let (world, _) = ready();
    let mut from = Visitor::at("203.0.113.5");
    from.origin.headers.push(("Host".into(), "evil.example".into()));
    from.origin.headers.push(("X-Forwarded-Host".into(), "evil.example".into()));
    ask(&world, &from, "alice");
    let mail = mail_to(&world, ADDRESS);
    assert!(!format!("{mail:?}").contains("evil.example"));
    assert!(mail.link().unwrap().starts_with("https://media.example.org/jelly/"));
}

#[test]
fn a_get_spends_nothing_anywhere() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    ask(&world, &from, "alice");
    let token = token_in(&mail_to(&world, ADDRESS));
    for path in ["/Jellyward/Reset", "/Jellyward/Reset/Pin", "/Jellyward/Forgot", "/my/account"] {
        assert_eq!(world.get(&from, path).status, 200);
        assert_eq!(world.send(&from, "HEAD", path, b"").status, 200);
    }
    assert_eq!(world.get(&from, "/Jellyward/Api/Reset/Link").status, 405);
    assert_eq!(by_link(&world, &from, &token, NEW).status, 200);
}

#[test]
fn secrets_and_names_stay_out_of_the_log() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    let asked = ask(&world, &from, "alice");
    let mail = mail_to(&world, ADDRESS);
    by_code(&world, &from, &asked, "000000", NEW);
    by_link(&world, &from, &token_in(&mail), NEW);
    ask(&world, &from, "my secret typed as a name");
    let log = world.jellyfin.log_text();
    for secret in [&code_in(&mail), &token_in(&mail), asked["flow"].as_str().unwrap(), NEW, "my secret", ADDRESS] {
        assert!(!log.contains(secret), "{secret} stands in the log:\n{log}");
    }
}

/// Codes by mail chosen as the only factor.
fn chooses_mail(world: &World, from: &Visitor, name: &str, password: &str, address: &str) -> Visitor {
    let signed_in = world.sign_in(from, name, password);
    let proof = json!({ "proof": { "method": "password", "value": password } });
    let sent = world.post(&signed_in, "/Jellyward/Api/Account/MailCode/Start", &proof);
    assert_eq!(sent.status, 200, "{}", text(&sent));
    let code = code_to(world, address);
    let confirmed = world.post(&signed_in, "/Jellyward/Api/Account/MailCode/Confirm", &json!({ "code": code }));
    assert_eq!(confirmed.status, 200, "{}", text(&confirmed));
    signed_in
}

#[test]
fn an_administrator_whose_only_factor_is_mail_gets_no_reset_by_mail() {
    let (world, _) = ready();
    world.set(&json!({ "mail_code.administrators": true }));
    let anna = world.administrator("anna", "anna's password");
    give_address(&world, anna, "anna@example.org");
    let signed_in = chooses_mail(&world, &Visitor::at("198.51.100.9"), "anna", "anna's password", "anna@example.org");
    assert_eq!(body(&world.get(&signed_in, "/Jellyward/Api/Account"))["mailOpensAll"], true);
    let before = mails_to(&world, "anna@example.org").len();
    ask(&world, &Visitor::at("203.0.113.5"), "anna");
    assert_eq!(mails_to(&world, "anna@example.org").len(), before);
    // Nor does another administrator send one. A link that is handed over comes from a person.
    let owner = world.proven_administrator("owner", "198.51.100.1");
    for (how, expected) in [("mail", json!("mail_opens_all")), ("link", Value::Null)] {
        let users = json!({ "users": [anna], "how": how });
        let started = body(&world.post(&owner, "/Jellyward/Api/Admin/Users/Reset", &users));
        assert_eq!(started["items"][0]["code"], expected, "{started}");
    }
    assert_eq!(mails_to(&world, "anna@example.org").len(), before);

    // For everybody else it is allowed, and called what it is.
    let signed_in = chooses_mail(&world, &Visitor::at("198.51.100.8"), "alice", OLD, ADDRESS);
    assert_eq!(body(&world.get(&signed_in, "/Jellyward/Api/Account"))["mailOpensAll"], true);
    ask(&world, &Visitor::at("203.0.113.5"), "alice");
    assert!(mail_to(&world, ADDRESS).link().is_some());
}

#[test]
fn a_name_that_nobody_has_is_not_taken_for_a_user_who_was_deleted() {
    let (world, _) = ready();
    for number in 0..5 {
        ask(&world, &Visitor::at(&format!("203.0.{number}.5")), &format!("ghost {number}"));
    }
    let world = world.restart();
    let before = world.engine.durable_commits();
    world.get(&Visitor::at("203.0.113.5"), "/Jellyward/Api/Reset/Offer");
    assert_eq!(world.engine.durable_commits(), before, "the first request owes nobody a commit");
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let events = body(&world.get(&owner, "/Jellyward/Api/Admin/Events"));
    assert!(events.to_string().contains("reset_asked") && !events.to_string().contains("account_purged"), "{events}");
}

//! The cookie: replaced at each use, watched for copies, and ignored when it is anything but itself.

use std::sync::atomic::Ordering;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jellyward::crypto::key::MasterKey;
use jellyward::crypto::signed::Ring;
use jellyward::gate::verdict::Outcome;
use serde_json::json;

use super::support::world::{Visitor, World, challenge};
use super::{DAY, OVERLAP, PASSWORD, cookie, copy, events, home, outcome, sets_a_cookie, verify_and_trust};

/// Puts this value in the place of the browser's cookie.
fn put(from: &Visitor, value: &str) {
    let (name, _) = cookie(from).unwrap();
    let mut jar = from.cookies.lock().unwrap();
    jar.retain(|(kept, _)| *kept != name);
    jar.push((name, value.to_owned()));
}

/// The keys this server signs its cookies with.
fn ring(world: &World) -> Ring {
    let key = std::fs::read_to_string(world.folder.path().join("data/master.key")).unwrap();
    let key = HEXLOWER.decode(key.trim().as_bytes()).unwrap();
    Ring::new(MasterKey::from_bytes(key.try_into().unwrap()), "trusted browser")
}

/// Key id and payload of a cookie's value.
fn parts(value: &str) -> (u32, Vec<u8>) {
    let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
    (u32::from_be_bytes(bytes[1..5].try_into().unwrap()), bytes[13..bytes.len() - 32].to_vec())
}

#[test]
fn it_is_for_this_host_by_https_and_for_no_script() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let answer = verify_and_trust(&world, &home(), "alice", &phone);
    let set: Vec<_> = answer.headers.iter().filter(|(_, value)| value.contains("-trust-")).collect();
    let [(_, header)] = set[..] else { panic!("one cookie: {set:?}") };
    let attributes: Vec<_> = header.split("; ").skip(1).collect();
    assert!(header.starts_with("__Host-jellyward-trust-"), "{header}");
    for wanted in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=2592000"] {
        assert!(attributes.contains(&wanted), "{wanted}: {header}");
    }
    assert!(!header.contains("Domain"), "{header}");
}

#[test]
fn it_is_replaced_at_each_use() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let mut seen = vec![cookie(&tablet).unwrap().1];
    for _ in 0..5 {
        assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
        let value = cookie(&tablet).unwrap().1;
        assert!(!seen.contains(&value), "a new value");
        seen.push(value);
        world.pass(DAY);
    }
}

#[test]
fn parallel_tabs_all_get_in() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let late = copy(&tablet);
    assert!(sets_a_cookie(&world.login(&tablet, "alice", PASSWORD)));
    world.pass(OVERLAP - 1);
    let verdict = world.login(&late, "alice", PASSWORD);
    assert_eq!(verdict.outcome, Outcome::Allow, "a request that was under way");
    assert!(!sets_a_cookie(&verdict), "the faster one's answer carried the new value");
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
}

#[test]
fn twenty_at_once_all_get_in_and_one_replaces_the_cookie() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let tabs: Vec<_> = (0..20).map(|_| copy(&tablet)).collect();
    let verdicts: Vec<_> = std::thread::scope(|scope| {
        let tries: Vec<_> = tabs
            .iter()
            .map(|tab| {
                scope.spawn(|| {
                    loop {
                        let verdict = world.login(tab, "alice", PASSWORD);
                        // Few passwords are checked at once; whoever is told to wait comes again.
                        if !verdict.headers.iter().any(|(name, _)| name == "Retry-After") {
                            return verdict;
                        }
                    }
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(verdicts.iter().all(|verdict| verdict.outcome == Outcome::Allow));
    let replaced: Vec<_> = tabs.iter().zip(&verdicts).filter(|(_, verdict)| sets_a_cookie(verdict)).collect();
    assert_eq!(replaced.len(), 1);
    world.pass(OVERLAP);
    assert_eq!(outcome(&world, replaced[0].0, "alice"), Outcome::Allow);
    assert!(events(&world, "trust_ended").is_empty());
}

#[test]
fn an_old_value_coming_back_ends_trust_for_everybody_there() {
    let world = World::new();
    let (alice, alices, _) = world.protected("alice", PASSWORD);
    let (bob, bobs, _) = world.protected("bob", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &alices);
    verify_and_trust(&world, &tablet, "bob", &bobs);
    let stolen = copy(&tablet);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
    world.pass(OVERLAP);
    // Whoever does not know the password changes nothing with it.
    assert_eq!(world.login(&stolen, "alice", "a guess").outcome, Outcome::Refuse);
    assert!(events(&world, "trust_ended").is_empty());
    let verdict = world.login(&stolen, "alice", PASSWORD);
    assert_eq!(verdict.outcome, Outcome::Challenge);
    assert_eq!(cookie(&stolen), None, "the cookie is taken away");
    for name in ["alice", "bob"] {
        assert_eq!(outcome(&world, &tablet, name), Outcome::Challenge, "{name}");
    }
    let told = events(&world, "trust_ended");
    let mut whose: Vec<_> = told.iter().map(|event| event["account"].clone()).collect();
    whose.sort_by_key(ToString::to_string);
    let mut both = vec![json!(alice), json!(bob)];
    both.sort_by_key(ToString::to_string);
    assert_eq!(whose, both, "each is told, once");
}

#[test]
fn a_copy_that_is_used_first_is_given_away_by_the_original() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let stolen = copy(&tablet);
    // Nothing tells a copy from the original, until both have been seen.
    assert_eq!(outcome(&world, &stolen, "alice"), Outcome::Allow);
    world.pass(OVERLAP);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge);
    assert_eq!(outcome(&world, &stolen, "alice"), Outcome::Challenge, "the thief's trust is over too");
    assert_eq!(events(&world, "trust_ended").len(), 1);
    verify_and_trust(&world, &tablet, "alice", &phone);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow, "trusted anew");
}

#[test]
fn an_old_value_ends_trust_whoever_signs_in_with_it() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    world.user("carol", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let stolen = copy(&tablet);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
    world.pass(OVERLAP);
    assert_eq!(outcome(&world, &stolen, "carol"), Outcome::Allow, "carol has no factor");
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge);
}

#[test]
fn a_sign_in_that_fails_afterwards_still_hands_over_the_new_value() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    world.jellyfin.refuse_mint.store(true, Ordering::SeqCst);
    let refused = world.login(&tablet, "alice", PASSWORD);
    assert_eq!((refused.outcome, refused.status), (Outcome::Refuse, 403));
    world.jellyfin.refuse_mint.store(false, Ordering::SeqCst);
    world.pass(DAY);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
}

#[test]
fn anything_but_the_cookie_itself_gets_the_factor_asked() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    world.protected("bob", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let (name, value) = cookie(&tablet).unwrap();
    let ring = ring(&world);
    let (key, payload) = parts(&value);
    let until = world.now() + DAY;
    let foreign = Ring::new(MasterKey::from_bytes([7; 32]), "trusted browser");
    let mut stranger = payload.clone();
    stranger[0] ^= 1;
    let mut guessed = value.clone();
    guessed.replace_range(60..61, if &guessed[60..61] == "A" { "B" } else { "A" });
    for (what, bad) in [
        ("empty", String::new()),
        ("truncated", value[..value.len() - 1].to_owned()),
        ("cut in the middle", value[..40].to_owned()),
        ("longer", format!("{value}AAAA")),
        ("8 KiB", "A".repeat(8 * 1024)),
        ("8 KiB behind itself", format!("{value}{}", "A".repeat(8 * 1024))),
        ("no base64", "%%%\u{e9}<script>".to_owned()),
        ("a bit off", guessed),
        ("an unknown key id", ring.sign(0, &payload, until).unwrap()),
        ("the next key id", ring.sign(key + 1, &payload, until).unwrap()),
        ("another server's key", foreign.sign(key, &payload, until).unwrap()),
        ("expired", ring.sign(key, &payload, world.now()).unwrap()),
        ("an unknown browser", ring.sign(key, &stranger, until).unwrap()),
        ("too short inside", ring.sign(key, &payload[..47], until).unwrap()),
        ("too long inside", ring.sign(key, &[&payload[..], b"x"].concat(), until).unwrap()),
    ] {
        let browser = copy(&tablet);
        put(&browser, &bad);
        assert_eq!(outcome(&world, &browser, "alice"), Outcome::Challenge, "{what}");
    }
    let twice = copy(&tablet);
    twice.cookies.lock().unwrap().push((name, value.clone()));
    assert_eq!(outcome(&world, &twice, "alice"), Outcome::Challenge, "two of one name");
    assert_eq!(outcome(&world, &copy(&tablet), "bob"), Outcome::Challenge, "another user");
    assert!(events(&world, "trust_ended").is_empty());
    // None of it broke anything; and what was put together here is no mistake of the test.
    let remade = copy(&tablet);
    put(&remade, &ring.sign(key, &payload, until).unwrap());
    assert_eq!(outcome(&world, &remade, "alice"), Outcome::Allow);
}

#[test]
fn a_new_signing_key_asks_nobody_again() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    world.set(&json!({"trust.days": 90}));
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let (first, _) = parts(&cookie(&tablet).unwrap().1);
    world.pass(90 * DAY - 62);
    assert_eq!(outcome(&world, &copy(&tablet), "alice"), Outcome::Allow, "its last second, under the next key");
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
    world.pass(1);
    // Given anew it is signed with the new key; what the key before the last has signed is over.
    verify_and_trust(&world, &tablet, "alice", &phone);
    let (now, payload) = parts(&cookie(&tablet).unwrap().1);
    assert_eq!(now, first + 1);
    for (key, expected) in [(now - 2, Outcome::Challenge), (now - 1, Outcome::Allow)] {
        put(&tablet, &ring(&world).sign(key, &payload, world.now() + DAY).unwrap());
        assert_eq!(outcome(&world, &tablet, "alice"), expected, "key {key}");
    }
}

#[test]
fn plain_http_is_not_trusted_unless_the_owner_says_so() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let mut plain = home();
    plain.origin.scheme = "http".into();
    assert!(world.login(&plain, "alice", PASSWORD).body.unwrap()["jellyward"].get("trust").is_none());
    verify_and_trust(&world, &plain, "alice", &phone);
    assert_eq!(cookie(&plain), None, "whatever the page asks for");

    world.set(&json!({"trust.plain_http": true}));
    verify_and_trust(&world, &plain, "alice", &phone);
    let (name, _) = cookie(&plain).unwrap();
    assert!(name.starts_with("jellyward-trust-"), "a browser takes no __Host- cookie here: {name}");
    assert_eq!(outcome(&world, &plain, "alice"), Outcome::Allow);
    world.set(&json!({"trust.plain_http": false}));
    assert_eq!(outcome(&world, &plain, "alice"), Outcome::Challenge, "no longer honoured");
}

#[test]
fn a_browser_that_moves_to_https_takes_its_trust_along() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    world.set(&json!({"trust.plain_http": true}));
    let mut browser = home();
    browser.origin.scheme = "http".into();
    verify_and_trust(&world, &browser, "alice", &phone);
    browser.origin.scheme = "https".into();
    assert_eq!(outcome(&world, &browser, "alice"), Outcome::Allow);
    assert!(cookie(&browser).unwrap().0.starts_with("__Host-"), "and the plain one is gone");
    world.pass(DAY);
    assert_eq!(outcome(&world, &browser, "alice"), Outcome::Allow);
    // TLS that ends at a proxy nobody told Jellyfin of: the page's own address says it.
    world.set(&json!({"trust.plain_http": false}));
    browser.origin.scheme = "http".into();
    assert_eq!(outcome(&world, &browser, "alice"), Outcome::Challenge);
    browser.origin.headers.push(("Origin".into(), "https://tv.example".into()));
    assert_eq!(outcome(&world, &browser, "alice"), Outcome::Allow);
}

#[test]
fn a_planted_cookie_is_not_adopted() {
    let world = World::new();
    let (_, mallorys, _) = world.protected("mallory", PASSWORD);
    let (_, alices, _) = world.protected("alice", PASSWORD);
    let (thief, victim) = (home(), Visitor::at("198.51.100.9"));
    verify_and_trust(&world, &thief, "mallory", &mallorys);
    // A neighbour under the same domain can put in a cookie of the plain name, and no other.
    let (name, value) = cookie(&thief).unwrap();
    let plain = name.strip_prefix("__Host-").unwrap().to_owned();
    victim.cookies.lock().unwrap().push((plain, value));
    let token = challenge(&world.login(&victim, "alice", PASSWORD));
    let document = json!({"challenge": token, "method": "totp", "code": alices.code(world.now()), "trust": true});
    assert_eq!(world.post(&victim, "/Jellyward/Api/Challenge/Verify", &document).status, 200);
    assert_eq!(outcome(&world, &thief, "alice"), Outcome::Challenge, "not even while values overlap");
    assert_eq!(outcome(&world, &victim, "alice"), Outcome::Allow);
}

//! Apps that know only a name and a password: app passwords, one-time words, and devices their owner approves.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

#[path = "apps/administrator.rs"]
mod administrator;
#[path = "apps/no_room.rs"]
mod no_room;

use std::sync::atomic::Ordering;

use jellyward::engine::Event;
use jellyward::gate::verdict::{Outcome, Verdict};
use jellyward::web::message::Response;
use serde_json::{Value, json};
use support::world::{Authenticator, Visitor, World, body, code_of, text};

const PASSWORD: &str = "right password";
const DAY: i64 = 24 * 60 * 60;

/// Somebody with an authenticator, signed in in a browser, freshly proven.
struct House {
    world: World,
    owner: Visitor,
    phone: Authenticator,
    tv: Visitor,
}

impl House {
    fn new() -> Self {
        Self::of(World::new(), false)
    }

    fn of(world: World, administrator: bool) -> Self {
        world.jellyfin.add("alice", PASSWORD, administrator);
        let browser = Visitor::at("203.0.113.5");
        let phone = world.enrol_user(&browser, "alice", PASSWORD).0;
        let owner = world.full_sign_in(&browser, "alice", PASSWORD, &phone);
        Self { world, owner, phone, tv: Visitor::app_at("203.0.113.20") }
    }

    fn post(&self, path: &str, document: &Value) -> Response {
        self.world.post(&self.owner, &format!("/Jellyward/Api/Account/{path}"), document)
    }

    fn get(&self, path: &str) -> Value {
        body(&self.world.get(&self.owner, &format!("/Jellyward/Api/Account/{path}")))
    }

    fn account(&self) -> Value {
        body(&self.world.get(&self.owner, "/Jellyward/Api/Account"))
    }

    fn made(&self, wish: &Value) -> (i64, String) {
        let made = self.post("AppPasswords/Create", wish);
        assert_eq!(made.status, 200, "{}", text(&made));
        let made = body(&made);
        (made["id"].as_i64().unwrap(), made["password"].as_str().unwrap().to_owned())
    }

    fn tv(&self, password: &str) -> Outcome {
        self.from(&self.tv, password).outcome
    }

    fn from(&self, device: &Visitor, password: &str) -> Verdict {
        self.world.login(device, "alice", password)
    }

    fn checks(&self) -> usize {
        self.world.jellyfin.password_checks.load(Ordering::SeqCst)
    }

    fn proof(&self) -> Value {
        self.world.pass(60);
        json!({ "method": "totp", "value": self.phone.code(self.world.now()) })
    }
}

#[test]
fn an_app_password_signs_an_app_in_without_any_password_check() {
    let house = House::new();
    let (_, password) = house.made(&json!({ "name": "Kodi" }));
    let before = house.checks();
    assert_eq!(house.tv(&password), Outcome::Allow);
    assert_eq!(house.tv(&password.to_uppercase().replace('-', " ")), Outcome::Allow, "however it is typed");
    assert_eq!(house.checks(), before, "no password check is needed");
    let listed = house.get("AppPasswords");
    let item = &listed["items"][0];
    assert_eq!((&item["name"], &item["lastUsedApp"]), (&json!("Kodi"), &json!("Kodi")));
    assert_eq!((&item["lastUsedAddress"], &item["sessions"]), (&json!("203.0.113.20"), &json!(1)));
    assert!(!listed.to_string().contains(&password), "it is shown once");
}

#[test]
fn an_app_password_is_nobody_elses_and_never_a_browsers() {
    let house = House::new();
    house.world.user("bob", PASSWORD);
    let (_, password) = house.made(&json!({ "name": "Kodi" }));
    assert_eq!(house.world.login(&house.tv, "bob", &password).outcome, Outcome::Refuse);
    assert_eq!(house.from(&Visitor::at("203.0.113.5"), &password).outcome, Outcome::Refuse, "our page");
    let mut without_script = house.tv.clone();
    without_script.origin.headers.push(("Sec-Fetch-Site".into(), "same-origin".into()));
    assert_eq!(house.from(&without_script, &password).outcome, Outcome::Refuse, "any browser");
    let as_proof = json!({ "method": "password", "value": password });
    house.world.pass(10 * 60);
    assert_eq!(code_of(&house.post("Prove", &json!({ "proof": as_proof }))), "wrong_proof");
}

#[test]
fn an_app_password_ends_when_it_should() {
    let house = House::new();
    let (_, short) = house.made(&json!({ "name": "a week", "days": 7 }));
    let (_, long) = house.made(&json!({ "name": "for good" }));
    assert_eq!((house.tv(&short), house.tv(&long)), (Outcome::Allow, Outcome::Allow));
    house.world.pass(7 * DAY);
    assert_eq!((house.tv(&short), house.tv(&long)), (Outcome::Refuse, Outcome::Allow));
    let alice = house.owner.token.as_ref().unwrap().0;
    house.world.engine.event(&Event::PasswordChanged { user_id: alice });
    assert_eq!(house.tv(&long), Outcome::Refuse, "a changed password ends every way in");
}

#[test]
fn a_revoked_app_password_takes_its_sessions_with_it() {
    let house = House::new();
    let (id, password) = house.made(&json!({ "name": "Kodi" }));
    let (_, other) = house.made(&json!({ "name": "Seerr" }));
    let (_, _) = (house.tv(&password), house.from(&Visitor::app_at("203.0.113.21"), &other));
    let before = house.world.jellyfin.alive().len();
    let revoked = house.post("AppPasswords/Revoke", &json!({ "id": id }));
    assert_eq!(body(&revoked)["ended"], 1, "{}", text(&revoked));
    assert_eq!(house.world.jellyfin.alive().len(), before - 1);
    assert_eq!(house.tv(&password), Outcome::Refuse);
    assert_eq!(house.from(&Visitor::app_at("203.0.113.21"), &other).outcome, Outcome::Allow);
    assert_eq!(code_of(&house.post("AppPasswords/Revoke", &json!({ "id": id }))), "unknown_app_password");
}

#[test]
fn one_that_binds_belongs_to_the_first_app_that_uses_it() {
    let house = House::new();
    let (_, password) = house.made(&json!({ "name": "TV", "binds": true }));
    assert_eq!(house.tv(&password), Outcome::Allow);
    let mut moved = house.tv.clone();
    moved.origin.remote = Some("198.51.100.9".into());
    assert_eq!(house.from(&moved, &password).outcome, Outcome::Allow, "the same app, from elsewhere");
    assert_eq!(house.from(&Visitor::app_at("203.0.113.21"), &password).outcome, Outcome::Refuse, "another device");
}

#[test]
fn app_passwords_are_for_accounts_with_a_factor_and_not_for_administrators() {
    let world = World::new();
    world.user("bob", PASSWORD);
    let bob = world.sign_in(&Visitor::at("203.0.113.6"), "bob", PASSWORD);
    let proof = json!({ "method": "password", "value": PASSWORD });
    let wish = json!({ "name": "Kodi", "proof": proof });
    assert_eq!(code_of(&world.post(&bob, "/Jellyward/Api/Account/AppPasswords/Create", &wish)), "not_offered");
    let house = House::of(World::new(), true);
    assert_eq!(code_of(&house.post("AppPasswords/Create", &json!({ "name": "Kodi" }))), "not_offered");
    assert_eq!(house.get("AppPasswords")["allowed"], false);
}

#[test]
fn strangers_do_not_close_the_way_in_by_app_password() {
    let house = House::new();
    let (_, password) = house.made(&json!({ "name": "Kodi" }));
    for number in 0..30 {
        house.from(&Visitor::app_at(&format!("198.18.0.{number}")), &format!("guess {number}"));
    }
    assert_eq!(house.tv(&password), Outcome::Allow);
}

#[test]
fn a_one_time_word_signs_one_tv_in() {
    let house = House::new();
    let given = body(&house.post("Tv/Word", &json!({})));
    let word = given["word"].as_str().unwrap();
    assert_eq!((word.len(), given["expiresAt"].as_i64()), (9, Some(house.world.now() + 600)));
    assert_eq!(house.from(&Visitor::at("203.0.113.5"), word).outcome, Outcome::Refuse, "not in a browser");
    assert_eq!(house.tv(&word.to_uppercase()), Outcome::Allow);
    assert_eq!(house.tv(word), Outcome::Refuse, "used");
    let proofs = house.get("Sessions")["items"].to_string();
    assert!(proofs.contains("\"proof\":\"word\""), "{proofs}");

    let second = body(&house.post("Tv/Word", &json!({ "proof": house.proof() })));
    let third = body(&house.post("Tv/Word", &json!({})));
    assert_eq!(house.tv(second["word"].as_str().unwrap()), Outcome::Refuse, "a new word voids the one before");
    house.world.pass(600);
    assert_eq!(house.tv(third["word"].as_str().unwrap()), Outcome::Refuse, "ten minutes are over");
}

#[test]
fn a_word_is_guessed_no_better_than_a_password() {
    let house = House::new();
    let word = body(&house.post("Tv/Word", &json!({})))["word"].as_str().unwrap().to_owned();
    for number in 0..12 {
        house.tv(&format!("zzzz-zz{number:02}"));
    }
    let refused = house.from(&house.tv, &word);
    assert_eq!(refused.outcome, Outcome::Refuse);
    assert!(refused.headers.iter().any(|(name, _)| name == "Retry-After"), "the right word waits like everything else");
}

#[test]
fn a_device_that_cannot_answer_waits_and_its_owner_lets_it_in_once() {
    let house = House::new();
    for _ in 0..5 {
        assert_eq!(house.from(&house.tv, PASSWORD).status, 401, "as a wrong password would be");
    }
    let devices = house.get("Devices");
    assert_eq!(devices["pending"].as_array().unwrap().len(), 1, "trying again is the same device");
    let waiting = &devices["pending"][0];
    assert_eq!((&waiting["app"], &waiting["address"]), (&json!("Kodi"), &json!("203.0.113.20")));
    assert!(waiting.get("stamp").is_none() && waiting.get("deviceId").is_none(), "{waiting}");
    let approved = house.post("Devices/Approve", &json!({ "id": waiting["id"] }));
    assert_eq!(approved.status, 200, "{}", text(&approved));
    assert_eq!(house.tv("wrong"), Outcome::Refuse, "an approval is no password");
    assert_eq!(house.tv(PASSWORD), Outcome::Allow);
    assert_eq!(house.tv(PASSWORD), Outcome::Challenge, "one session, no more");
}

#[test]
fn an_approval_is_for_exactly_this_device_and_address_and_for_ten_minutes() {
    let house = House::new();
    let approve = || {
        house.tv(PASSWORD);
        let id = house.get("Devices")["pending"][0]["id"].clone();
        assert_eq!(house.post("Devices/Approve", &json!({ "id": id, "proof": house.proof() })).status, 200);
    };
    approve();
    for change in [
        (|tv: &mut Visitor| tv.origin.remote = Some("203.0.113.21".into())) as fn(&mut Visitor),
        |tv| tv.client.device_id = "another".into(),
        |tv| tv.client.app = "Findroid".into(),
        |tv| tv.origin.remote = None,
    ] {
        let mut other = house.tv.clone();
        change(&mut other);
        assert_eq!(house.from(&other, PASSWORD).outcome, Outcome::Challenge);
    }
    house.world.pass(600);
    assert_eq!(house.tv(PASSWORD), Outcome::Challenge, "too late");
    approve();
    let alice = house.owner.token.as_ref().unwrap().0;
    house.world.engine.event(&Event::PasswordChanged { user_id: alice });
    assert_eq!(house.tv(PASSWORD), Outcome::Challenge, "what was approved before the password changed");
}

#[test]
fn parallel_tries_with_one_approval_bring_one_session() {
    let house = House::new();
    house.tv(PASSWORD);
    let id = house.get("Devices")["pending"][0]["id"].clone();
    house.post("Devices/Approve", &json!({ "id": id }));
    let allowed = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..12).map(|_| scope.spawn(|| house.tv(PASSWORD) == Outcome::Allow)).collect();
        tries.into_iter().filter(|_| true).map(|one| usize::from(one.join().unwrap())).sum::<usize>()
    });
    assert_eq!(allowed, 1);
}

#[test]
fn approving_needs_the_window_this_session_opened_or_a_proof() {
    let house = House::new();
    house.tv(PASSWORD);
    let id = house.get("Devices")["pending"][0]["id"].clone();
    let second = house.world.full_sign_in(&Visitor::at("203.0.113.6"), "alice", PASSWORD, &house.phone);
    house.world.pass(10 * 60);
    let approve = |from: &Visitor| {
        let answer = house.world.post(from, "/Jellyward/Api/Account/Devices/Approve", &json!({ "id": id }));
        (answer.status, code_of(&answer))
    };
    assert_eq!(approve(&house.owner), (403, "step_up".into()));
    assert_eq!(code_of(&house.post("Tv/Window", &json!({}))), "step_up", "opening it needs a proof");
    assert_eq!(house.post("Tv/Window", &json!({ "proof": house.proof() })).status, 200);
    house.world.pass(299);
    assert_eq!(approve(&second), (403, "step_up".into()), "the window is this session's alone");
    assert!(house.get("Devices")["window"].as_i64().unwrap() > 0);
    assert_eq!(approve(&house.owner).0, 200);
    house.world.pass(1);
    assert_eq!(approve(&house.owner), (403, "step_up".into()));
}

#[test]
fn not_me_forgets_the_device() {
    let house = House::new();
    house.tv(PASSWORD);
    let id = house.get("Devices")["pending"][0]["id"].clone();
    assert_eq!(house.post("Devices/Deny", &json!({ "id": id })).status, 200);
    assert_eq!(house.get("Devices")["pending"], json!([]));
    assert_eq!(code_of(&house.post("Devices/Approve", &json!({ "id": id }))), "unknown_device");
}

#[test]
fn a_flood_of_devices_is_bounded_and_pushes_out_its_own() {
    let house = House::new();
    house.tv(PASSWORD);
    for number in 0..200 {
        let mut flood = Visitor::app_at("198.51.100.200");
        flood.client.device_id = format!("flood {number}");
        house.from(&flood, PASSWORD);
    }
    let waiting = |house: &House| house.get("Devices")["pending"].as_array().unwrap().clone();
    assert_eq!(waiting(&house).len(), 6, "five of the flood and the owner's own");
    for number in 0..200 {
        house.from(&Visitor::app_at(&format!("198.18.{number}.1")), PASSWORD);
    }
    assert_eq!(waiting(&house).len(), 50);
    // One at a place that the account knows stays.
    let mut at_home = Visitor::app_at("203.0.113.5");
    at_home.client.device_id = "the television".into();
    at_home.client.device_name = "Living room".into();
    house.from(&at_home, PASSWORD);
    for number in 0..100 {
        house.from(&Visitor::app_at(&format!("198.19.{number}.1")), PASSWORD);
    }
    assert!(waiting(&house).iter().any(|device| device["deviceName"] == "Living room"));
}

#[test]
fn hostile_names_of_devices_are_only_text() {
    let house = House::new();
    let mut tv = house.tv.clone();
    tv.client.device_name = format!("<script>\u{202e}\r\nX-Evil: 1{}", "x".repeat(10_000));
    house.from(&tv, PASSWORD);
    let shown = house.get("Devices")["pending"][0]["deviceName"].as_str().unwrap().to_owned();
    assert_eq!(shown.chars().count(), 128);
    assert!(!shown.contains(char::is_control), "{shown:?}");
}

#[test]
fn what_is_known_of_a_refusal_is_told_to_the_account_and_never_to_the_app() {
    let house = House::new();
    let (_, short) = house.made(&json!({ "name": "a week", "days": 7 }));
    let (_, bound) = house.made(&json!({ "name": "TV", "binds": true }));
    assert_eq!(house.tv(&bound), Outcome::Allow);
    house.world.pass(7 * DAY);
    let alice = house.owner.token.as_ref().unwrap().0;
    let elsewhere = |n: u8| Visitor::app_at(&format!("203.0.113.{n}"));
    let plain = house.from(&elsewhere(30), "wrong");
    let unfit = [house.from(&elsewhere(31), &short), house.from(&elsewhere(32), &bound)];
    let mut obsolete = elsewhere(33).attempt("alice");
    obsolete.action = "User.AuthenticateUser".into();
    let obsolete = house.world.engine.login(&obsolete, PASSWORD);
    house.world.jellyfin.change(alice, |user| user.facts.in_schedule = false);
    let asleep = house.from(&elsewhere(34), PASSWORD);
    house.world.jellyfin.change(alice, |user| user.facts.in_schedule = true);
    house.world.jellyfin.refuse_mint.store(true, Ordering::SeqCst);
    let full = house.from(&elsewhere(35), &format!("{PASSWORD} {}", house.phone.code(house.world.now())));
    house.world.jellyfin.refuse_mint.store(false, Ordering::SeqCst);
    let told = |verdict: &Verdict| (verdict.outcome, verdict.status, verdict.headers.clone(), verdict.body.clone());
    for refused in [&unfit[0], &unfit[1], &obsolete, &asleep] {
        assert_eq!(told(refused), told(&plain), "the app is told nothing");
    }
    assert_eq!((full.outcome, full.status), (Outcome::Refuse, 403), "all was right");
    let refused = house.get("Refused");
    let kinds: Vec<&str> =
        refused["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    let expected = [
        "session_refused",
        "not_allowed",
        "obsolete_sign_in",
        "app_password_unfit",
        "app_password_unfit",
        "wrong_password",
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn the_page_tells_which_sign_ins_were_refused_and_why() {
    let house = House::new();
    house.tv(PASSWORD);
    house.from(&Visitor::app_at("203.0.113.30"), "wrong");
    let refused = house.get("Refused");
    let kinds: Vec<&str> =
        refused["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["wrong_password", "device_waiting"]);
    assert!(refused["events"][1]["text"].as_str().unwrap().contains("second factor"), "{refused}");
}

#[test]
fn a_device_comes_back_only_from_an_address_that_one_household_has() {
    let house = House::new();
    house.world.set(&json!({ "devices.again": true }));
    let approve = |tv: &Visitor| {
        assert_eq!(house.from(tv, PASSWORD).outcome, Outcome::Challenge);
        let id = house.get("Devices")["pending"][0]["id"].clone();
        let approved = house.post("Devices/Approve", &json!({ "id": id, "again": true, "proof": house.proof() }));
        assert_eq!(approved.status, 200, "{}", text(&approved));
        assert_eq!(house.from(tv, PASSWORD).outcome, Outcome::Allow);
        (body(&approved)["again"] == true, house.from(tv, PASSWORD).outcome == Outcome::Allow)
    };
    assert_eq!(approve(&house.tv), (true, true));
    let mut proxied = house.tv.clone();
    proxied.origin.headers.push(("X-Forwarded-For".into(), "198.51.100.9".into()));
    assert_eq!(house.from(&proxied, PASSWORD).outcome, Outcome::Challenge, "by a proxy that nobody listed");
    let behind = Visitor::app_at("172.18.0.1");
    house.from(&behind, PASSWORD);
    assert_eq!(house.get("Devices")["pending"][0]["shared"], true);
    assert_eq!(approve(&behind), (false, false), "everybody has the proxy's address");
    let mut listed = behind.clone();
    listed.origin.proxies_listed = true;
    assert_eq!(approve(&listed), (true, true));
    assert_eq!(house.from(&behind, PASSWORD).outcome, Outcome::Challenge, "now it may be anybody");
}

#[test]
fn a_device_id_longer_than_any_device_has_waits_for_nothing() {
    let house = House::new();
    let mut long = house.tv.clone();
    long.client.device_id = "x".repeat(1_025);
    assert_eq!(house.from(&long, PASSWORD).outcome, Outcome::Challenge);
    assert_eq!(house.get("Devices")["pending"], json!([]));
    long.client.device_id.pop();
    house.from(&long, PASSWORD);
    assert_eq!(house.get("Devices")["pending"].as_array().unwrap().len(), 1);
}

#[test]
fn a_script_that_signs_in_for_ever_pushes_out_nobody() {
    let house = House::new();
    let (tv, tvs) = house.made(&json!({ "name": "TV" }));
    let (script, scripts) = house.made(&json!({ "name": "script" }));
    assert_eq!(house.tv(&tvs), Outcome::Allow);
    let mut cron = Visitor::app_at("203.0.113.30");
    for number in 0..1_500 {
        // Half of them says each time that it is a new device.
        cron.client.device_id = if number % 2 == 0 { "cron".into() } else { format!("cron {number}") };
        assert_eq!(house.from(&cron, &scripts).outcome, Outcome::Allow);
    }
    let owner = house.get("Sessions")["items"].as_array().unwrap().iter().find(|one| one["current"] == true).cloned();
    assert_eq!(owner.unwrap()["proof"], "full");
    let revoke = |id: i64| body(&house.post("AppPasswords/Revoke", &json!({ "id": id })))["ended"].clone();
    assert_eq!(revoke(tv), 1);
    assert_eq!(revoke(script), 751);
}

#[test]
fn what_turns_the_writing_direction_is_not_kept_with_an_event() {
    let house = House::new();
    let mut tv = house.tv.clone();
    tv.client.app = "Kodi\u{202e}idoK".into();
    house.from(&tv, "wrong");
    let told = house.get("Refused");
    assert_eq!(told["events"][0]["app"], "KodiidoK", "{told}");
}

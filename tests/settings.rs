//! Every switch does something: one test for each setting, and a last one that freezes each setting at its default in
//! turn and demands that exactly its own test notices.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

#[path = "settings/email.rs"]
mod email;
#[path = "settings/mail.rs"]
mod mail;

#[path = "settings/passwords.rs"]
mod passwords;
#[path = "settings/resets.rs"]
mod resets;

use jellyward::gate::attempt::Door;
use jellyward::gate::verdict::{Outcome, Verdict};
use serde_json::json;
use support::world::{Authenticator, Visitor, World, body, challenge, code_of, text};

const DAY: i64 = 24 * 60 * 60;
const PASSWORD: &str = "right password";

/// Somewhere the accounts were never seen.
fn stranger() -> Visitor {
    Visitor::at("203.0.113.5")
}

/// Seconds the verdict asks to wait; 0 for none.
fn wait_of(verdict: &Verdict) -> i64 {
    let header = verdict.headers.iter().find(|(name, _)| name == "Retry-After");
    header.map_or(0, |(_, seconds)| seconds.parse().unwrap())
}

#[test]
fn setting_gate_enabled_does_something() {
    let world = World::new();
    world.protected("alice", PASSWORD);
    assert_eq!(world.login(&stranger(), "alice", PASSWORD).outcome, Outcome::Challenge);
    world.set(&json!({"gate.enabled": false}));
    assert_eq!(world.login(&stranger(), "alice", PASSWORD).outcome, Outcome::Allow);
}

#[test]
fn setting_gate_code_behind_password_does_something() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", PASSWORD);
    let with_code = || format!("{PASSWORD} {}", authenticator.code(world.now()));
    assert_eq!(world.login(&stranger(), "alice", &with_code()).outcome, Outcome::Allow);
    world.pass(60);
    world.set(&json!({"gate.code_behind_password": false}));
    assert_eq!(world.login(&stranger(), "alice", &with_code()).outcome, Outcome::Refuse);
}

#[test]
fn setting_gate_other_plugins_does_something() {
    let world = World::new();
    let (alice, _, _) = world.protected("alice", PASSWORD);
    let mut by_plugin = stranger().attempt("");
    by_plugin.door = Door::Direct;
    by_plugin.action = "Sso.Callback".to_owned();
    by_plugin.user_id = Some(alice);
    assert_eq!(world.engine.login(&by_plugin, "").outcome, Outcome::Refuse);
    assert!(world.jellyfin.log_text().contains("Sso.Callback"), "the log names the caller");
    world.set(&json!({"gate.other_plugins": "accept"}));
    assert_eq!(world.engine.login(&by_plugin, "").outcome, Outcome::Allow);
}

#[test]
fn setting_policy_required_does_something() {
    let world = World::new();
    world.user("bob", PASSWORD);
    world.administrator("boss", PASSWORD);
    let outcomes = || ["boss", "bob"].map(|name| world.login(&stranger(), name, PASSWORD).outcome);
    assert_eq!(outcomes(), [Outcome::Allow, Outcome::Allow]);
    world.set(&json!({"policy.required": "administrators"}));
    assert_eq!(outcomes(), [Outcome::Enrol, Outcome::Allow]);
    world.set(&json!({"policy.required": "everybody"}));
    assert_eq!(outcomes(), [Outcome::Enrol, Outcome::Enrol]);
}

#[test]
fn setting_policy_grace_days_does_something() {
    let world = World::new();
    let bob = world.user("bob", PASSWORD);
    world.set(&json!({"policy.grace_days": 2}));
    // A rule for one account, so that this test does not hang on `policy.required`.
    let boss = stranger().signed_in_as(world.administrator("boss", PASSWORD), true, "boss's token");
    let proof = json!({"method": "password", "value": PASSWORD});
    let rule = json!({"user": bob, "rule": "required", "proof": proof});
    let ruled = world.post(&boss, "/Jellyward/Api/Admin/Users/Rule", &rule);
    assert_eq!(ruled.status, 200, "{}", text(&ruled));
    let needs_word = || {
        let verdict = world.login(&stranger(), "bob", PASSWORD);
        assert_eq!(verdict.outcome, Outcome::Enrol);
        verdict.body.unwrap()["jellyward"]["needsWord"] == true
    };
    world.pass(2 * DAY - 1);
    assert!(!needs_word());
    world.pass(1);
    assert!(needs_word(), "the password alone is no longer enough");
}

/// Alice in a browser, freshly proven, and a password for her apps.
fn with_app_password(world: &World) -> (Visitor, String, Authenticator) {
    let browser = stranger();
    let phone = world.enrol_user(&browser, "alice", PASSWORD).0;
    let alice = world.full_sign_in(&browser, "alice", PASSWORD, &phone);
    let made = world.post(&alice, "/Jellyward/Api/Account/AppPasswords/Create", &json!({ "name": "Kodi" }));
    (alice, body(&made)["password"].as_str().unwrap_or_default().to_owned(), phone)
}

fn app() -> Visitor {
    Visitor::app_at("203.0.113.20")
}

#[test]
fn setting_app_passwords_enabled_does_something() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let (_, password, _) = with_app_password(&world);
    assert_eq!(world.login(&app(), "alice", &password).outcome, Outcome::Allow);
    world.set(&json!({"app_passwords.enabled": false}));
    assert_eq!(world.login(&app(), "alice", &password).outcome, Outcome::Refuse);
}

#[test]
fn setting_app_passwords_administrators_does_something() {
    let world = World::new();
    world.administrator("alice", PASSWORD);
    let (alice, none, _) = with_app_password(&world);
    assert_eq!(none, "");
    world.set(&json!({"app_passwords.administrators": true}));
    let made = world.post(&alice, "/Jellyward/Api/Account/AppPasswords/Create", &json!({ "name": "Kodi" }));
    assert_eq!(made.status, 200, "{}", text(&made));
}

#[test]
fn setting_app_passwords_only_does_something() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let (_, password, phone) = with_app_password(&world);
    let with_code = || format!("{PASSWORD} {}", phone.code(world.now()));
    assert_eq!(world.login(&app(), "alice", &with_code()).outcome, Outcome::Allow);
    world.pass(60);
    world.set(&json!({"app_passwords.only": true}));
    assert_eq!(world.login(&app(), "alice", &with_code()).outcome, Outcome::Refuse);
    assert_eq!(world.login(&app(), "alice", PASSWORD).outcome, Outcome::Refuse);
    assert_eq!(world.login(&app(), "alice", &password).outcome, Outcome::Allow);
    assert_eq!(world.login(&stranger(), "alice", PASSWORD).outcome, Outcome::Challenge, "browsers are no apps");
}

const SITE: &str = "https://media.example.org";

fn sign_in_by_passkey_is_offered(world: &World) -> bool {
    body(&world.get(&stranger(), "/Jellyward/Api/Passkey/Offer"))["signIn"] == true
}

#[test]
fn setting_passkeys_domain_does_something() {
    let world = World::new();
    assert!(!sign_in_by_passkey_is_offered(&world));
    world.set(&json!({"passkeys.domain": "media.example.org"}));
    let started = world.post(&stranger(), "/Jellyward/Api/Passkey/Start", &json!({}));
    assert_eq!(body(&started)["options"]["rpId"], "media.example.org");
}

#[test]
fn setting_passkeys_origins_does_something() {
    let world = World::new();
    world.set(&json!({"passkeys.origins": [SITE]}));
    let ready = |origin: &str| {
        let browser = json!({"origin": origin, "secureContext": true, "publicKeyCredential": true});
        body(&world.post(&stranger(), "/Jellyward/Api/Passkey/Diagnose", &browser))["ready"] == true
    };
    assert!(ready(SITE) && !ready("https://media.example.org:8443"));
}

#[test]
fn setting_passkeys_sign_in_does_something() {
    let world = World::new();
    world.set(&json!({"passkeys.domain": "media.example.org", "passkeys.origins": [SITE]}));
    assert!(sign_in_by_passkey_is_offered(&world));
    world.set(&json!({"passkeys.sign_in": false}));
    assert!(!sign_in_by_passkey_is_offered(&world));
    let refused = world.post(&stranger(), "/Jellyward/Api/Passkey/Start", &json!({}));
    assert_eq!(code_of(&refused), "not_offered");
}

#[test]
fn setting_devices_again_does_something() {
    let again = |allowed: bool| {
        let world = World::new();
        world.user("alice", PASSWORD);
        world.set(&json!({"devices.again": allowed}));
        let (alice, _, _) = with_app_password(&world);
        world.login(&app(), "alice", PASSWORD);
        let devices = body(&world.get(&alice, "/Jellyward/Api/Account/Devices"));
        let approve = json!({ "id": devices["pending"][0]["id"], "again": true });
        assert_eq!(world.post(&alice, "/Jellyward/Api/Account/Devices/Approve", &approve).status, 200);
        assert_eq!(world.login(&app(), "alice", PASSWORD).outcome, Outcome::Allow);
        let mut elsewhere = app();
        elsewhere.origin.remote = Some("198.51.100.3".into());
        assert_eq!(world.login(&elsewhere, "alice", PASSWORD).outcome, Outcome::Challenge);
        world.login(&app(), "alice", PASSWORD).outcome
    };
    assert_eq!(again(false), Outcome::Challenge);
    assert_eq!(again(true), Outcome::Allow);
}

#[test]
fn setting_sessions_most_does_something() {
    let world = World::new();
    world.user("bob", PASSWORD);
    for address in ["203.0.113.1", "203.0.113.2", "203.0.113.3"] {
        world.login(&Visitor::app_at(address), "bob", PASSWORD);
    }
    assert_eq!(world.jellyfin.alive().len(), 3);
    world.set(&json!({"sessions.most": 2}));
    world.login(&Visitor::app_at("203.0.113.4"), "bob", PASSWORD);
    let alive = world.jellyfin.alive();
    assert_eq!(alive.len(), 2);
    assert_eq!(alive.last().unwrap(), &world.jellyfin.last_token(), "the newest stays");
}

#[test]
fn setting_sessions_legacy_end_does_something() {
    let world = World::new();
    world.user("alice", PASSWORD);
    world.login(&app(), "alice", PASSWORD);
    world.enrol_user(&stranger(), "alice", PASSWORD);
    world.user("bob", PASSWORD);
    world.login(&stranger(), "bob", PASSWORD);
    world.set(&json!({"sessions.legacy_end": "2025-06-17"}));
    world.login(&stranger(), "bob", PASSWORD);
    assert_eq!(world.jellyfin.alive().len(), 3, "the day has not come");
    world.pass(2 * DAY);
    world.login(&stranger(), "bob", PASSWORD);
    assert_eq!(world.jellyfin.alive().len(), 2, "hers from before her factor is gone; he has none and needs none");
}

#[test]
fn setting_step_up_administrators_does_something() {
    let world = World::new();
    world.administrator("root", PASSWORD);
    let root = Visitor::at("198.51.100.7");
    let phone = world.enrol_user(&root, "root", PASSWORD).0;
    let root = world.full_sign_in(&root, "root", PASSWORD, &phone);
    world.pass(10 * 60);
    assert!(!world.act(&root, "ApiKey.CreateKey", &json!({})).pass);
    world.set(&json!({"step_up.administrators": false}));
    assert!(world.act(&root, "ApiKey.CreateKey", &json!({})).pass);
}

/// For how many days that person is offered to trust the browser.
fn days_offered(world: &World, from: &Visitor, name: &str) -> Option<i64> {
    world.login(from, name, PASSWORD).body.unwrap()["jellyward"]["trust"]["days"].as_i64()
}

#[test]
fn setting_trust_days_does_something() {
    let world = World::new();
    world.protected("alice", PASSWORD);
    assert_eq!(days_offered(&world, &stranger(), "alice"), Some(30));
    world.set(&json!({"trust.days": 90}));
    assert_eq!(days_offered(&world, &stranger(), "alice"), Some(90));
    world.set(&json!({"trust.days": 0}));
    assert_eq!(days_offered(&world, &stranger(), "alice"), None);
}

#[test]
fn setting_trust_administrator_days_does_something() {
    let world = World::new();
    world.administrator("boss", PASSWORD);
    world.enrol_user(&Visitor::at("198.51.100.77"), "boss", PASSWORD);
    assert_eq!(days_offered(&world, &stranger(), "boss"), Some(7));
    world.set(&json!({"trust.administrator_days": 30}));
    assert_eq!(days_offered(&world, &stranger(), "boss"), Some(30));
    world.set(&json!({"trust.administrator_days": 0}));
    assert_eq!(days_offered(&world, &stranger(), "boss"), None);
}

#[test]
fn setting_trust_plain_http_does_something() {
    let world = World::new();
    world.protected("alice", PASSWORD);
    let mut by_plain_http = stranger();
    by_plain_http.origin.scheme = "http".into();
    assert_eq!(days_offered(&world, &by_plain_http, "alice"), None);
    world.set(&json!({"trust.plain_http": true}));
    assert_eq!(days_offered(&world, &by_plain_http, "alice"), Some(30));
}

#[test]
fn setting_totp_issuer_does_something() {
    let world = World::new();
    let bob = stranger().signed_in_as(world.user("bob", PASSWORD), false, "bob's token");
    world.set(&json!({"totp.issuer": "Our house"}));
    let proof = json!({"method": "password", "value": PASSWORD});
    let started = body(&world.post(&bob, "/Jellyward/Api/Account/Totp/Start", &json!({"proof": proof})));
    let uri = started["uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/Our%20house:bob?") && uri.contains("issuer=Our%20house"), "{uri}");
}

#[test]
fn setting_limits_free_tries_does_something() {
    let world = World::new();
    world.user("bob", PASSWORD);
    world.set(&json!({"limits.free_tries": 8}));
    for number in 0..8 {
        let verdict = world.login(&stranger(), "bob", &format!("wrong {number}"));
        assert_eq!((verdict.status, wait_of(&verdict)), (401, 0), "try {number}");
    }
    assert!(wait_of(&world.login(&stranger(), "bob", "wrong again")) > 0);
}

#[test]
fn setting_limits_longest_delay_minutes_does_something() {
    let world = World::new();
    world.user("bob", PASSWORD);
    world.set(&json!({"limits.longest_delay_minutes": 1}));
    let mut longest = 0;
    for number in 0..20 {
        let wait = wait_of(&world.login(&stranger(), "bob", &format!("wrong {number}")));
        longest = longest.max(wait);
        world.pass(wait);
    }
    assert_eq!(longest, 60);
}

#[test]
fn setting_limits_wrong_codes_per_hour_does_something() {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", PASSWORD);
    world.set(&json!({"limits.wrong_codes_per_hour": 3}));
    for _ in 0..3 {
        let token = challenge(&world.login(&stranger(), "alice", PASSWORD));
        let wrong = world.verify(&stranger(), &token, "totp", &authenticator.wrong_code(world.now()));
        assert_eq!(code_of(&wrong), "wrong_code");
    }
    let told = world.login(&stranger(), "alice", PASSWORD).body.unwrap();
    assert_eq!(told["jellyward"]["methods"], json!(["recovery"]), "codes are closed to strangers for now");
}

#[test]
fn setting_web_inject_does_something() {
    let world = World::new();
    let page = b"<html><head></head></html>";
    assert!(world.engine.rewrite_index(page).len() > page.len());
    world.set(&json!({"web.inject": false}));
    assert_eq!(world.engine.rewrite_index(page), page);
}

#[test]
fn setting_web_frame_ancestors_does_something() {
    let world = World::new();
    let policy = || {
        let page = world.get(&stranger(), "/Jellyward/Login");
        page.header("Content-Security-Policy").unwrap().to_owned()
    };
    assert!(policy().ends_with("frame-ancestors 'none'"), "{}", policy());
    world.set(&json!({"web.frame_ancestors": ["https://home.example", "http://nas:8123"]}));
    assert!(policy().ends_with("frame-ancestors https://home.example http://nas:8123"), "{}", policy());
}

#[test]
fn setting_web_language_does_something() {
    let world = World::new();
    let varies = || world.get(&stranger(), "/Jellyward/Login").header("Vary").map(str::to_owned);
    assert_eq!(varies().as_deref(), Some("Accept-Language"));
    world.set(&json!({"web.language": "en"}));
    assert_eq!(varies(), None, "the same page for every browser");
}

#[test]
fn setting_web_public_url_does_something() {
    let world = World::new();
    let boss = stranger().signed_in_as(world.administrator("boss", PASSWORD), true, "boss's token");
    let warned = || {
        let status = body(&world.get(&boss, "/Jellyward/Api/Admin/Status"));
        status["banners"].as_array().unwrap().iter().any(|banner| banner["code"] == "no_public_url")
    };
    assert!(!warned(), "no mail, no links");
    world.set(&json!({"smtp.host": "mail.example.org"}));
    if !text(&world.get(&boss, "/Jellyward/Api/Admin/Settings")).contains("mail.example.org") {
        return; // where mail cannot be set up, that is the business of another setting's test
    }
    assert!(warned());
    world.set(&json!({"web.public_url": "https://media.example.org/jellyfin"}));
    assert!(!warned());
}

#[test]
fn setting_events_keep_days_does_something() {
    let world = World::new();
    world.user("bob", PASSWORD);
    let boss = stranger().signed_in_as(world.administrator("boss", PASSWORD), true, "boss's token");
    world.set(&json!({"events.keep_days": 7}));
    world.login(&stranger(), "bob", "wrong");
    let remembers_it = || {
        let events = body(&world.get(&boss, "/Jellyward/Api/Admin/Events"));
        events["events"].as_array().unwrap().iter().any(|event| event["kind"] == "wrong_password")
    };
    assert!(remembers_it());
    world.pass(8 * DAY);
    world.login(&stranger(), "bob", PASSWORD);
    assert!(!remembers_it());
}

#[cfg(debug_assertions)]
mod frozen {
    use std::process::Command;

    use jellyward::settings::keys;

    /// Processes at once: they wait for the disk most of the time.
    const AT_ONCE: usize = 6;

    /// Runs this very file once more for each setting, held at its default, and demands that its test fails, and no other.
    #[test]
    fn each_setting_has_a_test_that_notices() {
        let problems: Vec<String> = std::thread::scope(|scope| {
            let parts = keys::ALL.chunks(keys::ALL.len().div_ceil(AT_ONCE));
            let running: Vec<_> = parts
                .map(|part| scope.spawn(move || part.iter().filter_map(|one| problem(one.key())).collect::<Vec<_>>()))
                .collect();
            running.into_iter().flat_map(|part| part.join().unwrap()).collect()
        });
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    fn problem(key: &str) -> Option<String> {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--test-threads=2", "--skip", "frozen::"])
            .env("JELLYWARD_FREEZE", key)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        let mut failed: Vec<&str> = told
            .lines()
            .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.rsplit("::").next())
            .collect();
        failed.sort_unstable();
        let own = format!("setting_{}_does_something", key.replace('.', "_"));
        (failed != [own.as_str()])
            .then(|| format!("with {key} frozen, {own} should fail alone, but these did: {failed:?}"))
    }
}

//! Hostile input over HTTP and at the sign-in, by the number of its case. What concerns the store is in
//! `hostile_store.rs`; limits, spent codes and damaged rows have stories of their own.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use jellyward::defense::origin::Origin;
use jellyward::gate::verdict::{Outcome, Verdict};
use jellyward::web::message::{Request, Response};
use serde_json::{Value, json};
use support::world::{Visitor, World, body, challenge, code_of, text};

const PASSWORD: &str = "right password";
const VERIFY: &str = "/Jellyward/Api/Challenge/Verify";

fn stranger() -> Visitor {
    Visitor::at("203.0.113.5")
}

/// A request with exactly these headers.
fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: String::new(),
        origin: Origin { headers, ..stranger().origin },
        caller: None,
        client: Some(stranger().client),
    }
}

fn post(world: &World, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
    world.engine.http(&request("POST", path, headers), body)
}

const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];

fn asked_to_wait(verdict: &Verdict) -> bool {
    verdict.headers.iter().any(|(name, _)| name == "Retry-After")
}

/// alice, protected, with an open challenge.
fn challenged(world: &World) -> (String, String) {
    let (_, authenticator, _) = world.protected("alice", PASSWORD);
    let token = challenge(&world.login(&stranger(), "alice", PASSWORD));
    (token, authenticator.code(world.now()))
}

#[test]
fn case_01_a_body_beyond_the_limit_is_413_and_the_host_is_told_before() {
    let world = World::new();
    let most = world.engine.owns(VERIFY).max_body;
    assert_eq!(most, 64 * 1024);
    let whole = format!("{{\"challenge\":\"{}\"}}", "x".repeat(most));
    assert_eq!(post(&world, VERIFY, JSON, whole.as_bytes()).status, 413);
    let forty_megabytes = vec![b' '; 40_000_000];
    assert_eq!(post(&world, VERIFY, JSON, &forty_megabytes).status, 413);
}

#[test]
fn case_03_json_that_would_break_a_parser_is_400() {
    let world = World::new();
    let brackets = "[".repeat(30_000);
    let objects = "{\"a\":".repeat(10_000);
    let unfinished =
        [brackets.as_str(), objects.as_str(), "{\"challenge\":\"\\ud800\"}", "{\"challenge\":1e999}", "", "null"];
    for hostile in unfinished {
        let answer = post(&world, VERIFY, JSON, hostile.as_bytes());
        assert_eq!(answer.status, 400, "{}", &hostile[..hostile.len().min(40)]);
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
    }
    assert_eq!(post(&world, VERIFY, JSON, b"{\"challenge\":\"\xff\"}").status, 400, "not UTF-8");
    let long = json!({"challenge": "x".repeat(30_000), "method": "totp", "code": "1".repeat(30_000)});
    assert_eq!(code_of(&post(&world, VERIFY, JSON, long.to_string().as_bytes())), "challenge_gone");
}

#[test]
fn case_03_a_wrong_field_is_named() {
    let world = World::new();
    for (sent, field) in [
        (json!({}), "challenge"),
        (json!({"challenge": 1}), "challenge"),
        (json!({"challenge": "x", "method": "pigeon", "code": "1"}), "method"),
        (json!({"challenge": "x", "method": ["totp"], "code": "1"}), "method"),
        (json!({"challenge": "x", "method": "totp", "code": 123_456}), "code"),
    ] {
        let answer = post(&world, VERIFY, JSON, sent.to_string().as_bytes());
        assert_eq!((answer.status, body(&answer)["field"].as_str()), (400, Some(field)), "{sent}");
    }
}

#[test]
fn case_05_only_json_is_parsed() {
    let world = World::new();
    let (token, code) = challenged(&world);
    let good = json!({"challenge": token, "method": "totp", "code": code}).to_string();
    let sessions = world.jellyfin.session_count();
    for headers in [
        &[][..],
        &[("Content-Type", "text/plain")],
        &[("Content-Type", "application/x-www-form-urlencoded")],
        &[("Content-Type", "multipart/form-data; boundary=x")],
        &[("Content-Type", "application/json"), ("Content-Type", "text/plain")],
        &[("Content-Type", "text/plain; application/json")],
        &[("Content-Type", "application/jsonp")],
    ] {
        assert_eq!(post(&world, VERIFY, headers, good.as_bytes()).status, 415, "{headers:?}");
    }
    assert_eq!(world.jellyfin.session_count(), sessions);
    let with_charset = [("content-TYPE", "Application/JSON; charset=utf-8"), ("X-Jellyward", "1")];
    let answer = post(&world, VERIFY, &with_charset, good.as_bytes());
    assert_eq!(answer.status, 200, "{}", text(&answer));
}

#[test]
fn case_06_and_07_only_the_caller_jellyfin_resolved_counts() {
    let world = World::new();
    world.administrator("boss", PASSWORD);
    let token = "MediaBrowser Token=\"anything\"";
    let mut sent =
        request("GET", "/Jellyward/Api/Admin/Users", &[("Authorization", token), ("X-Emby-Token", "anything")]);
    for query in ["", "api_key=anything", "ApiKey=anything&userId=1"] {
        sent.query = query.to_owned();
        let answer = world.engine.http(&sent, b"");
        assert_eq!((answer.status, code_of(&answer).as_str()), (401, "sign_in"), "{query}");
    }
    assert!(!world.jellyfin.log_text().contains("anything"));
}

#[test]
fn case_08_get_and_head_change_nothing() {
    let world = World::new();
    let (token, code) = challenged(&world);
    let (sessions, commits) = (world.jellyfin.session_count(), world.engine.durable_commits());
    let good = json!({"challenge": token, "method": "totp", "code": code}).to_string();
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "post", ""] {
        let answer = world.engine.http(&request(method, VERIFY, JSON), good.as_bytes());
        assert_eq!((answer.status, answer.header("Allow")), (405, Some("POST")), "{method}");
    }
    for path in ["Admin/Settings", "Account/Totp/Start", "Account/Factors/Remove", "Admin/Users/Word"] {
        let mut read = request("GET", &format!("/Jellyward/Api/{path}"), JSON);
        read.query = format!("challenge={token}&code={code}");
        assert_ne!(world.engine.http(&read, good.as_bytes()).status, 200, "{path}");
    }
    assert_eq!((world.jellyfin.session_count(), world.engine.durable_commits()), (sessions, commits));
    let headers = [("Content-Type", "application/json"), ("X-Jellyward", "1")];
    assert_eq!(post(&world, VERIFY, &headers, good.as_bytes()).status, 200, "the challenge is unspent");
}

#[test]
fn case_09_a_path_is_its_own_spelling_or_unknown() {
    let world = World::new();
    for same in ["/jellyward/api/CHALLENGE/verify", "/Jellyward/Api/Challenge/Verify/"] {
        assert_eq!(
            code_of(&post(&world, same, JSON, b"{\"challenge\":\"x\",\"method\":\"totp\",\"code\":\"1\"}")),
            "challenge_gone"
        );
    }
    for unknown in [
        "/Jellyward//Api/Challenge/Verify",
        "//Jellyward/Api/Challenge/Verify",
        "/Jellyward/Api/Challenge/%56erify",
        "/Jellyward/Api/Challenge%2fVerify",
        "/Jellyward/Api/Challenge/Verify;x=y",
        "/Jellyward/Api/./Challenge/Verify",
        "/Jellyward/Api/Account/../Challenge/Verify",
        "/Jellyward/Api/%2e%2e/Api/Challenge/Verify",
        "/Jellyward/Api/Challenge/Verify\0",
        "/Jellyward\\Api\\Challenge\\Verify",
        "/Jellyward/Api/Challenge/Verify//",
        "/Jellyward/Api",
    ] {
        assert_eq!(post(&world, unknown, JSON, b"{}").status, 404, "{unknown}");
    }
}

#[test]
fn case_09_assets_come_from_a_table_and_not_from_a_disk() {
    let world = World::new();
    for name in [
        "../../jellyward.db",
        "..%2f..%2fmaster.key",
        "%2e%2e/master.key",
        "/etc/passwd",
        "master.key",
        "inject.js/",
        "inject.js%00",
        "inject.js.map",
        "lang/en.ftl",
        "",
        ".",
        "..",
        "texts.../en.json",
        "con",
    ] {
        let answer = world.get(&stranger(), &format!("/Jellyward/Assets/{name}"));
        assert_eq!(answer.status, 404, "{name}");
    }
}

#[test]
fn case_09_foreign_paths_are_not_ours() {
    let world = World::new();
    for path in [
        "/",
        "",
        "/Users/AuthenticateByName",
        "/JellywardX/Login",
        "/web/index.html",
        "/x/Jellyward/",
        "Jellyward",
        "/Jellywar",
    ] {
        assert!(!world.engine.owns(path).owned, "{path}");
    }
    for path in
        ["/Jellyward", "/jellyward/", "/JELLYWARD/anything", "/TwoFactorAuth/Setup", "/twofactorauth/login", "/sso/2fa"]
    {
        assert!(world.engine.owns(path).owned, "{path}");
    }
}

#[test]
fn case_12_another_sites_page_can_do_nothing() {
    let world = World::new();
    let (token, code) = challenged(&world);
    let good = json!({"challenge": token, "method": "totp", "code": code}).to_string();
    for site in ["https://evil.example", "null", "https://tv.example.evil.example", "http://tv.example:81"] {
        let headers = [("Content-Type", "application/json"), ("Host", "tv.example"), ("Origin", site)];
        let answer = post(&world, VERIFY, &headers, good.as_bytes());
        assert_eq!((answer.status, code_of(&answer).as_str()), (403, "foreign_origin"), "{site}");
        let opened = answer.headers.iter().any(|(name, _)| name.to_ascii_lowercase().starts_with("access-control-"));
        assert!(!opened, "no answer opens itself to other sites");
    }
    assert_eq!(world.jellyfin.session_count(), 1, "only the enrolment's own");
}

#[test]
fn case_13_nothing_redirects_and_no_header_is_split() {
    let world = World::new();
    for page in ["/Jellyward/Login", "/sso/2fa", "/Jellyward/", "/TwoFactorAuth/Setup"] {
        let plain = world.get(&stranger(), page);
        for next in
            ["//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)", "a%0d%0aSet-Cookie:x=y"]
        {
            for parameter in ["next", "url", "returnUrl", "redirect_uri"] {
                let answer = world.get(&stranger(), &format!("{page}?{parameter}={next}"));
                assert_eq!((answer.status, answer.header("Location")), (200, None), "{page} {next}");
                assert_eq!(answer.bytes(), plain.bytes(), "{page} {next}");
            }
        }
    }
    let mut hostile = stranger();
    hostile.origin.path_base = "/jf\r\nSet-Cookie: a=b".to_owned();
    hostile.client.device_name = "<script>\r\nX: y".to_owned();
    hostile.origin.headers.push(("Accept-Language".into(), "en\r\nX: y".into()));
    for path in ["/Jellyward/Login", "/Jellyward/Assets/inject.js", "/Jellyward/Api/Account"] {
        for (name, value) in world.get(&hostile, path).headers {
            assert!(!name.contains(['\r', '\n']) && !value.contains(['\r', '\n']), "{name}: {value:?}");
        }
    }
}

#[test]
fn case_14_no_answer_is_made_from_the_host_header() {
    let world = World::new();
    world.protected("alice", PASSWORD);
    let mut visitor = stranger();
    visitor.origin.headers.push(("Host".into(), "evil.example".into()));
    visitor.origin.headers.push(("X-Forwarded-Host".into(), "evil.example".into()));
    let verdict = world.login(&visitor, "alice", PASSWORD);
    assert_eq!(verdict.outcome, Outcome::Challenge);
    assert!(!verdict.body.unwrap().to_string().contains("evil.example"));
    for path in ["/Jellyward/Login", "/Jellyward/Assets/inject.js", "/Jellyward/x"] {
        assert!(!text(&world.get(&visitor, path)).contains("evil.example"), "{path}");
    }
}

#[test]
fn case_17_a_forwarded_address_is_not_believed() {
    let world = World::new();
    world.user("bob", PASSWORD);
    let mut refused = false;
    for number in 0..8 {
        let mut liar = stranger();
        liar.origin.headers.push(("X-Forwarded-For".into(), format!("127.0.0.{number}")));
        refused |= asked_to_wait(&world.login(&liar, "bob", &format!("wrong {number}")));
    }
    assert!(refused, "a header per try bought further tries");
}

#[test]
fn case_19_and_20_one_place_is_one_counter() {
    for spellings in [
        &["::ffff:192.0.2.1", "192.0.2.1", "::FFFF:c000:201"][..],
        &["fe80::1%eth0", "fe80::1%wlan0", "fe80::2"],
        &["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:0db8:0001:0002::abcd"],
    ] {
        let world = World::new();
        world.user("bob", PASSWORD);
        let mut refused = false;
        for number in 0..8 {
            let from = Visitor::at(spellings[number % spellings.len()]);
            refused |= asked_to_wait(&world.login(&from, "bob", &format!("wrong {number}")));
        }
        assert!(refused, "{spellings:?}");
    }
}

#[test]
fn case_23_a_missing_address_is_unknown_and_still_limited() {
    let world = World::new();
    world.user("bob", PASSWORD);
    for remote in [None, Some(""), Some("not an address"), Some("203.0.113.5:80")] {
        let mut nowhere = stranger();
        nowhere.origin.remote = remote.map(str::to_owned);
        assert_eq!(world.login(&nowhere, "bob", PASSWORD).outcome, Outcome::Allow, "{remote:?}");
        let refused =
            (0..8).any(|number| asked_to_wait(&world.login(&nowhere, "bob", &format!("{remote:?} {number}"))));
        assert!(refused, "{remote:?}");
        world.pass(3 * 60 * 60);
    }
}

#[test]
fn case_62_what_is_no_code_is_a_wrong_code() {
    let world = World::new();
    world.protected("alice", PASSWORD);
    let endless = "1".repeat(6_000);
    for hostile in
        ["", "12345", "1234567", "-12345", "+12345", "0x1234", "१२३४५६", "１２３４５６", "12 34 5x", "null", &endless]
    {
        let token = challenge(&world.login(&stranger(), "alice", PASSWORD));
        let answer = world.verify(&stranger(), &token, "totp", hostile);
        assert_eq!((answer.status, code_of(&answer).as_str()), (401, "wrong_code"), "{hostile:.20}");
        world.pass(60 * 60 + 1);
    }
}

#[test]
fn case_71_a_recovery_code_is_read_as_people_write_it() {
    let world = World::new();
    let (_, _, codes) = world.protected("alice", PASSWORD);
    let ways: [fn(&str) -> String; 5] = [
        |code| code.to_lowercase(),
        |code| code.to_uppercase(),
        |code| code.replace('-', ""),
        |code| code.replace('-', " "),
        |code| format!("  {code}\n"),
    ];
    for (code, written) in codes.iter().zip(ways) {
        let token = challenge(&world.login(&stranger(), "alice", PASSWORD));
        let answer = world.verify(&stranger(), &token, "recovery", &written(code));
        assert_eq!(answer.status, 200, "{} {}", written(code), text(&answer));
    }
    for hostile in ["", "----", "xxxx-xxxx-xxxx-xxxx", &"a".repeat(60_000)] {
        let token = challenge(&world.login(&stranger(), "alice", PASSWORD));
        assert_eq!(code_of(&world.verify(&stranger(), &token, "recovery", hostile)), "wrong_code");
    }
}

#[test]
fn case_87_spellings_of_a_name_share_one_counter() {
    let world = World::new();
    world.user("kess", PASSWORD);
    let mut refused = false;
    for (number, name) in ["kess", "KESS", "Kess", "keſſ", "KEſS", "kesS"].into_iter().cycle().take(40).enumerate() {
        // Another address each time: what is counted is the account.
        let from = Visitor::at(&format!("198.51.100.{number}"));
        refused |= asked_to_wait(&world.login(&from, name, &format!("wrong {number}")));
    }
    assert!(refused);
}

#[test]
fn hostile_names_and_devices_reach_neither_log_nor_store_as_they_are() {
    let world = World::new();
    let boss = stranger().signed_in_as(world.administrator("boss", PASSWORD), true, "boss's token");
    let mut hostile = stranger();
    hostile.client.app = "<script>alert(1)</script>\r\nforged line".to_owned();
    hostile.client.device_name = "x".repeat(100_000);
    hostile.client.device_id = "\u{202e}\0".to_owned();
    for name in ["hunter2-typed-into-the-name-box", "a\r\nforged line", &"n".repeat(1_000_000), "' OR 1=1 --", "\0"] {
        assert_eq!(world.login(&hostile, name, "wrong").status, 401, "{name:.20}");
    }
    world.login(&hostile, "boss", PASSWORD);
    assert!(!world.jellyfin.log_text().contains("forged line"));
    let events = world.get(&boss, "/Jellyward/Api/Admin/Events");
    let told: Vec<Value> = body(&events)["events"].as_array().unwrap().clone();
    assert!(told.len() > 3);
    for event in told {
        let detail = event["detail"].as_str().unwrap_or_default();
        assert!(detail.chars().count() <= 256 && !detail.chars().any(char::is_control), "{detail:?}");
        assert!(!detail.contains("hunter2"), "{detail}");
    }
}

#[test]
fn case_03_half_a_character_is_no_name() {
    let names = [r#""\ud800""#, r#""alice\udc00""#];
    for name in names {
        let attempt =
            format!(r#"{{"door":"password","name":{name},"app":"a","version":"1","deviceId":"d","deviceName":"n"}}"#);
        let read = serde_json::from_str::<jellyward::gate::attempt::LoginAttempt>(&attempt);
        assert!(read.is_err(), "{name}");
    }
    // What a host puts in its place is a name that nobody has.
    let world = World::new();
    world.user("alice", "alice's password");
    for name in ["\u{fffd}", "alice\u{fffd}", "\u{0}", "a\u{301}", "\u{10ffff}"] {
        let refused = world.login(&Visitor::at("203.0.113.5"), name, "alice's password");
        assert_eq!((refused.status, refused.session), (401, false), "{name:?}");
        world.pass(15 * 60);
    }
}

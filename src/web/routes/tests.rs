use super::*;
use crate::defense::origin::Origin;
use crate::gate::attempt::Caller;

const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];

fn request(method: &str, path: &str, headers: &[(&str, &str)], caller: Option<Caller>) -> Request {
    Request {
        method: method.into(),
        path: path.into(),
        query: String::new(),
        origin: Origin {
            scheme: "http".into(),
            headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            ..Origin::default()
        },
        caller,
        client: None,
    }
}

fn method(row: &Row) -> &'static str {
    if row.verb() == Verb::Get { "GET" } else { "POST" }
}

fn caller(administrator: bool, api_key: bool) -> Option<Caller> {
    Some(Caller { user_id: (!api_key).then(|| [7; 16].into()), administrator, api_key, token_hash: String::new() })
}

fn refusal(request: &Request, body: &[u8]) -> Option<Code> {
    resolve(request, body).err().map(|problem| problem.code)
}

#[test]
fn every_row_is_reached_in_any_case_and_with_a_trailing_slash() {
    for row in TABLE {
        let path = row.path;
        for path in [path.to_string(), path.to_ascii_lowercase(), path.to_ascii_uppercase(), format!("{path}/")] {
            let method = method(row);
            match (resolve(&request(method, &path, JSON, caller(true, false)), b"{}"), &row.place) {
                (Ok(Route::Page(found)), Place::Show(wanted)) => assert_eq!(found, *wanted),
                (Ok(Route::Call(found, _)), Place::Call(wanted)) => assert!(std::ptr::eq(found, wanted), "{path}"),
                _ => panic!("{method} {path} leads elsewhere"),
            }
            assert!(owns(&path).owned, "{path}");
        }
    }
}

#[test]
fn what_is_not_in_the_table_is_unknown() {
    for path in [
        "/Jellyward/x",
        "/Jellyward//Login",
        "/Jellyward/Login//",
        "/Jellyward/Login;x=y",
        "/Jellyward/%4cogin",
        "/Jellyward/Assets/../Login",
        "/Jellyward/Assets/%2e%2e/Login",
        "/Jellyward/Assets/..%2flogin.js",
        "/Jellyward/Assets/",
        "/Jellyward/Assets/login.js/",
        "/Jellyward/Assets/login.js%00",
        "/Jellyward/Assets/nothing.js",
        "/sso/2fa/x",
        "/Ĵellyward",
        "//Jellyward",
        "",
        "/",
    ] {
        assert_eq!(refusal(&request("GET", path, &[], None), b""), Some(Code::NotFound), "{path}");
    }
}

#[test]
fn only_our_own_paths_are_owned() {
    for path in ["/Jellyward", "/jellyward/", "/JELLYWARD/anything/at/all", "/Jellyward/%2e%2e", "/SSO/2FA/"] {
        assert_eq!(owns(path), Ownership { owned: true, max_body: MAX_BODY }, "{path}");
    }
    for path in
        ["/", "", "/Jellywar", "/Jellyward2", "/Jellyward%2fLogin", "/TwoFactorAuth", "/TwoFactorAuth/x", "/sso", "/é"]
    {
        assert_eq!(owns(path), Ownership { owned: false, max_body: 0 }, "{path}");
    }
}

#[test]
fn the_wrong_method_is_told_the_right_one() {
    let allow = |method, path| {
        let problem = resolve(&request(method, path, JSON, caller(true, false)), b"{}").err().unwrap();
        assert_eq!(problem.code, Code::WrongMethod, "{method} {path}");
        problem.headers
    };
    assert_eq!(allow("GET", "/Jellyward/Api/Challenge/Verify"), [("Allow".into(), "POST".into())]);
    assert_eq!(allow("POST", "/Jellyward/Login"), [("Allow".into(), "GET, HEAD".into())]);
    assert_eq!(allow("DELETE", "/Jellyward/Api/Admin/Settings"), [("Allow".into(), "GET, HEAD, POST".into())]);
    assert_eq!(allow("OPTIONS", "/Jellyward/Assets/login.js"), [("Allow".into(), "GET, HEAD".into())]);
    assert_eq!(allow("post", "/Jellyward/Api/Challenge/Verify"), [("Allow".into(), "POST".into())]);
}

#[test]
fn get_and_head_reach_nothing_that_changes_anything() {
    let changes = |row: &&Row| row.verb() == Verb::Post;
    for path in TABLE.iter().filter(changes).map(|row| row.path) {
        for method in ["GET", "HEAD"] {
            match resolve(&request(method, path, &[], caller(true, false)), b"") {
                Ok(Route::Call(call, _)) => assert!(TABLE.iter().any(|row| reads(row, call)), "{method} {path}"),
                Ok(_) => panic!("{method} {path} leads elsewhere"),
                Err(problem) => assert_eq!(problem.code, Code::WrongMethod, "{method} {path}"),
            }
        }
    }
}

fn reads(row: &Row, call: &Call) -> bool {
    row.verb() == Verb::Get && row.call().is_some_and(|found| std::ptr::eq(found, call))
}

#[test]
fn a_post_must_be_json_of_modest_size() {
    let verify = |headers: &[(&str, &str)], body: &[u8]| {
        refusal(&request("POST", "/Jellyward/Api/Challenge/Verify", headers, None), body)
    };
    assert_eq!(verify(JSON, b"{}"), None);
    assert_eq!(verify(&[("content-type", "Application/JSON; charset=utf-8")], b"{}"), None);
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "", "text/plain; application/json"]
    {
        assert_eq!(verify(&[("Content-Type", kind)], b"{}"), Some(Code::WrongType), "{kind}");
    }
    assert_eq!(verify(&[], b"{}"), Some(Code::WrongType));
    let twice = [("Content-Type", "application/json"), ("Content-Type", "text/plain")];
    assert_eq!(verify(&twice, b"{}"), Some(Code::WrongType));
    assert_eq!(verify(JSON, b""), Some(Code::BadJson));
    assert_eq!(verify(JSON, &[0xff, 0xfe]), Some(Code::BadJson));
    let filled = |size: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(size - 8));
    assert_eq!(verify(JSON, filled(MAX_BODY).as_bytes()), None);
    assert_eq!(verify(JSON, filled(MAX_BODY + 1).as_bytes()), Some(Code::TooLarge));
}

#[test]
fn a_page_of_another_site_posts_in_vain() {
    let headers = [("Host", "tv.example"), ("Origin", "https://evil.example"), ("Content-Type", "application/json")];
    for row in TABLE.iter().filter(|row| row.verb() == Verb::Post) {
        let code = refusal(&request("POST", row.path, &headers, caller(true, false)), b"{}");
        assert_eq!(code, Some(Code::ForeignOrigin), "{}", row.path);
    }
}

#[test]
fn each_call_is_for_its_callers_only() {
    for (row, call) in TABLE.iter().filter_map(|row| Some((row, row.call()?))) {
        let path = row.path;
        let answer = |caller| refusal(&request(method(row), path, JSON, caller), b"{}");
        let (nobody, user, key) = match call.who {
            Who::Anybody => (None, None, None),
            Who::Person => (Some(Code::SignIn), None, Some(Code::ApiKey)),
            Who::Elevated => (Some(Code::SignIn), Some(Code::NotAdministrator), None),
            Who::Administrator => (Some(Code::SignIn), Some(Code::NotAdministrator), Some(Code::ApiKey)),
        };
        assert_eq!(answer(None), nobody, "{path} by nobody");
        assert_eq!(answer(caller(false, false)), user, "{path} by a user");
        assert_eq!(answer(caller(true, true)), key, "{path} by an API key");
        assert_eq!(answer(caller(true, false)), None, "{path} by an administrator");
    }
}

#[test]
fn calls_stand_where_programs_look_and_pages_elsewhere() {
    for row in TABLE {
        assert_eq!(for_programs(row.path), row.call().is_some(), "{}", row.path);
    }
}

#[test]
fn whoever_can_sign_in_there_has_been_introduced() {
    for path in ["/Jellyward/Login", "/twofactorauth/LOGIN/", "/sso/2fa", "/jellyward/assets/inject.js"] {
        assert!(introduces(path), "{path}");
    }
    for path in ["/Jellyward", "/Jellyward/Assets/extras.js", "/Jellyward/Assets/Inject.js", "/Jellyward/Login/x"] {
        assert!(!introduces(path), "{path}");
    }
}

#[test]
fn no_path_and_method_stands_twice() {
    for (at, row) in TABLE.iter().enumerate() {
        let again =
            TABLE[at + 1..].iter().any(|other| other.verb() == row.verb() && other.path.eq_ignore_ascii_case(row.path));
        assert!(!again, "{}", row.path);
    }
}

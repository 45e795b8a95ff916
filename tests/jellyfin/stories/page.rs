//! The script in the web client's first page, however that page is asked for.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde_json::json;

use super::{find, turn, with_plugin};
use crate::installation::{Installation, skip};
use crate::people::Person;
use crate::visitor::{Answer, Visitor};

const SCRIPT: &str = "Jellyward/Assets/inject.js";

/// The whole page, with the script first in its head, and headers that say so.
fn is_ours(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 200, "{what}: {}", answer.shown());
    let text = answer.text();
    let head = text.find("<head").and_then(|at| text[at..].find('>').map(|end| at + end + 1));
    let head = head.unwrap_or_else(|| panic!("{what}: no head in {}", answer.shown()));
    assert!(text[head..].starts_with("<script src="), "{what}: {}", &text[head..(head + 200).min(text.len())]);
    assert_eq!(text.matches(SCRIPT).count(), 1, "{what}");
    assert!(text.trim_end().ends_with("</html>"), "{what}: cut off");
    assert_eq!(answer.header("content-encoding"), None, "{what}");
    assert_eq!(answer.header("last-modified"), None, "{what}");
    assert!(answer.header("etag").is_some_and(|tag| tag.starts_with("\"jw-")), "{what}");
    assert_eq!(answer.header("content-length"), Some(answer.bytes.len().to_string().as_str()), "{what}");
}

/// What ASP.NET's static files give as ETag: the file's time xor its length.
fn stock_etag(file: &Path) -> String {
    let metadata = fs::metadata(file).unwrap();
    let seconds = metadata.modified().unwrap().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let since_1601 = seconds * 10_000_000 + 116_444_736_000_000_000;
    format!("\"{:x}\"", since_1601 ^ metadata.len())
}

fn with_web(story: &str) -> Option<Installation> {
    let found = find(story)?;
    if found.web.is_none() {
        skip(story, "no web client; set JELLYFIN_WEB");
        return None;
    }
    Some(found)
}

#[test]
fn the_script_is_in_the_page_however_it_is_asked_for() {
    let Some(installation) = with_web("the_script_is_in_the_page_however_it_is_asked_for") else { return };
    let Some(turn) = turn("the_script_is_in_the_page_however_it_is_asked_for") else { return };
    let mut browser = Visitor::browser(&turn.server.address(), "reader");
    let page = "/web/index.html";
    let plain = browser.get(page);
    is_ours(&plain, "plain");
    for path in ["/web/", "/web//index.html", "//web/index.html", "/WEB/index.html"] {
        let answer = browser.get(path);
        if answer.status == 200 {
            is_ours(&answer, path);
        }
    }
    for prefix in ["/emby", "/mediabrowser"] {
        let answer = browser.get(&format!("{prefix}{page}"));
        if answer.status == 200 {
            is_ours(&answer, prefix);
        }
    }
    let web = installation.web.unwrap();
    let other = fs::read_dir(&web).unwrap().map(|entry| entry.unwrap().path());
    let other = other.filter(|path| path.extension().is_some_and(|kind| kind == "js")).min().unwrap();
    let name = other.file_name().unwrap().to_string_lossy().into_owned();
    let script = browser.get(&format!("/web/{name}")).expect(200);
    assert_eq!(script.header("etag"), Some(stock_etag(&other).as_str()), "the formula of the stock tag");
    let stock = stock_etag(&web.join("index.html"));
    let own = plain.header("etag").unwrap().to_owned();
    let asked: [(&str, &str); 9] = [
        ("Accept-Encoding", "gzip"),
        ("Accept-Encoding", "br"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("If-None-Match", &stock),
        ("If-None-Match", "\"something else\""),
        ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"),
        ("Range", "bytes=0-10"),
        ("If-Match", "\"something else\""),
        ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ];
    for (name, value) in asked {
        is_ours(&browser.send("GET", page, &[(name, value)], None), &format!("{name}: {value}"));
    }
    let head = browser.send("HEAD", page, &[], None).expect(200);
    assert_eq!((head.bytes.len(), head.header("etag")), (0, Some(own.as_str())));
    assert_eq!(head.header("content-length"), plain.header("content-length"));
    let known = browser.send("GET", page, &[("If-None-Match", &own)], None).expect(304);
    assert!(known.bytes.is_empty());
    // What is not that page is nobody's business.
    assert_eq!(script.header("content-encoding"), None);
    let part = browser.send("GET", &format!("/web/{name}"), &[("Range", "bytes=0-10")], None).expect(206);
    assert_eq!(part.bytes.len(), 11);
    let inject = browser.get(&format!("/{SCRIPT}")).expect(200);
    assert!(inject.header("content-type").unwrap().contains("javascript"), "{}", inject.shown());
}

#[test]
fn a_base_url_is_kept_everywhere() {
    let Some(installation) = with_web("a_base_url_is_kept_everywhere") else { return };
    let server = with_plugin(installation, "/jf");
    let mut administrator = server.administrator();
    let alice = Person::new(&mut administrator, "alice");
    let mut factors = alice.enrol(&server);
    let mut browser = alice.browser(&server);
    for path in ["/web/index.html", "/web/", "/web//index.html"] {
        is_ours(&browser.get(path), path);
    }
    let told = browser.login(&alice.name, &alice.password).expect(200).json()["jellyward"].clone();
    assert_eq!(told["setUp"], "/jf/Jellyward/Login");
    let challenge = told["challenge"].as_str().unwrap();
    browser.verify(challenge, "totp", &factors.app.fresh()).expect(200);
    for path in ["/Jellyward/Login", "/TwoFactorAuth/Setup", "/TwoFactorAuth/Login", "/sso/2fa"] {
        browser.get(path).expect(200);
    }
    // Outside the base URL nobody signs in.
    let mut outside = alice.browser(&server);
    outside.base = server.root();
    let body = json!({ "Username": alice.name, "Pw": alice.password });
    assert!(!outside.post("/Users/AuthenticateByName", &body).is_session());
}

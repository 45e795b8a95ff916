use std::cell::RefCell;
use std::ffi::c_void;

use super::*;
use crate::ffi::guard::guarded;
use crate::ffi::{JwView, reply};
use crate::host::AccountId;

const SESSION: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

thread_local! {
    /// What the callbacks answer next, and all they were told.
    static NEXT: RefCell<(JwAnswer, Option<String>)> = const { RefCell::new((0, None)) };
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn answer(reply: *mut JwReply, heard: &[&JwView]) -> JwAnswer {
    let heard: Vec<&str> = heard.iter().map(|view| view.text(ALL).unwrap()).collect();
    HEARD.with_borrow_mut(|lines| lines.push(heard.join(" | ")));
    let (status, text) = NEXT.with_borrow(Clone::clone);
    if let Some(text) = text {
        // As a host would: whatever this says, it returns its own status.
        let _ = guarded(|| reply::write(reply, text.as_bytes()));
    }
    status
}

extern "C" fn one(_: *mut c_void, document: JwView, reply: *mut JwReply) -> JwAnswer {
    answer(reply, &[&document])
}

extern "C" fn all(_: *mut c_void, reply: *mut JwReply) -> JwAnswer {
    answer(reply, &[])
}

extern "C" fn two(_: *mut c_void, document: JwView, password: JwView, reply: *mut JwReply) -> JwAnswer {
    answer(reply, &[&document, &password])
}

extern "C" fn arm(_: *mut c_void, armed: u8) -> JwAnswer {
    HEARD.with_borrow_mut(|lines| lines.push(format!("armed {armed}")));
    NEXT.with_borrow(|next| next.0)
}

extern "C" fn set(_: *mut c_void, request: JwView, password: JwView) -> JwAnswer {
    HEARD.with_borrow_mut(|lines| {
        lines.push(format!("{} {}", request.text(ALL).unwrap(), password.text(ALL).unwrap()));
    });
    NEXT.with_borrow(|next| next.0)
}

extern "C" fn log(_: *mut c_void, level: i32, line: JwView) {
    HEARD.with_borrow_mut(|lines| lines.push(format!("{level} {}", line.text(ALL).unwrap())));
}

fn table() -> JwHost {
    JwHost {
        size: size_of::<JwHost>(),
        ctx: std::ptr::null_mut(),
        find_user: Some(one),
        list_users: Some(all),
        check_password: Some(two),
        mint: Some(one),
        list_sessions: Some(one),
        end_sessions: Some(one),
        set_armed: Some(arm),
        log: Some(log),
        set_password: Some(set),
    }
}

fn host(status: JwAnswer, text: Option<&str>) -> CHost {
    NEXT.set((status, text.map(str::to_owned)));
    HEARD.take();
    CHost::new(table()).map_err(|failure| failure.status).unwrap()
}

fn mint() -> MintRequest {
    let word = |text: &str| text.to_owned();
    MintRequest {
        user: AccountId::from([1; 16]),
        app: word("Web"),
        version: word("1"),
        device_id: word("d"),
        device_name: word("\"n\""),
        remote: None,
        dated: true,
    }
}

fn query(name: &str) -> PasswordQuery<'_> {
    PasswordQuery { name, remote: None, session: true }
}

fn failed<T: std::fmt::Debug>(outcome: Result<T, HostError>) -> String {
    match outcome {
        Err(HostError::Failed(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn documents_go_out_and_come_in_as_the_contract_says() {
    let facts = r#"{"id":"01010101010101010101010101010101","name":"a","administrator":true,"disabled":false,"remoteAllowed":true,"local":false,"inSchedule":true,"stamp":"s"}"#;
    let found = host(0, Some(facts)).find_user(&UserQuery::Name("a\"\n".into()), Some("::1")).unwrap().unwrap();
    assert_eq!((found.id, found.administrator, found.local), (AccountId::from([1; 16]), true, false));
    assert_eq!(HEARD.take(), [r#"{"query":{"name":"a\"\n"},"remote":"::1"}"#]);
    assert_eq!(host(0, Some("null")).find_user(&UserQuery::Id(found.id), None), Ok(None));
    assert_eq!(HEARD.take(), [r#"{"query":{"id":"01010101010101010101010101010101"},"remote":null}"#]);
    assert_eq!(host(0, Some(&format!("[{facts},{facts}]"))).list_users().unwrap().len(), 2);

    let right = host(0, Some(&format!(r#"{{"right":{facts}}}"#)));
    assert_eq!(right.check_password(&query("a"), "päss | word"), Ok(PasswordCheck::Right(found)));
    assert_eq!(HEARD.take(), [r#"{"name":"a","remote":null,"session":true} | päss | word"#]);
    for (text, outcome) in [("\"wrong\"", PasswordCheck::Wrong), ("\"denied\"", PasswordCheck::Denied)] {
        assert_eq!(host(0, Some(text)).check_password(&query("a"), ""), Ok(outcome));
    }

    let made = host(0, Some(&format!(r#"{{"tokenHash":"{SESSION}"}}"#))).mint(&mint());
    assert_eq!(made, Ok(Minted { token_hash: SESSION.into() }));
    assert_eq!(
        HEARD.take(),
        [
            r#"{"user":"01010101010101010101010101010101","app":"Web","version":"1","deviceId":"d","deviceName":"\"n\"","remote":null,"dated":true}"#
        ]
    );
    let refused = host(0, Some(r#"{"refused":"too many sessions"}"#)).mint(&mint());
    assert_eq!(refused, Err(HostError::Refused("too many sessions".into())));

    let session = format!(
        r#"[{{"tokenHash":"{SESSION}","user":"01010101010101010101010101010101","app":"Web","version":"1","deviceId":"d","deviceName":"n","remote":null,"createdAt":5,"lastSeenAt":6}}]"#
    );
    let found = host(0, Some(&session)).list_sessions(Some(&AccountId::from([1; 16]))).unwrap();
    assert_eq!((found[0].token_hash.as_str(), found[0].created_at, found[0].last_seen_at), (SESSION, 5, 6));
    assert_eq!(HEARD.take(), [r#"{"user":"01010101010101010101010101010101"}"#]);
    assert_eq!(host(0, Some("[]")).list_sessions(None), Ok(vec![]));
    assert_eq!(HEARD.take(), [r#"{"user":null}"#]);
    assert_eq!(host(0, Some("1")).end_sessions(&AccountId::from([1; 16]), &["aa".to_owned()]), Ok(1));
    assert_eq!(HEARD.take(), [r#"{"user":"01010101010101010101010101010101","tokenHashes":["aa"]}"#]);

    assert_eq!(host(0, None).set_armed(true), Ok(()));
    assert_eq!(HEARD.take(), ["armed 1"]);
    host(0, None).log(Level::Warning, "line");
    assert_eq!(HEARD.take(), ["1 line"]);
    assert_eq!(host(0, None).set_password(&AccountId::from([1; 16]), "new one"), Ok(()));
    assert_eq!(HEARD.take(), [r#"{"user":"01010101010101010101010101010101"} new one"#]);
    assert!(host(60, None).set_password(&AccountId::from([1; 16]), "new one").is_err());
}

#[test]
fn a_host_that_fails_or_talks_nonsense_never_lets_anybody_in() {
    let right = r#"{"right":{"id":"01010101010101010101010101010101","name":"a","administrator":true,"disabled":false,"remoteAllowed":true,"local":false,"inSchedule":true,"stamp":"s"}}"#;
    let check = |status, text: Option<&str>| host(status, text).check_password(&query("a"), "b");
    for status in [1, 60, 90, -1, i32::MIN, i32::MAX] {
        assert_eq!(failed(check(status, Some(right))), format!("check_password answered {status}"));
        assert!(host(status, None).set_armed(true).is_err());
    }
    assert_eq!(failed(check(0, None)), "check_password wrote no reply");
    let deep = "[".repeat(ONE);
    let large = " ".repeat(ONE) + right;
    for text in ["", "null", "{}", "\"right\"", r#"{"right":"x"}"#, r#"{"right":null}"#, "\u{feff}\"wrong\"", &deep] {
        assert!(failed(check(0, Some(text))).starts_with("check_password replied nonsense"), "{text:.20}");
    }
    assert_eq!(failed(check(0, Some(&large))), "check_password wrote no reply");
    for text in ["null", "{}", "[]", r#"{"tokenHash":7}"#, r#"{"refused":null}"#] {
        assert!(failed(host(0, Some(text)).mint(&mint())).starts_with("mint replied nonsense"), "{text}");
    }
}

#[test]
fn a_table_with_a_hole_is_refused() {
    let whole = table();
    let holes = [
        JwHost { find_user: None, ..whole },
        JwHost { list_users: None, ..whole },
        JwHost { check_password: None, ..whole },
        JwHost { mint: None, ..whole },
        JwHost { list_sessions: None, ..whole },
        JwHost { end_sessions: None, ..whole },
        JwHost { set_armed: None, ..whole },
        JwHost { log: None, ..whole },
        JwHost { set_password: None, ..whole },
    ];
    for hole in holes {
        assert_eq!(CHost::new(hole).err().map(|failure| failure.status), Some(JwStatus::InvalidArgument));
    }
}

#[test]
fn a_panic_is_told_to_the_log() {
    let host = host(0, None);
    let status = guarded(|| crate::ffi::engine::logged(&host, || -> Result<(), Failure> { panic!("torn") }));
    assert_eq!(status, JwStatus::Panic);
    assert_eq!(HEARD.take(), ["2 the library panicked, please report this: torn"]);
}

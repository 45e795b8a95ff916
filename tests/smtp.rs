//! Mail to real servers on loopback: good ones, strict ones, broken ones and hostile ones.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "smtp/real.rs"]
mod real;
mod support;

use std::thread;
use std::time::Duration;

use jellyward::clock::SystemRandomness;
use jellyward::notify::mail::{Letter, Mail, Sender, Stamp};
use jellyward::notify::mail_server::{Security, Server};
use jellyward::notify::mailer::{Cause, Failure, Mailer, Stop};
use jellyward::notify::smtp::Smtp;
use jellyward::settings::Certificates;
use support::mail_server::{Authority, MailServer, Manner};
use zeroize::Zeroizing;

const NEVER: i32 = 2099;
const LOGIN: (&str, &str) = ("alice", "correct horse");

fn mail() -> Mail {
    mail_to("bob@example.org")
}

fn mail_to(to: &str) -> Mail {
    let from = Sender { address: "tv@example.org".parse().unwrap(), name: "Our TV".into() };
    let text = Zeroizing::new("Your code is 123456.\r\n.\r\nQUIT\r\n..\r\n".to_owned());
    let letter = Letter { subject: "Your code".into(), text, html: None };
    let stamp = Stamp::new(1_750_000_020, &SystemRandomness).unwrap();
    Mail::write(&from, &to.parse().unwrap(), &letter, &stamp).unwrap()
}

fn send(server: &Server) -> Result<(), Failure> {
    Smtp::default().send(server, &mail(), &Stop::default())
}

fn cause(server: &Server) -> Cause {
    let failure = send(server).expect_err("it was sent");
    assert!(!failure.detail.is_empty());
    failure.cause
}

fn plain(manner: Manner) -> (MailServer, Server) {
    let running = MailServer::start(manner);
    let server = running.server(Security::None, None, None);
    (running, server)
}

#[test]
fn a_mail_arrives_as_it_was_written() {
    let (running, server) = plain(Manner::default());
    send(&server).unwrap();
    let taken = running.taken();
    let [mail] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("tv@example.org", "bob@example.org"));
    assert!(mail.text.contains("Subject: Your code\r\n"), "{}", mail.text);
    assert!(mail.text.trim_end().ends_with("\r\n\r\nYour code is 123456.\r\n.\r\nQUIT\r\n.."), "{}", mail.text);
}

#[test]
fn quotes_pluses_and_foreign_domains_go_over_the_wire() {
    let (running, server) = plain(Manner::default());
    for to in ["\"a b\"@example.org", "bob+tv@example.org", "bob@bücher.example"] {
        Smtp::default().send(&server, &mail_to(to), &Stop::default()).unwrap();
    }
    let to: Vec<String> = running.taken().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["\"a b\"@example.org", "bob+tv@example.org", "bob@xn--bcher-kva.example"]);
}

#[test]
fn starttls_and_a_login() {
    let authority = Authority::new();
    for ways in ["PLAIN LOGIN", "LOGIN", "login plain", "CRAM-MD5 LOGIN"] {
        let papers = Some(authority.papers("localhost", NEVER));
        let login = Some((LOGIN.0, LOGIN.1, ways));
        let running = MailServer::start(Manner { papers, login, ..Manner::default() });
        send(&running.server(Security::StartTls, Some(&authority), Some(LOGIN))).unwrap();
        let taken = running.taken();
        assert!(taken[0].encrypted, "{ways}");
        assert_eq!(taken[0].login.as_deref(), Some("alice"), "{ways}");
    }
}

#[test]
fn tls_from_the_first_byte() {
    let authority = Authority::new();
    let papers = Some(authority.papers("localhost", NEVER));
    let login = Some((LOGIN.0, LOGIN.1, "PLAIN"));
    let running = MailServer::start(Manner { papers, wrapped: true, login, ..Manner::default() });
    send(&running.server(Security::Tls, Some(&authority), Some(LOGIN))).unwrap();
    assert!(running.taken()[0].encrypted);
}

#[test]
fn only_the_right_certificate_counts() {
    let (ours, other) = (Authority::new(), Authority::new());
    let cases = [
        ("of another authority", other.papers("localhost", NEVER), Some(&ours)),
        ("of an authority that the machine does not know", ours.papers("localhost", NEVER), None),
        ("expired", ours.papers("localhost", 2020), Some(&ours)),
        ("of another host", ours.papers("mail.example.org", NEVER), Some(&ours)),
    ];
    for (what, papers, pinned) in cases {
        for wrapped in [false, true] {
            let security = if wrapped { Security::Tls } else { Security::StartTls };
            let login = Some((LOGIN.0, LOGIN.1, "PLAIN"));
            let running =
                MailServer::start(Manner { papers: Some(papers.clone()), wrapped, login, ..Manner::default() });
            assert_eq!(cause(&running.server(security, pinned, Some(LOGIN))), Cause::Tls, "{what}, {wrapped}");
            assert!(!running.heard().iter().any(|command| command.starts_with("AUTH")), "{what}");
        }
    }
}

#[test]
fn a_server_that_vouches_for_itself_can_be_pinned_by_its_own_certificate() {
    let (papers, pem) = Authority::none("localhost");
    let running = MailServer::start(Manner { papers: Some(papers), ..Manner::default() });
    assert_eq!(cause(&running.server(Security::StartTls, None, None)), Cause::Tls);
    let mut server = running.server(Security::StartTls, None, None);
    server.authorities = Certificates::from_pem(&pem).unwrap();
    send(&server).unwrap();
}

#[test]
fn nothing_is_said_in_plain_text_where_tls_is_wanted() {
    let authority = Authority::new();
    let login = Some((LOGIN.0, LOGIN.1, "PLAIN"));
    let papers = Some(authority.papers("localhost", NEVER));
    let stripped = Manner { papers: papers.clone(), stripped: true, login, ..Manner::default() };
    let refusing = Manner { papers: papers.clone(), instead: vec![("STARTTLS", "454 not now")], ..stripped.clone() };
    let injected = Manner {
        papers,
        login,
        slipped_in: "\r\n250-localhost\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 fine",
        ..Manner::default()
    };
    for (what, manner) in
        [("stripped", stripped), ("refused", Manner { stripped: false, ..refusing }), ("injected", injected)]
    {
        let running = MailServer::start(manner);
        let failure = send(&running.server(Security::StartTls, Some(&authority), Some(LOGIN))).unwrap_err();
        assert_eq!(failure.cause, Cause::Tls, "{what}: {failure}");
        let heard = running.heard();
        assert!(heard.iter().all(|said| said.starts_with("EHLO") || said == "STARTTLS"), "{what}: {heard:?}");
    }
}

#[test]
fn an_old_or_foreign_protocol_is_no_tls() {
    // An alert: TLS 1.0, "protocol version".
    let (running, _) = plain(Manner { babble: Some(b"\x15\x03\x01\x00\x02\x02\x46"), ..Manner::default() });
    assert_eq!(cause(&running.server(Security::Tls, None, None)), Cause::Tls);
    let (running, _) = plain(Manner::default());
    assert_eq!(cause(&running.server(Security::Tls, None, None)), Cause::Tls);
}

#[test]
fn a_wrong_password_is_a_matter_of_the_login() {
    let running = MailServer::start(Manner { login: Some((LOGIN.0, LOGIN.1, "PLAIN")), ..Manner::default() });
    let failure = send(&running.server(Security::None, None, Some(("alice", "battery staple")))).unwrap_err();
    assert_eq!((failure.cause, failure.permanent), (Cause::Login, true));
    // The server repeated it.
    assert_eq!(failure.detail, "535 5.7.8 not alice with […]");
    let parts = MailServer::start(Manner { login: Some((LOGIN.0, LOGIN.1, "LOGIN")), ..Manner::default() });
    let failure = send(&parts.server(Security::None, None, Some(("alice", "battery staple")))).unwrap_err();
    assert_eq!(failure.detail, "535 5.7.8 not alice with […]");
}

#[test]
fn so_is_a_server_that_wants_a_login_or_offers_none() {
    let (_running, server) = plain(Manner { instead: vec![("MAIL", "530 5.7.0 log in")], ..Manner::default() });
    assert_eq!(cause(&server), Cause::Login);
    let running = MailServer::start(Manner { login: Some((LOGIN.0, LOGIN.1, "GSSAPI")), ..Manner::default() });
    assert_eq!(cause(&running.server(Security::None, None, Some(LOGIN))), Cause::Login);
}

#[test]
fn each_refusal_has_its_cause_and_says_whether_it_will_pass() {
    let cases = [
        ("MAIL", "550 5.7.1 not you", Cause::SenderRejected, true),
        ("MAIL", "451 4.3.0 later", Cause::SenderRejected, false),
        ("RCPT", "550 5.1.1 nobody here", Cause::RecipientRejected, true),
        ("RCPT", "450 4.2.0 greylisted", Cause::RecipientRejected, false),
        ("DATA", "554 5.5.1 no", Cause::Other, true),
        (".", "554 5.7.1 spam", Cause::Other, true),
        (".", "421 4.3.2 closing", Cause::Other, false),
        (".", "", Cause::Other, false),
        ("EHLO", "502 what", Cause::Other, true),
        ("EHLO", "", Cause::Other, false),
    ];
    for (command, answer, cause, permanent) in cases {
        let (running, server) = plain(Manner { instead: vec![(command, answer)], ..Manner::default() });
        let failure = send(&server).unwrap_err();
        assert_eq!((failure.cause, failure.permanent), (cause, permanent), "{command} {answer}: {failure}");
        assert!(failure.detail.starts_with(answer), "{failure}");
        assert!(running.taken().is_empty());
    }
}

#[test]
fn nobody_there() {
    let (_running, mut server) = plain(Manner::default());
    // Nothing listens on a port that was given back.
    server.port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(cause(&server), Cause::Refused);
    server.host = "no-such-host.invalid".into();
    assert_eq!(cause(&server), Cause::NameNotFound);
    for bad in ["", "two words", "a\r\nb", "xn--ü"] {
        server.host = bad.into();
        assert_eq!(cause(&server), Cause::NameNotFound, "{bad:?}");
    }
}

#[test]
fn a_server_that_hangs_drips_or_babbles_is_left_in_time() {
    let silent = Manner { silent: true, ..Manner::default() };
    let dripping = Manner { babble: Some(b"2"), ..Manner::default() };
    for manner in [silent, dripping] {
        let (running, mut server) = plain(manner);
        server.deadline = Duration::from_secs(1);
        assert_eq!(cause(&server), Cause::TimedOut);
        let tls = Server { deadline: Duration::from_secs(1), ..running.server(Security::Tls, None, None) };
        assert!(matches!(cause(&tls), Cause::TimedOut | Cause::Tls));
    }
    for endless in [&[b'2'; 4096][..], &b"220-hello\r\n".repeat(400).leak()[..], b"garbage with no number\r\n"] {
        let (_running, server) = plain(Manner { babble: Some(endless), ..Manner::default() });
        assert_eq!(cause(&server), Cause::Other);
    }
}

#[test]
fn a_server_that_stalls_in_the_middle_is_left_in_time_and_gets_nothing_twice() {
    let authority = Authority::new();
    for (begin, taken) in [("EHLO", 0), ("MAIL", 0), ("RCPT", 0), ("DATA", 0), (".", 1)] {
        for papers in [None, Some(authority.papers("localhost", NEVER))] {
            let security = if papers.is_some() { Security::Tls } else { Security::None };
            let wrapped = papers.is_some();
            let running = MailServer::start(Manner { papers, wrapped, stalls: Some(begin), ..Manner::default() });
            let mut server = running.server(security, Some(&authority), None);
            // Enough for all that comes before the end of the mail, which this one is to reach.
            server.deadline = Duration::from_secs(if taken > 0 { 5 } else { 1 });
            assert_eq!(cause(&server), Cause::TimedOut, "at {begin}");
            assert_eq!(running.taken().len(), taken, "at {begin}");
            let data = running.heard().iter().filter(|said| *said == "DATA").count();
            assert!(data <= 1, "at {begin}: {:?}", running.heard());
        }
    }
}

#[test]
fn whoever_closes_is_not_kept_waiting() {
    let (_running, mut server) = plain(Manner { silent: true, ..Manner::default() });
    server.deadline = Duration::from_secs(24 * 60 * 60);
    let stop = Stop::default();
    let asked = stop.clone();
    let sending = thread::spawn(move || Smtp::default().send(&server, &mail(), &stop));
    asked.now();
    assert!(!sending.join().unwrap().unwrap_err().permanent);
}

#[test]
fn one_mail_after_the_other_goes_over_one_connection_until_it_rests() {
    let (running, server) = plain(Manner::default());
    let smtp = Smtp::default();
    let hellos = || running.heard().iter().filter(|line| line.to_ascii_uppercase().starts_with("EHLO")).count();
    for to in ["one@example.org", "two@example.org", "three@example.org"] {
        smtp.send(&server, &mail_to(to), &Stop::default()).unwrap();
    }
    let to: Vec<String> = running.taken().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["one@example.org", "two@example.org", "three@example.org"]);
    assert_eq!(hellos(), 1, "{:?}", running.heard());
    let before = hellos();
    smtp.rest();
    smtp.send(&server, &mail_to("four@example.org"), &Stop::default()).unwrap();
    assert!(hellos() > before, "after a rest it begins anew");
    assert_eq!(running.taken().len(), 4);

    // Another server, or another login there, is another conversation.
    let (other, elsewhere) = plain(Manner::default());
    smtp.send(&elsewhere, &mail(), &Stop::default()).unwrap();
    assert_eq!((running.taken().len(), other.taken().len()), (4, 1));
}

#[test]
fn a_connection_that_ended_meanwhile_costs_no_mail() {
    // It hangs up, or wants no more, when it is asked for another one.
    for answer in ["", "421 4.4.2 idle for too long"] {
        let (running, server) = plain(Manner { instead: vec![("RSET", answer)], ..Manner::default() });
        let smtp = Smtp::default();
        smtp.send(&server, &mail(), &Stop::default()).unwrap();
        smtp.send(&server, &mail_to("two@example.org"), &Stop::default()).unwrap();
        assert_eq!(running.taken().len(), 2, "{answer}");
    }
}

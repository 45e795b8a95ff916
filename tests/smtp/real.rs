//! Against servers that others wrote: Debian's aiosmtpd, and TLS as old as OpenSSL still speaks it.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use data_encoding::BASE64;
use jellyward::demo::mailbox::Reading;
use jellyward::notify::mail_server::{Login, Security, Server};
use jellyward::notify::mailer::Cause;
use jellyward::settings::Certificates;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::support::mail_server::Authority;
use super::support::tools::{python_with, run};
use super::{LOGIN, NEVER, cause, send};

fn script(name: &str) -> String {
    format!("{}/tests/python/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A program that says its port first.
struct Running {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    port: u16,
}

impl Running {
    /// With papers for a server of that name.
    fn start(python: &str, name: &str, arguments: &[&str], authority: &Authority, host: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        let pems = authority.pems(host, NEVER);
        std::fs::write(&certificate, pems.0).unwrap();
        std::fs::write(&key, pems.1).unwrap();
        let mut child = Command::new(python)
            .arg(script(name))
            .args(arguments)
            .args([&certificate, &key])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = said.next().expect("a port").unwrap().parse().unwrap();
        Self { child, said, port }
    }

    fn server(&self, security: Security, authority: &Authority, password: &str) -> Server {
        Server {
            host: "localhost".into(),
            port: self.port,
            security,
            login: Some(Login { user: LOGIN.0.into(), password: Zeroizing::new(password.into()) }),
            authorities: Certificates::from_pem(&authority.pem()).unwrap(),
            deadline: Duration::from_secs(60),
        }
    }

    fn next_line(&mut self) -> String {
        self.said.next().expect("one line more").unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn aiosmtpd_takes_our_mail_over_both_kinds_of_tls() {
    let what = "aiosmtpd_takes_our_mail_over_both_kinds_of_tls";
    let Some(python) = python_with("aiosmtpd", "python3-aiosmtpd", what) else { return };
    let authority = Authority::new();
    for (kind, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let mut running = Running::start(&python, "mail_server.py", &[kind], &authority, "localhost");
        let server = running.server(security, &authority, LOGIN.1);
        send(&server).unwrap();
        let taken: Value = serde_json::from_str(&running.next_line()).unwrap();
        assert_eq!(
            (&taken["from"], &taken["to"], &taken["login"]),
            (&json!("tv@example.org"), &json!(["bob@example.org"]), &json!("alice")),
            "{kind}"
        );
        let text = BASE64.decode(taken["text"].as_str().unwrap().as_bytes()).unwrap();
        let read = Reading::of(&String::from_utf8(text).unwrap());
        assert_eq!(read.code(), Some("123456"), "{kind}: {read:?}");
        assert!(read.says("QUIT"), "dots are doubled and undoubled: {read:?}");

        let wrong = running.server(security, &authority, "battery staple");
        assert_eq!(cause(&wrong), Cause::Login, "{kind}");
        let nobody = Server { login: None, ..running.server(security, &authority, "") };
        assert!(matches!(cause(&nobody), Cause::Login | Cause::SenderRejected), "{kind}");
        if security == Security::StartTls {
            let open = running.server(Security::None, &authority, LOGIN.1);
            assert_eq!(cause(&open), Cause::Login, "no login is offered before STARTTLS");
        }

        let other = Running::start(&python, "mail_server.py", &[kind], &authority, "mail.example.org");
        assert_eq!(cause(&other.server(security, &authority, LOGIN.1)), Cause::Tls, "{kind}: another host's papers");
    }
}

#[test]
fn tls_1_0_is_not_spoken_with() {
    let Some(python) = python_with("ssl", "python3", "tls_1_0_is_not_spoken_with") else { return };
    let authority = Authority::new();
    let mut running = Running::start(&python, "old_tls.py", &[], &authority, "localhost");
    // It does speak it, with whoever is as old.
    let port = running.port.to_string();
    assert_eq!(run(Command::new(&python).arg(script("old_tls.py")).args(["visit", &port])).trim(), "TLSv1");
    assert_eq!(running.next_line(), "shaken TLSv1");
    assert_eq!(cause(&running.server(Security::Tls, &authority, LOGIN.1)), Cause::Tls);
    assert!(running.next_line().starts_with("refused"));
}

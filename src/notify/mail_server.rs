//! Which server takes our mail, and how it is spoken to.

use std::time::Duration;

use data_encoding::BASE64;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::crypto::mac;
use crate::settings::Certificates;

/// The port of submission over TLS from the first byte (RFC 8314, 3.3).
pub const SUBMISSIONS: u16 = 465;

/// Longest detail kept of a failure, in characters: all that servers say in earnest.
const LONGEST_DETAIL: usize = 2_000;

/// How the connection is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// STARTTLS (RFC 3207); without it nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a server on this machine.
    None,
}

/// Name and password of a mail account. Neither shown nor logged.
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Zeroizing<String>,
}

/// A mail server.
pub struct Server {
    /// Host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept private.
    pub security: Security,
    /// Who we are there; none: nobody in particular.
    pub login: Option<Login>,
    /// The only authorities whose word counts; none: those the machine trusts.
    pub authorities: Certificates,
    /// How long all of it may take.
    pub deadline: Duration,
}

impl Server {
    /// Whether a conversation with one is a conversation with the other: all but the deadline.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        let Self { host, port, security, login, authorities, deadline: _ } = self;
        let (port, security) = (port.to_be_bytes(), [*security as u8]);
        let mut parts: Vec<&[u8]> = vec![host.as_bytes(), &port, &security, authorities.pem().as_bytes()];
        if let Some(login) = login {
            parts.extend([login.user.as_bytes(), login.password.as_bytes()]);
        }
        mac::sha256_of(&parts)
    }

    /// A detail for the log: on one line, not too long, and without the password, which a server may well repeat.
    pub fn redacted(&self, detail: &str) -> String {
        let mut text: String = detail.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        for secret in self.login.iter().flat_map(Login::on_the_wire) {
            if !secret.is_empty() {
                text = text.replace(secret.as_str(), "[…]");
            }
        }
        text.chars().take(LONGEST_DETAIL).collect()
    }
}

impl Login {
    /// Every form in which the password leaves us.
    fn on_the_wire(&self) -> [Zeroizing<String>; 3] {
        let alone = Zeroizing::new(BASE64.encode(self.password.as_bytes()));
        [self.plain(), alone, self.password.clone()]
    }

    /// What AUTH PLAIN says (RFC 4616, 2), in base64.
    fn plain(&self) -> Zeroizing<String> {
        let said = Zeroizing::new(format!("\0{}\0{}", self.user, self.password.as_str()));
        Zeroizing::new(BASE64.encode(said.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(login: Option<(&str, &str)>) -> Server {
        let login =
            login.map(|(user, password)| Login { user: user.into(), password: Zeroizing::new(password.into()) });
        Server {
            host: "mail.example.org".into(),
            port: 587,
            security: Security::StartTls,
            login,
            authorities: Certificates::default(),
            deadline: Duration::from_secs(30),
        }
    }

    #[test]
    fn a_server_is_another_by_all_but_its_deadline() {
        let one = || server(Some(("alice", "correct horse")));
        let others = [
            server(None),
            server(Some(("", ""))),
            server(Some(("alice", "correct hors"))),
            server(Some(("alicec", "orrect horse"))),
            Server { host: "mail.example.com".into(), ..one() },
            Server { port: 465, ..one() },
            Server { security: Security::Tls, ..one() },
        ];
        let mut told: Vec<_> = others.iter().chain([&one()]).map(Server::fingerprint).collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), others.len() + 1);
        let patient = Server { deadline: Duration::from_secs(60), ..one() };
        assert_eq!(patient.fingerprint(), one().fingerprint());
    }

    #[test]
    fn a_server_that_repeats_the_password_does_not_get_it_into_the_log() {
        let server = server(Some(("alice", "correct horse")));
        let plain = BASE64.encode(b"\0alice\0correct horse");
        let alone = BASE64.encode(b"correct horse");
        let said = format!("535 no:\r\n correct horse, {plain}, {alone}{}", "x".repeat(10_000));
        let told = server.redacted(&said);
        assert!(told.starts_with("535 no:   […], […], […]xx"), "{told}");
        assert_eq!(told.chars().count(), LONGEST_DETAIL);
    }
}

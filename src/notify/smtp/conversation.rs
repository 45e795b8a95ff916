//! What is said to a mail server: greeting, STARTTLS, login, one mail.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::net::IpAddr;

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::connection::Connection;
use super::reply::{Ear, Reply};
use super::server::{Login, Security, Server};
use super::trust::Tls;
use crate::notify::mail::Mail;
use crate::notify::mailer::{Cause, Failure};

/// Authentication is required first (RFC 4954, 6): what a server may answer to `MAIL` instead of `AUTH`.
const LOG_IN_FIRST: u16 = 530;

/// A conversation, as far as it got.
pub(super) struct Conversation {
    connection: Connection,
    ear: Ear,
    /// What the server said it can do.
    offer: Reply,
}

impl Conversation {
    /// Greets, and sees to it that nobody else listens.
    pub(super) fn begin(connection: Connection, security: Security, tls: &Tls<'_>) -> Result<Self, Failure> {
        let connection = match security {
            Security::Tls => encrypt(connection, tls)?,
            Security::StartTls | Security::None => connection,
        };
        let mut this = Self { connection, ear: Ear::default(), offer: Reply { code: 0, lines: Vec::new() } };
        this.answer(Cause::Other)?;
        this.greet()?;
        if security == Security::StartTls {
            this = this.start_tls(tls)?;
            this.greet()?;
        }
        Ok(this)
    }

    /// Says who we are, by the address we come from: a name nobody can look up would tell less (RFC 5321, 4.1.3).
    fn greet(&mut self) -> Result<(), Failure> {
        let own = match self.connection.local_address().map_err(|error| broken(Cause::Other, &error))? {
            IpAddr::V4(address) => format!("[{address}]"),
            IpAddr::V6(address) => format!("[IPv6:{address}]"),
        };
        self.offer = self.command(Cause::Other, format_args!("EHLO {own}"))?;
        Ok(())
    }

    /// RFC 3207. What came in plain text is forgotten with its connection; more than was asked for is an attack.
    fn start_tls(mut self, tls: &Tls<'_>) -> Result<Self, Failure> {
        if self.offer.offers("STARTTLS").is_none() {
            return Err(Failure::passing(Cause::Tls, "the server does not offer STARTTLS"));
        }
        self.command(Cause::Tls, format_args!("STARTTLS"))?;
        if self.ear.holds_more() {
            return Err(Failure::passing(Cause::Tls, "somebody slipped in an answer before the handshake"));
        }
        let connection = encrypt(self.connection, tls)?;
        Ok(Self { connection, ear: Ear::default(), offer: Reply { code: 0, lines: Vec::new() } })
    }

    /// Logs in, if we have a login (RFC 4954).
    pub(super) fn log_in(&mut self, server: &Server) -> Result<(), Failure> {
        let Some(login) = &server.login else { return Ok(()) };
        let ways: Vec<String> =
            self.offer.offers("AUTH").unwrap_or_default().split_whitespace().map(str::to_ascii_uppercase).collect();
        let offered = |way: &str| ways.iter().any(|known| known == way);
        if offered("PLAIN") {
            self.command(Cause::Login, format_args!("AUTH PLAIN {}", login.plain().as_str()))?;
        } else if offered("LOGIN") {
            self.log_in_by_parts(login)?;
        } else {
            let detail = format!("the server offers no login by password here ({})", ways.join(" "));
            return Err(Failure::permanent(Cause::Login, detail));
        }
        Ok(())
    }

    /// The older way, name and password one by one.
    fn log_in_by_parts(&mut self, login: &Login) -> Result<(), Failure> {
        self.command(Cause::Login, format_args!("AUTH LOGIN"))?;
        for part in [login.user.as_bytes(), login.password.as_bytes()] {
            let said = Zeroizing::new(BASE64.encode(part));
            self.command(Cause::Login, format_args!("{}", said.as_str()))?;
        }
        Ok(())
    }

    /// Hands one mail over. The server has it once the dot is answered; if that answer is lost, it may have it twice.
    pub(super) fn hand_over(mut self, mail: &Mail) -> Result<(), Failure> {
        self.command(Cause::SenderRejected, format_args!("MAIL FROM:<{}>", mail.from))?;
        self.command(Cause::RecipientRejected, format_args!("RCPT TO:<{}>", mail.to))?;
        self.command(Cause::Other, format_args!("DATA"))?;
        self.say(&stuffed(mail.bytes())).map_err(|error| broken(Cause::Other, &error))?;
        self.answer(Cause::Other)?;
        // It is done; whether the server hears the farewell does not matter.
        let _ = self.say(b"QUIT\r\n");
        Ok(())
    }

    fn command(&mut self, stage: Cause, command: fmt::Arguments<'_>) -> Result<Reply, Failure> {
        let line = Zeroizing::new(format!("{command}\r\n"));
        self.say(line.as_bytes()).map_err(|error| broken(stage, &error))?;
        self.answer(stage)
    }

    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.connection.write_all(bytes)?;
        self.connection.flush()
    }

    /// The reply to what was said, if it is a yes.
    fn answer(&mut self, stage: Cause) -> Result<Reply, Failure> {
        let reply = self.ear.reply(&mut self.connection).map_err(|error| broken(stage, &error))?;
        if reply.is_positive() {
            return Ok(reply);
        }
        let cause = if reply.code == LOG_IN_FIRST { Cause::Login } else { stage };
        Err(Failure { cause, permanent: reply.is_permanent(), detail: reply.text() })
    }
}

fn encrypt(connection: Connection, tls: &Tls<'_>) -> Result<Connection, Failure> {
    connection.encrypt(tls.config()?, tls.name()?).map_err(|error| broken(Cause::Tls, &error))
}

/// The connection failed at that stage. Only in the handshake does that say anything about the stage.
fn broken(stage: Cause, error: &io::Error) -> Failure {
    let cause = match (error.kind(), stage) {
        (ErrorKind::TimedOut, _) => Cause::TimedOut,
        (_, Cause::Tls) => Cause::Tls,
        _ => Cause::Other,
    };
    Failure::passing(cause, error.to_string())
}

/// A line that begins with a dot gets another one, and a dot alone ends it all (RFC 5321, 4.5.2).
fn stuffed(mail: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(mail.len() + mail.len() / 50 + 5));
    let mut at_start = true;
    for byte in mail {
        if at_start && *byte == b'.' {
            out.push(b'.');
        }
        out.push(*byte);
        at_start = *byte == b'\n';
    }
    if !at_start {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::stuffed;

    #[test]
    fn no_line_of_a_mail_ends_it() {
        assert_eq!(&**stuffed(b".\r\na.b\r\n..c\r\n"), b"..\r\na.b\r\n...c\r\n.\r\n");
        assert_eq!(&**stuffed(b"no end of line"), b"no end of line\r\n.\r\n");
    }
}

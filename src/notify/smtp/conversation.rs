//! What is said to a mail server, in lettre's words: greeting, STARTTLS, login, one mail.

use std::error::Error as _;
use std::fmt::Display;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{self, Auth, Data, Ehlo, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{ClientId, Extension, ServerInfo};
use lettre::transport::smtp::{Error, response::Response};
use tokio::time;

use super::connection::Connection;
use super::trust::Tls;
use crate::notify::mail::Mail;
use crate::notify::mail_server::{Login, Security, Server};
use crate::notify::mailer::{Cause, Failure};

/// Authentication is required first (RFC 4954, 6): what a server may answer to `MAIL` instead of `AUTH`.
const LOG_IN_FIRST: u16 = 530;

/// There is something to be answered before a login is over (RFC 4954, 6).
const GO_ON: u16 = 334;

/// A conversation, as far as it got.
pub(super) struct Conversation {
    smtp: AsyncSmtpConnection,
    own: ClientId,
    /// What the server said it can do.
    offer: ServerInfo,
}

impl Conversation {
    /// Greets, and sees to it that nobody else listens.
    pub(super) async fn begin(connection: Connection, security: Security, tls: &Tls<'_>) -> Result<Self, Failure> {
        if security == Security::Tls {
            encrypt(&connection, tls).await?;
        }
        // By the address we come from: a name nobody can look up would tell less (RFC 5321, 4.1.3).
        let own = match connection.local_address() {
            IpAddr::V4(address) => ClientId::Ipv4(address),
            IpAddr::V6(address) => ClientId::Ipv6(address),
        };
        let smtp = AsyncSmtpConnection::connect_with_transport(Box::new(connection.clone()), &own)
            .await
            .map_err(|error| failed(Cause::Other, &error))?;
        let offer = smtp.server_info().clone();
        let mut this = Self { smtp, own, offer };
        if security == Security::StartTls {
            this.start_tls(&connection, tls).await?;
        }
        Ok(this)
    }

    /// RFC 3207. What the server offered in plain text is forgotten.
    async fn start_tls(&mut self, connection: &Connection, tls: &Tls<'_>) -> Result<(), Failure> {
        if !self.offer.supports_feature(Extension::StartTls) {
            return Err(Failure::passing(Cause::Tls, "the server does not offer STARTTLS"));
        }
        self.command(Cause::Tls, Starttls).await?;
        encrypt(connection, tls).await?;
        self.greet().await
    }

    /// Says who we are, and hears what is offered. lettre knows it in capitals only; servers may write it as they like
    /// (RFC 5321, 2.4).
    async fn greet(&mut self) -> Result<(), Failure> {
        let reply = self.command(Cause::Other, Ehlo::new(self.own.clone())).await?;
        let offer = Response::new(reply.code(), reply.message().map(str::to_ascii_uppercase).collect());
        self.offer = ServerInfo::from_response(&offer).map_err(|error| failed(Cause::Other, &error))?;
        Ok(())
    }

    /// Logs in, if we have a login (RFC 4954).
    pub(super) async fn log_in(&mut self, server: &Server) -> Result<(), Failure> {
        let Some(login) = &server.login else { return Ok(()) };
        if self.offer.get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
            self.greet().await?;
        }
        match self.offer.get_auth_mechanism(DEFAULT_MECHANISMS) {
            Some(way) => self.log_in_by(way, login).await,
            None => Err(Failure::permanent(Cause::Login, "the server offers no login by password here")),
        }
    }

    /// As long as the server asks; that has its end where it says too much. lettre has copies of the password meanwhile,
    /// which it does not wipe.
    async fn log_in_by(&mut self, way: Mechanism, login: &Login) -> Result<(), Failure> {
        let said = |error| failed(Cause::Login, &error);
        let credentials = Credentials::new(login.user.clone(), login.password.to_string());
        let first = Auth::new(way, credentials.clone(), None).map_err(said)?;
        let mut reply = self.command(Cause::Login, first).await?;
        while reply.has_code(GO_ON) {
            let next = Auth::new_from_response(way, credentials.clone(), &reply).map_err(said)?;
            reply = self.command(Cause::Login, next).await?;
        }
        Ok(())
    }

    /// Hands one mail over. The server has it once this is done; if its answer is lost, it may have it twice.
    pub(super) async fn hand_over(&mut self, mail: &Mail) -> Result<(), Failure> {
        let from = commands::Mail::new(Some(mail.from.inner().clone()), Vec::new());
        self.command(Cause::SenderRejected, from).await?;
        self.command(Cause::RecipientRejected, Rcpt::new(mail.to.inner().clone(), Vec::new())).await?;
        self.command(Cause::Other, Data).await?;
        // lettre ends the last line itself.
        let text = mail.bytes();
        let text = text.strip_suffix(b"\r\n").unwrap_or(text);
        self.smtp.message(text).await.map_err(|error| failed(Cause::Other, &error))?;
        Ok(())
    }

    /// Is the server there for another mail (RFC 5321, 4.1.1.5)?
    pub(super) async fn begin_again(&mut self) -> Result<(), Failure> {
        self.command(Cause::Other, Rset).await.map(|_| ())
    }

    /// Says good-bye, and does not wait for an answer: whether the server hears it does not matter.
    pub(super) async fn end(mut self) {
        let _ = time::timeout(Duration::ZERO, self.smtp.quit()).await;
    }

    /// The reply to a command, if it is a yes. Not lettre's `send` and `starttls`: they do not tell who was refused, and
    /// wait for the answer to a good-bye when something was.
    async fn command(&mut self, stage: Cause, command: impl Display) -> Result<Response, Failure> {
        self.smtp.command(command).await.map_err(|error| failed(stage, &error))
    }
}

async fn encrypt(connection: &Connection, tls: &Tls<'_>) -> Result<(), Failure> {
    connection.encrypt(tls.config()?, tls.name()?).await.map_err(|error| {
        let cause = if error.kind() == io::ErrorKind::TimedOut { Cause::TimedOut } else { Cause::Tls };
        Failure::passing(cause, error.to_string())
    })
}

/// What failed at that stage: the server said no, or the connection broke. The latter says nothing about the stage, but
/// for those where the server was not understood.
fn failed(stage: Cause, error: &Error) -> Failure {
    if let Some(code) = error.status() {
        let cause = if u16::from(code) == LOG_IN_FIRST { Cause::Login } else { stage };
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        let detail = format!("{code} {said}");
        return Failure { permanent: error.is_permanent(), ..Failure::passing(cause, detail) };
    }
    let cause = if error.is_timeout() {
        Cause::TimedOut
    } else if error.is_client() || stage == Cause::Tls {
        stage
    } else {
        Cause::Other
    };
    Failure::passing(cause, error.to_string())
}

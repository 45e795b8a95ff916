//! Mail by SMTP (RFC 5321), submitted to one server with TLS and a login.
//!
//! The mail itself is lettre's work. Its transport is not used, for what it leaves open: a server that drips bytes
//! outlives any time limit, a line without end is taken into memory whole, and what was slipped in before the
//! handshake is read after it (the `STARTTLS` injection of CVE-2011-0411). So the few commands are spoken here, over a
//! connection with one deadline for everything, a limit on what is listened to, and nothing kept across the handshake.

mod connection;
mod conversation;
mod dial;
mod reply;
mod server;
mod trust;

pub use server::{Login, SUBMISSIONS, Security, Server};

use std::time::Instant;

use super::mail::Mail;
use super::mailer::{Failure, Mailer, Stop};
use connection::{Connection, Patience};
use conversation::Conversation;
use trust::{Machine, Tls};

/// Sends mail in earnest.
#[derive(Default)]
pub struct Smtp {
    machine: Machine,
}

impl Mailer for Smtp {
    fn send(&self, server: &Server, mail: &Mail, stop: &Stop) -> Result<(), Failure> {
        let patience = Patience { until: Instant::now() + server.deadline, stop: stop.clone() };
        let sent = self.submit(server, mail, patience);
        sent.map_err(|failure| Failure { detail: server.redacted(&failure.detail), ..failure })
    }
}

impl Smtp {
    fn submit(&self, server: &Server, mail: &Mail, patience: Patience) -> Result<(), Failure> {
        let socket = dial::dial(server, &patience)?;
        let tls = Tls { server, machine: &self.machine };
        let mut conversation = Conversation::begin(Connection::new(socket, patience), server.security, &tls)?;
        conversation.log_in(server)?;
        conversation.hand_over(mail)
    }
}

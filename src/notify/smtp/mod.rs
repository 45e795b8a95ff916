//! Mail by SMTP (RFC 5321), submitted to one server with TLS and a login.
//!
//! lettre writes the mail and speaks SMTP, rustls encrypts. What is left to us is what they leave open, and all of it is
//! about servers that mean no good. One that drips bytes outlives any limit on a single wait: so there is one deadline
//! for everything (`patience`). A line without end is taken into memory whole: so a server can only say so much. And
//! what was slipped in before the handshake would be read after it (the `STARTTLS` injection of CVE-2011-0411): so
//! lettre gets plain text line by line, and nobody shakes hands while more is there (`connection`).

mod connection;
mod conversation;
mod dial;
mod patience;
mod server;
mod trust;

pub use server::{Login, SUBMISSIONS, Security, Server};

use std::time::Instant;

use tokio::runtime::Builder;

use super::mail::Mail;
use super::mailer::{Cause, Failure, Mailer, Stop};
use conversation::Conversation;
use patience::Patience;
use trust::{Machine, Tls};

/// Sends mail in earnest. Not from within an asynchronous task: it has a runtime of its own, on the thread that calls.
#[derive(Default)]
pub struct Smtp {
    machine: Machine,
}

impl Mailer for Smtp {
    fn send(&self, server: &Server, mail: &Mail, stop: &Stop) -> Result<(), Failure> {
        let patience = Patience { until: Instant::now() + server.deadline, stop: stop.clone() };
        // The system's resolver knows no deadline and cannot be stopped: it is the one thing that gets another thread.
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .thread_name("jellyward-dial")
            .build()
            .map_err(|error| Failure::passing(Cause::Other, error.to_string()))?;
        let sent = runtime.block_on(async {
            let conversation = patience.lasts(self.submit(server, mail, &patience)).await?;
            conversation.end().await;
            Ok(())
        });
        // A resolver that comes too late finds nobody waiting and ends by itself.
        runtime.shutdown_background();
        sent.map_err(|failure: Failure| Failure { detail: server.redacted(&failure.detail), ..failure })
    }
}

impl Smtp {
    async fn submit(&self, server: &Server, mail: &Mail, patience: &Patience) -> Result<Conversation, Failure> {
        let connection = dial::dial(server, patience).await?;
        let tls = Tls { server, machine: &self.machine };
        let mut conversation = Conversation::begin(connection, server.security, &tls).await?;
        conversation.log_in(server).await?;
        conversation.hand_over(mail).await?;
        Ok(conversation)
    }
}

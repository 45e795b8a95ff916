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
mod trust;

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};

use super::mail::Mail;
use super::mail_server::Server;
use super::mailer::{Cause, Failure, Mailer, Stop};
use conversation::Conversation;
use patience::Patience;
use trust::{Machine, Tls};

/// Mails over one connection: a server may only say so much on it, and some hang up after as many.
const MOST_MAILS: u32 = 50;

/// Sends mail in earnest, one after the other over the same connection, until it is told to rest. Not from within an
/// asynchronous task: it has a runtime of its own, on the thread that calls.
#[derive(Default)]
pub struct Smtp {
    machine: Machine,
    open: Mutex<Option<Open>>,
}

/// A conversation that can go on.
struct Open {
    runtime: Runtime,
    conversation: Conversation,
    /// With whom, and how.
    server: [u8; 32],
    mails: u32,
}

impl Mailer for Smtp {
    fn send(&self, server: &Server, mail: &Mail, stop: &Stop) -> Result<(), Failure> {
        let patience = Patience { until: Instant::now() + server.deadline, stop: stop.clone() };
        let same = |open: &Open| open.server == server.fingerprint() && open.mails < MOST_MAILS;
        let (runtime, conversation, mails) = match self.take() {
            Some(open) if same(&open) => (open.runtime, Some(open.conversation), open.mails),
            other => {
                other.into_iter().for_each(Open::end);
                (runtime()?, None, 0)
            }
        };
        match runtime.block_on(patience.lasts(self.submit(server, mail, conversation, &patience))) {
            Ok(conversation) => {
                self.keep(Open { runtime, conversation, server: server.fingerprint(), mails: mails + 1 });
                Ok(())
            }
            Err(failure) => {
                // A resolver that comes too late finds nobody waiting and ends by itself.
                runtime.shutdown_background();
                Err(Failure { detail: server.redacted(&failure.detail), ..failure })
            }
        }
    }

    fn rest(&self) {
        self.take().into_iter().for_each(Open::end);
    }
}

impl Smtp {
    /// Over the conversation that is open, if the server goes on with it; else over a new one.
    async fn submit(
        &self,
        server: &Server,
        mail: &Mail,
        open: Option<Conversation>,
        patience: &Patience,
    ) -> Result<Conversation, Failure> {
        if let Some(mut conversation) = open
            && conversation.begin_again().await.is_ok()
        {
            conversation.hand_over(mail).await?;
            return Ok(conversation);
        }
        let connection = dial::dial(server, patience).await?;
        let tls = Tls { server, machine: &self.machine };
        let mut conversation = Conversation::begin(connection, server.security, &tls).await?;
        conversation.log_in(server).await?;
        conversation.hand_over(mail).await?;
        Ok(conversation)
    }

    fn take(&self) -> Option<Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Somebody else may have kept another one meanwhile; one is enough.
    fn keep(&self, open: Open) {
        let before = self.open.lock().unwrap_or_else(PoisonError::into_inner).replace(open);
        before.into_iter().for_each(Open::end);
    }
}

impl Open {
    fn end(self) {
        self.runtime.block_on(self.conversation.end());
        self.runtime.shutdown_background();
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.rest();
    }
}

/// The system's resolver knows no deadline and cannot be stopped: it is the one thing that gets another thread.
fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .thread_name("jellyward-dial")
        .build()
        .map_err(|error| Failure::passing(Cause::Other, error.to_string()))
}

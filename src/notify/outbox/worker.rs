//! The one thread that empties the outbox, in order for each recipient (see [`outbox::next`]), at the pace of whoever takes it.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zeroize::Zeroizing;

use super::pace::{Fault, LONGEST_DELAY, Pace};
use super::{OutboxError, opened};
use crate::clock::{DAY, Seconds};
use crate::context::Context;
use crate::crypto::mac;
use crate::host::Level;
use crate::notify::mail::{ID_BYTES, Letter, Mail, Stamp};
use crate::notify::mailer::{Cause, Failure, Mailer, Stop};
use crate::notify::outgoing::{NotSetUp, Outgoing, outgoing};
use crate::store::accounts;
use crate::store::outbox::{self, Entry};

/// The second try of an entry follows the first after so many seconds; each further one waits twice as long.
pub const FIRST_DELAY: Seconds = 30;

/// For so long the owner can see what was given up.
pub const KEPT: Seconds = 7 * DAY;

/// The thread looks at least so often, in seconds: for expiries, for settings, and should nobody have rung.
const LOOK_EVERY: Seconds = 30;

/// The thread, for as long as the engine is open. Joined when it is dropped.
pub struct Worker {
    rounds: Arc<Rounds>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread, unless the clock stands still: then rounds are made when asked for.
    pub fn start(cx: &Arc<Context>, mailer: &Arc<dyn Mailer>) -> io::Result<Self> {
        let rounds = Arc::new(Rounds {
            cx: Arc::clone(cx),
            mailer: Arc::clone(mailer),
            stop: Stop::default(),
            turn: Mutex::new(()),
            pace: Pace::default(),
            revision: AtomicU64::new(cx.settings().revision()),
        });
        if !cx.time_passes() {
            return Ok(Self { rounds, thread: None });
        }
        let its = Arc::clone(&rounds);
        let thread = thread::Builder::new().name("jellyward-outbox".to_owned()).spawn(move || {
            while !its.stop.is_asked() {
                its.round();
                its.cx.bell.wait(its.pause());
            }
        })?;
        Ok(Self { rounds, thread: Some(thread) })
    }

    /// Tells what is due, on this thread, and says how many entries were told. The worker does the same by itself.
    pub fn round(&self) -> usize {
        self.rounds.round()
    }

    /// Forgets that the server failed just now: somebody wants to see it tried.
    pub fn try_at_once(&self) {
        self.rounds.pace.try_at_once();
        self.rounds.cx.bell.ring();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.rounds.stop.now();
        self.rounds.cx.bell.ring();
        if let Some(thread) = self.thread.take() {
            // Its panics are caught inside; there is nothing left to do about one that was not.
            let _ = thread.join();
        }
    }
}

struct Rounds {
    cx: Arc<Context>,
    mailer: Arc<dyn Mailer>,
    stop: Stop,
    /// One round at a time, whoever makes it.
    turn: Mutex<()>,
    /// How the server is.
    pace: Pace,
    /// The settings when it was last looked.
    revision: AtomicU64,
}

impl Rounds {
    fn round(&self) -> usize {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told = 0;
        let done = catch_unwind(AssertUnwindSafe(|| self.empty(&mut told)));
        if told > 0 {
            self.mailer.rest();
        }
        let broken = match done {
            Ok(Ok(())) => return told,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it panicked; please report this".to_owned(),
        };
        self.pace.rest(self.cx.now() + FIRST_DELAY);
        self.cx.host.log(Level::Error, &format!("the outbox could not be emptied: {broken}"));
        told
    }

    fn empty(&self, told: &mut usize) -> Result<(), OutboxError> {
        let cx = &*self.cx;
        self.look_at_settings()?;
        while !self.stop.is_asked() {
            let now = cx.now();
            if cx.store.read(|tx| outbox::any_expired(tx, now, now - KEPT))? {
                cx.store.lazy(|tx| outbox::expire(tx, now, now - KEPT))?;
            }
            if self.pace.rests(now).is_some() {
                return Ok(());
            }
            let Some(entry) = cx.store.read(|tx| outbox::next(tx, now, now + LONGEST_DELAY))? else { return Ok(()) };
            *told += usize::from(self.tell(&entry, now)?);
        }
        Ok(())
    }

    /// After a change of settings everything is worth another try.
    fn look_at_settings(&self) -> Result<(), OutboxError> {
        let revision = self.cx.settings().revision();
        if self.revision.swap(revision, Ordering::Relaxed) != revision {
            self.pace.try_at_once();
            self.cx.store.lazy(|tx| outbox::all_due(tx, self.cx.now()))?;
        }
        Ok(())
    }

    /// How long to sleep, should nobody ring.
    fn pause(&self) -> Duration {
        let now = self.cx.now();
        let due = self.cx.store.read(outbox::next_due).unwrap_or_default().unwrap_or(Seconds::MAX);
        let until = self.pace.rests(now).map_or(due, |rest| due.max(rest));
        Duration::from_secs(until.saturating_sub(now).clamp(1, LOOK_EVERY).unsigned_abs())
    }

    /// True if it was told.
    fn tell(&self, entry: &Entry, now: Seconds) -> Result<bool, OutboxError> {
        let cx = &*self.cx;
        if self.is_revoked(entry)? {
            cx.store.durable(|tx| outbox::revoke(tx, entry.id, now))?;
            return Ok(false);
        }
        let outgoing = match outgoing(cx, &cx.settings()) {
            Ok(outgoing) => outgoing,
            Err(NotSetUp::Server | NotSetUp::Sender) => {
                self.pace.rest(now + LOOK_EVERY);
                return Ok(false);
            }
            Err(error @ NotSetUp::Password(_)) => {
                cx.host.log(Level::Error, &format!("no mail goes out: {error}"));
                self.pace.rest(now + LONGEST_DELAY);
                return Ok(false);
            }
        };
        // On disk before the server hears of it: a crash repeats the try later, and no sooner.
        if !cx.store.durable(|tx| outbox::claim(tx, entry.id, now, now + self.delay(entry.tries)))? {
            return Ok(false);
        }
        let sent = catch_unwind(AssertUnwindSafe(|| self.carry(entry, outgoing, now)))
            .unwrap_or_else(|_| Err(Failure::permanent(Cause::Other, "it panicked; please report this")));
        match sent {
            Ok(()) => {
                self.pace.took();
                cx.store.durable(|tx| outbox::remove(tx, entry.id))?;
                Ok(true)
            }
            Err(_) if self.stop.is_asked() => {
                cx.store.durable(|tx| outbox::unclaim(tx, entry.id, now))?;
                Ok(false)
            }
            Err(failure) => self.failed(entry, &failure, now).map(|()| false),
        }
    }

    fn carry(&self, entry: &Entry, mut outgoing: Outgoing, now: Seconds) -> Result<(), Failure> {
        let broken = |error: &dyn std::fmt::Display| Failure::permanent(Cause::Other, error.to_string());
        let content = opened(&self.cx, entry).map_err(|error| broken(&error))?;
        let content = content.ok_or_else(|| broken(&"nothing is left of it"))?;
        let to = content.to.parse().map_err(|error| broken(&error))?;
        let letter = Letter {
            subject: content.subject.clone(),
            text: Zeroizing::new(content.text.clone()),
            html: content.html.clone().map(Zeroizing::new),
        };
        // The same at each try: whoever got it twice can tell.
        let stamp = Stamp { id: message_id(&self.cx, &entry.row), at: entry.created_at };
        let mail = Mail::write(&outgoing.sender, &to, &letter, &stamp).map_err(|error| broken(&error))?;
        // What dies while it is being sent is not sent any more.
        let lives = Duration::from_secs(entry.expires_at.saturating_sub(now).max(1).unsigned_abs());
        outgoing.server.deadline = outgoing.server.deadline.min(lives);
        self.mailer.send(&outgoing.server, &mail, &self.stop)
    }

    fn failed(&self, entry: &Entry, failure: &Failure, now: Seconds) -> Result<(), OutboxError> {
        let cx = &*self.cx;
        let cause = failure.cause.as_str();
        let about_the_server = is_about_the_server(failure);
        let gives_up = failure.permanent && !about_the_server;
        let try_number = entry.tries + 1;
        let line = format!("a mail ({}, number {}) was not sent at try {try_number}: {failure}", entry.topic, entry.id);
        cx.host.log(Level::Warning, &line);
        let fault = match about_the_server {
            true => self.pace.failed(now, failure.permanent, entry.cause.is_some()),
            false => Fault::Mail,
        };
        let (due_at, refusals) = match fault {
            // Due behind all the others, and no later than the server may be well again.
            Fault::Server(until) => (until, entry.refusals),
            Fault::Mail => (now + self.delay(entry.refusals), entry.refusals + 1),
        };
        let asked_for = failure.retry_after.unwrap_or(0).clamp(0, LONGEST_DELAY);
        let next = (due_at.max(now + asked_for), refusals);
        cx.store.durable(|tx| {
            if gives_up {
                outbox::give_up(tx, entry.id, now, cause)
            } else {
                outbox::postpone(tx, entry.id, cause, next)
            }
        })?;
        Ok(())
    }

    fn is_revoked(&self, entry: &Entry) -> Result<bool, OutboxError> {
        let (Some(account), Some(rests_on)) = (&entry.account, entry.epoch) else { return Ok(false) };
        Ok(self.cx.store.read(|tx| accounts::epoch(tx, account))? != rests_on)
    }

    /// Half of it by chance, so that what failed together does not come back together.
    fn delay(&self, tries: u32) -> Seconds {
        let whole = FIRST_DELAY.saturating_mul(1 << tries.min(16)).min(LONGEST_DELAY);
        let half = whole / 2;
        let mut bytes = [0; 8];
        // Without randomness the delay is merely not spread.
        let chance =
            self.cx.randomness.fill(&mut bytes).map_or(0, |()| u64::from_be_bytes(bytes) % half.unsigned_abs());
        whole - half + chance.cast_signed()
    }
}

/// Nobody who has not got the mail can guess it.
fn message_id(cx: &Context, row: &str) -> [u8; ID_BYTES] {
    let hash = mac::keyed_hash(&cx.keys.privacy, "message id", &[row.as_bytes()]);
    let mut id = [0; ID_BYTES];
    id.copy_from_slice(&hash[..ID_BYTES]);
    id
}

/// The same would happen to every mail, as far as can be seen: the server is not there, or does not take us or our sender.
/// That says nothing about this one, so it waits, however sure the server is. For a mail that brings such a thing about by
/// itself, see [`Pace::failed`].
fn is_about_the_server(failure: &Failure) -> bool {
    match failure.cause {
        Cause::RecipientRejected => false,
        Cause::Other => !failure.permanent,
        Cause::NameNotFound | Cause::Refused | Cause::Tls | Cause::Login | Cause::SenderRejected | Cause::TimedOut => {
            true
        }
    }
}

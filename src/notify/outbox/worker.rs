//! The one thread that empties the outbox, in order for each recipient, at the pace of whoever takes it.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zeroize::Zeroizing;

use super::{OutboxError, epoch, opened};
use crate::clock::{DAY, Seconds};
use crate::context::Context;
use crate::host::Level;
use crate::notify::mail::{Letter, Mail};
use crate::notify::mailer::{Cause, Failure, Mailer, Stop};
use crate::notify::outgoing::{NotSetUp, Outgoing, outgoing};
use crate::store::outbox::{self, Entry};

/// The second try follows the first after so many seconds; each further one waits twice as long.
pub const FIRST_DELAY: Seconds = 30;

/// What the growing delay grows to.
pub const LONGEST_DELAY: Seconds = 60 * 60;

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
            rest_until: AtomicI64::new(Seconds::MIN),
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
        self.rounds.rest_until.store(Seconds::MIN, Ordering::Relaxed);
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
    /// The server itself failed: nothing is tried before.
    rest_until: AtomicI64,
    /// The settings when it was last looked.
    revision: AtomicU64,
}

/// What became of one entry.
enum Outcome {
    /// Told.
    Told,
    /// Not told, and the next one may be.
    Next,
    /// Not told, and nor would the next one be.
    Rest(Seconds),
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
        self.rest_until.store(self.cx.now() + FIRST_DELAY, Ordering::Relaxed);
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
            if self.rests(now) {
                return Ok(());
            }
            let Some(entry) = cx.store.read(|tx| outbox::next(tx, now, now + LONGEST_DELAY))? else { return Ok(()) };
            match self.tell(&entry, now)? {
                Outcome::Told => *told += 1,
                Outcome::Next => {}
                Outcome::Rest(until) => self.rest_until.store(until, Ordering::Relaxed),
            }
        }
        Ok(())
    }

    /// After a change of settings everything is worth another try.
    fn look_at_settings(&self) -> Result<(), OutboxError> {
        let revision = self.cx.settings().revision();
        if self.revision.swap(revision, Ordering::Relaxed) != revision {
            self.rest_until.store(Seconds::MIN, Ordering::Relaxed);
            self.cx.store.lazy(|tx| outbox::all_due(tx, self.cx.now()))?;
        }
        Ok(())
    }

    /// A clock that was set back must not make a rest longer.
    fn rests(&self, now: Seconds) -> bool {
        let until = self.rest_until.load(Ordering::Relaxed);
        now < until && until <= now + LONGEST_DELAY
    }

    /// How long to sleep, should nobody ring.
    fn pause(&self) -> Duration {
        let now = self.cx.now();
        let due = self.cx.store.read(outbox::next_due).unwrap_or_default().unwrap_or(Seconds::MAX);
        let until = if self.rests(now) { due.max(self.rest_until.load(Ordering::Relaxed)) } else { due };
        Duration::from_secs(until.saturating_sub(now).clamp(1, LOOK_EVERY).unsigned_abs())
    }

    fn tell(&self, entry: &Entry, now: Seconds) -> Result<Outcome, OutboxError> {
        let cx = &*self.cx;
        if self.is_revoked(entry)? {
            cx.store.durable(|tx| outbox::revoke(tx, entry.id, now))?;
            return Ok(Outcome::Next);
        }
        let outgoing = match outgoing(cx, &cx.settings()) {
            Ok(outgoing) => outgoing,
            Err(NotSetUp::Server | NotSetUp::Sender) => return Ok(Outcome::Rest(now + LOOK_EVERY)),
            Err(error @ NotSetUp::Password(_)) => {
                cx.host.log(Level::Error, &format!("no mail goes out: {error}"));
                return Ok(Outcome::Rest(now + LONGEST_DELAY));
            }
        };
        let due_at = now + self.delay(entry.tries);
        // On disk before the server hears of it: a crash repeats the try later, and no sooner.
        if !cx.store.durable(|tx| outbox::claim(tx, entry.id, now, due_at))? {
            return Ok(Outcome::Next);
        }
        let sent = catch_unwind(AssertUnwindSafe(|| self.carry(entry, outgoing, now)))
            .unwrap_or_else(|_| Err(Failure::permanent(Cause::Other, "it panicked; please report this")));
        match sent {
            Ok(()) => {
                cx.store.durable(|tx| outbox::remove(tx, entry.id))?;
                Ok(Outcome::Told)
            }
            Err(_) if self.stop.is_asked() => {
                cx.store.durable(|tx| outbox::unclaim(tx, entry.id, now))?;
                Ok(Outcome::Next)
            }
            Err(failure) => self.failed(entry, &failure, now, due_at),
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
        let mail =
            Mail::write(&outgoing.sender, &to, &letter, now, &*self.cx.randomness).map_err(|error| broken(&error))?;
        // What dies while it is being sent is not sent any more.
        let lives = Duration::from_secs(entry.expires_at.saturating_sub(now).max(1).unsigned_abs());
        outgoing.server.deadline = outgoing.server.deadline.min(lives);
        self.mailer.send(&outgoing.server, &mail, &self.stop)
    }

    fn failed(&self, entry: &Entry, failure: &Failure, now: Seconds, due_at: Seconds) -> Result<Outcome, OutboxError> {
        let cx = &*self.cx;
        let cause = failure.cause.as_str();
        let about_the_server = is_about_the_server(failure);
        let gives_up = failure.permanent && !about_the_server;
        let try_number = entry.tries + 1;
        let line = format!("a mail ({}, number {}) was not sent at try {try_number}: {failure}", entry.topic, entry.id);
        cx.host.log(Level::Warning, &line);
        cx.store.durable(|tx| {
            if gives_up { outbox::give_up(tx, entry.id, now, cause) } else { outbox::postpone(tx, entry.id, cause) }
        })?;
        Ok(if about_the_server { Outcome::Rest(due_at) } else { Outcome::Next })
    }

    fn is_revoked(&self, entry: &Entry) -> Result<bool, OutboxError> {
        let (Some(account), Some(rests_on)) = (&entry.account, entry.epoch) else { return Ok(false) };
        Ok(self.cx.store.read(|tx| epoch(tx, account))? != rests_on)
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

/// The same would happen to every mail: the server is not there, or does not take us or our sender. That says nothing about
/// this one, so it waits, however sure the server is. A mail that brings such a thing about by itself does not hold up the
/// others: they are due before it is again.
fn is_about_the_server(failure: &Failure) -> bool {
    match failure.cause {
        Cause::RecipientRejected => false,
        Cause::Other => !failure.permanent,
        Cause::NameNotFound | Cause::Refused | Cause::Tls | Cause::Login | Cause::SenderRejected | Cause::TimedOut => {
            true
        }
    }
}

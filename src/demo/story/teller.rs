//! Who tells the story, and what each claim is held against.

use std::io::{self, Write};
use std::sync::Arc;

use crate::clock::{Clock, Seconds, SystemClock};
use crate::demo::visitor::{Answer, Unanswered, Visitor};
use crate::demo::{Demo, Jellyfin, MovableClock, Options, StartError, authenticator};

/// Why the story is not true.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// A claim that did not hold.
    #[error("{0}")]
    Claim(String),
    /// These chapters did not hold.
    #[error("not every step held: {0}")]
    Chapters(String),
    /// The demo was not there.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A call got no answer.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// A person without an authenticator was asked for a code.
    #[error("{0} has no authenticator")]
    NoAuthenticator(String),
    /// The listener went away.
    #[error(transparent)]
    Listener(#[from] io::Error),
}

/// One step of the story.
pub type Step = Result<(), Broken>;

/// The demo, its clock, and whom it is told to.
pub struct Teller<'a> {
    /// The demo.
    pub demo: Demo,
    /// Its clock, which the story moves instead of waiting.
    pub clock: Arc<MovableClock>,
    out: &'a mut dyn Write,
}

impl<'a> Teller<'a> {
    /// Starts the demo as if a proxy stood in front, so that visitors can come from anywhere.
    pub fn begin(out: &'a mut dyn Write, password_rounds: u32) -> Result<Self, Broken> {
        let clock = Arc::new(MovableClock::at(SystemClock.now()));
        let demo = Demo::start(Options {
            clock: clock.clone(),
            password_rounds,
            known_proxies: vec![std::net::Ipv4Addr::LOCALHOST.into()],
            ..Options::default()
        })?;
        Ok(Self { demo, clock, out })
    }

    /// A new chapter: nobody is signed in.
    pub(super) fn chapter(&mut self, title: &str) -> io::Result<()> {
        self.demo.host().sign_everybody_out();
        self.clock.advance(10 * authenticator::PERIOD);
        writeln!(self.out, "\n{title}")
    }

    /// Tells.
    pub fn says(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// Tells what happened, if it did.
    pub(super) fn claims(&mut self, text: &str, truth: bool) -> Step {
        writeln!(self.out, "  {} {text}", if truth { "✓" } else { "✗" })?;
        if truth { Ok(()) } else { Err(Broken::Claim(text.to_owned())) }
    }

    /// Tells what happened, if the answer is as it should be; shows the answer otherwise.
    pub fn answered(&mut self, text: &str, answer: &Answer, right: impl FnOnce(&Answer) -> bool) -> Step {
        let truth = right(answer);
        writeln!(self.out, "  {} {text}", if truth { "✓" } else { "✗" })?;
        if truth { Ok(()) } else { Err(Broken::Claim(format!("{text} The answer: {} {}", answer.status, answer.text))) }
    }

    /// Nobody has a device row, a token or a session.
    pub(super) fn nobody_is_in(&mut self) -> Step {
        let (devices, sessions) = (self.host().devices(), self.host().sessions());
        self.claims(
            &format!("No session exists yet: {devices} devices, {sessions} sessions."),
            devices == 0 && sessions == 0,
        )
    }

    /// So many device rows exist.
    pub(super) fn devices_are(&mut self, expected: usize) -> Step {
        let devices = self.host().devices();
        self.claims(&format!("Jellyfin has {devices} device(s) now."), devices == expected)
    }

    /// The miniature Jellyfin.
    pub fn host(&self) -> &Jellyfin {
        self.demo.host()
    }

    /// A browser that was never here.
    pub fn browser(&self, device: &str) -> Visitor {
        Visitor::browser(&self.demo.address(), device)
    }

    /// An app on a television.
    pub fn television(&self, device: &str) -> Visitor {
        Visitor::television(&self.demo.address(), device)
    }

    /// What somebody's authenticator shows now.
    pub fn code(&self, name: &str) -> Result<String, Broken> {
        self.demo.live_code(name).ok_or_else(|| Broken::NoAuthenticator(name.to_owned()))
    }

    /// Waits for a code that was never shown before.
    pub(super) fn next_code(&self, name: &str) -> Result<String, Broken> {
        self.clock.advance(authenticator::PERIOD);
        self.code(name)
    }

    /// Six digits that are no code around now.
    pub fn wrong_code(&self, name: &str) -> Result<String, Broken> {
        let now = self.clock.now();
        let around: Vec<_> = (-2..=2)
            .filter_map(|steps: Seconds| self.demo.code_at(name, now + steps * authenticator::PERIOD))
            .collect();
        (0..6)
            .map(|digit| format!("{digit}{digit}{digit}{digit}{digit}{digit}"))
            .find(|code| !around.contains(code))
            .ok_or_else(|| Broken::NoAuthenticator(name.to_owned()))
    }
}

//! What lately kept the store from doing its work, for the owner to read. A refusal alone says so to whoever was refused.

use std::cell::RefCell;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::damage::Damage;

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which kind.
    pub damage: Damage,
    /// SQLite's word.
    pub detail: String,
}

thread_local! {
    /// The last that a statement on this thread ran into: whoever gives the transaction up may have made another error of it.
    static LAST: RefCell<Option<Trouble>> = const { RefCell::new(None) };
}

/// A statement failed. What a statement is supposed to be told (a key that is there already) is no trouble.
pub(super) fn notice(damage: Damage, detail: &dyn Display) {
    if damage != Damage::Other {
        LAST.set(Some(Trouble { damage, detail: detail.to_string() }));
    }
}

/// Which way a transaction goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Reading,
    Writing,
}

#[derive(Default)]
struct Lately {
    reading: Option<Trouble>,
    writing: Option<Trouble>,
    damaged: Option<Trouble>,
}

impl Lately {
    fn of(&mut self, way: Way) -> &mut Option<Trouble> {
        match way {
            Way::Reading => &mut self.reading,
            Way::Writing => &mut self.writing,
        }
    }
}

/// The last of each kind. A success of the same kind takes it back; what is damaged stays until it was looked for and not
/// found: other rows are read as ever.
#[derive(Default)]
pub(super) struct Troubles {
    any: AtomicBool,
    lately: Mutex<Lately>,
}

impl Troubles {
    /// A transaction begins: what happened before on this thread is not its fault.
    pub(super) fn begin() {
        LAST.take();
    }

    /// A transaction is over.
    pub(super) fn over(&self, way: Way, well: bool) {
        let trouble = LAST.take();
        match trouble.filter(|_| !well) {
            Some(trouble) => {
                let mut lately = self.lock();
                match trouble.damage {
                    Damage::Corrupt => lately.damaged = Some(trouble),
                    _ => *lately.of(way) = Some(trouble),
                }
                self.any.store(true, Ordering::Relaxed);
            }
            // Mostly there is nothing to take back.
            None if well && self.any.load(Ordering::Relaxed) => *self.lock().of(way) = None,
            None => {}
        }
    }

    /// Nothing damaged was found.
    pub(super) fn sound(&self) {
        self.lock().damaged = None;
    }

    pub(super) fn all(&self) -> Vec<Trouble> {
        let lately = self.lock();
        [&lately.damaged, &lately.writing, &lately.reading].into_iter().flatten().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Lately> {
        self.lately.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

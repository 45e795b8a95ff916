//! Which engines are open: the one thing that the whole process shares. What else is static is a thread's own, for the
//! call that runs on it, or never changes.
//!
//! A handle is a number: slot, generation and a salt drawn when the first engine is opened, so that a closed one, one
//! of another copy of the library and an invented one are told from a living one without following any pointer.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use super::JwStatus;
use super::failure::Failure;
use super::host::CHost;
use crate::clock::{Randomness, SystemRandomness};
use crate::engine::Engine;

/// How long closing waits for calls in flight.
const PATIENCE: Duration = Duration::from_secs(5);

const SLOT_BITS: u32 = 16;
const GENERATION_BITS: u32 = 24;
const SALT_BITS: u32 = 24;

static OPEN: Table<Opened> = Table::new(PATIENCE);

/// One open engine and the host it talks to.
pub(super) struct Opened {
    pub(super) engine: Arc<Engine>,
    pub(super) host: Arc<CHost>,
}

/// Gives an engine a handle.
pub(super) fn insert(opened: Opened) -> Result<u64, Failure> {
    OPEN.insert(opened)
}

/// Enters an engine for one call.
pub(super) fn enter(handle: u64) -> Result<Visit<'static, Opened>, Failure> {
    OPEN.enter(handle)
}

/// Closes an engine: refuses new calls, waits for those in flight, and frees it.
pub(super) fn close(handle: u64) -> Result<(), Failure> {
    OPEN.close(handle)
}

/// What is open, and who is inside.
pub(super) struct Table<T> {
    slots: Mutex<Vec<Slot<T>>>,
    /// Told whenever a call ends.
    left: Condvar,
    salt: OnceLock<u64>,
    patience: Duration,
}

struct Slot<T> {
    /// Counts the values this slot has held; a slot that has used them all up stays empty.
    generation: u64,
    entry: Option<Entry<T>>,
}

struct Entry<T> {
    value: Arc<T>,
    /// The thread of each call in flight; one that re-entered stands here twice.
    inside: Vec<ThreadId>,
    closing: bool,
}

/// One call in flight.
pub(super) struct Visit<'table, T> {
    table: &'table Table<T>,
    handle: u64,
    /// Taken out before the call counts as ended.
    value: Option<Arc<T>>,
}

impl<T> Table<T> {
    const fn new(patience: Duration) -> Self {
        Self { slots: Mutex::new(Vec::new()), left: Condvar::new(), salt: OnceLock::new(), patience }
    }

    fn insert(&self, value: T) -> Result<u64, Failure> {
        let salt = self.salt()?;
        let mut slots = self.slots();
        let usable = |slot: &Slot<T>| slot.entry.is_none() && slot.generation + 1 < 1 << GENERATION_BITS;
        let index = match slots.iter().position(usable) {
            Some(index) => index,
            None if slots.len() < 1 << SLOT_BITS => {
                slots.push(Slot { generation: 0, entry: None });
                slots.len() - 1
            }
            None => return Err(Failure::new(JwStatus::InvalidArgument, "too many engines are open")),
        };
        let slot = &mut slots[index];
        slot.generation += 1;
        slot.entry = Some(Entry { value: Arc::new(value), inside: Vec::new(), closing: false });
        Ok(salt << (SLOT_BITS + GENERATION_BITS) | slot.generation << SLOT_BITS | index as u64)
    }

    fn enter(&self, handle: u64) -> Result<Visit<'_, T>, Failure> {
        let mut slots = self.slots();
        let entry = self.entry(&mut slots, handle)?;
        if entry.closing {
            return Err(closed());
        }
        entry.inside.push(thread::current().id());
        Ok(Visit { table: self, handle, value: Some(entry.value.clone()) })
    }

    fn close(&self, handle: u64) -> Result<(), Failure> {
        let deadline = Instant::now() + self.patience;
        let mut slots = self.slots();
        loop {
            let entry = self.entry(&mut slots, handle)?;
            if entry.inside.contains(&thread::current().id()) {
                return Err(Failure::new(JwStatus::InCallback, "an engine cannot be closed from its own callback"));
            }
            entry.closing = true;
            if entry.inside.is_empty() {
                break;
            }
            let Some(wait) = deadline.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero()) else {
                let busy = format!("{} calls are still inside the engine; nothing was freed", entry.inside.len());
                return Err(Failure::new(JwStatus::Busy, busy));
            };
            slots = self.left.wait_timeout(slots, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
        let freed = slots.get_mut(slot_of(handle)).and_then(|slot| slot.entry.take());
        // The engine may take its time and call the host: not while others wait for the table.
        drop(slots);
        drop(freed);
        Ok(())
    }

    fn entry<'slots>(&self, slots: &'slots mut [Slot<T>], handle: u64) -> Result<&'slots mut Entry<T>, Failure> {
        let generation = handle >> SLOT_BITS & ((1 << GENERATION_BITS) - 1);
        let salted = self.salt.get() == Some(&(handle >> (SLOT_BITS + GENERATION_BITS)));
        slots
            .get_mut(slot_of(handle))
            .filter(|slot| salted && slot.generation == generation)
            .and_then(|slot| slot.entry.as_mut())
            .ok_or_else(closed)
    }

    /// Never zero, so that no handle is.
    fn salt(&self) -> Result<u64, Failure> {
        if let Some(salt) = self.salt.get() {
            return Ok(*salt);
        }
        let mut bytes = [0; 8];
        SystemRandomness.fill(&mut bytes)?;
        let fresh = (u64::from_ne_bytes(bytes) >> (u64::BITS - SALT_BITS)).max(1);
        Ok(*self.salt.get_or_init(|| fresh))
    }

    fn slots(&self) -> MutexGuard<'_, Vec<Slot<T>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> std::ops::Deref for Visit<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.value {
            Some(value) => value,
            None => unreachable!("the value leaves in drop only"),
        }
    }
}

impl<T> Drop for Visit<'_, T> {
    fn drop(&mut self) {
        let mut slots = self.table.slots();
        // Before the call counts as ended: whoever closes must hold the last reference.
        self.value = None;
        if let Ok(entry) = self.table.entry(&mut slots, self.handle) {
            let here = thread::current().id();
            if let Some(position) = entry.inside.iter().rposition(|thread| *thread == here) {
                entry.inside.swap_remove(position);
            }
        }
        drop(slots);
        self.table.left.notify_all();
    }
}

fn slot_of(handle: u64) -> usize {
    (handle & ((1 << SLOT_BITS) - 1)) as usize
}

fn closed() -> Failure {
    Failure::new(JwStatus::Closed, "the engine is closed, or was never opened by this library")
}

#[cfg(test)]
mod tests;

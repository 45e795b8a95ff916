//! SQLite: one file, one owner, forward migrations.
//!
//! Every spend is one conditional statement in one transaction. [`Store::durable`] commits with `fsync`
//! before it returns; [`Store::lazy`] commits without, for what a crash may forget. No closure given to
//! the store may call the host: a host call can re-enter the engine.

pub mod accounts;
pub mod app_passwords;
pub mod attempts;
pub mod browsers;
pub mod ceremonies;
pub mod challenges;
mod corruption;
mod damage;
pub mod devices;
pub mod email_changes;
pub mod emails;
pub mod ended;
pub mod enrolments;
pub mod events;
pub mod factors;
mod filesystem;
mod lock;
pub mod mail_codes;
pub mod messages;
pub mod meta;
mod migrations;
pub mod outbox;
pub mod passkeys;
pub mod proof;
pub mod resets;
pub mod sessions;
pub mod skipped_steps;
pub mod soundness;
mod trouble;
pub mod tv;
pub mod window;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use corruption::StoreError;
pub use damage::Damage;
pub use lock::OwnerLock;
pub use migrations::SCHEMA_VERSION;
pub use trouble::Trouble;
use trouble::{Troubles, Way};

/// The store's file name inside the data folder.
pub const STORE_FILE: &str = "jellyward.db";

/// Connections kept for reading; more readers wait.
const READERS: usize = 2;

thread_local! {
    /// How many of our transactions are open on this thread.
    static OPEN: Cell<usize> = const { Cell::new(0) };
}

/// Counts a transaction on this thread for as long as it lives.
struct Inside;

impl Inside {
    fn enter() -> Self {
        OPEN.with(|open| open.set(open.get() + 1));
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        OPEN.with(|open| open.set(open.get() - 1));
    }
}

/// True while this thread holds one of our transactions. No host call may be made then.
pub fn in_transaction() -> bool {
    OPEN.with(Cell::get) > 0
}

/// The opened store.
pub struct Store {
    path: PathBuf,
    // Dropped in this order: only a last connection that can write folds the log into the file as it closes.
    readers: Vec<Mutex<Connection>>,
    writer: Mutex<Connection>,
    durable_commits: AtomicU64,
    next_reader: AtomicU64,
    network_kind: Option<String>,
    troubles: Troubles,
    _lock: Option<OwnerLock>,
}

impl Store {
    /// Opens or creates the store in `folder`, whose owner holds `lock`, and brings the schema forward.
    pub fn open(folder: &Path, lock: OwnerLock) -> Result<Self, StoreError> {
        Self::open_on(folder, lock, filesystem::network_kind(folder))
    }

    fn open_on(folder: &Path, lock: OwnerLock, network_kind: Option<String>) -> Result<Self, StoreError> {
        let path = folder.join(STORE_FILE);
        let mut writer = connect(&path, OpenFlags::default())?;
        journal(&writer, network_kind.is_some())?;
        migrations::forward(&mut writer)?;
        Self::around(path, writer, network_kind, Some(lock))
    }

    /// Opens an existing store beside its owner, who may be running: for the machine's owner, never for an engine.
    /// Nothing is created, and the schema stays as it is.
    pub fn beside(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(STORE_FILE);
        let writer = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        migrations::present(&writer)?;
        Self::around(path, writer, None, None)
    }

    fn around(
        path: PathBuf,
        writer: Connection,
        network_kind: Option<String>,
        lock: Option<OwnerLock>,
    ) -> Result<Self, StoreError> {
        let reader = || connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        // With an exclusive lock there is one connection, and it does everything.
        let readers = if network_kind.is_some() { 0 } else { READERS };
        Ok(Self {
            readers: (0..readers).map(|_| Ok(Mutex::new(reader()?))).collect::<Result<_, StoreError>>()?,
            path,
            network_kind,
            writer: Mutex::new(writer),
            durable_commits: AtomicU64::new(0),
            next_reader: AtomicU64::new(0),
            troubles: Troubles::default(),
            _lock: lock,
        })
    }

    /// Is there a store in `folder`?
    pub fn exists(folder: &Path) -> bool {
        folder.join(STORE_FILE).exists()
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The kind of network file system the store lies on, for a warning: it works there, slower and by one lock.
    pub fn network_kind(&self) -> Option<&str> {
        self.network_kind.as_deref()
    }

    /// Reads a consistent snapshot.
    pub fn read<T, E: From<StoreError>>(&self, body: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        self.watched(Way::Reading, || {
            let mut connection = self.reader();
            let transaction = connection.transaction().map_err(StoreError::from)?;
            let value = body(&transaction)?;
            transaction.finish().map_err(StoreError::from)?;
            Ok(value)
        })
    }

    /// Writes, and returns only when the disk has it. An error rolls everything back.
    pub fn durable<T, E: From<StoreError>>(&self, body: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        let value = self.write("FULL", body)?;
        self.durable_commits.fetch_add(1, Ordering::Relaxed);
        Ok(value)
    }

    /// Writes without waiting for the disk: a crash may forget it, never tear it.
    pub fn lazy<T, E: From<StoreError>>(&self, body: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        self.write("NORMAL", body)
    }

    /// How many commits waited for the disk since opening; tests and benchmarks count them.
    pub fn durable_commits(&self) -> u64 {
        self.durable_commits.load(Ordering::Relaxed)
    }

    fn write<T, E: From<StoreError>>(
        &self,
        synchronous: &str,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.watched(Way::Writing, || {
            let mut connection = unpoisoned(&self.writer);
            connection.pragma_update(None, "synchronous", synchronous).map_err(StoreError::from)?;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
            let value = body(&transaction)?;
            transaction.commit().map_err(StoreError::from)?;
            Ok(value)
        })
    }

    /// One transaction: nothing that may enter again, and whatever goes wrong is kept for the owner.
    fn watched<T, E>(&self, way: Way, transaction: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let _inside = Inside::enter();
        Troubles::begin();
        let done = transaction();
        self.troubles.over(way, done.is_ok());
        done
    }

    /// What lately kept the store from doing its work, worst first.
    pub fn troubles(&self) -> Vec<Trouble> {
        self.troubles.all()
    }

    /// Everything was looked through, and nothing is damaged.
    pub fn found_sound(&self) {
        self.troubles.sound();
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed) as usize;
        match self.readers.len() {
            0 => unpoisoned(&self.writer),
            count => {
                self.readers[turn % count].try_lock().unwrap_or_else(|_| unpoisoned(&self.readers[(turn + 1) % count]))
            }
        }
    }
}

/// A panic inside a closure rolled its transaction back on the way out; the connection is sound.
fn unpoisoned(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Write-ahead log on a local disk; on a network file system the rollback journal under one exclusive lock.
fn journal(connection: &Connection, networked: bool) -> Result<(), StoreError> {
    let (locking, journal) = if networked { ("EXCLUSIVE", "DELETE") } else { ("NORMAL", "WAL") };
    connection.pragma_update_and_check(None, "locking_mode", locking, |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_mode", journal, |_| Ok(()))?;
    Ok(())
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

#[cfg(test)]
mod tests;

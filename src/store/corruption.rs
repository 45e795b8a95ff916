//! What can be wrong with a store, in words an administrator can act on.

use rusqlite::{Error as Sqlite, ErrorCode};
use thiserror::Error;

use super::damage::Damage;
use super::trouble;

/// Why the store could not do it.
#[derive(Debug, Error)]
pub enum StoreError {
    /// See [`Damage::Locked`].
    #[error("the store is in use by another process: stop it, or give this one its own data folder")]
    Locked,
    /// See [`Damage::Newer`].
    #[error("the store has schema {found}, this version knows up to {known}: install the newer version again")]
    Newer {
        /// What the file says.
        found: i64,
        /// What this library can do.
        known: i64,
    },
    /// Beside an owner the schema is not brought forward.
    #[error(
        "the store has schema {found}, this version wants {known}: start jellyfin with this version once, or use the version it was made with"
    )]
    Older {
        /// What the file says.
        found: i64,
        /// What this library wants.
        known: i64,
    },
    /// The folder or lock file could not be used.
    #[error("the data folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// SQLite's own word.
    #[error("the store could not do it: {0}")]
    Sqlite(rusqlite::Error),
    /// A row holds what cannot be.
    #[error("a row of table {table} is damaged")]
    Row {
        /// Where.
        table: &'static str,
    },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let error = Self::Sqlite(error);
        trouble::notice(error.damage(), &error);
        error
    }
}

impl StoreError {
    /// A row holds what cannot be. Kept for the owner, too.
    pub fn row(table: &'static str) -> Self {
        let error = Self::Row { table };
        trouble::notice(error.damage(), &error);
        error
    }

    /// Which kind of trouble this is.
    pub fn damage(&self) -> Damage {
        match self {
            Self::Locked => Damage::Locked,
            Self::Newer { .. } => Damage::Newer,
            Self::Older { .. } => Damage::Other,
            Self::Folder(_) => Damage::Unwritable,
            Self::Row { .. } => Damage::Corrupt,
            // A column holds what it cannot.
            Self::Sqlite(
                Sqlite::FromSqlConversionFailure(..)
                | Sqlite::IntegralValueOutOfRange(..)
                | Sqlite::InvalidColumnType(..)
                | Sqlite::Utf8Error(..),
            ) => Damage::Corrupt,
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Damage::Corrupt,
                Some(
                    ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure,
                ) => Damage::Unwritable,
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Damage::Locked,
                _ => Damage::Other,
            },
        }
    }
}

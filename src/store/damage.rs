//! What can be wrong with a store, by its kind.

/// Which kind of trouble, for whoever must tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Another process has the store.
    Locked,
    /// Made by a newer version.
    Newer,
    /// Not readable as a database, or a page of it is not.
    Corrupt,
    /// Readable, but nothing can be written: full disk, read-only folder.
    Unwritable,
    /// Anything else.
    Other,
}

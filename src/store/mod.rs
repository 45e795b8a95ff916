//! SQLite: one file, one owner, forward migrations.

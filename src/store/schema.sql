-- Schema 1. STRICT: a column holds what it says. Times are seconds since the Unix epoch.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id         BLOB PRIMARY KEY,
    first_seen INTEGER NOT NULL,
    rule       TEXT NOT NULL DEFAULT 'default' CHECK (rule IN ('default', 'required', 'exempt')),
    ruled_at   INTEGER NOT NULL DEFAULT 0,
    epoch      INTEGER NOT NULL DEFAULT 0,
    had_factor INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE factors (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    BLOB NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('totp')),
    name       TEXT NOT NULL,
    row        TEXT NOT NULL UNIQUE, -- names the row in the seal's associated data; drawn before the insert
    secret     BLOB NOT NULL,
    parameters TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at    INTEGER,
    last_step  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX factors_of_account ON factors (account);

CREATE TABLE spent_steps (
    factor INTEGER NOT NULL REFERENCES factors (id) ON DELETE CASCADE,
    step   INTEGER NOT NULL,
    PRIMARY KEY (factor, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_codes (
    account BLOB NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolments (
    hash       BLOB PRIMARY KEY,
    account    BLOB NOT NULL,
    challenge  BLOB, -- the challenge that demanded it; null when started from a session
    row        TEXT NOT NULL,
    secret     BLOB NOT NULL,
    parameters TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolments_of_account ON enrolments (account);

CREATE TABLE challenges (
    hash         BLOB PRIMARY KEY,
    account      BLOB NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('prove', 'enrol')),
    stamp        TEXT NOT NULL,
    epoch        INTEGER NOT NULL,
    policy_epoch INTEGER NOT NULL,
    app          TEXT NOT NULL,
    version      TEXT NOT NULL,
    device_id    TEXT NOT NULL,
    device_name  TEXT NOT NULL,
    network      TEXT NOT NULL,
    browser      BLOB, -- hash of the browser secret in the cookie; null where cookies do not work
    expires_at   INTEGER NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX challenges_of_account ON challenges (account, network, expires_at);
CREATE INDEX challenges_by_expiry ON challenges (expires_at);

CREATE TABLE wrong_codes (
    account BLOB NOT NULL,
    source  TEXT NOT NULL, -- whose budget: all strangers', one browser's, one network's
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX wrong_codes_of_account ON wrong_codes (account, source, at);
CREATE INDEX wrong_codes_by_time ON wrong_codes (at);

CREATE TABLE attempts (
    scope    TEXT NOT NULL,
    key      BLOB NOT NULL,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_time ON attempts (last_at);

CREATE TABLE repeats (
    hash  BLOB PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX repeats_by_time ON repeats (until);

CREATE TABLE known_networks (
    account BLOB NOT NULL,
    network TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, network)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    account    BLOB NOT NULL,
    proof      TEXT NOT NULL,
    epoch      INTEGER NOT NULL,
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_account ON sessions (account, at);

CREATE TABLE words (
    account    BLOB PRIMARY KEY,
    hash       BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    account BLOB,
    address TEXT,
    detail  TEXT
) STRICT;
CREATE INDEX events_by_time ON events (at);

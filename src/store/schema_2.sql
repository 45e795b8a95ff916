-- Schema 2: every factor, and everything that may be trusted.

CREATE TABLE passkeys (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    account       BLOB NOT NULL,
    credential_id BLOB NOT NULL UNIQUE, -- over all accounts
    credential    TEXT NOT NULL, -- public key, counter and flags as JSON
    name          TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    used_at       INTEGER
) STRICT;
CREATE INDEX passkeys_of_account ON passkeys (account);

CREATE TABLE ceremonies (
    hash       BLOB PRIMARY KEY,
    account    BLOB, -- null: a sign-in without a password
    purpose    TEXT NOT NULL CHECK (purpose IN ('register', 'challenge', 'sign_in', 'step_up')),
    bound_to   BLOB, -- the hash of the challenge or of the session that it belongs to
    state      TEXT NOT NULL,
    network    TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ceremonies_by_expiry ON ceremonies (expires_at);
CREATE INDEX ceremonies_of_account ON ceremonies (account, network);

CREATE TABLE app_passwords (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      BLOB NOT NULL,
    hash         BLOB NOT NULL,
    name         TEXT NOT NULL,
    epoch        INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    binds        INTEGER NOT NULL DEFAULT 0, -- to the first client that uses it
    app          TEXT, -- that client
    device_id    TEXT,
    used_at      INTEGER,
    used_app     TEXT,
    used_address TEXT,
    UNIQUE (account, hash)
) STRICT;

CREATE TABLE browsers (
    id         BLOB PRIMARY KEY,
    secret     BLOB NOT NULL, -- hash of the secret in the cookie now
    previous   BLOB, -- hash of the one before, good for parallel tabs until shortly after the rotation
    rotated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE browser_trust (
    browser    BLOB NOT NULL REFERENCES browsers (id) ON DELETE CASCADE,
    account    BLOB NOT NULL,
    name       TEXT NOT NULL, -- what the browser said it was
    epoch      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    network    TEXT NOT NULL,
    PRIMARY KEY (browser, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX trust_of_account ON browser_trust (account);

-- Devices that knew the password and could not answer a challenge. Approved: one session for exactly this row.
CREATE TABLE pending_devices (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account        BLOB NOT NULL,
    device_id      TEXT NOT NULL,
    device_name    TEXT NOT NULL,
    app            TEXT NOT NULL,
    version        TEXT NOT NULL,
    address        TEXT NOT NULL,
    network        TEXT NOT NULL,
    stamp          TEXT NOT NULL,
    epoch          INTEGER NOT NULL,
    first_at       INTEGER NOT NULL,
    last_at        INTEGER NOT NULL,
    approved_until INTEGER,
    UNIQUE (account, device_id, app, address)
) STRICT;
CREATE INDEX pending_by_time ON pending_devices (last_at);

-- Devices once approved whose owner lets them sign in again from the same network.
CREATE TABLE paired_devices (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     BLOB NOT NULL,
    device_id   TEXT NOT NULL,
    device_name TEXT NOT NULL,
    app         TEXT NOT NULL,
    network     TEXT NOT NULL,
    epoch       INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    used_at     INTEGER NOT NULL,
    UNIQUE (account, device_id, app)
) STRICT;

-- "I am signing in a TV": until when a signed-in person approves without another proof.
CREATE TABLE tv_windows (
    account    BLOB PRIMARY KEY,
    session    BLOB NOT NULL, -- hash of the token of the session that opened it, and may use it
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One-time words, typed as the password.
CREATE TABLE tv_words (
    account    BLOB PRIMARY KEY,
    hash       BLOB NOT NULL,
    epoch      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE accounts ADD COLUMN must_enrol INTEGER NOT NULL DEFAULT 0; -- everything was taken away when the phone was lost
ALTER TABLE sessions ADD COLUMN proven_at INTEGER NOT NULL DEFAULT 0; -- when a factor was last proven inside it
ALTER TABLE sessions ADD COLUMN app_password INTEGER; -- the one it was made with

CREATE INDEX events_of_account ON events (account, id);

-- Schema 4: e-mail addresses, codes by mail, forgotten passwords.

CREATE TABLE emails (
    account     BLOB PRIMARY KEY,
    row         TEXT NOT NULL UNIQUE, -- names the row in the seal's associated data
    address     BLOB NOT NULL,        -- sealed
    folded      BLOB NOT NULL,        -- keyed hash of the address in lower case: for finding and comparing only
    verified_at INTEGER               -- null: nobody has shown that they read what is sent there
) STRICT, WITHOUT ROWID;
CREATE INDEX emails_by_address ON emails (folded);

-- A new address, until its code comes back.
CREATE TABLE emails_pending (
    account    BLOB PRIMARY KEY,
    row        TEXT NOT NULL UNIQUE,
    address    BLOB NOT NULL, -- sealed
    folded     BLOB NOT NULL,
    code       BLOB,          -- keyed hash; null: somebody else has the address, and no code was sent
    tries      INTEGER NOT NULL DEFAULT 0,
    sent_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The way back for whoever reads the address that was given up.
CREATE TABLE emails_undo (
    id          INTEGER PRIMARY KEY,  -- the later the change, the larger
    hash        BLOB NOT NULL UNIQUE, -- of the token in the link
    account     BLOB NOT NULL,
    row         TEXT NOT NULL UNIQUE,
    address     BLOB NOT NULL, -- sealed; the old one
    verified_at INTEGER,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX emails_undo_of_account ON emails_undo (account);

-- Forgotten passwords: what was sent out to be redeemed.
CREATE TABLE resets (
    hash       BLOB PRIMARY KEY, -- of a token, or keyed hash of a code or PIN
    account    BLOB NOT NULL,
    kind       TEXT NOT NULL,    -- what it is: link, code, pin, pin_link, handed
    flow       BLOB,             -- hash of the secret of the browser that asked: a code is good nowhere else
    stamp      TEXT NOT NULL,    -- of the password that was forgotten
    epoch      INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX resets_of_account ON resets (account, created_at);
CREATE INDEX resets_by_expiry ON resets (expires_at);
CREATE INDEX resets_of_flow ON resets (flow) WHERE flow IS NOT NULL;

-- Keyed hash of a PIN that went by mail and is the password now; its owner chooses another at the next sign-in.
ALTER TABLE accounts ADD COLUMN chosen_pin BLOB;

-- What was asked for, and guessed wrongly, lately: whoever asks too often, or for too many, gets no more.
CREATE TABLE reset_counts (
    subject BLOB NOT NULL, -- keyed hash of what is counted
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX reset_counts_of_subject ON reset_counts (subject, at);
CREATE INDEX reset_counts_by_age ON reset_counts (at);

-- The owner's own words in messages; without a row, ours.
CREATE TABLE messages (
    kind       TEXT NOT NULL,
    language   TEXT NOT NULL,
    part       TEXT NOT NULL, -- subject, text, html
    template   TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (kind, language, part)
) STRICT, WITHOUT ROWID;

-- One more kind: everything is proven, and something is set up before the session. What was open is asked for again.
DROP TABLE challenges;
CREATE TABLE challenges (
    hash         BLOB PRIMARY KEY,
    account      BLOB NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('prove', 'enrol', 'set_up')),
    proof        TEXT, -- by what everything was proven; null while it is not
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

-- Steps at sign-in that somebody does not want to be asked for again so soon.
CREATE TABLE skipped_steps (
    account BLOB NOT NULL,
    step    TEXT NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (account, step)
) STRICT, WITHOUT ROWID;

-- Codes by mail, chosen as a second factor. They go to the account's verified address, whichever that is.
CREATE TABLE mail_factors (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

-- Codes that were sent: the last one of each challenge or session. Its tries outlive it, so that another one gives none.
CREATE TABLE mail_codes (
    account    BLOB NOT NULL,
    purpose    TEXT NOT NULL,    -- what it is good for: challenge, step_up, enrol
    bound_to   BLOB NOT NULL,    -- hash of the challenge's or the session's token
    address    BLOB NOT NULL,    -- where it went, as in emails.folded: another address voids it
    code       BLOB,             -- keyed hash; null: used
    tries      INTEGER NOT NULL,
    sends      INTEGER NOT NULL,
    sent_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, purpose, bound_to)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_codes_by_time ON mail_codes (sent_at);

-- How many were asked for lately, by whom: as in wrong_codes.
CREATE TABLE mail_codes_sent (
    account BLOB NOT NULL,
    source  TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_codes_sent_of_account ON mail_codes_sent (account, source, at);
CREATE INDEX mail_codes_sent_by_time ON mail_codes_sent (at);

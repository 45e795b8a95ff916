-- Schema 5.

-- Sessions: Jellyfin keeps one token of a user for each device id, so that a new one ends what was known of the one before.
ALTER TABLE sessions ADD COLUMN device BLOB;  -- hash of the device id; null: not known
ALTER TABLE sessions ADD COLUMN network TEXT; -- where it was made from; null: not known
CREATE INDEX sessions_of_device ON sessions (account, device);

-- A waiting device's address may be many people's, as behind a proxy nobody listed: it may not come back by it.
ALTER TABLE pending_devices ADD COLUMN shared INTEGER NOT NULL DEFAULT 1;

ALTER TABLE events ADD COLUMN actor BLOB; -- who did it, where that is somebody else than the account

-- Forgotten passwords. One asking, whoever was found by it: its tries are counted here, so that wrong codes are answered in
-- the same way for everybody and nobody.
CREATE TABLE reset_flows (
    flow       BLOB PRIMARY KEY, -- hash of the secret of the browser that asked
    tries      INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reset_flows_by_expiry ON reset_flows (expires_at);

-- Who asked is known of each: an account's strangers, and each browser or network it knows, have limits of their own. What
-- was open is asked for again.
DROP TABLE resets;
CREATE TABLE resets (
    hash       BLOB PRIMARY KEY, -- of a token, or keyed hash of a code or PIN
    account    BLOB NOT NULL,
    asker      BLOB NOT NULL,    -- keyed hash of the account and whoever asked for it
    kind       TEXT NOT NULL,    -- what it is: link, code, pin, pin_link, handed
    flow       BLOB,             -- of a code, which is good nowhere else
    stamp      TEXT NOT NULL,    -- of the password that was forgotten; empty: void
    epoch      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX resets_of_account ON resets (account, kind, asker, created_at);
CREATE INDEX resets_by_expiry ON resets (expires_at);
CREATE INDEX resets_of_flow ON resets (flow) WHERE flow IS NOT NULL;

-- Spent, and not yet done with: what is left to do should the engine stop in between.
CREATE TABLE resets_under_way (
    id      INTEGER PRIMARY KEY,
    account BLOB NOT NULL,
    stamp   TEXT NOT NULL,    -- of the password that was forgotten: as long as Jellyfin has it, nothing was set
    pin     BLOB,             -- keyed hash of the PIN that becomes the password; null: its owner chose it
    by_mail INTEGER NOT NULL, -- what was spent came by mail
    network TEXT NOT NULL,    -- from where
    told    INTEGER NOT NULL DEFAULT 0 -- only its sessions are left to be ended
) STRICT;

-- The password was reset by mail, and nothing but the mailbox has shown since whose account it is.
ALTER TABLE accounts ADD COLUMN reset_by_mail INTEGER NOT NULL DEFAULT 0;

-- How often an entry was not taken while the server was well: by that its next try is put off.
ALTER TABLE outbox ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;

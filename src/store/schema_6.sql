-- Schema 6.

-- Whether the account knows who is asked is known of each challenge. What was open is asked for again.
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
    tries        INTEGER NOT NULL DEFAULT 0,
    known        INTEGER NOT NULL DEFAULT 0 -- of somebody the account knows: gives way last
) STRICT, WITHOUT ROWID;
CREATE INDEX challenges_of_account ON challenges (account, network, expires_at);
CREATE INDEX challenges_by_expiry ON challenges (expires_at);

-- What a back-up of Jellyfin brings back when it is put back, since nothing of ours is in it: sessions that were ended, and
-- deleted users, who had a factor.
CREATE TABLE ended_sessions (
    token_hash BLOB PRIMARY KEY,
    account    BLOB NOT NULL,
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_sessions_of_account ON ended_sessions (account, at);
CREATE INDEX ended_sessions_by_time ON ended_sessions (at);

CREATE TABLE gone_accounts (
    id BLOB PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Of what happened to nobody's account there is a bound.
CREATE INDEX events_of_nobody ON events (id) WHERE account IS NULL AND address IS NOT NULL;

-- A waiting device at a place the account knows gives way last.
ALTER TABLE pending_devices ADD COLUMN familiar INTEGER NOT NULL DEFAULT 0;

-- Of the password as it was met last: it may change while nobody tells us. Null: not met yet.
ALTER TABLE accounts ADD COLUMN stamp TEXT;

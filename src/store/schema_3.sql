-- Schema 3: what waits to be told to people outside of Jellyfin.

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    row        TEXT NOT NULL UNIQUE, -- names the row in the seal's associated data; drawn before the insert
    channel    TEXT NOT NULL,        -- by which way: mail
    topic      TEXT NOT NULL,        -- what it is about, for the owner's eye
    recipient  BLOB NOT NULL,        -- keyed hash of channel and address: order and limits without opening anything
    account    BLOB,                 -- whom it concerns, if anybody
    epoch      INTEGER,              -- the account's revocation epoch it rests on; null: it is told whatever happens
    content    BLOB,                 -- sealed; null once it must not be told any more
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,     -- when it is tried next
    tries      INTEGER NOT NULL DEFAULT 0,
    cause      TEXT,                 -- of the last failure
    failed_at  INTEGER               -- given up; null: it waits
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE failed_at IS NULL;
CREATE INDEX outbox_by_recipient ON outbox (recipient, id) WHERE failed_at IS NULL;
CREATE INDEX outbox_by_expiry ON outbox (expires_at) WHERE content IS NOT NULL;
CREATE INDEX outbox_of_account ON outbox (account);

-- What each recipient was sent lately, for limits; outlives the entries.
CREATE TABLE outbox_counts (
    recipient BLOB NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_counts_of_recipient ON outbox_counts (recipient, at);
CREATE INDEX outbox_counts_by_age ON outbox_counts (at);

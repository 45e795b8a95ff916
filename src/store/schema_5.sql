-- Schema 5.

-- Sessions: Jellyfin keeps one token of a user for each device id, so that a new one ends what was known of the one before.
ALTER TABLE sessions ADD COLUMN device BLOB;  -- hash of the device id; null: not known
ALTER TABLE sessions ADD COLUMN network TEXT; -- where it was made from; null: not known
CREATE INDEX sessions_of_device ON sessions (account, device);

-- A waiting device's address may be many people's, as behind a proxy nobody listed: it may not come back by it.
ALTER TABLE pending_devices ADD COLUMN shared INTEGER NOT NULL DEFAULT 1;

ALTER TABLE events ADD COLUMN actor BLOB; -- who did it, where that is somebody else than the account

-- The two sets. Rows are numbered without gaps in the order in which they came to this node, and never deleted:
-- "everything up to row n" is what a peer is known to hold.
CREATE TABLE changes (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    record BLOB NOT NULL,
    author BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    hash BLOB NOT NULL,
    lane INTEGER NOT NULL,
    envelope BLOB NOT NULL
);
CREATE UNIQUE INDEX changes_by_id ON changes (id);
CREATE INDEX changes_in_lane ON changes (lane, at_ms, id);
CREATE INDEX changes_of_record ON changes (record);
CREATE INDEX changes_of_author ON changes (author);

CREATE TABLE statements (row INTEGER PRIMARY KEY, id BLOB NOT NULL, bytes BLOB NOT NULL);
CREATE UNIQUE INDEX statements_by_id ON statements (id);

-- The set index: consecutive runs of keys of one lane, each with its count and the sum of its ids.
CREATE TABLE buckets (lane INTEGER NOT NULL, low BLOB NOT NULL, count INTEGER NOT NULL, sum BLOB NOT NULL,
    PRIMARY KEY (lane, low)) WITHOUT ROWID;

-- Caches: which records there are, and what people see of them. A view is stale when its record has a newer row.
CREATE TABLE records (record BLOB PRIMARY KEY, newest_row INTEGER NOT NULL, view_row INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX records_stale ON records (newest_row) WHERE view_row < newest_row;
CREATE TABLE views (record BLOB PRIMARY KEY, text TEXT NOT NULL);

-- Changes that wait for statements about their author.
CREATE TABLE parked (row INTEGER PRIMARY KEY, id BLOB NOT NULL, author BLOB NOT NULL, source BLOB NOT NULL,
    lane INTEGER NOT NULL, size INTEGER NOT NULL, envelope BLOB NOT NULL);
CREATE UNIQUE INDEX parked_by_id ON parked (id);
CREATE INDEX parked_by_author ON parked (author);
CREATE INDEX parked_by_source ON parked (source, row, size);

-- This node's own notes.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE epoch_keys (id BLOB PRIMARY KEY, key BLOB NOT NULL, created_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE peers (device BLOB PRIMARY KEY, synced_row INTEGER NOT NULL, last_heard_ms INTEGER) WITHOUT ROWID;
CREATE TABLE addresses (device BLOB NOT NULL, endpoint TEXT NOT NULL, proved_ms INTEGER NOT NULL,
    PRIMARY KEY (device, endpoint)) WITHOUT ROWID;

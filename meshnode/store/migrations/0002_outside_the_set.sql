-- Sets that can shrink. A change is in the set (0), withheld (1: its author was removed, and nothing keeps it) or
-- forgotten (2: its body is wiped, its id stays). Its row stays in every case, so rows stay numbered without gaps.
ALTER TABLE changes ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
DROP INDEX changes_in_lane;
CREATE INDEX changes_in_lane ON changes (lane, at_ms, id) WHERE state = 0;
DROP INDEX changes_of_author;
CREATE INDEX changes_of_author ON changes (author) WHERE state = 0;
CREATE INDEX changes_withheld ON changes (record, author) WHERE state = 1;
CREATE INDEX changes_outside ON changes (lane, id) WHERE state <> 0;

-- Counts what happens to the set, so that a view is stale also when something left its record.
CREATE TABLE revisions (last INTEGER NOT NULL);
INSERT INTO revisions SELECT coalesce(max(row), 0) FROM changes;
ALTER TABLE records RENAME COLUMN newest_row TO revision;
ALTER TABLE records RENAME COLUMN view_row TO view_revision;

-- In which record a parked change is: it follows the signature (64) and the author (32).
ALTER TABLE parked ADD COLUMN record BLOB NOT NULL DEFAULT x'';
UPDATE parked SET record = substr(envelope, 97, 16);
CREATE INDEX parked_of_record ON parked (record);

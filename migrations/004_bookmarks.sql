-- How far Discord has been read, and which uploads were refused: what a bot
-- that takes over need not look at again.

-- +goose Up

-- One row for each stream of events that can be read back.
CREATE TABLE bookmarks (
    name TEXT        PRIMARY KEY,
    at   TIMESTAMPTZ NOT NULL      -- everything from before is on record
);

-- A refused upload has no submission; its request stays a while, so that a
-- message that is read back is not refused twice.
ALTER TABLE requests ADD COLUMN refused_at TIMESTAMPTZ;

CREATE INDEX requests_refused ON requests (refused_at) WHERE refused_at IS NOT NULL;

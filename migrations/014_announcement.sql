-- What an announcement says beside what the row of its subject does: JSON, by its
-- kind; empty: nothing.

-- +goose Up

ALTER TABLE announcements ADD COLUMN payload TEXT NOT NULL DEFAULT '';

-- Which file store belongs to this database, and since when a file is missing.

-- +goose Up

-- One row: the file store carries a marker file with this name.
CREATE TABLE file_store (
    id         TEXT        PRIMARY KEY CHECK (id = 'all'),
    marker     TEXT        NOT NULL CHECK (marker <> ''),
    created_at TIMESTAMPTZ NOT NULL
);

-- When a worker first found the job's file missing from the file store.
ALTER TABLE jobs ADD COLUMN missing_since TIMESTAMPTZ;

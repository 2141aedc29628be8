-- What an upload's sender reads: a BCP 47 tag; empty: English.

-- +goose Up

ALTER TABLE submissions ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN language TEXT NOT NULL DEFAULT '';

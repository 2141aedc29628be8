-- Uploads whose file turned out to be no replay count for their senders alone.

-- +goose Up

ALTER TABLE submissions ADD COLUMN junk INTEGER NOT NULL DEFAULT 0; -- 1: the file is no replay that can be read

-- What the quota of a Discord server is counted by. The index it replaces is
-- used by nothing else; a program of before goes on working without it.
CREATE INDEX submissions_counted_by_guild ON submissions (guild, received_at) WHERE guild <> '' AND junk = 0;
DROP INDEX submissions_by_guild;

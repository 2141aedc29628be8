-- What a bot needs to find a reply again whose message id it never learned, and
-- where it is to look for what came while no bot listened.

-- +goose Up

-- With the announcement of an upload by command: what finds its reply. Empty: a
-- message's. The token is a secret that works for 15 minutes; it is deleted with
-- the delivery.
ALTER TABLE announcements ADD COLUMN interaction_id TEXT NOT NULL DEFAULT '';
ALTER TABLE announcements ADD COLUMN application TEXT NOT NULL DEFAULT '';
ALTER TABLE announcements ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE announcements ADD COLUMN part INTEGER NOT NULL DEFAULT 0; -- as in requests

-- One row for each Discord channel in which the bot was addressed lately.
CREATE TABLE used_channels (
    id      TEXT        PRIMARY KEY, -- Discord's
    guild   TEXT        NOT NULL,    -- Discord server; empty: a direct-message channel
    used_at TIMESTAMPTZ NOT NULL     -- the last use, to the hour
);

CREATE INDEX used_channels_by_use ON used_channels (used_at);

-- Uploads that the bot has heard of and that are neither in nor refused.

-- +goose Up

-- One row for each, written before the player is told anything and deleted
-- with the upload's acceptance or refusal. Its id is that of its discord:fetch
-- job too.
CREATE TABLE requests (
    id          BIGINT      PRIMARY KEY,
    upload_key  TEXT        NOT NULL UNIQUE, -- as in submissions
    channel_id  TEXT        NOT NULL,
    message_id  TEXT        NOT NULL,        -- that holds the file and is replied to; empty: a command
    user_id     TEXT        NOT NULL,
    guild_id    TEXT        NOT NULL,        -- empty: a direct message
    file_name   TEXT        NOT NULL,
    bytes       BIGINT      NOT NULL,        -- as Discord says
    url         TEXT        NOT NULL,        -- of the file; its signature ends after a day
    application TEXT        NOT NULL,        -- with the token, what finds a command's reply; empty: a message
    token       TEXT        NOT NULL,        -- of the interaction: a secret, which lives for 15 minutes
    part        INTEGER     NOT NULL,        -- which of a command's replies: 0 is the response, others follow it
    received_at TIMESTAMPTZ NOT NULL
);

-- The path of one replay: file, uploads of it, messages owed, work owed.
--
-- One text for PostgreSQL and SQLite. Ids come from the program and grow with
-- time. Times are timestamptz in PostgreSQL; SQLite takes the same word for a
-- number and holds microseconds since 1970. Words in columns (source, kind)
-- that later versions add to are not listed in CHECKs, because SQLite cannot
-- widen one; states are.

-- +goose Up

-- One row for each distinct file, whoever uploaded it.
CREATE TABLE replays (
    id             BIGINT      PRIMARY KEY,
    sha256         TEXT        NOT NULL UNIQUE CHECK (length(sha256) = 64),
    bytes          BIGINT      NOT NULL CHECK (bytes >= 0),
    status         TEXT        NOT NULL CHECK (status IN ('waiting', 'parsed', 'failed')),
    parser_version INTEGER     NOT NULL, -- that gave the answer below; 0: none yet
    tried_version  INTEGER     NOT NULL, -- the newest that gave a verdict, also one not kept
    created_at     TIMESTAMPTZ NOT NULL,
    parsed_at      TIMESTAMPTZ,          -- when the answer below was given
    failure_kind   TEXT,
    failure_text   JSON,                 -- the sentence for the player: a key and its arguments
    failure_detail TEXT,                 -- the cause, for the operator
    summary        JSON,
    timeline       BYTEA,                -- JSON in a zstd frame; last, since it is large and seldom read
    CHECK ((status = 'waiting') = (parsed_at IS NULL)),
    CHECK ((status = 'parsed') = (summary IS NOT NULL)),
    CHECK ((status = 'failed') = (failure_kind IS NOT NULL AND failure_text IS NOT NULL)),
    CHECK (status = 'parsed' OR timeline IS NULL)
);

-- One row for each upload.
CREATE TABLE submissions (
    id          BIGINT      PRIMARY KEY,
    replay_id   BIGINT      NOT NULL REFERENCES replays (id),
    source      TEXT        NOT NULL CHECK (source <> ''),
    uploader    TEXT        NOT NULL,    -- Discord user id; empty: nobody is known
    file_name   TEXT        NOT NULL,
    upload_key  TEXT        UNIQUE,      -- names the upload itself; NULL: never repeated
    received_at TIMESTAMPTZ NOT NULL,
    answered_at TIMESTAMPTZ              -- NULL: somebody waits
);

CREATE INDEX submissions_waiting ON submissions (replay_id) WHERE answered_at IS NULL;

-- One row for each message owed to Discord, or paid.
CREATE TABLE announcements (
    id           BIGINT      PRIMARY KEY,
    kind         TEXT        NOT NULL CHECK (kind <> ''),
    subject      BIGINT      NOT NULL,   -- what it tells of; replay_result: a submission
    channel_id   TEXT        NOT NULL,
    message_id   TEXT        NOT NULL,   -- the message to edit; empty: none yet
    user_id      TEXT        NOT NULL,   -- whom to mention in a new message
    status       TEXT        NOT NULL CHECK (status IN ('owed', 'sent', 'undeliverable')),
    detail       TEXT        NOT NULL,   -- why undeliverable
    created_at   TIMESTAMPTZ NOT NULL,
    delivered_at TIMESTAMPTZ,
    CHECK ((status = 'owed') = (delivered_at IS NULL))
);

-- One submission has one answer.
CREATE UNIQUE INDEX announcements_result ON announcements (subject) WHERE kind = 'replay_result';

-- Work owed. A row is deleted in the transaction that records its work, so
-- whatever stands here is still to be done.
CREATE TABLE jobs (
    id         BIGINT      PRIMARY KEY,
    kind       TEXT        NOT NULL CHECK (kind <> ''),
    subject    BIGINT      NOT NULL,     -- the id of what it is about
    push       INTEGER     NOT NULL CHECK (push >= 0), -- times the queue was told; 0: not due before push_at
    push_at    TIMESTAMPTZ NOT NULL,     -- when to look whether the queue still knows
    attempts   INTEGER     NOT NULL CHECK (attempts >= 0),
    started_at TIMESTAMPTZ,              -- of the last attempt
    worker     TEXT        NOT NULL,     -- of the last attempt
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (kind, subject)
);

CREATE INDEX jobs_due ON jobs (push_at);

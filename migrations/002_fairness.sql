-- Who may act alone, how much anybody may send, and what became of jobs that
-- did not go straight.

-- +goose Up

-- One row for each thing that one process at a time may do.
CREATE TABLE leases (
    name       TEXT   PRIMARY KEY,
    holder     TEXT   NOT NULL,
    expires_at BIGINT NOT NULL -- milliseconds since 1970 by the database's own clock
);

ALTER TABLE submissions ADD COLUMN guild TEXT NOT NULL DEFAULT ''; -- Discord server; empty: none

-- What quotas are counted by.
CREATE INDEX submissions_by_uploader ON submissions (uploader, received_at) WHERE uploader <> '';
CREATE INDEX submissions_by_guild ON submissions (guild, received_at) WHERE guild <> '';
CREATE INDEX submissions_in_flight ON submissions (uploader) WHERE answered_at IS NULL AND uploader <> '';

-- How fast the queue moves is counted by this.
CREATE INDEX replays_parsed ON replays (parsed_at);

-- Who gave the answer, and since when.
ALTER TABLE replays ADD COLUMN worker TEXT NOT NULL DEFAULT '';
ALTER TABLE replays ADD COLUMN begun_at TIMESTAMPTZ;

-- What went wrong with a job so far, a line an event; most jobs have none.
ALTER TABLE jobs ADD COLUMN history TEXT NOT NULL DEFAULT '';

-- Jobs that are done and had a history. Kept for a while.
CREATE TABLE job_history (
    id         BIGINT      PRIMARY KEY, -- of the job
    kind       TEXT        NOT NULL,
    subject    BIGINT      NOT NULL,
    push       INTEGER     NOT NULL,
    attempts   INTEGER     NOT NULL,
    history    TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ NOT NULL
);

CREATE INDEX job_history_by_subject ON job_history (subject);
CREATE INDEX job_history_by_end ON job_history (ended_at);

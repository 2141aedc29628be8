-- How far the re-parsing of old results has come.

-- +goose Up

-- One row: the last run.
CREATE TABLE reparses (
    id             TEXT        PRIMARY KEY CHECK (id = 'all'),
    parser_version INTEGER     NOT NULL, -- results of older ones are read again
    state          TEXT        NOT NULL CHECK (state IN ('running', 'paused', 'stopped', 'done')),
    position       BIGINT      NOT NULL, -- id of the last replay a job was written for
    total          BIGINT      NOT NULL, -- old results when it began
    enqueued       BIGINT      NOT NULL, -- jobs written so far
    started_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL
);

-- When an upload was sent, by whoever sent it.

-- +goose Up

-- received_at is when it was recorded, which may be long after: quotas count by
-- that. NULL was written by an older program, which knew only that.
ALTER TABLE submissions ADD COLUMN sent_at TIMESTAMPTZ;

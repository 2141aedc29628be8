-- +goose Up

-- The messages on Discord by which players queue, which say who searches and plays.
CREATE TABLE panels (
	message_id TEXT PRIMARY KEY,
	channel_id TEXT NOT NULL,
	language TEXT NOT NULL,
	said TEXT NOT NULL, -- what it says: it is edited only where that changes
	posted_at TIMESTAMPTZ NOT NULL
);

-- A match in which a player always answers and never plays does not last for ever.

-- +goose Up

-- How often the player answered "not here?".
ALTER TABLE seats ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;

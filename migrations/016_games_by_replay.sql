-- A file that is read again is looked up among those that were handed in for matches.

-- +goose Up

CREATE INDEX games_by_replay ON games (replay_id);

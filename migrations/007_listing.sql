-- Who is shown an upload.

-- +goose Up

-- Whether the public list shows it. NULL was written by an older program: then an
-- upload is listed that came by the page or in a Discord server, since direct
-- messages are not public.
ALTER TABLE submissions ADD COLUMN listed BOOLEAN;

CREATE INDEX submissions_listed ON submissions (id) WHERE COALESCE(listed, source <> 'discord' OR guild <> '');

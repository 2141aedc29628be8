-- The ladder: players, seasons, the queue, matches, rulings, ratings, penalties,
-- and what replays show of players.
--
-- Rows that two processes may want to change at once carry a version: it counts
-- writes, and each write names the version it has read. Codes and words that later
-- versions add to are not listed in CHECKs; states are. Durations are microseconds.

-- +goose Up

-- One row for each Discord user who was ever on the ladder.
CREATE TABLE players (
    id         BIGINT      PRIMARY KEY,
    version    INTEGER     NOT NULL CHECK (version > 0),
    discord    TEXT        UNIQUE,   -- Discord user id; NULL: deleted, or moved in without one
    name       TEXT        NOT NULL, -- empty: not chosen yet, or deleted
    folded     TEXT        UNIQUE CHECK (folded <> ''), -- the name without case; NULL: none
    battletag  TEXT        NOT NULL,
    aliases    JSON        NOT NULL, -- in-game names beside the BattleTag's
    country    TEXT        NOT NULL,
    region     TEXT        NOT NULL,
    language   TEXT        NOT NULL,
    races      JSON        NOT NULL, -- that the player queues with
    vetoes     JSON        NOT NULL, -- titles of maps
    state      TEXT        NOT NULL CHECK (state IN ('setting_up', 'ready', 'deleted')),
    banned     BOOLEAN     NOT NULL,
    ban_reason TEXT        NOT NULL,
    notify     BOOLEAN     NOT NULL, -- asks to be told when somebody waits
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (state <> 'deleted' OR (discord IS NULL AND folded IS NULL AND name = '' AND battletag = '')),
    CHECK (state <> 'ready' OR (folded IS NOT NULL AND name <> '')),
    CHECK ((name = '') = (folded IS NULL))
);

-- Who may act as staff beside the owners of the settings.
CREATE TABLE staff (
    discord  TEXT        PRIMARY KEY, -- Discord user id
    name     TEXT        NOT NULL,    -- as the audit shows it
    role     TEXT        NOT NULL CHECK (role IN ('owner', 'admin', 'caster')),
    added_by TEXT        NOT NULL,
    added_at TIMESTAMPTZ NOT NULL
);

-- One row for each season. All that is data about it (rules, map pool, mod
-- releases, channels) is the document, so that a change is one write.
CREATE TABLE seasons (
    id         BIGINT      PRIMARY KEY,
    version    INTEGER     NOT NULL CHECK (version > 0),
    state      TEXT        NOT NULL CHECK (state IN ('running', 'closing', 'ended')),
    document   JSON        NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    closed_at  TIMESTAMPTZ,          -- when its queue was closed
    ended_at   TIMESTAMPTZ,          -- when the snapshot was taken
    CHECK ((state = 'running') = (closed_at IS NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);

-- One season at a time.
CREATE UNIQUE INDEX seasons_open ON seasons ((state <> 'ended')) WHERE state <> 'ended';

-- Every version that a season's document ever had, and who made it.
CREATE TABLE season_history (
    season_id BIGINT      NOT NULL REFERENCES seasons (id),
    version   INTEGER     NOT NULL,
    document  JSON        NOT NULL,
    role      TEXT        NOT NULL, -- of who wrote it, as in audit
    actor     BIGINT,
    person    TEXT        NOT NULL,
    reason    TEXT        NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (season_id, version)
);

-- One row for each match, from its offer on.
CREATE TABLE matches (
    id               BIGINT      PRIMARY KEY,
    version          INTEGER     NOT NULL CHECK (version > 0),
    season_id        BIGINT      NOT NULL REFERENCES seasons (id),
    state            TEXT        NOT NULL CHECK (state IN ('offered', 'playing', 'final', 'disputed', 'lapsed', 'void')),
    map              TEXT        NOT NULL, -- title in the pool
    map_hash         TEXT        NOT NULL, -- as learnt when the match was offered; empty: not yet
    server           TEXT        NOT NULL, -- game server
    rated            BOOLEAN     NOT NULL,
    offered_at       TIMESTAMPTZ NOT NULL,
    accepted_at      TIMESTAMPTZ,          -- by the last player
    ended_at         TIMESTAMPTZ,          -- first final, void or lapsed
    deadline         TIMESTAMPTZ,          -- of the state
    due              TIMESTAMPTZ,          -- next moment for its timer, which is a job
    upload_reminded  BOOLEAN     NOT NULL,
    dispute_reminded INTEGER     NOT NULL, -- reminders to staff
    outage           BIGINT      NOT NULL, -- that its deadlines were extended by
    absent           BIGINT      REFERENCES players (id), -- asked "not here?"
    absent_by        TIMESTAMPTZ,          -- to answer until
    reports_open     TEXT        NOT NULL, -- why players' reports count; empty: they do not
    dispute          TEXT        NOT NULL, -- why it is disputed
    disputed_at      TIMESTAMPTZ,
    ruling_id        BIGINT,               -- in force
    CHECK (state NOT IN ('offered', 'playing') OR due IS NOT NULL),
    CHECK (state <> 'playing' OR (accepted_at IS NOT NULL AND deadline IS NOT NULL)),
    CHECK (state NOT IN ('final', 'void') OR ruling_id IS NOT NULL),
    CHECK (state <> 'disputed' OR (disputed_at IS NOT NULL AND due IS NOT NULL))
);

-- What live matches are listed and moved by.
CREATE INDEX matches_live ON matches (state) WHERE state IN ('offered', 'playing', 'disputed');
CREATE INDEX matches_lapsed ON matches (ended_at) WHERE state = 'lapsed';
CREATE INDEX matches_by_season ON matches (season_id);

-- One row for each stay in the queue.
CREATE TABLE entries (
    id        BIGINT      PRIMARY KEY,
    version   INTEGER     NOT NULL CHECK (version > 0),
    season_id BIGINT      NOT NULL REFERENCES seasons (id),
    state     TEXT        NOT NULL CHECK (state IN ('searching', 'offered', 'matched', 'closed', 'left', 'expired')),
    live      BOOLEAN     NOT NULL,    -- holds its members
    joined_at TIMESTAMPTZ NOT NULL,
    since     TIMESTAMPTZ NOT NULL,    -- the waiting that a match is due for began
    deadline  TIMESTAMPTZ,             -- while searching
    reminded  BOOLEAN     NOT NULL,
    due       TIMESTAMPTZ,             -- next moment for its timer, which is a job
    match_id  BIGINT      REFERENCES matches (id),
    channel   TEXT        NOT NULL,    -- Discord channel where the player queued; empty: a direct message
    UNIQUE (id, live),
    CHECK (live = (state IN ('searching', 'offered', 'matched'))),
    CHECK (state <> 'searching' OR (deadline IS NOT NULL AND due IS NOT NULL)),
    CHECK (state NOT IN ('offered', 'matched') OR match_id IS NOT NULL)
);

CREATE INDEX entries_searching ON entries (id) WHERE state = 'searching';
CREATE INDEX entries_by_match ON entries (match_id) WHERE match_id IS NOT NULL;

-- The players of an entry: one in 1v1. live follows the entry's.
CREATE TABLE entry_members (
    entry_id  BIGINT  NOT NULL,
    place     INTEGER NOT NULL,
    player_id BIGINT  NOT NULL REFERENCES players (id),
    races     JSON    NOT NULL,
    live      BOOLEAN NOT NULL,
    PRIMARY KEY (entry_id, place),
    UNIQUE (entry_id, player_id),
    FOREIGN KEY (entry_id, live) REFERENCES entries (id, live) ON UPDATE CASCADE
);

-- Nobody is in the queue twice, or in two matches.
CREATE UNIQUE INDEX entry_members_live ON entry_members (player_id) WHERE live;

-- The players of a match, in the order of teams. Nobody plays himself.
CREATE TABLE seats (
    match_id     BIGINT      NOT NULL REFERENCES matches (id),
    place        INTEGER     NOT NULL,
    team         INTEGER     NOT NULL CHECK (team IN (0, 1)),
    player_id    BIGINT      NOT NULL REFERENCES players (id),
    entry_id     BIGINT      NOT NULL REFERENCES entries (id),
    race         TEXT        NOT NULL,
    delivered_at TIMESTAMPTZ,          -- the offer reached its player
    answer_by    TIMESTAMPTZ,
    reminded     BOOLEAN     NOT NULL,
    answer       TEXT        NOT NULL, -- to the offer; empty: none
    report       TEXT        NOT NULL, -- the last; empty: none
    reported_at  TIMESTAMPTZ,
    remake       BOOLEAN     NOT NULL, -- asks for one
    PRIMARY KEY (match_id, place),
    UNIQUE (match_id, player_id)
);

CREATE INDEX seats_by_player ON seats (player_id, match_id);

-- What players said of a match, all of it.
CREATE TABLE reports (
    id        BIGINT      PRIMARY KEY,
    match_id  BIGINT      NOT NULL REFERENCES matches (id),
    player_id BIGINT      NOT NULL REFERENCES players (id),
    result    TEXT        NOT NULL,
    at        TIMESTAMPTZ NOT NULL
);

CREATE INDEX reports_by_match ON reports (match_id);

-- Replays that were handed in for a match, with what they show.
CREATE TABLE games (
    id          BIGINT      PRIMARY KEY,
    version     INTEGER     NOT NULL CHECK (version > 0),
    match_id    BIGINT      NOT NULL REFERENCES matches (id),
    replay_id   BIGINT      NOT NULL REFERENCES replays (id),
    identity    TEXT        NOT NULL, -- the same in every file of one game; empty: cannot be told
    uploader    BIGINT      REFERENCES players (id), -- NULL: staff
    received_at TIMESTAMPTZ NOT NULL,
    judgement   JSON        NOT NULL,
    barred      BOOLEAN     NOT NULL, -- by a remake
    confirmed   JSON        NOT NULL, -- ids of players who said that what the evidence leaves open is right
    dismissed   JSON        NOT NULL, -- of those who said that it is not
    UNIQUE (match_id, replay_id)
);

-- Results, and who or what decided them. They are never changed; the next one
-- supersedes the last.
CREATE TABLE rulings (
    id            BIGINT      PRIMARY KEY,
    match_id      BIGINT      NOT NULL REFERENCES matches (id),
    number        INTEGER     NOT NULL CHECK (number > 0), -- of the match's
    result        TEXT        NOT NULL,
    void          BOOLEAN     NOT NULL,
    source        TEXT        NOT NULL,
    role          TEXT        NOT NULL, -- of who decided, as in audit
    actor         BIGINT,
    person        TEXT        NOT NULL,
    reason        TEXT        NOT NULL,
    game_id       BIGINT      REFERENCES games (id), -- NULL: not by replay
    identity      TEXT,                 -- of that game; NULL: none
    rated         BOOLEAN     NOT NULL,
    unrated       TEXT        NOT NULL, -- why not
    at            TIMESTAMPTZ NOT NULL,
    superseded_at TIMESTAMPTZ,          -- NULL: in force
    UNIQUE (match_id, number),
    CHECK (void = (result = ''))
);

-- A match has one ruling in force, and a game rules one match.
CREATE UNIQUE INDEX rulings_in_force ON rulings (match_id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX rulings_game ON rulings (identity) WHERE identity IS NOT NULL AND superseded_at IS NULL;
CREATE INDEX rulings_by_identity ON rulings (identity) WHERE identity IS NOT NULL;

-- Game accounts, and to whom they are bound.
CREATE TABLE handles (
    toon      TEXT        PRIMARY KEY,  -- "2-S2-1-278321"
    version   INTEGER     NOT NULL CHECK (version > 0),
    region    TEXT        NOT NULL,     -- its first part
    player_id BIGINT      NOT NULL REFERENCES players (id),
    state     TEXT        NOT NULL CHECK (state IN ('provisional', 'proven', 'contested')),
    opponents JSON        NOT NULL,     -- ids of players against whom matches showed it
    bound_at  TIMESTAMPTZ NOT NULL,
    match_id  BIGINT      REFERENCES matches (id) -- that bound it; NULL: staff did
);

CREATE INDEX handles_by_player ON handles (player_id);

-- Rating events: what every rating is made of. A row is never changed and never
-- deleted.
CREATE TABLE ledger (
    id            BIGINT           PRIMARY KEY,
    player_id     BIGINT           NOT NULL REFERENCES players (id),
    race          TEXT             NOT NULL,
    system        TEXT             NOT NULL, -- "elo", "glicko2"
    version       INTEGER          NOT NULL, -- of the rules of rating
    n             INTEGER          NOT NULL CHECK (n > 0), -- of the player's rows for the race and system, without a gap
    season_id     BIGINT           NOT NULL REFERENCES seasons (id),
    kind          TEXT             NOT NULL,
    match_id      BIGINT           REFERENCES matches (id), -- NULL: none
    ruling_id     BIGINT           REFERENCES rulings (id),
    sequence      INTEGER          NOT NULL, -- of the match's rows, from 0
    rating_before DOUBLE PRECISION NOT NULL,
    delta         DOUBLE PRECISION NOT NULL,
    rating_after  DOUBLE PRECISION NOT NULL,
    deviation     DOUBLE PRECISION NOT NULL, -- after it, of Glicko-2
    volatility    DOUBLE PRECISION NOT NULL,
    from_deviation  DOUBLE PRECISION NOT NULL, -- what a match was computed from, of Glicko-2
    from_volatility DOUBLE PRECISION NOT NULL,
    k             INTEGER          NOT NULL, -- the season's constants that a match was computed with; 0: no match
    spread        INTEGER          NOT NULL,
    tau           DOUBLE PRECISION NOT NULL,
    expected      DOUBLE PRECISION NOT NULL, -- score
    opponent      DOUBLE PRECISION NOT NULL, -- its rating before
    games         INTEGER          NOT NULL, -- that count, after it
    reason        TEXT             NOT NULL,
    role          TEXT             NOT NULL, -- of who made it, as in audit
    actor         BIGINT,
    person        TEXT             NOT NULL,
    at            TIMESTAMPTZ      NOT NULL,
    UNIQUE (player_id, race, system, version, n),
    UNIQUE (match_id, player_id, race, system, version, sequence),
    CHECK (system <> 'elo' OR rating_after = rating_before + delta)
);

-- The ledger's last row of each: a cache, which is locked while a rating changes.
CREATE TABLE ratings (
    player_id  BIGINT           NOT NULL REFERENCES players (id),
    race       TEXT             NOT NULL,
    system     TEXT             NOT NULL,
    value      DOUBLE PRECISION NOT NULL,
    deviation  DOUBLE PRECISION NOT NULL,
    volatility DOUBLE PRECISION NOT NULL,
    n          INTEGER          NOT NULL,
    games      INTEGER          NOT NULL,
    last_at    TIMESTAMPTZ,               -- when the last match was played
    PRIMARY KEY (player_id, race, system)
);

-- The board: a cache of final matches, ratings and players, one row for each player
-- and race with games in the season. It is written with what it is made of.
CREATE TABLE standings (
    season_id  BIGINT           NOT NULL REFERENCES seasons (id),
    player_id  BIGINT           NOT NULL REFERENCES players (id),
    race       TEXT             NOT NULL,
    hidden     BOOLEAN          NOT NULL, -- banned or deleted
    rating     DOUBLE PRECISION NOT NULL, -- Elo
    last_at    TIMESTAMPTZ      NOT NULL, -- the last match that counts ended
    share      DOUBLE PRECISION NOT NULL, -- of the games that were won, a draw being half
    games      INTEGER          NOT NULL,
    wins       INTEGER          NOT NULL,
    losses     INTEGER          NOT NULL,
    draws      INTEGER          NOT NULL,
    deviation  DOUBLE PRECISION NOT NULL, -- of Glicko-2
    name       TEXT             NOT NULL, -- the player's, as are the next two
    country    TEXT             NOT NULL,
    region     TEXT             NOT NULL,
    PRIMARY KEY (season_id, player_id, race)
);

CREATE INDEX standings_order ON standings (season_id, hidden, rating DESC, last_at DESC, share DESC, games DESC, name, player_id, race,
    region, country);

-- The board at a season's end. It is never changed.
CREATE TABLE season_standings (
    season_id BIGINT           NOT NULL REFERENCES seasons (id),
    player_id BIGINT           NOT NULL REFERENCES players (id),
    race      TEXT             NOT NULL,
    place     INTEGER          NOT NULL CHECK (place > 0),
    letter    TEXT             NOT NULL, -- rank; empty: not active
    rating    DOUBLE PRECISION NOT NULL,
    deviation DOUBLE PRECISION NOT NULL,
    games     INTEGER          NOT NULL,
    wins      INTEGER          NOT NULL,
    losses    INTEGER          NOT NULL,
    draws     INTEGER          NOT NULL,
    last_at   TIMESTAMPTZ      NOT NULL,
    PRIMARY KEY (season_id, player_id, race),
    UNIQUE (season_id, place)
);

-- Time that a player may not queue.
CREATE TABLE penalties (
    id         BIGINT      PRIMARY KEY,
    version    INTEGER     NOT NULL CHECK (version > 0),
    player_id  BIGINT      NOT NULL REFERENCES players (id),
    match_id   BIGINT      REFERENCES matches (id), -- NULL: none
    step       INTEGER     NOT NULL CHECK (step > 0), -- 1 is a warning
    reason     TEXT        NOT NULL,
    from_at    TIMESTAMPTZ NOT NULL,
    until_at   TIMESTAMPTZ NOT NULL,
    cleared_at TIMESTAMPTZ,              -- by staff; NULL: it stands
    CHECK (until_at >= from_at)
);

CREATE INDEX penalties_by_player ON penalties (player_id, until_at);

-- Who did what. A row is never deleted; only the name of an actor who is leaves it.
CREATE TABLE audit (
    id           BIGINT      PRIMARY KEY,
    kind         TEXT        NOT NULL,
    role         TEXT        NOT NULL, -- what the actor was: "player", "staff", "timer", …
    actor        BIGINT,               -- player; NULL: none
    person       TEXT        NOT NULL, -- the actor's name, of staff; empty: none
    season_id    BIGINT,               -- NULL, here and in the next: none
    match_id     BIGINT,
    entry_id     BIGINT,
    player_id    BIGINT,
    state_before TEXT        NOT NULL,
    state_after  TEXT        NOT NULL,
    reason       TEXT        NOT NULL,
    at           TIMESTAMPTZ NOT NULL
);

CREATE INDEX audit_by_match ON audit (match_id) WHERE match_id IS NOT NULL;
CREATE INDEX audit_by_player ON audit (player_id) WHERE player_id IS NOT NULL;

-- Of a ladder's announcements, the subject is the match, else the entry, else the player.
CREATE INDEX announcements_ladder ON announcements (subject) WHERE kind = 'ladder';

-- One row: until when the ladder was known to be reachable for its players. What lies
-- between it and the next beat is an outage.
CREATE TABLE heartbeat (
    id TEXT        PRIMARY KEY CHECK (id = 'all'),
    at TIMESTAMPTZ NOT NULL
);

-- What each run of the matchmaker that had something to do found and did.
CREATE TABLE matching_runs (
    id     BIGINT      PRIMARY KEY,
    at     TIMESTAMPTZ NOT NULL,
    bw     INTEGER     NOT NULL, -- who waited with a race of this side alone
    sc2    INTEGER     NOT NULL,
    either INTEGER     NOT NULL, -- who waited with both
    pairs  INTEGER     NOT NULL, -- that were made
    took   BIGINT      NOT NULL, -- microseconds
    detail JSON        NOT NULL
);

CREATE INDEX matching_runs_by_time ON matching_runs (at);

-- Which match an upload belongs to: the one that its uploader was in.
ALTER TABLE submissions ADD COLUMN match_id BIGINT REFERENCES matches (id);

CREATE INDEX submissions_by_match ON submissions (match_id) WHERE match_id IS NOT NULL;

-- One row for each player of a parsed replay. What the game is known by stands in
-- each of its rows, so that a search reads one index and a verdict writes it by one
-- statement; a search without a player reads the rows in slot 0.
CREATE TABLE replay_players (
    replay_id BIGINT           NOT NULL REFERENCES replays (id),
    slot      INTEGER          NOT NULL, -- position among the replay's players, from 0
    handle    TEXT             NOT NULL, -- empty: an AI
    name      TEXT             NOT NULL,
    folded    TEXT             NOT NULL, -- the name without case
    team      INTEGER          NOT NULL, -- from 1
    race      TEXT             NOT NULL,
    result    TEXT             NOT NULL,
    apm       DOUBLE PRECISION,          -- NULL: not counted
    game      TEXT             NOT NULL, -- the same in every file of one game; empty: cannot be told
    map_hash  TEXT             NOT NULL,
    map_title TEXT             NOT NULL, -- in the recorder's language
    format    TEXT             NOT NULL, -- "1v1", …
    category  TEXT             NOT NULL,
    matchup   TEXT             NOT NULL, -- races in order of the alphabet, by team: "bw_zerg-terran"; empty: not of two teams
    length    BIGINT           NOT NULL,
    played_at TIMESTAMPTZ      NOT NULL, -- by the recorder's clock, when the game ended
    PRIMARY KEY (replay_id, slot)
);

CREATE INDEX replay_players_by_name ON replay_players (folded, played_at, replay_id);
CREATE INDEX replay_players_by_handle ON replay_players (handle, played_at, replay_id) WHERE handle <> '';
CREATE INDEX replay_players_by_time ON replay_players (played_at, replay_id) WHERE slot = 0;
CREATE INDEX replay_players_by_map ON replay_players (map_hash, played_at, replay_id) WHERE slot = 0;
CREATE INDEX replay_players_by_game ON replay_players (game) WHERE slot = 0 AND game <> '';

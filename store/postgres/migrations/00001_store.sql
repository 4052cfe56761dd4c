-- What stores of the first version hold. A released migration never changes again.
--
-- Things are kept as the JSON that store/bolt keeps, byte for byte; other columns repeat
-- what is looked up. JSON as text ("json") keeps a NUL in a text of ICE's, which jsonb
-- cannot. Names sort by their bytes (COLLATE "C"), as in Go.

-- +goose Up
CREATE TABLE watch287g.state (
	one     boolean PRIMARY KEY DEFAULT true CHECK (one), -- there is one row; who writes a batch locks it
	commits bigint NOT NULL,                              -- the revision
	doc     json   NOT NULL
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100);
INSERT INTO watch287g.state (commits, doc) VALUES (0, '{}');

CREATE TABLE watch287g.publications (
	seq     bigint PRIMARY KEY,
	sha256  text COLLATE "C" NOT NULL,
	kept_as text COLLATE "C" NOT NULL, -- '' for one whose own bytes are kept
	doc     json NOT NULL
);
CREATE INDEX publications_sha256 ON watch287g.publications (sha256);

-- Workbooks and rosters are compressed already.
CREATE TABLE watch287g.bodies (
	sha256 text COLLATE "C" PRIMARY KEY,
	body   bytea NOT NULL
);
ALTER TABLE watch287g.bodies ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE TABLE watch287g.rosters (
	seq    bigint PRIMARY KEY,
	packed bytea NOT NULL -- JSON by gzip
);
ALTER TABLE watch287g.rosters ALTER COLUMN packed SET STORAGE EXTERNAL;

CREATE TABLE watch287g.agencies (
	id  text COLLATE "C" PRIMARY KEY,
	doc json NOT NULL
);
CREATE TABLE watch287g.records (
	id  text COLLATE "C" PRIMARY KEY,
	doc json NOT NULL
);
CREATE TABLE watch287g.changes (
	seq bigint PRIMARY KEY,
	id  text COLLATE "C" NOT NULL UNIQUE,
	doc json NOT NULL
);
CREATE TABLE watch287g.holds (
	id  text COLLATE "C" PRIMARY KEY,
	doc json NOT NULL
);
CREATE TABLE watch287g.polls (
	seq bigint PRIMARY KEY,
	doc json NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE TABLE watch287g.validators (
	url     text COLLATE "C" PRIMARY KEY,
	checked bigint NOT NULL, -- nanoseconds since 1970
	doc     json NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 400);

CREATE TABLE watch287g.deliveries (
	seq      bigint PRIMARY KEY,
	id       text COLLATE "C" NOT NULL UNIQUE,
	channel  text COLLATE "C" NOT NULL,
	state    text NOT NULL,
	attempts bigint NOT NULL,
	changes  bigint[] NOT NULL,
	doc      json NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
CREATE INDEX deliveries_waiting ON watch287g.deliveries (channel, seq) WHERE state = 'waiting';
CREATE INDEX deliveries_dead ON watch287g.deliveries (channel, seq) WHERE state = 'dead';

-- The first delivery that carries a change to a channel.
CREATE TABLE watch287g.delivered (
	channel text COLLATE "C" NOT NULL,
	change  bigint NOT NULL,
	seq     bigint NOT NULL,
	PRIMARY KEY (channel, change)
);
CREATE TABLE watch287g.incidents (
	key text COLLATE "C" PRIMARY KEY,
	doc json NOT NULL
);
CREATE TABLE watch287g.decisions (
	hold text COLLATE "C" PRIMARY KEY,
	doc  json NOT NULL
);
CREATE TABLE watch287g.secrets (
	name text COLLATE "C" PRIMARY KEY,
	doc  json NOT NULL
);

-- The last transaction of each connection that writes. Where the answer to COMMIT is
-- lost, its row says whether it was done.
CREATE TABLE watch287g.writers (
	name  text COLLATE "C" PRIMARY KEY,
	count bigint NOT NULL,
	began timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 400);

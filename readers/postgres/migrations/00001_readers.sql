-- What is kept of readers in the first version. A released migration never changes again.
--
-- Things are kept as the JSON that readers/bolt keeps; other columns repeat what is looked
-- up. Whatever can be another's is found before it is written: a constraint that is broken
-- would have the server log the row.

-- +goose Up
-- The last number that was given out of each part. Who writes a reader or a letter locks
-- its row, so that numbers ascend in the order in which they can be seen.
CREATE TABLE watch287g_readers.numbers (
	name text COLLATE "C" PRIMARY KEY,
	last bigint NOT NULL
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100);
INSERT INTO watch287g_readers.numbers (name, last) VALUES ('readers', 0), ('letters', 0);

CREATE TABLE watch287g_readers.readers (
	seq      bigint PRIMARY KEY,
	id       text COLLATE "C" NOT NULL UNIQUE,
	address  text COLLATE "C" NOT NULL UNIQUE, -- as readers.AddressKey returns it
	state    text COLLATE "C" NOT NULL,
	language text COLLATE "C" NOT NULL,
	cadence  text COLLATE "C" NOT NULL,
	ends     bigint, -- when the state ends by itself, in seconds since 1970
	doc      json NOT NULL
) WITH (fillfactor = 90);
CREATE INDEX readers_ends ON watch287g_readers.readers (ends) WHERE ends IS NOT NULL;
CREATE INDEX readers_counts ON watch287g_readers.readers (state, language, cadence);

-- Where those who are active are found.
CREATE TABLE watch287g_readers.follows (
	key     text COLLATE "C",
	cadence text COLLATE "C",
	seq     bigint,
	PRIMARY KEY (key, cadence, seq)
);

CREATE TABLE watch287g_readers.requests (
	id      text COLLATE "C" PRIMARY KEY,
	address text COLLATE "C" NOT NULL, -- as readers.AddressKey returns it
	at      bigint NOT NULL,           -- in seconds since 1970
	doc     json NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX requests_address ON watch287g_readers.requests (address, at, id);
CREATE INDEX requests_at ON watch287g_readers.requests (at);

CREATE TABLE watch287g_readers.letters (
	seq bigint PRIMARY KEY,
	"of" text COLLATE "C" NOT NULL, -- ID of the request or the reader
	doc json NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX letters_of ON watch287g_readers.letters ("of");

CREATE TABLE watch287g_readers.suppressions (
	key    text COLLATE "C" PRIMARY KEY,
	reason text COLLATE "C" NOT NULL,
	doc    json NOT NULL
);

CREATE TABLE watch287g_readers.limits (
	key   text COLLATE "C" PRIMARY KEY,
	until bigint NOT NULL, -- in seconds since 1970
	doc   json NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX limits_until ON watch287g_readers.limits (until);

CREATE TABLE watch287g_readers.moments (
	what text COLLATE "C" PRIMARY KEY,
	at   bigint NOT NULL -- in seconds since 1970
);

CREATE TABLE watch287g_readers.secrets (
	name text COLLATE "C" PRIMARY KEY,
	doc  json NOT NULL
);

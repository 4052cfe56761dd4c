-- +goose Up

-- What tells this index from one that was there before, or comes after it: in another one,
-- numbers are those of other passages.
CREATE TABLE watch287g_search.made (
    stamp text COLLATE "C" NOT NULL
);
INSERT INTO watch287g_search.made VALUES (gen_random_uuid()::text);

-- About a sentence each; what several documents say alike is there once.
CREATE TABLE watch287g_search.passages (
    id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    text text NOT NULL
);

-- What stands in each: its words, and behind a space each two that follow each other. The rows
-- of all that is found are looked at, their vectors only for three words and more in a row. So
-- vectors are kept outside of the rows, of which some ninety then are on a block: PostgreSQL does
-- that where a row comes to more than two kilobytes, as it does by the spaces, which are
-- compressed to some bytes. "the" is found in a quarter of the time.
CREATE TABLE watch287g_search.found (
    id     integer PRIMARY KEY,
    words  tsvector NOT NULL,
    spaces text NOT NULL DEFAULT repeat(' ', 2100)
) WITH (toast_tuple_target = 128);
ALTER TABLE watch287g_search.found ALTER COLUMN words SET STORAGE EXTERNAL;
CREATE INDEX found_words ON watch287g_search.found USING gin (words) WITH (fastupdate = off);

CREATE TABLE watch287g_search.documents (
    sha256   text COLLATE "C" PRIMARY KEY,
    stamp    text NOT NULL,
    pages    bytea NOT NULL,
    revision bigint NOT NULL
);
CREATE INDEX documents_revision ON watch287g_search.documents (revision);

CREATE TABLE watch287g_search.words (
    word      text COLLATE "C" PRIMARY KEY,
    documents integer NOT NULL
);

-- The passages in which something stands, by the index alone: where more than half of them
-- match, reading them all looks cheaper to the planner, and takes ten times as long.
-- +goose StatementBegin
CREATE FUNCTION watch287g_search.passages_with(wanted tsquery) RETURNS integer[]
    LANGUAGE sql STABLE SET enable_seqscan = off
    AS 'SELECT array_agg(id) FROM watch287g_search.found WHERE words @@ wanted';
-- +goose StatementEnd

-- +goose Up

-- About a sentence each; what several documents say alike is there once.
CREATE TABLE watch287g_search.passages (
    id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash  bytea NOT NULL UNIQUE,
    text  text NOT NULL,
    words tsvector NOT NULL
);
CREATE INDEX passages_words ON watch287g_search.passages USING gin (words) WITH (fastupdate = off);

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

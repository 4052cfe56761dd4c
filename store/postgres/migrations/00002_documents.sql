-- +goose Up

-- What is known of the agreements' documents, whose files are kept elsewhere.
CREATE TABLE watch287g.addresses (
	url text COLLATE "C" PRIMARY KEY,
	doc json NOT NULL
) WITH (fillfactor = 80);
CREATE TABLE watch287g.documents (
	sha256 text COLLATE "C" PRIMARY KEY,
	doc    json NOT NULL
);
CREATE TABLE watch287g.page_texts (
	id  text COLLATE "C" PRIMARY KEY,
	doc json NOT NULL
);

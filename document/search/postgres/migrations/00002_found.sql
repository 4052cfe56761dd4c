-- +goose Up

-- The passages in which something stands, by the index alone: where more than half of them
-- match, reading them all looks cheaper to the planner, and takes ten times as long.
-- +goose StatementBegin
CREATE FUNCTION watch287g_search.found(wanted tsquery) RETURNS integer[]
    LANGUAGE sql STABLE SET enable_seqscan = off
    AS 'SELECT array_agg(id) FROM watch287g_search.passages WHERE words @@ wanted';
-- +goose StatementEnd

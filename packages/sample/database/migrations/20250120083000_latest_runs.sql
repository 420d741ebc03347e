-- migrate:up

-- What the service shows on its first page: each simulation with its newest run.
CREATE VIEW latest_runs AS
SELECT DISTINCT ON (s.id)
       s.id AS simulation_id, s.name, p.name AS place, p.country_code, r.started_at, r.finished_at, r.status, r.result
FROM simulations s
JOIN places p ON p.id = s.place_id
LEFT JOIN simulation_runs r ON r.simulation_id = s.id
ORDER BY s.id, r.started_at DESC NULLS LAST;

-- lint: allow create-index because the table is empty when this is first applied
CREATE INDEX simulation_runs_unfinished ON simulation_runs (started_at) WHERE finished_at IS NULL;

-- migrate:down

DROP INDEX simulation_runs_unfinished;
DROP VIEW latest_runs;

/** The tables of schema `ops` that one package owns. */
export interface Chapter {
  /** The package's name. */
  name: string;
  /** Chapters whose tables its SQL or its package uses: who names it gets them, and they are upgraded before it. */
  after?: readonly Chapter[];
  /** Version n is entry n-1, as SQL. A released entry is never edited: a change is a new entry. */
  versions: readonly [string, ...string[]];
}

/** Which environment a target is, and what ran on it. */
export const chapter: Chapter = {
  name: 'core',
  versions: [
    `
CREATE TABLE ops.environment (
  -- one row: which environment this database is
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  name text NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now(),
  set_by text NOT NULL
);

CREATE TABLE ops.run (
  id text PRIMARY KEY,
  domain text NOT NULL,
  task text NOT NULL,
  effect text NOT NULL CHECK (effect IN ('read', 'write', 'destroy')),
  dry_run boolean NOT NULL,
  environment text NOT NULL,
  arguments jsonb NOT NULL,
  actor text NOT NULL,
  host text NOT NULL,
  ci_job text,
  git_commit text,
  -- backend of the connection that holds the lock
  backend integer NOT NULL DEFAULT pg_backend_pid(),
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  -- null from intent to outcome
  outcome text CHECK (outcome IN ('ok', 'changed', 'failed', 'refused', 'interrupted')),
  exit_code integer,
  counts jsonb,
  summary text,
  error jsonb,
  duration_ms bigint GENERATED ALWAYS AS (round(extract(epoch FROM finished_at - started_at) * 1000)::bigint) STORED
);
CREATE INDEX run_started_at ON ops.run (started_at);
CREATE INDEX run_unfinished ON ops.run (domain) WHERE outcome IS NULL;
`,
    // A check that found something is an outcome of its own: until then it was ok, with exit code 1.
    `
ALTER TABLE ops.run DROP CONSTRAINT run_outcome_check;
ALTER TABLE ops.run ADD CONSTRAINT run_outcome_check
  CHECK (outcome IN ('ok', 'changed', 'findings', 'failed', 'refused', 'interrupted'));
UPDATE ops.run SET outcome = 'findings' WHERE outcome IN ('ok', 'changed') AND exit_code = 1;
`,
  ],
};

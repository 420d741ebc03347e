import type { Chapter } from '@opsgraph/ledger';

/** How far each backfill is, and which are paused. */
export const chapter: Chapter = {
  name: 'backfills',
  versions: [
    `
-- how far a data migration is; cursor and batch are committed together
CREATE TABLE ops.backfill (
  name text PRIMARY KEY,
  -- what its file was when it began, or when a change of it was accepted
  sha256 text NOT NULL,
  table_name text NOT NULL,
  key text[] NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
  -- from 1; a further one looks for rows that came behind the cursor
  pass integer NOT NULL DEFAULT 1,
  -- the key as text: the last one of this pass that is done; null before the first
  cursor text[],
  -- the last one there was when the pass began; null: the table was empty
  bound text[],
  -- of all passes: rows looked at, and rows that were worked on
  visited bigint NOT NULL DEFAULT 0,
  worked bigint NOT NULL DEFAULT 0,
  -- the same of this pass
  pass_visited bigint NOT NULL DEFAULT 0,
  pass_worked bigint NOT NULL DEFAULT 0,
  batches bigint NOT NULL DEFAULT 0,
  batch_size integer NOT NULL,
  -- milliseconds in batches, without waiting and resting
  busy double precision NOT NULL DEFAULT 0,
  -- rows of the table when the pass began, as the statistics say
  table_rows bigint NOT NULL,
  -- the run that last did a batch
  run text NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz
);

-- a table of its own: the row above is locked while a batch runs, and a backfill
-- may be paused before it has begun
CREATE TABLE ops.backfill_pause (
  name text PRIMARY KEY,
  paused_by text NOT NULL,
  paused_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
`,
    `
-- which table a backfill began on, whatever it is called by now, and the types of its key, which say how its rows are
-- ordered; null for those of before
ALTER TABLE ops.backfill ADD relation bigint, ADD key_types text[];
`,
  ],
};

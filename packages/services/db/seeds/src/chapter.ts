import type { Chapter } from '@opsgraph/ledger';

/** What each load of a data set wrote, and the state of each set when it was last looked at. */
export const chapter: Chapter = {
  name: 'seeds',
  versions: [
    `
-- one data set loaded by one run; only loads that changed something are kept
CREATE TABLE ops.seed_load (
  -- also the order in which they happened
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run text NOT NULL,
  data_set text NOT NULL,
  environment text NOT NULL,
  actor text NOT NULL,
  file text NOT NULL,
  sha256 text NOT NULL,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  -- what an image is made of, in this order, and the types of that time
  columns text[] NOT NULL,
  types text[] NOT NULL,
  -- the columns that tell rows apart
  identity text[] NOT NULL,
  inserted bigint NOT NULL,
  updated bigint NOT NULL,
  loaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  undone_at timestamptz,
  undone_by text,
  -- rows that were left because somebody had changed them
  kept bigint
);
CREATE INDEX seed_load_standing ON ops.seed_load (data_set, id) WHERE undone_at IS NULL;

-- the rows it wrote, some hundreds at a time; an image is ROW(…)::text
CREATE TABLE ops.seed_image (
  load bigint NOT NULL REFERENCES ops.seed_load ON DELETE CASCADE,
  chunk integer NOT NULL,
  -- null for rows that were inserted; else one for each of after
  before text[],
  after text[] NOT NULL,
  PRIMARY KEY (load, chunk)
);
-- compressing costs more time than writing
ALTER TABLE ops.seed_image ALTER before SET STORAGE EXTERNAL, ALTER after SET STORAGE EXTERNAL;

-- what a set looked like when it was last seen to be as its file wants it
CREATE TABLE ops.seed_state (
  data_set text PRIMARY KEY,
  -- the run that last looked
  run text NOT NULL,
  file text NOT NULL,
  sha256 text NOT NULL,
  -- of the set's definition and the table's columns
  definition text NOT NULL,
  file_rows bigint NOT NULL,
  -- of the whole table
  table_rows bigint NOT NULL,
  table_digest text NOT NULL,
  -- rows that it once seeded, that stand in the table and are not in its file
  left_over bigint NOT NULL DEFAULT 0,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
`,
    `
-- which table and columns a load wrote to, whatever they are called by now; null for loads of before
ALTER TABLE ops.seed_load ADD relation bigint, ADD numbers smallint[];
`,
    `
-- what the triggers and rules of a table made of rows that a data set gave: such a row is as its file says
CREATE TABLE IF NOT EXISTS ops.seed_rewritten (
  schema_name text NOT NULL,
  table_name text NOT NULL,
  -- a hash of those triggers and rules: others may make something else of it
  rewriters text NOT NULL,
  -- hashes of the columns that the file has, as it gave them and as the table took them
  given bigint NOT NULL,
  taken bigint NOT NULL,
  PRIMARY KEY (schema_name, table_name, given, taken, rewriters)
);
`,
  ],
};

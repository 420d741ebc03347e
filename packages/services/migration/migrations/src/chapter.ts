import type { Chapter } from '@opsgraph/ledger';

/** What was applied from which file, beside knex's own table. */
export const chapter: Chapter = {
  name: 'migrations',
  versions: [
    `
CREATE TABLE ops.migration (
  -- schema.table of the knex ledger it stands beside; a database may have several
  ledger text NOT NULL,
  -- the file's name without extension
  stem text NOT NULL,
  file text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('knex', 'sql')),
  sha256 text NOT NULL,
  -- what the file said, so that an edit can be shown
  content text NOT NULL,
  -- started: outside a transaction, and not known to have ended
  status text NOT NULL CHECK (status IN ('started', 'applied')),
  direction text NOT NULL DEFAULT 'up' CHECK (direction IN ('up', 'down')),
  -- applied by stock knex; content and checksum were taken later
  adopted boolean NOT NULL DEFAULT false,
  batch integer NOT NULL,
  -- id in knex's table; another one there means that stock knex ran it anew
  knex_id integer,
  -- order of application
  position bigint GENERATED ALWAYS AS IDENTITY,
  run text,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  -- of a started one: how many statements are known to be done, their digest,
  -- the one begun after them outside a transaction, and what it said
  statements_done integer NOT NULL DEFAULT 0,
  done_sha256 text,
  begun text,
  error text,
  PRIMARY KEY (ledger, stem)
);
`,
  ],
};

import type { Chapter } from '@opsgraph/ledger';

/** Who may do for a limited time what only one may do. */
export const chapter: Chapter = {
  name: 'leases',
  versions: [
    // Version 4 of releases inserts into this table by these names: later versions keep them until no ledger is older.
    `
-- a row stays when its lease is free, so that the fence only grows
CREATE TABLE ops.lease (
  name text PRIMARY KEY,
  fence bigint NOT NULL,
  -- the run that took it; null: free
  run text,
  -- the checkout whose later runs may continue with it
  place text,
  actor text,
  host text,
  renewed_at timestamptz,
  expires_at timestamptz
);
`,
  ],
};

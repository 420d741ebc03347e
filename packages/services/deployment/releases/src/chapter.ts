import { chapter as leases } from '@opsgraph/leases/chapter';
import type { Chapter } from '@opsgraph/ledger';

/** What was brought to which host. */
export const chapter: Chapter = {
  name: 'releases',
  after: [leases],
  versions: [
    `
-- what was ever brought to this environment's hosts
CREATE TABLE ops.release (
  -- the first digits of the content's hash
  id text PRIMARY KEY,
  application text NOT NULL,
  manifest jsonb NOT NULL,
  -- the commit it was deployed from; null for a tree with uncommitted changes
  git_commit text,
  first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- the smoke checks passed on this environment
  verified_at timestamptz,
  -- somebody went back from it
  withdrawn_at timestamptz,
  pruned_at timestamptz
);

CREATE TABLE ops.deployment (
  -- the run of the step that opened it
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('deploy', 'rollback', 'stop', 'prune')),
  release text REFERENCES ops.release,
  git_commit text,
  plan text,
  actor text NOT NULL,
  host text NOT NULL,
  -- why a check was overridden
  reason text,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'switched', 'verified', 'unchanged', 'failed', 'undone', 'abandoned', 'stopped', 'pruned')),
  -- order of events, whatever the clocks say
  position bigint GENERATED ALWAYS AS IDENTITY,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  error text
);
CREATE INDEX deployment_release ON ops.deployment (release, position);

-- what was done to each host, written before and after
CREATE TABLE ops.deployment_step (
  deployment text NOT NULL REFERENCES ops.deployment ON DELETE CASCADE,
  host text NOT NULL,
  step text NOT NULL CHECK (step IN ('stage', 'switch', 'gate', 'undo')),
  state text NOT NULL CHECK (state IN ('begun', 'done', 'failed')),
  -- of a switch: the release to which the host would go back
  before text,
  detail text,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  PRIMARY KEY (deployment, host, step)
);

-- who may change the hosts, from the first step of a deployment to its last; the
-- row stays, so that the fence only grows
CREATE TABLE ops.deployment_lease (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  fence bigint NOT NULL,
  -- null: free
  deployment text,
  -- the checkout whose steps may go on with it
  place text,
  holder text,
  renewed_at timestamptz,
  expires_at timestamptz
);
INSERT INTO ops.deployment_lease (fence) VALUES (0);
`,
    `
-- a switch brings a release and the settings its service is started with; the settings lie on the host under this name,
-- null where the Opsgraph of then recorded none
ALTER TABLE ops.deployment_step ADD COLUMN IF NOT EXISTS settings text,
  ADD COLUMN IF NOT EXISTS before_settings text, ADD COLUMN IF NOT EXISTS withdrawn_at timestamptz;
COMMENT ON COLUMN ops.deployment_step.withdrawn_at IS 'somebody went back from these settings of the release';
`,
    // A state and a step that were foreseen, and that nothing writes. A column `run` keeps the run that it names.
    `
ALTER TABLE ops.deployment ADD run text GENERATED ALWAYS AS (id) STORED;
ALTER TABLE ops.deployment DROP CONSTRAINT deployment_state_check;
ALTER TABLE ops.deployment ADD CONSTRAINT deployment_state_check
  CHECK (state IN ('open', 'switched', 'verified', 'unchanged', 'failed', 'abandoned', 'stopped', 'pruned'));
ALTER TABLE ops.deployment_step DROP CONSTRAINT deployment_step_step_check;
ALTER TABLE ops.deployment_step ADD CONSTRAINT deployment_step_step_check CHECK (step IN ('stage', 'switch', 'undo'));
`,
    // The lease has a name now, in the chapter of leases. A deployment that is under way keeps it, with its fence and its
    // expiry; the lock comes before the copy, so that no renewal falls between copy and drop.
    `
LOCK TABLE ops.deployment_lease IN ACCESS EXCLUSIVE MODE;
INSERT INTO ops.lease (name, fence, run, place, actor, host, renewed_at, expires_at)
  SELECT 'deployment', l.fence, l.deployment, l.place, coalesce(d.actor, l.holder), coalesce(d.host, '?'), l.renewed_at, l.expires_at
  FROM ops.deployment_lease l LEFT JOIN ops.deployment d ON d.id = l.deployment;
DROP TABLE ops.deployment_lease;
`,
  ],
};

export const activations = `
-- a switch brings a release and the settings its service is started with; the settings lie on the host under this name,
-- null where the Opsgraph of then recorded none
ALTER TABLE ops.deployment_step ADD COLUMN IF NOT EXISTS settings text,
  ADD COLUMN IF NOT EXISTS before_settings text, ADD COLUMN IF NOT EXISTS withdrawn_at timestamptz;
COMMENT ON COLUMN ops.deployment_step.withdrawn_at IS 'somebody went back from these settings of the release';
`;

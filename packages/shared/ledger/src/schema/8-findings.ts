/** A check that found something is an outcome of its own: until then it was ok, with exit code 1. */
export const findings = `
ALTER TABLE ops.run DROP CONSTRAINT run_outcome_check;
ALTER TABLE ops.run ADD CONSTRAINT run_outcome_check
  CHECK (outcome IN ('ok', 'changed', 'findings', 'failed', 'refused', 'interrupted'));
UPDATE ops.run SET outcome = 'findings' WHERE outcome IN ('ok', 'changed') AND exit_code = 1;
`;

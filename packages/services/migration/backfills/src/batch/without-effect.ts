import { OpsError } from '@opsgraph/errors';

/** Rows that want work after they were given it would be met for ever. */
export function withoutEffect(path: string, still: number): OpsError {
  return new OpsError({
    code: 'BACKFILL_WITHOUT_EFFECT',
    exit: 'badData',
    message: `${path}: ${still} rows still match after the work was done, so it would never end; this batch was rolled back`,
    hint: "make the work change what `rows` selects by, or set done: 'every-row-visited'",
  });
}

import { OpsError } from '@opsgraph/errors';
import type { Manifest } from '../artifact/manifest.ts';

export interface Schema {
  /** Names of the applied migrations, without extension. */
  applied: readonly string[];
  /** Of those that the deployment applies before it switches. */
  pending: readonly string[];
  /** Hashes of the files of those that are pending. */
  contents?: readonly string[];
}

/** Why a release does not work with this schema; empty: it does. */
export function schemaMisfits({ id, migrations: { lowest, highest } }: Manifest, schema: Schema): string[] {
  const { applied } = schema;
  const newest = applied.toSorted().at(-1);
  const problems: string[] = [];
  if (lowest !== null && !applied.includes(lowest) && !schema.pending.includes(lowest))
    problems.push(`release ${id} needs migration ${lowest}, which is not applied`);
  if (highest !== null && newest !== undefined && newest > highest)
    problems.push(`release ${id} knows the schema up to ${highest}, the database has ${newest}`);
  return problems;
}

/** @throws OpsError SCHEMA_MISFIT (77) */
export function requireFit(manifest: Manifest, schema: Schema): void {
  const problems = schemaMisfits(manifest, schema);
  if (problems.length === 0) return;
  throw new OpsError({
    code: 'SCHEMA_MISFIT',
    exit: 'refused',
    message: problems.join('; '),
    hint: 'deploy a release that fits, or migrate the schema to match: pnpm --filter migration run status shows its state',
  });
}

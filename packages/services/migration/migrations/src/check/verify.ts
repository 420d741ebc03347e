import { OpsError } from '@opsgraph/errors';
import { type ConnectionSettings, withSession } from '@opsgraph/postgres';
import { compareSchemas, describeDifferences, readSchema, type Schema } from '@opsgraph/schemas';
import { applyOne } from '../apply/apply-all.ts';
import type { ApplyContext } from '../apply/context.ts';
import type { Prepared } from '../apply/prepare.ts';
import { revertOne } from '../apply/revert-one.ts';
import { shownPath, stemOf } from '../files/list-files.ts';
import type { MigrationSettings } from '../settings.ts';
import { onScratch, projectScope } from './on-scratch.ts';

export interface VerifyInput extends MigrationSettings {
  /** The first migration to verify; those before it are only applied. */
  from?: string | undefined;
  onVerified?: ((done: number, total: number) => void) | undefined;
}

export interface Verification {
  /** Migrations whose down undid their up, so that the up could run again with the same result. */
  verified: string[];
  findings: VerifyFinding[];
}

export interface VerifyFinding {
  /** Its file, relative to the project. */
  migration: string;
  what:
    | 'has no down'
    | 'down fails'
    | 'down does not undo up'
    | 'up fails the second time'
    | 'up differs the second time';
  /** The difference, or the error. */
  lines: string[];
}

/**
 * Applies all migrations to an empty scratch database; each is rolled back and
 * applied again on its way, and the schemas before and after are compared.
 * After one that cannot be applied again it continues in a new scratch database.
 *
 * @throws OpsError MIGRATION_FAILED (1) when an up fails, MIGRATION_UNKNOWN (64), MIGRATION_INVALID (65)
 */
export async function verify(
  withScratch: <T>(work: (scratch: ConnectionSettings) => Promise<T>) => Promise<T>,
  input: VerifyInput,
): Promise<Verification> {
  const result: Verification = { verified: [], findings: [] };
  for (let first: number | undefined; first !== -1; ) {
    const begin = first;
    first = await withScratch((scratch) =>
      withSession(scratch, (session) =>
        onScratch(
          session,
          input,
          (files) => files,
          (context, prepared) =>
            verifyFrom(context, input, prepared, begin ?? firstToVerify(prepared, input.from), result),
        ),
      ),
    );
  }
  return result;
}

/** Returns where to continue in a new scratch database; -1: that was all. */
async function verifyFrom(
  context: ApplyContext,
  input: VerifyInput,
  prepared: readonly Prepared[],
  first: number,
  result: Verification,
): Promise<number> {
  for (const migration of prepared.slice(0, first)) {
    context.session.signal?.throwIfAborted();
    await applyOne(context, migration, undefined);
  }
  let schema = await read(context);
  for (let index = first; index < prepared.length; index += 1) {
    context.session.signal?.throwIfAborted();
    const migration = prepared[index]!;
    const { after, finding, isBroken } = await verifyOne(context, migration, schema);
    const path = shownPath(input, migration.file.path);
    if (finding === undefined) result.verified.push(path);
    else result.findings.push({ migration: path, ...finding });
    input.onVerified?.(index + 1, prepared.length);
    if (isBroken && index + 1 < prepared.length) return index + 1;
    schema = after;
  }
  return -1;
}

interface Outcome {
  after: Schema;
  finding?: Omit<VerifyFinding, 'migration'>;
  /** The database is no longer what the next migration expects. */
  isBroken?: boolean;
}

async function verifyOne(context: ApplyContext, migration: Prepared, before: Schema): Promise<Outcome> {
  await applyOne(context, migration, undefined);
  const after = await read(context);
  const down = migration.kind === 'sql' ? migration.sql.down : migration.knex.down;
  if (down === undefined) return { after, finding: { what: 'has no down', lines: [] } };
  const hasTransaction = migration.kind === 'sql' ? migration.sql.down!.transaction : migration.transaction;
  const failed = await attempt(context, () => revertOne(context, migration, undefined, context.lastKnexId));
  if (failed !== undefined) return { after, finding: { what: 'down fails', lines: failed }, isBroken: !hasTransaction };

  const left = compareSchemas(before, await read(context));
  const again = await attempt(context, () => applyOne(context, migration, undefined));
  if (left.length > 0) {
    const lines = [...describeDifferences(left), ...(again ?? [])];
    return { after, finding: { what: 'down does not undo up', lines }, isBroken: again !== undefined };
  }
  if (again !== undefined)
    return { after, finding: { what: 'up fails the second time', lines: again }, isBroken: true };
  const second = await read(context);
  const changed = compareSchemas(after, second);
  if (changed.length === 0) return { after: second };
  return { after: second, finding: { what: 'up differs the second time', lines: describeDifferences(changed) } };
}

/** The error as lines; interruptions and a lost server are none of the migration's. */
async function attempt({ session }: ApplyContext, work: () => Promise<void>): Promise<string[] | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (session.signal?.aborted || !(error instanceof OpsError) || error.exit === 'unavailable') throw error;
    return [error.message, ...error.problems];
  }
}

function read({ session, state }: ApplyContext): Promise<Schema> {
  return readSchema(session, projectScope(state));
}

function firstToVerify(prepared: readonly Prepared[], from: string | undefined): number {
  if (from === undefined) return 0;
  const index = prepared.findIndex(
    ({ file }) => file.name === from || file.stem === from || file.stem === stemOf(from),
  );
  if (index >= 0) return index;
  throw new OpsError({
    code: 'MIGRATION_UNKNOWN',
    exit: 'usage',
    message: `no migration is named ${from}`,
    hint: '`pnpm --filter migration run status` lists them',
  });
}

import { OpsError } from '@opsgraph/errors';
import { type ConnectionSettings, type Session, withoutPasswords } from '@opsgraph/postgres';
import { type NotLoaded, readSchema, type Schema } from '@opsgraph/schemas';
import { type ApplyContext, withApplyContext } from './apply/context.ts';
import { toGoOnWith } from './apply/half-done.ts';
import { type Prepared, prepare } from './apply/prepare.ts';
import { remainderOf } from './apply/resume.ts';
import { shownPath } from './files/list-files.ts';
import { type MigrateInput, upTo } from './migrate.ts';
import { withProblems } from './migration-error.ts';
import { describeProblem, findProblems, type MigrationProblem } from './plan-migrations.ts';
import { refuseUnsound } from './refuse-unsound.ts';
import { defaultLimits, type RehearsalLimits } from './rehearse/limits.ts';
import type { OnCopy } from './rehearse/on-copy.ts';
import { type OnTarget, rehearseOnTarget } from './rehearse/on-target.ts';
import type { RehearsedMigration, TableFacts } from './rehearse/rehearsed.ts';
import { readTableFacts } from './rehearse/table-facts.ts';
import { compare } from './state/compare.ts';
import { readState } from './state/read-state.ts';
import { withSettings } from './state/session-settings.ts';

export interface RehearseInput extends MigrateInput, Partial<RehearsalLimits> {
  /** Hands out an empty scratch database, for what can't be measured on the target. */
  withScratch?: (<T>(work: (scratch: ConnectionSettings) => Promise<T>) => Promise<T>) | undefined;
}

export interface Rehearsal {
  migrations: RehearsedMigration[];
  /** Of every table that they touch. */
  tables: TableFacts[];
  /** What the copy of the schema lacked, when one was made. */
  notCopied: NotLoaded[];
  adoptable: string[];
  notices: MigrationProblem[];
}

/**
 * Executes the pending migrations in one transaction, rolls it back, and
 * returns every statement they sent with what it did: the locks on existing
 * tables, rewrites, full reads. It waits for no lock longer than a moment
 * and holds none longer than the limit. What can't be measured so is measured
 * on an empty copy of the schema, or said not to be measured.
 *
 * @throws OpsError as migrate does
 */
export async function rehearse(session: Session, given: RehearseInput): Promise<Rehearsal> {
  return withSettings(session, given, async (input) => {
    const state = await readState(session, input);
    const found = compare(state);
    const notices = refuseUnsound(findProblems(input, state, found));
    const started = toGoOnWith(found);
    const prepared = await prepare(input, [...started.map(({ file }) => file), ...upTo(found, state, input.to)]);
    const facts = {
      batch: found.batch,
      run: input.run,
      hasKnex: prepared.some(({ kind }) => kind === 'knex'),
      isRehearsal: true,
      notices,
    };
    const { migrations, notCopied } =
      prepared.length === 0
        ? { migrations: [], notCopied: [] }
        : await withApplyContext(session, input, state, facts, async (context) => {
            const begun = prepared.slice(0, started.length);
            const rest = await Promise.all(begun.map((one, index) => remainderOf(context, one, started[index]!.row)));
            return measure(context, input, [...rest, ...prepared.slice(started.length)]);
          }).catch((error: unknown) => {
            throw withProblems(error, notices.map(describeProblem));
          });
    const shown = migrations.map((one) => ({
      ...one,
      statements: one.statements.map((statement) => ({ ...statement, sql: withoutPasswords(statement.sql) })),
    }));
    const tables = await readTableFacts(session, migrations, input.lockTimeout ?? defaultLimits.lockTimeout);
    return { migrations: shown, tables, notCopied, adoptable: found.adoptable.map(({ name }) => name), notices };
  });
}

async function measure(
  context: ApplyContext,
  input: RehearseInput,
  prepared: readonly Prepared[],
): Promise<{ migrations: RehearsedMigration[]; notCopied: NotLoaded[] }> {
  const { lockTimeout = defaultLimits.lockTimeout, holdLimit = defaultLimits.holdLimit, withScratch } = input;
  const target = await rehearseOnTarget(context, prepared, { lockTimeout, holdLimit });
  const isWhole = target.migrations.length === prepared.length && target.migrations.every(isMeasured(target));
  if (isWhole) return { migrations: target.migrations, notCopied: [] };
  if (withScratch === undefined) {
    if (target.doubtful !== undefined) throw explainDependence(target.doubtful.error, target.migrations);
    return {
      migrations: complete(context, prepared, target, undefined, 'there was no copy to measure it on'),
      notCopied: [],
    };
  }
  let copy: OnCopy | undefined;
  let why = '';
  try {
    const schema = await readUnlocked(context.session, lockTimeout);
    const { rehearseOnCopy } = await import('./rehearse/on-copy.ts');
    copy = await withScratch((scratch) => rehearseOnCopy(scratch, schema, input, prepared));
    if (copy.failure !== undefined) why = `on a copy of the schema it failed: ${(copy.failure.error as Error).message}`;
  } catch (error) {
    if (!(error instanceof OpsError) || context.session.signal?.aborted) throw error;
    why = error.message;
  }
  if (copy?.failure !== undefined) {
    const { certainFailure } = await import('./rehearse/certain-failure.ts');
    const certain = certainFailure(context, prepared, copy);
    if (certain !== undefined) throw certain;
  }
  // Two failures are no coincidence of the rehearsal.
  if (target.doubtful !== undefined && copy?.failure?.index === target.doubtful.index)
    throw explainDependence(target.doubtful.error, target.migrations);
  return { migrations: complete(context, prepared, target, copy, why), notCopied: copy?.notLoaded ?? [] };
}

/** Reading the catalogue waits for those who change tables; not for long here. */
async function readUnlocked(session: Session, lockTimeout: number): Promise<Schema> {
  return session.transaction(async () => {
    await session.execute(`SET LOCAL lock_timeout = ${Math.round(lockTimeout)}`);
    return readSchema(session, { withoutSchemas: ['ops'] });
  });
}

/** Everything of it was executed, and no lock that it took can have been hidden by one held before. */
function isMeasured({ hidden }: OnTarget): (migration: RehearsedMigration, index: number) => boolean {
  return ({ skipped }, index) => skipped === undefined && hidden[index]!.length === 0;
}

/** The target's measurements where they are whole, else the copy's with the target's times. */
function complete(
  { settings }: ApplyContext,
  prepared: readonly Prepared[],
  target: OnTarget,
  copy: OnCopy | undefined,
  why: string,
): RehearsedMigration[] {
  const stopped = target.migrations.find(({ skipped }) => skipped !== undefined);
  return prepared.map(({ file, ...migration }, index) => {
    const onTarget = target.migrations[index] ?? {
      stem: file.stem,
      path: shownPath(settings, file.path),
      statements:
        migration.kind === 'sql'
          ? migration.sql.up.statements.map(({ text }) => ({
              sql: text,
              measuredOn: undefined,
              milliseconds: undefined,
              effects: [],
            }))
          : [],
      objects: [],
      milliseconds: 0,
      skipped: `comes after ${stopped?.path ?? 'one that'}, which was not fully rehearsed`,
      unmeasured: undefined,
    };
    if (isMeasured(target)(onTarget, index) && target.migrations[index] !== undefined) return onTarget;
    const onCopy = copy?.migrations[index];
    if (onCopy === undefined) return { ...onTarget, unmeasured: why };
    const statements = onCopy.statements.map((statement, at) => ({
      ...statement,
      milliseconds: onTarget.statements[at]?.milliseconds,
    }));
    return { ...onTarget, statements, objects: onCopy.objects };
  });
}

function explainDependence(error: unknown, before: readonly RehearsedMigration[]): unknown {
  const skipped = before.filter((one) => one.skipped !== undefined).map(({ path }) => path);
  if (skipped.length === 0 || !(error instanceof OpsError) || error.code === 'INTERRUPTED') return error;
  const { code, exit, message, hint, problems, cause } = error;
  return new OpsError({
    code,
    exit,
    message,
    hint,
    problems: [...problems, `perhaps only because this could not be rehearsed: ${skipped.join(', ')}`],
    cause,
  });
}

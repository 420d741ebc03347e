import { hash } from 'node:crypto';
import type { OpsError } from '@opsgraph/errors';
import { withoutLayout } from '../files/layout.ts';
import { shownPath } from '../files/list-files.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import type { SqlSection } from '../sql/parse-sql-migration.ts';
import type { LedgerRow } from '../state/state.ts';
import { type ConcurrentIndex, concurrentIndex, dropInvalidIndex, indexState } from './concurrent-index.ts';
import type { ApplyContext } from './context.ts';
import { halfDone } from './half-done.ts';
import type { Prepared } from './prepare.ts';
import { digestOf, isSessionSetting } from './run-stepwise.ts';

/** Statements that come to the same when they run again. */
const repeatable =
  /^(vacuum|analyze|reindex|refresh\s+materialized|cluster|checkpoint|set|reset|alter\s+system)\b|\bif\s+(not\s+)?exists\b/i;

/**
 * How many statements of a half-done section are certainly done, so that it
 * can continue after them.
 *
 * @throws OpsError MIGRATION_HALF_DONE (77) where that is not certain
 */
export async function resumePoint(
  { session, settings }: ApplyContext,
  row: LedgerRow,
  file: MigrationFile,
  section: SqlSection,
): Promise<number> {
  const done = row.statements_done;
  const doubt = (why: string): OpsError => halfDone(row, shownPath(settings, file.path), why);
  if (done > 0 && ![digestOf(section, done), formerDigestOf(section, done)].includes(row.done_sha256 ?? ''))
    throw doubt(`its first ${done} statements are done and were edited since`);
  if (row.begun === null) return done;
  const next = section.statements[done];
  if (next === undefined || withoutLayout('sql', next.text) !== withoutLayout('sql', row.begun))
    throw doubt('the statement that was running when it ended was edited since');
  const index = concurrentIndex(next.text);
  if (index === undefined) {
    if (repeatable.test(next.text)) return done;
    throw doubt('it ended while this statement ran, which may or may not have taken effect');
  }
  return (await indexState(session, index)) === 'valid' ? done + 1 : done;
}

/** As it was recorded before layout was left out of it. */
function formerDigestOf({ statements }: SqlSection, count: number): string {
  const done = statements.slice(0, count).map(({ text }) => text);
  return hash('sha256', done.join('\n;\n'));
}

/** What is left to do of a migration that an earlier run began; drops nothing. */
export async function remainderOf(context: ApplyContext, migration: Prepared, row: LedgerRow): Promise<Prepared> {
  const { file } = migration;
  if (migration.kind === 'knex') {
    await leftOfUntouched(context, row, file);
    return migration;
  }
  const { up } = migration.sql;
  const done = await resumePoint(context, row, file, up);
  const statements = up.statements.filter(({ text }, index) => index >= done || isSessionSetting(text));
  return { ...migration, sql: { ...migration.sql, up: { ...up, statements } } };
}

/** For knex migrations the program between the statements is unknown: only one that did nothing can run again, or that only left an invalid index, which is dropped. */
export async function requireUntouched(
  context: ApplyContext,
  row: LedgerRow,
  file: MigrationFile | undefined,
): Promise<void> {
  const left = await leftOfUntouched(context, row, file);
  if (left !== undefined) await dropInvalidIndex(context.session, left);
}

async function leftOfUntouched(
  { session, settings }: ApplyContext,
  row: LedgerRow,
  file: MigrationFile | undefined,
): Promise<ConcurrentIndex | undefined> {
  const doubt = (why: string): OpsError =>
    halfDone(row, file === undefined ? row.file : shownPath(settings, file.path), why);
  if (file === undefined) throw doubt('its file is gone');
  if (row.error !== null) throw doubt(`it failed half way: ${row.error}`);
  if (row.begun === null) return undefined;
  const index = row.statements_done === 0 ? concurrentIndex(row.begun) : undefined;
  if (index === undefined || (await indexState(session, index)) === 'valid')
    throw doubt('it ended while or after this statement ran');
  return index;
}

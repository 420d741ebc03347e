import type { OpsError } from '@opsgraph/errors';
import { sqlState } from '@opsgraph/postgres';
import type { ApplyContext } from '../apply/context.ts';
import type { Prepared } from '../apply/prepare.ts';
import { migrationFailed } from '../migration-error.ts';
import { ScriptError } from '../state/script.ts';
import { FailedStatement, type OnCopy } from './on-copy.ts';

/**
 * A failure on the copy that the target will give too. The copy has the
 * target's schema and no rows, and there each migration had a transaction of
 * its own: an enum value that is used too early fails whatever the rows, and
 * so does SQL that names what is not there, if the copy is complete (it has
 * no ledger).
 */
export function certainFailure(
  { session, settings }: ApplyContext,
  prepared: readonly Prepared[],
  { failure, notLoaded }: OnCopy,
): OpsError | undefined {
  if (failure === undefined) return undefined;
  const { error, index } = failure;
  const [place, given] = error instanceof FailedStatement ? [error, error.cause] : [undefined, error];
  const cause = given instanceof ScriptError ? given.cause : given;
  const isWhole = notLoaded.length === 0 && !/\bops\b/.test(place?.statement ?? '');
  const isOfSchema = place !== undefined && isWhole && /^42(?!501)/.test(sqlState(cause));
  if (sqlState(cause) !== '55P04' && !isOfSchema) return undefined;
  const hint =
    sqlState(cause) === '55P04'
      ? 'add the value in a migration of its own, before the one that uses it; seen on a copy of the schema'
      : 'correct the migration; seen on a copy of the schema, nothing was changed';
  const { file } = prepared[index]!;
  const statement = place?.statement;
  const at = statement !== undefined && given instanceof ScriptError ? given.placeIn(statement) : undefined;
  return migrationFailed(session, settings, { file, line: place?.line, statement, at, hint }, cause);
}

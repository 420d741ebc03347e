import { OpsError } from '@opsgraph/errors';
import { describeProblem, type MigrationProblem } from './plan-migrations.ts';

/** @throws OpsError MIGRATIONS_UNSOUND (77; 65 or 78 when only files or the configuration are wrong) with everything that must be settled first; returns the rest */
export function refuseUnsound(problems: readonly MigrationProblem[]): MigrationProblem[] {
  const blocking = problems.filter(({ blocks }) => blocks);
  if (blocking.length === 0) return [...problems];
  const isConfiguration = blocking.every(({ kind }) => kind === 'knex-module');
  const isData = blocking.every(({ kind }) => kind === 'file' || kind === 'duplicate');
  throw new OpsError({
    code: 'MIGRATIONS_UNSOUND',
    exit: isConfiguration ? 'configuration' : isData ? 'badData' : 'refused',
    message:
      blocking.length === 1
        ? 'a migration must be resolved first; nothing was applied'
        : `${blocking.length} migrations must be resolved first; nothing was applied`,
    hint: isConfiguration
      ? 'correct the configuration and run the same command again'
      : isData
        ? 'correct the files and run the same command again'
        : '`pnpm --filter migration run repair` shows the differences',
    problems: blocking.map(describeProblem),
  });
}

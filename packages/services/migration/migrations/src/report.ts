import type { TaskReport } from '@opsgraph/report';
import { count } from '@opsgraph/text';
import type { MigrateResult } from './migrate.ts';
import { describeProblem, type MigrationPlan } from './plan-migrations.ts';
import { describeRehearsal } from './rehearse/describe-rehearsal.ts';
import type { Rehearsal } from './rehearse.ts';
import type { RepairResult } from './repair.ts';
import type { RollbackResult } from './rollback.ts';

export function reportMigrated(result: MigrateResult, warn: (text: string) => void): TaskReport {
  for (const notice of result.notices) warn(describeProblem(notice));
  const { applied, adopted } = result;
  const done = [
    applied.length > 0 && `applied ${count(applied.length, 'migration')}`,
    adopted.length > 0 && `adopted ${adopted.length} of stock knex`,
  ].filter((part) => part !== false);
  return {
    summary: done.length === 0 ? 'no migration is pending' : done.join(', '),
    changes: [
      ...adopted.map((object) => ({ action: 'adopt', object })),
      ...applied.map(({ name }) => ({ action: 'apply', object: name })),
    ],
    data: result,
  };
}

/** The SQL of a rehearsal with what was measured, as a script that a person can read. */
export function reportRehearsed(rehearsal: Rehearsal): TaskReport {
  const { migrations, adoptable, notices } = rehearsal;
  return {
    summary:
      migrations.length === 0
        ? 'no migration is pending'
        : `${count(migrations.length, 'migration')} would be applied; nothing was changed`,
    changes: [
      ...adoptable.map((object) => ({ action: 'adopt', object })),
      ...migrations.map(({ path }) => ({ action: 'apply', object: path })),
    ],
    lines: [...notices.map((notice) => `-- ${describeProblem(notice)}`), ...describeRehearsal(rehearsal)],
    data: rehearsal,
  };
}

/** Pending migrations and problems are findings. */
export function reportPlan(plan: MigrationPlan): TaskReport {
  const { applied, pending, problems } = plan;
  const rows = [
    ...applied.map(
      ({ name, batch, appliedAt, adopted }) =>
        `  applied  ${name}  batch ${batch}${appliedAt === null ? '' : `  ${appliedAt.toISOString().slice(0, 19)}Z`}${adopted ? '  adopted' : ''}`,
    ),
    ...pending.map(({ name }) => `  pending  ${name}`),
    ...problems.flatMap(({ migration, message, hint }) => [`  ✖ ${migration}: ${message}`, `      ${hint}`]),
  ];
  const isClean = pending.length === 0 && problems.length === 0;
  const rest = [
    pending.length > 0 && `${pending.length} pending`,
    problems.length > 0 && count(problems.length, 'problem'),
  ].filter((part) => part !== false);
  return {
    summary: [`${applied.length} applied`, ...(isClean ? ['nothing pending'] : rest)].join(', '),
    changes: [],
    lines: rows,
    data: plan,
    findings: !isClean,
  };
}

export function reportRolledBack(
  { reverted, notices }: RollbackResult,
  dryRun: boolean,
  warn: (text: string) => void,
): TaskReport {
  for (const notice of notices) warn(describeProblem(notice));
  const what =
    reverted.length === 0
      ? 'nothing was applied after it'
      : `${count(reverted.length, 'migration')} ${dryRun ? 'would be rolled back' : 'rolled back'}`;
  return {
    summary: what,
    changes: reverted.map(({ name }) => ({ action: 'revert', object: name })),
    data: { reverted },
  };
}

/** What is left to settle is a finding. */
export function reportRepair({ problems, differences, repaired }: RepairResult, dryRun: boolean): TaskReport {
  const settled = new Set(repaired.map(({ migration }) => migration));
  const open = problems.filter(
    ({ migration, kind }) => kind !== 'out-of-order' && ![...settled].some((stem) => migration.includes(stem)),
  );
  const lines = problems.flatMap((problem) => [
    describeProblem(problem),
    ...(differences.find(({ migration }) => migration === problem.migration)?.lines ?? []),
    '',
  ]);
  const did = repaired.length === 0 ? '' : `${dryRun ? 'would repair' : 'repaired'} ${repaired.length}; `;
  return {
    summary: `${did}${open.length === 0 ? 'nothing is left to repair' : `${count(open.length, 'problem')} to resolve`}`,
    changes: repaired.map(({ action, migration }) => ({ action, object: migration })),
    lines,
    data: { problems, differences, repaired },
    findings: open.length > 0,
  };
}

import type { TaskReport } from '@opsgraph/report';
import { count } from '@opsgraph/text';
import { describeFinding } from './describe-finding.ts';
import type { LintResult } from './lint-migrations.ts';

/**
 * Notes say what was not checked; they are no findings. `leftOut`: programs
 * that were not executed, so that what they send is not known.
 */
export function reportLint(result: LintResult, leftOut: readonly string[] = []): TaskReport {
  const serious = result.findings.filter(({ level }) => level !== 'note').length;
  const notes = result.findings.length - serious;
  const parts = [
    serious === 0 ? 'nothing unsafe found' : count(serious, 'finding'),
    ...(notes === 0 ? [] : [count(notes, 'note')]),
  ];
  if (result.files === 0 && result.findings.length === 0 && leftOut.length === 0)
    return {
      summary: 'there was no migration to look at',
      changes: [],
      lines: [],
      data: { ...result, leftOut },
      findings: false,
    };
  const left =
    leftOut.length === 0
      ? ''
      : `; ${count(leftOut.length, 'knex migration')} left out, they are known only with a database`;
  return {
    summary: `${parts.join(', ')} in ${count(result.files, 'migration')}${left}`,
    changes: [],
    lines: result.findings.flatMap((finding) => [...describeFinding(finding), '']),
    data: { ...result, leftOut },
    findings: serious > 0,
  };
}

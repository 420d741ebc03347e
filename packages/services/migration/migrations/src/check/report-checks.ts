import type { TaskReport } from '@opsgraph/report';
import { describeDifferences } from '@opsgraph/schemas';
import { count } from '@opsgraph/text';
import type { Baseline } from '../baseline.ts';
import type { Drift } from './find-drift.ts';
import type { Verification } from './verify.ts';
import type { WrittenSchema } from './write-schema.ts';

/** A migration that cannot be rolled back as it should is a finding; one without a down only when asked for. */
export function reportVerified(result: Verification, mayLackDown: boolean): TaskReport {
  const serious = result.findings.filter(({ what }) => !mayLackDown || what !== 'has no down');
  const without = result.findings.length - serious.length;
  return {
    summary: [
      `${result.verified.length} verified`,
      ...(without === 0 ? [] : [`${without} without a down`]),
      ...(serious.length === 0 ? [] : [`${serious.length} not as they should be`]),
    ].join(', '),
    changes: [],
    lines: result.findings.flatMap(({ migration, what, lines }) => [
      `${migration}: ${what}`,
      ...lines.map((line) => `    ${line}`),
    ]),
    data: result,
    findings: serious.length > 0,
  };
}

/** Any difference is a finding. */
export function reportDrift(drift: Drift): TaskReport {
  const { differences, migrations } = drift;
  return {
    summary:
      differences.length === 0
        ? `the schema is what its ${migrations} migrations make`
        : `the schema differs in ${differences.length} from what its ${migrations} migrations make`,
    changes: [],
    lines: [
      ...(differences.length === 0 ? [] : ['- is what the migrations make, + is what the database has']),
      ...describeDifferences(differences),
    ],
    data: drift,
    findings: differences.length > 0,
  };
}

/** A stale file is a finding of a check, and a change otherwise. */
export function reportSchema(
  { path, isCurrent, difference }: WrittenSchema,
  isCheck: boolean,
  isDryRun: boolean,
): TaskReport {
  const wrote = isCheck ? 'is stale: write it again' : isDryRun ? 'would be written' : 'written';
  return {
    summary: isCurrent ? `${path} is up to date` : `${path} ${wrote}`,
    changes: isCurrent || isCheck ? [] : [{ action: 'write', object: path }],
    lines: isCheck || isDryRun ? difference : [],
    data: { path, isCurrent, difference },
    findings: isCheck && !isCurrent,
  };
}

/** What the database has beyond the migrations is reported, and is no finding. */
export function reportBaseline({ recorded, extra }: Baseline, dryRun: boolean): TaskReport {
  const migrations = count(recorded.length, 'migration');
  return {
    summary:
      recorded.length === 0
        ? 'all of them are recorded already'
        : `${migrations} ${dryRun ? 'would be recorded' : 'recorded'} as applied; none was run`,
    changes: recorded.map((object) => ({ action: 'record', object })),
    lines: extra.length === 0 ? [] : ['the database has more than they make:', ...describeDifferences(extra)],
    data: { recorded, extra },
  };
}

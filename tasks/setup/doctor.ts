import { defineTask, runTask } from '@opsgraph/kit';
import { diagnose } from './steps/diagnose.ts';

export const doctor = defineTask({
  name: 'setup:doctor',
  summary: 'Report everything that would stop the other tasks; change nothing',
  effect: 'read',
  needs: 'nothing',
  graph: { reads: ['secrets', 'database'] },
  readsConfig: true,
  options: {},
  examples: [
    {
      command: 'pnpm --filter setup run doctor',
      says: 'examines the local environment; exits 1 when something is wrong',
    },
    {
      command: 'pnpm --filter setup run doctor --env production --json',
      says: 'the same of production, for a machine',
    },
  ],
  async run(context) {
    const findings = await diagnose(context);
    const wrong = findings.filter(({ state }) => state === 'wrong').length;
    const marks = { ok: '✓', note: '·', wrong: '✖' };
    const lines = findings.flatMap(({ subject, state, fact, remedy }) => [
      `${marks[state]} ${subject}  ${fact}`,
      ...(state !== 'ok' && remedy !== undefined ? [`    → ${remedy}`] : []),
    ]);
    const summary =
      wrong === 0 ? 'nothing is in the way' : `${wrong} of ${findings.length} checks found something wrong`;
    return { summary, changes: [], lines, data: findings, findings: wrong > 0 };
  },
});

await runTask(doctor, import.meta);

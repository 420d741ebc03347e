import { defineTask, runTask } from '@opsgraph/kit';

export const backupGate = defineTask({
  name: 'deployment:backup-gate',
  summary: 'Placeholder for the pre-migration backup; it makes none yet, and says so',
  effect: 'read',
  needs: 'config',
  graph: { after: ['deployment:preflight'], reads: ['database'], environments: ['each'] },
  options: {},
  examples: [{ command: 'pnpm --filter deployment run backup-gate:staging', says: 'says what it does not do' }],
  async run({ environmentName, talk }) {
    talk.warn(`no backup of ${environmentName} was made: this step waits for the backup domain`);
    return { summary: 'no backup was made', changes: [], data: { backup: null } };
  },
});

await runTask(backupGate, import.meta);

import { defineTask, runTask } from '@opsgraph/kit';
import { writeSecrets } from './steps/write-secrets.ts';

export const configure = defineTask({
  name: 'setup:configure',
  summary: 'Create the secrets file of a sandbox environment with random secrets',
  description: 'Writes config/.env.<environment> with mode 0600. A value that is there is never overwritten.',
  effect: 'write',
  needs: 'config',
  graph: { writes: ['secrets'] },
  options: {},
  examples: [
    { command: 'pnpm --filter setup run configure', says: 'writes config/.env.local where secrets are missing' },
  ],
  run: writeSecrets,
});

await runTask(configure, import.meta);

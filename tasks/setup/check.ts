import { defineTask, runTask } from '@opsgraph/kit';
import { checkTools } from './steps/check-tools.ts';

export const check = defineTask({
  name: 'setup:check',
  summary: 'Check that this machine has the programs and packages the tasks need',
  effect: 'read',
  needs: 'nothing',
  options: {},
  examples: [{ command: 'pnpm --filter setup run check', says: 'lists each tool, its version, and how to get it' }],
  run: checkTools,
});

await runTask(check, import.meta);

import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';

export const verify = defineTask({
  name: 'migration:verify',
  summary: 'Prove on a scratch database that every down undoes its up',
  description:
    'Each migration is applied to an empty database beside the target, rolled back and applied again; the schemas before and after must be equal. The scratch database is always removed. The target is not touched.',
  effect: 'read',
  needs: 'database',
  sections: ['migrations'],
  chapters: [migrations],
  graph: { reads: ['migrations'] },
  options: {
    from: {
      type: 'string',
      value: 'MIGRATION',
      description: 'the first one to verify; those before it are only applied',
    },
    'allow-no-down': { type: 'boolean', description: 'report a migration without a down, but not as a finding' },
  },
  examples: [
    { command: 'pnpm --filter migration run verify', says: 'ends with 1 when a down does not undo its up' },
    {
      command: 'pnpm --filter migration run verify --from 20250203090000_users',
      says: 'looks at the newer ones only',
    },
  ],
  async run({ connection, config, projectRoot, options, signal, talk }) {
    const { verify: prove } = await import('@opsgraph/migrations/verify');
    const { reportVerified } = await import('@opsgraph/migrations/report-checks');
    const { scratchBeside } = await import('./steps/scratch.ts');
    const progress = talk.progress('verified', 'migrations');
    try {
      const input = { ...config.migrations, projectRoot, from: options.from, onVerified: progress.update };
      const result = await prove(scratchBeside({ connection, config, signal }), input);
      return reportVerified(result, options['allow-no-down']);
    } finally {
      progress.end();
    }
  },
});

await runTask(verify, import.meta);

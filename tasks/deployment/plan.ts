import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';
import { chapter as releases } from '@opsgraph/releases/chapter';
import { releaseDirectory } from './steps/release-directory.ts';

export const plan = defineTask({
  name: 'deployment:plan',
  summary: 'Show what a deployment would upload, apply and switch, and the hash of it',
  description:
    'Files and bytes for each host, the locks of pending migrations (rehearsed in a transaction that is rolled back), and the order. With OPS_PLAN=HASH, or ops run --plan HASH, a deployment is refused when anything has changed in between.',
  effect: 'read',
  needs: 'database',
  sections: ['deployment', 'migrations'],
  chapters: [migrations, releases],
  graph: {
    after: ['deployment:release', 'setup:setup'],
    reads: ['release', 'schema', 'hosts'],
    environments: ['each'],
  },
  options: {},
  examples: [{ command: 'pnpm --filter deployment run plan:staging', says: 'changes nothing' }],
  async run(context) {
    const { readRelease } = await import('@opsgraph/releases');
    const { planAll } = await import('./steps/plan-all.ts');
    const { asLines } = await import('./steps/describe-plan.ts');
    const { manifest } = await readRelease(releaseDirectory(context.projectRoot));
    const { plan: found, locks, described } = await planAll(context, manifest);
    const { hosts, changes, batches, hash } = found;
    const what =
      changes.length === 0
        ? `nothing to do: ${context.environmentName} runs release ${manifest.id} already`
        : `release ${manifest.id} would go to ${context.environmentName}`;
    return {
      summary: `${what}; plan ${hash}`,
      changes: [],
      lines: asLines(described),
      data: { release: manifest.id, plan: hash, planned: changes, hosts, batches, migrations: locks },
    };
  },
});

await runTask(plan, import.meta);

import { defineTask, runTask } from '@opsgraph/kit';
import { releaseDirectory } from './steps/application-files.ts';
import { deploymentContext, readSchema } from './steps/deployment-context.ts';
import { lines } from './steps/preflight.ts';

export const plan = defineTask({
  name: 'deployment:plan',
  summary: 'Show what a deployment would upload, apply and switch, and the hash of it',
  description: 'The hash can be given to preflight --plan, which refuses when anything has moved in between.',
  effect: 'read',
  needs: 'database',
  options: {},
  examples: [{ command: 'pnpm --filter deployment run plan:staging', says: 'changes nothing' }],
  async run(context) {
    const { inspectAll, planDeployment, readRelease, requireFit } = await import('@opsgraph/releases');
    const { manifest } = await readRelease(releaseDirectory(context.projectRoot));
    const schema = await readSchema(context);
    requireFit(manifest, schema);
    const { changes, hash } = planDeployment(manifest, await inspectAll(await deploymentContext(context)), schema);
    return {
      summary: `${changes.length === 0 ? 'nothing to do' : `${changes.length} things to do`}; plan ${hash}`,
      changes: [],
      lines: lines(changes),
      data: { release: manifest.id, plan: hash, planned: changes },
    };
  },
});

await runTask(plan, import.meta);

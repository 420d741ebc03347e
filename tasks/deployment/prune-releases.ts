import { defineTask, runTask } from '@opsgraph/kit';
import { afterOthers } from './steps/after-others.ts';
import { deploymentContext } from './steps/deployment-context.ts';

export const pruneReleases = defineTask({
  name: 'deployment:prune-releases',
  summary: 'Remove old releases from the hosts; never the live one, never the last verified',
  description: 'Every deployment does it at its end; this is for a disk that is full before one can begin.',
  effect: 'write',
  needs: 'config',
  confirm: (_options, { deployment }) => (deployment?.confirm === false ? undefined : 'changes'),
  options: {},
  examples: [{ command: 'pnpm --filter deployment run prune-releases:staging', says: 'keeps deployment.keep of them' }],
  run: (context) =>
    afterOthers(context, async (onTarget) => {
      const services = await import('@opsgraph/releases');
      if (context.dryRun) return { summary: 'old releases would be removed', changes: [] };
      const pruned = await services.pruneReleases(await deploymentContext(onTarget, { starts: false }));
      const changes = [...pruned].flatMap(([host, ids]) =>
        ids.map((id) => ({ action: 'remove', object: `release ${id} from ${host}` })),
      );
      const count = changes.length === 1 ? '1 release was' : `${changes.length} releases were`;
      return { summary: `${count} removed`, changes };
    }),
});

await runTask(pruneReleases, import.meta);

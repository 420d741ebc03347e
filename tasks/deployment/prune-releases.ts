import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as releases } from '@opsgraph/releases/chapter';
import { afterOthers } from './steps/after-others.ts';
import { deploymentContext } from './steps/deployment-context.ts';

export const pruneReleases = defineTask({
  name: 'deployment:prune-releases',
  summary: 'Remove old releases from the hosts; never the live one, never the last verified',
  description: 'Every deployment does this at its end; run it by hand when a full disk keeps one from starting.',
  effect: 'write',
  needs: 'config',
  sections: ['deployment'],
  chapters: [releases],
  guard: {
    confirm: (_options, { deployment }) => (deployment?.confirm === false ? undefined : 'changes'),
  },
  graph: { reads: ['deployment'], writes: ['hosts'], environments: ['each'] },
  options: {},
  examples: [{ command: 'pnpm --filter deployment run prune-releases:staging', says: 'keeps deployment.keep of them' }],
  run: (context) =>
    afterOthers(context, async (onTarget) => {
      const services = await import('@opsgraph/releases');
      const { agree, count } = await import('@opsgraph/text');
      const input = await deploymentContext(onTarget, { starts: false });
      const pruned = await (context.dryRun ? services.planPrune(input) : services.pruneReleases(input));
      const changes = [...pruned].flatMap(([host, ids]) =>
        ids.map((id) => ({ action: 'remove', object: `release ${id} from ${host}` })),
      );
      const releases = count(changes.length, 'release');
      const verb = context.dryRun ? 'would be' : agree(changes.length, 'was', 'were');
      return { summary: `${releases} ${verb} removed`, changes };
    }),
});

await runTask(pruneReleases, import.meta);

import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';
import { chapter as releases } from '@opsgraph/releases/chapter';
import { deploymentContext } from './steps/deployment-context.ts';
import { readSchema } from './steps/read-schema.ts';
import { releaseDirectory } from './steps/release-directory.ts';
import { requireServiceLogin } from './steps/require-service-login.ts';

export const rollout = defineTask({
  name: 'deployment:rollout',
  summary: 'Upload the release to every host and switch, batch by batch, through the health gate',
  description:
    'A step of a deployment that preflight has begun. When a host fails, the hosts that this deployment changed are rolled back.',
  effect: 'write',
  needs: 'database',
  sections: ['deployment', 'migrations'],
  chapters: [migrations, releases],
  guard: {
    confirm: (_options, { deployment }) => (deployment?.confirm === false ? undefined : 'changes'),
  },
  graph: {
    after: ['migration:migrate'],
    reads: ['release', 'schema', 'deployment'],
    writes: ['hosts'],
    environments: ['each'],
  },
  options: {},
  examples: [{ command: 'pnpm --filter deployment run rollout:staging', says: 'is the step after migrate:staging' }],
  async run(context) {
    requireServiceLogin(context.config, context.environmentName);
    const { readRelease } = await import('@opsgraph/releases/read-release');
    const release = await readRelease(releaseDirectory(context.projectRoot));
    if (context.dryRun) {
      const { planAll } = await import('./steps/plan-all.ts');
      const { plan, described } = await planAll(context, release.manifest);
      return {
        summary: `release ${release.manifest.id} would be rolled out; plan ${plan.hash}`,
        changes: described,
      };
    }
    const { deployRelease } = await import('@opsgraph/releases/deploy-release');
    const schema = await readSchema(context);
    const inputs = await deploymentContext(context, { starts: true });
    const { changed, uploaded, release: id } = await deployRelease(inputs, release, schema);
    const uploads = [...uploaded];
    return {
      summary:
        changed.length === 0 ? `release ${id} was live everywhere` : `release ${id} is live on ${changed.join(', ')}`,
      changes: [
        ...uploads.map(([host, files]) => ({ action: 'upload', object: `release ${id} to ${host} (${files} files)` })),
        ...changed.map((host) => ({ action: 'switch', object: `${host} to ${id}` })),
      ],
      data: { release: id, changed },
    };
  },
});

await runTask(rollout, import.meta);

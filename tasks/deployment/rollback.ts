import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';
import { chapter as releases } from '@opsgraph/releases/chapter';
import { afterOthers } from './steps/after-others.ts';
import { deploymentContext } from './steps/deployment-context.ts';
import { readSchema } from './steps/read-schema.ts';
import { requireServiceLogin } from './steps/require-service-login.ts';
import { aloneContext, explainingOutage, withoutLedger } from './steps/without-ledger.ts';

export const rollback = defineTask({
  name: 'deployment:rollback',
  summary: 'Roll back to the last verified release, or to a named one, through the same health gate',
  description:
    'The release must still be on every host and fit the schema. A release that was rolled back is not chosen again.',
  effect: 'write',
  needs: 'config',
  sections: ['deployment', 'migrations'],
  chapters: [migrations, releases],
  guard: {
    confirm: (_options, { deployment }) => (deployment?.confirm === false ? undefined : 'changes'),
  },
  graph: { reads: ['schema', 'deployment'], writes: ['hosts'], environments: ['each'] },
  options: {
    to: {
      type: 'string',
      value: 'RELEASE',
      description: 'A release that status lists; default: the last verified one',
    },
    'without-ledger': withoutLedger,
  },
  examples: [
    { command: 'pnpm --filter deployment run rollback:staging', says: 'rolls back by one release' },
    { command: 'pnpm --filter deployment run rollback:staging --dry-run', says: 'shows to which release' },
  ],
  async run(context) {
    const { chooseTarget, rollbackAlone, rollbackRelease } = await import('@opsgraph/releases');
    const { to } = context.options;
    requireServiceLogin(context.config, context.environmentName);
    if (context.options['without-ledger'] && !context.dryRun) {
      const changed = await rollbackAlone(await aloneContext(context, { starts: true }), to);
      return {
        summary: `${context.environmentName} runs release ${to}; no smoke checks were made, and the ledger does not know of it`,
        changes: changed.map((host) => ({ action: 'switch', object: `${host} to ${to}` })),
        data: { release: to, changed },
      };
    }
    const command = `pnpm --filter deployment run rollback:${context.environmentName} --without-ledger --to ${to ?? 'RELEASE'}`;
    return explainingOutage(command, () =>
      afterOthers(context, async (onTarget) => {
        const inputs = await deploymentContext(onTarget, { starts: true });
        const schema = await readSchema(onTarget);
        if (context.dryRun) {
          const { target } = await chooseTarget(inputs, to, schema);
          const changes = [{ action: 'switch', object: `every host to ${target.id}` }];
          return { summary: `${context.environmentName} would be rolled back to release ${target.id}`, changes };
        }
        const { release, from, changed, problems } = await rollbackRelease(inputs, to, schema);
        const again = `${context.environmentName} runs release ${release} again`;
        return {
          summary: problems.length === 0 ? again : `${again}, which is not healthy: ${problems.join('; ')}`,
          changes: changed.map((host) => ({ action: 'switch', object: `${host} to ${release}` })),
          data: { release, from, changed, problems },
          findings: problems.length > 0,
        };
      }),
    );
  },
});

await runTask(rollback, import.meta);

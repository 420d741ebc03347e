import { defineTask, runTask, type TaskReport } from '@opsgraph/kit';
import { chapter as releases } from '@opsgraph/releases/chapter';
import { afterOthers } from './steps/after-others.ts';
import { deploymentContext } from './steps/deployment-context.ts';
import { aloneContext, explainingOutage, withoutLedger } from './steps/without-ledger.ts';

export const stop = defineTask({
  name: 'deployment:stop',
  summary: 'Stop the service on every host; its releases stay, and deploy starts it again',
  effect: 'write',
  needs: 'config',
  sections: ['deployment'],
  chapters: [releases],
  guard: {
    confirm: (_options, { deployment }) => (deployment?.confirm === false ? undefined : 'changes'),
  },
  graph: { reads: ['deployment'], writes: ['hosts'], environments: ['each'] },
  options: { 'without-ledger': withoutLedger },
  examples: [{ command: 'pnpm --filter deployment run stop:staging', says: 'ends the service of the sandbox' }],
  async run(context) {
    const { planStop, stopAlone, stopService } = await import('@opsgraph/releases');
    if (context.options['without-ledger'] && !context.dryRun)
      return reportStopped(await stopAlone(await aloneContext(context, { starts: false })));
    const command = `pnpm --filter deployment run stop:${context.environmentName} --without-ledger`;
    return explainingOutage(command, () =>
      afterOthers(context, async (onTarget) => {
        const input = await deploymentContext(onTarget, { starts: false });
        if (context.dryRun) return reportStopped(await planStop(input), 'would be stopped');
        return reportStopped(await stopService(input));
      }),
    );
  },
});

function reportStopped(stopped: readonly string[], verb = 'is stopped'): TaskReport {
  return {
    summary: stopped.length === 0 ? 'no service is running' : `the service ${verb} on ${stopped.join(', ')}`,
    changes: stopped.map((host) => ({ action: 'stop', object: `the service on ${host}` })),
  };
}

await runTask(stop, import.meta);

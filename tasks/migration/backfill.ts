import { chapter as backfills } from '@opsgraph/backfills/chapter';
import { defineTask, runTask } from '@opsgraph/kit';

export const backfill = defineTask({
  name: 'migration:backfill',
  summary: 'Run the unfinished data migrations in small batches, each from where it stopped',
  description:
    'The definitions are files of backfills.directory; docs/backfills.md shows one. Each batch and its cursor are committed together, so a run can be stopped or killed at any moment and run again. It waits while replicas, the archive or a long transaction cannot keep up, and while it is paused. Other tasks of the domain are not kept waiting.',
  effect: 'write',
  needs: 'database',
  sections: ['backfills'],
  chapters: [backfills],
  guard: {
    isRead: ({ status }) => status,
    // Not the domain's: a migration must not wait for hours, nor the pause for what it should pause.
    lock: ({ pause, resume }) => (pause || resume ? 'backfill-switch' : 'backfill'),
    confirm: ({ pause, resume, status }, { sandbox }) =>
      sandbox || status || pause !== undefined || resume !== undefined ? undefined : 'changes',
  },
  graph: { reads: ['schema'], writes: ['rows'] },
  options: {
    name: { type: 'string', value: 'NAME', description: 'only this one' },
    pause: { type: 'string', value: 'NAME', description: 'pause it after its present batch' },
    resume: { type: 'string', value: 'NAME', description: 'resume it' },
    status: { type: 'boolean', description: 'show how far each is, and run none' },
    load: {
      type: 'number',
      value: 'PERCENT',
      ...{ min: 1, max: 100, integer: true },
      description: 'share of the time spent working, instead of backfills.load',
    },
    'batch-time': {
      type: 'duration',
      description: 'how long a batch should take, instead of backfills.batchTime',
    },
    'accept-changed': { type: 'boolean', description: 'continue although the file was edited after it began' },
  },
  examples: [
    { command: 'pnpm --filter migration run backfill', says: 'runs all that are not done' },
    {
      command: 'pnpm --filter migration run backfill --dry-run',
      says: 'tries a batch of each and reports how long it takes',
    },
    {
      command: 'pnpm --filter migration run backfill --load 100 --batch-time 500ms',
      says: 'as fast as possible, at a time when nobody else needs the database',
    },
    { command: 'pnpm --filter migration run backfill --pause lower-emails', says: 'makes a running one wait' },
  ],
  async run({ session, config, projectRoot, options, dryRun, run, talk }) {
    const { dispatch } = await import('@opsgraph/backfills/dispatch');
    return dispatch(session, {
      ...{ ...config.backfills, projectRoot, dryRun, run: run.id, by: run.actor },
      ...{ name: options.name, pause: options.pause, resume: options.resume, status: options.status },
      ...(options.load !== undefined && { load: options.load }),
      ...(options['batch-time'] !== undefined && { batchTime: options['batch-time'] }),
      acceptChanged: options['accept-changed'],
      info: talk.info,
      warn: talk.warn,
      progress: (label, total) => talk.progress(label, 'rows', total),
    });
  },
});

await runTask(backfill, import.meta);

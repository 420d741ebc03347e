// Runs the backfills of a directory in a process of its own, so that it can be killed: child.ts DIRECTORY OVERRIDES
import { withSession } from '@opsgraph/postgres';
import { secretUrl } from '@opsgraph/secrets';
import { runBackfills } from '../src/index.ts';
import { noLimits } from './no-limits.ts';

const [directory, overrides] = process.argv.slice(2) as [string, string];
const settings = {
  url: secretUrl('DATABASE_URL', process.env['DATABASE_URL']!),
  applicationName: 'backfill child',
  lockTimeout: 10_000,
  statementTimeout: 120_000,
  connectTimeout: 10_000,
};
await withSession(settings, (session) =>
  runBackfills(session, {
    directory,
    projectRoot: directory,
    batchTime: 500,
    load: 100,
    ...noLimits,
    acceptChanged: false,
    run: `child ${process.pid}`,
    info: (text) => process.stdout.write(`${text}\n`),
    warn: (text) => process.stdout.write(`${text}\n`),
    progress: () => ({ update: () => {}, end: () => {} }),
    ...(JSON.parse(overrides) as object),
  }),
);

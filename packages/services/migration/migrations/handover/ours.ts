// A process of ours: node ours.ts URL '{"settings":…,"verb":"up"|"down","until":12}'
// Ends with one line of JSON, as stock.mjs does.
import { OpsError } from '@opsgraph/errors';
import { migrateLedger } from '@opsgraph/ledger';
import { withSession } from '@opsgraph/postgres';
import { secretUrl } from '@opsgraph/secrets';
import { chapter } from '../src/chapter.ts';
import { type MigrationSettings, migrate, planMigrations, rollback } from '../src/index.ts';

const [, , url, json] = process.argv;
const { settings, verb, until } = JSON.parse(json!) as {
  settings: MigrationSettings;
  verb: 'up' | 'down';
  until?: number;
};
const connection = {
  url: secretUrl('DATABASE_URL', url!),
  applicationName: 'opsgraph handover',
  lockTimeout: 10_000,
  statementTimeout: 900_000,
  connectTimeout: 10_000,
};
await withSession(connection, async (session) => {
  await migrateLedger(session, [chapter]);
  let failure: string | null = null;
  try {
    const { applied, pending } = await planMigrations(session, settings);
    if (verb === 'up')
      await migrate(session, { ...settings, to: pending[(until ?? Infinity) - applied.length - 1]?.stem });
    else if (applied.length > until!) await rollback(session, { ...settings, steps: applied.length - until! });
  } catch (error) {
    failure = error instanceof OpsError ? [error.message, ...error.problems].join('\n') : (error as Error).stack!;
  }
  const { applied } = await planMigrations(session, settings);
  console.log(`\n${JSON.stringify({ applied: applied.length, failure })}`);
});
// As in stock.mjs.
process.exit();

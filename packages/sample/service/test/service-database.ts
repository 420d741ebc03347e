import { join } from 'node:path';
import { findChapters, migrateLedger } from '@opsgraph/ledger';
import { migrate } from '@opsgraph/migrations';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';

const repository = join(import.meta.dirname, '..', '..', '..', '..');

/** A database with the service's tables and two simulations. */
export async function createServiceDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await database.session(async (session) => {
    await migrateLedger(session, await findChapters());
    const directories = [join(repository, 'packages', 'sample', 'database', 'migrations')];
    await migrate(session, { directories, projectRoot: repository, run: 'test' });
    await session.execute(`
      INSERT INTO countries VALUES ('NL', 'Netherlands');
      INSERT INTO places (country_code, name, latitude, longitude) VALUES ('NL', 'Delft', 52, 4.36);
      INSERT INTO simulations (name, place_id, model, parameters) SELECT n.name, id, 'flood', '{"rain": 3}'
        FROM places, unnest(ARRAY['delft-flood', 'a b/ü']) AS n (name);
      INSERT INTO simulation_runs (simulation_id, started_at, finished_at, status, result)
        SELECT id, '2026-01-02Z', '2026-01-03Z', 'succeeded', '{"depth": 1.5}' FROM simulations WHERE name = 'delft-flood'`);
  });
  return database;
}

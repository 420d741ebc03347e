import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { migrateLedger } from '@opsgraph/ledger';
import { migrate } from '@opsgraph/migrations';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';

const repository = join(import.meta.dirname, '..', '..', '..');
const main = join(import.meta.dirname, '..', 'src', 'main.ts');

/** A database with the service's tables and two simulations. */
export async function createServiceDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await database.session(async (session) => {
    await migrateLedger(session);
    const directories = [join(repository, 'tasks', 'migration', 'migrations')];
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

export interface RunningService {
  url: string;
  child: ChildProcess;
  /** Exit code and what it said, once it has ended. */
  ended: Promise<{ code: number | null; output: string }>;
}

/** Starts the service as a process of its own on a free port and waits until it listens. */
export async function startService(env: Record<string, string>): Promise<RunningService> {
  const child = spawn(process.execPath, [main], { env: { PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended: RunningService['ended'] = new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, output }));
  });
  const port = await new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const found = /listens on port (\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => resolve(''));
  });
  return { url: `http://127.0.0.1:${port}`, child, ended };
}

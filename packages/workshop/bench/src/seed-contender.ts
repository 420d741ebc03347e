import type { TestDatabase } from '@opsgraph/testing';
import type { BenchContext } from './bench.ts';
import type { Contender } from './measure.ts';
import { createProject, setUp, writeFiles } from './project.ts';
import { readingsTable } from './readings.ts';
import { runProcess } from './run-process.ts';

export const seedsDirectory = 'tasks/db/seeds';

/** A project whose only set is the file, which lies where it must. */
export async function createSeedProject(root: string, file: string): Promise<void> {
  const manifest = [{ name: 'readings', table: 'readings', file, key: ['sensor', 'taken_at'] }];
  await createProject(root);
  await writeFiles(root, { [`${seedsDirectory}/seeds.ts`]: `export default ${JSON.stringify(manifest)};\n` });
}

/** One that works on the readings table of a database of its own, new for each run. */
export interface SeedContender extends Contender {
  prepare(): Promise<void>;
  /** The one it works on now. */
  database(): TestDatabase;
}

/**
 * @param rows how many the table must have afterwards
 * @param fill what the table holds before
 */
export function seedContender(
  bench: BenchContext,
  name: string,
  rows: number,
  run: (url: string) => Promise<unknown>,
  fill: (url: string) => Promise<unknown> = async () => {},
): SeedContender {
  let database: TestDatabase | undefined;
  return {
    name,
    database: () => database!,
    async prepare() {
      await database?.drop();
      database = await bench.createDatabase();
      await setUp(database);
      await database.session((session) => session.execute(readingsTable));
      await fill(database.url.reveal());
      await database.session((session) => session.execute('CHECKPOINT'));
    },
    async run() {
      const begun = performance.now();
      await run(database!.url.reveal());
      return performance.now() - begun;
    },
    async verify() {
      const [found] = await database!.session((session) =>
        session.query<{ rows: number }>('SELECT count(*) AS rows FROM readings'),
      );
      if (found!.rows !== rows) throw new Error(`${name} left ${found!.rows} rows of ${rows}`);
    },
  };
}

export function psql(bench: BenchContext, url: string, ...commands: string[]): Promise<unknown> {
  return runProcess(['psql', '-Xq', '-v', 'ON_ERROR_STOP=1', ...commands.flatMap((one) => ['-c', one]), url], {
    directory: bench.directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: bench.directory },
  });
}

/** The rows of a file put into the table as \copy and one statement can. */
export function upsertBy(file: string): string[] {
  return [
    'CREATE TEMP TABLE stage (LIKE readings)',
    `\\copy stage from '${file}' with (format csv, header)`,
    'INSERT INTO readings SELECT * FROM stage ON CONFLICT (sensor, taken_at) DO UPDATE SET value = excluded.value, unit = excluded.unit, quality = excluded.quality, note = excluded.note',
  ];
}

import { execFile } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startTestCluster } from '@opsgraph/testing';
import type { Area } from './areas.ts';
import { sqlMutants } from './sql-mutants.ts';

/** What became of the mutants of an area's SQL. */
export interface SqlResult {
  noticed: number;
  /** `file:line:column was → becomes` */
  survived: string[];
}

/** Longer than any area's tests take: what hangs is noticed, too. */
const longest = 120_000;

/**
 * Changes the SQL of an area, one place at a time, and runs its tests. The file
 * is as it was when this ends; killed outright, `git checkout` brings it back.
 */
export async function mutateSql(name: string, area: Area, root: string): Promise<SqlResult> {
  const directory = join(root, area.directory);
  const cluster = area.needsPostgres ? await startTestCluster() : undefined;
  const env = {
    ...process.env,
    OPS_MUTATE_AREA: name,
    ...(cluster && { OPS_TEST_DATABASE_URL: cluster.url.reveal() }),
  };
  const result: SqlResult = { noticed: 0, survived: [] };
  try {
    if (!(await passes(directory, env)))
      throw new Error(`the tests of ${name} fail as they are: nothing would be seen`);
    for (const file of globSync([...area.source], { cwd: directory }).sort()) {
      const path = join(directory, file);
      const original = readFileSync(path, 'utf8');
      try {
        for (const { line, column, was, becomes, text } of sqlMutants(original)) {
          writeFileSync(path, text);
          const isNoticed = !(await passes(directory, env));
          if (isNoticed) result.noticed += 1;
          else result.survived.push(`${file}:${line}:${column} ${was} → ${becomes || 'nothing'}`);
          process.stderr.write(isNoticed ? '.' : `\nsurvived: ${result.survived.at(-1)}\n`);
        }
      } finally {
        writeFileSync(path, original);
      }
    }
  } finally {
    await cluster?.remove();
  }
  process.stderr.write('\n');
  return result;
}

function passes(cwd: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const config = join(import.meta.dirname, '..', 'vitest.area.ts');
  const words = [vitest, 'run', '--bail=1', '--config', config];
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd, env, timeout: longest }, (error) => resolve(error === null));
  });
}

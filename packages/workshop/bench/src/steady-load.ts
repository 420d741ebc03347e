import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestDatabase } from '@opsgraph/testing';
import { runProcess } from './run-process.ts';

export interface SteadyLoad {
  /** Seconds that count. */
  seconds: number;
  /** Seconds before them that do not: connections open, caches fill. */
  settle: number;
  /** Transactions a second, however long each takes. */
  rate: number;
  clients: number;
}

/** Where Debian has it, which is not on the path. */
const versions = [18, 17, 16, 15, 14];

/** @throws when there is none: no bench of ours can stand in for a load that others know */
export function findPgbench(): string {
  const path = (process.env['PATH'] ?? '').split(':').map((directory) => join(directory, 'pgbench'));
  const found = [...path, ...versions.map((version) => `/usr/lib/postgresql/${version}/bin/pgbench`)].find(existsSync);
  if (found === undefined) throw new Error('pgbench is not installed: apt-get install postgresql-contrib');
  return found;
}

/** pgbench's own tables with 100,000 accounts for each unit of `scale`. */
export async function fillTables(pgbench: string, database: TestDatabase, scale: number): Promise<void> {
  await runProcess([pgbench, '-i', '-q', '-s', String(scale)], { directory: '/', env: libpqEnvironment(database) });
}

/** Runs pgbench (-N: updates of single accounts) and returns the milliseconds of each transaction, from when it was due. */
export async function runSteadyLoad(
  pgbench: string,
  database: TestDatabase,
  directory: string,
  { seconds, settle, rate, clients }: SteadyLoad,
): Promise<number[]> {
  const own = await mkdtemp(join(directory, 'pgbench-'));
  const pace = ['-R', String(rate), '-c', String(clients), '-j', '1', '-T', String(settle + seconds)];
  await runProcess([pgbench, '-n', '-N', '-M', 'prepared', ...pace, '-l', '--log-prefix', join(own, 'log')], {
    directory: own,
    env: libpqEnvironment(database),
  });
  const logs = await Promise.all((await readdir(own)).map((name) => readFile(join(own, name), 'utf8')));
  await rm(own, { recursive: true });
  const transactions = logs.join('').trim().split('\n').map(readLine);
  const first = Math.min(...transactions.map(({ dueAt }) => dueAt));
  return transactions.filter(({ dueAt }) => dueAt >= first + settle * 1000).map(({ milliseconds }) => milliseconds);
}

/** A line is: client, number, microseconds since it was due, script, second and microsecond of its end, lag. */
function readLine(line: string): { dueAt: number; milliseconds: number } {
  const [, , taken, , second, microsecond] = line.split(' ').map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const milliseconds = taken / 1000;
  return { dueAt: second * 1000 + microsecond / 1000 - milliseconds, milliseconds };
}

function libpqEnvironment({ url }: TestDatabase): NodeJS.ProcessEnv {
  const { hostname, port, username, password, pathname } = new URL(url.reveal());
  return { PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password, PGDATABASE: pathname.slice(1) };
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from './bench.ts';
import type { Machine } from './machine.ts';

/** The latest run of one bench, kept so that a run of another leaves it in the report. */
export interface Result extends Measured {
  bench: string;
  title: string;
  about: string;
  at: string;
  command: string;
  machine: Machine;
  load: { before: number; after: number };
  postgres: string;
  peers: Record<string, string>;
  seconds: number;
}

/** One line a bench, which only the runner writes. */
const file = join(import.meta.dirname, '..', 'results.ndjson');

export function readResults(): Result[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Result);
}

/** Replaces what the bench found earlier. */
export function keepResult(result: Result): void {
  const others = readResults().filter(({ bench }) => bench !== result.bench);
  const lines = [...others, result].map((one) => `${JSON.stringify(one)}\n`);
  writeFileSync(file, lines.join(''));
}

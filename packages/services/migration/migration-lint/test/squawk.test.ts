import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lintSql } from '../src/index.ts';
import { cases } from './cases.ts';
import { disagreements, furtherExamples, sameMeaning, squawkOnly } from './squawk-comparison.ts';

// Squawk is an oracle: another parser, written by others, with rules that mean the same.
const examples = [
  ...cases.flatMap(({ unsafe, safe, alone }) =>
    [...unsafe, ...safe].map((sql) => ({ sql: `${sql};`, alone: alone === true })),
  ),
  ...furtherExamples,
];
const directory = mkdtempSync(join(tmpdir(), 'opsgraph-squawk-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Told {
  file: string;
  rule_name: string;
}

function askSquawk(alone: boolean): Map<number, Set<string>> {
  const files = examples.flatMap((example, index) => {
    if (example.alone !== alone) return [];
    const path = join(directory, `${index}.sql`);
    writeFileSync(path, example.sql);
    return [path];
  });
  const optional = ['require-table-schema', 'require-lock-timeout'].flatMap((rule) => ['--include', rule]);
  const place = alone ? [] : ['--assume-in-transaction'];
  const binary = createRequire(import.meta.url).resolve('squawk-cli/js/bin/squawk');
  const { stdout } = spawnSync(
    process.execPath,
    [binary, '--pg-version', '14.0', '--reporter', 'json', ...place, ...optional, ...files],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const told = new Map<number, Set<string>>();
  for (const { file, rule_name } of JSON.parse(stdout) as Told[]) {
    const index = Number(/(\d+)\.sql$/.exec(file)?.[1]);
    told.set(index, (told.get(index) ?? new Set()).add(rule_name));
  }
  return told;
}

test('squawk and lint agree on every example, or the reason is written down', async () => {
  const squawk = new Map([...askSquawk(true), ...askSquawk(false)]);
  const unexplained: string[] = [];
  const explained = new Set<number>();
  let compared = 0;
  for (const [index, { sql, alone }] of examples.entries()) {
    const theirs = squawk.get(index) ?? new Set();
    const found = await lintSql(sql, {
      file: 'a.sql',
      transaction: !alone,
      hasLockTimeout: false,
      enable: ['table-schema', 'varchar-limit'],
    });
    const ours = new Set(found.map(({ rule }) => rule));
    const told = [
      ...[...theirs].filter((rule) => !(rule in squawkOnly) && !sameMeaning[rule]?.some((one) => ours.has(one))),
      ...[...ours].filter(
        (rule) => counterparts(rule).length > 0 && !counterparts(rule).some((one) => theirs.has(one)),
      ),
    ];
    compared += theirs.size + ours.size;
    for (const rule of told) {
      const reason = disagreements.findIndex((one) => one.rule === rule && one.when.test(sql));
      if (reason < 0) unexplained.push(`${rule} alone: ${sql}`);
      else explained.add(reason);
    }
  }
  expect(unexplained).toEqual([]);
  expect(disagreements.filter((_, index) => !explained.has(index)).map(({ rule }) => rule)).toEqual([]);
  expect(compared).toBeGreaterThan(800);
});

/** Squawk's rules that mean what this one of ours means. */
function counterparts(rule: string): string[] {
  return Object.entries(sameMeaning)
    .filter(([, ours]) => ours.includes(rule))
    .map(([theirs]) => theirs);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allRules } from '../src/index.ts';
import { disagreements, sameMeaning, squawkOnly } from './squawk-comparison.ts';

const pageOf = (name: string): string =>
  readFileSync(join(import.meta.dirname, '..', '..', '..', '..', '..', 'docs', name), 'utf8');
const page = pageOf('migration-lint.md');

test('the page has every rule, what it finds, and nothing that is no rule', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)`(?: \(.*?\))? \| ([A-Za-z].*?) \| /gm)].map(([, name, finds]) => [
    name,
    finds,
  ]);
  const rules = new Map(allRules.map(({ name, summary }) => [name, summary]));
  expect(rows.filter(([name]) => rules.has(name!))).toEqual([...rules]);
});

test('the pages have every reason why squawk says something else', () => {
  const evidence = pageOf('migration-lint-squawk.md');
  for (const reason of [...disagreements.map((one) => one.reason), ...Object.values(squawkOnly)])
    expect(evidence).toContain(reason);
  for (const rule of [...Object.keys(sameMeaning), ...Object.keys(squawkOnly)]) expect(page + evidence).toContain(rule);
});

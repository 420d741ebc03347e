import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allRules } from '../src/index.ts';
import { disagreements, sameMeaning, squawkOnly } from './squawk-comparison.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', '..', 'docs', 'migration-lint.md'), 'utf8');

test('the page has every rule, what it finds, and nothing that is no rule', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)`(?: \(.*?\))? \| ([A-Za-z].*?) \| /gm)].map(([, name, finds]) => [
    name,
    finds,
  ]);
  const rules = new Map(allRules.map(({ name, summary }) => [name, summary]));
  expect(rows.filter(([name]) => rules.has(name!))).toEqual([...rules]);
});

test('the page has every reason why squawk says something else', () => {
  for (const reason of [...disagreements.map((one) => one.reason), ...Object.values(squawkOnly)])
    expect(page).toContain(reason);
  for (const rule of [...Object.keys(sameMeaning), ...Object.keys(squawkOnly)]) expect(page).toContain(rule);
});

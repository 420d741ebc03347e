import { describe, expect, test } from 'vitest';
import { allRules, type Finding, Known, lintSql } from '../src/index.ts';
import { cases, type RuleCase } from './cases.ts';

function lint(sql: string, { alone, version, enable }: RuleCase): Promise<Finding[]> {
  return lintSql(sql, {
    file: 'a.sql',
    transaction: alone !== true,
    ...(version !== undefined && { version }),
    ...(enable !== undefined && { enable }),
  });
}

async function found(sql: string, one: RuleCase): Promise<Finding[]> {
  return (await lint(sql, one)).filter(({ rule }) => rule === one.rule);
}

test('every rule has cases', () => {
  expect(cases.map(({ rule }) => rule).sort()).toEqual(allRules.map(({ name }) => name).sort());
});

describe.each(cases)('$rule', (one) => {
  test.each(one.unsafe)('finds: %s', async (sql) => {
    expect(await found(sql, one)).not.toEqual([]);
  });

  test.each(one.safe)('leaves alone: %s', async (sql) => {
    expect(await found(sql, one)).toEqual([]);
  });

  test('finds the unsafe statement before a safe one and after it, and only that', async () => {
    for (const unsafe of one.unsafe.filter((sql) => !sql.includes(';')))
      for (const safe of one.safe.filter((sql) => !sql.includes(';'))) {
        // What a safe statement makes may be what the unsafe one is about.
        if (/\bfresh/.test(safe) && /\bfresh/.test(unsafe)) continue;
        const first = await found(`${unsafe}\n;\n${safe}`, one);
        const last = await found(`${safe}\n;\n${unsafe}`, one);
        expect(first.map(({ line }) => line)).not.toContain(3);
        expect(last.map(({ line }) => line)).not.toContain(1);
        expect([first.length > 0, last.length > 0], `${unsafe} | ${safe}`).toEqual([true, true]);
      }
  });

  test('says whom it blocks, for how long, and shows a form that is safe by its own rules', async () => {
    for (const sql of one.unsafe) {
      for (const finding of await found(sql, one)) {
        expect(finding.message).not.toBe('');
        expect(finding.blocks).not.toBe('');
        const known = new Known();
        for (const step of finding.safe) {
          const again = await lintSql(step.sql, {
            file: 'safe.sql',
            transaction: step.transaction,
            version: one.version ?? 140000,
            known,
          });
          // What is taken away for good stays taken away: the safe form is to do it later, and to say so.
          const meant = ['drop-column', 'drop-table', 'drop-not-null', 'lock-timeout'].includes(one.rule)
            ? [one.rule]
            : [];
          const told = again.filter(({ rule }) =>
            one.rule === 'repeatable-statement' ? rule === one.rule : !meant.includes(rule) && !stillTold.has(rule),
          );
          expect(
            told.map(({ rule, statement }) => `${rule}: ${statement}`),
            `${sql}\n${step.sql}`,
          ).toEqual([]);
        }
      }
    }
  });
});

/** Of other parts of the statement, which a safe form of one part leaves as they were. */
const stillTold = new Set(['identifier-length', 'wide-index', 'repeatable-statement', 'concurrent-index-corruption']);

// Apart from the cases: their safe form is still one that other rules find, and squawk does not know them.
test.each([
  'REINDEX SCHEMA public',
  'REINDEX DATABASE',
  'CLUSTER',
  "ALTER SYSTEM SET work_mem = '8MB'",
  "CREATE TABLESPACE fast LOCATION '/fast'",
  'DROP TABLESPACE fast',
])('finds in a transaction, and only there: %s', async (sql) => {
  const rules = async (transaction: boolean) =>
    (await lintSql(sql, { file: 'a.sql', transaction })).map(({ rule }) => rule);
  expect(await rules(true)).toContain('concurrently-in-transaction');
  expect(await rules(false)).not.toContain('concurrently-in-transaction');
});

test('takes a function of PostgreSQL for steady also by its full name', async () => {
  const sql = 'ALTER TABLE runs ADD COLUMN made timestamptz DEFAULT pg_catalog.now()';
  expect((await lintSql(sql, { file: 'a.sql' })).map(({ rule }) => rule)).not.toContain('add-column-default');
});

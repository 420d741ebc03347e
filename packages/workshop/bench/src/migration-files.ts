import { createHash } from 'node:crypto';

type Files = Record<string, string>;

const create = (n: number): string => `CREATE TABLE bench_${n} (id bigint PRIMARY KEY, name text NOT NULL);`;
const drop = (n: number): string => `DROP TABLE bench_${n};`;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** dbmate's form, which is ours, too: one table a file. */
export function plainSql(count: number): Files {
  return filesOf(count, (n) => [
    `${20250101000000 + n}_t.sql`,
    `-- migrate:up\n${create(n)}\n-- migrate:down\n${drop(n)}\n`,
  ]);
}

/** The same for knex. */
export function knexModules(count: number): Files {
  return filesOf(count, (n) => [
    `${20250101000000 + n}_t.cjs`,
    `exports.up = (knex) => knex.raw('${create(n)}');\nexports.down = (knex) => knex.raw('${drop(n)}');\n`,
  ]);
}

/** The same for node-pg-migrate. */
export function nodePgMigrateSql(count: number): Files {
  return filesOf(count, (n) => [
    `${1_700_000_000_000 + n}_t.sql`,
    `-- Up Migration\n${create(n)}\n-- Down Migration\n${drop(n)}\n`,
  ]);
}

/** The same for graphile-migrate: each file names the hash of the one before it. */
export function graphileCommitted(count: number): Files {
  let previous = '';
  return filesOf(count, (n) => {
    const body = create(n);
    const hash = `sha1:${createHash('sha1')
      .update(`${`${previous}\n${body}`.trim()}\n`)
      .digest('hex')}`;
    const text = `--! Previous: ${previous || '-'}\n--! Hash: ${hash}\n\n${body}\n`;
    previous = hash;
    return [`${String(n).padStart(6, '0')}.sql`, text];
  });
}

function filesOf(count: number, file: (n: number) => [string, string]): Files {
  return Object.fromEntries(numbers(count).map(file));
}

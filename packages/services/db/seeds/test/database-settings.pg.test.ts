import { readFileSync } from 'node:fs';
import type { Session } from '@opsgraph/postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { exportSeed, planSeed, rollbackSeed, seed } from '../src/index.ts';
import { counts } from './shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();
const set = (settings: readonly string[]) =>
  shop.session(async (session) => {
    for (const setting of settings) await session.execute(`ALTER DATABASE ${shop.database.name} SET ${setting}`);
  });
afterEach(() =>
  shop.session(async (session) => {
    await session.execute('SET default_transaction_read_only = off');
    await session.execute(`ALTER DATABASE ${shop.database.name} RESET ALL`);
  }),
);

const everything = [{ name: 'all', table: 'everything', file: 'all.json', key: ['code'] }];
const row = {
  code: 'a\\b',
  at: '2026-02-03 04:05:06+00',
  day: '2026-02-03',
  span: '1 day 02:03:04',
  share: 0.1,
  bytes: '\\x00ff5c',
  tags: ['NULL', null, 'c:\\d'],
  price: '12.50',
  note: '\\mnextval',
};

/** Seeds, compares, exports and undoes; what came of it. Each step in a session of its own, as each run has. */
async function throughAll() {
  const run = <T>(work: (session: Session) => Promise<T>): Promise<T> => shop.session(work);
  const first = counts(await run((session) => seed(session, shop.project.input('r1'))));
  const stored = await run((session) => session.query('SELECT everything::text FROM everything'));
  // touched, so that every row is compared
  shop.project.write('all.json', `${JSON.stringify([row], undefined, 2)}\n`);
  const { sets } = await run((session) => planSeed(session, shop.project.input('r2')));
  const { path } = await run((session) =>
    exportSeed(session, {
      directory: shop.project.directory,
      projectRoot: shop.project.root,
      table: 'everything',
      ...{ key: ['code'], without: [], mayReplace: true, mayLeaveProject: false, dryRun: false },
    }),
  );
  const exported = readFileSync(path, 'utf8');
  const undone = await run((session) =>
    rollbackSeed(session, { dryRun: false, keepChanged: false, run: { id: 'r3' } }),
  );
  const left = await run((session) => session.query('SELECT count(*)::int AS rows FROM everything'));
  return {
    first,
    stored,
    planned: sets.map(({ inserts, updates, unchanged }) => [inserts, updates, unchanged]),
    exported,
    undone: undone.sets.length,
    left,
  };
}

async function prepare(): Promise<void> {
  await shop.session((session) =>
    session.execute(
      `DROP TABLE IF EXISTS everything;
       CREATE TABLE everything (code text PRIMARY KEY, at timestamptz, day date, span interval, share float8, bytes bytea,
         tags text[], price numeric(8,2), note text CHECK (note ~ E'^\\\\\\\\m'))`,
    ),
  );
  shop.replaceProject(everything, { 'all.json': [row] });
}

describe('settings of the database change nothing of what is seeded, compared, exported and undone', () => {
  it.each([
    ["standard_conforming_strings = 'off'"],
    ["backslash_quote = 'off'"],
    ["DateStyle = 'German, MDY'", "IntervalStyle = 'sql_standard'", "TimeZone = 'Pacific/Chatham'"],
    ["bytea_output = 'escape'", "extra_float_digits = '-15'", "lc_monetary = 'C'", "xmloption = 'document'"],
    ["array_nulls = 'off'", "transform_null_equals = 'on'", "quote_all_identifiers = 'on'"],
    ["default_transaction_isolation = 'serializable'", "default_transaction_deferrable = 'on'", "row_security = 'off'"],
    ["idle_in_transaction_session_timeout = '1ms'", "exit_on_error = 'on'"],
  ])('%s', async (...settings) => {
    await prepare();
    const plain = await throughAll();
    expect(plain).toMatchObject({ planned: [[0, 0, 1]], undone: 1, left: [{ rows: 0 }] });
    await prepare();
    await set(settings);
    expect(await throughAll()).toEqual(plain);
  });
});

it('refuses where triggers and foreign keys would not fire', async () => {
  await set(["session_replication_role = 'replica'"]);
  await shop.session((session) =>
    expect(seed(session, shop.project.input('r1'))).rejects.toMatchObject({ code: 'TRIGGERS_OFF', exitCode: 77 }),
  );
});

it('is refused by a database that only allows reading, in so many words', async () => {
  await set(["default_transaction_read_only = 'on'"]);
  await shop.session((session) =>
    expect(seed(session, shop.project.input('r1'))).rejects.toMatchObject({
      code: 'READ_ONLY',
      exitCode: 77,
      hint: expect.stringContaining('default_transaction_read_only'),
    }),
  );
});

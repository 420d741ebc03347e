import { provisionServiceAccount, type Queries, sampleServiceTables, verifyKey } from '@opsgraph/accounts';
import { projectRoot } from '@opsgraph/config';
import { migrateLedger } from '@opsgraph/ledger';
import { migrate } from '@opsgraph/migrations';
import type { Session } from '@opsgraph/postgres';
import type { Bench } from './src/bench.ts';
import { formatRatio } from './src/format.ts';
import { compare, ratio } from './src/measure.ts';

const accountsThere = 1000;
const asked = 50;
const rounds = 200;
const bare = 'the bare indexed query';
const verified = 'verifyKey';
const garbage = 'verifyKey of garbage';
const largest = 1.5;
const bareQuery = 'SELECT sha256, expires_at, revoked_at FROM service_account_keys WHERE public_id = $1';

/** What verifying a key costs a request, beside the query without which nobody can do it. */
export const accounts: Bench = {
  name: 'accounts',
  title: 'Verifying an API key',
  about: `${accountsThere} service accounts with a key each; one connection, ${asked} keys one after the other, ${rounds} times in turn. The bare query reads the row of the key by its public id on the same connection, prepared like the other one, and looks at nothing. verifyKey checks shape and check digits, joins the account, hashes what was presented, compares in constant time, and looks at scope, expiry and revocation; its writes of the last use (once a minute and key) are part of it.`,
  async run(bench) {
    const database = await bench.createDatabase();
    return database.session(async (session) => {
      const keys = await provision(session);
      // As a service does it, see packages/sample-service/src/database.ts.
      const queries: Queries = {
        query: async (text, values, name) =>
          (await session.client.query({ text, values, ...(name !== undefined && { name }) })).rows,
      };
      const presented = (turn: number): string => keys[turn % keys.length]!;
      // Each has been used: the writes that remain are the one a minute.
      for (const key of keys) await verifyKey(queries, key, 'simulations:read');
      const contenders = [
        {
          name: bare,
          run: async () => {
            for (let turn = 0; turn < asked; turn += 1)
              await queries.query(bareQuery, [presented(turn).slice(4, 14)], 'bare');
          },
        },
        {
          name: verified,
          run: async () => {
            for (let turn = 0; turn < asked; turn += 1) {
              const { ok } = await verifyKey(queries, presented(turn), 'simulations:read');
              if (!ok) throw new Error('a valid key was rejected');
            }
          },
        },
        {
          name: garbage,
          run: async () => {
            for (let turn = 0; turn < asked; turn += 1)
              await verifyKey(queries, `${presented(turn)}x`, 'simulations:read');
          },
        },
      ];
      const timings = await compare(contenders, rounds);
      const measured = ratio(timings, verified, bare);
      return {
        tables: [{ title: `${asked} keys`, reference: bare, timings }],
        targets: [
          {
            wanted: `verifyKey takes at most ${largest} × the bare indexed query`,
            measured: `${formatRatio(measured)} ×`,
            isMet: measured <= largest,
          },
        ],
        notes: [],
      };
    });
  },
};

async function provision(session: Session): Promise<string[]> {
  await migrateLedger(session);
  const root = projectRoot();
  await migrate(session, { directories: [`${root}/tasks/migration/migrations`], projectRoot: root, run: 'bench' });
  const settings = { services: sampleServiceTables, scopes: ['simulations:read'] };
  const keys: string[] = [];
  for (let number = 0; number < accountsThere; number += 1) {
    const { reveal } = await provisionServiceAccount(session, {
      settings,
      name: `account-${number}`,
      scopes: ['simulations:read'],
      lifetime: 'never',
      delivery: { to: 'stdout', isLogged: false },
      reinstate: false,
      environment: 'local',
      dryRun: false,
    });
    keys.push(reveal!.secret.reveal());
  }
  await session.execute('ANALYZE service_accounts; ANALYZE service_account_keys');
  return keys;
}

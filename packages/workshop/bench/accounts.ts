import { defaultServiceTables, provisionServiceAccount, type Queries, verifyKey } from '@opsgraph/accounts';
import { accountTables } from '@opsgraph/accounts/testing';
import { findChapters, migrateLedger } from '@opsgraph/ledger';
import type { Session } from '@opsgraph/postgres';
import type { Bench, Timing } from './src/bench.ts';
import { formatRatio } from './src/format.ts';
import { compare, median, ratio } from './src/measure.ts';

const accountsThere = 1000;
const rounds = 5000;
const chunk = 500;
const bare = 'the bare indexed query';
const verified = 'verifyKey';
const garbage = 'verifyKey of garbage';
const largest = 1.5;
const bareQuery = 'SELECT sha256, expires_at, revoked_at FROM service_account_keys WHERE public_id = $1';
const scope = 'simulations:read';

/** What verifying a key costs a request, beside the query without which nobody can do it. */
export const accounts: Bench = {
  name: 'accounts',
  title: 'Verifying an API key',
  about: `${accountsThere} service accounts with a key each, on one connection; one call of each in turn, ${rounds} times, so that other processes meet all alike. A time is the median of ${chunk} calls. The bare query reads the row of a key by its public id, prepared like the other one, and looks at nothing. verifyKey checks shape and check digits, joins the account, hashes what was presented, compares in constant time, and looks at scope, expiry and revocation. Every key was used just before; the write of the last use, once a minute, is in the mean, not in the median.`,
  async run(bench) {
    const database = await bench.createDatabase();
    return database.session(async (session) => {
      const keys = await provision(session);
      // As a service does it.
      const queries: Queries = {
        query: async (text, values, name) =>
          (await session.client.query({ text, values, ...(name !== undefined && { name }) })).rows,
      };
      let turn = 0;
      const next = (): string => {
        turn += 1;
        return keys[turn % keys.length]!;
      };
      for (const key of keys) await verifyKey(queries, key, scope);
      const each = await compare(
        [
          { name: bare, run: async () => void (await queries.query(bareQuery, [next().slice(4, 14)], 'bare')) },
          {
            name: verified,
            run: async () => {
              if (!(await verifyKey(queries, next(), scope)).ok) throw new Error('a valid key was rejected');
            },
          },
          { name: garbage, run: async () => void (await verifyKey(queries, `${next()}x`, scope)) },
        ],
        rounds,
      );
      const measured = ratio(each, verified, bare);
      return {
        tables: [{ title: 'one call', reference: bare, timings: each.map(summarise) }],
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

function summarise({ name, milliseconds }: Timing): Timing {
  const chunks = Array.from({ length: rounds / chunk }, (_, index) =>
    milliseconds.slice(index * chunk, (index + 1) * chunk),
  );
  return { name, milliseconds: chunks.map(median) };
}

async function provision(session: Session): Promise<string[]> {
  await migrateLedger(session, await findChapters());
  await session.execute(accountTables);
  const keys: string[] = [];
  for (let number = 0; number < accountsThere; number += 1) {
    const { reveal } = await provisionServiceAccount(session, {
      settings: { services: defaultServiceTables, scopes: [scope] },
      name: `account-${number}`,
      scopes: [scope],
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

import { randomBytes } from 'node:crypto';
import { identifier, type Session, withSession } from '@opsgraph/postgres';
import { secretUrl } from '@opsgraph/secrets';
import { startTestCluster } from '@opsgraph/testing';

export interface Databases {
  /** A new database, empty or a copy of another. Nobody may be connected to that. */
  create(from?: string): Promise<string>;
  url(name: string): string;
  session<T>(name: string, work: (session: Session) => Promise<T>): Promise<T>;
  drop(name: string): Promise<void>;
}

/**
 * On a throw-away server for the time of `work`, or on the one whose URL is
 * given: as a superuser, for extensions that ours does not have.
 */
export async function withDatabases<T>(
  server: string | undefined,
  work: (databases: Databases) => Promise<T>,
): Promise<T> {
  const cluster =
    server === undefined
      ? await startTestCluster()
      : { url: secretUrl('HANDOVER_SERVER', server), remove: async () => {} };
  const url = (name: string): string => {
    const own = new URL(cluster.url.reveal());
    own.pathname = `/${name}`;
    return own.href;
  };
  const session: Databases['session'] = (name, inside) =>
    withSession(
      {
        url: secretUrl('DATABASE_URL', url(name)),
        applicationName: 'opsgraph handover',
        lockTimeout: 10_000,
        statementTimeout: 900_000,
        connectTimeout: 10_000,
      },
      inside,
    );
  const admin = (sql: string): Promise<number> => session('postgres', (on) => on.execute(sql));
  const made = new Set<string>();
  try {
    return await work({
      url,
      session,
      create: async (from = 'template0') => {
        const name = `handover_${randomBytes(5).toString('hex')}`;
        await admin(`CREATE DATABASE ${identifier(name)} TEMPLATE ${identifier(from)}`);
        made.add(name);
        return name;
      },
      drop: async (name) => {
        await admin(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
        made.delete(name);
      },
    });
  } finally {
    if (server !== undefined)
      for (const name of made) await admin(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
    await cluster.remove();
  }
}

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

/** A throw-away server for the time of `work`. */
export async function withDatabases<T>(work: (databases: Databases) => Promise<T>): Promise<T> {
  const cluster = await startTestCluster();
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
  try {
    return await work({
      url,
      session,
      create: async (from = 'template0') => {
        const name = `handover_${randomBytes(5).toString('hex')}`;
        await admin(`CREATE DATABASE ${identifier(name)} TEMPLATE ${identifier(from)}`);
        return name;
      },
      drop: async (name) => {
        await admin(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
      },
    });
  } finally {
    await cluster.remove();
  }
}

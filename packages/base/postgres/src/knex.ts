import type { Knex, knex as knexFunction } from 'knex';
import type { CustomTypesConfig } from 'pg';
import type { Session } from './session.ts';

/** What knex's types leave out of its own class. */
interface PostgresClient extends Knex.Client {
  _driver(): unknown;
  _query(connection: unknown, query: { options?: object }): Promise<unknown>;
}

/**
 * knex over an open session: the same connection, so the same timeouts, lock,
 * cancellation and transaction. The settings are passed on to knex
 * (`searchPath`, `wrapIdentifier`, `postProcessResponse`); `client` is what
 * it is called there (`pg`, `postgresql`). Values come as
 * `types` parse them, which default to those of the driver: not as
 * the session's own queries give them. `own` is another copy of knex.
 */
export async function knexOn(
  session: Session,
  { client: called = 'pg', ...settings }: Omit<Knex.Config, 'connection' | 'pool'> = {},
  types?: CustomTypesConfig,
  own?: typeof knexFunction,
): Promise<Knex> {
  const [knex, { default: pg }] = await Promise.all([own ?? import('knex').then((ours) => ours.default), import('pg')]);
  // knex exports its dialects only through an instance.
  const Postgres = knex({ client: 'pg' }).client.constructor as new (config: Knex.Config) => PostgresClient;
  class OnSession extends Postgres {
    override _driver(): unknown {
      return pg;
    }

    override acquireRawConnection(): Promise<unknown> {
      return Promise.resolve(session.client);
    }

    // The session closes its connection itself.
    override destroyRawConnection(): Promise<void> {
      return Promise.resolve();
    }

    override _query(connection: unknown, query: { options?: object }): Promise<unknown> {
      query.options = { types: types ?? pg.types, ...query.options };
      return super._query(connection, query);
    }
  }
  const { host, port, user, database } = session.server;
  const made = knex({
    ...settings,
    client: OnSession as unknown as typeof Knex.Client,
    connection: { host, port, user, database },
    pool: { min: 0, max: 1 },
  });
  // What a program reads to learn which database it is on.
  made.client.config.client = called;
  return made;
}

import type { Knex } from 'knex';
import type { Session } from './session.ts';

/**
 * knex over an open session: the same connection, so the same timeouts, lock,
 * cancellation and transaction. `settings` are passed on to knex
 * (`searchPath`, `wrapIdentifier`, `postProcessResponse`).
 */
export async function knexOn(
  session: Session,
  settings: Omit<Knex.Config, 'client' | 'connection' | 'pool'> = {},
): Promise<Knex> {
  const { default: knex } = await import('knex');
  // knex exports its dialects only through an instance.
  const Postgres = knex({ client: 'pg' }).client.constructor as new (config: Knex.Config) => Knex.Client;
  class OnSession extends Postgres {
    override acquireRawConnection(): Promise<unknown> {
      return Promise.resolve(session.client);
    }

    // The session closes its connection itself.
    override destroyRawConnection(): Promise<void> {
      return Promise.resolve();
    }
  }
  return knex({
    ...settings,
    client: OnSession as unknown as typeof Knex.Client,
    connection: {},
    pool: { min: 0, max: 1 },
  });
}

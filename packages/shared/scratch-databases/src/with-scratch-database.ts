import { OpsError } from '@opsgraph/errors';
import { type ConnectionSettings, identifier, type Session, withParts, withSession } from '@opsgraph/postgres';
import { createLike } from './create-like.ts';
import type { ScratchInput } from './scratch-input.ts';
import { scratchName } from './scratch-name.ts';
import { sweepScratchDatabases } from './sweep-scratch-databases.ts';

/**
 * Makes an empty database beside the target, of the same encoding, locale
 * and settings, owned by the target's user, hands it to `work` and removes
 * it whatever happens. What killed runs left is swept first.
 *
 * @throws OpsError SCRATCH_DENIED (77) when neither user may create a database
 */
export async function withScratchDatabase<T>(
  input: ScratchInput,
  work: (scratch: ConnectionSettings) => Promise<T>,
): Promise<T> {
  const { target } = input;
  const { signal: _stopped, ...unstoppable } = target;
  return withMaker(input, async (maker) => {
    await sweepScratchDatabases(maker);
    const [now] = await maker.query<{ seconds: number }>('SELECT extract(epoch FROM now())::float8 AS seconds');
    const name = scratchName(now!.seconds);
    try {
      await createLike(maker, input, name);
      // Held open all the time: a scratch that nobody is connected to is swept.
      return await withSession({ ...unstoppable, url: withParts(target.url, { database: name }) }, () =>
        work({ ...target, url: withParts(target.url, { database: name }) }),
      );
    } finally {
      await maker.execute(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
    }
  });
}

/** A session of the first user who may create a database; it outlives an interruption, to clean up. */
async function withMaker<T>({ target, adminUrl }: ScratchInput, work: (maker: Session) => Promise<T>): Promise<T> {
  const { signal: _stopped, ...settings } = target;
  const unlimited = { ...settings, statementTimeout: 0, lockTimeout: 0, ownSqlOnly: true };
  let user = '';
  const result = await withSession(unlimited, async (session) => {
    user = session.server.user;
    return (await mayCreate(session)) ? { value: await work(session) } : undefined;
  });
  if (result !== undefined) return result.value;
  const denied = (who: string): OpsError =>
    new OpsError({
      code: 'SCRATCH_DENIED',
      exit: 'refused',
      message: `${who} may not create a database, so there is no place to try the migrations`,
      hint: `ALTER ROLE ${identifier(user)} CREATEDB; or set DATABASE_ADMIN_URL to a login that may create databases`,
    });
  if (adminUrl === undefined) throw denied(`role ${user}`);
  return withSession({ ...unlimited, url: adminUrl }, async (session) => {
    if (!(await mayCreate(session))) throw denied(`neither role ${user} nor ${session.server.user}`);
    return work(session);
  });
}

async function mayCreate(session: Session): Promise<boolean> {
  const [row] = await session.query<{ may: boolean }>(
    'SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user',
  );
  return row!.may;
}

import { asDatabaseSays, type Session } from '@opsgraph/postgres';

/**
 * How a session writes keys as text, the same whatever role and database say,
 * so that a cursor can be read back by a later one. Input is not changed: the
 * SQL of a definition keeps its meaning. Rows that a policy would hide are an
 * error instead of being left out silently.
 */
export async function pinSettings(session: Session): Promise<void> {
  await session.execute(
    `${asDatabaseSays};
     SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex';
     SET row_security = off`,
  );
}

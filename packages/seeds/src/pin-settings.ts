import type { Session } from '@opsgraph/postgres';

/**
 * Inside a transaction: how values look as text, the same for every session,
 * so that an image of a row equals itself in a later run; and what makes
 * large sets fast. Rows that a policy would hide are an error: a child that is
 * not seen goes with its parent, since a cascade heeds no policy.
 */
export async function pinSettings(session: Session): Promise<void> {
  await session.execute(
    `SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'postgres';
     SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL xmloption = 'content'; SET LOCAL lc_monetary = 'C';
     SET LOCAL row_security = off; SET LOCAL work_mem = '64MB';
     -- at the default of 4 the server checks a foreign key to a small table by reading all of it, for each row
     SET LOCAL random_page_cost = 1.1`,
  );
}

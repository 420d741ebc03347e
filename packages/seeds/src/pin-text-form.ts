import type { Session } from '@opsgraph/postgres';

/**
 * Inside a transaction: how values look as text, the same for every session,
 * so that an image of a row equals itself in a later run.
 */
export async function pinTextForm(session: Session): Promise<void> {
  await session.execute(
    `SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'postgres';
     SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL xmloption = 'content'; SET LOCAL lc_monetary = 'C'`,
  );
}

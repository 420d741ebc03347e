/**
 * Under which SQL of ours means the same, and values are written the same, on
 * every database: an owner may have set each of these for a role or a database.
 */
const own = {
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmloption: 'content',
  lc_monetary: 'C',
} as const;

/** By name, for who pins them for a while and puts the former ones back. */
export const ownSettings: Readonly<Record<string, string>> = own;

/** SET for each of them; `local` for the open transaction only. Every session begins with them. */
export function pinOwnSettings(local: '' | 'LOCAL' = ''): string {
  return Object.entries(own)
    .map(([name, value]) => `SET ${local} ${name} = '${value}'`)
    .join(';');
}

/** Back to what role and database say, before SQL of the project runs, which means what it means to its service. */
export const asDatabaseSays = Object.keys(own)
  .map((name) => `RESET ${name}`)
  .join(';');

import { identifier } from '@opsgraph/postgres';

/** The configured names of columns, quoted for SQL. */
export function quoted<Name extends string>(columns: Readonly<Record<Name, string>>): Readonly<Record<Name, string>> {
  return Object.fromEntries(
    Object.entries<string>(columns).map(([name, column]) => [name, identifier(column)]),
  ) as Record<Name, string>;
}

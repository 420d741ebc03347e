/** In the order in which a written schema has them. */
export const objectKinds = [
  'schema',
  'extension',
  'type',
  'domain',
  'sequence',
  'function',
  'table',
  'view',
  'column',
  'default',
  'sequence owner',
  'partition',
  'constraint',
  'index',
  'statistics',
  'trigger',
  'rule',
  'row security',
  'policy',
  'comment',
] as const;

export type ObjectKind = (typeof objectKinds)[number];

/** One thing that a schema has, normalised: equal text means equal meaning. */
export interface SchemaObject {
  kind: ObjectKind;
  /** Qualified, unique among its kind: `public.users`, `public.users.email`, `users_pkey on public.users`. */
  name: string;
  /** The statement that makes it; of a table without its columns, of a column only its definition. */
  sql: string;
  /** The table, view or sequence it belongs to or is. */
  relation?: string | undefined;
}

/** Every object in scope, in a stable order. */
export type Schema = readonly SchemaObject[];

/** In the order in which a written schema has them. */
export const objectKinds = [
  'schema',
  'extension',
  'language',
  'type',
  'domain',
  'collation',
  'conversion',
  'sequence',
  'function',
  'cast',
  'transform',
  'operator',
  'operator family',
  'operator class',
  'access method',
  'text search parser',
  'text search template',
  'text search dictionary',
  'text search configuration',
  'foreign data wrapper',
  'foreign server',
  'user mapping',
  'event trigger',
  'publication',
  'default privilege',
  'table',
  'view',
  'column',
  'column order',
  'default',
  'column setting',
  'table setting',
  'sequence owner',
  'partition',
  'constraint',
  'index',
  'statistics',
  'trigger',
  'rule',
  'row security',
  'policy',
  'owner',
  'privilege',
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
  /**
   * Of a privilege that may come with the environment: that it is what the default privileges there are give;
   * or that setup may have granted it, which are default privileges themselves and what is granted on schema public.
   */
  standing?: 'default privileges' | 'setup' | undefined;
}

/** Every object in scope, in a stable order. */
export type Schema = readonly SchemaObject[];

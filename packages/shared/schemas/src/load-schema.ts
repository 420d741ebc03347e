import type { Session } from '@opsgraph/postgres';
import type { Schema, SchemaObject } from './schema-object.ts';

/** An object that could not be made, and why. */
export interface NotLoaded {
  kind: SchemaObject['kind'];
  name: string;
  reason: string;
}

export interface LoadedSchema {
  /** In an order in which they can be run, under `loadingSettings`. */
  statements: string[];
  notLoaded: NotLoaded[];
}

/** Under which statements name all they mean and may come before what they need. */
export const loadingSettings =
  "SET LOCAL check_function_bodies = off; SET LOCAL search_path = ''; SET LOCAL standard_conforming_strings = on";

/**
 * Makes the objects in an empty database, without rows. What depends on
 * something that is not there yet is tried again after it, so no order needs
 * to be known, and one is found. One transaction.
 */
export async function loadSchema(session: Session, schema: Schema): Promise<LoadedSchema> {
  const columns = Map.groupBy(
    schema.filter(({ kind }) => kind === 'column'),
    ({ relation }) => relation!,
  );
  let open = schema
    .filter(({ kind }) => kind !== 'column')
    .map((object) => ({ object, sql: statementFor(object, columns), reason: '' }));
  const statements: string[] = [];
  await session.transaction(async () => {
    await session.execute(loadingSettings);
    for (let before = Number.POSITIVE_INFINITY; open.length < before; ) {
      before = open.length;
      const failed: typeof open = [];
      for (const one of open) {
        const reason = await attempt(session, one.sql);
        if (reason === undefined) statements.push(one.sql);
        else failed.push({ ...one, reason });
      }
      open = failed;
    }
  });
  return { statements, notLoaded: open.map(({ object: { kind, name }, reason }) => ({ kind, name, reason })) };
}

function statementFor({ kind, sql, relation }: SchemaObject, columns: Map<string, SchemaObject[]>): string {
  const own = kind === 'table' ? (columns.get(relation!) ?? []) : [];
  if (own.length > 0) return sql.replace('()', () => `(${own.map((column) => column.sql).join(', ')})`);
  return sql.replace(/^ALTER TABLE ONLY (.*) INHERITED BY (.*)$/s, 'ALTER TABLE $2 INHERIT $1');
}

async function attempt(session: Session, sql: string): Promise<string | undefined> {
  session.signal?.throwIfAborted();
  try {
    await session.client.query(`SAVEPOINT load_schema; ${sql}\n; RELEASE load_schema`);
    return undefined;
  } catch (error) {
    await session.execute('ROLLBACK TO load_schema');
    return (error as Error).message;
  }
}

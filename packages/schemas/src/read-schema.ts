import type { Session } from '@opsgraph/postgres';
import { withPinnedSettings } from './pinned-settings.ts';
import { comments } from './read/comments.ts';
import { functions } from './read/functions.ts';
import { namespaces } from './read/namespaces.ts';
import { onTables } from './read/on-tables.ts';
import { columns, relations, sequences } from './read/relations.ts';
import { types } from './read/types.ts';
import type { Schema, SchemaObject } from './schema-object.ts';

export interface SchemaScope {
  /** Schemas that are left out with all they have. */
  withoutSchemas?: readonly string[];
  /** Tables that are left out with all they have, as `schema.table`, quoted where SQL needs it. */
  withoutTables?: readonly string[];
}

const queries = [namespaces, types, sequences, functions, relations, columns, onTables, comments];

/**
 * Reads every object of the database's schemas from the catalogues, written
 * in one way: two databases with equal results have equal schemas. Sees what
 * the session's open transaction did. Owners, privileges, the order of
 * columns and the names of NOT NULL constraints do not count.
 */
export async function readSchema(session: Session, scope: SchemaScope = {}): Promise<Schema> {
  const { withoutSchemas = [], withoutTables = [] } = scope;
  const hidden = new Set(withoutTables);
  return withPinnedSettings(session, async () => {
    const objects: SchemaObject[] = [];
    for (const query of queries) {
      const rows = await session.query<SchemaObject & { relation: string | null }>(query, [withoutSchemas]);
      for (const { kind, name, sql, relation } of rows)
        if (relation === null || !hidden.has(relation))
          objects.push({ kind, name, sql, relation: relation ?? undefined });
    }
    return objects;
  });
}

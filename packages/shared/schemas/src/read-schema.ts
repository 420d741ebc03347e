import type { Session } from '@opsgraph/postgres';
import { withPinnedSettings } from './pinned-settings.ts';
import { comments } from './read/comments.ts';
import { functions } from './read/functions.ts';
import { namespaces } from './read/namespaces.ts';
import { onTables } from './read/on-tables.ts';
import { operators } from './read/operators.ts';
import { owners } from './read/owners.ts';
import { privileges } from './read/privileges.ts';
import { columns, relations, sequences } from './read/relations.ts';
import { settings } from './read/settings.ts';
import { texts } from './read/texts.ts';
import { types } from './read/types.ts';
import { publications, wholeDatabase } from './read/whole-database.ts';
import type { Schema, SchemaObject } from './schema-object.ts';

export interface SchemaScope {
  /** Schemas that are left out with all they have. */
  withoutSchemas?: readonly string[];
  /** Tables that are left out with all they have, as `schema.table`, quoted where SQL needs it. */
  withoutTables?: readonly string[];
}

const queries = (version: number): string[] => [
  ...[namespaces, types, texts, sequences, functions, operators, wholeDatabase, relations, columns, settings, onTables],
  ...[publications(version), owners, privileges, comments],
];

/**
 * Reads every object of the database's schemas from the catalogues, written
 * in one way: two databases with equal results have equal schemas. Sees what
 * the session's open transaction did. docs/schema-comparison.md says what
 * counts and what does not.
 */
export async function readSchema(session: Session, scope: SchemaScope = {}): Promise<Schema> {
  const { withoutSchemas = [], withoutTables = [] } = scope;
  const hidden = new Set(withoutTables);
  return withPinnedSettings(session, async () => {
    const objects: SchemaObject[] = [];
    for (const query of queries(session.server.version)) {
      // Each has its parameter in some place, or none.
      const values = query.includes('$1') ? [withoutSchemas] : [];
      const rows = await session.query<SchemaObject & { relation: string | null }>(query, values);
      for (const { kind, name, sql, relation, standing } of rows)
        if (relation === null || !hidden.has(relation))
          objects.push({ kind, name, sql, relation: relation ?? undefined, ...(standing && { standing }) });
    }
    return objects;
  });
}

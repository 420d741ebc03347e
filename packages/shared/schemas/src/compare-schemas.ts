import type { Schema, SchemaObject } from './schema-object.ts';

export interface SchemaDifference {
  /** missing: the second schema lacks it; extra: only the second has it; changed: both have it, differently. */
  what: 'missing' | 'extra' | 'changed';
  kind: SchemaObject['kind'];
  name: string;
  /** What the first schema says. */
  wanted: string | undefined;
  /** What the second says. */
  found: string | undefined;
}

/** What must change for `found` to be as `wanted`. What belongs to a table that is missing or extra is not reported again. */
export function compareSchemas(wanted: Schema, found: Schema): SchemaDifference[] {
  const [first, second] = [byKey(wanted), byKey(found)];
  const missing = new Set(tables(wanted).filter((name) => !tables(found).includes(name)));
  const extra = new Set(tables(found).filter((name) => !tables(wanted).includes(name)));
  const differences: SchemaDifference[] = [];
  for (const [key, object] of first) {
    const { kind, name, sql, relation } = object;
    const other = second.get(key);
    if (other === undefined) {
      if (isWhole(object) || !missing.has(relation ?? ''))
        differences.push({ what: 'missing', kind, name, wanted: sql, found: undefined });
    } else if (other.sql !== sql) differences.push({ what: 'changed', kind, name, wanted: sql, found: other.sql });
  }
  for (const [key, object] of second) {
    const { kind, name, sql, relation } = object;
    // That the default privileges are there is a difference; not what they give to each table.
    if (object.standing === 'default privileges') continue;
    if (!first.has(key) && (isWhole(object) || !extra.has(relation ?? '')))
      differences.push({ what: 'extra', kind, name, wanted: undefined, found: sql });
  }
  return differences;
}

function byKey(schema: Schema): Map<string, SchemaObject> {
  return new Map(schema.map((object) => [`${object.kind} ${object.name}`, object]));
}

function tables(schema: Schema): string[] {
  return schema.filter(isWhole).map(({ name }) => name);
}

function isWhole({ kind, name, relation }: SchemaObject): boolean {
  return (kind === 'table' || kind === 'view') && name === relation;
}

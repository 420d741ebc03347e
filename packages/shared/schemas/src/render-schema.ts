import { objectKinds, type Schema, type SchemaObject } from './schema-object.ts';

const before = new Set<SchemaObject['kind']>(['schema', 'extension', 'type', 'domain', 'function']);

/**
 * A schema as text that is the same for equal schemas: what stands for itself
 * first, then each table or view with all that belongs to it. For reading and
 * comparing; the order is not one in which it could be loaded.
 */
export function renderSchema(schema: Schema): string {
  const free = schema.filter(({ kind, relation }) => relation === undefined && before.has(kind));
  const late = schema.filter(({ kind, relation }) => relation === undefined && !before.has(kind));
  const relations = Map.groupBy(
    schema.filter(({ relation }) => relation !== undefined),
    ({ relation }) => relation!,
  );
  const blocks = [
    ...free.toSorted(byKindAndName).map(({ sql }) => statement(sql)),
    ...late.toSorted(byKindAndName).map(({ sql }) => statement(sql)),
    ...[...relations].toSorted(([one], [other]) => order(one, other)).map(([, objects]) => renderRelation(objects)),
  ];
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}

function renderRelation(objects: readonly SchemaObject[]): string {
  const columns = objects.filter(({ kind }) => kind === 'column').map(({ sql }) => `  ${sql}`);
  const rest = objects.filter(({ kind }) => kind !== 'column').toSorted(byKindAndName);
  return rest
    .map(({ kind, sql }) =>
      statement(kind === 'table' && columns.length > 0 ? sql.replace('()', () => `(\n${columns.join(',\n')}\n)`) : sql),
    )
    .join('\n');
}

/** A comment at the end (an invalid index) stays behind the semicolon. */
function statement(sql: string): string {
  return sql.endsWith(' -- INVALID') ? sql.replace(/ -- INVALID$/, '; -- INVALID') : `${sql};`;
}

function byKindAndName(one: SchemaObject, other: SchemaObject): number {
  return objectKinds.indexOf(one.kind) - objectKinds.indexOf(other.kind) || order(one.name, other.name);
}

/** By code units, which is the same everywhere. */
function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

import type { ColumnDef, Node, TypeName } from 'libpg-query';
import { strings } from './alterations.ts';
import { serialBase } from './types.ts';

/** A type as the catalogue has it: `varchar`, [255]. */
export interface ColumnType {
  name: string;
  /** Of a type that is not built in, where it is known. */
  schema?: string | undefined;
  mods: readonly number[];
  isArray: boolean;
}

const integers = new Map([
  ['integer', 'int4'],
  ['bigint', 'int8'],
  ['smallint', 'int2'],
]);

/** undefined for what is not worth comparing: fields of intervals, limits that are expressions. */
export function columnType(type: TypeName | undefined): ColumnType | undefined {
  const [name, schema] = strings(type?.names).toReversed();
  if (type === undefined || name === undefined || type.setof || type.pct_type) return undefined;
  const mods = (type.typmods ?? []).map(integer);
  if (mods.some((mod) => mod === undefined) || (name === 'interval' && mods.length > 0)) return undefined;
  return {
    name: integers.get(serialBase(type) ?? '') ?? name,
    schema: schema === 'pg_catalog' ? undefined : schema,
    mods: name === 'numeric' && mods.length === 1 ? [mods[0]!, 0] : (mods as number[]),
    isArray: (type.arrayBounds ?? []).length > 0,
  };
}

export function isSameType(one: ColumnType, other: ColumnType): boolean {
  const isSchema = one.schema === undefined || other.schema === undefined || one.schema === other.schema;
  return one.name === other.name && isSchema && one.isArray === other.isArray && one.mods.join() === other.mods.join();
}

/** Casts of which PostgreSQL knows that every value stays as it is stored. */
const binary = new Set([
  'varchar text',
  'text varchar',
  'cidr inet',
  'xml text',
  'xml varchar',
  'varbit bit',
  'bit varbit',
]);

/** Of these a larger limit, or none, keeps what is stored. */
const widening = new Set(['varchar', 'numeric', 'varbit', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval']);

/** Whether PostgreSQL sees that no row has to be written. `isUtc`: so does the session count its time. */
export function keepsRows(from: ColumnType, to: ColumnType, isUtc: boolean): boolean {
  if (isSameType(from, to)) return true;
  if (from.isArray || to.isArray) return false;
  if (from.name === to.name) return widening.has(to.name) && isWider(from, to);
  if (isUtc && isTimestamp(from) && isTimestamp(to)) return isWider(from, to);
  return binary.has(`${from.name} ${to.name}`) && to.mods.length === 0;
}

/** `x::<the new type>`, which knex writes, or no USING at all: nothing but the cast decides. */
export function isPlainCast(column: string | undefined, { raw_default, typeName }: ColumnDef): boolean {
  if (raw_default === undefined) return true;
  if (isColumn(raw_default, column)) return true;
  if (!('TypeCast' in raw_default)) return false;
  const { arg, typeName: cast } = raw_default.TypeCast;
  const [given, wanted] = [columnType(cast), columnType(typeName)];
  return isColumn(arg, column) && given !== undefined && wanted !== undefined && isSameType(given, wanted);
}

function isColumn(node: Node | undefined, column: string | undefined): boolean {
  return node !== undefined && 'ColumnRef' in node && strings(node.ColumnRef.fields).join('.') === column;
}

function isWider({ name, mods: from }: ColumnType, { mods: to }: ColumnType): boolean {
  if (to.length === 0) return true;
  if (from.length === 0) return false;
  return name === 'numeric' ? to[0]! >= from[0]! && to[1] === from[1] : to[0]! >= from[0]!;
}

function isTimestamp({ name }: ColumnType): boolean {
  return name === 'timestamp' || name === 'timestamptz';
}

function integer(node: Node): number | undefined {
  return 'A_Const' in node && 'ival' in node.A_Const ? (node.A_Const.ival?.ival ?? 0) : undefined;
}

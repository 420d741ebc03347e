export { compareColumnOrder } from './compare-column-order.ts';
export { compareSchemas, type SchemaDifference } from './compare-schemas.ts';
export { describeDifferences } from './describe-differences.ts';
export { type LoadedSchema, loadingSettings, loadSchema, type NotLoaded } from './load-schema.ts';
export { readSchema, type SchemaScope } from './read-schema.ts';
export { renderSchema } from './render-schema.ts';
export type { ObjectKind, Schema, SchemaObject } from './schema-object.ts';

import type { Knex } from 'knex';

interface SchemaBuilder {
  toSQL(...values: unknown[]): unknown;
  /** The calls made on it: createTable, raw, … */
  _sequence?: { method: string; args: unknown[] }[];
}

interface SchemaClient {
  schemaBuilder(): SchemaBuilder;
}

/**
 * Notices knex.schema.… that was built and never run, because nobody awaited
 * or returned it: knex records such a migration as done.
 */
export function watchSchemaBuilders(knex: Knex): { forget(): void; neverRun(): string[] } {
  // Transactions make clients of their own from this prototype, which belongs to this knex alone.
  const prototype = Object.getPrototypeOf(knex.client) as SchemaClient;
  const { schemaBuilder } = prototype;
  const open = new Set<SchemaBuilder>();
  prototype.schemaBuilder = function (this: SchemaClient): SchemaBuilder {
    const builder = schemaBuilder.call(this);
    const { toSQL } = builder;
    open.add(builder);
    builder.toSQL = (...values) => {
      open.delete(builder);
      return toSQL.apply(builder, values);
    };
    return builder;
  };
  return {
    forget: () => open.clear(),
    neverRun: () =>
      [...open]
        .flatMap(({ _sequence = [] }) => _sequence)
        .map(({ method, args }) => `knex.schema.${method}(${typeof args[0] === 'string' ? `'${args[0]}', ` : ''}…)`),
  };
}

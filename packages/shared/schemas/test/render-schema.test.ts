import { expect, it } from 'vitest';
import { renderSchema, type SchemaObject } from '../src/index.ts';

const table = (name: string): SchemaObject[] => [
  { kind: 'table', name, sql: `CREATE TABLE ${name} ()`, relation: name },
  { kind: 'column', name: `${name}.id`, sql: "id text DEFAULT '$&()'", relation: name },
  { kind: 'index', name: `${name}_id`, sql: `CREATE INDEX ${name}_id ON ${name} (id) -- INVALID`, relation: name },
];

it('writes the same text in whatever order the objects come', () => {
  const schema = [...table('b'), ...table('a'), { kind: 'schema', name: 'app', sql: 'CREATE SCHEMA app' } as const];
  expect(renderSchema(schema)).toBe(`CREATE SCHEMA app;

CREATE TABLE a (
  id text DEFAULT '$&()'
);
CREATE INDEX a_id ON a (id); -- INVALID

CREATE TABLE b (
  id text DEFAULT '$&()'
);
CREATE INDEX b_id ON b (id); -- INVALID
`);
  expect(renderSchema(schema.toReversed())).toBe(renderSchema(schema));
});

it('of nothing is nothing', () => expect(renderSchema([])).toBe(''));

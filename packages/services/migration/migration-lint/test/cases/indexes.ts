import type { RuleCase } from './rule-case.ts';

export const indexes: RuleCase[] = [
  {
    rule: 'create-index',
    unsafe: [
      'CREATE INDEX by_owner ON runs (owner)',
      'CREATE UNIQUE INDEX ON s.runs USING btree (lower(code) DESC) INCLUDE (n) WHERE n IS NOT NULL',
    ],
    safe: [
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS by_owner ON runs (owner)',
      'CREATE TABLE fresh (owner bigint); CREATE INDEX by_fresh ON fresh (owner)',
      'CREATE MATERIALIZED VIEW newest AS SELECT 1 AS id; CREATE UNIQUE INDEX ON newest (id)',
      'CREATE TABLE copied AS SELECT * FROM runs; CREATE INDEX ON copied (owner)',
      'CREATE TEMP TABLE tt (a int); CREATE INDEX ON tt (a)',
      'CREATE TABLE before_name (a int); ALTER TABLE before_name RENAME TO after_name; CREATE INDEX ON after_name (a)',
    ],
    alone: true,
  },
  {
    rule: 'drop-index',
    unsafe: ['DROP INDEX by_owner', 'DROP INDEX IF EXISTS s.by_owner, by_place'],
    safe: [
      'DROP INDEX CONCURRENTLY IF EXISTS by_owner',
      'CREATE TABLE fresh (a int); CREATE INDEX by_fresh ON fresh (a); DROP INDEX by_fresh',
      'DROP VIEW v',
    ],
    alone: true,
  },
  {
    rule: 'reindex',
    unsafe: ['REINDEX TABLE runs', 'REINDEX INDEX by_owner', 'REINDEX (VERBOSE) SCHEMA s'],
    safe: ['REINDEX TABLE CONCURRENTLY runs', 'REINDEX (CONCURRENTLY) INDEX by_owner', 'REINDEX SYSTEM db'],
    alone: true,
  },
  {
    rule: 'concurrent-index-corruption',
    unsafe: ['CREATE INDEX CONCURRENTLY i ON runs (a)', 'REINDEX INDEX CONCURRENTLY i'],
    safe: ['CREATE INDEX i ON runs (a)'],
    version: 140002,
    alone: true,
  },
  {
    rule: 'wide-index',
    unsafe: ['CREATE INDEX CONCURRENTLY i ON runs (a, b, c, d)'],
    safe: [
      'CREATE INDEX CONCURRENTLY i ON runs (a, b, c)',
      'CREATE UNIQUE INDEX CONCURRENTLY i ON runs (a, b, c, d)',
      'CREATE INDEX CONCURRENTLY i ON runs USING gin (a, b, c, d)',
    ],
    alone: true,
  },
];

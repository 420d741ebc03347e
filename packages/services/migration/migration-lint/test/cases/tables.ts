import type { RuleCase } from './rule-case.ts';

export const tables: RuleCase[] = [
  {
    rule: 'rewrite-table',
    unsafe: ['ALTER TABLE runs SET UNLOGGED', 'CLUSTER runs USING runs_pkey', 'VACUUM (FULL) runs', 'VACUUM FULL runs'],
    safe: ['VACUUM runs', 'VACUUM (FULL false) runs', 'ANALYZE runs', 'ALTER TABLE runs SET (fillfactor = 70)'],
    alone: true,
  },
  {
    rule: 'detach-partition',
    unsafe: ['ALTER TABLE runs DETACH PARTITION runs_2024'],
    safe: [
      'ALTER TABLE runs DETACH PARTITION runs_2024 CONCURRENTLY',
      'ALTER TABLE runs DETACH PARTITION runs_2024 FINALIZE',
    ],
    alone: true,
  },
  {
    rule: 'refresh-view',
    unsafe: ['REFRESH MATERIALIZED VIEW newest_runs'],
    safe: ['REFRESH MATERIALIZED VIEW CONCURRENTLY newest_runs', 'REFRESH MATERIALIZED VIEW newest_runs WITH NO DATA'],
  },
  {
    rule: 'backfill-with-ddl',
    unsafe: [
      "ALTER TABLE runs ADD COLUMN state text; UPDATE runs SET state = 'new' WHERE state IS NULL",
      'ALTER TABLE runs ADD COLUMN x text; DELETE FROM places WHERE gone',
      'ALTER TABLE runs ADD COLUMN x text; INSERT INTO places SELECT * FROM old_places',
      'ALTER TABLE runs ADD COLUMN x text; MERGE INTO places USING runs ON places.id = runs.id WHEN MATCHED THEN DELETE',
    ],
    safe: [
      "UPDATE runs SET state = 'new' WHERE state IS NULL",
      "CREATE TABLE fresh (state text); ALTER TABLE fresh ADD COLUMN x text; UPDATE fresh SET state = 'new'",
      "ALTER TABLE runs VALIDATE CONSTRAINT c; INSERT INTO places VALUES (1, 'x')",
    ],
  },
  {
    rule: 'update-all-rows',
    unsafe: [
      'UPDATE runs SET n = n + 1',
      'DELETE FROM runs',
      'UPDATE runs SET n = n + 1 WHERE true',
      'DELETE FROM runs WHERE 1 = 1',
      'WITH gone AS (DELETE FROM runs RETURNING *) SELECT count(*) FROM gone',
    ],
    safe: [
      'UPDATE runs SET n = n + 1 WHERE id < 1000',
      'UPDATE runs SET n = n + 1 WHERE false',
      'DELETE FROM runs USING users WHERE 1 = 1',
      'CREATE TABLE fresh (n int); UPDATE fresh SET n = 1',
    ],
  },
  {
    rule: 'drop-table',
    unsafe: ['DROP TABLE runs', 'DROP TABLE IF EXISTS s.runs CASCADE', 'DROP SCHEMA s CASCADE'],
    safe: [
      'CREATE TABLE fresh (n int); DROP TABLE fresh',
      'DROP VIEW v',
      'CREATE TEMP TABLE t1 (a int); DROP TABLE t1',
    ],
  },
  { rule: 'drop-database', unsafe: ['DROP DATABASE shop'], safe: ['DROP VIEW v'], alone: true },
  {
    rule: 'rename-table',
    unsafe: ['ALTER TABLE runs RENAME TO jobs', 'ALTER VIEW v RENAME TO w', 'ALTER TABLE runs SET SCHEMA archive'],
    safe: [
      'ALTER INDEX a RENAME TO b',
      'ALTER SEQUENCE s RENAME TO z',
      'CREATE TABLE fresh (a int); ALTER TABLE fresh RENAME TO f',
    ],
  },
  {
    rule: 'rename-schema',
    unsafe: ['ALTER SCHEMA a RENAME TO b'],
    safe: ['CREATE SCHEMA fresh; ALTER SCHEMA fresh RENAME TO b'],
  },
  {
    rule: 'truncate-cascade',
    unsafe: ['TRUNCATE runs CASCADE', 'TRUNCATE TABLE a, s.b CASCADE'],
    safe: ['TRUNCATE runs', 'TRUNCATE a, b RESTRICT'],
  },
];

import type { RuleCase } from './rule-case.ts';

export const statements: RuleCase[] = [
  {
    rule: 'concurrently-in-transaction',
    unsafe: [
      'CREATE INDEX CONCURRENTLY by_owner ON runs (owner)',
      'DROP INDEX CONCURRENTLY by_owner',
      'REINDEX TABLE CONCURRENTLY runs',
      'ALTER TABLE runs DETACH PARTITION p CONCURRENTLY',
      'VACUUM runs',
      'CREATE DATABASE other',
    ],
    safe: ['CREATE INDEX by_owner ON runs (owner)', 'ANALYZE runs', 'REFRESH MATERIALIZED VIEW CONCURRENTLY v'],
  },
  {
    rule: 'newer-syntax',
    unsafe: [
      'ALTER TABLE runs ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a)',
      'CREATE TABLE fresh (a int, b int GENERATED ALWAYS AS (a) VIRTUAL)',
      'ALTER TABLE runs ADD CONSTRAINT n NOT NULL a',
      'ALTER TABLE runs ADD CONSTRAINT n NOT NULL a NOT VALID',
      'CREATE TABLE fresh (a int, NOT NULL a)',
      'CREATE TABLE fresh (a int UNIQUE NULLS NOT DISTINCT)',
      'CREATE TABLE fresh (a int CHECK (a > 0) NOT ENFORCED)',
      'ALTER TABLE runs ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED',
      'MERGE INTO runs USING other ON runs.id = other.id WHEN MATCHED THEN DELETE',
    ],
    safe: [
      'ALTER TABLE runs ADD CONSTRAINT u UNIQUE (a)',
      'ALTER TABLE runs ADD CONSTRAINT c CHECK (a > 0) NOT VALID',
      'CREATE TABLE fresh (a int NOT NULL UNIQUE CHECK (a > 0) REFERENCES users, b int GENERATED ALWAYS AS (a) STORED)',
    ],
  },
  {
    rule: 'identifier-length',
    unsafe: [
      `CREATE TABLE ${'x'.repeat(64)} (a int)`,
      `ALTER TABLE runs ADD COLUMN "${'ü'.repeat(32)}" int`,
      `SELECT 'it''s fine', "${'y'.repeat(70)}" FROM runs`,
    ],
    safe: [
      `CREATE TABLE ${'x'.repeat(63)} (a int)`,
      `SELECT '${'x'.repeat(99)}', $$${'y'.repeat(99)}$$ -- ${'z'.repeat(99)}`,
    ],
  },
  {
    rule: 'repeatable-statement',
    unsafe: [
      'CREATE INDEX CONCURRENTLY i ON runs (a)',
      'CREATE TABLE fresh (a int)',
      'DROP INDEX CONCURRENTLY i',
      'DROP TABLE runs',
      'ALTER TABLE runs ADD COLUMN a int',
      'ALTER TABLE runs DROP CONSTRAINT c',
    ],
    safe: [
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON runs (a)',
      'CREATE TABLE IF NOT EXISTS fresh (a int)',
      'DROP INDEX CONCURRENTLY IF EXISTS i',
      'ALTER TABLE runs ADD COLUMN IF NOT EXISTS a int',
      'ALTER TABLE runs DROP CONSTRAINT IF EXISTS c',
      'BEGIN; CREATE TABLE fresh (a int); COMMIT',
    ],
    alone: true,
  },
  {
    rule: 'lock-timeout',
    unsafe: [
      'SET lock_timeout = 0',
      "SET lock_timeout TO '0s'",
      'SET LOCAL lock_timeout TO DEFAULT',
      'RESET lock_timeout',
    ],
    safe: ["SET lock_timeout = '2s'", 'SET LOCAL lock_timeout = 2000', 'SET statement_timeout = 0'],
  },
  {
    rule: 'transaction-control',
    unsafe: ['BEGIN', 'COMMIT', 'ROLLBACK', 'START TRANSACTION'],
    safe: ['SAVEPOINT a; ROLLBACK TO a; RELEASE a'],
  },
  {
    rule: 'table-schema',
    unsafe: ['CREATE TABLE fresh (a int)', 'ALTER TABLE runs ADD a int', 'DROP TABLE s.a, b'],
    safe: [
      'CREATE TABLE s.fresh (a int)',
      'ALTER TABLE s.runs ADD a int',
      'DROP TABLE s.a',
      'CREATE TEMP TABLE t (a int)',
    ],
    enable: ['table-schema'],
  },
];

/** A part of the code that must not be wrong, and the tests that hold it. */
export interface Area {
  /** The package's directory, from the project root. */
  directory: string;
  /** Files to mutate, as globs. */
  source: readonly string[];
  /** Test files that belong to it: only these are run. */
  tests: readonly string[];
  /** Its tests want a PostgreSQL. */
  needsPostgres: boolean;
}

const seeds = 'packages/services/db/seeds';
const accounts = 'packages/services/users/accounts';
const migrations = 'packages/services/migration/migrations';
const releases = 'packages/services/deployment/releases';

/** By name, the most dangerous first. */
export const areas: Readonly<Record<string, Area>> = {
  undo: {
    directory: seeds,
    source: ['src/undo/*.ts', 'src/rollback-seed.ts'],
    // Not model.pg.test.ts: half a minute for each mutant, and what it alone notices wants a test of its own.
    tests: ['test/rollback*.pg.test.ts'],
    needsPostgres: true,
  },
  mask: {
    directory: 'packages/base/secrets',
    source: ['src/*.ts'],
    tests: ['test/*.test.ts'],
    needsPostgres: false,
  },
  ledger: {
    directory: 'packages/shared/ledger',
    source: ['src/*.ts'],
    tests: ['test/*.test.ts'],
    needsPostgres: true,
  },
  confirm: {
    directory: 'packages/core/kit',
    source: ['src/guard/confirm.ts'],
    tests: ['test/confirm.test.ts'],
    needsPostgres: false,
  },
  'verify-key': {
    directory: accounts,
    source: ['src/keys/*.ts'],
    tests: ['test/keys.test.ts', 'test/{verify-key,service-accounts,rotate-service-account}.pg.test.ts'],
    needsPostgres: true,
  },
  apply: {
    directory: migrations,
    source: ['src/apply/*.ts', 'src/migrate.ts'],
    tests: ['test/{migrate,migrate-locks,without-transaction,knex-habits,rollback-repair,durable}.pg.test.ts'],
    needsPostgres: true,
  },
  lease: {
    directory: 'packages/shared/leases',
    source: ['src/*.ts'],
    tests: ['test/*.pg.test.ts'],
    needsPostgres: true,
  },
  gate: {
    directory: releases,
    source: ['src/rollout/{gate,ask}.ts'],
    tests: ['test/{gate,undo}.pg.test.ts'],
    needsPostgres: true,
  },
};

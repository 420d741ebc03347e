import type { RuleCase } from './rule-case.ts';

export const constraints: RuleCase[] = [
  {
    rule: 'add-check',
    unsafe: [
      'ALTER TABLE runs ADD CONSTRAINT positive CHECK (n > 0)',
      'ALTER TABLE runs ADD CHECK (n > 0)',
      'ALTER TABLE runs ADD COLUMN m bigint DEFAULT 1 CHECK (m > 0)',
    ],
    safe: [
      'ALTER TABLE runs ADD CONSTRAINT positive CHECK (n > 0) NOT VALID',
      'ALTER TABLE runs ADD CONSTRAINT positive CHECK (n > 0) NOT ENFORCED',
      'CREATE TABLE fresh (n bigint CHECK (n > 0))',
      'CREATE TABLE fresh2 (n bigint); ALTER TABLE fresh2 ADD CHECK (n > 0)',
    ],
    version: 180000,
  },
  {
    rule: 'add-foreign-key',
    unsafe: [
      'ALTER TABLE runs ADD CONSTRAINT owner_fk FOREIGN KEY (owner) REFERENCES users (id)',
      'ALTER TABLE runs ADD FOREIGN KEY (owner, place) REFERENCES s.users',
      'ALTER TABLE runs ADD COLUMN owner bigint REFERENCES users (id)',
      'ALTER TABLE runs ADD COLUMN owner bigint DEFAULT 1 REFERENCES users (id) ON DELETE CASCADE',
    ],
    safe: [
      'ALTER TABLE runs ADD CONSTRAINT owner_fk FOREIGN KEY (owner) REFERENCES users (id) NOT VALID',
      'CREATE TABLE fresh (owner bigint REFERENCES users (id))',
      'CREATE TABLE fresh2 (owner bigint); ALTER TABLE fresh2 ADD FOREIGN KEY (owner) REFERENCES users (id)',
    ],
  },
  {
    rule: 'add-unique',
    unsafe: [
      'ALTER TABLE runs ADD CONSTRAINT one_code UNIQUE (code)',
      'ALTER TABLE runs ADD UNIQUE (code, place) INCLUDE (n) DEFERRABLE INITIALLY DEFERRED',
      'ALTER TABLE runs ADD COLUMN code text UNIQUE',
    ],
    safe: [
      'ALTER TABLE runs ADD CONSTRAINT one_code UNIQUE USING INDEX one_code',
      'CREATE TABLE fresh (code text UNIQUE)',
      'CREATE TABLE fresh2 (code text); ALTER TABLE fresh2 ADD UNIQUE (code)',
    ],
  },
  {
    rule: 'add-primary-key',
    unsafe: ['ALTER TABLE runs ADD PRIMARY KEY (id)', 'ALTER TABLE runs ADD COLUMN id bigint PRIMARY KEY'],
    safe: [
      'ALTER TABLE runs ADD CONSTRAINT runs_pkey PRIMARY KEY USING INDEX runs_pkey',
      'CREATE TABLE fresh (id bigint PRIMARY KEY)',
      'CREATE TABLE fresh2 (id bigint); ALTER TABLE fresh2 ADD PRIMARY KEY (id)',
    ],
  },
  {
    rule: 'add-exclusion',
    unsafe: ['ALTER TABLE runs ADD CONSTRAINT apart EXCLUDE USING gist (span WITH &&)'],
    safe: ['CREATE TABLE fresh (span tstzrange, EXCLUDE USING gist (span WITH &&))'],
  },
  {
    rule: 'validate-in-same-transaction',
    unsafe: [
      'ALTER TABLE runs ADD CONSTRAINT c CHECK (n > 0) NOT VALID; ALTER TABLE runs VALIDATE CONSTRAINT c',
      'ALTER TABLE runs ADD COLUMN x text; ALTER TABLE runs VALIDATE CONSTRAINT from_before',
    ],
    safe: [
      'ALTER TABLE places VALIDATE CONSTRAINT from_before',
      'ALTER TABLE other ADD COLUMN x text; ALTER TABLE places VALIDATE CONSTRAINT from_before',
    ],
  },
  {
    rule: 'domain-constraint',
    unsafe: [
      'CREATE DOMAIN positive AS int CHECK (value > 0)',
      'ALTER DOMAIN positive ADD CONSTRAINT c CHECK (value > 0)',
    ],
    safe: ['CREATE DOMAIN name AS text', 'ALTER DOMAIN positive DROP CONSTRAINT c'],
  },
];

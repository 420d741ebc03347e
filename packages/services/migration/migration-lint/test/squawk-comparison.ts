/** Squawk's rules and those of ours that mean the same. */
export const sameMeaning: Record<string, string[]> = {
  'require-concurrent-index-creation': ['create-index'],
  'require-concurrent-index-deletion': ['drop-index'],
  'require-concurrent-partition-detach': ['detach-partition'],
  'require-concurrent-reindex': ['reindex'],
  'constraint-missing-not-valid': [
    'add-check',
    'add-foreign-key',
    'add-unique',
    'add-primary-key',
    'add-exclusion',
    'set-not-null',
    'validate-in-same-transaction',
  ],
  'adding-field-with-default': ['add-column-default', 'add-generated-column', 'add-serial-column'],
  'adding-foreign-key-constraint': ['add-foreign-key'],
  'adding-not-nullable-field': ['set-not-null'],
  'adding-required-field': ['add-required-column'],
  'adding-serial-primary-key-field': ['add-primary-key'],
  'disallowed-unique-constraint': ['add-unique'],
  'changing-column-type': ['change-column-type'],
  'renaming-column': ['rename-column'],
  'renaming-table': ['rename-table'],
  'ban-drop-column': ['drop-column'],
  'ban-drop-table': ['drop-table'],
  'ban-drop-database': ['drop-database'],
  'ban-drop-not-null': ['drop-not-null'],
  'ban-truncate-cascade': ['truncate-cascade'],
  'ban-char-field': ['char-column'],
  'prefer-text-field': ['varchar-limit'],
  'prefer-timestamp-tz': ['timestamp-without-zone'],
  'prefer-bigint-over-int': ['integer-key'],
  'prefer-bigint-over-smallint': ['integer-key'],
  'prefer-identity': ['serial-type'],
  'prefer-robust-stmts': ['repeatable-statement'],
  'ban-create-domain-with-constraint': ['domain-constraint'],
  'ban-alter-domain-with-add-constraint': ['domain-constraint'],
  'ban-concurrent-index-creation-in-transaction': ['concurrently-in-transaction'],
  'ban-uncommitted-transaction': ['transaction-control'],
  'transaction-nesting': ['transaction-control'],
  'require-enum-value-ordering': ['enum-value-order'],
  'require-table-schema': ['table-schema'],
  'require-lock-timeout': ['lock-timeout'],
  'identifier-too-long': ['identifier-length'],
};

/** Squawk's rules that we have not, and why. */
export const squawkOnly: Record<string, string> = {
  'ban-duplicate-column-assignments': 'the server refuses such a statement, and a rehearsal shows that',
  'require-statement-timeout': 'every session of Opsgraph has one (database.statementTimeout)',
  'prefer-repack': 'for PostgreSQL 19; rewrite-table finds the same statements for every version',
};

export interface Disagreement {
  /** Theirs or ours, whichever tells it alone. */
  rule: string;
  when: RegExp;
  reason: string;
}

const newTable =
  /CREATE (TEMP )?TABLE (\w+) .*(TABLE|ON|UPDATE) \2\b|CREATE TABLE (before_name|copied)|CREATE MATERIALIZED VIEW/s;
const nobodyUsesIt = 'nobody uses a table that the same migration made';

export const disagreements: Disagreement[] = [
  ...[
    'adding-serial-primary-key-field',
    'ban-drop-column',
    'ban-drop-not-null',
    'ban-drop-table',
    'changing-column-type',
    'renaming-column',
    'renaming-table',
    'require-concurrent-index-creation',
    'require-concurrent-index-deletion',
    'require-lock-timeout',
  ].map((rule) => ({ rule, when: newTable, reason: nobodyUsesIt })),
  {
    rule: 'adding-field-with-default',
    when: /VIRTUAL/,
    reason: 'a virtual column is computed when it is read: nothing is written',
  },
  {
    rule: 'adding-field-with-default',
    when: /DEFAULT (lower|to_tsvector)\('/,
    reason:
      'a steady function with constant arguments gives one value for all rows; squawk knows only calls without arguments',
  },
  { rule: 'constraint-missing-not-valid', when: /NOT ENFORCED/, reason: 'no row is checked, now or ever' },
  {
    rule: 'prefer-bigint-over-int',
    when: /\bint(eger)?\b(?! PRIMARY KEY| GENERATED)/,
    reason: 'a number that counts few things may be small; keys and counters may not',
  },
  { rule: 'prefer-timestamp-tz', when: /TEMP TABLE/, reason: 'a temporary table is gone before its types could hurt' },
  { rule: 'ban-char-field', when: /"char"/, reason: 'the quoted "char" is another type, of one byte, without padding' },
  {
    rule: 'prefer-robust-stmts',
    when: /SET \(fillfactor|SET UNLOGGED/,
    reason: 'it can run twice: the second time it changes nothing',
  },
  {
    rule: 'prefer-robust-stmts',
    when: /DETACH PARTITION|SET NOT NULL|ADD CONSTRAINT|VALIDATE CONSTRAINT/,
    reason: 'there is no IF EXISTS for it; migrate finds out how far a migration without a transaction came',
  },
  {
    rule: 'prefer-robust-stmts',
    when: /CREATE INDEX CONCURRENTLY by_owner/,
    reason: 'in a transaction it does not run at all, which concurrently-in-transaction says',
  },
  {
    rule: 'require-lock-timeout',
    when: /CONCURRENTLY|VALIDATE CONSTRAINT|VACUUM (?!FULL|\(FULL\))|VACUUM \(FULL false\)|fillfactor/,
    reason:
      'while it waits nobody queues behind it but other DDL, and a concurrent build that times out leaves an invalid index',
  },
  {
    rule: 'require-lock-timeout',
    when: /VACUUM (FULL|\(FULL\)) runs|REINDEX (\(VERBOSE\) SCHEMA|SYSTEM)|DROP (DATABASE|SCHEMA)|(CREATE|ALTER|DROP) (TYPE|DOMAIN|SCHEMA|DATABASE)/,
    reason:
      'no single table is named in whose queue it would stand; the rule of the statement itself tells what it locks',
  },
  {
    rule: 'require-lock-timeout',
    when: /CREATE VIEW|CREATE TABLE .* AS |CREATE FOREIGN TABLE/,
    reason: 'what it makes is new, and what it reads it locks as a query does: nobody queues behind that',
  },
  {
    rule: 'transaction-nesting',
    when: /ROLLBACK TO/,
    reason: 'it goes back to a savepoint; the transaction stays open',
  },
  // What only lint tells.
  {
    rule: 'add-check',
    when: /ADD COLUMN .* CHECK/,
    reason: 'the check of a column that is added is checked for every row too',
  },
  {
    rule: 'concurrently-in-transaction',
    when: /^[^;]*;$/,
    reason:
      'squawk says it only of CREATE INDEX, and only beside another statement; migrate opens a transaction for one too',
  },
  { rule: 'drop-table', when: /DROP SCHEMA/, reason: 'the tables of the schema go with it' },
  {
    rule: 'lock-timeout',
    when: /(SET|RESET) (LOCAL )?lock_timeout/,
    reason: 'squawk asks whether there is a SET, not whether it sets a limit',
  },
  {
    rule: 'add-serial-column',
    when: /serial/,
    reason: 'the default of a serial column calls nextval() for each row there is',
  },
  { rule: 'rename-column', when: /VIEW/, reason: 'code reads views as it reads tables' },
  { rule: 'rename-table', when: /VIEW|SET SCHEMA/, reason: 'the old name is gone in the same way' },
  {
    rule: 'repeatable-statement',
    when: /INDEX ON/,
    reason: 'an index without a name is made once more with each repetition',
  },
  {
    rule: 'table-schema',
    when: /MATERIALIZED VIEW|FOREIGN TABLE/,
    reason: 'a materialized view and a foreign table are found by the search_path like a table',
  },
  {
    rule: 'validate-in-same-transaction',
    when: /ADD COLUMN x text; ALTER TABLE runs VALIDATE/,
    reason:
      'any lock that the transaction holds on the table is kept while the constraint is validated, not only that of ADD CONSTRAINT',
  },
];

/** What squawk's pages show beside the single statements: transactions, and several rules at once. */
export const furtherExamples: { sql: string; alone: boolean }[] = [
  "ALTER TABLE account ADD COLUMN slug text DEFAULT lower('ABC');",
  "ALTER TABLE account ADD COLUMN words tsvector DEFAULT to_tsvector('simple', 'a b');",
  "ALTER TABLE account ADD COLUMN flags bit(3) DEFAULT B'101';",
  "ALTER TABLE account ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';",
  'ALTER TABLE account ADD COLUMN score double precision DEFAULT 3 + 4 * 2;',
  'ALTER TABLE "Account" ADD COLUMN "Key" uuid NOT NULL DEFAULT uuid_generate_v4();',
  'ALTER TABLE IF EXISTS account ADD COLUMN IF NOT EXISTS a bigint, DROP COLUMN IF EXISTS b, ALTER COLUMN c TYPE text;',
  'CREATE TABLE "user" (id serial PRIMARY KEY, code character(4), name varchar(80), at timestamp without time zone);',
  'CREATE TABLE place (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, names text[]);',
  'ALTER TABLE ONLY account ADD CONSTRAINT fk FOREIGN KEY (place) REFERENCES place (id) ON DELETE SET NULL;',
  'ALTER TABLE account ADD CONSTRAINT u UNIQUE USING INDEX account_u, DROP CONSTRAINT old_u;',
  'ALTER TABLE account ADD COLUMN visits integer DEFAULT 10 NOT NULL;',
  'ALTER TABLE account ADD COLUMN number serial PRIMARY KEY;',
  'DROP TRIGGER IF EXISTS touch ON account; DROP FUNCTION IF EXISTS touch_account;',
  'DROP TYPE IF EXISTS state;',
  'CREATE VIEW favourites AS SELECT * FROM account;',
  'CREATE TABLE public.copy AS SELECT 1 AS one;',
  'CREATE FOREIGN TABLE away (a bigint, b text) SERVER other;',
  'CREATE TABLE made (id bigint PRIMARY KEY); ALTER TABLE made ENABLE ROW LEVEL SECURITY; DROP TABLE made;',
  "SET lock_timeout = '1s'; ALTER TABLE account ADD COLUMN note text;",
]
  .map((sql) => ({ sql, alone: false }))
  .concat(
    [
      'BEGIN; ALTER TABLE account ADD CONSTRAINT c CHECK (a > 0) NOT VALID; COMMIT; BEGIN; ALTER TABLE account VALIDATE CONSTRAINT c; COMMIT;',
      'BEGIN; ALTER TABLE account ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE account VALIDATE CONSTRAINT c; COMMIT;',
      'BEGIN; CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON account (a); COMMIT;',
      'BEGIN; ALTER TABLE account ADD COLUMN note text;',
      'BEGIN; BEGIN; COMMIT;',
      'COMMIT;',
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON account (a); DROP INDEX CONCURRENTLY IF EXISTS j;',
    ].map((sql) => ({ sql, alone: true })),
  );

import { describe, expect, test } from 'vitest';
import { describeFinding, type Finding, lintMigrations, lintSql, type MigrationSql, reportLint } from '../src/index.ts';

async function places(sql: string, options: Partial<Parameters<typeof lintSql>[1]> = {}): Promise<string[]> {
  const found = await lintSql(sql, { file: 'a.sql', ...options });
  return found.map(
    ({ line, column, rule, level }) => `${line}:${column} ${rule}${level === 'warning' ? '' : ` ${level}`}`,
  );
}

describe('the place of a finding', () => {
  test('is a line of the file and a column in characters, behind other alphabets too', async () => {
    const sql = '-- ☃ 😀\nSELECT \'😀é\'; DROP TABLE a;\n\n  /* ü\n */ ALTER TABLE é ADD COLUMN "😀" json';
    expect(await places(sql)).toEqual(['2:14 drop-table', '5:34 json-column']);
    expect(await places(sql, { firstLine: 11 })).toEqual(['12:14 drop-table', '15:34 json-column']);
  });

  test('holds with CRLF, with empty statements, and without a last semicolon', async () => {
    expect(await places(';;\r\n;DROP TABLE a;;\r\n\r\nDROP TABLE b')).toEqual(['2:2 drop-table', '4:1 drop-table']);
  });

  test('names the statement as it is written, without its comments', async () => {
    const [finding] = await lintSql('-- why\n/* and /* how */ */ DROP\n  TABLE a ; SELECT 1', { file: 'a.sql' });
    expect(finding).toMatchObject({ statement: 'DROP\n  TABLE a ', line: 2, column: 21 });
  });
});

describe('a comment', () => {
  const drop = 'DROP TABLE a;';

  test('allows a rule for the statement after it, with a reason', async () => {
    expect(await places(`-- lint: allow drop-table because nobody uses it\n${drop}\nDROP TABLE b;`)).toEqual([
      '3:1 drop-table',
    ]);
    expect(await places(`-- lint: allow json-column, drop-table because x\n-- more\nDROP TABLE a; `)).toEqual([
      '1:1 lint-comment note',
    ]);
  });

  test('without a reason allows nothing, and says so', async () => {
    expect(await places(`-- lint: allow drop-table\n${drop}`)).toEqual(['1:1 lint-comment', '2:1 drop-table']);
    expect(await places(`-- lint: allow drop-table because \n${drop}`)).toEqual(['1:1 lint-comment', '2:1 drop-table']);
    expect(await places(`-- lint: ignore\n${drop}`)).toEqual(['1:1 lint-comment', '2:1 drop-table']);
  });

  test('for a rule there is not, or that finds nothing, is told', async () => {
    expect(await places(`-- lint: allow drop-tables because x\n${drop}`)).toEqual([
      '1:1 lint-comment',
      '2:1 drop-table',
    ]);
    expect(await places('-- lint: allow drop-table because x\nSELECT 1')).toEqual(['1:1 lint-comment note']);
  });

  test('in a string, a block comment or a body allows nothing', async () => {
    expect(await places(`SELECT '\n-- lint: allow drop-table because x\n'; ${drop}`)).toEqual(['3:4 drop-table']);
    expect(await places(`/*\n-- lint: allow drop-table because x\n*/ ${drop}`)).toEqual(['3:4 drop-table']);
    expect(await places(`DO $$\n-- lint: allow drop-table because x\nBEGIN END $$; ${drop}`)).toEqual([
      '1:1 not-looked-into note',
      '3:15 drop-table',
    ]);
  });
});

describe('what cannot be read', () => {
  test('is a note with its place, and hides nothing beside it', async () => {
    expect(await places('DROP TABLE a;\nFROB THE KNOB;\nDROP TABLE b;')).toEqual([
      '1:1 drop-table',
      '2:1 not-read note',
      '3:1 drop-table',
    ]);
    expect(await places('SELECT 1;\n  SELECT ü FROM WHERE x;')).toEqual(['2:17 not-read note']);
  });

  test.each([
    ["DROP TABLE a; SELECT 'never ends", 'string'],
    ['DROP TABLE a; SELECT $x$ never ends $y$', 'dollar quote'],
    ['DROP TABLE a; /* never ends', 'comment'],
    ['DROP TABLE a; SELECT "never ends', 'name'],
    ['CREATE TABLE a (', 'parenthesis'],
    ['\\copy a from b', 'psql'],
    ['\u0001', 'control character'],
    ['SELECT 1 😀 2', 'emoji'],
    ['SELECT 1;\0DROP TABLE a;', 'NUL byte'],
    [`SELECT ${'('.repeat(200_000)}1${')'.repeat(200_000)}`, 'depth'],
    [`SELECT 1${'+1'.repeat(100_000)}`, 'chain'],
  ])('is no failure: %#', async (sql) => {
    const found = await lintSql(sql, { file: 'a.sql' });
    expect(found.filter(({ rule }) => rule === 'not-read').length).toBeGreaterThan(0);
    expect(reportLint({ files: 1, findings: found.filter(({ level }) => level === 'note') }).findings).toBe(false);
  });

  test('of a safe form is not shown: what would be read as something else is only described', async () => {
    const [finding] = await lintSql('CREATE TABLE t (LIKE "S"."Other" INCLUDING ALL)', {
      file: 'a.sql',
      transaction: false,
    });
    expect(finding?.safe).toEqual([{ transaction: false, sql: '-- the same statement with IF NOT EXISTS' }]);
  });

  test('is told of an expression nested too deep to be written again', async () => {
    expect(await places(`ALTER TABLE t ADD CHECK (${'NOT '.repeat(3000)} true)`)).toEqual(['1:19 add-check']);
  });

  test('nothing, spaces and comments alone have no findings', async () => {
    for (const sql of ['', ' \n', '-- only\n', '/* a */', ';;;']) expect(await places(sql)).toEqual([]);
  });

  test('does not cut a body at its semicolons when a neighbour is not read', async () => {
    const body = 'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;\n';
    const block = 'DO $x$ BEGIN DROP TABLE a; END $x$;\n';
    expect(await places(`${body}${block}FROB;`)).toEqual(['2:1 not-looked-into note', '3:1 not-read note']);
  });
});

describe('a table of the same file', () => {
  test('is not in use, whatever its name is written like', async () => {
    expect(await places('CREATE TABLE "Odd Name" (a text); CREATE INDEX ON "Odd Name" (a);')).toEqual([]);
    expect(await places('CREATE TABLE public.t (a text); CREATE INDEX ON t (a);')).toEqual([]);
    expect(await places('CREATE TABLE s.t (a text); CREATE INDEX ON t (a);')).toEqual(['1:28 create-index']);
    expect(await places('CREATE INDEX ON t (a); CREATE TABLE t (a text);')).toEqual(['1:1 create-index']);
  });

  test('is in use for the next file; a constraint that one adds is known to the next', async () => {
    const migration = (file: string, sql: string): MigrationSql => ({ file, sql, firstLine: 1, transaction: true });
    const { findings } = await lintMigrations(
      [
        migration('1.sql', 'CREATE TABLE t (a text)'),
        migration('2.sql', 'CREATE INDEX i ON t (a)'),
        migration('3.sql', 'ALTER TABLE t ADD CONSTRAINT n CHECK (a IS NOT NULL) NOT VALID'),
        migration('4.sql', 'ALTER TABLE t VALIDATE CONSTRAINT n'),
        migration('5.sql', 'ALTER TABLE t ALTER a SET NOT NULL'),
      ],
      { version: 140000, hasLockTimeout: true, disable: {}, enable: [] },
    );
    expect(findings.map(({ file, rule }) => `${file} ${rule}`)).toEqual(['2.sql create-index']);
  });
});

test('a program that sends SQL allows for all of it, in its own comments', async () => {
  const migration: MigrationSql = {
    file: '1.ts',
    sql: 'DROP TABLE a;\nCREATE INDEX i ON b (c);',
    firstLine: undefined,
    transaction: true,
    source: '// lint: allow drop-table because it is empty\n  // lint: allow create-index\nexport const up = 1;',
  };
  const { findings } = await lintMigrations([migration], {
    version: 140000,
    hasLockTimeout: true,
    disable: {},
    enable: [],
  });
  expect(findings.map(({ line, rule }) => `${line} ${rule}`)).toEqual(['2 lint-comment', '2 create-index']);
});

test('a rule that the configuration names and that there is not is refused, all of them at once', async () => {
  await expect(
    lintMigrations([], { version: 140000, hasLockTimeout: true, disable: { nothing: 'x' }, enable: ['none'] }),
  ).rejects.toMatchObject({
    code: 'LINT_RULE_UNKNOWN',
    exitCode: 78,
    message: expect.stringContaining('nothing, none'),
  });
});

test('a finding is shown with its place, whom it blocks, how long, and what to write instead', async () => {
  const [finding] = await lintSql('ALTER TABLE runs ADD CONSTRAINT fk FOREIGN KEY (owner) REFERENCES users (id)', {
    file: 'a.sql',
  });
  expect(describeFinding(finding as Finding).join('\n')).toMatchInlineSnapshot(`
    "a.sql:1:22  add-foreign-key
        ALTER TABLE runs ADD CONSTRAINT fk FOREIGN KEY (owner) REFERENCES users (id)
      every row of runs is looked up in users, with both locked
      blocks    writes of runs (SHARE ROW EXCLUSIVE lock); writes of users (SHARE ROW EXCLUSIVE lock)
      how long  as long as the table is large: it is read or written whole
      safe form -- in a migration with a transaction:
                ALTER TABLE runs ADD CONSTRAINT fk FOREIGN KEY (owner) REFERENCES users (id) NOT VALID;
                -- in a migration with a transaction:
                ALTER TABLE runs VALIDATE CONSTRAINT fk;"
  `);
});

describe('a megabyte', () => {
  test.each([
    ['of small statements', () => "INSERT INTO t (a, b) VALUES (1, 'some text');\n".repeat(22_000)],
    ['of one statement', () => `INSERT INTO t VALUES ${"(1, 'some text'), ".repeat(58_000)}(1, 'x');`],
    ['of one string', () => `SELECT '${'x'.repeat(1 << 20)}';`],
    ['of findings', () => `ALTER TABLE t DROP COLUMN ${'c'.repeat(60)};\n`.repeat(12_000)],
    ['that the parser refuses at its end', () => `${"INSERT INTO t VALUES (1, 'some text');\n".repeat(26_000)}FROB;`],
    ['of open parentheses', () => `SELECT ${'('.repeat(1 << 20)}`],
    ['of comments', () => '-- a comment\n'.repeat(80_000)],
    ['of semicolons', () => ';'.repeat(1 << 20)],
  ])('%s is read in a few seconds', async (_, make) => {
    const begun = performance.now();
    await lintSql(make(), { file: 'a.sql' });
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});

test('IF NOT EXISTS makes no new table of one that an earlier file made, or that is there', async () => {
  const again = 'CREATE TABLE IF NOT EXISTS a (id bigint); CREATE INDEX i ON a (id);';
  const migration = (file: string, sql: string): MigrationSql => ({ file, sql, firstLine: 1, transaction: true });
  const settings = { version: 180000, hasLockTimeout: true, disable: {}, enable: [] };
  const rules = async (sql: string[], tables = settings as object) =>
    (
      await lintMigrations(
        sql.map((one, index) => migration(`${index}.sql`, one)),
        { ...settings, ...tables },
      )
    ).findings.map(({ file, rule }) => `${file} ${rule}`);
  expect(await rules([again])).toEqual([]);
  expect(await rules(['CREATE TABLE a (id bigint);', again])).toEqual(['1.sql create-index']);
  expect(await rules([again], { tables: [{ schema: 'public', name: 'a', isPartitioned: false }] })).toEqual([
    '0.sql create-index',
  ]);
});

import { afterEach, describe, expect, it } from 'vitest';
import { migrate, planMigrations, rollback } from '../src/index.ts';
import { projectOfFile } from './support.ts';

const project = projectOfFile();
const set = (...settings: string[]) =>
  project.database.session(async (session) => {
    for (const setting of settings) await session.execute(`ALTER DATABASE ${project.database.name} SET ${setting}`);
  });
afterEach(() =>
  project.database.session((session) => session.execute(`ALTER DATABASE ${project.database.name} RESET ALL`)),
);

describe('in a database with settings of its own', () => {
  const settings = [
    "standard_conforming_strings = 'off'",
    "DateStyle = 'German, DMY'",
    "quote_all_identifiers = 'on'",
    "array_nulls = 'off'",
    "default_transaction_isolation = 'serializable'",
    "idle_in_transaction_session_timeout = '1ms'",
  ];

  it("the project's SQL means what it means to its service, of both kinds", async () => {
    await set(...settings);
    await project.write({
      '1_a.sql':
        "-- migrate:up\nCREATE TABLE a AS SELECT 'x\\ny'::text AS text, date '03.02.2026'::text AS day;\n-- migrate:down\nDROP TABLE a;",
      '2_b.js':
        "exports.up = (knex) => knex.raw(\"CREATE TABLE b AS SELECT 'x\\\\ny'::text AS text, date '03.02.2026'::text AS day\");\nexports.down = (knex) => knex.schema.dropTable('b');",
    });
    await project.database.session(async (session) => {
      await migrate(session, project.settings);
      const [after] = await session.query(
        "SELECT current_setting('standard_conforming_strings') AS strings, current_setting('DateStyle') AS dates",
      );
      // our own SQL may come after it in the same session
      expect(after).toEqual({ strings: 'on', dates: 'ISO, YMD' });
    });
    const made = { text: 'x\ny', day: '03.02.2026' };
    expect([await project.query('SELECT * FROM a'), await project.query('SELECT * FROM b')]).toEqual([[made], [made]]);
  });

  it('what is applied is known again, and taken back', async () => {
    await set(...settings);
    await project.write({
      '1_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;',
      '2_b.js':
        "exports.up = (knex) => knex.schema.createTable('b', (t) => t.text('c').defaultTo('\\\\'));\nexports.down = (knex) => knex.schema.dropTable('b');",
    });
    await project.database.session((session) => migrate(session, project.settings));
    const plan = await project.database.session((session) => planMigrations(session, project.settings));
    expect(plan.applied.map(({ appliedAt }) => Number.isNaN(Number(appliedAt)))).toEqual([false, false]);
    expect(await project.database.session((session) => migrate(session, project.settings))).toMatchObject({
      applied: [],
    });
    await project.database.session((session) => rollback(session, { ...project.settings, steps: 2 }));
    expect(await project.tables()).toEqual([]);
  });
});

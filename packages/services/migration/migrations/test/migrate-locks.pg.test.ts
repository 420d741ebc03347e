import { until } from '@opsgraph/testing';
import { describe, expect, it } from 'vitest';
import { type MigrateResult, migrate } from '../src/index.ts';
import { projectOfFile, tableSql } from './support.ts';

const project = projectOfFile();

const run = (): Promise<MigrateResult> => project.database.session((session) => migrate(session, project.settings));

describe('a migration that meets a lock', () => {
  it('is tried again, each time with the timeout', async () => {
    await project.write({ '1_a.sql': tableSql('a') });
    await run();
    await project.write({ '2_b.sql': '-- migrate:up\nALTER TABLE a ADD b int;' });
    await project.database.session(async (holder) => {
      await holder.query('BEGIN; LOCK TABLE a');
      const migrating = project.database.session((session) => migrate(session, project.settings), { lockTimeout: 100 });
      const waiting = async (): Promise<boolean> =>
        (await holder.query("SELECT FROM pg_locks WHERE NOT granted AND relation = 'a'::regclass")).length > 0;
      await until(waiting);
      await until(async () => !(await waiting()));
      await holder.query('COMMIT');
      await expect(migrating).resolves.toMatchObject({ applied: [{ stem: '2_b' }] });
    });
  });

  it('never waits for ever, though the session is told to', async () => {
    await project.write({
      '1_t.sql': "-- migrate:up\nCREATE TABLE t AS SELECT current_setting('lock_timeout') AS timeout;",
    });
    await project.database.session((session) => migrate(session, project.settings), { lockTimeout: 0 });
    expect(await project.query('SELECT * FROM t')).toEqual([{ timeout: '1min' }]);
  });

  it('gives up after some attempts when the lock stays, and says where', async () => {
    await project.write({ '1_a.sql': tableSql('a') });
    await run();
    await project.write({ '2_b.sql': '-- migrate:up\nALTER TABLE a ADD b int;' });
    await project.database.session(async (holder) => {
      await holder.query('BEGIN; LOCK TABLE a');
      const migrating = project.database.session((session) => migrate(session, project.settings), { lockTimeout: 20 });
      await expect(migrating).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        exitCode: 75,
        message: expect.stringContaining('2_b.sql:2'),
      });
      await holder.query('COMMIT');
    });
    expect(await project.query('SELECT file FROM ops.migration')).toEqual([{ file: '1_a.sql' }]);
  });
});

import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createTaskProject, type TaskProject } from '../testing/index.ts';

/** A task that does whatever a test wants of one. */
export const probe = join(import.meta.dirname, 'fixtures', 'probe.ts');

type Rows = Promise<Record<string, unknown>[]>;

export interface Probed {
  project: TaskProject;
  /** What the probe wrote and committed. */
  rows(): Rows;
  /** What the ledger says of its runs, oldest first. */
  runs(): Rows;
  /** Connections of tasks that the server still has. */
  backends(): Rows;
}

/** A project for the tests of a file, whose database has the table that the probe writes to; empty for each of them. */
export function useProbed(): Probed {
  let project: TaskProject;
  const query = (sql: string): Rows => project.database.session((session) => session.query(sql));
  beforeAll(async () => {
    project = await createTaskProject({ prepare: (session) => session.execute('CREATE TABLE probe (text text)') });
  });
  afterAll(() => project.remove());
  beforeEach(() => project.database.session((session) => session.execute('TRUNCATE probe, ops.run')));
  return {
    get project() {
      return project;
    },
    rows: () => query('SELECT text FROM probe'),
    runs: () => query('SELECT task, outcome, exit_code, counts, error, arguments FROM ops.run ORDER BY started_at'),
    backends: () =>
      query(
        "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'ops %'",
      ),
  };
}

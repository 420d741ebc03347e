import type { Project } from './project.ts';

/** Both ways in which a batch is done: one statement, and step by step. */
export const ways = {
  set: "set: 'times = times + 1'",
  work: "work: 'UPDATE t SET times = times + 1 WHERE id = ANY($1)'",
};

/** A backfill that counts in each row how often it was done, which a trigger also writes down elsewhere. */
export async function createCountedRows(project: Project, rows: number, way: keyof typeof ways): Promise<void> {
  await project.reset();
  await project.query(
    `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0);
     INSERT INTO t (id) SELECT n FROM generate_series(1, ${rows}) AS n;
     CREATE TABLE log (id bigint NOT NULL);
     CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN INSERT INTO public.log SELECT id FROM done; RETURN NULL; END';
     CREATE TRIGGER log AFTER UPDATE ON t REFERENCING NEW TABLE AS done FOR EACH STATEMENT EXECUTE FUNCTION log()`,
  );
  await project.define('count', `table: 't', key: 'id', rows: 'true', done: 'every-row-visited', ${ways[way]}`);
}

/** How often rows were done, by themselves, by the log, and by the record. */
export async function readCounts(project: Project): Promise<Record<string, unknown>> {
  const [counts] = await project.query(
    `SELECT (SELECT count(*) FROM t) AS rows, (SELECT min(times) FROM t) AS least, (SELECT max(times) FROM t) AS most,
       (SELECT count(*) FROM log) AS entries, (SELECT count(DISTINCT id) FROM log) AS ids, state, visited, worked
     FROM ops.backfill`,
  );
  return counts!;
}

/** What they are when each row was done exactly once. */
export function exactlyOnce(rows: number): Record<string, unknown> {
  return { rows, least: 1, most: 1, entries: rows, ids: rows, state: 'done', visited: rows, worked: rows };
}

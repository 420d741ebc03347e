import { identifier, type Session } from '@opsgraph/postgres';

const name = '(?:"(?:[^"]|"")+"|[\\w$\\u0080-\\uffff]+)';
const relation = `(${name}(?:\\s*\\.\\s*${name})*)`;
const builds = [
  new RegExp(`^create\\s+(?:unique\\s+)?index\\s+concurrently\\s+on\\s+(?:only\\s+)?${relation}`, 'i'),
  new RegExp(`^reindex\\s+(?:\\([^)]*\\)\\s*)?(?:table|index)\\s+concurrently\\s+${relation}`, 'i'),
];

/**
 * What a concurrent build whose statement does not name its index (REINDEX,
 * or CREATE INDEX without a name) leaves when it fails: an invalid index more
 * with each attempt. Asked before it; the answer takes away what is new.
 */
export async function leavesNothing(session: Session, statement: string): Promise<() => Promise<void>> {
  const on = builds.map((build) => build.exec(statement.trim())?.[1]).find((found) => found !== undefined);
  if (on === undefined) return async () => {};
  const before = new Set((await invalidIndexes(session, on)).map(({ oid }) => oid));
  return async () => {
    const left = await session.transaction(async () => {
      // Whoever builds one now holds this lock: what is invalid under ours is dead.
      const [table] = await session.query<{ name: string }>(
        `SELECT oid::regclass AS name FROM pg_class WHERE oid = ${tableOf}`,
        [on],
      );
      await session.execute(`LOCK TABLE ${table!.name} IN SHARE UPDATE EXCLUSIVE MODE`);
      return (await invalidIndexes(session, on)).filter(({ oid }) => !before.has(oid));
    });
    for (const { schema, index } of left)
      await session.execute(`DROP INDEX CONCURRENTLY IF EXISTS ${identifier(schema, index)}`);
  };
}

const tableOf =
  'coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = pg_catalog.to_regclass($1)), pg_catalog.to_regclass($1))';

async function invalidIndexes(session: Session, on: string): Promise<{ oid: string; schema: string; index: string }[]> {
  return session.query(
    `SELECT indexrelid::text AS oid, nspname AS schema, relname AS index
     FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace
     WHERE NOT indisvalid AND indrelid = ${tableOf}`,
    [on],
  );
}

import { identifier, type Session } from '@opsgraph/postgres';

export interface ConcurrentIndex {
  name: string;
  /** As written, for to_regclass. */
  table: string;
}

const name = '"(?:[^"]|"")+"|[\\w$\\u0080-\\uffff]+';
const pattern = new RegExp(
  `^create\\s+(?:unique\\s+)?index\\s+concurrently\\s+(?:if\\s+not\\s+exists\\s+)?(${name})\\s+on\\s+(?:only\\s+)?((?:${name})(?:\\s*\\.\\s*(?:${name}))*)`,
  'i',
);

/** The index that a CREATE INDEX CONCURRENTLY makes, when it names it. */
export function concurrentIndex(statement: string): ConcurrentIndex | undefined {
  const found = pattern.exec(statement.trim());
  if (found === null) return undefined;
  const written = found[1]!;
  return {
    name: written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase(),
    table: found[2]!,
  };
}

/** Whether the index is there, and whether it serves queries: a build that failed leaves one that does not. */
export async function indexState(session: Session, index: ConcurrentIndex): Promise<'absent' | 'valid' | 'invalid'> {
  const row = await findIndex(session, index);
  return row === undefined ? 'absent' : row.valid ? 'valid' : 'invalid';
}

/** Takes away what a failed build left, so that it can be tried again. Returns whether there was something. */
export async function dropInvalidIndex(session: Session, index: ConcurrentIndex): Promise<boolean> {
  const row = await findIndex(session, index);
  if (row === undefined || row.valid) return false;
  await session.execute(`DROP INDEX CONCURRENTLY IF EXISTS ${identifier(row.schema, index.name)}`);
  return true;
}

async function findIndex(
  session: Session,
  index: ConcurrentIndex,
): Promise<{ valid: boolean; schema: string } | undefined> {
  const [row] = await session.query<{ valid: boolean; schema: string }>(
    `SELECT i.indisvalid AS valid, n.nspname AS schema
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = $1 AND i.indrelid = pg_catalog.to_regclass($2)`,
    [index.name, index.table],
  );
  return row;
}

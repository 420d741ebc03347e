import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';

/**
 * File names, messages and rows are Unicode: a database of another encoding
 * cannot record some of them, and one without (SQL_ASCII) gives bytes that may
 * be no text.
 *
 * @throws OpsError DATABASE_NOT_UTF8 (78)
 */
export function requireEncoding({ server: { encoding, database, host, port } }: Session): void {
  if (encoding === 'UTF8') return;
  throw new OpsError({
    code: 'DATABASE_NOT_UTF8',
    exit: 'configuration',
    message: `database ${database} at ${host}:${port} has the encoding ${encoding}; the tasks need UTF8`,
    hint: `make one beside it (CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'), load a pg_dump of ${database} into it, and name it in DATABASE_URL; nothing was written`,
  });
}

import type { MigrationSql } from '@opsgraph/migration-lint';
import type { MigrationSettings } from '@opsgraph/migrations';
import { shownPath } from '@opsgraph/migrations/list-files';
import type { Prepared } from '@opsgraph/migrations/prepare';

/** A migration with the SQL that is in its file; of a program, what it sends is yet to be added. */
export function toLint(settings: MigrationSettings, migration: Prepared): MigrationSql {
  const file = shownPath(settings, migration.file.path);
  if (migration.kind === 'sql') {
    const { sql, line, transaction } = migration.sql.up;
    return { file, sql, firstLine: line, transaction };
  }
  return {
    file,
    sql: '',
    firstLine: undefined,
    transaction: migration.transaction,
    source: migration.file.bytes.toString('utf8'),
  };
}

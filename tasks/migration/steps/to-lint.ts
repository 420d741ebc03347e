import type { MigrationSql } from '@opsgraph/migration-lint';
import type { MigrationSettings } from '@opsgraph/migrations';
import type { Prepared } from '@opsgraph/migrations/apply/prepare';
import { type MigrationFile, shownPath } from '@opsgraph/migrations/files/list-files';

/** A knex migration whose statements are not known. */
interface NotRead {
  file: MigrationFile;
  kind: 'knex';
  notRead: string;
}

/** A migration whose SQL stands in its file, or one that says nothing without being executed. */
export function toLint(settings: MigrationSettings, migration: Prepared | NotRead): MigrationSql {
  const file = shownPath(settings, migration.file.path);
  if (migration.kind === 'sql') {
    const { sql, line, transaction } = migration.sql.up;
    return { file, sql, firstLine: line, transaction };
  }
  return {
    file,
    sql: '',
    firstLine: undefined,
    transaction: 'transaction' in migration ? migration.transaction : true,
    source: migration.file.bytes.toString('utf8'),
    ...('notRead' in migration && { incomplete: migration.notRead }),
  };
}

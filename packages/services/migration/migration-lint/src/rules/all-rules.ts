import type { Rule } from '../rule.ts';
import { addCheck } from './add-check.ts';
import { addColumnDefault } from './add-column-default.ts';
import { addExclusion } from './add-exclusion.ts';
import { addForeignKey } from './add-foreign-key.ts';
import { addGeneratedColumn } from './add-generated-column.ts';
import { addPrimaryKey } from './add-primary-key.ts';
import { addRequiredColumn } from './add-required-column.ts';
import { addSerialColumn } from './add-serial-column.ts';
import { addUnique } from './add-unique.ts';
import { backfillWithDdl } from './backfill-with-ddl.ts';
import { changeColumnType } from './change-column-type.ts';
import { charColumn } from './char-column.ts';
import { concurrentIndexCorruption } from './concurrent-index-corruption.ts';
import { concurrentlyInTransaction } from './concurrently-in-transaction.ts';
import { createIndex } from './create-index.ts';
import { detachPartition } from './detach-partition.ts';
import { domainConstraint } from './domain-constraint.ts';
import { dropColumn } from './drop-column.ts';
import { dropDatabase } from './drop-database.ts';
import { dropIndex } from './drop-index.ts';
import { dropNotNull } from './drop-not-null.ts';
import { dropTable } from './drop-table.ts';
import { enumValueOrder } from './enum-value-order.ts';
import { enumValueUsed } from './enum-value-used.ts';
import { identifierLength } from './identifier-length.ts';
import { integerKey } from './integer-key.ts';
import { jsonColumn } from './json-column.ts';
import { lockTimeout } from './lock-timeout.ts';
import { newerSyntax } from './newer-syntax.ts';
import { refreshView } from './refresh-view.ts';
import { reindex } from './reindex.ts';
import { renameColumn } from './rename-column.ts';
import { renameEnumValue } from './rename-enum-value.ts';
import { renameSchema } from './rename-schema.ts';
import { renameTable } from './rename-table.ts';
import { repeatableStatement } from './repeatable-statement.ts';
import { rewriteTable } from './rewrite-table.ts';
import { serialType } from './serial-type.ts';
import { setNotNull } from './set-not-null.ts';
import { tableSchema } from './table-schema.ts';
import { timestampWithoutZone } from './timestamp-without-zone.ts';
import { transactionControl } from './transaction-control.ts';
import { truncateCascade } from './truncate-cascade.ts';
import { updateAllRows } from './update-all-rows.ts';
import { validateInSameTransaction } from './validate-in-same-transaction.ts';
import { varcharLimit } from './varchar-limit.ts';
import { wideIndex } from './wide-index.ts';

/** In the order in which a statement's findings are shown. */
export const allRules: readonly Rule[] = [
  concurrentlyInTransaction,
  newerSyntax,
  transactionControl,
  enumValueUsed,
  lockTimeout,
  addColumnDefault,
  addGeneratedColumn,
  addSerialColumn,
  addRequiredColumn,
  setNotNull,
  addCheck,
  addForeignKey,
  addUnique,
  addPrimaryKey,
  addExclusion,
  validateInSameTransaction,
  changeColumnType,
  rewriteTable,
  createIndex,
  dropIndex,
  reindex,
  detachPartition,
  refreshView,
  concurrentIndexCorruption,
  backfillWithDdl,
  updateAllRows,
  dropColumn,
  dropTable,
  dropDatabase,
  renameColumn,
  renameTable,
  renameSchema,
  renameEnumValue,
  dropNotNull,
  truncateCascade,
  jsonColumn,
  integerKey,
  timestampWithoutZone,
  charColumn,
  varcharLimit,
  serialType,
  domainConstraint,
  enumValueOrder,
  wideIndex,
  identifierLength,
  repeatableStatement,
  tableSchema,
];

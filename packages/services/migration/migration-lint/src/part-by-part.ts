import type { IndexStmt } from 'libpg-query';
import type { AddedConstraint } from './alterations.ts';
import { strings } from './alterations.ts';
import type { Step } from './finding.ts';
import { defaultName, type Printer } from './printer.ts';
import { inTransaction, withoutTransaction } from './steps.ts';

// What a partitioned table refuses (CONCURRENTLY, USING INDEX, before 18 NOT VALID too) each of its partitions takes.
const each = '-- for each partition';

/** An index of a partitioned table: of each partition concurrently, under one of the table that becomes valid with the last. */
export function indexByParts(index: IndexStmt, idxname: string, print: Printer): Step[] {
  const { concurrent: _concurrent, ...plain } = index;
  const relation = { relname: 'PARTITION', inh: true, relpersistence: 'p' };
  const some = { ...plain, relation, if_not_exists: true };
  const only = print.statement({ IndexStmt: { ...some, idxname } });
  const part = print.statement({ IndexStmt: { ...some, idxname: `PARTITION_${idxname}`, concurrent: true } });
  return [
    inTransaction(
      only?.replace(' ON "PARTITION"', ` ON ONLY ${print.table(index.relation)}`) ??
        '-- the same statement ON ONLY the table',
    ),
    withoutTransaction(
      each,
      part?.replaceAll(/"PARTITION(_[^"]*)?"/g, '<partition>$1') ??
        '-- the same statement with CONCURRENTLY IF NOT EXISTS',
    ),
    inTransaction(each, `ALTER INDEX ${print.name(idxname)} ATTACH PARTITION <partition>_${idxname}`),
  ];
}

/** A UNIQUE or PRIMARY KEY constraint of a partitioned table, likewise. */
export function keyByParts({ table, constraint }: AddedConstraint, print: Printer): Step[] {
  const isKey = constraint.contype === 'CONSTR_PRIMARY';
  const [target, keys] = [print.table(table), strings(constraint.keys)];
  const name = print.name(constraint.conname ?? defaultName(table.relname, isKey ? [] : keys, isKey ? 'pkey' : 'key'));
  const columns = `(${keys.map(print.name).join(', ')})`;
  const kind = isKey ? 'PRIMARY KEY' : 'UNIQUE';
  return [
    inTransaction(`ALTER TABLE ONLY ${target} ADD CONSTRAINT ${name} ${kind} ${columns}`),
    withoutTransaction(
      each,
      `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS <partition>_${name} ON <partition> ${columns}`,
    ),
    inTransaction(
      each,
      `ALTER TABLE <partition> ADD CONSTRAINT <partition>_${name} ${kind} USING INDEX <partition>_${name}`,
    ),
    inTransaction(each, `ALTER INDEX ${name} ATTACH PARTITION <partition>_${name}`),
  ];
}

/** A foreign key of a partitioned table; that of the table takes over those that its partitions have. */
export function foreignKeyByParts(target: string, name: string, notValid: string, valid: string): Step[] {
  return [
    inTransaction(each, `ALTER TABLE <partition> ADD ${notValid}`),
    inTransaction(each, `ALTER TABLE <partition> VALIDATE CONSTRAINT ${name}`),
    inTransaction(`ALTER TABLE ${target} ADD ${valid}`),
  ];
}

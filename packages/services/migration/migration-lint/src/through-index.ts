import type { AddedConstraint } from './alterations.ts';
import { strings } from './alterations.ts';
import type { Step } from './finding.ts';
import { defaultName, type Printer } from './printer.ts';
import { inTransaction, withoutTransaction } from './steps.ts';

/** The index first and concurrently, then the constraint that takes it: a change of the catalogue only. */
export function throughIndex({ table, constraint, column }: AddedConstraint, print: Printer): Step[] {
  const isKey = constraint.contype === 'CONSTR_PRIMARY';
  const target = print.table(table);
  const keys = column === undefined ? strings(constraint.keys) : [column.colname ?? ''];
  const including = strings(constraint.including).map(print.name);
  const conname = print.name(
    constraint.conname ?? defaultName(table.relname, isKey ? [] : keys, isKey ? 'pkey' : 'key'),
  );
  const list = `(${keys.map(print.name).join(', ')})`;
  const extra = `${including.length > 0 ? ` INCLUDE (${including.join(', ')})` : ''}${constraint.nulls_not_distinct ? ' NULLS NOT DISTINCT' : ''}`;
  const deferring = constraint.deferrable ? ` DEFERRABLE${constraint.initdeferred ? ' INITIALLY DEFERRED' : ''}` : '';
  const first =
    column === undefined
      ? []
      : [
          inTransaction(
            `ALTER TABLE ${target} ADD COLUMN ${print.name(column.colname ?? '')} ${print.node({ TypeName: column.typeName ?? {} })}`,
            '-- then fill it in batches',
          ),
        ];
  const required = isKey
    ? [
        inTransaction(
          '-- make each column of the key NOT NULL first, by way of a validated constraint (rule set-not-null)',
        ),
      ]
    : [];
  return [
    ...first,
    withoutTransaction(`CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ${conname} ON ${target} ${list}${extra}`),
    ...required,
    inTransaction(
      `ALTER TABLE ${target} ADD CONSTRAINT ${conname} ${isKey ? 'PRIMARY KEY' : 'UNIQUE'} USING INDEX ${conname}${deferring}`,
    ),
  ];
}

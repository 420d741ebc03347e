import { count, formatBytes } from '@opsgraph/text';
import type { Rehearsal } from '../rehearse.ts';
import type { LockMode, RehearsedMigration, RehearsedStatement, TableEffect, TableFacts } from './rehearsed.ts';

/** A rehearsal as an SQL script that a person can read: what is measured is in comments above each statement. */
export function describeRehearsal({ migrations, tables, notCopied }: Rehearsal): string[] {
  const facts = new Map(tables.map((table) => [table.relation, table]));
  return [
    ...notCopied.map(({ kind, name, reason }) => `-- the copy has no ${kind} ${name}: ${reason}`),
    ...migrations.flatMap((migration) => [
      ...heading(migration).map((line) => `-- ${line}`),
      ...migration.statements.flatMap((statement) => [
        ...describeEffects(statement, migration, facts).map((line) => `--   ${line}`),
        `${statement.sql.replaceAll('\r\n', '\n').replace(/;\s*$/, '')};`,
      ]),
      '',
    ]),
  ];
}

function heading({ path, skipped, unmeasured, milliseconds, objects, statements }: RehearsedMigration): string[] {
  const isCopied = statements.some(({ measuredOn }) => measuredOn === 'copy');
  const signs = { extra: '+', missing: '-', changed: '~' };
  return [
    `${path} (${skipped === undefined ? `rehearsed in ${milliseconds.toFixed(0)} ms` : skipped})`,
    ...(isCopied ? ['  its locks were measured on an empty copy of the schema'] : []),
    ...(unmeasured === undefined ? [] : [`  not fully measured: ${unmeasured}`]),
    ...objects.map(({ what, kind, name }) => `  ${signs[what]} ${kind} ${name}`),
  ];
}

function describeEffects(
  { effects, measuredOn, milliseconds }: RehearsedStatement,
  { unmeasured }: RehearsedMigration,
  facts: Map<string, TableFacts>,
): string[] {
  if (measuredOn === undefined) return unmeasured === undefined ? [] : ['locks not measured'];
  const time = milliseconds === undefined ? '' : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  const lines = effects.map((effect) => describeEffect(effect, facts.get(effect.relation)));
  return time === '' || lines.length === 0 ? lines : [...lines, `took ${time}`];
}

/** `locks public.places ACCESS EXCLUSIVE (blocks reads and writes), rewrites it; about 3 rows, 16 kB` */
export function describeEffect(effect: TableEffect, facts: TableFacts | undefined): string {
  const { relation, kind, lock, rewritten, emptied, scanned, dropped } = effect;
  const what = [
    lock && `locks ${relation} ${lock} (${blocks(lock)})`,
    rewritten && `${kind === 'index' ? 'builds it again' : 'rewrites it'}`,
    emptied && 'empties it',
    dropped && 'drops it',
    scanned && !rewritten && 'reads all of it',
  ].filter((part) => typeof part === 'string');
  const subject = lock === undefined ? `${kind} ${relation}: ` : '';
  const size = facts === undefined ? '' : `; about ${count(facts.rows, 'row')}, ${formatBytes(facts.bytes)}`;
  return `${subject}${what.join(', ')}${size}`;
}

/** What others cannot do meanwhile. */
function blocks(lock: LockMode): string {
  if (lock === 'ACCESS EXCLUSIVE') return 'blocks reads and writes';
  if (['EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'SHARE'].includes(lock)) return 'blocks writes';
  if (lock === 'SHARE UPDATE EXCLUSIVE') return 'blocks schema changes and vacuum';
  return 'blocks schema changes';
}

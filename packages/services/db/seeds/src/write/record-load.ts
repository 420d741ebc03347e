import type { Session } from '@opsgraph/postgres';
import type { SeedInput } from '../data-set.ts';
import type { StagedSet } from '../stage/staged-set.ts';
import { imageColumns } from '../table/table.ts';
import { NotAlone } from './fill-table.ts';
import { keepFilled, keepWritten } from './keep-images.ts';
import { keepRewritings, rewritingsIn } from './rewritten.ts';
import { type Content, writtenTable } from './survey.ts';
import type { Outcome } from './write-set.ts';

export interface Recorded extends Content {
  inserted: number;
  updated: number;
}

/**
 * Writes into the ledger what a set's load did: the rows as they are now,
 * after every trigger, and as they were.
 *
 * @throws NotAlone when a table that was filled does not hold these rows and no others of ours
 */
export async function recordLoad(
  session: Session,
  staged: StagedSet,
  outcome: Outcome,
  input: SeedInput,
): Promise<Recorded> {
  if (outcome.wrote === 'nothing') return { inserted: 0, updated: 0, ...outcome.content };
  const load = await openLoad(session, staged, input);
  if (outcome.wrote === 'all') {
    const { rows, digest } = await keepFilled(session, staged, load);
    if (rows !== staged.rows) throw new NotAlone();
    await closeLoad(session, load, rows, 0);
    return { inserted: rows, updated: 0, tableRows: rows, digest, rewritten: 0 };
  }
  await session.execute(`ANALYZE ${writtenTable(staged)}`);
  const made = staged.table.rewriters === null ? [] : await rewritingsIn(session, staged, writtenTable(staged), 'true');
  if (made.length > 0) await keepRewritings(session, staged, made);
  const inserted = await keepWritten(session, staged, load, 'inserts');
  const updated = await keepWritten(session, staged, load, 'updates');
  await closeLoad(session, load, inserted.rows, updated.rows);
  const rewritten = outcome.content.rewritten + made.length;
  return { inserted: inserted.rows, updated: updated.rows, ...outcome.content, rewritten };
}

async function openLoad(session: Session, staged: StagedSet, { run, environment }: SeedInput): Promise<number> {
  const { table, set, file, identity, sha256 } = staged;
  const columns = imageColumns(table);
  const [load] = await session.query<{ id: number }>(
    `INSERT INTO ops.seed_load (run, data_set, environment, actor, file, sha256, schema_name, table_name, relation, columns, numbers, types, identity, inserted, updated)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0) RETURNING id`,
    [
      run.id,
      set.name,
      environment,
      run.actor,
      file.label,
      sha256,
      table.schema,
      table.name,
      table.oid,
      columns.map(({ name }) => name),
      columns.map(({ number }) => number),
      columns.map(({ type }) => type),
      identity,
    ],
  );
  return load!.id;
}

/** A load that changed nothing is none. */
async function closeLoad(session: Session, load: number, inserted: number, updated: number): Promise<void> {
  if (inserted + updated === 0) await session.execute('DELETE FROM ops.seed_load WHERE id = $1', [load]);
  else
    await session.execute('UPDATE ops.seed_load SET inserted = $2, updated = $3 WHERE id = $1', [
      load,
      inserted,
      updated,
    ]);
}

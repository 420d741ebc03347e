import { identifier, type Session } from '@opsgraph/postgres';
import type { SeedInput } from '../data-set.ts';
import type { StagedSet } from '../stage/staged-set.ts';
import { imageColumns } from '../table/table.ts';
import { imageOf } from './row-sql.ts';
import { writtenTable } from './survey.ts';

/** Rows of the ledger hold this many images: few enough for memory, many enough to be fast. */
const chunkSize = 500;

/**
 * Writes into the ledger what a set's load did: the rows as they are now,
 * after every trigger, and as they were. A row that an update left as it was
 * is no change.
 */
export async function recordLoad(
  session: Session,
  staged: StagedSet,
  { run, environment }: SeedInput,
): Promise<{ inserted: number; updated: number }> {
  const { table, set, file, identity } = staged;
  const columns = imageColumns(table);
  const [load] = await session.query<{ id: number }>(
    `INSERT INTO ops.seed_load (run, data_set, environment, actor, file, sha256, schema_name, table_name, columns, types, identity, inserted, updated)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0) RETURNING id`,
    [
      run.id,
      set.name,
      environment,
      run.actor,
      file.label,
      staged.sha256,
      table.schema,
      table.name,
      columns.map(({ name }) => name),
      columns.map(({ type }) => type),
      identity,
    ],
  );
  const now = `SELECT w.before, ${imageOf(table, 't')} AS after FROM ${writtenTable(staged)} w
     JOIN ${table.sql} t ON ${identity.map((name, index) => `w.i${index} = t.${identifier(name)}`).join(' AND ')}`;
  await session.execute(
    `INSERT INTO ops.seed_image (load, chunk, after)
     SELECT $1, chunk, array_agg(after) FROM (SELECT after, (row_number() OVER () - 1) / ${chunkSize} AS chunk FROM (${now} WHERE w.before IS NULL) n) c GROUP BY chunk`,
    [load!.id],
  );
  await session.execute(
    `INSERT INTO ops.seed_image (load, chunk, before, after)
     SELECT $1, -1 - chunk, array_agg(before), array_agg(after)
     FROM (SELECT before, after, (row_number() OVER () - 1) / ${chunkSize} AS chunk FROM (${now} WHERE w.before IS NOT NULL) n WHERE before <> after) c GROUP BY chunk`,
    [load!.id],
  );
  const [counts] = await session.query<{ inserted: number; updated: number }>(
    `SELECT coalesce(sum(cardinality(after)) FILTER (WHERE before IS NULL), 0)::bigint AS inserted,
            coalesce(sum(cardinality(after)) FILTER (WHERE before IS NOT NULL), 0)::bigint AS updated FROM ops.seed_image WHERE load = $1`,
    [load!.id],
  );
  const { inserted, updated } = counts!;
  if (inserted + updated === 0) await session.execute('DELETE FROM ops.seed_load WHERE id = $1', [load!.id]);
  else
    await session.execute('UPDATE ops.seed_load SET inserted = $2, updated = $3 WHERE id = $1', [
      load!.id,
      inserted,
      updated,
    ]);
  return { inserted, updated };
}

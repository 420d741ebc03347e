import { createHash, type Hash } from 'node:crypto';
import { OpsError } from '@opsgraph/errors';
import { type Session, sqlState } from '@opsgraph/postgres';
import type { SeedFile } from '../locate-file.ts';
import { Problems } from '../problems.ts';
import { readSource } from '../read/read-source.ts';
import { createRowEncoder, type RowEncoder } from './encode-row.ts';
import { findBadValues } from './find-bad-values.ts';
import type { PlannedSet, StagedColumn } from './plan-set.ts';
import type { StagedSet } from './staged-set.ts';

/**
 * Reads a file into a temporary table that has the types of the set's own.
 * The server judges each value. When it refuses one, or the file is broken,
 * the file is read once more as plain text to find everything that is wrong.
 */
export async function stageSet(
  session: Session,
  planned: PlannedSet,
  file: SeedFile,
  stage: string,
  problems: Problems,
  onRows: (rows: number) => void,
): Promise<StagedSet> {
  const types = ({ column }: StagedColumn): string =>
    `${column.baseType}${column.collation === null ? '' : ` COLLATE ${column.collation}`}`;
  await createStage(session, stage, planned.columns, types);
  const trouble = new Problems();
  try {
    const copied = await session.transaction(() => copyFile(session, planned, file, stage, trouble, onRows));
    if (trouble.count === 0) {
      await session.execute(`ANALYZE ${stage}`);
      return { ...planned, ...copied, file, stage, isIncomplete: false };
    }
    await session.execute(`TRUNCATE ${stage}`);
  } catch (error) {
    if (!isAboutData(error)) throw error;
  }
  const before = problems.count;
  const text = `${stage}_text`;
  await createStage(session, text, planned.columns, () => 'text');
  const copied = await copyFile(session, planned, file, text, problems, onRows);
  await findBadValues(session, copied.given, { text, stage, label: file.label }, problems);
  await session.execute(`ANALYZE ${stage}`);
  if (problems.count === before)
    throw new OpsError({
      code: 'SEED_UNSTABLE',
      exit: 'tryLater',
      message: `${file.label} changed while it was read`,
      hint: 'run the same command again',
    });
  return { ...planned, ...copied, file, stage, isIncomplete: true };
}

async function createStage(
  session: Session,
  name: string,
  columns: readonly StagedColumn[],
  type: (column: StagedColumn) => string,
): Promise<void> {
  await session.execute(
    `CREATE TEMP TABLE ${name} (position bigint NOT NULL${columns.map((column) => `, ${column.staged} ${type(column)}`).join('')}) ON COMMIT DROP`,
  );
}

async function copyFile(
  session: Session,
  planned: PlannedSet,
  file: SeedFile,
  into: string,
  problems: Problems,
  onRows: (rows: number) => void,
): Promise<Pick<StagedSet, 'rows' | 'largestRow' | 'sha256' | 'given'>> {
  const hash = createHash('sha256');
  const largest = { row: 0 };
  const encoder = createRowEncoder(planned, file, problems);
  const rows = await session.copyIn(
    `COPY ${into} FROM STDIN`,
    copyLines(file, hash, encoder, largest, problems, onRows),
  );
  encoder.reportUnknown();
  return { rows, largestRow: largest.row, sha256: hash.digest('hex'), given: encoder.seen() };
}

async function* copyLines(
  file: SeedFile,
  hash: Hash,
  encoder: RowEncoder,
  largest: { row: number },
  problems: Problems,
  onRows: (rows: number) => void,
): AsyncGenerator<string> {
  let rows = 0;
  for await (const batch of readSource(file, hash, (place, text) => problems.add(file.label, place, text))) {
    let lines = '';
    for (const row of batch) {
      const line = encoder.encode(row) ?? '';
      if (line.length > largest.row) largest.row = line.length;
      lines += line;
    }
    rows += batch.length;
    onRows(rows);
    if (lines !== '') yield lines;
  }
}

/** Classes 22 (a value) and 23 (a constraint); anything else is no fault of the file. */
function isAboutData(error: unknown): error is Error & { code: string } {
  return /^2[23]/.test(sqlState(error));
}

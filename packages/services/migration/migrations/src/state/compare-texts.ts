import type { Session } from '@opsgraph/postgres';
import { editOf, layoutDigest } from '../files/layout.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import type { LedgerRow } from './state.ts';

/**
 * Says of each row how its file differs from what was recorded. The checksums
 * are of bytes, so most are the same and no text is read; where one is not,
 * the texts decide, whichever version recorded them.
 */
export async function compareTexts(
  session: Session,
  ledger: string,
  rows: readonly LedgerRow[],
  files: readonly MigrationFile[],
): Promise<LedgerRow[]> {
  const byStem = new Map(files.map((file) => [file.stem, file]));
  const wanted = rows.filter(({ stem, sha256 }) => byStem.get(stem)?.sha256 !== sha256).map(({ stem }) => stem);
  if (wanted.length === 0) return [...rows];
  const contents = new Map(
    (
      await session.query<{ stem: string; content: string }>(
        'SELECT stem, content FROM ops.migration WHERE ledger = $1 AND stem = ANY($2)',
        [ledger, wanted],
      )
    ).map(({ stem, content }) => [stem, content]),
  );
  return rows.map((row) => {
    const [file, content] = [byStem.get(row.stem), contents.get(row.stem)];
    if (content === undefined) return row;
    return file === undefined
      ? { ...row, layoutDigest: layoutDigest(row.kind, content) }
      : { ...row, edit: file.kind === row.kind ? editOf(file, content) : 'text' };
  });
}

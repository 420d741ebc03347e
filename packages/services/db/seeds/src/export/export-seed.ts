import { extname, join, relative } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { identifier, type Session, sqlState } from '@opsgraph/postgres';
import type { DataSet, Format } from '../data-set.ts';
import { loadManifest } from '../load-manifest.ts';
import { formats } from '../locate-file.ts';
import { pinSettings } from '../pin-settings.ts';
import { encodeExport, exportedText, frames, headings } from './encode-export.ts';
import { type ExportPlan, type ExportWish, planExport } from './plan-export.ts';
import { setOf } from './portable-key.ts';
import { type FileWish, type WrittenFile, writeFile } from './write-file.ts';

export interface ExportInput extends ExportWish, Omit<FileWish, 'path'> {
  /** A condition in SQL over the table, called `t`; every row unless given. */
  where?: string | undefined;
  /** Default: by the file's extension, otherwise ndjson. */
  format?: Format | undefined;
  /** Absolute; beside the manifest unless given. */
  out?: string | undefined;
  /** Absolute; holds seeds.ts. */
  directory: string;
  onRows?: ((rows: number) => void) | undefined;
}

export interface ExportResult extends WrittenFile {
  path: string;
  rows: number;
  leftOut: readonly string[];
  missingSets: readonly string[];
  /** What seeds.ts must say about the file. */
  entry: DataSet;
}

/**
 * Writes the rows of a table into a file that seeds back to the same rows, the
 * same bytes for the same rows. The database is only read, at one moment.
 *
 * @throws OpsError SEED_EXPORT_IMPOSSIBLE, SEED_EXPORT_INEXACT (65), SEED_EXPORT_WHERE (64),
 *   and as `writeFile` does
 */
export async function exportSeed(session: Session, input: ExportInput): Promise<ExportResult> {
  const sets = await knownSets(input.directory);
  return session.transaction(async () => {
    await session.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await pinSettings(session);
    const plan = await planExport(session, input, sets);
    const { table, key, references, leftOut, missingSets } = plan;
    const dashed = table.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
    const path = input.out ?? join(input.directory, `${dashed}.${input.format ?? 'ndjson'}`);
    const format = input.format ?? formats[extname(path).toLowerCase()] ?? 'ndjson';
    let rows = 0;
    const counted = async function* (): AsyncGenerator<string> {
      for await (const { text, count } of rowTexts(session, plan, input.where, format)) {
        rows += count;
        input.onRows?.(rows);
        yield text;
      }
    };
    const written = await writeFile({ ...input, path }, counted());
    const entry: DataSet = {
      name: (await setOf(session, table, sets))?.name ?? dashed,
      table: (table.schema === 'public' ? [table.name] : [table.schema, table.name]).map(asWritten).join('.'),
      file: relative(input.directory, path),
      ...(formats[extname(path).toLowerCase()] === format ? {} : { format }),
      key,
      ...(Object.keys(references).length > 0 && { references }),
    };
    return { path, rows, ...written, leftOut, missingSets, entry };
  });
}

/** A name as seeds.ts has it: as it is, unless a dot or a quote in it would be read as something else. */
function asWritten(name: string): string {
  return /[".]/.test(name) ? identifier(name) : name;
}

/** A project may begin with an export: then there is no manifest yet. */
async function knownSets(directory: string): Promise<readonly DataSet[]> {
  return loadManifest(directory).catch((error: unknown) => {
    if (error instanceof OpsError && error.code === 'SEED_MANIFEST_MISSING') return [];
    throw error;
  });
}

const batch = 1000;

async function* rowTexts(
  session: Session,
  plan: ExportPlan,
  where: string | undefined,
  format: Format,
): AsyncGenerator<{ text: string; count: number }> {
  const columns = plan.fields.map((field, index) => `${exportedText(field, format)} AS c${index}`);
  // The condition ends with its line, so a comment in it hides nothing. With a parameter the server takes
  // one statement only: no semicolon leads out of the read-only transaction.
  const condition = where === undefined ? '$1::boolean' : `$1::boolean AND (\n${where}\n)`;
  await judged(where, () =>
    session.execute(
      `DECLARE seed_export NO SCROLL CURSOR FOR SELECT ${columns.join(', ')} FROM ${plan.from} WHERE ${condition} ORDER BY ${plan.orderBy.join(', ')}`,
      [true],
    ),
  );
  const { before, between, after } = frames[format];
  let isFirst = true;
  yield { text: format === 'csv' ? headings(plan) : before, count: 0 };
  for (;;) {
    const rows = await judged(where, () =>
      session.query<Record<string, string | null>>(`FETCH ${batch} FROM seed_export`),
    );
    if (rows.length === 0) break;
    const lines = rows.map((row) =>
      encodeExport(
        plan,
        plan.fields.map((_, index) => row[`c${index}`]!),
        format,
      ),
    );
    yield { text: `${isFirst ? '' : between}${lines.join(between)}`, count: rows.length };
    isFirst = false;
  }
  if (!isFirst || format !== 'csv') yield { text: after, count: 0 };
}

/** What the server says against the condition is the operator's to correct. */
async function judged<T>(where: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const said = cause instanceof OpsError ? cause.cause : cause;
    const code = sqlState(said);
    const message = said instanceof Error ? said.message : '';
    const isWriting = code === '25006';
    // An OpsError has a meaning of its own: a timeout, a lost connection, a missing right. Not so these two:
    // a write, and a parameter ($2) that nobody gives.
    const isAboutWhere = cause instanceof OpsError ? isWriting || code === '08P01' : code !== '';
    if (where === undefined || !isAboutWhere) throw cause;
    throw new OpsError({
      code: 'SEED_EXPORT_WHERE',
      exit: 'usage',
      message: isWriting
        ? '--where would write, and an export only reads'
        : `--where is not a condition on the table: ${message}`,
      hint: 'write it as after WHERE, with t as the table: --where "t.id < 100"',
      cause,
    });
  }
}

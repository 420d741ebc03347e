import { identifier, type Session } from '@opsgraph/postgres';
import { type StagedSet, stagedRows } from '../stage/staged-set.ts';
import { equalsOf } from '../table/comparison.ts';
import { differsFromFile, isRewritten } from './rewritten.ts';
import { digestOf, sameKey } from './row-sql.ts';

export interface Content {
  tableRows: number;
  /** See digestOf. */
  digest: string;
  /** Rows of the file that the table has as its triggers and rules are known to make them. */
  rewritten: number;
}

export interface Survey extends Content {
  /** Rows of the file that the table does not have. */
  missing: number;
  /** Rows that it has with other values, those already written by us left out. */
  differing: number;
}

/**
 * Where table and file differ and what the table holds: one statement, so one moment.
 *
 * @param isListed there is a list of what this run wrote
 */
export async function survey(session: Session, staged: StagedSet, isListed: boolean): Promise<Survey> {
  const { table, set, identity } = staged;
  const written = isListed
    ? `EXISTS (SELECT FROM ${writtenTable(staged)} w WHERE ${identity.map((name, index) => `w.i${index} ${equalsOf(table, name)} t.${identifier(name)}`).join(' AND ')})`
    : 'false';
  const isMissing = `t.${identifier(set.key[0]!)} IS NULL`;
  const [found] = await session.query<Survey & Record<string, unknown>>(
    `SELECT missing, differing, rewritten, (SELECT count(*) FROM ${table.sql}) AS "tableRows", ${digestOf(table)} AS digest
     FROM (SELECT count(*) FILTER (WHERE ${isMissing}) AS missing,
                  count(*) FILTER (WHERE NOT (${isMissing}) AND ${differsFromFile(staged, 't', 's')} AND NOT ${written}) AS differing,
                  count(*) FILTER (WHERE NOT (${isMissing}) AND ${isRewritten(staged, 't', 's')}) AS rewritten
           FROM ${stagedRows(staged)} s LEFT JOIN ${table.sql} t ON ${sameKey(table, set.key, 't', 's')}) AS compared`,
  );
  return found!;
}

/** The same when every row of the file is known to be ours: only the table's digest is asked for. */
export async function surveyTable(session: Session, table: StagedSet['table']): Promise<Survey> {
  const [found] = await session.query<{ tableRows: number; digest: string }>(
    `SELECT (SELECT count(*) FROM ${table.sql}) AS "tableRows", ${digestOf(table)} AS digest`,
  );
  return { missing: 0, differing: 0, rewritten: 0, ...found! };
}

/** The temporary table of what this run wrote: identity as i0, i1, …, and the image before. */
export function writtenTable({ stage }: StagedSet): string {
  return `${stage}_written`;
}

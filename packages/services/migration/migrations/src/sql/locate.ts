import type { ScriptError } from '../state/script.ts';
import type { SqlSection } from './parse-sql-migration.ts';
import { lineAt } from './parse-sql-migration.ts';

/** Where in a file a script failed. */
export interface StatementPlace {
  /** Of the file, from 1. */
  line: number;
  statement: string;
  /** In the statement, in UTF-16 units; undefined where the server named no place. */
  at: number | undefined;
}

/**
 * The line of the file and the statement of a section in which a script failed
 * that sent `before` statements and then the whole section.
 */
export function locate(section: SqlSection, before: number, error: ScriptError): StatementPlace | undefined {
  const place = error.placeIn(section.sql);
  const statement =
    place === undefined
      ? section.statements[error.completed - before]
      : (section.statements.find(({ end }) => place <= end) ?? section.statements.at(-1));
  if (statement === undefined) return undefined;
  const { start, text } = statement;
  const at = place === undefined ? start : Math.max(place, start);
  return {
    line: section.line + lineAt(section.sql, at) - 1,
    statement: text,
    at: place === undefined ? undefined : at - start,
  };
}

import type { ScriptError } from '../state/script.ts';
import type { SqlSection } from './parse-sql-migration.ts';
import { lineAt } from './parse-sql-migration.ts';

/**
 * The line of the file and the statement of a section in which a script failed
 * that sent `before` statements and then the whole section.
 */
export function locate(
  section: SqlSection,
  script: string,
  before: number,
  { completed, cause }: ScriptError,
): { line?: number; statement?: string } {
  const sectionStart = script.indexOf(section.sql);
  const position =
    cause.position === undefined ? undefined : utf16Index(script, Number(cause.position) - 1) - sectionStart;
  const isInside = position !== undefined && position >= 0 && position <= section.sql.length;
  const statement = isInside
    ? (section.statements.find(({ end }) => position <= end) ?? section.statements.at(-1))
    : section.statements[completed - before];
  if (statement === undefined) return {};
  return {
    line: section.line + lineAt(section.sql, isInside ? Math.max(position, statement.start) : statement.start) - 1,
    statement: statement.text,
  };
}

/** PostgreSQL counts characters, JavaScript halves of surrogate pairs. */
function utf16Index(text: string, characters: number): number {
  if (!/[\ud800-\udfff]/.test(text)) return characters;
  let index = 0;
  for (let count = 0; count < characters && index < text.length; count += 1)
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  return index;
}

import { findNearMarkers, type NearMarker } from './near-markers.ts';
import { type SplitSql, type SqlStatement, splitStatements } from './split-statements.ts';
import { isTransactionControl } from './transaction-control.ts';

export interface SqlSection {
  sql: string;
  /** Of its first character, counted from 1. */
  line: number;
  statements: SqlStatement[];
  transaction: boolean;
}

export interface SqlMigration {
  up: SqlSection;
  /** undefined: it cannot be rolled back. */
  down: SqlSection | undefined;
}

export interface SqlProblem {
  line: number;
  message: string;
  hint: string;
}

/** A section marker of dbmate's form at the beginning of its line, with what comes after it. */
const marker = /(?<![^\r\n])--[ \t]*migrate:(up|down)(?![^ \t\r\n])([^\r\n]*)(?:\r\n?|\n|$)/g;

/** Whether a file says anything of itself, or means to. */
export function hasMarker(text: string): boolean {
  if (text.search(marker) >= 0) return true;
  return findNearMarkers(text, splitStatements(text)).some(
    ({ isTight, direction }) => isTight && direction !== undefined,
  );
}

/** Reads `-- migrate:up`, `-- migrate:down` and their `transaction:false`; or says what is wrong. */
export function parseSqlMigration(text: string): SqlMigration | SqlProblem[] {
  const marks = [...text.matchAll(marker)].map((found) => ({
    name: found[1] as 'up' | 'down',
    options: found[2]!.trim(),
    offset: found.index,
    body: found.index + found[0].length,
  }));
  const problems: SqlProblem[] = [];
  const report = (offset: number, message: string, hint: string): void =>
    void problems.push({ line: lineAt(text, offset), message, hint });
  const [first, second, third] = marks;

  const tellNear = (at: number, sql: string, split: SplitSql, around: NearMarker['direction']): void => {
    for (const near of findNearMarkers(sql, split))
      if (near.isTight || near.direction !== around) report(at + near.offset, ...nearlyMarker(near));
  };
  const beginning = text.slice(0, first?.offset ?? text.length);
  const before = splitStatements(beginning);
  tellNear(0, beginning, before, first && 'up');

  if (text.trim() === '')
    report(0, 'is empty', 'write `-- migrate:up`, the SQL, `-- migrate:down`, and the SQL that undoes it');
  else if (first?.name !== 'up' && problems.length === 0)
    report(
      first?.offset ?? 0,
      'has no `-- migrate:up` before its SQL',
      'put `-- migrate:up` on a line of its own before the SQL',
    );
  if (second?.name === 'up' || third !== undefined)
    report(
      (second?.name === 'up' ? second : third)!.offset,
      'has a section twice',
      'one `-- migrate:up` and at most one `-- migrate:down` a file',
    );
  if (first !== undefined) {
    const [stray] = before.statements;
    if (stray !== undefined)
      report(stray.start, 'has SQL before its first section', 'only comments are allowed before `-- migrate:up`');
  }
  if (problems.length > 0 || first === undefined) return problems;

  const section = (mark: (typeof marks)[number], end: number): SqlSection => {
    const sql = text.slice(mark.body, end);
    const split = splitStatements(sql);
    const { statements, unterminated } = split;
    const transaction = readOptions(mark.options, (message, hint) => report(mark.offset, message, hint));
    if (unterminated !== undefined)
      report(
        mark.body + unterminated.offset,
        `has a ${unterminated.what} without an end`,
        end === text.length
          ? 'close it'
          : 'close it; the section ends with the next marker, so indent a marker that belongs to the text',
      );
    tellNear(mark.body, sql, split, mark.name);
    for (const statement of statements) {
      const foreign = foreignSyntax(statement.text);
      if (foreign !== undefined) report(mark.body + statement.start, ...foreign);
    }
    for (const statement of transaction ? statements : []) {
      if (!isTransactionControl(statement.text)) continue;
      const verb = statement.text.split(/\s/, 1)[0]!.toUpperCase();
      report(
        mark.body + statement.start,
        `contains ${verb}, which would end or nest the migration's own transaction`,
        `remove it: the file runs in one transaction; or write \`-- migrate:${mark.name} transaction:false\``,
      );
    }
    return { sql, line: lineAt(text, mark.body), statements, transaction };
  };
  const up = section(first, second?.offset ?? text.length);
  const down = second && section(second, text.length);
  return problems.length > 0 ? problems : { up, down };
}

function nearlyMarker({ text, direction }: NearMarker): [message: string, hint: string] {
  return direction === undefined
    ? [
        `says "${text}", which looks like part of a marker but is not one`,
        'write an option after its marker: `-- migrate:up transaction:false`; reword a comment that means something else',
      ]
    : [
        `says "${text}", which looks like a marker but is not one: what follows would belong to the section before it`,
        `write \`-- migrate:${direction}\` at the beginning of a line of its own; reword a comment that means something else`,
      ];
}

/** What psql understands and the server does not. */
function foreignSyntax(statement: string): [message: string, hint: string] | undefined {
  if (statement.startsWith('\\')) {
    return ['has a psql command, which the server does not know', 'remove it; pg_dump --inserts writes none'];
  }
  if (/^copy\b[^;]*\bfrom\s+stdin\b/i.test(statement)) {
    return ['has COPY … FROM STDIN, whose data a migration cannot send', 'use INSERT (pg_dump --inserts), or a seed'];
  }
  return undefined;
}

function readOptions(text: string, report: (message: string, hint: string) => void): boolean {
  let transaction = true;
  for (const option of text.split(/\s+/).filter((part) => part !== '')) {
    if (option === 'transaction:false') transaction = false;
    else if (option !== 'transaction:true')
      report(`has an unknown option "${option}"`, 'the only option of a section is transaction:false');
  }
  return transaction;
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

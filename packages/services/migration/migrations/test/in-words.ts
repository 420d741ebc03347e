import type { Rehearsal, TableEffect } from '../src/index.ts';

/** The effects of each statement, in a few words. */
export const effects = ({ migrations }: Rehearsal): string[][] =>
  migrations.flatMap(({ statements }) => statements.map((statement) => statement.effects.map(inWords)));
function inWords({ relation, lock, rewritten, emptied, scanned, dropped }: TableEffect): string {
  const words = [
    relation.replace('public.', ''),
    lock,
    rewritten && 'rewritten',
    emptied && 'emptied',
    scanned && 'scanned',
    dropped && 'dropped',
  ];
  return words.filter(Boolean).join(' ');
}
export const sql = (...statements: string[]): string => `-- migrate:up\n${statements.join(';\n')};`;

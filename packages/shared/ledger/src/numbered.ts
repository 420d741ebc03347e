/**
 * Until there were chapters one number counted the versions of all tables, in
 * ops.version. This number there means: see ops.chapter_version. Programs of
 * that time know numbers below it only, and refuse with LEDGER_NEWER.
 */
export const chaptered = 11;

/** What the numbers meant. History: nothing is added here. */
export const numbered: readonly { number: number; chapter: string; version: number }[] = [
  { number: 1, chapter: 'core', version: 1 },
  { number: 2, chapter: 'migrations', version: 1 },
  { number: 3, chapter: 'seeds', version: 1 },
  { number: 4, chapter: 'releases', version: 1 },
  { number: 5, chapter: 'backfills', version: 1 },
  { number: 6, chapter: 'seeds', version: 2 },
  { number: 7, chapter: 'backfills', version: 2 },
  { number: 8, chapter: 'core', version: 2 },
  { number: 9, chapter: 'releases', version: 2 },
  { number: 10, chapter: 'seeds', version: 3 },
];

/** The versions of a ledger that has come to this number. */
export function versionsAt(form: number): Record<string, number> {
  const reached = numbered.filter(({ number }) => number <= form);
  return Object.fromEntries(reached.map(({ chapter, version }) => [chapter, version]));
}

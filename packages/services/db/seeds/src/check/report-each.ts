/** @param position undefined when it is about the file as a whole */
export type Report = (position: number | undefined, text: string, times?: number) => void;

/** How many of a kind are reported one by one. */
export const reportedEach = 50;

/** Reports the first of many. */
export function reportFirst<Row extends { position: number }>(
  rows: readonly Row[],
  total: number,
  report: Report,
  say: (row: Row) => string,
): void {
  for (const [index, row] of rows.entries()) report(row.position, say(row), index === 0 ? total - rows.length + 1 : 1);
}

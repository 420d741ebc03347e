/** @param position undefined when it is about the file as a whole */
export type Tell = (position: number | undefined, text: string, times?: number) => void;

/** How many of a kind are told one by one. */
export const toldEach = 50;

/** Tells the first of many. */
export function tellFirst<Row extends { position: number }>(
  rows: readonly Row[],
  total: number,
  tell: Tell,
  say: (row: Row) => string,
): void {
  for (const [index, row] of rows.entries()) tell(row.position, say(row), index === 0 ? total - rows.length + 1 : 1);
}

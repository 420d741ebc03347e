/** `; did you mean seed?` when one of the names is near, else nothing. */
export async function nearest(written: string, names: readonly string[]): Promise<string> {
  if (names.length === 0) return '';
  const { closest, distance } = await import('fastest-levenshtein');
  const name = closest(written, names);
  return distance(written, name) <= Math.max(2, written.length / 3) ? `; did you mean ${name}?` : '';
}

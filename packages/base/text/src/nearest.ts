import { distance } from 'fastest-levenshtein';

/** Letters to insert, delete or replace between the two words (Levenshtein 1966). */
export const editDistance: (one: string, other: string) => number = distance;

/** The one of `names` that was probably meant, in whatever case; undefined when none is near. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, steps: editDistance(written.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  return best !== undefined && best.steps <= Math.max(2, Math.floor(written.length / 3)) ? best.name : undefined;
}

/**
 * The end of a message: `; did you mean keep?`, or nothing.
 *
 * @param prefix comes before the names, and perhaps before what was written: `--`
 */
export function didYouMean(written: string, names: readonly string[], prefix = ''): string {
  const meant = nearest(written.startsWith(prefix) ? written.slice(prefix.length) : written, names);
  return meant === undefined ? '' : `; did you mean ${prefix}${meant}?`;
}

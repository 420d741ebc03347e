import { distance } from 'fastest-levenshtein';

/** The one of `names` that was probably meant; undefined when none is near. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  const [best] = ranked;
  return best !== undefined && best.steps <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

/** `; did you mean "keep"?`, or nothing. */
export function didYouMean(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

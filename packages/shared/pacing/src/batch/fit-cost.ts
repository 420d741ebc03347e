/** What a batch took. */
export interface Sample {
  /** That it looked at, whether there was work for them or not. */
  rows: number;
  /** Between the first question and the last answer, without the way there and back. */
  milliseconds: number;
}

/** Of a batch: milliseconds = fixed + perRow × rows. */
export interface Cost {
  fixed: number;
  perRow: number;
}

/** Batches between which a slope is taken: near in time, since what a row costs changes along the table. */
const reach = 4;
/** Of the larger batch: two whose sizes differ by less tell nothing but noise about a row. */
const leastDifference = 0.25;
/** Fewer pairs of batches make no line. */
const fewestPairs = 3;

/**
 * The line through the samples by Theil and Sen: the median of the slopes
 * between two of them, then the median of what is left, so that some nonsense
 * among them does not move it far (H. Theil 1950; P. K. Sen 1968, "Estimates
 * of the regression coefficient based on Kendall's tau"). While all are of
 * about one size, all of their time counts as their rows'.
 *
 * @param samples at least one
 */
export function fitCost(samples: readonly Sample[]): Cost {
  const slopes = slopesBetween(samples);
  if (slopes.length < fewestPairs)
    return { fixed: 0, perRow: median(samples.map(({ rows, milliseconds }) => milliseconds / Math.max(rows, 1))) };
  const perRow = Math.max(median(slopes), 0);
  return { fixed: Math.max(median(samples.map((sample) => sample.milliseconds - perRow * sample.rows)), 0), perRow };
}

/** Whether a batch took more than twice as long as others say, and more than five times what they differ by as a rule. */
export function isFarTooLong({ rows, milliseconds }: Sample, others: readonly Sample[]): boolean {
  if (others.length < fewestPairs) return false;
  const { fixed, perRow } = fitCost(others);
  const spread = median(others.map((other) => Math.abs(other.milliseconds - fixed - perRow * other.rows)));
  return milliseconds > 2 * (fixed + perRow * rows) + 5 * spread;
}

function slopesBetween(samples: readonly Sample[]): number[] {
  const least = leastDifference * Math.max(...samples.map(({ rows }) => rows));
  const slopes: number[] = [];
  // Loops: this is done for each batch of a millisecond.
  for (let at = 0; at < samples.length; at += 1) {
    const one = samples[at]!;
    for (let next = at + 1; next <= at + reach && next < samples.length; next += 1) {
      const other = samples[next]!;
      const difference = other.rows - one.rows;
      if (difference !== 0 && Math.abs(difference) >= least)
        slopes.push((other.milliseconds - one.milliseconds) / difference);
    }
  }
  return slopes;
}

/** Of at least one value; of two in the middle the greater. */
export function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[Math.floor(values.length / 2)]!;
}

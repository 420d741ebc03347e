/** 12 ms, 940 ms, 1.24 s, 31.2 s. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 9995 ? 2 : 1)} s`;
}

export function formatRatio(ratio: number): string {
  return ratio < 9.995 ? ratio.toFixed(2) : ratio.toFixed(0);
}

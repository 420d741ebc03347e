import type { Progress } from '@opsgraph/report';
import { formatDuration, formatNumber } from '@opsgraph/text';

export interface ProgressStyle {
  /** Redraw one line in place, or print plain lines. */
  moving: boolean;
  /** Shows a line: in place of the one before it, or as a line of its own. */
  show(line: string): void;
  /** Takes the moving line away. */
  clear(): void;
  /** Of the terminal; a moving line that wraps could not be taken away again. */
  columns?: () => number | undefined;
  /** Milliseconds; settable for tests. */
  now?: () => number;
}

/** Nothing is shown for work shorter than this. */
const quietPeriod = 1500;
const redrawEvery = 100;
const plainLineEvery = 10_000;

/** Shows how far a piece of work is, how fast it goes and how long it will still take. */
export function showProgress(label: string, unit: string, total: number | undefined, style: ProgressStyle): Progress {
  const now = style.now ?? performance.now.bind(performance);
  const started = now();
  let next = started + quietPeriod;
  let drawn = false;
  return {
    update(done) {
      const time = now();
      if (time < next) return;
      next = time + (style.moving ? redrawEvery : plainLineEvery);
      const line = progressLine(label, unit, done, total, (time - started) / 1000);
      style.show(style.moving ? line.slice(0, (style.columns?.() ?? 80) - 1) : line);
      drawn = true;
    },
    end() {
      if (style.moving && drawn) style.clear();
      next = Infinity;
    },
  };
}

function progressLine(label: string, unit: string, done: number, total: number | undefined, seconds: number): string {
  const rate = done / Math.max(seconds, 0.001);
  const share =
    total === undefined || total === 0
      ? ''
      : ` of ${formatNumber(total)} (${Math.min(100, Math.floor((done / total) * 100))} %)`;
  const left =
    total === undefined || rate === 0 ? '' : `, ${formatDuration((Math.max(total - done, 0) / rate) * 1000)} left`;
  return `${label}: ${formatNumber(done)}${share} ${unit}, ${formatNumber(Math.round(rate))}/s${left}`;
}

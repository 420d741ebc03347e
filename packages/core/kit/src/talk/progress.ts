import type { Progress } from './talk.ts';

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
      : ` of ${count(total)} (${Math.min(100, Math.floor((done / total) * 100))} %)`;
  const left = total === undefined || rate === 0 ? '' : `, ${formatSeconds(Math.max(total - done, 0) / rate)} left`;
  return `${label}: ${count(done)}${share} ${unit}, ${count(Math.round(rate))}/s${left}`;
}

/** 1234567 as 1,234,567. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** 0.35 s, 12 s, 3 min 20 s, 2 h 5 min. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

import { stripVTControlCharacters } from 'node:util';
import { relayed, type Stream, type Style, text as show } from '@opsgraph/terminal';
import type { PlannedTask } from './read-plan.ts';
import type { TurboLine } from './start-turbo.ts';

export interface OutputSettings {
  err: Stream;
  quiet: boolean;
  verbose: boolean;
}

export interface WatchedOutput {
  take(line: TurboLine): void;
  /** Ids of tasks that turbo has started. */
  started: ReadonlySet<string>;
  /** Ids of tasks whose result came from the cache. */
  cached: ReadonlySet<string>;
  /** Path of turbo's own summary, when it has written one. */
  summaryFile(): string | undefined;
}

const colours: readonly Style[] = ['cyan', 'magenta', 'blue', 'yellow', 'green'];

/** Shows what tasks say while they say it, and reads from turbo's lines what it does. */
export function watchOutput(plan: readonly PlannedTask[], { err, quiet, verbose }: OutputSettings): WatchedOutput {
  const width = Math.max(...plan.map(({ name }) => name.length));
  const prefixes = new Map(
    plan.map(({ id, name }, index) => [id, err.style(colours[index % colours.length]!, `${name.padEnd(width)} │ `)]),
  );
  const started = new Set<string>();
  const cached = new Set<string>();
  const preambles = new Map<string, number>();
  let summary: string | undefined;

  const takeOwn = ({ level, text }: TurboLine): void => {
    const path = /^\s*Summary:\s+(\S.*)$/.exec(text)?.[1];
    if (path !== undefined) summary = path.trim();
    if (verbose || (level === 'warn' && !text.startsWith('command finished with error')))
      err.line(err.style('dim', show`turbo: ${text.trim()}`));
  };
  /** pnpm's lines around a script: two before it, one when it failed. */
  const isNoise = (source: string, text: string): boolean => {
    const seen = preambles.get(source) ?? 0;
    if (seen < 2) preambles.set(source, text.startsWith('> ') ? seen + 1 : 2);
    return (seen < 2 && text.startsWith('> ')) || /^\s*ELIFECYCLE\s+Command failed/.test(text);
  };
  return {
    started,
    cached,
    summaryFile: () => summary,
    take(line) {
      const prefix = prefixes.get(line.source);
      const plain = stripVTControlCharacters(line.text);
      if (prefix === undefined) {
        if (plain.trim() !== '') takeOwn({ ...line, text: plain });
        return;
      }
      if (!started.has(line.source) && !cached.has(line.source)) {
        (plain.startsWith('cache hit') ? cached : started).add(line.source);
        return;
      }
      if (quiet || (!verbose && (cached.has(line.source) || isNoise(line.source, plain)))) return;
      err.line(show`${prefix}${relayed(line.text)}`);
    },
  };
}

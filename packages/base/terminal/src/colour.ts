export type Style = 'bold' | 'dim' | 'cyan' | 'green' | 'yellow' | 'red' | 'magenta' | 'blue';

/** What output is painted with; undefined where there are no colours. */
export type Colours = Readonly<Record<Style, (text: string) => string>> | undefined;

/**
 * Whether to colour what goes to `stream`. A non-empty NO_COLOR wins over
 * FORCE_COLOR, and both over what the stream is (no-color.org, force-color.org).
 */
export function wantsColour(stream: { isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** chalk where there are colours; a job in CI or cron has none, and need not load it. */
export async function coloursFor(
  stream: Parameters<typeof wantsColour>[0],
  env: Parameters<typeof wantsColour>[1],
): Promise<Colours> {
  if (!wantsColour(stream, env)) return undefined;
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 2 });
}

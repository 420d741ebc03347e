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

import type { Host } from '@opsgraph/hosts';
import { mask } from '@opsgraph/secrets';
import { lastWordsScript, serviceLog } from '../scripts/last-words.ts';

/** Lines that are shown. */
const shown = 12;
/** Of a stack: where it went through says less than what went wrong, and hides it. */
const frame = /^\s+at |^\s*$|^\s+\^+\s*$|^\s+File ".*", line \d+/;
const wrong = /error|exception|fatal|panic|cannot|refused|denied|not found|EADDR/i;

/** What the service has said since it was started, so that what went wrong is among it, for the error message. */
export async function lastWords(host: Host): Promise<string[]> {
  const facts = await host.run(lastWordsScript(host.root)).catch(() => []);
  return theEssence(facts.flatMap(([key, ...line]) => (key === 'log' ? [mask(line.join('\t'))] : [])));
}

/** The end of it, without frames of stacks; before it the first line that tells of an error, if it is not among them. */
export function theEssence(lines: readonly string[]): string[] {
  const telling = lines.filter((line) => !frame.test(line));
  const end = telling.slice(-shown);
  const first = telling.slice(0, -shown).findLast((line) => wrong.test(line));
  return first === undefined || end.some((line) => wrong.test(line)) ? end : [first, '…', ...end];
}

/** Where the whole of it is. */
export function whereLog({ name, root }: Host): string {
  return `${root}/${serviceLog} on ${name}`;
}

import { mask } from '@opsgraph/secrets/mask';
import { oneLine } from './printable.ts';
import { Text } from './text.ts';

/** Emphasis and foreground colours; none of those that hide what they are put on. */
const harmless = /^(?:0?|[1-4]|2[2-4]|3[1-79]|9[0-7])$/;

/**
 * A line that another program wrote for a terminal: its colours stay, and end
 * with it; everything else is made harmless.
 */
export function relayed(line: string): Text {
  let isColoured = false;
  const parts = mask(line).split(/\u001b\[([\d;]*)m/);
  const shown = parts.map((part, index) => {
    if (index % 2 === 0) return oneLine(part).replaceAll('\\t', '\t');
    const codes = part.split(';');
    if (!codes.every((code) => harmless.test(code))) return '';
    isColoured = true;
    return `\u001b[${part}m`;
  });
  return new Text(shown.join('') + (isColoured ? '\u001b[0m' : ''));
}

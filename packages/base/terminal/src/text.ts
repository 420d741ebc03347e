import { mask } from '@opsgraph/secrets/mask';
import { oneLine } from './printable.ts';

/**
 * Text that may go to a terminal as it is: our own words, with what came from
 * elsewhere made harmless. A stream takes any plain string for foreign.
 */
export class Text {
  readonly #shown: string;

  /** Of `text`, `verbatim` and a stream's styles alone. */
  constructor(shown: string) {
    this.#shown = shown;
  }

  toString(): string {
    return this.#shown;
  }
}

/** What may be in a line: anything but Text passes the mask and becomes one printable line. */
export type Part = string | number | Text;

/** Our own words, with values in them: ``text`applied ${name}` ``. */
export function text(words: TemplateStringsArray, ...values: readonly Part[]): Text {
  return new Text(String.raw({ raw: words }, ...values.map(shown)));
}

/** Words that are in our own source from end to end, line breaks and all. */
export function verbatim(own: string): Text {
  return new Text(own);
}

/** How a part looks. The mask comes first: it knows a secret as it is, not with its line breaks escaped. */
export function shown(part: Part): string {
  return part instanceof Text ? part.toString() : oneLine(mask(String(part)));
}

import { styleText } from 'node:util';
import { wantsColour } from '@opsgraph/kit/graph-runner';
import { mask } from '@opsgraph/secrets';

export type Env = Readonly<Record<string, string | undefined>>;
export type Style = Parameters<typeof styleText>[0];

/** One of the two streams; everything passes the mask. */
export interface Stream {
  line(text: string): void;
  /** The text with the style where the stream shows colours. */
  style(style: Style, text: string): string;
  colours: boolean;
}

export function streamTo(stream: NodeJS.WriteStream, env: Env): Stream {
  const colours = wantsColour(stream, env);
  return {
    colours,
    line: (text) => void stream.write(`${mask(text)}\n`),
    style: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}

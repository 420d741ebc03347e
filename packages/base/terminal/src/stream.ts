import type { Secret } from '@opsgraph/secrets';
import { mask, maskDeep } from '@opsgraph/secrets/mask';
import { type Colours, coloursFor, type Style } from './colour.ts';
import { printableJson, printableLines } from './printable.ts';
import { type StreamName, writeTo } from './standard-streams.ts';
import { type Part, shown, Text } from './text.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * stdout or stderr, and the only way to them. Everything passes the mask, and
 * what is not our own text is made printable; a line has no line breaks but
 * ours.
 */
export interface Stream {
  line(part: Part): void;
  /** Foreign text of several lines: what follows the first is set off, so that none can pass for a line of ours. */
  block(indent: string, foreign: string): void;
  /** One JSON document; with a secret that is to be shown in it, beside what passes the mask. */
  document(value: unknown, indent?: number, revealed?: object): void;
  /** The one thing that passes the mask, on a line of its own. */
  reveal(secret: Secret): void;
  /** Draws the moving line again in place; any other line takes it away first. */
  redraw(part: Part): void;
  erase(): void;
  /** The text with the style where the stream shows colours. */
  style(style: Style, part: Part): Text;
  hasColours: boolean;
  isTerminal: boolean;
  columns(): number | undefined;
}

const eraseLine = '\r\u001b[2K';
/** CI systems obey lines of their jobs that begin so (GitHub, Azure, TeamCity), indented or not. */
const runnerCommand = /^\s*(?:::|##)/;
/** Both streams may show on one terminal: whichever writes next takes the moving line away. */
let movingLine: StreamName | undefined;

/** With the colours that the stream and the environment want. */
export async function openStream(name: StreamName, env: Env): Promise<Stream> {
  return streamTo(name, await coloursFor(process[name], env));
}

export function streamTo(name: StreamName, colours?: Colours): Stream {
  const write = (line: string): void => {
    takeAway();
    writeTo(name, `${line}\n`);
  };
  const say = (line: string): void => write(`${runnerCommand.test(line) ? '│ ' : ''}${line}`.trimEnd());
  return {
    hasColours: colours !== undefined,
    isTerminal: isTerminal(name),
    columns: () => process[name].columns,
    line: (part) => say(mask(shown(part))),
    block(indent, foreign) {
      for (const [index, line] of printableLines(mask(foreign)).entries())
        say(`${index === 0 ? indent : `${' '.repeat(indent.length)}│ `}${line}`);
    },
    document(value, indent, revealed) {
      write(
        printableJson(revealed === undefined ? maskDeep(value) : { ...Object(maskDeep(value)), ...revealed }, indent),
      );
    },
    reveal: (secret) => write(secret.reveal()),
    redraw(part) {
      writeTo(name, `${eraseLine}${mask(shown(part))}`);
      movingLine = name;
    },
    erase: takeAway,
    style: (style, part) => new Text(colours === undefined ? shown(part) : colours[style](shown(part))),
  };
}

export function isTerminal(name: StreamName): boolean {
  return process[name].isTTY === true;
}

function takeAway(): void {
  if (movingLine !== undefined) writeTo(movingLine, eraseLine);
  movingLine = undefined;
}

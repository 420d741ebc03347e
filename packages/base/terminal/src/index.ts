export { type Style, wantsColour } from './colour.ts';
export { command, shellWord } from './command.ts';
export { oneLine } from './printable.ts';
export { relayed } from './relayed.ts';
export { takeOverWrites } from './standard-streams.ts';
export { drained, isTerminal, openStream, type Stream, streamTo, tolerateEarlyReaders } from './stream.ts';
export { type Part, Text, text, verbatim } from './text.ts';

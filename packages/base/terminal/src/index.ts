export { type Style, wantsColour } from './colour.ts';
export { command, shellWord } from './command.ts';
export { oneLine } from './printable.ts';
export { relayed } from './relayed.ts';
export { drained, takeOverWrites, tolerateEarlyReaders } from './standard-streams.ts';
export { isTerminal, openStream, type Stream, streamTo } from './stream.ts';
export { type Part, Text, text, verbatim } from './text.ts';

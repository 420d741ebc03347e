/**
 * What moves the cursor, colours, hides, turns round or ends a line: control
 * codes (C0, DEL, C1), invisible and bidirectional format characters, the
 * line and paragraph separators, halves of surrogate pairs.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text that came from elsewhere (a file, a row, an error, a command line) as
 * one line for a terminal: whatever is not a visible character is shown as
 * its escape, line breaks too.
 */
export function oneLine(text: string): string {
  return text.replace(unprintable, (character) => shortEscapes[character] ?? escaped(character));
}

/** The lines of such a text; a tab stays, as SQL and stacks are indented with it. */
export function printableLines(text: string): string[] {
  return text
    .split(/\r\n|\n/)
    .map((line) => line.replace(unprintable, (character) => (character === '\t' ? character : escaped(character))));
}

/**
 * A document for machines that a terminal may show all the same: JSON leaves
 * DEL, C1 codes and format characters as they are, and reads their escapes
 * back as the same text.
 */
export function printableJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, undefined, indent) ?? 'null').replace(unprintable, (character) =>
    character === '\n' ? character : [...character].flatMap(units).join(''),
  );
}

function units(character: string): string[] {
  return Array.from({ length: character.length }, (_, at) => escaped(character[at]!));
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

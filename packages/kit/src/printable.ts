/**
 * Text that came from elsewhere (a file, a row, a command line) for a
 * terminal: what would move the cursor, colour, hide or turn round what stands
 * beside it is shown as its escape.
 */
export function printable(text: string): string {
  return text.replace(
    /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A text from outside for a message: escaped where it is not plain ASCII, and short. */
export function describeText(text: string): string {
  const escaped = JSON.stringify(text.slice(0, 60)).replaceAll(
    /[^ -~]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return text.length > 60 ? `${escaped}… (${text.length} characters)` : escaped;
}

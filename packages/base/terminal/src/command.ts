/**
 * A command that a person may paste: ``command`pnpm --filter db run seed --set ${name}` ``.
 * Each value becomes one word of a POSIX shell, a list one word for each entry.
 */
export function command(words: TemplateStringsArray, ...values: readonly (string | readonly string[])[]): string {
  return String.raw({ raw: words }, ...values.map((value) => [value].flat().map(shellWord).join(' ')));
}

/**
 * A text as one word for a shell. What a terminal could not show is written in
 * bash's and zsh's `$'…'` form, without any quote inside: a shell that does not
 * know the form reads one harmless word too.
 */
export function shellWord(text: string): string {
  if (/^[\w@.,:/+%=-]+$/.test(text)) return text;
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${text.replace(/['\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, escaped)}'`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

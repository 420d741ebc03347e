/** The one locale of what people read: commas between thousands, a point before decimals. */
const locale = 'en-US';

/** 1234567 as `1,234,567`. */
export function formatNumber(number: number): string {
  return number.toLocaleString(locale);
}

/** `1 row`, `1,200 rows`, `0 entries`. @param plural default: the noun with an s */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(number)} ${agree(number, noun, plural)}`;
}

/** The word that agrees with the number: `agree(rows, 'was', 'were')`. */
export function agree(number: number, one: string, other: string): string {
  return number === 1 ? one : other;
}

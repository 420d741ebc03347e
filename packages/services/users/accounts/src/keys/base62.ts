import { randomInt } from 'node:crypto';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` random letters and digits, 5.95 bits each. */
export function randomBase62(length: number): string {
  return Array.from({ length }, () => digits[randomInt(digits.length)]).join('');
}

/** `number` (32 bits, unsigned) as six base62 digits. */
export function base62(number: number): string {
  let text = '';
  for (let rest = number; text.length < 6; rest = Math.floor(rest / digits.length)) text = digits[rest % 62] + text;
  return text;
}

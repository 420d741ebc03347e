import { writtenForms } from './forms.ts';

const placeholder = '***';
const known = new Set<string>();
/** Made of what is known when it is next needed: many secrets may come one after the other. */
let pattern: RegExp | undefined;
let longest = 0;

/** From now on `value` is masked wherever this process prints, logs or records. */
export function register(value: string): void {
  const before = known.size;
  for (const form of writtenForms(value)) known.add(form);
  if (known.size > before) pattern = undefined;
}

/** `text` with every known secret, in every written form, replaced by `***`. */
export function mask(text: string): string {
  const secrets = currentPattern();
  return secrets === undefined ? text : text.replace(secrets, placeholder);
}

/** A copy of a JSON-like value with every string in it masked, keys included. */
export function maskDeep(value: unknown): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map(maskDeep);
  if (value === null || typeof value !== 'object') return value;
  // A URL has its password in it, a Date only the time.
  if ('toJSON' in value && typeof value.toJSON === 'function') return maskDeep(value.toJSON());
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [mask(key), maskDeep(inner)]));
}

/**
 * Splits text that may go on into a masked part that is decided and a raw
 * rest that could still become (a longer) secret with what follows.
 */
export function maskDecided(text: string): { masked: string; rest: string } {
  const secrets = currentPattern();
  let cut = text.length - undecidedTail(text);
  // Never cut through a whole secret: hold it back with what follows it.
  for (const match of secrets === undefined ? [] : text.matchAll(secrets)) {
    if (match.index < cut && match.index + match[0].length > cut) cut = match.index;
  }
  return { masked: mask(text.slice(0, cut)), rest: text.slice(cut) };
}

function currentPattern(): RegExp | undefined {
  if (pattern !== undefined || known.size === 0) return pattern;
  // Longest first: an encoded form may contain a shorter secret.
  const forms = [...known].sort((a, b) => b.length - a.length);
  longest = forms[0]!.length;
  pattern = new RegExp(forms.map((form) => RegExp.escape(form)).join('|'), 'g');
  return pattern;
}

/** How many of the last characters of `text` could be the beginning of a secret. */
function undecidedTail(text: string): number {
  for (let length = Math.min(longest - 1, text.length); length > 0; length -= 1) {
    const tail = text.slice(-length);
    for (const form of known) if (form.length > length && form.startsWith(tail)) return length;
  }
  return 0;
}
